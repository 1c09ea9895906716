"""Packets of libvirt's framing: bytes of a stream <-> whole packets. No IO.

A packet is a uint32 length, which counts itself, a header of six words (program, version, procedure, type, serial,
status) and a payload; all big-endian. A packet with file descriptors has their number as the first word of its payload,
and is followed by one byte for each, which carries the descriptor beside it (SCM_RIGHTS).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterable
from enum import IntEnum
from typing import Final, NamedTuple

from virnet.errors import BrokenSession, PacketTooLong, PacketTooShort, RemoteError, TooManyDescriptors

PAYLOAD_AT: Final = 28
"""Where the payload begins: behind the length and the header. No packet is shorter."""

MAX_PACKET: Final = 33_554_436
"""The longest packet that libvirt takes, in bytes, its length word included."""

MAX_BEFORE_LOGIN: Final = 65_536
"""The longest packet of a caller who has not said who it is."""

MAX_STREAM_DATA: Final = 262_120
"""Bytes of a stream that go into one packet, so that peers of any age take it."""

MAX_DESCRIPTORS: Final = 32
"""File descriptors that may come with one packet."""

SMALL_BYTES: Final = 16_384
"""A rest up to this long is put before the next bytes by copying: quicker than working in a bytearray."""


class Kind(IntEnum):
    """What a packet is (its `type` word)."""

    CALL = 0
    REPLY = 1
    MESSAGE = 2
    STREAM = 3
    CALL_WITH_FDS = 4
    REPLY_WITH_FDS = 5
    STREAM_HOLE = 6


class Status(IntEnum):
    """How the thing stands that a packet belongs to (its `status` word). CONTINUE: streams only."""

    OK = 0
    ERROR = 1
    CONTINUE = 2


class Header(NamedTuple):
    """What stands before a payload. procedure is signed on the wire."""

    length: int
    program: int
    version: int
    procedure: int
    kind: int
    serial: int
    status: int


HEADER: Final = struct.Struct(">IIIiIII")
_WORD: Final = struct.Struct(">I")
_unpack_length = _WORD.unpack_from
_with_fds: Final = (int(Kind.CALL_WITH_FDS), int(Kind.REPLY_WITH_FDS))
_KIND_AT: Final = 16


def pack(
    program: int, version: int, procedure: int, kind: int, serial: int, status: int, payload: bytes = b""
) -> bytes:
    """Return a packet."""
    return HEADER.pack(PAYLOAD_AT + len(payload), program, version, procedure, kind, serial, status) + payload


def header(packet: bytes) -> Header:
    """Return the header of a whole packet."""
    return Header._make(HEADER.unpack_from(packet))


class PacketReader:
    """Bytes of a stream in, whole packets out.

    max_packet caps the length of one packet, its length word included; it may be raised while the reader works.
    takes_fds: whether descriptors can come at all; if not, packets that announce some are whole without them.
    between_packets: whether none has begun that is not complete.
    """

    def __init__(self, max_packet: int = MAX_PACKET, *, takes_fds: bool = True) -> None:
        self.max_packet = max_packet
        self._takes_fds = takes_fds
        self.between_packets = True
        self._held = bytearray()
        self._broken = False
        self._loose_fds: deque[int] = deque()
        self._fds: deque[tuple[int, ...]] = deque()

    @property
    def pending_bytes(self) -> int:
        """How many bytes are held for a packet that is not complete."""
        return len(self._held)

    def feed(self, data: bytes, fds: Iterable[int] = ()) -> list[bytes]:
        """Add received bytes, and the descriptors that came with them; return the packets they complete, oldest first.

        Any cut. Raises PacketTooLong or PacketTooShort as soon as a length word is there, before anything is held for
        it, and TooManyDescriptors; the reader is then broken and raises BrokenSession.
        """
        self._loose_fds.extend(fds)
        size = len(data)
        usual = self.between_packets and PAYLOAD_AT <= size <= self.max_packet and _unpack_length(data)[0] == size
        if usual and data[_KIND_AT + 3] not in _with_fds:
            # One whole packet, nothing before it, nothing after it.
            return [data]
        if self._broken:
            raise BrokenSession("the packet reader stopped at an error before")
        source: bytes | bytearray = data
        if len(self._held) > SMALL_BYTES:
            self._held += data
            source = self._held
        elif self._held:
            source = bytes(self._held) + data
            self._held.clear()
        try:
            packets, used = self._split(source)
        except RemoteError:
            self._broken = True
            self.between_packets = False
            self._held.clear()
            raise
        if source is self._held:
            del self._held[:used]
        elif used < len(source):
            self._held += source[used:]
        self.between_packets = not self._held
        return packets

    def take_fds(self) -> tuple[int, ...]:
        """Return the descriptors of the next of the packets given by `feed` that have any; the taker closes them."""
        return self._fds.popleft() if self._fds else ()

    def take_all_fds(self) -> list[int]:
        """Return all descriptors that nobody took: to be closed when the connection ends."""
        left = [fd for fds in self._fds for fd in fds] + list(self._loose_fds)
        self._fds.clear()
        self._loose_fds.clear()
        return left

    def _split(self, source: bytes | bytearray) -> tuple[list[bytes], int]:
        packets: list[bytes] = []
        at, size, limit = 0, len(source), self.max_packet
        while size - at >= 4:
            length = _unpack_length(source, at)[0]
            if length > limit:
                raise PacketTooLong(f"a packet of {length} bytes; {limit} are allowed")
            if length < PAYLOAD_AT:
                raise PacketTooShort(f"a packet of {length} bytes is shorter than a header")
            end = at + length
            if end > size:
                break
            behind = self._descriptors(source, at, length)
            if end + behind > size:
                break
            piece = source[at:end]
            packet = piece if isinstance(piece, bytes) else bytes(piece)
            if behind:
                self._attach(behind)
            packets.append(packet)
            at = end + behind
        return packets, at

    def _descriptors(self, source: bytes | bytearray, at: int, length: int) -> int:
        """Return how many descriptors, so bytes, follow the packet at `at`."""
        if _unpack_length(source, at + _KIND_AT)[0] not in _with_fds:
            return 0
        if length < PAYLOAD_AT + 4:
            raise TooManyDescriptors("a packet with descriptors does not say how many")
        count = int(_unpack_length(source, at + PAYLOAD_AT)[0])
        if count > MAX_DESCRIPTORS:
            raise TooManyDescriptors(f"a packet with {count} descriptors; {MAX_DESCRIPTORS} are allowed")
        return count

    def _attach(self, count: int) -> None:
        if not self._takes_fds:
            self._fds.append(())
            return
        if len(self._loose_fds) < count:
            raise TooManyDescriptors(f"a packet says {count} descriptors, {len(self._loose_fds)} came")
        self._fds.append(tuple(self._loose_fds.popleft() for _ in range(count)))
