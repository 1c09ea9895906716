"""Whose a loopback tcp connection is: an exact sock_diag lookup of the socket at its other end (Linux).

A socket that its owner has closed has no owner any more and reads as uid 0, so the answer counts only while the row is
ESTABLISHED and has an inode; any doubt is no owner.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import struct
from typing import Final

log = logging.getLogger("oncrpc.server")

_NETLINK_SOCK_DIAG: Final = 4
_SOCK_DIAG_BY_FAMILY: Final = 20
_NLM_F_REQUEST: Final = 1
_TCP_ESTABLISHED: Final = 1
_LOOKUP_TIMEOUT_S: Final = 0.5

_NLMSGHDR = struct.Struct("=IHHII")
_SOCKID = struct.Struct("!HH16s16s")  # source port, destination port, source, destination
_REQUEST = struct.Struct("=BBBxI")  # family, protocol, extensions, states
_IF_COOKIE = struct.Struct("=III")  # interface, cookie
_MSG_HEAD = struct.Struct("=BBBB")  # family, state, timer, retransmissions
_MSG_TAIL = struct.Struct("=IIIII")  # expires, receive queue, send queue, uid, inode
_ID_BYTES: Final = _SOCKID.size + _IF_COOKIE.size
_NO_COOKIE: Final = 0xFFFFFFFF


def is_loopback(host: str) -> bool:
    """Return whether an address text is one of this host's loopback addresses."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def loopback_owner(sock: socket.socket) -> int | None:
    """Return the uid that owns the other end of a loopback tcp connection, None when there is any doubt."""
    try:
        peer, own = sock.getpeername(), sock.getsockname()
    except OSError:
        return None
    if not (is_loopback(peer[0]) and is_loopback(own[0])):
        return None
    try:
        return _owner_of(sock.family, peer, own)
    except (OSError, struct.error, ValueError) as exc:
        log.warning("sock_diag lookup failed: %s", exc)
        return None


def _owner_of(family: int, source: tuple[str, int], destination: tuple[str, int]) -> int | None:
    """Return the uid of the tcp socket bound to `source` and connected to `destination`, None when it is not sure."""
    hosts = (source[0].partition("%")[0], destination[0].partition("%")[0])
    packed = [socket.inet_pton(family, host).ljust(16, b"\0") for host in hosts]
    sockid = _SOCKID.pack(source[1], destination[1], *packed)
    body = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 1 << _TCP_ESTABLISHED) + sockid
    body += _IF_COOKIE.pack(0, _NO_COOKIE, _NO_COOKIE)
    message = _NLMSGHDR.pack(_NLMSGHDR.size + len(body), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0) + body
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(_LOOKUP_TIMEOUT_S)
        netlink.sendto(message, (0, 0))
        answer = netlink.recv(4096)
    _, kind, _, _, _ = _NLMSGHDR.unpack_from(answer)
    if kind != _SOCK_DIAG_BY_FAMILY:
        return None
    at = _NLMSGHDR.size
    found_family, state, _, _ = _MSG_HEAD.unpack_from(answer, at)
    at += _MSG_HEAD.size
    # The kernel falls back to a listening socket when the connection is gone: only the very pair asked for will do.
    found = _SOCKID.unpack_from(answer, at)
    _, _, _, uid, inode = _MSG_TAIL.unpack_from(answer, at + _ID_BYTES)
    pair = (*found[:2], *(_as_v6(found_family, address) for address in found[2:]))
    wanted = (source[1], destination[1], *(_as_v6(family, address) for address in packed))
    if state != _TCP_ESTABLISHED or inode == 0 or pair != wanted:
        return None
    return int(uid)


def _as_v6(family: int, address: bytes) -> bytes:
    """Return an address of a sock_diag row as 16 bytes of IPv6, an IPv4 one mapped.

    A socket of either family may be the other end: Java, say, connects to 127.0.0.1 with an IPv6 socket.
    """
    return bytes(10) + b"\xff\xff" + address[:4] if family == socket.AF_INET else address
