"""The duplicate-request cache: alone, and in a udp server whose clients lose replies on purpose or mean harm."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from waiting import wait_until

from oncrpc.client import Client
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher, threaded
from oncrpc.duplicates import ENTRY_BYTES, DuplicateCache, DuplicateLimits, Seen
from oncrpc.errors import AcceptStat, GarbageArguments, SystemFailure
from oncrpc.message import pack_call, unpack_reply
from oncrpc.procedure import Call, Procedure, Program
from oncrpc.xdr import UINT, VOID

PROGRAM = 0x20000077
TAKE: Procedure[int] = Procedure(1, "TAKE", VOID, UINT, arity=0)
LATER, BREAK, REFUSE, LONG = 2, 3, 4, 5
HERE, THERE = ("127.0.0.1", 700), ("127.0.0.1", 701)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# -- the cache alone --------------------------------------------------------------------------------------------------


def test_a_call_is_new_then_under_way_then_answered() -> None:
    cache = DuplicateCache()
    assert cache.begin((HERE, b"call")) is Seen.NEW
    assert cache.begin((HERE, b"call")) is Seen.UNDER_WAY
    cache.keep((HERE, b"call"), b"reply")
    assert cache.begin((HERE, b"call")) == b"reply"
    assert cache.repeated == 2


def test_another_sender_or_another_byte_is_another_call() -> None:
    cache = DuplicateCache()
    cache.begin((HERE, b"call"))
    cache.keep((HERE, b"call"), b"reply")
    assert cache.begin((THERE, b"call")) is Seen.NEW
    assert cache.begin((("127.0.0.2", 700), b"call")) is Seen.NEW
    assert cache.begin((HERE, b"calm")) is Seen.NEW


def test_a_call_that_did_not_run_is_new_again() -> None:
    cache = DuplicateCache()
    cache.begin((HERE, b"call"))
    cache.forget((HERE, b"call"))
    assert cache.begin((HERE, b"call")) is Seen.NEW


def test_an_answer_is_kept_for_age_s_from_when_it_was_given() -> None:
    clock = Clock()
    cache = DuplicateCache(DuplicateLimits(age_s=10), clock=clock)
    cache.begin((HERE, b"call"))
    clock.now = 100
    cache.keep((HERE, b"call"), b"reply")
    clock.now = 110
    assert cache.begin((HERE, b"call")) == b"reply"
    clock.now = 110.1
    assert cache.begin((HERE, b"call")) is Seen.NEW
    assert (len(cache), cache.size_bytes) == (0, 0)


def test_entries_and_bytes_are_bounded_and_the_oldest_goes_first() -> None:
    rng = random.Random(5)
    cache = DuplicateCache(DuplicateLimits(entries=50, size_bytes=40_000))
    kept: list[tuple[Any, bytes]] = []
    for number in range(2000):
        key = (HERE, struct.pack(">I", number) * rng.randint(1, 100))
        assert cache.begin(key) is Seen.NEW
        cache.keep(key, bytes(rng.randint(0, 8000)))
        kept.append(key)
        assert len(cache) <= 50
        assert cache.size_bytes <= 40_000
    left = [key for key in kept if isinstance(cache.begin(key), bytes)]
    assert left == kept[-len(cache) :]
    assert sum(len(key[1]) + ENTRY_BYTES for key in left) <= cache.size_bytes


def test_an_answer_that_is_over_the_limit_alone_is_not_kept() -> None:
    cache = DuplicateCache(DuplicateLimits(size_bytes=1000))
    cache.begin((HERE, b"call"))
    cache.keep((HERE, b"call"), bytes(1000))
    assert (len(cache), cache.size_bytes) == (0, 0)


def test_a_flood_does_not_make_a_call_under_way_new() -> None:
    cache = DuplicateCache(DuplicateLimits(entries=4))
    cache.begin((HERE, b"slow"))
    for number in range(100):
        key = (THERE, b"%d" % number)
        cache.begin(key)
        cache.keep(key, b"")
    assert cache.begin((HERE, b"slow")) is Seen.UNDER_WAY


# -- in a server ------------------------------------------------------------------------------------------------------


class Counter:
    """A program whose calls may not run twice: each takes the next number."""

    def __init__(self) -> None:
        self.taken = 0
        self.gate = asyncio.Event()
        self.dispatcher = Dispatcher()
        endpoints = {1: self.take, LATER: self.later, BREAK: self.break_, REFUSE: self.refuse, LONG: self.long}
        self.dispatcher.register(PROGRAM, 1, endpoints)

    def take(self, call: Call) -> bytes:
        self.taken += 1
        return struct.pack(">I", self.taken)

    async def later(self, call: Call) -> bytes:
        number = self.take(call)
        await self.gate.wait()
        return number

    def break_(self, call: Call) -> bytes:
        self.taken += 1
        raise RuntimeError("on purpose")

    def refuse(self, call: Call) -> bytes:
        self.taken += 1
        raise GarbageArguments

    def long(self, call: Call) -> bytes:
        return self.take(call) + bytes(400)


class Wire:
    """A transport that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Any]] = []

    def sendto(self, data: bytes, address: Any) -> None:
        self.sent.append((data, address))

    def close(self) -> None:
        pass


