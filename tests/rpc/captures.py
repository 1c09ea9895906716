"""Captures made by hand for tests: frames of both IP versions, and the two file formats, by the formats' own texts."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable

CLIENT, SERVER = ("192.0.2.1", 700), ("192.0.2.2", 2049)
CLIENT6, SERVER6 = ("2001:db8::1", 700), ("2001:db8::2", 2049)
FIN, SYN, RST, ACK = 1, 2, 4, 16

Where = tuple[str, int]


def ip(src: str, dst: str, protocol: int, body: bytes, offset: int = 0, more: bool = False, number: int = 7) -> bytes:
    """An IP packet; offset (bytes) and more make it a fragment."""
    ends = ipaddress.ip_address(src).packed + ipaddress.ip_address(dst).packed
    if len(ends) == 8:
        flags = offset // 8 | more << 13
        return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), number, flags, 64, protocol, 0) + ends + body
    if offset or more:
        body = struct.pack(">BBHI", protocol, 0, offset | more, number) + body
        protocol = 44
    return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + ends + body


def udp(src: Where, dst: Where, data: bytes) -> bytes:
    """A datagram in an IP packet."""
    return ip(src[0], dst[0], 17, struct.pack(">4H", src[1], dst[1], 8 + len(data), 0) + data)


def tcp(src: Where, dst: Where, seq: int, data: bytes = b"", flags: int = ACK, ack: int = 0) -> bytes:
    """A segment in an IP packet."""
    head = struct.pack(">HHIIBBHHH", src[1], dst[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 5 << 4, flags, 512, 0, 0)
    return ip(src[0], dst[0], 6, head + data)


def frame(link: int, packet: bytes) -> bytes:
    """The packet in a frame of this link type."""
    kind = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    heads = {
        0: struct.pack("<I", 2 if kind == 0x0800 else 10),
        1: bytes(12) + struct.pack(">H", kind),
        101: b"",
        113: struct.pack(">HHH8sH", 0, 1, 6, bytes(8), kind),
        276: struct.pack(">HHIHBB8s", kind, 0, 1, 1, 0, 6, bytes(8)),
    }
    return heads[link] + packet


def pcap(frames: Iterable[bytes], link: int = 1, order: str = "<", nanoseconds: bool = False) -> bytes:
    """A pcap file; frame n was captured n seconds and n units after 1970."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    head = struct.pack(f"{order}I2HiIII", magic, 2, 4, 0, 0, 262144, link)
    rows = [struct.pack(f"{order}4I", n, n, len(data), len(data)) + data for n, data in enumerate(frames)]
    return head + b"".join(rows)


def block(order: str, kind: int, body: bytes) -> bytes:
    """A pcapng block."""
    body += bytes(-len(body) % 4)
    size = struct.pack(f"{order}I", 12 + len(body))
    return struct.pack(f"{order}I", kind) + size + body + size


def pcapng(frames: Iterable[bytes], link: int = 1, order: str = "<") -> bytes:
    """A pcapng file with times in nanoseconds (if_tsresol 9), in enhanced packet blocks, and one block of no use."""
    section = struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1)
    interface = struct.pack(f"{order}HHI", link, 0, 0) + struct.pack(f"{order}HHB3xI", 9, 1, 9, 0)
    out = block(order, 0x0A0D0D0A, section) + block(order, 1, interface) + block(order, 0xBAD, b"12345")
    for n, data in enumerate(frames):
        units = n * 1_000_000_001
        head = struct.pack(f"{order}5I", 0, units >> 32, units & 0xFFFFFFFF, len(data), len(data))
        out += block(order, 6, head + data)
    return out
