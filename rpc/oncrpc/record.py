"""Record marking (RFC 5531 section 11): bytes of a stream <-> whole records. No IO.

A record is one or more fragments; a fragment is a uint32 mark (top bit: last of its record; low 31 bits: length) and
that many bytes.
"""

from __future__ import annotations

import struct
from typing import Final

from oncrpc.errors import BrokenSession, RecordTooLong, TooManyFragments

LAST: Final = 0x80000000
"""The bit of a record mark that says: last fragment of the record."""

MAX_RECORD: Final = 33_554_432
"""Default cap of a record, in bytes: libvirt's strings of 4 MiB are legal, several in one call too."""

MAX_FRAGMENTS: Final = 16_384
"""Default cap of fragments in one record. libtirpc cuts at 9000 bytes on unix sockets: 3729 for a record of 32 MiB."""

SMALL_BYTES: Final = 16_384
"""A rest up to this long is put before the next bytes by copying: quicker than working in a bytearray."""

_MARK = struct.Struct(">I")
_unpack_mark = _MARK.unpack_from


def mark(body: bytes) -> bytes:
    """Return `body` as a record of one fragment."""
    return _MARK.pack(LAST | len(body)) + body


class RecordReader:
    """Bytes of a stream in, whole records out.

    max_record caps the bytes of one record, max_fragments the fragments it comes in. An empty fragment that is not the
    last is counted too: a peer may not send them for ever. between_records: whether none has begun that
    is not complete.
    """

    def __init__(self, max_record: int = MAX_RECORD, max_fragments: int = MAX_FRAGMENTS) -> None:
        self.max_record = max_record
        self.max_fragments = max_fragments
        self._held = bytearray()
        self._parts: list[bytes] = []
        self._parts_size = 0
        self._fragments = 0
        self._broken = False
        self.between_records = True

    @property
    def pending_bytes(self) -> int:
        """How many bytes are held for a record that is not complete."""
        return len(self._held) + self._parts_size

    def feed(self, data: bytes) -> list[bytes]:
        """Add received bytes and return the records they complete, oldest first.

        Any cut; `data` is not kept after return. Raises RecordTooLong as soon as a mark passes max_record, before any
        of that fragment is held, and TooManyFragments; the reader is then broken and raises BrokenSession.
        """
        size = len(data) - 4
        if self.between_records and size >= 0 and _unpack_mark(data)[0] == LAST + size and size <= self.max_record:
            # The usual case: one whole record, nothing before it, nothing after it.
            return [data[4:]]
        if self._broken:
            raise BrokenSession("the record reader stopped at an error before")
        source: bytes | bytearray = data
        if len(self._held) > SMALL_BYTES:
            self._held += data
            source = self._held
        elif self._held:
            source = bytes(self._held) + data
            self._held.clear()
        try:
            records, used = self._split(source)
        except (RecordTooLong, TooManyFragments):
            self._broken = True
            self.between_records = False
            self._held.clear()
            self._parts.clear()
            raise
        if source is self._held:
            del self._held[:used]
        elif used < len(source):
            self._held += source[used:]
        self.between_records = not self._held and not self._parts
        return records

    def _split(self, source: bytes | bytearray) -> tuple[list[bytes], int]:
        records: list[bytes] = []
        at, size, limit, parts = 0, len(source), self.max_record, self._parts
        while size - at >= 4:
            word = _unpack_mark(source, at)[0]
            last = word >= LAST
            length = word - LAST if last else word
            if length + self._parts_size > limit:
                raise RecordTooLong(f"a record of {length + self._parts_size} bytes; {limit} are allowed")
            end = at + 4 + length
            if end > size:
                break
            piece = source[at + 4 : end]
            body = piece if isinstance(piece, bytes) else bytes(piece)
            at = end
            if last and not parts:
                records.append(body)
                self._fragments = 0
                continue
            self._add_fragment(body)
            if last:
                records.append(b"".join(parts))
                parts.clear()
                self._parts_size = self._fragments = 0
        return records, at

    def _add_fragment(self, body: bytes) -> None:
        self._fragments += 1
        if self._fragments > self.max_fragments:
            raise TooManyFragments(f"a record in more than {self.max_fragments} fragments")
        if body:
            self._parts.append(body)
            self._parts_size += len(body)
