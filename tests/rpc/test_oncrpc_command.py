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
from oncrpc.errors import SystemFailure
from oncrpc.portmap.client import PortmapClient
from oncrpc.portmap.entries import owner_name

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
    assert lines[0].split() == ["program", "version", "netid", "address", "owner", "service"]
    assert lines[-1].split()[:4] == ["537329957", "2", "tcp", "127.0.0.1.4.0"]
    assert len(lines) == 8


def test_info_json_has_the_same_fields_and_the_port(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json", f"127.0.0.1:{port}"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert set(entries[0]) == {"program", "version", "netid", "uaddr", "owner", "port", "service"}
    assert {entry["port"] for entry in entries if entry["program"] == 100000} == {port}


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """The port and unix socket of an `oncrpc portmap` on IPv4's and IPv6's loopback."""
    path = str(tmp_path_factory.mktemp("portmap") / "rpcbind.sock")
    command = [sys.executable, "-m", "oncrpc", "portmap", "--port", "0", "--local", path]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command += ["--host", "::1", "--host", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                pytest.skip("no IPv6 loopback")
            ready = json.loads(line)
            assert ready["hosts"] == ["::1", "127.0.0.1"]
            yield ready["port"], path
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert not os.path.exists(path)
        finally:
            process.kill()


def ways(wide: tuple[int, str]) -> list[list[str]]:
    """All the ways to ask it."""
    port, path = wide
    hosts = [f"127.0.0.1:{port}", f"[::1]:{port}"]
    return [[host, *udp] for host in hosts for udp in ([], ["--udp"])] + [["--local", path]]


def test_info_says_the_same_over_every_road(wide: tuple[int, str], capsys: pytest.CaptureFixture[str]) -> None:
    heard = []
    for way in ways(wide):
        assert main(["info", *way, "--json"]) == 0
        heard.append(json.loads(capsys.readouterr().out))
    assert heard == [heard[0]] * 5
    assert [entry["netid"] for entry in heard[0]] == 2 * ["tcp6"] + 2 * ["udp6"] + 3 * ["tcp"] + 3 * ["udp"] + 2 * [
        "local"
    ]
    assert {entry["service"] for entry in heard[0]} == {"portmapper"}


def test_the_summary_has_a_line_a_program(wide: tuple[int, str], capsys: pytest.CaptureFixture[str]) -> None:
    for way in ways(wide):
        assert main(["info", *way, "--summary"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["program", "versions", "netids", "service", "owner"]
        assert lines[1].split()[:4] == ["100000", "2,3,4", "tcp6,udp6,tcp,udp,local", "portmapper"]
        assert len(lines) == 2
    assert main(["info", *ways(wide)[0], "--summary", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["program"], row["versions"], row["service"]) == (100000, [2, 3, 4], "portmapper")


def test_addresses_are_those_of_the_family_that_asks(wide: tuple[int, str], capsys: pytest.CaptureFixture[str]) -> None:
    port, _ = wide
    high, low = divmod(port, 256)
    for host, text, suffix, family in (("127.0.0.1", "127.0.0.1", "", "inet"), ("[::1]", "::1", "6", "inet6")):
        assert main(["info", f"{host}:{port}", "--addresses", "rpcbind", "4"]) == 0
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert lines[1:] == [
            [f"tcp{suffix}", family, "tcp", "cots_ord", f"{text}.{high}.{low}"],
            [f"udp{suffix}", family, "udp", "clts", f"{text}.{high}.{low}"],
        ]
    assert main(["info", f"127.0.0.1:{port}", "--addresses", "100000", "9", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_statistics_name_the_procedures(wide: tuple[int, str], capsys: pytest.CaptureFixture[str]) -> None:
    where = f"127.0.0.1:{wide[0]}"
    assert main(["info", where, "--stats", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert main(["ping", where, "99", "1"]) == 3
    assert main(["info", where, "--stats", "--json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert [row["version"] for row in after] == [2, 3, 4]
    assert after[2]["calls"]["GETADDR"] == before[2]["calls"]["GETADDR"] + 1
    assert after[2]["calls"]["GETSTAT"] == before[2]["calls"]["GETSTAT"] + 1
    assert after[2]["lookups"][0] == {"program": 99, "version": 1, "netid": "tcp", "found": 0, "missed": 1}
    capsys.readouterr()
    assert main(["info", where, "--stats"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["2", "CALLIT", "0", "-"] in lines
    assert ["4", "99", "1", "tcp", "0", "1"] in lines


@pytest.mark.parametrize("netid", ["tcp", "udp", "tcp6", "udp6"])
def test_ping_takes_an_address_of_the_network_asked_for(
    wide: tuple[int, str], netid: str, capsys: pytest.CaptureFixture[str]
) -> None:
    host = "[::1]" if netid.endswith("6") else "127.0.0.1"
    assert main(["ping", f"{host}:{wide[0]}", "portmapper", "4", "--netid", netid, "--count", "3", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["netid"], row["port"], row["ready"], row["error"]) == (netid, wide[0], True, None)
    assert len(row["times_ms"]) == 3
    assert all(each > 0 for each in row["times_ms"])


def test_ping_goes_to_an_address_or_port_without_a_portmapper(
    wide: tuple[int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    port, path = wide
    high, low = divmod(port, 256)
    for words in (
        ["--address", f"127.0.0.1.{high}.{low}", "100000", "3"],
        ["--address", f"::1.{high}.{low}", "--netid", "udp6", "100000", "3"],
        ["--address", path, "--netid", "local", "100000", "3"],
        ["127.0.0.1:1", "100000", "3", "--port", str(port)],
    ):
        assert main(["ping", *words]) == 0
        assert capsys.readouterr().out.startswith("program 100000 version 3 is ready on ")


def test_ping_without_a_portmapper_asks_the_server_for_its_versions(
    wide: tuple[int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["127.0.0.1:1", "--port", str(wide[0])]
    assert main(["ping", *where, "100000", "--count", "2"]) == 0
    assert [line.split()[3] for line in capsys.readouterr().out.splitlines()] == ["2", "3", "4"]
    assert main(["ping", *where, "100000", "9", "--json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["ready"], row["times_ms"]) == (False, [])
    assert "versions 2 to 4" in row["error"]
    assert main(["ping", *where, "99"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


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
        ["info"],
        ["info", "localhost", "--local", "/run/rpcbind.sock"],
        ["info", "--local", "rpcbind.sock"],
        ["info", "localhost", "--summary", "--stats"],
        ["info", "localhost", "--addresses", "nobody", "1"],
        ["info", "localhost", "--timeout", "0"],
        ["info", "localhost", "--timeout", "nan"],
        ["ping", "localhost", "100000", "2", "3"],
        ["ping", "localhost", "100000", "--netid", "ipx"],
        ["ping", "localhost", "100000", "--count", "0"],
        ["ping", "--address", "127.0.0.1.0", "100000", "2"],
        ["ping", "--address", "::1.0.111", "100000", "2"],
        ["ping", "--address", "127.0.0.1.0.111", "localhost", "100000", "2"],
        ["ping", "localhost", "100000", "--udp", "--netid", "tcp"],
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


def test_a_reader_that_has_read_enough_is_no_error_of_ours() -> None:
    mount_x = str(ROOT / "examples" / "mount.x")
    command = [sys.executable, "-m", "oncrpc", "call", "--describe", mount_x, "MOUNTPROC3_MNT"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_loopback_caller_is_who_the_kernel_says(port: int) -> None:
    with PortmapClient.tcp("127.0.0.1", port) as client:
        assert client.set(0x20070126, 1, "tcp", ("127.0.0.1", 1025))
        assert [entry.owner for entry in client.dump() if entry.program == 0x20070126] == [owner_name(os.geteuid())]
        assert client.unset(0x20070126, 1)


def test_an_answer_that_is_too_long_for_udp_says_to_ask_by_tcp(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: int
) -> None:
    def capped(self: PortmapClient) -> None:
        raise SystemFailure

    monkeypatch.setattr(PortmapClient, "dump", capped)
    assert main(["info", f"127.0.0.1:{port}", "--udp"]) == 3
    assert "ask by tcp" in capsys.readouterr().err
