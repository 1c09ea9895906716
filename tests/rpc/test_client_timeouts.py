"""What each time limit of the clients bounds. Limits are of a few milliseconds; no test measures how long they took."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdr_sample import ECHO, PROGRAM

from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from oncrpc.errors import CallTimeout, ConnectionLost, ConnectTimeout, NotDelivered
from oncrpc.message import pack_success
from oncrpc.reconnect import Reconnect
from oncrpc.record import mark
from oncrpc.transport import blocking

ENDLESS = Reconnect(attempts=10**6, first_wait_s=0.001, max_wait_s=0.001, repeat="always")
LONG_WAITS = Reconnect(attempts=10**6, first_wait_s=1000, max_wait_s=1000, repeat="always")


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A unix socket where connections are made (by the system) and nobody answers."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "s"))
        sock.listen()
        yield str(tmp_path / "s"), sock


def test_call_timeout_is_the_clients_unless_the_call_has_its_own(silent: tuple[str, socket.socket]) -> None:
    path, _ = silent
    with Client.unix(path, PROGRAM, 2, call_timeout_s=0.01) as client, pytest.raises(CallTimeout):
        client.call(ECHO, "x")
    with Client.unix(path, PROGRAM, 2) as client, pytest.raises(CallTimeout):
        client.call(ECHO, "x", timeout_s=0.01)


def test_a_call_that_timed_out_is_not_tried_again(silent: tuple[str, socket.socket]) -> None:
    path, listening = silent
    with Client.unix(path, PROGRAM, 2, call_timeout_s=0.01, reconnect=ENDLESS) as client:
        with pytest.raises(CallTimeout):
            client.call(ECHO, "x")
        server, _ = listening.accept()
        with server:
            xid = int.from_bytes(server.recv(100)[4:8], "big")
            server.sendall(mark(pack_success(xid + 1 & 0xFFFFFFFF, ECHO.result.encode("on"))))
            assert client.call(ECHO, "on", timeout_s=10) == "on"


def test_total_timeout_without_reconnect_bounds_the_call(silent: tuple[str, socket.socket]) -> None:
    path, _ = silent
    with Client.unix(path, PROGRAM, 2, total_timeout_s=0.01) as client, pytest.raises(CallTimeout):
        client.call(ECHO, "x")


def test_total_timeout_ends_attempts_that_all_fail(silent: tuple[str, socket.socket]) -> None:
    path, listening = silent
    with Client.unix(path, PROGRAM, 2, reconnect=ENDLESS, total_timeout_s=0.05) as client:
        listening.close()  # refused from here on
        with pytest.raises((NotDelivered, ConnectionLost)):
            client.call(ECHO, "x")


def test_a_wait_that_would_pass_the_total_is_not_begun(silent: tuple[str, socket.socket]) -> None:
    path, listening = silent
    with Client.unix(path, PROGRAM, 2, reconnect=LONG_WAITS, total_timeout_s=5) as client:
        listening.close()
        with pytest.raises((NotDelivered, ConnectionLost)):
            client.call(ECHO, "x")


def test_asyncio_has_the_same_limits(silent: tuple[str, socket.socket]) -> None:
    path, _ = silent

    async def run() -> None:
        async with await AsyncClient.unix(path, PROGRAM, 2, call_timeout_s=0.01) as client:
            with pytest.raises(CallTimeout):
                await client.call(ECHO, "x")
        async with await AsyncClient.unix(path, PROGRAM, 2, total_timeout_s=0.01) as client:
            with pytest.raises(CallTimeout):
                await client.call(ECHO, "x")
        for rule, total in [(ENDLESS, 0.05), (LONG_WAITS, 5)]:
            async with await AsyncClient.unix(path, PROGRAM, 2, reconnect=rule, total_timeout_s=total) as client:
                client.lost(ConnectionLost("lost"))
                Path(path).rename(path + ".away")
                with pytest.raises((NotDelivered, ConnectionLost)):
                    await client.call(ECHO, "x")
                Path(path + ".away").rename(path)

    asyncio.run(run())


class Deaf(socket.socket):
    """A socket whose connections never come about, until its own limit is up; it notes these limits."""

    limits: list[float] = []

    def connect(self, address: Any) -> None:
        limit = self.gettimeout()
        assert limit is not None
        self.limits.append(limit)
        raise TimeoutError("timed out")


def test_connect_timeout_is_for_all_addresses_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    two = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.1", 1))] * 9
    monkeypatch.setattr(blocking.socket, "getaddrinfo", lambda *args, **words: two)
    monkeypatch.setattr(blocking.socket, "socket", Deaf)
    monkeypatch.setattr(blocking.time, "monotonic", lambda: float(next(clock)))
    Deaf.limits.clear()
    with pytest.raises(ConnectTimeout, match="within 4"):
        Client.tcp("host.example", 1, PROGRAM, 2, connect_timeout_s=4)
    assert Deaf.limits == [3, 2, 1]
