"""Calls from a server to its client on the client's own connection: matched, bounded, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from certificates import certificates
from waiting import wait_until

from oncrpc.aclient import AsyncClient
from oncrpc.answering import CALLS_UNDER_WAY
from oncrpc.client import Client
from oncrpc.connection import CALLS_BETWEEN
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import (
    CallTimeout,
    ConnectionLost,
    LocalError,
    NotDelivered,
    ProgramUnavailable,
    RemoteError,
    SystemFailure,
)
from oncrpc.message import pack_call, pack_refusal, pack_success
from oncrpc.procedure import AsyncCaller, Call, Procedure, Program
from oncrpc.record import LAST, mark
from oncrpc.server import Limits, Listener
from oncrpc.service import Server
from oncrpc.tls import ClientTls, ServerTls
from oncrpc.transport.memory import MemoryTransport
from oncrpc.xdr import INT, VOID, opaque

PROGRAM, BACK = 0x20000088, 0x20000089
NOTIFY: Procedure[int] = Procedure(1, "NOTIFY", INT, INT)
BIG: Procedure[None] = Procedure(2, "BIG", opaque(), VOID)
BACK_TABLE = Program("BACK", BACK, "BACK_V1", 1, (NOTIFY, BIG), callback=True)
ASK: Procedure[int] = Procedure(1, "ASK", INT, INT)
PLAIN: Procedure[int] = Procedure(2, "PLAIN", INT, INT)
TABLE = Program("FRONT", PROGRAM, "FRONT_V1", 1, (ASK, PLAIN))


class Front:
    """A program whose ASK asks its caller back before it answers; `timeout_s` is how long it waits for that."""

    PROGRAM = TABLE

    def __init__(self) -> None:
        self.timeout_s: float | None = 20.0
        self.ended: list[BaseException] = []
        self.callers: list[AsyncCaller] = []
        self.asking = 0

    async def ask(self, value: int, call: Call) -> int:
        assert call.connection is not None
        caller = call.connection.client(BACK_TABLE, timeout_s=self.timeout_s)
        self.callers.append(caller)
        self.asking += 1
        try:
            return await caller.call(NOTIFY, value) + 1
        except BaseException as exc:
            self.ended.append(exc)
            raise

    def plain(self, value: int, call: Call) -> int:
        return -value


class Peer:
    """A client made of raw bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *messages: bytes) -> None:
        self.writer.write(b"".join(mark(message) for message in messages))

    def call(self, xid: int, procedure: int, value: int) -> None:
        self.send(pack_call(xid, PROGRAM, 1, procedure, struct.pack(">i", value)))

    async def receive(self) -> bytes:
        (size,) = struct.unpack(">I", await self.reader.readexactly(4))
        return await self.reader.readexactly(size & ~LAST)

    async def asked(self) -> tuple[int, int]:
        """Return (xid, value) of the NOTIFY that comes next, and check every word of it (RFC 5531 section 9)."""
        words = struct.unpack(">11i", await self.receive())
        assert words[1:10] == (0, 2, BACK, 1, 1, 0, 0, 0, 0)
        return words[0] & 0xFFFFFFFF, words[10]

    async def answer(self) -> tuple[int, int]:
        """Return (xid, value) of the reply that comes next."""
        words = struct.unpack(">7i", await self.receive())
        assert words[1:6] == (1, 0, 0, 0, 0)
        return words[0] & 0xFFFFFFFF, words[6]

    async def closed(self) -> bool:
        return await self.reader.read() == b""


def integer(value: int) -> bytes:
    return struct.pack(">i", value)


class Served:
    def __init__(self, front: Front, server: Server, port: int) -> None:
        self.front = front
        self.server = server
        self.port = port

    @property
    def listener(self) -> Listener:
        return self.server._listeners[0]

    @contextlib.asynccontextmanager
    async def peer(self) -> AsyncIterator[Peer]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Peer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def run(check: Callable[[Served], Awaitable[None]], **limits: Any) -> None:
    async def main() -> None:
        front = Front()
        async with Server(front, ["tcp:127.0.0.1:0"], register=False, limits=Limits(**limits)) as server:
            async with asyncio.timeout(20):
                await check(Served(front, server, int(server.bound[0].rpartition(":")[2])))

    asyncio.run(main())


