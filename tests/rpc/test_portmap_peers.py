"""Hosts that are hard to ask: two addresses of which one answers, silent ones, old ones, ones that talk nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from oncrpc.__main__ import main
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import RpcRefusal
from oncrpc.portmap import aclient, locate
from oncrpc.portmap.aclient import AsyncPortmapClient
from oncrpc.portmap.client import PortmapClient
from oncrpc.portmap.entries import UNKNOWN
from oncrpc.portmap.peer import Peer
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import Portmap2
from oncrpc.portmap.statistics import Statistics
from oncrpc.procedure import Call
from oncrpc.server_session import ServerSession

VIRT = 0x20070125
Answer = Callable[[bytes], bytes]


@contextlib.contextmanager
def listening(make_answer: Callable[[], Answer]) -> Iterator[int]:
    """Serve one tcp connection after the other on a free port of 127.0.0.1, by what answers the bytes of each."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    sock, _ = server.accept()
                except OSError:
                    return
                answer = make_answer()
                with sock, contextlib.suppress(OSError):
                    while data := sock.recv(65536):
                        sock.sendall(answer(data))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def version_2_only() -> Answer:
    """A portmapper of before 1995."""
    registry = Registry()
    registry.set(VIRT, 2, "tcp", "127.0.0.1.156.187", "1000")
    dispatcher = Dispatcher()
    dispatcher.serve(Portmap2(registry, Statistics()))
    session = ServerSession(Peer("tcp", True, UNKNOWN, "127.0.0.1", "127.0.0.1"))

    def answer(data: bytes) -> bytes:
        out = b""
        for event in session.receive(data):
            assert isinstance(event, Call)
            try:
                result = dispatcher.dispatch(event)
                assert isinstance(result, bytes)
                out += session.success(event, result)
            except RpcRefusal as refusal:
                out += session.refusal(event, refusal)
        return out

    return answer


def silent() -> Answer:
    return lambda data: b""


def web_server() -> Answer:
    return lambda data: b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"


def hung_up() -> Answer:
    def answer(data: bytes) -> bytes:
        raise OSError

    return answer


@pytest.fixture
def two_addresses(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a host with an AAAA and an A record, of which only the latter is where somebody listens."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, *rest: Any, **named: Any) -> list[Any]:
        if host != "dual.example":
            return real(host, port, family, type, *rest, **named)
        found: list[Any] = []
        if family in (0, socket.AF_INET6):
            found.append((socket.AF_INET6, type, 0, "", ("::1", port, 0, 0)))
        if family in (0, socket.AF_INET):
            found.append((socket.AF_INET, type, 0, "", ("127.0.0.1", port)))
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return "dual.example"


def test_the_next_address_is_tried_by_both_clients(two_addresses: str) -> None:
    with listening(version_2_only) as port:
        with PortmapClient.tcp(two_addresses, port) as client:
            assert (client.netid, client.null()) == ("tcp", 2)
        assert locate(two_addresses, VIRT, 2, "tcp", port) == ("127.0.0.1", 40123)

        async def ask() -> None:
            async with await AsyncPortmapClient.tcp(two_addresses, port) as client:
                assert (client.netid, await client.null()) == ("tcp", 2)
            assert await aclient.lookup(two_addresses, VIRT, 2, "tcp", port) == 40123

        asyncio.run(ask())


def test_the_command_tries_the_next_address_and_names_the_first_when_none_answers(
    two_addresses: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(version_2_only) as port:
        assert main(["info", f"{two_addresses}:{port}"]) == 0
        assert capsys.readouterr().out.splitlines()[1].split()[:4] == [str(VIRT), "2", "tcp", "0.0.0.0.156.187"]
    assert main(["info", f"{two_addresses}:{port}"]) == 3
    assert "::1" in capsys.readouterr().err


VIEWS = [[], ["--summary"], ["--stats"], ["--addresses", str(VIRT), "2"]]


@pytest.mark.parametrize("view", VIEWS[:2])
def test_one_of_version_2_is_listed(view: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with listening(version_2_only) as port:
        assert main(["info", f"127.0.0.1:{port}", *view]) == 0
    assert str(VIRT) in capsys.readouterr().out


@pytest.mark.parametrize("view", VIEWS[2:])
def test_what_one_of_version_2_cannot_tell_is_refused(view: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with listening(version_2_only) as port:
        assert main(["info", f"127.0.0.1:{port}", *view]) == 1
    assert capsys.readouterr().err == "oncrpc: this is asked of version 4; this portmapper has 2 to 2\n"


@pytest.mark.parametrize(
    ("peer", "code", "said"),
    [(silent, 3, "no answer"), (hung_up, 3, "closed"), (web_server, 1, "record")],
)
@pytest.mark.parametrize("command", [["info"], ["ping", "nfs"]])
def test_silence_and_nonsense_are_one_line(
    peer: Callable[[], Answer], code: int, said: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(peer) as port:
        words = [command[0], f"127.0.0.1:{port}", *command[1:], "--timeout", "0.3"]
        assert main(words) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err
