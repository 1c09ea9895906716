"""The C client, built by its own Makefile, against the daemon: tcp found by the portmapper, unix, udp, old and new."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import ROOT, DaemonProcess, running_daemon
from interop.programs import TIRPC, VIRT_X, build_copy, need

pytestmark = pytest.mark.interop

LIST = re.compile(r"\AID +NAME +STATE\n\d+ +test +running\n\Z")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the client, built with and without version 2; a warning is an error."""
    need("rpcgen", "gcc", "make", TIRPC)
    return build_copy(ROOT / "client" / "c", tmp_path_factory.mktemp("c"), "CFLAGS=-O1 -g -Werror", "virtc", "virtc-v1")


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    state = tmp_path_factory.mktemp("daemon")
    doors = ("tcp:127.0.0.1:0", "udp:127.0.0.1:0", f"unix:{state}/rw", f"unix:{state}/ro?ro")
    with running_daemon(state, *(word for door in doors for word in ("--onc", door))) as running:
        yield running


class Client:
    """One way to call the client."""

    def __init__(self, program: Path, *where: str) -> None:
        self.command = [str(program), *where]

    def __call__(self, *arguments: str, refused: bool = False) -> str:
        """Run a command; return what it printed, on stderr if it must be refused."""
        done = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == (1 if refused else 0), done.stdout + done.stderr
        return done.stderr if refused else done.stdout

    def fails(self, *arguments: str) -> tuple[int, str]:
        """Run a command; return its exit code and its first line on stderr."""
        done = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stderr.partition("\n")[0]


def ways(daemon: DaemonProcess) -> dict[str, tuple[str, ...]]:
    """Return the options for each way to the daemon."""
    portmap = ("--portmap", str(daemon.portmap_port))
    return {
        "tcp by the portmapper": (*portmap, "127.0.0.1"),
        "tcp by its port": (f"127.0.0.1:{daemon.port('tcp')}",),
        "unix": ("-u", f"unix:{daemon.unix()}"),
        "udp by the portmapper": ("-p", "udp", *portmap, "127.0.0.1"),
        "udp by its port": ("-p", "udp", f"127.0.0.1:{daemon.port('udp')}"),
        "unix, read only": ("-u", f"unix:{daemon.unix(read_only=True)}"),
    }


WRITING = ("tcp by the portmapper", "tcp by its port", "unix")
READING = ("udp by the portmapper", "udp by its port", "unix, read only")


def shows_the_machine(client: Client) -> None:
    assert LIST.match(client("list"))
    info = dict(line.split(maxsplit=1) for line in client("info", "test").replace("max ", "max_").splitlines())
    assert info["name"] == "test"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", info["uuid"])
    assert (info["state"], info["memory"]) == ("running", "2097152 KiB")


def stops_and_starts_the_machine(client: Client) -> None:
    assert client("stop", "test") == "test stopped\n"
    assert re.search(r"^- +test +shut off$", client("list"), re.MULTILINE)
    assert "state       shut off" in client("info", "test")
    assert "(error 55)" in client("stop", "test", refused=True)
    assert client("start", "test") == "test started\n"
    assert "(error 1)" in client("start", "test", refused=True)


@pytest.mark.parametrize("way", WRITING)
def test_it_lists_inspects_stops_and_starts(built: Path, daemon: DaemonProcess, way: str) -> None:
    client = Client(built / "virtc", *ways(daemon)[way])
    shows_the_machine(client)
    stops_and_starts_the_machine(client)
    assert client("version").startswith("interface   version 2\n")


@pytest.mark.parametrize("way", READING)
def test_where_only_reading_is_allowed_it_lists_and_inspects_and_start_and_stop_are_refused(
    built: Path, daemon: DaemonProcess, way: str
) -> None:
    client = Client(built / "virtc", *ways(daemon)[way])
    shows_the_machine(client)
    for command in ("start", "stop"):
        refusal = client(command, "test", refused=True)
        assert refusal.endswith("(error 29)\n")
        assert refusal.count("\n") == 1
    shows_the_machine(client)


@pytest.mark.parametrize("way", WRITING)
def test_built_from_version_1_alone_it_works_unchanged(built: Path, daemon: DaemonProcess, way: str) -> None:
    spec = (built / "build" / "v1" / "virt.x").read_text()
    assert "VIRT_V1" in spec
    assert "version VIRT_V2" not in spec
    client = Client(built / "virtc-v1", *ways(daemon)[way])
    shows_the_machine(client)
    stops_and_starts_the_machine(client)
    assert client("version").startswith("interface   version 1\n")


@pytest.mark.parametrize("way", [*WRITING, *READING])
@pytest.mark.parametrize(("program", "asked", "settled"), [("virtc", 3, 2), ("virtc", 1, 1), ("virtc-v1", 3, 1)])
def test_it_settles_on_the_highest_version_that_both_have(
    built: Path, daemon: DaemonProcess, way: str, program: str, asked: int, settled: int
) -> None:
    client = Client(built / program, "--version", str(asked), *ways(daemon)[way])
    assert client("version").startswith(f"interface   version {settled}\n")
    assert LIST.match(client("list"))


def test_an_unknown_machine_is_one_line_and_exit_1(built: Path, daemon: DaemonProcess) -> None:
    code, line = Client(built / "virtc", "-u", daemon.unix()).fails("info", "nobody")
    assert code == 1
    assert "nobody" in line
    assert line.endswith("(error 42)")


def test_a_daemon_that_is_not_there_is_exit_3(built: Path, tmp_path: Path) -> None:
    with socket.socket() as unused, socket.socket(socket.AF_UNIX) as nobody:
        unused.bind(("127.0.0.1", 0))
        nobody.bind(f"{tmp_path}/socket")
        port = unused.getsockname()[1]
        for where in ((f"127.0.0.1:{port}",), ("--portmap", str(port), "127.0.0.1"), ("-u", f"{tmp_path}/socket")):
            code, line = Client(built / "virtc", *where).fails("list")
            assert (code, line[-18:]) == (3, "Connection refused")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["127.0.0.1"],
        ["127.0.0.1", "dance"],
        ["127.0.0.1", "info"],
        ["127.0.0.1", "list", "x"],
        ["127.0.0.1:0", "list"],
        ["127.0.0.1:", "list"],
        ["127.0.0.1:70000", "list"],
        ["[::1", "list"],
        ["-p", "sctp", "127.0.0.1", "list"],
        ["-x", "127.0.0.1", "list"],
        ["--portmap", "x", "127.0.0.1", "list"],
        ["--version", "0", "127.0.0.1", "list"],
    ],
)
def test_a_wrong_command_line_is_exit_2(built: Path, arguments: list[str]) -> None:
    code, line = Client(built / "virtc").fails(*arguments)
    assert code == 2
    assert line.startswith("virtc: ")


@pytest.mark.parametrize("program", ["virtc", "virtc-v1"])
def test_it_gives_back_all_memory_and_touches_no_other(built: Path, daemon: DaemonProcess, program: str) -> None:
    need("valgrind")
    checks = ("valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect")
    for arguments in (["list"], ["info", "test"], ["info", "nobody"], ["start", "test"], ["version"]):
        command = [*checks, str(built / program), "-u", daemon.unix(), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode in (0, 1), done.stderr


def test_the_client_is_built_from_virt_x_as_it_is(built: Path) -> None:
    assert (built / "build" / "v2" / "virt.x").read_bytes() == VIRT_X.read_bytes()