def serve(check: Callable[[Counter, DatagramServer, Wire], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        counter, wire = Counter(), Wire()
        server = DatagramServer(counter.dispatcher, lambda address: None, **options)
        server.connection_made(wire)  # type: ignore[arg-type]
        async with asyncio.timeout(20):
            await check(counter, server, wire)

    asyncio.run(main())


def call(xid: int, procedure: int, args: bytes = b"") -> bytes:
    return pack_call(xid, PROGRAM, 1, procedure, args)


def test_a_repeated_call_runs_once_and_is_answered_each_time() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        for _ in range(5):
            server.datagram_received(call(9, 1), HERE)
        assert counter.taken == 1
        assert wire.sent == [wire.sent[0]] * 5

    serve(check)


def test_a_call_repeated_while_it_is_under_way_runs_once_and_is_answered_once() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        for _ in range(5):
            server.datagram_received(call(9, LATER), HERE)
        await wait_until(lambda: counter.taken)
        counter.gate.set()
        await wait_until(lambda: wire.sent)
        server.datagram_received(call(9, LATER), HERE)
        assert counter.taken == 1
        assert wire.sent == [wire.sent[0]] * 2

    serve(check)


def test_a_call_that_failed_on_our_side_may_have_run_and_is_not_run_again() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        for _ in range(3):
            server.datagram_received(call(9, BREAK), HERE)
        assert counter.taken == 1
        assert [type(unpack_reply(data).refusal) for data, _ in wire.sent] == [SystemFailure] * 3

    serve(check)


def test_a_call_that_was_refused_did_not_run_and_is_looked_at_again() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        for _ in range(2):
            server.datagram_received(call(9, REFUSE), HERE)
        assert counter.taken == 2
        assert [unpack_reply(data).refusal.accept_stat for data, _ in wire.sent] == [  # type: ignore[union-attr]
            AcceptStat.GARBAGE_ARGS
        ] * 2
        assert server.duplicates is not None
        assert len(server.duplicates) == 0

    serve(check)


def test_a_call_dropped_for_want_of_room_runs_when_it_is_sent_again() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        server.datagram_received(call(1, LATER), HERE)
        server.datagram_received(call(2, LATER), HERE)
        counter.gate.set()
        await wait_until(lambda: wire.sent)
        server.datagram_received(call(2, LATER), HERE)
        await wait_until(lambda: len(wire.sent) == 2)
        assert counter.taken == 2

    serve(check, calls_under_way=1)


def test_a_call_in_a_thread_that_finds_no_room_is_not_begun_and_so_runs_once() -> None:
    class Busy:
        PROGRAM = Program("BUSY", PROGRAM, "BUSY_V2", 2, (Procedure(1, "WORK", UINT, UINT),))

        @threaded
        def work(self, number: int, call: Call) -> int:
            ran.append(number)
            return number

    ran: list[int] = []

    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        counter.dispatcher.serve(Busy())
        server.datagram_received(call(1, LATER), HERE)
        work = pack_call(2, PROGRAM, 2, 1, struct.pack(">I", 7))
        server.datagram_received(work, HERE)
        counter.gate.set()
        await wait_until(lambda: wire.sent)
        server.datagram_received(work, HERE)
        await wait_until(lambda: len(wire.sent) == 2)
        assert ran == [7]

    serve(check, calls_under_way=1)


def test_a_replay_from_another_address_is_a_call_of_its_own_and_gets_its_own_answer() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        server.datagram_received(call(9, 1), HERE)
        server.datagram_received(call(9, 1), THERE)
        server.datagram_received(call(9, 1, b"else"), HERE)
        assert [struct.unpack_from(">I", data, 24)[0] for data, _ in wire.sent] == [1, 2, 3]
        assert [address for _, address in wire.sent] == [HERE, THERE, HERE]

    serve(check)


def test_an_answer_from_memory_is_no_longer_than_the_question_either() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        for _ in range(3):
            server.datagram_received(call(9, LONG), ("192.0.2.1", 7))
        assert counter.taken == 1
        assert len(wire.sent) == 3
        assert all(len(data) <= len(call(9, LONG)) for data, _ in wire.sent)

    serve(check)


def test_a_flood_of_new_calls_takes_no_more_memory_than_allowed() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        assert server.duplicates is not None
        for number in range(5000):
            server.datagram_received(call(number, 1, bytes(400)), (f"10.0.{number % 256}.{number % 7}", number))
        assert counter.taken == 5000
        assert len(server.duplicates) <= 100
        assert server.duplicates.size_bytes <= 60_000

    serve(check, duplicates=DuplicateLimits(entries=100, size_bytes=60_000))


def test_without_the_cache_every_datagram_runs() -> None:
    async def check(counter: Counter, server: DatagramServer, wire: Wire) -> None:
        for _ in range(3):
            server.datagram_received(call(9, 1), HERE)
        assert counter.taken == 3

    serve(check, duplicates=None)


def test_a_draining_server_answers_what_is_under_way_and_begins_nothing() -> None:
    async def main() -> None:
        counter = Counter()
        server = DatagramServer(counter.dispatcher, lambda address: None)
        _, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
        wire = Wire()
        server.datagram_received(call(1, LATER), HERE)
        await wait_until(lambda: counter.taken)
        real, server._transport = server._transport, wire  # type: ignore[assignment]
        draining = asyncio.create_task(server.drain(20))
        await asyncio.sleep(0)
        server.datagram_received(call(2, 1), HERE)
        counter.gate.set()
        await wait_until(lambda: wire.sent)
        assert real is not None
        real.close()
        await draining
        assert (counter.taken, len(wire.sent)) == (1, 1)

    asyncio.run(main())


class Losing:
    """A datagram socket between client and server that loses the first `lost` replies to every call."""

    def __init__(self, server: int, lost: int) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.server = ("127.0.0.1", server)
        self.lost = lost
        self.seen: dict[bytes, int] = {}
        self.client: Any = None

    def run(self) -> None:
        """Pass on until the client says so, by an empty datagram."""
        while True:
            data, sender = self.sock.recvfrom(65536)
            if not data:
                return
            if sender != self.server:
                self.client = sender
                self.sock.sendto(data, self.server)
                continue
            self.seen[data[:4]] = self.seen.get(data[:4], 0) + 1
            if self.seen[data[:4]] > self.lost:
                self.sock.sendto(data, self.client)


def test_calls_whose_replies_are_lost_run_once_over_a_real_socket() -> None:
    async def main() -> None:
        counter = Counter()
        server = DatagramServer(counter.dispatcher, lambda address: None)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: server, local_addr=("127.0.0.1", 0)
        )
        losing = Losing(transport.get_extra_info("sockname")[1], lost=1)

        def play() -> list[int]:
            with Client.udp("127.0.0.1", losing.port, PROGRAM, 1, call_timeout_s=20) as client:
                answers = [client.call(TAKE) for _ in range(3)]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", ("127.0.0.1", losing.port))
            return answers

        passing = asyncio.create_task(asyncio.to_thread(losing.run))
        assert await asyncio.to_thread(play) == [1, 2, 3]
        await passing
        assert counter.taken == 3
        assert server.duplicates is not None
        assert server.duplicates.repeated == 3
        losing.sock.close()
        server.stop()
        await server.closed

    asyncio.run(main())
