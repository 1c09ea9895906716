"""Keepalive of libvirt's framing: whether the peer is still there, asked when it has been silent. No IO, no clock.

A ping is a message of its own program, serial 0, without payload; the other side answers with a pong. Any packet shows
that the peer lives. Both sides may ask; a server asks only those who have said that they answer.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from virnet.packet import Kind, Status, pack

PROGRAM: Final = 0x6B656570
"""The letters "keep"."""
VERSION: Final = 1
PROC_PING: Final = 1
PROC_PONG: Final = 2

PING: Final = pack(PROGRAM, VERSION, PROC_PING, Kind.MESSAGE, 0, Status.OK)
PONG: Final = pack(PROGRAM, VERSION, PROC_PONG, Kind.MESSAGE, 0, Status.OK)


class Due(Enum):
    """What is to be done now."""

    NOTHING = "nothing"
    PING = "ping"
    DEAD = "dead"


class Keepalive:
    """Asks after `interval_s` seconds of silence, and again; gives the peer up when `count` questions had no answer.

    now: seconds of any clock that only goes forward. With the defaults a dead peer is found after 30 s.
    """

    def __init__(self, interval_s: float = 5.0, count: int = 5, *, now: float) -> None:
        self.interval_s = interval_s
        self.count = count
        self._heard = now
        self._asked = 0

    def heard(self, now: float) -> None:
        """Note that a packet came."""
        self._heard = now
        self._asked = 0

    def due(self, now: float) -> Due:
        """Return what to do, and count it as done."""
        if now - self._heard < self.interval_s * (self._asked + 1):
            return Due.NOTHING
        if self._asked >= self.count:
            return Due.DEAD
        self._asked += 1
        return Due.PING

    def next_at(self) -> float:
        """Return when to look again."""
        return self._heard + self.interval_s * (self._asked + 1)