def test_a_handler_calls_its_client_back_and_gets_the_answer() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 41)
            xid, value = await peer.asked()
            assert value == 41
            peer.send(pack_success(xid, integer(99)))
            assert await peer.answer() == (7, 100)

    run(check)


def test_the_xids_of_both_directions_have_nothing_to_do_with_each_other() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            peer.call(xid, 2, 5)
            assert await peer.answer() == (xid, -5)
            peer.send(pack_success(xid, integer(10)))
            assert await peer.answer() == (7, 11)

    run(check)


def test_answers_may_come_in_any_order() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            for number in range(5):
                peer.call(number, 1, number)
            asked = [await peer.asked() for _ in range(5)]
            assert len({xid for xid, _ in asked}) == 5
            for xid, value in reversed(asked):
                peer.send(pack_success(xid, integer(value * 10)))
            assert sorted([await peer.answer() for _ in range(5)]) == [(n, n * 10 + 1) for n in range(5)]

    run(check)


def test_a_reply_on_a_connection_that_was_never_called_back_closes_it() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.send(pack_success(1, b""))
            assert await peer.closed()

    run(check)


def test_a_reply_that_was_never_asked_for_is_dropped_on_one_that_was() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            peer.send(pack_success(xid ^ 1, integer(5)), pack_success(xid, integer(6)), pack_success(xid, integer(7)))
            assert await peer.answer() == (7, 7)
            peer.call(8, 2, 3)
            assert await peer.answer() == (8, -3)

    run(check)


@pytest.mark.parametrize("junk", [bytes(4), struct.pack(">6I", 1, 2, 0, 0, 0, 0), struct.pack(">3I", 1, 1, 7)])
def test_what_is_neither_call_nor_reply_closes_the_connection_also_then(junk: bytes) -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            await peer.asked()
            peer.send(junk)
            assert await peer.closed()

    run(check)


def test_a_late_reply_is_dropped_and_the_connection_goes_on() -> None:
    async def check(made: Served) -> None:
        made.front.timeout_s = 0.05
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            refused = await peer.receive()
            assert struct.unpack(">6I", refused)[5] == 5, "the handler failed: SYSTEM_ERR"
            assert isinstance(made.front.ended[0], CallTimeout)
            peer.send(pack_success(xid, integer(5)))
            peer.call(8, 2, 3)
            assert await peer.answer() == (8, -3)

    run(check)


def test_a_client_without_the_program_says_so() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            peer.send(pack_refusal(xid, ProgramUnavailable(BACK)))
            await peer.receive()
            assert isinstance(made.front.ended[0], ProgramUnavailable)

    run(check)


def test_a_result_that_does_not_decode_is_the_clients_fault_and_fails_that_call_only() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            peer.send(pack_success(xid, b""))
            await peer.receive()
            assert isinstance(made.front.ended[0], RemoteError)
            peer.call(8, 2, 3)
            assert await peer.answer() == (8, -3)

    run(check)


def test_no_more_calls_are_under_way_than_the_limit() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            for number in range(3):
                peer.call(number, 1, number)
            asked = [await peer.asked() for _ in range(2)]
            await peer.receive()
            assert isinstance(made.front.ended[0], NotDelivered)
            peer.send(pack_success(asked[0][0], integer(1)))
            await peer.answer()
            peer.call(9, 1, 9)
            assert (await peer.asked())[1] == 9

    run(check, calls_back=2)


def test_calls_end_with_the_connection() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            await peer.asked()
            waiting = asyncio.create_task(made.front.callers[0].call(NOTIFY, 2))
            await peer.asked()
        await asyncio.wait([waiting])
        assert isinstance(waiting.exception(), ConnectionLost)
        with pytest.raises(NotDelivered):
            await made.front.callers[0].call(NOTIFY, 3)
        await wait_until(lambda: made.front.ended)

    run(check)


def test_the_caller_may_be_kept_and_used_after_the_call_was_answered() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            peer.send(pack_success(xid, integer(1)))
            await peer.answer()
            news = asyncio.create_task(made.front.callers[0].call(NOTIFY, 5))
            xid, value = await peer.asked()
            peer.send(pack_success(xid, integer(value * 2)))
            assert await news == 10

    run(check)


