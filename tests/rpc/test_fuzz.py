"""Mutated messages, from a seed: every machine answers or refuses them in a planned way, soon, and keeps nothing.

The message of a failure names the seed and the round; VIRTRPC_FUZZ_SEED sets another seed, VIRTRPC_FUZZ_RECORDS another
number of records.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import random
import signal
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest
from wire_samples import Samples, mutated

from oncrpc.client import decode_result
from oncrpc.client_session import ClientSession
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import BrokenSession, ProcedureUnavailable, ProgramMismatch, RemoteError, RpcRefusal
from oncrpc.message import Refused, pack_call, pack_refusal, pack_success, unpack_call, unpack_reply
from oncrpc.portmap import types as t
from oncrpc.portmap.entries import SUPERUSER, UNKNOWN
from oncrpc.portmap.peer import Peer as PortmapPeer
from oncrpc.portmap.registry import Registry as Registrations
from oncrpc.portmap.service import PortmapService
from oncrpc.procedure import Call, Procedure
from oncrpc.record import LAST, mark
from oncrpc.server_session import ServerSession
from virtproto import virt as v
from virtrpcd.access import Peer, Right
from virtrpcd.daemon import PROGRAMS
from virtrpcd.door import Door
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.test.driver import TestDriver as MemoryDriver  # pytest collects what is called Test...
from virtrpcd.events import EventBus
from virtrpcd.paths import PathRules
from virtrpcd.service import VirtService
from virtrpcd.service.context import Context

SEED: Final = int(os.environ.get("VIRTRPC_FUZZ_SEED", "20070125"))
RECORDS: Final = int(os.environ.get("VIRTRPC_FUZZ_RECORDS", "20000"))
ROUND: Final = 500
"""So many records go to one house; then a fresh one is built, so that the next round finds nothing of the last one."""
RECORD_S: Final = 5.0
"""No record may take longer (they take a tenth of a millisecond; the machine may be busy)."""
CALL_HEAD: Final = 40
REPLY_HEAD: Final = 24
FLAT_BYTES: Final = 2 << 20
PEAK_BYTES: Final = 64 << 20
"""What may be allocated at any moment: no record declares its way to more."""
MACHINE: Final = v.virt_domain("test", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), 1)
XML: Final = "<domain type='test'><name>{}</name><memory>1024</memory><os><type>hvm</type></os></domain>"
TABLE: Final = v.VIRT_V2_TABLE


class Overdue(Exception):
    """A record took too long."""


def _overdue(number: int, frame: FrameType | None) -> None:
    raise Overdue


@contextlib.contextmanager
def deadlines() -> Iterator[Callable[[], object]]:
    """Give a function that sets the deadline RECORD_S from now; Overdue is raised wherever it finds us."""
    before = signal.signal(signal.SIGALRM, _overdue)
    try:
        yield lambda: signal.setitimer(signal.ITIMER_REAL, RECORD_S)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Memory:
    """Watches that memory stays flat from the first `mark` on, and that no moment takes very much."""

    def __init__(self) -> None:
        self._first: int | None = None

    def __enter__(self) -> Memory:
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        tracemalloc.stop()

    def mark(self) -> None:
        gc.collect()
        now, peak = tracemalloc.get_traced_memory()
        assert peak < PEAK_BYTES, f"{peak} bytes at once"
        if self._first is None:
            self._first = now
        assert now - self._first < FLAT_BYTES, f"{now - self._first} bytes more than at first"


@pytest.fixture(autouse=True)
def _no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What nobody foresaw is logged as an error, and answered SYSTEM_ERR: both are failures here."""
    caplog.set_level(logging.ERROR)
    yield
    assert [(record.name, record.getMessage()) for record in caplog.get_records("call")] == []


# -- what is valid, before it is mutated ----------------------------------------------------------------------------


def _batch_item(samples: Samples) -> Callable[[random.Random], v.virt_batch_item]:
    def make(rng: random.Random) -> v.virt_batch_item:
        procedure = rng.choice(TABLE.procedures)
        while procedure.number == v.VIRT_BATCH:
            procedure = rng.choice(TABLE.procedures)
        return v.virt_batch_item(procedure.number, arguments(procedure, samples))

    return make


def arguments(procedure: Procedure[Any], samples: Samples) -> bytes:
    """Return encoded arguments by chance."""
    return procedure.args.encode(samples.of(procedure.args)) if procedure.arity else b""


def make_samples(rng: random.Random, folder: Path) -> Samples:
    """Return a maker of values that often make sense: the machine that is there, its name, XML, an allowed path."""
    special: dict[type, Callable[[random.Random], Any]] = {v.virt_domain: lambda _: MACHINE}
    texts = ["test", "test", XML.format("a"), XML.format("test"), str(folder / "image"), "é" * 9, "", "x" * 300]
    samples = Samples(rng, special=special, texts=texts)
    special[v.virt_batch_item] = _batch_item(samples)
    special[v.virt_cursor] = lambda rng: v.virt_cursor(rng.choice((bytes(16), b"e" * 16)), rng.randrange(4))
    return samples


