"""Events of a connection in libvirt's framing, numbered here: its messages have no numbers and no cursor. No IO."""

from __future__ import annotations

import os
import time
from collections import deque
from typing import Final

from virtproto import virt as v

EVENTS_KEPT: Final = 16_384
"""How many a connection keeps for readers that are behind."""

DOMAIN_EVENT_IDS: Final = range(28)
"""libvirt's kinds of events of machines. A daemon says no to those that it does not know."""

NO_CALLBACK: Final = b"\xff\xff\xff\xff"
"""Stands where a message has the number of its registration, as in events of virt.x."""

_NO_EPOCH: Final = bytes(v.VIRT_EPOCH_LEN)


class EventRow:
    """The messages of one connection in the order in which they came, read by cursor as VIRT_EVENTS does."""

    def __init__(self, kept: int = EVENTS_KEPT) -> None:
        self._epoch = os.urandom(v.VIRT_EPOCH_LEN)
        self._events: deque[v.virt_event] = deque(maxlen=kept)
        self._next = 1

    def add(self, kind: int, body: bytes) -> None:
        """Number a message. Some are sent once for each registration; each of those counts."""
        now = time.time_ns() // 1000
        self._events.append(v.virt_event(self._next, now, kind, NO_CALLBACK + body[4:]))
        self._next += 1

    def read(self, cursor: v.virt_cursor, most: int) -> v.virt_events_ret:
        """Return what is newer than a cursor, at most so many."""
        present = v.virt_cursor(self._epoch, self._next)
        if cursor.epoch == _NO_EPOCH:
            return v.virt_events_ret([], present, False)
        oldest = self._next - len(self._events)
        if cursor.epoch != self._epoch or not oldest <= cursor.next <= self._next:
            return v.virt_events_ret([], present, True)
        newer = [event for event in self._events if event.number >= cursor.next][: min(most, v.VIRT_EVENTS_MAX)]
        after = newer[-1].number + 1 if newer else cursor.next
        return v.virt_events_ret(newer, v.virt_cursor(self._epoch, after), False)
