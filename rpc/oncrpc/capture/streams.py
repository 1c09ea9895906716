"""One direction of a tcp connection: segments in any order -> bytes in order -> records, over holes where they are.

A capture may begin in the middle of a connection and may lack segments. After either, records are looked for: a place
that reads as a record mark and the beginning of a call or a reply. What is passed over until then is counted.
"""

from __future__ import annotations

import struct
from typing import Final

from oncrpc.errors import ProtocolError
from oncrpc.message import CALL, MAX_AUTH_BYTES, REPLY, RPC_VERSION
from oncrpc.record import LAST, MAX_RECORD, RecordReader

MAX_HELD: Final = 2 * 2**20
"""The most bytes held for a hole to be filled; then it is taken for lost."""

MAX_HELD_SEGMENTS: Final = 1024

_HALF: Final = 1 << 31
_MASK: Final = (1 << 32) - 1
_START = struct.Struct(">5I")  # mark, xid, msg_type, rpcvers or reply_stat, program or flavor
_MIDDLES: Final = (struct.pack(">2I", CALL, RPC_VERSION), struct.pack(">2I", REPLY, 0), struct.pack(">2I", REPLY, 1))


class Stream:
    """Segments in, records out. lost: bytes that were sent and not captured; skipped: captured, but in no record."""

    def __init__(self) -> None:
        self.lost = 0
        self.skipped = 0
        self._next: int | None = None
        self._held: dict[int, bytes] = {}
        self._held_bytes = 0
        self._reader: RecordReader | None = None

    @property
    def held_bytes(self) -> int:
        """How many bytes are held."""
        return self._held_bytes + (0 if self._reader is None else self._reader.pending_bytes)

    def begin(self, seq: int) -> list[bytes]:
        """A SYN with this number: what follows it is the beginning of a record. No record is complete by it."""
        if self._next is None or self._next != (seq + 1) & _MASK:
            self._next = (seq + 1) & _MASK
            self._held.clear()
            self._held_bytes = 0
            self._reader = RecordReader(MAX_RECORD)
        return []

    def feed(self, seq: int, data: bytes) -> list[bytes]:
        """Add a segment's bytes; return the records that are complete."""
        if not data:
            return []
        if self._next is None:
            self._next = seq
        ahead = (seq - self._next) & _MASK
        if ahead >= _HALF:  # begins before what is next: sent again, in whole or in part
            data = data[_MASK + 1 - ahead :]
            ahead, seq = 0, self._next
        if ahead == 0:
            return self._take(data)
        if len(data) > len(self._held.get(seq, b"")):
            self._held_bytes += len(data) - len(self._held.get(seq, b""))
            self._held[seq] = data
        if self._held_bytes > MAX_HELD or len(self._held) > MAX_HELD_SEGMENTS:
            return self.give_up()
        return []

    def acknowledged(self, ack: int) -> list[bytes]:
        """The other side has all before `ack`: a hole before it was filled, but not in this capture."""
        records: list[bytes] = []
        while self._held and self._next is not None and 0 < (ack - self._next) & _MASK < _HALF:
            records += self._pass_hole()
        return records

    def give_up(self) -> list[bytes]:
        """Take the holes for lost; return the records behind them."""
        records: list[bytes] = []
        while self._held:
            records += self._pass_hole()
        return records

    def _pass_hole(self) -> list[bytes]:
        assert self._next is not None
        here = self._next
        first = min(self._held, key=lambda seq: (seq - here) & _MASK)
        self.lost += (first - here) & _MASK
        if self._reader is not None:
            self.skipped += self._reader.pending_bytes
            self._reader = None
        self._next = first
        data = self._held.pop(first)
        self._held_bytes -= len(data)
        return self._take(data)

    def _take(self, data: bytes) -> list[bytes]:
        """Take bytes that are next, and those held that follow them."""
        records: list[bytes] = []
        while data:
            assert self._next is not None
            self._next = (self._next + len(data)) & _MASK
            records += self._records(data)
            data = self._following()
        return records

    def _following(self) -> bytes:
        assert self._next is not None
        found = b""
        for seq in [seq for seq in self._held if (self._next - seq) & _MASK < _HALF]:
            held = self._held.pop(seq)
            self._held_bytes -= len(held)
            rest = held[(self._next - seq) & _MASK :]
            found = max(found, rest, key=len)
        return found

    def _records(self, data: bytes) -> list[bytes]:
        if self._reader is None:
            at = find_record(data)
            self.skipped += len(data) if at is None else at
            if at is None:
                return []
            self._reader, data = RecordReader(MAX_RECORD), data[at:]
        try:
            return self._reader.feed(data)
        except ProtocolError:
            self.skipped += len(data)
            self._reader = None
            return []


def find_record(data: bytes) -> int | None:
    """Return where in `data` a record begins, by the looks of it; None if nowhere."""
    found = (_find(data, middle) for middle in _MIDDLES)
    return min((at for at in found if at is not None), default=None)


def _find(data: bytes, middle: bytes) -> int | None:
    at = data.find(middle, 8)
    while at >= 0:
        if _is_start(data, at - 8):
            return at - 8
        at = data.find(middle, at + 1)
    return None


def _is_start(data: bytes, at: int) -> bool:
    if at + _START.size > len(data):
        return False
    words: tuple[int, ...] = _START.unpack_from(data, at)
    mark, _, kind, stat, word = words
    size = mark & (LAST - 1)
    if kind == CALL:
        return 40 <= size <= MAX_RECORD
    if stat == 1:  # MSG_DENIED: a mismatch, or an authentication error
        return size in (16, 20, 24) and word <= 1
    return 24 <= size <= MAX_RECORD and word <= MAX_AUTH_BYTES