def test_a_program_that_is_not_marked_for_it_is_not_called() -> None:
    refused: list[str] = []

    class Wrong(Front):
        async def ask(self, value: int, call: Call) -> int:
            assert call.connection is not None
            try:
                call.connection.client(TABLE)
            except LocalError as exc:
                refused.append(str(exc))
            return 0

    async def main() -> None:
        wrong = Wrong()
        async with Server(wrong, ["tcp:127.0.0.1:0"], register=False) as server:
            made = Served(wrong, server, int(server.bound[0].rpartition(":")[2]))
            async with made.peer() as peer:
                peer.call(7, 1, 1)
                assert await peer.answer() == (7, 0)

    asyncio.run(main())
    assert refused == ["FRONT is not marked @callback in its .x file: a server may not call it"]


def test_a_datagram_has_no_connection_to_call_back_on() -> None:
    seen: list[Any] = []

    class Plain(Front):
        def plain(self, value: int, call: Call) -> int:
            seen.append(call.connection)
            return value

    async def main() -> None:
        async with Server(Plain(), ["udp:127.0.0.1:0"], register=False) as server:
            address = ("127.0.0.1", int(server.bound[0].rpartition(":")[2]))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.sendto(pack_call(1, PROGRAM, 1, 2, integer(3)), address)
                await wait_until(lambda: seen)

    asyncio.run(main())
    assert seen == [None]


def test_replies_get_in_although_calls_fill_the_limit() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(1, 1, 10)
            xid, _ = await peer.asked()
            (connection,) = made.listener.connections
            for number in range(2, 12):
                peer.call(number, 2, 5)
                await wait_until(lambda: len(connection._backlog) == number - 1)  # noqa: B023 - awaited here
            peer.send(pack_success(xid, integer(20)))
            assert [await peer.answer() for _ in range(11)] == [(1, 21), *((number, -5) for number in range(2, 12))]

    run(check, calls_under_way=1)


def test_a_flood_of_calls_beside_a_call_back_is_not_read_without_end() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(1, 1, 10)
            await peer.asked()
            (connection,) = made.listener.connections
            for _ in range(12_000):
                peer.call(2, 2, 5)
            await wait_until(lambda: not connection._reading)
            assert CALLS_BETWEEN <= len(connection._backlog) < 8000

    run(check, calls_under_way=1, drain_s=0.1)


def test_a_stopping_server_still_takes_the_reply_that_a_handler_waits_for() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            xid, _ = await peer.asked()
            stopping = asyncio.create_task(made.listener.stop())
            await asyncio.sleep(0)
            peer.send(pack_success(xid, integer(5)))
            assert await peer.answer() == (7, 6)
            assert await peer.closed()
            await stopping

    run(check)


def test_calls_are_held_back_while_the_client_does_not_read() -> None:
    async def check(made: Served) -> None:
        async with made.peer() as peer:
            peer.call(7, 1, 1)
            await peer.asked()
            caller = made.front.callers[0]
            peer.writer.transport.pause_reading()
            held = [asyncio.create_task(caller.call(BIG, bytes(1 << 20), timeout_s=0.2)) for _ in range(30)]
            await asyncio.wait(held)
            kinds = {type(task.exception()) for task in held}
            assert NotDelivered in kinds, "those were never sent"
            assert kinds <= {NotDelivered, CallTimeout}

    run(check, write_high_bytes=1 << 16)


# -- our own clients at the other end ---------------------------------------------------------------------------------


class Back:
    """What a client offers: NOTIFY gives ten times its argument, now or a moment later; a negative one fails."""

    PROGRAM = BACK_TABLE

    def __init__(self, *, later: bool = False) -> None:
        self.seen: list[int] = []
        self.later = later

    def notify(self, value: int, call: Call) -> int | Awaitable[int]:
        assert (call.peer, call.connection) == (None, None)
        self.seen.append(value)
        if value < 0:
            raise ValueError("on purpose")
        return self._later(value) if self.later else value * 10

    async def _later(self, value: int) -> int:
        await asyncio.sleep(0)
        return value * 10

    def big(self, value: bytes, call: Call) -> None:
        self.seen.append(len(value))


