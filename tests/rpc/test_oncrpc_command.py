"""The oncrpc command: what it prints and what it exits with."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncrpc.__main__ import main
from oncrpc.commands.common import host_port, printable
from oncrpc.portmap.client import PortmapClient

ROOT = Path(__file__).parents[2] / "rpc"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of an `oncrpc portmap` that runs as a process of its own."""
    command = [sys.executable, "-m", "oncrpc", "portmap", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            assert ready["ready"] is True
            with PortmapClient.tcp("127.0.0.1", ready["port"]) as client:
                # Nobody listens there.
                client.set(0x20070125, 2, "tcp", ("127.0.0.1", 1024))
            yield ready["port"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_info_lists_what_is_registered(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", f"127.0.0.1:{port}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["program", "version", "netid", "address", "owner"]
    assert lines[-1].split()[:4] == ["537329957", "2", "tcp", "127.0.0.1.4.0"]
    assert len(lines) == 8


def test_info_json_has_the_same_fields_and_the_port(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json", f"127.0.0.1:{port}"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert set(entries[0]) == {"program", "version", "netid", "uaddr", "owner", "port"}
    assert {entry["port"] for entry in entries if entry["program"] == 100000} == {port}


@pytest.mark.parametrize("by", [[], ["--udp"]])
def test_ping_without_a_version_tries_all(port: int, by: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ping", f"127.0.0.1:{port}", "100000", *by]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:5] for line in lines] == [
        ["program", "100000", "version", str(version), "is"] for version in (2, 3, 4)
    ]


def test_ping_of_a_version_that_is_not_there_is_refused(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ping", f"127.0.0.1:{port}", "0x186a0", "9"]) == 1
    assert "versions 2 to 4" in capsys.readouterr().err


@pytest.mark.parametrize("program", ["100003", "537329957"])
def test_what_is_not_registered_or_not_listening_is_not_reached(
    port: int, program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ping", f"127.0.0.1:{port}", program, "2"]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_no_portmapper_is_not_reached(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "127.0.0.1:1"]) == 3
    assert capsys.readouterr().err == "oncrpc: cannot connect to 127.0.0.1 port 1: Connection refused\n"


def test_a_port_that_is_taken_is_refused(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portmap", "--port", str(port)]) == 1
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ping", "localhost"],
        ["ping", "localhost", "virt"],
        ["ping", "localhost", "-1"],
        ["ping", "localhost", "4294967296"],
        ["info", "localhost:x"],
        ["info", "localhost:65536"],
        ["info", ""],
        ["info", "[::1"],
        ["portmap", "--port", "65536"],
        ["call", "localhost"],
    ],
)
def test_a_wrong_command_line_is_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("localhost", ("localhost", 111)),
        ("localhost:1111", ("localhost", 1111)),
        ("::1", ("::1", 111)),
        ("[::1]", ("::1", 111)),
        ("[::1]:1111", ("::1", 1111)),
    ],
)
def test_hosts_may_name_the_portmappers_port(text: str, found: tuple[str, int]) -> None:
    assert host_port(text) == found


def test_a_host_without_a_name_is_refused() -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        host_port(":111")


def test_a_peers_text_cannot_drive_the_terminal() -> None:
    assert printable("a\x1b[2Jb\n\udcff") == "a\N{REPLACEMENT CHARACTER}[2Jb" + "\N{REPLACEMENT CHARACTER}" * 2
    assert printable("") == "-"
