"""Who is at the other end: the kernel's word for it, never the caller's own.

Unix sockets give the peer's credentials as they were at connect, sock_diag the owner of a loopback tcp connection
(oncrpc.sockdiag); any doubt is no identity.
"""

from __future__ import annotations

import os
import socket
from typing import NamedTuple

from oncrpc import peers
from oncrpc.sockdiag import loopback_owner


class Identity(NamedTuple):
    """A user of this host: uid and all gids the kernel knows of."""

    uid: int
    gids: frozenset[int]


def of_unix_peer(sock: socket.socket) -> Identity | None:
    """Return the credentials of a unix socket's peer, None when the kernel gives none."""
    who = peers.peer_credentials(sock)
    return None if who is None else Identity(who.uid, peers.peer_groups(sock) | {who.gid})


def of_loopback_peer(sock: socket.socket) -> Identity | None:
    """Return who owns the other end of a loopback tcp connection, None when there is any doubt.

    Only the uid is known this way; the gids are empty.
    """
    uid = loopback_owner(sock)
    return None if uid is None else Identity(uid, frozenset())


def own_uid() -> int:
    """Return the daemon's own uid."""
    return os.geteuid()
