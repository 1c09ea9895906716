"""What the fuzz tests share: seeds, deadlines, a watch on memory and logs, records and the streams they come in.

The message of a failure names the seed and the round; VIRTRPC_FUZZ_SEED sets another seed, VIRTRPC_FUZZ_RECORDS another
number of records.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import random
import signal
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final

from wire_samples import Samples, mutated

from oncrpc import xdr
from oncrpc.errors import XdrError
from oncrpc.procedure import Procedure
from oncrpc.record import LAST, mark

SEED: Final = int(os.environ.get("VIRTRPC_FUZZ_SEED", "20070125"))
RECORDS: Final = int(os.environ.get("VIRTRPC_FUZZ_RECORDS", "70000"))
"""For each machine: server, client and portmapper of oncrpc take 210,000 together, the daemon as many again as one."""
ROUND: Final = 500
"""So many records go to one machine; then a fresh one is built, so that a round finds nothing of the one before."""
RECORD_S: Final = 5.0
"""No record may take longer (they take a tenth of a millisecond; the host may be busy)."""
CALL_HEAD: Final = 40
REPLY_HEAD: Final = 24
FLAT_BYTES: Final = 2 << 20
PEAK_BYTES: Final = 64 << 20
"""What may be allocated at any moment: no record declares its way to more."""


class Overdue(Exception):
    """A record took too long."""


def _overdue(number: int, frame: FrameType | None) -> None:
    raise Overdue


class Watch:
    """`tick` before each record: Overdue is raised, wherever it finds us, if there is no next one within RECORD_S.
    `mark` where memory is to be what it was at the first `mark`."""

    def __init__(self) -> None:
        self._first: int | None = None

    def tick(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, RECORD_S)

    def mark(self) -> None:
        gc.collect()
        now, peak = tracemalloc.get_traced_memory()
        assert peak < PEAK_BYTES, f"{peak} bytes at once"
        if self._first is None:
            self._first = now
        assert now - self._first < FLAT_BYTES, f"{now - self._first} bytes more than at first"


class _Errors(logging.Handler):
    """What nobody foresaw is logged as an error, and answered SYSTEM_ERR."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(logging.Formatter().format(record))


@contextlib.contextmanager
def watched() -> Iterator[Watch]:
    """Watch time, memory, and that no error is logged."""
    before = signal.signal(signal.SIGALRM, _overdue)
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    tracemalloc.start()
    try:
        yield Watch()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        logging.getLogger().removeHandler(errors)
        tracemalloc.stop()
    assert errors.messages == []


Round = Callable[[random.Random, int, Watch], Counter[str]]


def rounds(what: str, play: Round, records: int = RECORDS) -> Counter[str]:
    """Play rounds of ROUND records, `records` in all; return what became of them."""
    outcomes = Counter[str]()
    with watched() as watch:
        for number in range(0, records, ROUND):
            try:
                outcomes += play(random.Random(f"{SEED} {what} {number}"), min(ROUND, records - number), watch)
            except Exception as exc:
                raise AssertionError(f"{what}: seed {SEED}, records from {number} on") from exc
            if number >= records // 4:
                watch.mark()
    return outcomes


def arguments(procedure: Procedure[Any], samples: Samples) -> bytes:
    """Return encoded arguments by chance."""
    return procedure.args.encode(samples.of(procedure.args)) if procedure.arity else b""


def check_whole(kind: xdr.Type[Any], data: bytes, offset: int) -> None:
    """Check that what decodes is there to its last byte: nothing is made up for what is missing."""
    try:
        value, end = kind.decode(data, offset)
    except XdrError:
        return
    assert end <= len(data), f"{kind} ends at {end} of {len(data)} bytes"
    assert len(kind.encode(value)) == end - offset, kind


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
