"""Sockets of the daemon's endpoints: bound with care, cleaned up after."""

from __future__ import annotations

import contextlib
import os
import socket

from oncrpc import listening
from virtrpcd.endpoint import Endpoint


class ListenError(Exception):
    """The endpoint cannot be listened on; one line that says why."""


def bind(endpoint: Endpoint, *, mode: int = 0o666, gid: int | None = None) -> socket.socket:
    """Return a bound socket, listening already unless it is udp. Raises ListenError.

    mode and gid are those of a unix socket's file. Rights come from the caller's credentials, so it may be open to all.
    """
    try:
        if endpoint.kind == "unix":
            return listening.bind_unix(endpoint.path, mode=mode, gid=gid)
        kind = socket.SOCK_DGRAM if endpoint.kind == "udp" else socket.SOCK_STREAM
        return listening.bind_inet(kind, endpoint.host, endpoint.port)
    except OSError as exc:
        raise ListenError(f"cannot listen on {endpoint}: {exc.strerror or exc}") from exc


def make_folder(endpoint: Endpoint) -> None:
    """Make the folder of a unix socket where it is missing, as libvirt's own may be. Raises ListenError."""
    if endpoint.kind != "unix":
        return
    try:
        os.makedirs(os.path.dirname(endpoint.path), mode=0o755, exist_ok=True)
    except OSError as exc:
        raise ListenError(f"cannot listen on {endpoint}: {exc.strerror or exc}") from exc


def bound(endpoint: Endpoint, sock: socket.socket) -> Endpoint:
    """Return the endpoint with the port that the system chose."""
    if endpoint.kind == "unix":
        return endpoint
    return Endpoint(endpoint.kind, host=endpoint.host, port=sock.getsockname()[1])


def remove(endpoint: Endpoint) -> None:
    """Remove a unix socket's file; nothing for others."""
    if endpoint.kind == "unix":
        with contextlib.suppress(FileNotFoundError):
            os.unlink(endpoint.path)
