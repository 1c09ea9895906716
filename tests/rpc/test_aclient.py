"""The asyncio client: what a cancelled, lost or closed call leaves behind, and connecting again."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from waiting import wait_until
from xdr_sample import ECHO, PROGRAM

from oncrpc import xdr
from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from oncrpc.errors import ConnectionLost, ConnectTimeout, LocalError, NotDelivered
from oncrpc.message import pack_success
from oncrpc.procedure import Procedure
from oncrpc.reconnect import Reconnect
from oncrpc.record import mark
from oncrpc.transport import aio

QUICK = Reconnect(attempts=3, first_wait_s=0, max_wait_s=0)
REPEAT = Reconnect(attempts=3, first_wait_s=0, max_wait_s=0, repeat="always")

Answer = Callable[[int, bytes], bytes | None]


class Peer:
    """A server at a unix socket that answers by a function of connection number and record; None closes it."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.connections = 0
        self.records: list[bytes] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        number = self.connections
        try:
            while True:
                head = await reader.readexactly(4)
                record = await reader.readexactly(int.from_bytes(head, "big") & 0x7FFFFFFF)
                self.records.append(record)
                reply = self.answer(number, record)
                if reply is None:
                    break
                writer.write(reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def echo(number: int, record: bytes) -> bytes:
    return mark(pack_success(int.from_bytes(record[:4], "big"), record[40:]))


def first_is_lost(number: int, record: bytes) -> bytes | None:
    return None if number == 1 else echo(number, record)


@asynccontextmanager
async def connected(
    folder: Path, answer: Answer, reconnect: Reconnect | None = None
) -> AsyncIterator[tuple[AsyncClient, Peer]]:
    peer = Peer(answer)
    server = await asyncio.start_unix_server(peer.talk, folder / "s")
    try:
        async with await AsyncClient.unix(str(folder / "s"), PROGRAM, 2, reconnect=reconnect) as client:
            yield client, peer
    finally:
        await wait_until(lambda: peer.writers and all(writer.transport.is_closing() for writer in peer.writers))
        server.close()
        await asyncio.sleep(0)  # the loop closes the socket itself


def in_a_loop(test: Callable[[Path], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
    @functools.wraps(test)
    def run(tmp_path: Path) -> None:
        asyncio.run(test(tmp_path))

    return run


@in_a_loop
async def test_a_cancelled_task_leaves_nothing_behind(tmp_path: Path) -> None:
    async with connected(tmp_path, lambda number, record: b"") as (client, peer):
        tasks = [asyncio.create_task(client.call(ECHO, str(number))) for number in range(50)]
        await wait_until(lambda: len(peer.records) == 50)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert all(task.cancelled() for task in tasks)
        assert client._waiting == {}
        assert client.session._pending == set()
        peer.answer = echo
        assert await client.call(ECHO, "on") == "on"


@in_a_loop
async def test_calls_that_lose_the_connection_together_connect_once(tmp_path: Path) -> None:
    async with connected(tmp_path, first_is_lost, REPEAT) as (client, peer):
        texts = [str(number) for number in range(20)]
        assert await asyncio.gather(*(client.call(ECHO, text) for text in texts)) == texts
        assert peer.connections == 2


@in_a_loop
async def test_a_call_that_may_have_run_is_not_repeated_but_the_next_one_connects(tmp_path: Path) -> None:
    async with connected(tmp_path, first_is_lost, QUICK) as (client, peer):
        with pytest.raises(ConnectionLost):
            await client.call(ECHO, "x")
        assert await client.call(ECHO, "y") == "y"
        assert peer.connections == 2


@in_a_loop
async def test_without_reconnect_a_lost_connection_ends_the_client(tmp_path: Path) -> None:
    async with connected(tmp_path, first_is_lost) as (client, peer):
        with pytest.raises(ConnectionLost):
            await client.call(ECHO, "x")
        with pytest.raises(NotDelivered, match="ended before"):
            await client.call(ECHO, "y")
        assert peer.connections == 1


@in_a_loop
async def test_the_hook_sets_up_the_new_connection_before_other_calls(tmp_path: Path) -> None:
    async with connected(tmp_path, first_is_lost, REPEAT) as (client, peer):

        async def log_in(again: AsyncClient) -> None:
            await again.call(ECHO, "login")

        client.on_reconnect = log_in
        await asyncio.gather(*(client.call(ECHO, "x") for _ in range(5)))
        assert [b"login" in record for record in peer.records] == [False, True, *[False] * 5]


@in_a_loop
async def test_a_hook_that_fails_ends_the_call(tmp_path: Path) -> None:
    async with connected(tmp_path, lambda number, record: None, REPEAT) as (client, peer):

        async def log_in(again: AsyncClient) -> None:
            await again.call(ECHO, "login")

        client.on_reconnect = log_in
        with pytest.raises(NotDelivered, match="on_reconnect failed"):
            await client.call(ECHO, "x")
        assert peer.connections == 4


@in_a_loop
async def test_closing_ends_the_wait_between_attempts(tmp_path: Path) -> None:
    slow = Reconnect(attempts=9, first_wait_s=1000, max_wait_s=1000, repeat="always")
    async with connected(tmp_path, lambda number, record: None, slow) as (client, peer):
        call = asyncio.create_task(client.call(ECHO, "x"))
        await wait_until(lambda: len(peer.records) == 2)
        await client.close()
        with pytest.raises((ConnectionLost, NotDelivered)):
            await call


@in_a_loop
async def test_a_call_one_way_does_not_wait_and_its_answer_is_dropped(tmp_path: Path) -> None:
    async with connected(tmp_path, echo) as (client, peer):
        assert await client.oneway.call(ECHO, "x") is None  # type: ignore[comparison-overlap]
        assert await client.call(ECHO, "y") == "y"
        assert client.session.dropped_replies == 1
        assert len(peer.records) == 2


@in_a_loop
async def test_a_closed_client_sends_nothing(tmp_path: Path) -> None:
    async with connected(tmp_path, echo) as (client, peer):
        await client.close()
        with pytest.raises(NotDelivered, match="closed"):
            await client.send(ECHO, "x")
        assert peer.records == []


@in_a_loop
async def test_reconnect_without_a_connector_is_refused(tmp_path: Path) -> None:
    async with connected(tmp_path, echo) as (client, _):
        with pytest.raises(LocalError, match="connector"):
            AsyncClient(client._link, PROGRAM, 2, reconnect=QUICK)


def test_close_ends_calls_though_the_server_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aio, "FLUSH_S", 0.05)

    async def main() -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        with listening:
            client = await AsyncClient.tcp(*listening.getsockname(), PROGRAM, 2, call_timeout_s=None)
            taken, _ = listening.accept()
            with taken:
                large: Procedure[None] = Procedure(1, "LARGE", xdr.opaque(), xdr.VOID)
                calls = [asyncio.create_task(client.call(large, bytes(30_000_000)))]
                calls += [asyncio.create_task(client.send(large, b"")), asyncio.create_task(client.call(large, b""))]
                await wait_until(lambda: len(client.session.pending) == 2)
                async with asyncio.timeout(10):
                    await client.close()
                    found = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(one) for one in found] == [ConnectionLost] * 3

    asyncio.run(main())


def test_what_came_in_and_the_end_before_anybody_looked_are_not_forgotten() -> None:
    seen: list[object] = []

    class Receiver:
        def received(self, data: bytes) -> None:
            seen.append(data)

        def lost(self, reason: Exception) -> None:
            seen.append(type(reason))

    async def main() -> None:
        link = aio.StreamLink()
        link.get_buffer(2)[:2] = b"hi"
        link.buffer_updated(2)
        link.connection_lost(None)
        link.attach(Receiver())

    asyncio.run(main())
    assert seen == [b"hi", ConnectionLost]


def test_a_server_that_closes_a_connection_at_once_is_tried_again(tmp_path: Path) -> None:
    async def main() -> None:
        peer = Peer(echo)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer.writers.append(writer)
            if len(peer.writers) > 1:
                await peer.talk(reader, writer)
            writer.close()

        place = str(tmp_path / "closes")
        async with await asyncio.start_unix_server(talk, place):
            for _ in range(5):
                peer.writers.clear()
                async with await AsyncClient.unix(place, PROGRAM, 2, reconnect=REPEAT, call_timeout_s=5) as client:
                    assert await client.call(ECHO, "x") == "x"
                await wait_until(lambda: all(writer.transport.is_closing() for writer in peer.writers))
                await asyncio.sleep(0)

    asyncio.run(main())


def test_a_full_backlog_is_waited_for_and_close_ends_connecting_again(tmp_path: Path) -> None:
    place = str(tmp_path / "full")

    async def main() -> None:
        with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as filler:
            listening.bind(place)
            listening.listen(0)
            rule = Reconnect(attempts=1)
            client = await AsyncClient.unix(place, PROGRAM, 2, reconnect=rule, connect_timeout_s=60)
            listening.accept()[0].close()
            filler.connect(place)
            with pytest.raises(ConnectTimeout):
                await AsyncClient.unix(place, PROGRAM, 2, connect_timeout_s=0.05)
            await wait_until(lambda: client._closed is not None)
            call = asyncio.create_task(client.send(ECHO, "x"))
            await wait_until(lambda: client._dialling is not None)
            async with asyncio.timeout(10):
                await client.close()
                with pytest.raises(NotDelivered, match="closed"):
                    await call

    asyncio.run(main())


@pytest.mark.parametrize(
    ("host", "port", "error"), [("a..b", 1, NotDelivered), ("a\0b", 1, NotDelivered), ("127.0.0.1", 70_000, LocalError)]
)
def test_a_host_or_a_port_that_cannot_be_is_one_error(host: str, port: int, error: type[Exception]) -> None:
    for connect in (Client.tcp, Client.udp, AsyncClient.tcp, AsyncClient.udp):

        async def main(connect: Any = connect) -> None:
            with pytest.raises(error):
                await connect(host, port, PROGRAM, 2)

        asyncio.run(main())
    with pytest.raises(NotDelivered):
        Client.unix("/a\0b", PROGRAM, 2)
    with pytest.raises(NotDelivered):
        asyncio.run(AsyncClient.unix("/a\0b", PROGRAM, 2))


def test_a_timeout_of_thousands_of_years_is_as_good_as_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Client.tcp(*listening.getsockname(), PROGRAM, 2, connect_timeout_s=1e12).close()
