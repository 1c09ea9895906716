"""Packets: link layers, IPv4 and IPv6, what tcp and udp carry. Checksums are not looked at: cards fill them in later.

Link types: www.tcpdump.org/linktypes.html. A frame that is something else, or cut short in a header, gives None.
"""

from __future__ import annotations

import ipaddress
import struct
from collections import OrderedDict
from typing import Final, NamedTuple

NULL, ETHERNET, RAW_BSD, RAW, LOOP, LINUX_SLL, IPV4, IPV6, LINUX_SLL2 = 0, 1, 12, 101, 108, 113, 228, 229, 276

_ETHER_IPV4, _ETHER_IPV6 = 0x0800, 0x86DD
_TAGS: Final = (0x8100, 0x88A8, 0x9100)
_TCP, _UDP, _V6_FRAGMENT = 6, 17, 44
_V6_EXTENSIONS: Final = (0, 43, 60)  # hop-by-hop, routing, destination options

MAX_FRAGMENTED: Final = 64
"""How many datagrams may be put together from fragments at a time; the oldest gives way."""

MAX_DATAGRAM: Final = 65_535
MAX_PIECES: Final = 2048
"""How many fragments a datagram may come in: 65,535 bytes over links of 68 bytes (RFC 791) make 1366."""


class End(NamedTuple):
    """An address and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


class Datagram(NamedTuple):
    """What came by udp. missing: bytes that were sent and not captured."""

    src: End
    dst: End
    data: bytes
    missing: int


class Segment(NamedTuple):
    """What came by tcp. seq: number of its first byte; missing: bytes after `data` that were sent and not captured."""

    src: End
    dst: End
    seq: int
    ack: int | None
    syn: bool
    end: bool
    data: bytes
    missing: int


class _Part(NamedTuple):
    protocol: int
    src: str
    dst: str
    data: bytes
    missing: int
    fragment: tuple[int, int, bool] | None  # identification, offset in bytes, whether more follow


class Frames:
    """Frames in, datagrams and segments out; holds the IP fragments of datagrams that are not complete."""

    def __init__(self) -> None:
        self._fragments: OrderedDict[tuple[str, str, int, int], dict[int, tuple[bytes, bool]]] = OrderedDict()

    def read(self, link: int, frame: bytes) -> Datagram | Segment | None:
        """Return what a frame carries, None when that is neither udp nor tcp, or not complete."""
        try:
            found = _network(link, frame)
            part = None if found is None else _ip(*found)
            if part is not None and part.fragment is not None:
                part = self._assemble(part)
            if part is None:
                return None
            return _tcp(part) if part.protocol == _TCP else _udp(part) if part.protocol == _UDP else None
        except (struct.error, IndexError):
            return None

    def _assemble(self, part: _Part) -> _Part | None:
        """Keep a fragment; return the whole when it is the last one that was missing."""
        assert part.fragment is not None
        number, offset, more = part.fragment
        if part.missing:
            return None
        key = (part.src, part.dst, number, part.protocol)
        pieces = self._fragments.setdefault(key, {})
        pieces[offset] = (part.data, more)
        size = sum(len(data) for data, _ in pieces.values())
        if size > MAX_DATAGRAM or len(pieces) > MAX_PIECES:
            del self._fragments[key]
            return None
        if len(self._fragments) > MAX_FRAGMENTED:
            self._fragments.popitem(last=False)
        if not any(at + len(data) == size and not more for at, (data, more) in pieces.items()):
            return None
        whole = bytearray()
        for at, (data, _) in sorted(pieces.items()):
            if at != len(whole):
                return None
            whole += data
        del self._fragments[key]
        return part._replace(data=bytes(whole), fragment=None)


def _network(link: int, frame: bytes) -> tuple[int, bytes] | None:
    """Return (ethertype, packet) of a frame."""
    if link == ETHERNET:
        kind, at = struct.unpack_from(">H", frame, 12)[0], 14
    elif link == LINUX_SLL:
        kind, at = struct.unpack_from(">H", frame, 14)[0], 16
    elif link == LINUX_SLL2:
        kind, at = struct.unpack_from(">H", frame)[0], 20
    elif link in (NULL, LOOP):
        return _by_version(frame[4:])
    elif link in (RAW, RAW_BSD, IPV4, IPV6):
        return _by_version(frame)
    else:
        return None
    while kind in _TAGS:
        kind, at = struct.unpack_from(">H", frame, at + 2)[0], at + 4
    return kind, frame[at:]


def _by_version(packet: bytes) -> tuple[int, bytes] | None:
    kinds = {4: _ETHER_IPV4, 6: _ETHER_IPV6}
    return (kinds[packet[0] >> 4], packet) if packet and packet[0] >> 4 in kinds else None


def _ip(kind: int, packet: bytes) -> _Part | None:
    if kind == _ETHER_IPV4:
        return _ipv4(packet)
    return _ipv6(packet) if kind == _ETHER_IPV6 else None


def _ipv4(packet: bytes) -> _Part | None:
    version, total, number, flags, protocol = struct.unpack_from(">BxHHHxB", packet)
    start = (version & 15) * 4
    src, dst = (str(ipaddress.IPv4Address(packet[at : at + 4])) for at in (12, 16))
    if version >> 4 != 4 or start < 20 or len(packet) < 20:
        return None
    total = total or len(packet)  # 0: longer than the field can say, cut into packets by the card
    offset, more = (flags & 0x1FFF) * 8, bool(flags & 0x2000)
    fragment = (number, offset, more) if offset or more else None
    return _Part(protocol, src, dst, packet[start:total], max(0, total - len(packet)), fragment)


def _ipv6(packet: bytes) -> _Part | None:
    if len(packet) < 40:
        return None
    size, protocol = struct.unpack_from(">HB", packet, 4)
    src, dst = (str(ipaddress.IPv6Address(packet[at : at + 16])) for at in (8, 24))
    total = 40 + size if size else len(packet)
    at, fragment = 40, None
    while protocol in _V6_EXTENSIONS:
        protocol, at = packet[at], at + 8 + packet[at + 1] * 8
    if protocol == _V6_FRAGMENT:
        protocol, flags, number = struct.unpack_from(">BxHI", packet, at)
        at, fragment = at + 8, (number, flags & 0xFFF8, bool(flags & 1))
    return _Part(protocol, src, dst, packet[at:total], max(0, total - len(packet)), fragment)


def _udp(part: _Part) -> Datagram:
    sport, dport, size = struct.unpack_from(">3H", part.data)
    data = part.data[8:size] if size >= 8 else part.data[8:]
    return Datagram(End(part.src, sport), End(part.dst, dport), data, part.missing)


def _tcp(part: _Part) -> Segment:
    sport, dport, seq, ack, start, flags = struct.unpack_from(">HHIIBB", part.data)
    fin, syn, rst, acks = flags & 1, flags & 2, flags & 4, flags & 16
    src, dst = End(part.src, sport), End(part.dst, dport)
    data = part.data[(start >> 4) * 4 :]
    return Segment(src, dst, seq, ack if acks else None, bool(syn), bool(fin or rst), data, part.missing)
