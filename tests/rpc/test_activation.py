"""Sockets that whoever started the program has opened: taken with care, served, handed on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import small_server
from needs import skip_without
from xdr_sample import ECHO, PROGRAM

from oncrpc.activation import exec_with, inherited_sockets
from oncrpc.client import Client
from oncrpc.errors import LocalError

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "rpc"), str(ROOT / "tests")])}

# Given descriptors, becomes the program after "--" that inherits them from 3 on.
LAUNCH = """
import socket, sys
from oncrpc.activation import exec_with
cut = sys.argv.index("--")
sockets = [(name, socket.socket(fileno=int(fd))) for name, _, fd in (text.partition("=") for text in sys.argv[1:cut])]
exec_with(sockets, sys.argv[cut + 1:])
"""
# What systemd does by itself, for descriptors that are no sockets fit to serve: LISTEN_PID is ours after the exec.
RAW = """
import os, sys
os.dup2(int(sys.argv[1]), 3) if sys.argv[1] != "none" else os.close(3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-c", sys.argv[2]])
"""
TAKE = """
import os
from oncrpc.activation import inherited_sockets
from oncrpc.errors import LocalError
try:
    print([item.name for item in inherited_sockets()], [name for name in os.environ if name.startswith("LISTEN")])
except LocalError as exc:
    print(exc)
"""


@contextlib.contextmanager
def launched(sockets: Sequence[tuple[str, socket.socket]], endpoints: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Run small_server.py with inherited sockets; give what it says when it is ready."""
    words = [f"{name}={sock.fileno()}" for name, sock in sockets]
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *words, "--", sys.executable, small_server.__file__, *endpoints],
        env=ENVIRONMENT,
        pass_fds=[sock.fileno() for _, sock in sockets],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        try:
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def bound(kind: int, address: Any, family: int = socket.AF_INET) -> socket.socket:
    sock = socket.socket(family, kind)
    sock.bind(address)
    if kind == socket.SOCK_STREAM:
        sock.listen()
    return sock


def echo(client: Client) -> list[str]:
    with client:
        return client.call(ECHO, "hi").split()


def test_streams_datagrams_and_unix_sockets_are_taken_and_served(tmp_path: Path) -> None:
    path = str(tmp_path / "sock")
    with (
        bound(socket.SOCK_STREAM, ("127.0.0.1", 0)) as tcp,
        bound(socket.SOCK_DGRAM, ("127.0.0.1", 0)) as udp,
        bound(socket.SOCK_STREAM, path, socket.AF_UNIX) as unix,
        launched([("a", tcp), ("b", udp), ("", unix)], []) as ready,
    ):
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        assert ready["bound"] == [f"tcp:127.0.0.1:{ports[0]}", f"udp:127.0.0.1:{ports[1]}", f"unix:{path}"]
        pid = str(ready["pid"])
        assert echo(Client.tcp("127.0.0.1", ports[0], PROGRAM, 2)) == ["hi", pid, "tcp"]
        assert echo(Client.udp("127.0.0.1", ports[1], PROGRAM, 2)) == ["hi", pid, "udp"]
        assert echo(Client.unix(path, PROGRAM, 2)) == ["hi", pid, "unix"]
    assert Path(path).exists(), "who made the socket removes it"


def test_an_endpoint_that_was_given_is_not_opened_again_and_others_are() -> None:
    with (
        bound(socket.SOCK_STREAM, ("127.0.0.1", 0)) as any_port,
        bound(socket.SOCK_STREAM, ("127.0.0.1", 0)) as named,
    ):
        wanted = f"tcp:127.0.0.1:{named.getsockname()[1]}"
        endpoints = ["tcp:localhost:0", "udp:127.0.0.1:0", wanted]
        with launched([("x", named), ("y", any_port)], endpoints) as ready:
            first, udp, last = ready["bound"]
            assert (first, last) == (f"tcp:127.0.0.1:{any_port.getsockname()[1]}", wanted)
            assert udp.startswith("udp:127.0.0.1:")


def wrong(kind: str, folder: Path) -> tuple[Any, str]:
    if kind == "a file":
        return (folder / "file").open("w"), "is no socket"
    if kind == "a stream that does not listen":
        return socket.socket(), "does not listen"
    if kind == "a unix datagram socket":
        return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), "is a unix datagram socket"
    if kind == "a raw family":
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0), "is of address family 16"
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET), "is neither a stream nor a datagram socket"


@pytest.mark.parametrize(
    "kind",
    ["a file", "a stream that does not listen", "a unix datagram socket", "a raw family", "a sequenced packet socket"],
)
def test_a_descriptor_that_cannot_be_served_is_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    what, why = wrong(kind, tmp_path)
    with what:
        found = subprocess.run(
            [sys.executable, "-c", RAW, str(what.fileno()), TAKE],
            env=ENVIRONMENT, pass_fds=[what.fileno()], capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert found.stdout.startswith("descriptor 3 from LISTEN_FDS")
    assert why in found.stdout
    assert found.stderr == ""


def test_the_variables_are_gone_after_and_the_sockets_are_ours_alone() -> None:
    with bound(socket.SOCK_STREAM, ("127.0.0.1", 0)) as sock:
        found = subprocess.run(
            [sys.executable, "-c", RAW, str(sock.fileno()), TAKE],
            env=ENVIRONMENT, pass_fds=[sock.fileno()], capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert found.stdout == "[''] []\n"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"LISTEN_FDS": "1"},
        {"LISTEN_PID": str(os.getpid())},
        {"LISTEN_PID": str(os.getppid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "a"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "0", "LISTEN_FDNAMES": ""},
    ],
)
def test_sockets_of_another_process_are_left_alone(environ: dict[str, str]) -> None:
    assert inherited_sockets(environ) == []
    assert environ == {}


@pytest.mark.parametrize(("pid", "count"), [("self", "many"), ("self", "-1"), ("self", "4096"), ("x", "1"), ("²", "1")])
def test_variables_that_make_no_sense_are_refused(pid: str, count: str) -> None:
    with pytest.raises(LocalError, match="LISTEN_"):
        inherited_sockets({"LISTEN_PID": str(os.getpid()) if pid == "self" else pid, "LISTEN_FDS": count})


def test_a_name_that_would_be_two_is_not_handed_over() -> None:
    with socket.socket() as sock, pytest.raises(LocalError, match="a:b"):
        exec_with([("a:b", sock)], ["/bin/true"])


def test_systemd_starts_us_at_the_first_connection(tmp_path: Path) -> None:
    program = shutil.which("systemd-socket-activate")
    skip_without(None if program else "systemd-socket-activate is not installed (Debian: systemd)")
    assert program is not None
    path = str(tmp_path / "sock")
    process = subprocess.Popen(
        [program, "-l", path, "--fdname=ours", f"--setenv=PYTHONPATH={ENVIRONMENT['PYTHONPATH']}",
         sys.executable, small_server.__file__],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Listening on" in line:
                break
        assert echo(Client.unix(path, PROGRAM, 2))[2] == "unix"
        assert json.loads(process.stdout.readline())["bound"] == [f"unix:{path}"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()
