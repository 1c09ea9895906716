"""The event bus: what happened to machines, numbered, kept for a while, read by cursor.

One bus a driver. Readers are not registered: each keeps a cursor (epoch and next number) and asks for what is newer, so
a reader that vanishes costs nothing. A reader that has nothing to read may wait; waiters are woken by the next event or
by `close`. Everything runs on one event loop thread; the bus takes no locks.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from virtrpcd.model import DomainEvent

KEEP_EVENTS = 16384
"""How many events a bus keeps; a reader that falls further behind hears that it lost some."""

EPOCH_BYTES = 16
NO_EPOCH = bytes(EPOCH_BYTES)


class Cursor(NamedTuple):
    """Where a reader stands:

    The bus's life (16 bytes, zeros: from now on) and the number of the next event it wants.
    """

    epoch: bytes
    next: int


class Entry(NamedTuple):
    """An event on the bus: its number, when it happened (us since 1970), what it was."""

    number: int
    time_us: int
    event: DomainEvent


class Read(NamedTuple):
    """What a reader gets: events (oldest first), where it now stands, whether events were lost before them."""

    entries: list[Entry]
    cursor: Cursor
    lost: bool


def _now_us() -> int:
    return time.time_ns() // 1000


class EventBus:
    """Events in order, the last `keep` of them readable by cursor.

    clock_us gives the time of an event in microseconds since 1970; epoch names this life of the bus.
    """

    def __init__(
        self,
        *,
        keep: int = KEEP_EVENTS,
        clock_us: Callable[[], int] = _now_us,
        epoch: bytes | None = None,
    ) -> None:
        self.epoch = os.urandom(EPOCH_BYTES) if epoch is None else epoch
        self._clock_us = clock_us
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._next = 1
        self._waiters: set[asyncio.Future[None]] = set()
        self._listeners: list[Callable[[Entry], None]] = []
        self.closed = False

    @property
    def next_number(self) -> int:
        """The number that the next event will get."""
        return self._next

    def publish(self, event: DomainEvent) -> Entry:
        """Add an event and wake who waits."""
        entry = Entry(self._next, self._clock_us(), event)
        self._next += 1
        self._entries.append(entry)
        for listener in tuple(self._listeners):  # one may leave while it is being told
            listener(entry)
        self._wake()
        return entry

    def listen(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `listener` with each event from now on (it must not raise or wait); returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def read(self, cursor: Cursor, limit: int) -> Read:
        """Return at most `limit` events from `cursor` on.

        A cursor of zeros stands for now. One of another epoch, older than what is kept, or of the future gets no
        events, `lost`, and the present cursor.
        """
        here = Cursor(self.epoch, self._next)
        if cursor.epoch == NO_EPOCH:
            return Read([], here, False)
        oldest = self._entries[0].number if self._entries else self._next
        if cursor.epoch != self.epoch or not oldest <= cursor.next <= self._next:
            return Read([], here, True)
        start = cursor.next - oldest
        entries = list(itertools.islice(self._entries, start, start + limit))
        return Read(entries, Cursor(self.epoch, cursor.next + len(entries)), False)

    async def wait_beyond(self, number: int, timeout_s: float) -> None:
        """Return when event `number` is there, the bus is closed, or `timeout_s` seconds have passed."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while self._next <= number and not self.closed:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                await asyncio.wait_for(waiter, left)
            except TimeoutError:
                return
            finally:
                self._waiters.discard(waiter)

    def close(self) -> None:
        """Answer everybody who waits; later waits return at once."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
