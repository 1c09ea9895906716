"""Mutated calls, datagrams and replies, from a seed: server, portmapper and client refuse them as planned, soon, and
keep nothing.

The daemon's side is in tests/server/test_fuzz_door.py; what all of them share, in tests/fuzzing.py.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from fuzzing import CALL_HEAD, RECORDS, REPLY_HEAD, Watch, arguments, changed, check_whole, framed, rounds
from wire_samples import Samples, mutated

from oncrpc.client_session import ClientSession, decode_result
from oncrpc.connection import Connection
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher, decode_args
from oncrpc.errors import BrokenSession, ConnectionLost, ProcedureUnavailable, ProgramMismatch, RemoteError, RpcRefusal
from oncrpc.message import pack_call, pack_refusal, pack_success, unpack_reply
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import SUPERUSER, UNKNOWN
from oncrpc.portmap.peer import Peer
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import PortmapService
from oncrpc.procedure import Call, Procedure, Program
from oncrpc.record import RecordReader
from oncrpc.server import Limits, Listener
from virtproto import virt as v

TABLE: Final = v.VIRT_V2_TABLE

# -- the portmapper ---------------------------------------------------------------------------------------------------

ASKERS: Final = (
    Peer("local", True, SUPERUSER),
    Peer("local", True, "1000"),
    Peer("tcp", True, UNKNOWN, "127.0.0.1", "127.0.0.1"),
    Peer("udp", True, UNKNOWN, "0.0.0.0", "127.0.0.1"),
    Peer("tcp", False, UNKNOWN, "192.0.2.1", "192.0.2.77"),
)
PORTMAP_TEXTS: Final = ["tcp", "udp", "local", "tcp6", "127.0.0.1.156.187", "::1.156.187", "/run/x.sock", "root", ""]


class Sink(asyncio.DatagramTransport):
    """Takes what the datagram server sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def sendto(self, data: Any, addr: Any = None) -> None:
        self.sent.append(bytes(data))


def portmap_calls(rng: random.Random) -> list[bytes]:
    """Return a valid call of every procedure of every portmapper version."""
    samples = Samples(rng, special={}, texts=PORTMAP_TEXTS)
    made = []
    for program in (t.PMAP_V2_TABLE, t.RPCB_V3_TABLE, t.RPCB_V4_TABLE):
        for procedure in program.procedures:
            args = arguments(procedure, samples)
            made.append(pack_call(rng.getrandbits(32), program.number, program.version, procedure.number, args))
    return made


