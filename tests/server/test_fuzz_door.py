"""Mutated calls, from a seed: the daemon's side answers or refuses them in a planned way, soon, and keeps nothing."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fuzzing import CALL_HEAD, RECORDS, SEED, Watch, arguments, changed, check_whole, framed, rounds, watched
from wire_samples import WORDS, Samples

from oncrpc.dispatch import Dispatcher
from oncrpc.errors import RemoteError, RpcRefusal
from oncrpc.message import Refused, pack_call, unpack_call, unpack_reply
from oncrpc.procedure import Call
from oncrpc.record import LAST
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

MACHINE: Final = v.virt_domain("test", bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), 1)
XML: Final = "<domain type='test'><name>{}</name><memory>1024</memory><os><type>hvm</type></os></domain>"
TABLE: Final = v.VIRT_V2_TABLE


def _batch_item(samples: Samples) -> Callable[[random.Random], v.virt_batch_item]:
    def make(rng: random.Random) -> v.virt_batch_item:
        procedure = rng.choice(TABLE.procedures)
        while procedure.number == v.VIRT_BATCH:
            procedure = rng.choice(TABLE.procedures)
        return v.virt_batch_item(procedure.number, arguments(procedure, samples))

    return make


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


def check_reply(call: Call, reply: bytes) -> str:
    """Check that a reply is one to this call and that its result decodes; return how it came out."""
    assert int.from_bytes(reply[:4], "big") == LAST | (len(reply) - 4)
    answer = unpack_reply(reply[4:])
    assert answer.xid == call.xid
    if answer.refusal is not None:
        return type(answer.refusal).__name__
    if call.procedure == 0:
        return "result"
    check_whole(TABLE.procedure(call.procedure).args, call.record, call.offset)
    result = TABLE.procedure(call.procedure).result.unpack(answer.record[answer.offset :])
    if result.discriminant == v.VIRT_OK:
        return "result"
    # 1 is libvirt's "internal error": nothing from outside may lead there, but where libvirt itself says so
    internal = result.error.message.startswith("internal error: ")
    assert result.error.code != 1 or internal, result
    return "error"


async def answered(house: House, call: Call) -> str:
    """Dispatch as the server does; what is not a refusal is not caught."""
    try:
        result = house.dispatcher.dispatch(call)
        if not isinstance(result, bytes):
            result = await result
    except RpcRefusal as refusal:
        return check_reply(call, ServerSession.refusal(call, refusal))
    return check_reply(call, ServerSession.success(call, result))


async def daemon_round(rng: random.Random, folder: Path, count: int, watch: Watch) -> Counter[str]:
    """Send `count` mutated records to a fresh house, by streams cut anywhere; count what became of them."""
    house, outcomes = House(folder), Counter[str]()
    await house.driver.start()
    pool = calls(rng, make_samples(rng, folder))
    session = ServerSession(house.peer(rng), max_record=1 << 20, max_fragments=64)
    for _ in range(count):
        watch.tick()
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
    def play(rng: random.Random, count: int, watch: Watch) -> Counter[str]:
        return asyncio.run(daemon_round(rng, tmp_path, count, watch))

    outcomes = rounds("daemon", play)
    assert set(outcomes) <= PLANNED
    # The fuzz is worth something only if much of it gets past the first check.
    least = RECORDS // 20
    assert min(outcomes["result"], outcomes["error"], outcomes["GarbageArguments"], outcomes["RemoteError"]) > least


async def every_word(rng: random.Random, folder: Path, watch: Watch) -> Counter[str]:
    """Put each awkward number in place of each word of a call of every procedure; count what became of them."""
    outcomes, samples = Counter[str](), make_samples(rng, folder)
    for procedure in TABLE.procedures:
        house = House(folder)
        await house.driver.start()
        args = arguments(procedure, samples)
        for at, word in itertools.product(range(0, len(args), 4), sorted(set(WORDS))):
            watch.tick()
            changed_args = args[:at] + word.to_bytes(4, "big") + args[at + 4 :]
            message = pack_call(1, v.VIRT_PROGRAM, 2, procedure.number, changed_args)
            outcomes[await answered(house, unpack_call(message, house.peer(rng)))] += 1
        await house.driver.stop()
    return outcomes


def test_no_awkward_number_in_any_word_of_any_call_makes_the_daemon_fail_hang_or_take_memory(tmp_path: Path) -> None:
    with watched() as watch:
        outcomes = asyncio.run(every_word(random.Random(SEED), tmp_path, watch))
        watch.mark()
    assert set(outcomes) == {"result", "error", "GarbageArguments"}


def test_every_call_that_is_mutated_was_valid_before() -> None:
    rng = random.Random(SEED)
    for message in calls(rng, make_samples(rng, Path("/nonexistent"))):
        call = unpack_call(message)
        procedure = TABLE.procedure(call.procedure)
        if procedure.arity:
            procedure.args.unpack(call.record[call.offset :])
