"""Both clients by udp: lost datagrams, nobody there, calls too long, calls that end."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from waiting import wait_until
from xdr_sample import ADD, ECHO, PROGRAM, Sample

from oncrpc import xdr
from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import CallCancelled, CallTimeout, ConnectionLost, NotDelivered, OutcomeUnknown
from oncrpc.message import pack_success
from oncrpc.procedure import Call, Procedure
from oncrpc.transport import datagram

CALLS = 40
LONG: Procedure[None] = Procedure(9, "LONG", xdr.opaque(100_000), xdr.VOID, arity=1)


class Counting(Sample):
    """Counts what runs."""

    def __init__(self) -> None:
        self.ran: list[int] = []

    def add(self, a: int, b: int, call: Call) -> int:
        self.ran.append(a)
        return a + b


class Lossy(asyncio.DatagramProtocol):
    """A way to a server that loses datagrams both ways, by a seeded generator, for one client."""

    def __init__(self, server: tuple[str, int], loss: float, seed: int) -> None:
        self.server = server
        self.loss = loss
        self.chance = random.Random(seed)
        self.lost = 0
        self.client: Any = None
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if addr != self.server:
            self.client = addr
        if self.chance.random() < self.loss:
            self.lost += 1
        else:
            self.transport.sendto(data, self.client if addr == self.server else self.server)


@asynccontextmanager
async def lossy_server(loss: float, seed: int) -> AsyncIterator[tuple[int, Counting, Lossy]]:
    loop = asyncio.get_running_loop()
    program = Counting()
    dispatcher = Dispatcher()
    dispatcher.serve(program)
    transport, server = await loop.create_datagram_endpoint(
        lambda: DatagramServer(dispatcher, lambda address: None), local_addr=("127.0.0.1", 0)
    )
    way, relay = await loop.create_datagram_endpoint(
        lambda: Lossy(transport.get_extra_info("sockname"), loss, seed), local_addr=("127.0.0.1", 0)
    )
    try:
        yield way.get_extra_info("sockname")[1], program, relay
    finally:
        way.close()
        server.stop()
        await server.closed


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datagram, "FIRST_RETRY_S", 0.005)
    monkeypatch.setattr(datagram, "MAX_RETRY_S", 0.02)


def call_blocking(port: int) -> int:
    with Client.udp("127.0.0.1", port, PROGRAM, 2) as client:
        for number in range(CALLS):
            assert client.call(ADD, number, 1) == number + 1
        return client.retransmissions


async def call_async(port: int) -> int:
    async with await AsyncClient.udp("127.0.0.1", port, PROGRAM, 2) as client:
        numbers = range(CALLS)
        found = await asyncio.gather(*(client.call(ADD, number, 1) for number in numbers))
        assert found == [number + 1 for number in numbers]
        return client.retransmissions


@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_a_network_that_loses_a_third_each_call_arrives_and_runs_once(quick: None, kind: str, seed: int) -> None:
    async def run() -> None:
        async with lossy_server(0.33, seed) as (port, program, relay):
            again = await (asyncio.to_thread(call_blocking, port) if kind == "blocking" else call_async(port))
            assert sorted(program.ran) == list(range(CALLS))
            assert relay.lost > 0
            assert again > 0

    asyncio.run(run())


def test_waits_double_to_a_cap_with_jitter() -> None:
    for copies, middle in [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 8), (10_000, 8)]:
        waits = [datagram.retry_wait_s(copies) for _ in range(200)]
        assert middle * 0.75 <= min(waits) < max(waits) <= middle * 1.25


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    """A server that only takes what the test takes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(10)
        yield sock


def ends_with(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []

    def run() -> None:
        try:
            found.append(call())
        except OutcomeUnknown as exc:
            found.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_blocking_a_refusal_of_the_first_copy_means_not_delivered(peer: socket.socket) -> None:
    port = peer.getsockname()[1]
    peer.close()
    with Client.udp("127.0.0.1", port, PROGRAM, 2) as client, pytest.raises(NotDelivered, match="nobody listens"):
        client.ping()


def test_blocking_a_server_that_took_the_call_and_ended_may_have_run_it(quick: None, peer: socket.socket) -> None:
    with Client.udp("127.0.0.1", peer.getsockname()[1], PROGRAM, 2) as client:
        thread, found = ends_with(client.ping)
        peer.recv(100)
        peer.close()
        thread.join(10)
        assert type(found[0]) is ConnectionLost


def test_blocking_cancel_and_close_wake_a_call(peer: socket.socket) -> None:
    with Client.udp("127.0.0.1", peer.getsockname()[1], PROGRAM, 2) as client:
        thread, found = ends_with(client.ping)
        peer.recv(100)
        assert client.cancel()
        thread.join(10)
        assert type(found[0]) is CallCancelled
        thread, found = ends_with(client.ping)
        peer.recv(100)
        client.close()
        thread.join(10)
        assert type(found[0]) is ConnectionLost


def test_blocking_a_call_too_long_for_a_datagram_says_so(peer: socket.socket) -> None:
    with Client.udp("127.0.0.1", peer.getsockname()[1], PROGRAM, 2) as client:
        with pytest.raises(NotDelivered, match="too long for udp: use tcp"):
            client.call(LONG, bytes(70_000))
        with pytest.raises(CallTimeout):
            client.call(ECHO, "usable", timeout_s=0.01)


def with_async(peer: socket.socket, test: Callable[[AsyncClient], Any]) -> None:
    async def run() -> None:
        async with await AsyncClient.udp("127.0.0.1", peer.getsockname()[1], PROGRAM, 2) as client:
            await test(client)

    asyncio.run(run())


def test_asyncio_a_call_too_long_harms_no_other(peer: socket.socket) -> None:
    async def run(client: AsyncClient) -> None:
        other = asyncio.create_task(client.call(ECHO, "on"))
        await wait_until(lambda: client._waiting)
        data, address = await asyncio.to_thread(peer.recvfrom, 100)
        with pytest.raises(NotDelivered, match="too long for udp: use tcp"):
            await client.call(LONG, bytes(70_000))
        peer.sendto(pack_success(int.from_bytes(data[:4], "big"), data[40:]), address)
        assert await other == "on"

    with_async(peer, run)


def test_asyncio_close_ends_calls_at_once(peer: socket.socket) -> None:
    async def run(client: AsyncClient) -> None:
        call = asyncio.create_task(client.call(ECHO, "on"))
        await asyncio.to_thread(peer.recvfrom, 100)
        await client.close()
        with pytest.raises(ConnectionLost, match="closed while the call waited"):
            await call

    with_async(peer, run)


def test_asyncio_a_refusal_is_not_delivered_only_when_nothing_was_taken(quick: None, peer: socket.socket) -> None:
    async def run(client: AsyncClient) -> None:
        call = asyncio.create_task(client.ping())
        await asyncio.to_thread(peer.recvfrom, 100)
        peer.close()
        with pytest.raises(ConnectionLost):
            await call
        with pytest.raises(NotDelivered):
            await client.ping()

    with_async(peer, run)
