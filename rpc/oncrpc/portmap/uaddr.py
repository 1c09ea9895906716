"""Universal addresses (RFC 5665): "127.0.0.1.8.1" <-> ("127.0.0.1", 2049), and what a network id says of them.

Network ids known here: tcp, udp (IPv4), tcp6, udp6 (IPv6) and local (unix sockets, whose address is the path).
Reading is strict: what is not exactly an address of that network is refused.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
from typing import Final, NamedTuple

from oncrpc.errors import LocalError, RemoteError
from oncrpc.portmap.types import IPPROTO_TCP, IPPROTO_UDP, NC_TPI_CLTS, NC_TPI_COTS_ORD

Address = tuple[str, int] | str
"""(host, port), or the path of a unix socket."""

MAX_PATH: Final = 107
"""The longest path of a unix socket, in bytes (sun_path of Linux, with its final zero)."""


class Network(NamedTuple):
    """What a network id stands for, as GETADDRLIST tells it; `protocol` is the number in portmap version 2, if any."""

    semantics: int
    family: str
    proto: str
    protocol: int | None


NETWORKS: Final[dict[str, Network]] = {
    "tcp": Network(NC_TPI_COTS_ORD, "inet", "tcp", IPPROTO_TCP),
    "udp": Network(NC_TPI_CLTS, "inet", "udp", IPPROTO_UDP),
    "tcp6": Network(NC_TPI_COTS_ORD, "inet6", "tcp", None),
    "udp6": Network(NC_TPI_CLTS, "inet6", "udp", None),
    "local": Network(NC_TPI_COTS_ORD, "loopback", "-", None),
}

SOCKADDR_BYTES: Final = {"inet": 16, "inet6": 28, "loopback": 110}
"""The size of the C sockaddr of each protocol family (sockaddr_un with all its path), as Linux has it."""

NETID_OF_PROTOCOL: Final = {IPPROTO_TCP: "tcp", IPPROTO_UDP: "udp"}

_FAMILIES: Final = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "loopback": socket.AF_UNIX}


def to_uaddr(netid: str, address: Address) -> str:
    """Return the universal address. Raises LocalError for what is no address of that network."""
    try:
        network = NETWORKS[netid]
    except KeyError:
        raise LocalError(f"unknown network id {netid!r}") from None
    if isinstance(address, str) != (network.family == "loopback"):
        raise LocalError(f"{netid}: {address!r} is no address of this network")
    if isinstance(address, str):
        reason = _path_fault(address)
        if reason:
            raise LocalError(f"{netid}: {reason}")
        return address
    host, port = address
    if not 0 <= port <= 0xFFFF:
        raise LocalError(f"{netid}: port {port} is not within 0 to 65535")
    try:
        return f"{_host(network.family, host)}.{port >> 8}.{port & 0xFF}"
    except ValueError as exc:
        raise LocalError(f"{netid}: {exc}") from exc


def from_uaddr(netid: str, uaddr: str) -> Address:
    """Return (host, port), or the path, of a universal address that a peer sent. Raises RemoteError."""
    network = NETWORKS.get(netid)
    if network is None:
        raise RemoteError(f"unknown network id {netid[:32]!r}")
    if network.family == "loopback":
        reason = _path_fault(uaddr)
        if reason:
            raise RemoteError(f"{netid}: {reason}")
        return uaddr
    parts = uaddr.rsplit(".", 2)
    try:
        if len(parts) != 3:
            raise ValueError("too few parts")
        host, high, low = parts
        return _host(network.family, host), _octet(high) << 8 | _octet(low)
    except ValueError as exc:
        raise RemoteError(f"{netid}: {uaddr[:64]!r} is no universal address: {exc}") from exc


def netid_for(protocol: str, host: str) -> str:
    """Return the network id of "tcp" or "udp" with a numeric host address."""
    return protocol + "6" if ":" in host else protocol


def is_wildcard(address: Address) -> bool:
    """Return whether the address means any address of the host."""
    return isinstance(address, tuple) and address[0] in ("0.0.0.0", "::")


def is_loopback(host: str) -> bool:
    """Return whether a numeric address is a loopback one; an IPv4 address in IPv6 clothes counts as what it is."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def to_sockaddr(netid: str, address: Address) -> bytes:
    """Return the C sockaddr of this host for an address; a path without its final zero. Raises LocalError."""
    to_uaddr(netid, address)
    if isinstance(address, str):
        return struct.pack("=H", socket.AF_UNIX) + os.fsencode(address)
    host, port = address
    family = _FAMILIES[NETWORKS[netid].family]
    raw = socket.inet_pton(family, host.partition("%")[0])
    rest = struct.pack(">H4s8x", port, raw) if family == socket.AF_INET else struct.pack(">HI16sI", port, 0, raw, 0)
    return struct.pack("=H", family) + rest


def from_sockaddr(netid: str, data: bytes) -> Address:
    """Return the address in a C sockaddr that a peer sent. Raises RemoteError when it is none of that network."""
    network = NETWORKS.get(netid)
    if network is None:
        raise RemoteError(f"unknown network id {netid[:32]!r}")
    family = _FAMILIES[network.family]
    least = 3 if family == socket.AF_UNIX else SOCKADDR_BYTES[network.family]
    if len(data) < least or int.from_bytes(data[:2], sys.byteorder) != family:
        raise RemoteError(f"{netid}: no socket address of this network")
    if family == socket.AF_UNIX:
        path = os.fsdecode(data[2:].split(b"\0", 1)[0])
        if not path:
            raise RemoteError(f"{netid}: no path")
        return path
    port = int.from_bytes(data[2:4], "big")
    raw = data[4:8] if family == socket.AF_INET else data[8:24]
    return str(ipaddress.ip_address(raw)), port


def _host(family: str, host: str) -> str:
    """Return the host part as it is written; raises ValueError."""
    if family == "inet":
        return str(ipaddress.IPv4Address(host))
    scope = host.partition("%")[2]
    if scope and not all(c.isalnum() or c in "_-" for c in scope):
        raise ValueError(f"scope {scope[:32]!r} is no interface")
    return str(ipaddress.IPv6Address(host))


def _octet(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 3 or int(text) > 0xFF:
        raise ValueError(f"{text[:8]!r} is not within 0 to 255")
    return int(text)


def _path_fault(path: str) -> str | None:
    if not path.startswith("/"):
        return f"{path[:64]!r} is no absolute path"
    if "\0" in path:
        return "a path with a zero byte"
    if len(os.fsencode(path)) > MAX_PATH:
        return f"a path of more than {MAX_PATH} bytes"
    return None
