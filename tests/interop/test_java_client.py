"""The Java client, built by its own Makefile, against the daemon: tcp found by the portmapper, by its port, and udp."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import ROOT, DaemonProcess, running_daemon
from interop.programs import JRPCGEN, ONCRPC_JAR, build_copy, need

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def virtj(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the client's start script, built."""
    need("java", "javac", "make", JRPCGEN, ONCRPC_JAR)
    return build_copy(ROOT / "client" / "java", tmp_path_factory.mktemp("java")) / "virtj"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    state = tmp_path_factory.mktemp("daemon")
    with running_daemon(state, "--onc", "tcp:127.0.0.1:0", "--onc", "udp:127.0.0.1:0") as running:
        yield running


def call(program: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the client; return its exit code and what it printed."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def shows_the_machine(program: Path, *where: str) -> None:
    code, out, err = call(program, *where, "list")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"ID +NAME +STATE\n\d+ +test +running\n", out)
    code, out, err = call(program, *where, "info", "test")
    assert (code, err) == (0, "")
    assert re.search(r"^uuid +[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", out, re.MULTILINE)
    assert re.search(r"^memory +2097152 KiB$", out, re.MULTILINE)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_over_tcp_found_by_the_portmapper_it_lists_inspects_stops_and_starts(
    virtj: Path, daemon: DaemonProcess, host: str
) -> None:
    where = ("--portmap", str(daemon.portmap_port), host)
    shows_the_machine(virtj, *where)
    assert call(virtj, *where, "stop", "test") == (0, "test stopped\n", "")
    assert re.search(r"^- +test +shut off$", call(virtj, *where, "list")[1], re.MULTILINE)
    assert call(virtj, *where, "start", "test") == (0, "test started\n", "")
    code, out, err = call(virtj, *where, "start", "test")
    assert (code, out) == (1, "")
    assert err.endswith("(error 1)\n")


def test_over_udp_it_lists_and_inspects_and_start_is_refused(virtj: Path, daemon: DaemonProcess) -> None:
    where = ("-p", "udp", "--portmap", str(daemon.portmap_port), "127.0.0.1")
    shows_the_machine(virtj, *where)
    code, out, err = call(virtj, *where, "start", "test")
    assert (code, out) == (1, "")
    assert err.endswith("(error 29)\n")


@pytest.mark.parametrize(("asked", "settled"), [("3", 2), ("2", 2), ("1", 1)])
def test_it_settles_on_the_highest_version_that_both_have(
    virtj: Path, daemon: DaemonProcess, asked: str, settled: int
) -> None:
    where = ("--version", asked, f"127.0.0.1:{daemon.port()}")
    code, out, err = call(virtj, *where, "version")
    assert (code, err) == (0, "")
    assert out.startswith(f"interface   version {settled}\n")
    shows_the_machine(virtj, *where)


def test_an_unknown_machine_is_one_line_and_exit_1(virtj: Path, daemon: DaemonProcess) -> None:
    code, _, err = call(virtj, f"127.0.0.1:{daemon.port()}", "info", "nobody")
    assert code == 1
    assert re.fullmatch(r"virtj: .*nobody.* \(error 42\)\n", err)


def test_a_daemon_that_is_not_there_is_exit_3(virtj: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        for where in ((f"127.0.0.1:{port}",), ("--portmap", str(port), "127.0.0.1")):
            code, _, err = call(virtj, *where, "list")
            assert code == 3
            assert "Connection refused" in err


@pytest.mark.parametrize(
    "arguments",
    [[], ["localhost"], ["localhost", "info"], ["localhost:0", "list"], ["-p", "sctp", "localhost", "list"]],
)
def test_a_wrong_command_line_is_exit_2(virtj: Path, arguments: list[str]) -> None:
    code, out, err = call(virtj, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("virtj: ")
