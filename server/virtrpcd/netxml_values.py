"""Values in network XML: addresses, ranges of them, hardware addresses."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

from virtrpcd.errors import FROM_NONE, SystemCallFailed, VirtError
from virtrpcd.network_def import IpAddress, IpDef
from virtrpcd.xmlread import internal

MAX_RANGE: Final = 65535
"""The most addresses in one range, less one."""

_IPV4 = re.compile(r"[0-9a-fA-FxX]+(?:\.[0-9a-fA-FxX]+){0,3}\Z", re.ASCII)
_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}\Z", re.ASCII)


def parse_address(text: str) -> IpAddress | None:
    """Return an address; IPv4 in any of the ways that C reads ("010.1" is 8.0.0.1). None if it is none."""
    try:
        if ":" in text:
            return IPv6Address(socket.inet_pton(socket.AF_INET6, text))
        return IPv4Address(socket.inet_aton(text)) if _IPV4.match(text) else None
    except (OSError, ValueError):  # ValueError: a NUL in it
        return None


def need_address(text: str) -> IpAddress:
    """Return an address; libvirt's answer of its resolver when it is none."""
    found = parse_address(text)
    if found is None:
        raise SystemCallFailed(f"Cannot parse socket address '{text}': Name or service not known", domain=FROM_NONE)
    return found


def format_address(address: IpAddress) -> str:
    """Return an address as C writes it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    return socket.inet_ntop(family, address.packed)


def parse_mac_octets(text: str) -> list[int] | None:
    """Return the six numbers of a hardware address, None if it is none."""
    return [int(part, 16) for part in text.split(":")] if _MAC.match(text) else None


def format_mac(octets: list[int]) -> str:
    """Return a hardware address as six lower-case pairs."""
    return ":".join(f"{octet:02x}" for octet in octets)


def netmask_bits(mask: IpAddress) -> int:
    """Return how many leading ones a mask has, -1 if other ones follow them."""
    bits = f"{int(mask):0{mask.max_prefixlen}b}"
    ones = len(bits) - len(bits.lstrip("1"))
    return ones if "1" not in bits[ones:] else -1


def default_prefix(address: IpAddress) -> int:
    """Return the prefix of an address that has none: by its class, 64 for IPv6, -1 if there is no such rule."""
    if isinstance(address, IPv6Address):
        return 64
    first = address.packed[0]
    if not int(address):
        return 0
    if first < 128:
        return 8
    if first < 192:
        return 16
    return 24 if first < 224 else -1


def ip_prefix(ip: IpDef) -> int:
    """Return the prefix that an address of a network has, given or not; -1 if it has none."""
    if ip.prefix:
        return ip.prefix
    return netmask_bits(ip.netmask) if ip.netmask is not None else default_prefix(ip.address)


def same_net(one: IpAddress, other: IpAddress, prefix: int) -> bool:
    """Return whether two addresses of one family have the first `prefix` bits in common."""
    return one.version == other.version and other in ip_network((one, prefix), strict=False)


def check_range(start: IpAddress, end: IpAddress, ip: IpDef | None = None) -> None:
    """Raise for a range that is reversed, too large, of two families, or not of the net of `ip`."""
    shown = f"{format_address(start)} - {format_address(end)}"
    if start.version != end.version:
        raise _bad(f"mismatch of address family in range {shown}")
    if ip is not None:
        _check_net(start, end, ip, shown)
    if isinstance(start, IPv4Address):
        if abs(int(end) - int(start)) > MAX_RANGE:
            raise _bad(f"range {shown} is too large (> 65535)")
        if int(end) < int(start):
            raise _bad(f"range {shown} is reversed ")
        if ip is not None:
            _check_edges(start, end, ip, shown)
        return
    if int(start) >> 16 != int(end) >> 16:
        raise _bad(f"range {shown} is too large (> 65535)")
    if int(end) < int(start):
        raise _bad(f"range {shown} start larger than end")


def _check_net(start: IpAddress, end: IpAddress, ip: IpDef, shown: str) -> None:
    network = format_address(ip.address)
    if ip.address.version != start.version:
        raise _bad(f"mismatch of address family in range {shown} for network {network}")
    prefix = ip_prefix(ip)
    if prefix < 0:
        raise _bad(f"bad prefix {prefix} for network {network} when  checking range {shown}")
    if not same_net(ip.address, start, prefix) or not same_net(ip.address, end, prefix):
        raise _bad(f"range {shown} is not entirely within network {network}/{prefix}")


def _check_edges(start: IpAddress, end: IpAddress, ip: IpDef, shown: str) -> None:
    prefix = ip_prefix(ip)
    net = ip_network((ip.address, prefix), strict=False)
    where = f"in network {format_address(ip.address)}/{prefix}"
    if start == net.network_address:
        raise _bad(f"start of range {shown} {where} is the network address")
    if end == net.broadcast_address:
        raise _bad(f"end of range {shown} {where} is the broadcast address")


def _bad(why: str) -> VirtError:
    return internal(why, FROM_NONE)