def offering(back: Back) -> Dispatcher:
    dispatcher = Dispatcher()
    dispatcher.serve(back)
    return dispatcher


@pytest.mark.parametrize("later", [False, True])
def test_an_asyncio_client_answers_while_its_own_calls_are_under_way(later: bool) -> None:
    back = Back(later=later)

    async def check(made: Served) -> None:
        async with await AsyncClient.tcp("127.0.0.1", made.port, PROGRAM, 1, serve=offering(back)) as client:
            assert await asyncio.gather(*(client.call(ASK, number) for number in range(40))) == [
                number * 10 + 1 for number in range(40)
            ]
            assert sorted(back.seen) == list(range(40))
            assert await made.front.callers[0].call(NOTIFY, 7) == 70, "also when the client asks for nothing"

    run(check)


def test_calls_go_both_ways_within_tls() -> None:
    made = certificates()

    async def main() -> None:
        tls = ServerTls(made.server, required=True)
        async with asyncio.timeout(20), Server(Front(), ["tcp:127.0.0.1:0"], register=False, tls=tls) as server:
            port = int(server.bound[0].rpartition(":")[2])
            async with await AsyncClient.tcp(
                "127.0.0.1", port, PROGRAM, 1, serve=offering(Back()), tls=ClientTls(made.ca)
            ) as client:
                assert [await client.call(ASK, number) for number in range(5)] == [1, 11, 21, 31, 41]

            def play() -> int:
                with Client.tcp(
                    "127.0.0.1", port, PROGRAM, 1, serve=offering(Back()), tls=ClientTls(made.ca)
                ) as blocking:
                    return blocking.call(ASK, 9)

            assert await asyncio.to_thread(play) == 91

    asyncio.run(main())


def test_an_asyncio_client_that_offers_nothing_drops_a_server_that_calls() -> None:
    async def check(made: Served) -> None:
        async with await AsyncClient.tcp("127.0.0.1", made.port, PROGRAM, 1) as client:
            with pytest.raises(RemoteError):
                await client.call(ASK, 1)

    run(check)


def test_a_program_that_the_client_does_not_offer_is_unavailable() -> None:
    async def check(made: Served) -> None:
        async with await AsyncClient.tcp("127.0.0.1", made.port, PROGRAM, 1, serve=Dispatcher()) as client:
            with pytest.raises(SystemFailure):
                await client.call(ASK, 1)
            assert isinstance(made.front.ended[0], ProgramUnavailable)
            assert await client.call(PLAIN, 3) == -3

    run(check)


def test_a_failure_in_what_the_client_offers_is_the_servers_to_hear_of() -> None:
    async def check(made: Served) -> None:
        async with await AsyncClient.tcp("127.0.0.1", made.port, PROGRAM, 1, serve=offering(Back())) as client:
            with pytest.raises(SystemFailure):
                await client.call(ASK, -1)
            assert isinstance(made.front.ended[0], SystemFailure)
            assert await client.call(ASK, 1) == 11

    run(check)


def test_a_blocking_client_answers_while_it_waits_for_its_own_answer() -> None:
    back = Back()

    async def check(made: Served) -> None:
        def play() -> list[int]:
            with Client.tcp("127.0.0.1", made.port, PROGRAM, 1, serve=offering(back)) as client:
                return [client.call(ASK, number) for number in range(5)] + [client.call(PLAIN, 2)]

        assert await asyncio.to_thread(play) == [1, 11, 21, 31, 41, -2]
        assert back.seen == [0, 1, 2, 3, 4]

    run(check)


def test_a_blocking_client_answers_when_asked_to_and_says_how_much_it_did() -> None:
    back = Back()

    async def check(made: Served) -> None:
        client = await asyncio.to_thread(Client.tcp, "127.0.0.1", made.port, PROGRAM, 1, serve=offering(back))
        assert await asyncio.to_thread(client.call, ASK, 1) == 11
        news = [asyncio.create_task(made.front.callers[0].call(NOTIFY, number)) for number in (5, 6)]
        await asyncio.sleep(0)
        done = 0
        while done < 2:
            done += await asyncio.to_thread(client.serve_pending, 20.0)
        assert await asyncio.gather(*news) == [50, 60]
        assert await asyncio.to_thread(client.serve_pending, 0.01) == 0
        assert await asyncio.to_thread(client.call, PLAIN, 1) == -1
        await asyncio.to_thread(client.close)
        with pytest.raises(NotDelivered):
            await asyncio.to_thread(client.serve_pending, 0.01)

    run(check)


