"""The asyncio client: what a cancelled, lost or closed call leaves behind, and connecting again."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from waiting import wait_until
from xdr_sample import ECHO, PROGRAM

from oncrpc.aclient import AsyncClient
from oncrpc.errors import ConnectionLost, LocalError, NotDelivered
from oncrpc.message import pack_success
from oncrpc.reconnect import Reconnect
from oncrpc.record import mark

QUICK = Reconnect(attempts=3, first_wait_s=0, max_wait_s=0)
REPEAT = Reconnect(attempts=3, first_wait_s=0, max_wait_s=0, repeat="always")

Answer = Callable[[int, bytes], bytes | None]


class Peer:
    """A server at a unix socket that answers by a function of connection number and record; None closes it."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.connections = 0
        self.records: list[bytes] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
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
        server.close()


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
