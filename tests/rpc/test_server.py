"""The asyncio server with real sockets on loopback: our clients, raw bytes, limits, drain."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from waiting import wait_until
from xdr_sample import ADD, BREAK, ECHO, PROGRAM, WAIT, Sample

from oncrpc.aclient import AsyncClient
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher, LastReply
from oncrpc.errors import (
    CallTimeout,
    ConnectionLost,
    GarbageArguments,
    NotDelivered,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    SystemFailure,
    XdrError,
)
from oncrpc.message import pack_call
from oncrpc.procedure import Procedure
from oncrpc.record import mark
from oncrpc.server import Limits, Listener
from oncrpc.xdr import VOID

UNKNOWN: Procedure[None] = Procedure(77, "UNKNOWN", VOID, VOID, arity=0)
WRONG_ARGS: Procedure[None] = Procedure(1, "ECHO", VOID, VOID, arity=0)


class Served:
    """A listener with the sample program on it."""

    def __init__(self, limits: Limits) -> None:
        self.sample = Sample()
        dispatcher = Dispatcher()
        dispatcher.serve(self.sample)
        dispatcher.register(PROGRAM, 1, {})
        dispatcher.register(PROGRAM, 2, {50: lambda call: LastReply(b"")})
        self.dispatcher = dispatcher
        self.listener = Listener(dispatcher, lambda sock: "somebody", limits)
        self.port = 0

    async def client(self, **options: Any) -> AsyncClient:
        return await AsyncClient.tcp("127.0.0.1", self.port, PROGRAM, 2, **options)

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)


@contextlib.asynccontextmanager
async def served(**limits: Any) -> AsyncIterator[Served]:
    made = Served(Limits(**limits))
    sock = socket.create_server(("127.0.0.1", 0))
    made.port = sock.getsockname()[1]
    await made.listener.start(sock)
    try:
        yield made
    finally:
        made.sample.gate.set()
        await made.listener.stop()


def run(test: Callable[[Served], Awaitable[None]], **limits: Any) -> None:
    async def main() -> None:
        async with served(**limits) as made, asyncio.timeout(20):
            await test(made)

    asyncio.run(main())


def test_calls_of_every_arity_are_answered() -> None:
    async def check(made: Served) -> None:
        made.sample.gate.set()
        async with await made.client() as client:
            assert await client.call(ECHO, "hällo") == "hällo"
            assert await client.call(ADD, 2, 3) == 5
            assert await client.call(WAIT) == 1
            await client.ping()

    run(check)


def test_many_calls_are_under_way_at_once_and_each_gets_its_own_answer() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            waiting = [asyncio.create_task(client.call(WAIT)) for _ in range(5)]
            sums = await asyncio.gather(*(client.call(ADD, number, 1) for number in range(200)))
            assert sums == list(range(1, 201))
            made.sample.gate.set()
            assert await asyncio.gather(*waiting) == [5] * 5

    run(check)


@pytest.mark.parametrize(
    ("version", "procedure", "args", "error"),
    [
        (2, UNKNOWN, (), ProcedureUnavailable),
        (3, ECHO, ("x",), ProgramMismatch),
        (2, WRONG_ARGS, (), GarbageArguments),
        (2, BREAK, (), SystemFailure),
    ],
)
def test_every_refusal_reaches_the_caller(
    version: int, procedure: Procedure[Any], args: tuple[Any, ...], error: type[Exception]
) -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            client.version = version
            with pytest.raises(error) as caught:
                await client.call(procedure, *args)
            if isinstance(caught.value, ProgramMismatch):
                assert (caught.value.low, caught.value.high) == (1, 2)
            client.version = 2
            assert await client.call(ADD, 1, 1) == 2

    run(check)


def test_an_unknown_program_is_refused() -> None:
    async def check(made: Served) -> None:
        async with await AsyncClient.tcp("127.0.0.1", made.port, 5, 1) as client:
            with pytest.raises(ProgramUnavailable):
                await client.ping()

    run(check)


def test_a_call_that_times_out_leaves_the_connection_usable() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            with pytest.raises(CallTimeout):
                await client.call(WAIT, timeout_s=0.05)
            made.sample.gate.set()
            assert await client.call(ADD, 1, 1) == 2
            await wait_until(lambda: client.session.dropped_replies == 1)

    run(check)


def test_wrong_arguments_never_leave_the_client() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            with pytest.raises(XdrError, match="takes 2 arguments"):
                await client.call(ADD, 1)
            with pytest.raises(XdrError):
                await client.call(ADD, 1, 1 << 40)
            assert client.session.pending == frozenset()

    run(check)


@pytest.mark.parametrize(
    "junk",
    [
        b"\xff\xff\xff\xff",  # a fragment of 2 GiB
        bytes(4) * 20_000,  # empty fragments without end
        b"\0\0\0\x01x" * 20_000,  # one byte each
        mark(b"no call"),
        mark(pack_call(1, 2, 3, 4, b"")[:16]),
        mark(struct.pack(">6I", 1, 1, 0, 0, 0, 0)),  # a reply
    ],
)
def test_broken_framing_closes_that_connection_and_no_other(junk: bytes) -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            reader, writer = await made.raw()
            writer.write(junk)
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
            assert await client.call(ADD, 1, 1) == 2

    run(check)


def test_one_connection_more_than_allowed_is_closed_at_once() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            await client.ping()
            reader, writer = await made.raw()
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
            assert made.listener.refused_connections == 1
            await client.ping()

    run(check, connections=1)


class Guest:
    def __init__(self, key: str, reserved: bool) -> None:
        self.key = key
        self.reserved = reserved
        self.idle_timeout_s = None if reserved else 0.1


def test_one_peer_cannot_take_all_connections_and_the_reserved_one_gets_in() -> None:
    async def check(made: Served) -> None:
        peers = [Guest("a", False), Guest("a", False), Guest("b", False), Guest("c", False), Guest("root", True)]
        made.listener.make_peer = lambda sock: peers.pop(0)
        outcomes = []
        clients = [await made.client() for _ in range(5)]
        for client in clients:
            try:
                await client.ping()
                outcomes.append("in")
            except (ConnectionLost, NotDelivered):
                outcomes.append("out")
        assert outcomes == ["in", "out", "in", "out", "in"]
        assert made.listener.refused_connections == 2
        for client in clients:
            await client.close()
        await wait_until(lambda: not made.listener.connections)
        assert not made.listener._by_key

    run(check, connections=2, connections_each=1)


def test_a_peer_with_an_idle_limit_is_closed_and_others_are_not() -> None:
    async def check(made: Served) -> None:
        peers = [Guest("a", False), Guest("root", True)]
        made.listener.make_peer = lambda sock: peers.pop(0)
        silent = await made.client()
        await silent.ping()
        async with await made.client() as other:
            await other.ping()
            await wait_until(lambda: silent._closed is not None)
            await other.ping()
        await silent.close()

    run(check, record_timeout_s=0.2)


def test_a_client_with_too_many_calls_under_way_is_not_read_from() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            tasks = [asyncio.create_task(client.call(WAIT)) for _ in range(10)]
            await wait_until(lambda: made.sample.waiting == 4)
            echo = asyncio.create_task(client.call(ECHO, "later"))
            await asyncio.sleep(0.05)
            assert made.sample.waiting == 4
            assert not echo.done()
            async with await made.client() as other:
                assert await other.call(ECHO, "now") == "now"
            made.sample.gate.set()
            await asyncio.gather(*tasks)
            assert await echo == "later"
            assert made.sample.seen == ["now", "later"]

    run(check, calls_under_way=4)


def test_a_peer_that_does_not_read_its_answers_is_not_read_from() -> None:
    async def check(made: Served) -> None:
        reader, writer = await made.raw()
        text = "x" * 100_000
        one = mark(pack_call(1, PROGRAM, 2, 1, ECHO.pack_args((text,))))
        for _ in range(400):
            writer.write(one)
        await wait_until(lambda: any(not item._writable for item in made.listener.connections))
        connection = next(iter(made.listener.connections))
        assert not connection._reading
        assert len(made.sample.seen) < 400
        got = 0
        while got < 400 * (len(one) - 16):  # a reply has 16 bytes less than its call
            got += len(await reader.read(1 << 20))
        assert len(made.sample.seen) == 400
        writer.close()

    run(check, write_high_bytes=65536)


def test_short_questions_with_long_answers_in_one_read_are_answered_as_they_are_read() -> None:
    async def check(made: Served) -> None:
        answered: list[int] = []

        def answer(call: Any) -> bytes:
            answered.append(call.xid)
            return bytes(1 << 20)

        made.dispatcher.register(PROGRAM, 2, {51: answer})
        reader, writer = await made.raw()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"".join(mark(pack_call(number, PROGRAM, 2, 51, b"")) for number in range(200)))
        await wait_until(lambda: any(not item._writable for item in made.listener.connections))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(answered) < 20
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        for number in range(200):
            head = await reader.readexactly(28)
            assert int.from_bytes(head[4:8], "big") == number
            await reader.readexactly(1 << 20)
        assert answered == list(range(200))
        writer.close()

    run(check, write_high_bytes=65536)


def test_a_record_that_takes_too_long_is_given_up() -> None:
    async def check(made: Served) -> None:
        reader, writer = await made.raw()
        writer.write(b"\x80\0\0\x28ab")
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()

    run(check, record_timeout_s=0.2)


def test_stop_answers_what_is_under_way() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            waiting = asyncio.create_task(client.call(WAIT))
            await wait_until(lambda: made.sample.waiting == 1)
            stopping = asyncio.create_task(made.listener.stop())
            await asyncio.sleep(0)
            made.sample.gate.set()
            assert await waiting == 1
            await stopping
            with pytest.raises((ConnectionLost, NotDelivered)):
                await client.ping()

    run(check)


def test_stop_does_not_wait_for_ever() -> None:
    async def check(made: Served) -> None:
        async with await made.client() as client:
            waiting = asyncio.create_task(client.call(WAIT))
            await wait_until(lambda: made.sample.waiting == 1)
            await made.listener.stop()
            with pytest.raises(ConnectionLost):
                await waiting

    run(check, drain_s=0.1)


def test_a_last_reply_hangs_up_behind_itself() -> None:
    async def check(made: Served) -> None:
        reader, writer = await made.raw()
        writer.write(mark(pack_call(7, PROGRAM, 2, 50, b"")) + mark(pack_call(8, PROGRAM, 2, 0, b"")))
        answers = await reader.read()
        assert answers[4:8] == b"\0\0\0\x07"
        writer.close()

    run(check)


@contextlib.asynccontextmanager
async def datagrams(**options: Any) -> AsyncIterator[tuple[Served, int]]:
    made = Served(Limits())
    server = DatagramServer(made.dispatcher, lambda address: address, **options)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
    try:
        yield made, transport.get_extra_info("sockname")[1]
    finally:
        server.stop()


def test_udp_answers_and_says_no() -> None:
    async def main() -> None:
        async with datagrams(may_amplify=lambda address: True) as (_, port), asyncio.timeout(20):
            client = await AsyncClient.udp("127.0.0.1", port, PROGRAM, 2)
            assert await client.call(ECHO, "x") == "x"
            with pytest.raises(ProcedureUnavailable):
                await client.call(UNKNOWN)
            with pytest.raises(SystemFailure):
                await client.call(ECHO, "x" * 9000)
            await client.close()

    asyncio.run(main())


def test_udp_sends_nobody_more_than_it_got_unless_told_so() -> None:
    async def main() -> None:
        async with datagrams() as (_, port), asyncio.timeout(20):
            client = await AsyncClient.udp("127.0.0.1", port, PROGRAM, 2)
            client.version = 9  # PROG_MISMATCH is 32 bytes, shorter than the call
            with pytest.raises(ProgramMismatch):
                await client.ping()
            client.version = 2
            big: Procedure[Any] = Procedure(3, "WAIT", VOID, VOID, arity=0)
            await client.ping()
            with pytest.raises(CallTimeout):
                await client.call(big, timeout_s=0.05)
            await client.close()

    asyncio.run(main())


def test_udp_calls_that_got_lost_are_sent_again_with_the_same_xid() -> None:
    async def main() -> None:
        async with asyncio.timeout(20):
            seen: list[bytes] = []
            made = Served(Limits())

            class Lossy(DatagramServer):
                def datagram_received(self, data: bytes, addr: Any) -> None:
                    seen.append(data)
                    if len(seen) > 1:
                        super().datagram_received(data, addr)

            loop = asyncio.get_running_loop()
            server = Lossy(made.dispatcher, lambda address: address, may_amplify=lambda address: True)
            transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
            client = await AsyncClient.udp("127.0.0.1", transport.get_extra_info("sockname")[1], PROGRAM, 2)
            assert await client.call(ECHO, "again") == "again"
            assert len(seen) == 2
            assert seen[0] == seen[1]
            await client.close()
            server.stop()

    asyncio.run(main())
