"""Who calls the portmapper, as far as the transport and the kernel know; never what the caller says of itself."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from oncrpc.peers import peer_credentials
from oncrpc.portmap.entries import owner_name
from oncrpc.portmap.uaddr import is_loopback, netid_for

log = logging.getLogger("oncrpc.portmap")

TcpOwner = Callable[[socket.socket], "int | None"]
"""Given an accepted loopback tcp socket, returns the uid at its other end, None in any doubt. Must not raise."""

_UNPRIVILEGED_PORTS: Final = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


class Peer(NamedTuple):
    """One caller.

    netid: the network it came over. local: whether it is on this host. owner: its owner name, "unknown" when the kernel
    does not vouch for any. reached: the numeric address it called, None on a unix socket. host: its own, the same way.
    """

    netid: str
    local: bool
    owner: str
    reached: str | None = None
    host: str | None = None


def first_unprivileged_port() -> int:
    """Return the first port that any user may bind; a caller from below it is root (or root's choice).

    1024 at most, and 0, trusting no port, where the system does not say.
    """
    try:
        return min(int(_UNPRIVILEGED_PORTS.read_text()), 1024)
    except (OSError, ValueError) as exc:
        log.debug("no port is taken for root's: %s", exc)
        return 0


def stream_peer(sock: socket.socket, tcp_owner: TcpOwner | None, privileged_below: int) -> Peer:
    """Return the peer of an accepted stream socket; a caller without any right when it is gone already."""
    if sock.family == socket.AF_UNIX:
        credentials = peer_credentials(sock)
        return Peer("local", True, owner_name(None if credentials is None else credentials.uid))
    try:
        host, port = sock.getpeername()[:2]
        reached = sock.getsockname()[0]
    except OSError:
        return Peer("tcp", False, owner_name(None))
    local = is_loopback(host) and is_loopback(reached)
    uid: int | None = None
    if local:
        uid = 0 if port < privileged_below else tcp_owner(sock) if tcp_owner is not None else None
    return Peer(netid_for("tcp", host), local, owner_name(uid), reached, host)


def datagram_peer(address: tuple[Any, ...], bound: str, privileged_below: int) -> Peer:
    """Return the peer of a datagram. The kernel drops datagrams from outside that claim a loopback sender."""
    host, port = str(address[0]), int(address[1])
    local = is_loopback(host)
    uid = 0 if local and port < privileged_below else None
    return Peer(netid_for("udp", host), local, owner_name(uid), bound, host)


def own_address_towards(host: str) -> str | None:
    """Return the address of this host that a packet to `host` would carry, None when there is no way to it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))
        except OSError as exc:
            log.debug("no way to %s: %s", host, exc)
            return None
        return str(probe.getsockname()[0])
