"""Sockets to listen on: bound with care, cleaned up after."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path
from typing import Final

from virtrpcd.endpoint import Endpoint

BACKLOG: Final = 512


class ListenError(Exception):
    """The endpoint cannot be listened on; one line that says why."""


def bind(endpoint: Endpoint, *, mode: int = 0o666, gid: int | None = None) -> socket.socket:
    """Return a bound socket, listening already unless it is udp. Raises ListenError.

    mode and gid are those of a unix socket's file. Rights come from the caller's credentials, so it may be open to all.
    """
    try:
        if endpoint.kind == "unix":
            return _bind_unix(endpoint, mode, gid)
        return _bind_inet(endpoint)
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


def _bind_inet(endpoint: Endpoint) -> socket.socket:
    kind = socket.SOCK_DGRAM if endpoint.kind == "udp" else socket.SOCK_STREAM
    family, _, proto, _, address = socket.getaddrinfo(
        endpoint.host, endpoint.port, type=kind, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, proto)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        if kind == socket.SOCK_STREAM:
            sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _bind_unix(endpoint: Endpoint, mode: int, gid: int | None) -> socket.socket:
    path = Path(endpoint.path)
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _remove_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Made with no access for anybody, then opened up: nobody connects before the owner and the mode are right.
    before = os.umask(0o177)
    try:
        sock.bind(str(path))
    except OSError:
        sock.close()
        raise
    finally:
        os.umask(before)
    try:
        if gid is not None:
            os.chown(path, -1, gid)
        sock.listen(BACKLOG)
        os.chmod(path, mode)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _remove_stale(path: Path) -> None:
    """Remove the socket that a dead daemon left. Raises OSError for a live one, or for what is no socket."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise OSError(0, f"{path} is there and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(0, "another daemon listens there")