async def portmap_round(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
    """Send mutated datagrams to a fresh portmapper, from anybody; count the answers."""
    dispatcher, outcomes = Dispatcher(), Counter[str]()
    PortmapService(Registry(), clock_s=lambda: 0.0).add_to(dispatcher)
    sink = Sink()
    server = DatagramServer(dispatcher, lambda address: address[0], may_amplify=lambda address: address[0].local)
    server.connection_made(sink)
    pool = portmap_calls(rng)
    for _ in range(count):
        watch.tick()
        message, asker = changed(rng, pool, CALL_HEAD), rng.choice(ASKERS)
        sink.sent.clear()
        server.datagram_received(message, (asker,))
        if not sink.sent:
            outcomes["dropped"] += 1
            continue
        (reply,) = sink.sent
        assert asker.local or len(reply) <= len(message)
        answer = unpack_reply(reply)
        assert answer.xid == int.from_bytes(message[:4], "big")
        shortened = not asker.local and type(answer.refusal).__name__ == "SystemFailure"
        outcomes["shortened" if shortened else type(answer.refusal).__name__] += 1
    server.connection_lost(None)
    return outcomes


PORTMAP_PLANNED: Final = {
    "dropped", "shortened", "NoneType", "AuthError", "RpcMismatch",
    "ProgramUnavailable", "ProgramMismatch", "ProcedureUnavailable", "GarbageArguments",
}  # fmt: skip


def test_no_mutated_datagram_makes_the_portmapper_fail_hang_grow_or_amplify() -> None:
    def play(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
        return asyncio.run(portmap_round(rng, count, watch))

    outcomes = rounds("portmap", play)
    assert set(outcomes) <= PORTMAP_PLANNED
    assert min(outcomes["NoneType"], outcomes["GarbageArguments"]) > RECORDS // 20


# -- the server's side ------------------------------------------------------------------------------------------------


class Pipe(asyncio.Transport):
    """What a connection writes to; nobody is at the other end."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


def service(rng: random.Random, samples: Samples) -> Dispatcher:
    """Return a program whose handlers decode their arguments and give a result, at once or a moment later."""

    def answering(procedure: Procedure[Any], soon: bool) -> Callable[..., Any]:
        result = procedure.result.encode(samples.of(procedure.result))

        async def later() -> bytes:
            await asyncio.sleep(0)
            return result

        def answer(call: Call) -> bytes | Awaitable[bytes]:
            if procedure.arity:
                decode_args(procedure, call)
            return result if soon else later()

        return answer

    dispatcher = Dispatcher()
    endpoints = {procedure.number: answering(procedure, rng.random() < 0.8) for procedure in TABLE.procedures}
    dispatcher.register(TABLE.number, TABLE.version, endpoints)
    return dispatcher


def connect(listener: Listener) -> tuple[Connection, Pipe]:
    """Return a new connection of the listener and what it writes to."""
    connection, pipe = Connection(listener), Pipe()
    connection.connection_made(pipe)
    return connection, pipe


def hang_up(connection: Connection) -> None:
    """End a connection as the event loop would."""
    connection.connection_lost(None)


async def server_round(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
    """Send mutated calls over connections, in streams cut anywhere; count the answers."""
    samples, outcomes = Samples(rng, special={}, texts=["test", "é" * 9, "", "x" * 300]), Counter[str]()
    listener = Listener(service(rng, samples), lambda sock: None, Limits(max_record=1 << 20, max_fragments=64))
    pool = [
        pack_call(rng.getrandbits(32), TABLE.number, TABLE.version, procedure.number, arguments(procedure, samples))
        for procedure in TABLE.procedures
    ]
    connection, pipe = connect(listener)
    for _ in range(count):
        watch.tick()
        stream = framed(rng, changed(rng, pool, CALL_HEAD))
        cut = rng.randint(0, len(stream))
        for piece in (stream[:cut], stream[cut:]):
            if piece and not pipe.aborted:
                connection.data_received(piece)
                while connection.busy:
                    await asyncio.sleep(0)
        answers = RecordReader().feed(bytes(pipe.sent))
        pipe.sent.clear()
        for answer in answers:
            outcomes[type(unpack_reply(answer).refusal).__name__] += 1
        outcomes["closed" if pipe.aborted else "nothing yet"] += not answers
        if pipe.aborted or connection.record_since is not None:
            hang_up(connection)
            connection, pipe = connect(listener)
    hang_up(connection)
    assert not listener.connections
    return outcomes


SERVER_PLANNED: Final = {
    "nothing yet", "closed", "NoneType", "AuthError", "RpcMismatch",
    "ProgramUnavailable", "ProgramMismatch", "ProcedureUnavailable", "GarbageArguments",
}  # fmt: skip


def test_no_mutated_call_makes_the_server_fail_hang_or_grow() -> None:
    def play(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
        return asyncio.run(server_round(rng, count, watch))

    outcomes = rounds("server", play)
    assert set(outcomes) <= SERVER_PLANNED
    assert min(outcomes["NoneType"], outcomes["GarbageArguments"], outcomes["closed"]) > RECORDS // 50


# -- the server's side, when it calls its client back ----------------------------------------------------------------

BACK_TABLE: Final = Program(
    TABLE.name, TABLE.number, TABLE.version_name, TABLE.version, TABLE.procedures, callback=True
)  # fmt: skip


async def back_round(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
    """Let a server call its client, and answer with mutated replies and calls; count what the server's call ends as."""
    samples, outcomes = Samples(rng, special={}, texts=["test", "é" * 9, "", "x" * 300]), Counter[str]()
    listener = Listener(service(rng, samples), lambda sock: None, Limits(max_record=1 << 20, max_fragments=64))
    bodies = [record[4:] for _, record in replies(rng, samples, 0)]
    connection, pipe = connect(listener)
    for _ in range(count):
        watch.tick()
        procedure = rng.choice(TABLE.procedures)
        args = [samples.of(procedure.args)] if procedure.arity else []
        asking = asyncio.create_task(connection.client(BACK_TABLE, timeout_s=None).call(procedure, *args))
        await asyncio.sleep(0)
        (question,) = RecordReader().feed(bytes(pipe.sent))
        pipe.sent.clear()
        call = pack_call(0, TABLE.number, TABLE.version, procedure.number, arguments(procedure, samples))
        body = call[4:] if rng.random() < 0.1 else bodies[TABLE.procedures.index(procedure)]
        connection.data_received(framed(rng, mutated(rng, question[:4] + body, rng.choice(bodies), REPLY_HEAD)))
        for _ in range(4):
            await asyncio.sleep(0)
        if not asking.done():
            outcomes["closed" if pipe.aborted else "nothing yet"] += 1
            hang_up(connection)
            await asyncio.wait([asking])
            assert isinstance(asking.exception(), ConnectionLost)
            connection, pipe = connect(listener)
            continue
        outcomes[type(asking.exception()).__name__] += 1
        pipe.sent.clear()
        if pipe.aborted or connection.record_since is not None:
            hang_up(connection)
            connection, pipe = connect(listener)
    hang_up(connection)
    assert not listener.connections
    return outcomes


BACK_PLANNED: Final = {
    "NoneType", "closed", "nothing yet", "RemoteError", "ProgramMismatch", "ProcedureUnavailable",
    "ProgramUnavailable", "GarbageArguments", "SystemFailure", "AuthError", "RpcMismatch",
}  # fmt: skip


def test_no_mutated_reply_makes_a_server_that_calls_back_fail_hang_or_grow() -> None:
    def play(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
        return asyncio.run(back_round(rng, count, watch))

    outcomes = rounds("back", play, RECORDS // 4)
    assert set(outcomes) <= BACK_PLANNED
    assert min(outcomes["NoneType"], outcomes["RemoteError"], outcomes["closed"]) > RECORDS // 400


# -- the client's side ------------------------------------------------------------------------------------------------


def replies(rng: random.Random, samples: Samples, xid: int) -> list[tuple[Procedure[Any], bytes]]:
    """Return a valid reply of every procedure to the call `xid`, and refusals."""
    made = []
    for procedure in TABLE.procedures:
        made.append((procedure, pack_success(xid, procedure.result.encode(samples.of(procedure.result)))))
    for refusal in (ProgramMismatch(1, 2), ProcedureUnavailable(9)):
        made.append((rng.choice(TABLE.procedures), pack_refusal(xid, refusal)))
    return made


def client_round(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
    """Answer calls with mutated replies; count what the caller hears."""
    outcomes = Counter[str]()
    pool = replies(rng, Samples(rng, special={}, texts=["test", "é" * 9, "", "x" * 300]), 7)
    for _ in range(count):
        watch.tick()
        session = ClientSession(v.VIRT_PROGRAM, 2, first_xid=7, max_record=1 << 20)
        session.call(1, b"")
        procedure, record = rng.choice(pool)
        keep = REPLY_HEAD if rng.random() < 0.7 else 0
        stream = framed(rng, mutated(rng, record, rng.choice(pool)[1], keep))
        cut = rng.randint(0, len(stream))
        try:
            found = session.receive(stream[:cut]) + session.receive(stream[cut:])
        except RemoteError as exc:
            outcomes[type(exc).__name__] += 1
            with pytest.raises(BrokenSession):
                session.call(1, b"")
            continue
        outcomes["nothing yet"] += not found
        for reply in found:
            try:
                decode_result(procedure, reply)
                check_whole(procedure.result, reply.record, reply.offset)
                outcomes["result"] += 1
            except (RpcRefusal, RemoteError) as exc:
                outcomes["refusal" if isinstance(exc, RpcRefusal) else "RemoteError"] += 1
    return outcomes


CLIENT_PLANNED: Final = {"result", "refusal", "nothing yet", "RemoteError", "RecordTooLong", "TooManyFragments"}


def test_no_mutated_reply_makes_the_client_fail_hang_or_grow() -> None:
    outcomes = rounds("client", client_round)
    assert set(outcomes) <= CLIENT_PLANNED
    assert min(outcomes["result"], outcomes["RemoteError"]) > RECORDS // 20