def test_a_blocking_client_cannot_wait_for_what_it_offers() -> None:
    async def check(made: Served) -> None:
        def play() -> None:
            with Client.tcp("127.0.0.1", made.port, PROGRAM, 1, serve=offering(Back(later=True))) as client:
                with pytest.raises(SystemFailure):
                    client.call(ASK, 1)
                assert client.call(PLAIN, 1) == -1

        await asyncio.to_thread(play)
        assert isinstance(made.front.ended[0], SystemFailure)

    run(check)


@contextlib.asynccontextmanager
async def hostile() -> AsyncIterator[tuple[int, asyncio.Queue[Peer]]]:
    """Give the port of a server made of raw bytes, and where the connections come in."""
    came: asyncio.Queue[Peer] = asyncio.Queue()
    server = await asyncio.start_server(lambda reader, writer: came.put(Peer(reader, writer)), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        server.close()


class Stuck(Back):
    async def _later(self, value: int) -> int:
        await asyncio.Event().wait()
        return 0


async def against(back: Back, check: Callable[[AsyncClient, Peer], Awaitable[None]]) -> None:
    """Let an asyncio client that offers `back` meet a server made of raw bytes."""
    async with (
        asyncio.timeout(20),
        hostile() as (port, came),
        await AsyncClient.tcp("127.0.0.1", port, PROGRAM, 1, serve=offering(back)) as client,
    ):
        peer = await came.get()
        await check(client, peer)
        peer.writer.close()


def test_a_server_with_too_many_calls_under_way_is_dropped() -> None:
    async def check(client: AsyncClient, peer: Peer) -> None:
        for number in range(CALLS_UNDER_WAY + 1):
            peer.send(pack_call(number, BACK, 1, 1, integer(1)))
        assert await peer.closed()
        with pytest.raises(NotDelivered):
            await client.call(PLAIN, 1)

    asyncio.run(against(Stuck(later=True), check))


def test_a_call_to_the_client_that_the_rpc_layer_denies_is_answered_so() -> None:
    async def check(client: AsyncClient, peer: Peer) -> None:
        message = pack_call(9, BACK, 1, 1, integer(1))
        peer.send(message[:8] + struct.pack(">I", 3) + message[12:])
        assert struct.unpack(">6I", await peer.receive()) == (9, 1, 1, 0, 2, 2)

    asyncio.run(against(Back(), check))


def test_half_a_call_of_the_server_breaks_the_session() -> None:
    async def check(client: AsyncClient, peer: Peer) -> None:
        peer.send(pack_call(9, BACK, 1, 1, b"")[:16])
        assert await peer.closed()
        with pytest.raises(NotDelivered):
            await client.call(PLAIN, 1)

    asyncio.run(against(Back(), check))


def test_what_answers_for_a_blocking_client_cannot_call_by_it() -> None:
    refused: list[Exception] = []

    class Nested(Back):
        client: Client | None = None

        def notify(self, value: int, call: Call) -> int:
            assert self.client is not None
            try:
                self.client.call(PLAIN, value)
            except LocalError as exc:
                refused.append(exc)
            return value

    async def check(made: Served) -> None:
        def play() -> int:
            nested = Nested()
            with Client.tcp("127.0.0.1", made.port, PROGRAM, 1, serve=offering(nested)) as client:
                nested.client = client
                return client.call(ASK, 1) + client.call(PLAIN, 1)

        assert await asyncio.to_thread(play) == 1

    run(check)
    assert len(refused) == 1


def test_nothing_is_offered_by_udp() -> None:
    with pytest.raises(LocalError, match="udp"):
        Client(MemoryTransport(lambda data: []), PROGRAM, 1, datagram=True, serve=Dispatcher())
    with pytest.raises(LocalError, match="serve="):
        Client(MemoryTransport(lambda data: []), PROGRAM, 1).serve_pending(0)
