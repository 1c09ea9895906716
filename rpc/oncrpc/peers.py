"""Who is at the other end of a socket: the kernel's word for it, never the caller's own."""

from __future__ import annotations

import logging
import socket
import struct
from typing import Any, Final, NamedTuple

from oncrpc.certificate import Certificate

log = logging.getLogger("oncrpc.server")

_SO_PEERGROUPS: Final = 59
_GROUPS_BYTES: Final = 4 * 1024
_UCRED: Final = struct.Struct("3i")


class PeerCredentials(NamedTuple):
    """The process that connected to a unix socket, as it was at connect (unix(7), SO_PEERCRED)."""

    pid: int
    uid: int
    gid: int


def peer_credentials(sock: socket.socket) -> PeerCredentials | None:
    """Return who is at the other end of a connected unix socket; None when the kernel does not say."""
    if sock.family != socket.AF_UNIX:
        return None
    try:
        found = PeerCredentials(*_UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)))
    except OSError as exc:
        log.warning("no peer credentials: %s", exc)
        return None
    return found if found.uid >= 0 else None


def peer_groups(sock: socket.socket) -> frozenset[int]:
    """Return the supplementary groups of a unix socket's peer; none when the kernel does not say."""
    try:
        raw = sock.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _GROUPS_BYTES)
    except OSError as exc:
        log.debug("no supplementary groups: %s", exc)
        return frozenset()
    return frozenset(struct.unpack(f"={len(raw) // 4}I", raw))


class Peer(NamedTuple):
    """A caller: kind is tcp, tls, udp or unix; address what the socket says (empty for unix); credentials those of
    unix; certificate what it showed on tls (None: nothing).
    """

    kind: str
    address: tuple[Any, ...] = ()
    credentials: PeerCredentials | None = None
    certificate: Certificate | None = None

    def __str__(self) -> str:
        if self.certificate is not None:
            return f"{self.kind} {self.certificate}"
        if self.credentials is not None:
            return f"unix uid {self.credentials.uid} pid {self.credentials.pid}"
        return f"{self.kind} {self.address[0]} port {self.address[1]}" if self.address else self.kind


def stream_peer(sock: socket.socket) -> Peer:
    """Return the peer of an accepted stream socket."""
    if sock.family == socket.AF_UNIX:
        return Peer("unix", (), peer_credentials(sock))
    try:
        return Peer("tcp", tuple(sock.getpeername()[:2]))
    except OSError:
        return Peer("tcp")


def tls_peer(sock: socket.socket, certificate: Certificate | None) -> Peer:
    """Return the peer of a stream socket with TLS up: what ServerTls takes as `identify`."""
    return stream_peer(sock)._replace(kind="tls", certificate=certificate)


def datagram_peer(address: tuple[Any, ...]) -> Peer:
    """Return the peer that a datagram claims to come from."""
    return Peer("udp", tuple(address[:2]))
