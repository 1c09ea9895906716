"""Capture files: pcap (libpcap's, in microseconds or nanoseconds) and pcapng, either byte order.

Formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. A file cut short at its end gives what is whole in it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

MAX_PACKET: Final = 262_144
"""The most bytes of a packet: libpcap's own limit (MAXIMUM_SNAPLEN)."""

MAX_BLOCK: Final = 16 * 2**20
"""The most bytes of a pcapng block; those with names and comments may be longer than a packet."""

MAX_INTERFACES: Final = 4096

NS: Final = 1_000_000_000

_MAGIC: Final = {
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
}
_SECTION: Final = b"\x0a\x0d\x0d\x0a"
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_IF_TSRESOL, _IF_TSOFFSET = 9, 14


class CaptureError(ValueError):
    """A file that is no capture, or damaged; the text says where."""


class Packet(NamedTuple):
    """A packet as captured: nanoseconds since 1970, the link type (a LINKTYPE_ number), its bytes."""

    time_ns: int
    link: int
    data: bytes


class Interface(NamedTuple):
    """Where packets of a pcapng section were captured: link type, time units a second, seconds to add."""

    link: int
    per_second: int = 1_000_000
    offset_s: int = 0


def packets(file: BinaryIO) -> Iterator[Packet]:
    """Give the packets of a capture file, one at a time. Raises CaptureError."""
    magic = file.read(4)
    if magic == _SECTION:
        return _pcapng(file)
    if magic not in _MAGIC:
        raise CaptureError("neither pcap nor pcapng: it does not begin with the mark of either")
    return _pcap(file, *_MAGIC[magic])


def _pcap(file: BinaryIO, order: str, unit_ns: int) -> Iterator[Packet]:
    head = file.read(20)
    if len(head) < 20:
        raise CaptureError("a pcap file without a whole header")
    link = struct.unpack(f"{order}2HiIII", head)[-1] & 0xFFFF  # the rest says whether frame checks are kept
    record = struct.Struct(f"{order}4I")
    number = 0
    while len(head := file.read(record.size)) == record.size:
        number += 1
        seconds, fraction, size, _ = record.unpack(head)
        if size > MAX_PACKET:
            raise CaptureError(f"packet {number} says that it has {size} bytes; {MAX_PACKET} are the most there can be")
        data = file.read(size)
        if len(data) < size:
            return
        yield Packet(seconds * NS + fraction * unit_ns, link, data)


def _pcapng(file: BinaryIO) -> Iterator[Packet]:
    order, interfaces, kind = "<", list[Interface](), _SECTION
    number = 0
    while len(kind) == 4:
        number += 1
        if kind == _SECTION:
            order, interfaces = _section_order(file), []
        body = _block(file, order, number)
        if body is None:
            return
        code = struct.unpack(f"{order}I", kind)[0]
        try:
            if code == _INTERFACE:
                interfaces.append(_interface(body, order))
                if len(interfaces) > MAX_INTERFACES:
                    raise CaptureError(f"more than {MAX_INTERFACES} interfaces")
            elif code in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
                yield _packet(code, body, order, interfaces)
        except (struct.error, IndexError) as error:
            raise CaptureError(f"block {number} of the pcapng file is damaged") from error
        kind = file.read(4)


def _section_order(file: BinaryIO) -> str:
    """Return the byte order of a section that begins here; the file is left behind its block type, as found."""
    start = file.read(8)
    if len(start) < 8:
        raise CaptureError("a pcapng section without a whole header")
    marks = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
    if start[4:] not in marks:
        raise CaptureError("a pcapng section without its byte order mark")
    file.seek(-8, 1)
    return marks[start[4:]]


def _block(file: BinaryIO, order: str, number: int) -> bytes | None:
    """Return a block's body, None at the end of a file cut short."""
    word = file.read(4)
    if len(word) < 4:
        return None
    size: int = struct.unpack(f"{order}I", word)[0]
    if size < 12 or size % 4 or size > MAX_BLOCK:
        raise CaptureError(f"block {number} of the pcapng file says that it has {size} bytes")
    body = file.read(size - 8)
    return body[:-4] if len(body) == size - 8 else None


def _interface(body: bytes, order: str) -> Interface:
    link = struct.unpack_from(f"{order}H", body)[0]
    per_second, offset_s, at = 1_000_000, 0, 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(f"{order}2H", body, at)
        if code == _IF_TSRESOL and size == 1:
            power = body[at + 4]
            per_second = 2 ** (power & 0x7F) if power & 0x80 else 10 ** min(power, 18)
        elif code == _IF_TSOFFSET and size == 8:
            offset_s = struct.unpack_from(f"{order}q", body, at + 4)[0]
        at += 4 + size + -size % 4
    return Interface(link, per_second, offset_s)


def _packet(code: int, body: bytes, order: str, interfaces: list[Interface]) -> Packet:
    if code == _SIMPLE_PACKET:
        size = min(struct.unpack_from(f"{order}I", body)[0], len(body) - 4, MAX_PACKET)
        return Packet(0, interfaces[0].link, body[4 : 4 + size])
    layout = "5I" if code == _PACKET else "2H4I"
    fields = struct.unpack_from(f"{order}{layout}", body)
    high, low, size = fields[-4:-1]
    if size > MAX_PACKET or 20 + size > len(body):
        raise CaptureError(f"a packet of {size} bytes in a block of {len(body)}")
    where = interfaces[fields[0]]
    units = high << 32 | low
    time_ns = units * NS // where.per_second + where.offset_s * NS
    return Packet(time_ns, where.link, body[20 : 20 + size])
