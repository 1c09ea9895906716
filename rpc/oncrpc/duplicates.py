"""The duplicate-request cache of a datagram server, without IO: a call that is sent again is not run again.

A udp client sends its call once more when no answer came in time; a call that was answered, and whose answer was lost,
must not have its effect twice. So answers are kept for a while, by sender and by the whole message: xid, program,
version, procedure, credential and arguments. Whoever sends the same bytes from the same address gets the same answer;
from another address, or with one byte changed, it is another call.

    state       a duplicate is             after
    new         run                        `begin`
    under way   dropped                    the first will be answered: `keep` or `forget`
    answered    answered from memory       until it is old, or room is needed: the oldest goes first
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

Key = tuple[Any, bytes]
"""Sender's address and the whole message."""

ENTRY_BYTES: Final = 512
"""What an entry costs beside its message and its answer: about what CPython takes for it."""


@dataclass(frozen=True, slots=True)
class DuplicateLimits:
    """What is remembered: so many answers, of so many bytes with their questions, for age_s seconds each."""

    entries: int = 4096
    size_bytes: int = 8 << 20
    age_s: float = 120.0


class Seen(Enum):
    """What `begin` says of a call that has no answer yet."""

    NEW = "new"
    UNDER_WAY = "under way"


class DuplicateCache:
    """What was answered lately, and what is being answered.

    Calls under way are not counted against the limits, for they must not be forgotten: the server bounds them.
    clock: seconds, never going back.
    """

    def __init__(
        self, limits: DuplicateLimits | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = DuplicateLimits() if limits is None else limits
        self.size_bytes = 0
        self.repeated = 0
        """How many calls were answered from memory or dropped."""
        self._clock = clock
        self._under_way: set[Key] = set()
        self._answered: OrderedDict[Key, tuple[float, bytes]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answered)

    def begin(self, key: Key) -> bytes | Seen:
        """Return the answer that was given to this very call; else NEW, and it is under way from now on."""
        found = self._answered.get(key)
        if found is not None:
            if self._clock() - found[0] <= self.limits.age_s:
                self.repeated += 1
                return found[1]
            self._remove(key)
        if key in self._under_way:
            self.repeated += 1
            return Seen.UNDER_WAY
        self._under_way.add(key)
        return Seen.NEW

    def keep(self, key: Key, reply: bytes) -> None:
        """Remember the answer to a call that was under way. One over size_bytes is not kept."""
        self._under_way.discard(key)
        self._answered[key] = (self._clock(), reply)
        self.size_bytes += len(key[1]) + len(reply) + ENTRY_BYTES
        while len(self._answered) > self.limits.entries or self.size_bytes > self.limits.size_bytes:
            self._remove(next(iter(self._answered)))

    def forget(self, key: Key) -> None:
        """The call did not run: when it is sent again, it is new."""
        self._under_way.discard(key)

    def _remove(self, key: Key) -> None:
        _, reply = self._answered.pop(key)
        self.size_bytes -= len(key[1]) + len(reply) + ENTRY_BYTES