def calls(rng: random.Random, samples: Samples) -> list[bytes]:
    """Return a valid call message of every procedure, some of version 1."""
    made = []
    for program in PROGRAMS:
        for procedure in program.procedures:
            args = arguments(procedure, samples)
            made.append(pack_call(rng.getrandbits(32), program.number, program.version, procedure.number, args))
    return made


# -- the daemon's side ----------------------------------------------------------------------------------------------


class House:
    """A door on a test driver; its events never wait, for the bus is closed."""

    def __init__(self, folder: Path) -> None:
        self.driver = MemoryDriver(EventBus(epoch=b"e" * 16), paths=PathRules([folder]))
        self.registry = Registry(self.driver, lambda: MemoryDriver(EventBus()))
        context = Context(self.registry.open_for, PathRules([folder]), 1000)
        door = Door(VirtService(context), max_reply_bytes=1 << 20)
        self.dispatcher = Dispatcher()
        for program in PROGRAMS:
            self.dispatcher.register(program.number, program.version, door.endpoints_of(program))
        self.registry.close_buses()

    def peer(self, rng: random.Random) -> Peer:
        right = rng.choice((Right.ADMIN, Right.ADMIN, Right.ADMIN, Right.WRITE, Right.READ, Right.NONE))
        return Peer(right, self.driver, "unix uid 0", datagram=rng.random() < 0.1)


def changed(rng: random.Random, pool: list[bytes], head: int) -> bytes:
    """Return one of the pool, mutated; mostly behind its header, for else few would get any further."""
    return mutated(rng, rng.choice(pool), rng.choice(pool), head if rng.random() < 0.7 else 0)


def framed(rng: random.Random, record: bytes) -> bytes:
    """Return a record as a stream has it: mostly in one fragment, at times in many, at times with a wrong mark."""
    chance = rng.random()
    if chance < 0.7:
        return mark(record)
    if chance < 0.85:
        cut = rng.randint(0, len(record))
        return cut.to_bytes(4, "big") + record[:cut] + mark(record[cut:])
    if chance < 0.95:
        return (LAST | rng.randrange(len(record) * 2 + 1)).to_bytes(4, "big") + record
    return mutated(rng, mark(record), record)


def check_reply(call: Call, reply: bytes) -> str:
    """Check that a reply is one to this call and that its result decodes; return how it came out."""
    assert int.from_bytes(reply[:4], "big") == LAST | (len(reply) - 4)
    answer = unpack_reply(reply[4:])
    assert answer.xid == call.xid
    if answer.refusal is not None:
        return type(answer.refusal).__name__
    if call.procedure == 0:
        return "result"
    result = TABLE.procedure(call.procedure).result.unpack(answer.record[answer.offset :])
    # 1 is libvirt's "internal error": nothing that comes from outside may lead there
    assert result.discriminant == v.VIRT_OK or result.error.code != 1, result
    return "result" if result.discriminant == v.VIRT_OK else "error"


async def answered(house: House, call: Call) -> str:
    """Dispatch as the server does; what is not a refusal is not caught."""
    try:
        result = house.dispatcher.dispatch(call)
        if not isinstance(result, bytes):
            result = await result
    except RpcRefusal as refusal:
        return check_reply(call, ServerSession.refusal(call, refusal))
    return check_reply(call, ServerSession.success(call, result))


async def daemon_round(rng: random.Random, folder: Path, count: int, tick: Callable[[], object]) -> Counter[str]:
    """Send `count` mutated records to a fresh house, by streams cut anywhere; count what became of them."""
    house, outcomes = House(folder), Counter[str]()
    await house.driver.start()
    pool = calls(rng, make_samples(rng, folder))
    session = ServerSession(house.peer(rng), max_record=1 << 20, max_fragments=64)
    for _ in range(count):
        tick()
        stream = framed(rng, changed(rng, pool, CALL_HEAD))
        cut = rng.randint(0, len(stream))
        try:
            events = session.receive(stream[:cut]) + session.receive(stream[cut:])
        except RemoteError as exc:
            outcomes[type(exc).__name__] += 1
            session = ServerSession(house.peer(rng), max_record=1 << 20, max_fragments=64)
            continue
        outcomes["incomplete"] += not events
        for event in events:
            if isinstance(event, Refused):
                assert isinstance(unpack_reply(event.reply).refusal, RpcRefusal)
                outcomes["Refused"] += 1
            else:
                outcomes[await answered(house, event)] += 1
        if session.pending_bytes > 100_000 or (session.pending_bytes and rng.random() < 0.5):
            session = ServerSession(house.peer(rng), max_record=1 << 20, max_fragments=64)
    await house.driver.stop()
    return outcomes


PLANNED: Final = {
    "result", "error", "incomplete", "Refused", "RemoteError", "RecordTooLong", "TooManyFragments",
    "ProgramUnavailable", "ProgramMismatch", "ProcedureUnavailable", "GarbageArguments",
}  # fmt: skip


def test_no_mutated_call_makes_the_daemon_fail_hang_or_grow(tmp_path: Path) -> None:
    outcomes = Counter[str]()
    with Memory() as memory, deadlines() as tick:
        for number in range(0, RECORDS, ROUND):
            rng = random.Random(f"{SEED} daemon {number}")
            try:
                outcomes += asyncio.run(daemon_round(rng, tmp_path, min(ROUND, RECORDS - number), tick))
            except Exception as exc:
                raise AssertionError(f"seed {SEED}, records from {number} on") from exc
            if number >= RECORDS // 4:
                memory.mark()
    assert set(outcomes) <= PLANNED
    # The fuzz is worth something only if much of it gets past the first check.
    least = RECORDS // 20
    assert min(outcomes["result"], outcomes["error"], outcomes["GarbageArguments"], outcomes["RemoteError"]) > least


# -- the portmapper ---------------------------------------------------------------------------------------------------

ASKERS: Final = (
    PortmapPeer("local", True, SUPERUSER),
    PortmapPeer("local", True, "1000"),
    PortmapPeer("tcp", True, UNKNOWN, "127.0.0.1", "127.0.0.1"),
    PortmapPeer("udp", True, UNKNOWN, "0.0.0.0", "127.0.0.1"),
    PortmapPeer("tcp", False, UNKNOWN, "192.0.2.1", "192.0.2.77"),
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


async def portmap_round(rng: random.Random, count: int, tick: Callable[[], object]) -> Counter[str]:
    """Send mutated datagrams to a fresh portmapper, from anybody; count the answers."""
    dispatcher, outcomes = Dispatcher(), Counter[str]()
    PortmapService(Registrations(), clock_s=lambda: 0.0).add_to(dispatcher)
    sink = Sink()
    server = DatagramServer(dispatcher, lambda address: address[0], may_amplify=lambda address: address[0].local)
    server.connection_made(sink)
    pool = portmap_calls(rng)
    for _ in range(count):
        tick()
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
    outcomes = Counter[str]()
    with Memory() as memory, deadlines() as tick:
        for number in range(0, RECORDS, ROUND):
            rng = random.Random(f"{SEED} portmap {number}")
            try:
                outcomes += asyncio.run(portmap_round(rng, min(ROUND, RECORDS - number), tick))
            except Exception as exc:
                raise AssertionError(f"seed {SEED}, records from {number} on") from exc
            if number >= RECORDS // 4:
                memory.mark()
    assert set(outcomes) <= PORTMAP_PLANNED
    assert min(outcomes["NoneType"], outcomes["GarbageArguments"]) > RECORDS // 20


# -- the client's side ------------------------------------------------------------------------------------------------


def replies(rng: random.Random, samples: Samples, xid: int) -> list[tuple[Procedure[Any], bytes]]:
    """Return a valid reply of every procedure to the call `xid`, and refusals."""
    made = []
    for procedure in TABLE.procedures:
        made.append((procedure, pack_success(xid, procedure.result.encode(samples.of(procedure.result)))))
    for refusal in (ProgramMismatch(1, 2), ProcedureUnavailable(9)):
        made.append((rng.choice(TABLE.procedures), pack_refusal(xid, refusal)))
    return made


def client_round(rng: random.Random, count: int, tick: Callable[[], object]) -> Counter[str]:
    """Answer calls with mutated replies; count what the caller hears."""
    outcomes = Counter[str]()
    pool = replies(rng, Samples(rng, special={}, texts=["test", "é" * 9, "", "x" * 300]), 7)
    for _ in range(count):
        tick()
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
                outcomes["result"] += 1
            except (RpcRefusal, RemoteError) as exc:
                outcomes["refusal" if isinstance(exc, RpcRefusal) else "RemoteError"] += 1
    return outcomes


CLIENT_PLANNED: Final = {"result", "refusal", "nothing yet", "RemoteError", "RecordTooLong", "TooManyFragments"}


def test_no_mutated_reply_makes_the_client_fail_hang_or_grow() -> None:
    outcomes = Counter[str]()
    with Memory() as memory, deadlines() as tick:
        for number in range(0, RECORDS, ROUND):
            rng = random.Random(f"{SEED} client {number}")
            try:
                outcomes += client_round(rng, min(ROUND, RECORDS - number), tick)
            except Exception as exc:
                raise AssertionError(f"seed {SEED}, records from {number} on") from exc
            if number >= RECORDS // 4:
                memory.mark()
    assert set(outcomes) <= CLIENT_PLANNED
    assert min(outcomes["result"], outcomes["RemoteError"]) > RECORDS // 20


def test_every_call_that_is_mutated_was_valid_before() -> None:
    rng = random.Random(SEED)
    for message in calls(rng, make_samples(rng, Path("/nonexistent"))):
        call = unpack_call(message)
        procedure = TABLE.procedure(call.procedure)
        if procedure.arity:
            procedure.args.unpack(call.record[call.offset :])
