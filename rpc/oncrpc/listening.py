"""Sockets to listen on: read from a text, bound with care, cleaned up after."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path
from typing import Any, Final, NamedTuple

from oncrpc.errors import LocalError

BACKLOG: Final = 512
"""Connections that may wait for the server to take them."""

UNIX_PATH_BYTES: Final = 107
"""The longest unix socket path that fits sockaddr_un."""


SOCKET_KINDS: Final = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


class Place(NamedTuple):
    """Where to listen: tcp or udp with host and port (0: any free one), or unix with an absolute path."""

    kind: str
    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.kind == "unix":
            return f"unix:{self.path}"
        return f"{self.kind}:[{self.host}]:{self.port}" if ":" in self.host else f"{self.kind}:{self.host}:{self.port}"


def parse_place(text: str) -> Place:
    """Return the place that tcp:HOST:PORT, udp:HOST:PORT or unix:PATH names. Raises LocalError."""
    kind, _, rest = text.partition(":")
    if kind == "unix":
        if not rest.startswith("/") or "\0" in rest or len(os.fsencode(rest)) > UNIX_PATH_BYTES:
            raise LocalError(f"{text!r}: expected unix:/PATH of at most {UNIX_PATH_BYTES} bytes")
        return Place("unix", path=rest)
    if kind not in ("tcp", "udp"):
        raise LocalError(f"{text!r}: starts with none of tcp: udp: unix:")
    host, _, port = rest.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise LocalError(f"{text!r}: write an IPv6 address in brackets")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 0xFFFF:
        raise LocalError(f"{text!r}: expected {kind}:HOST:PORT, the port from 0 (any free one) to 65535")
    return Place(kind, host, int(port))


def place_of(sock: socket.socket) -> Place:
    """Return where a bound socket listens."""
    if sock.family == socket.AF_UNIX:
        return Place("unix", path=os.fsdecode(sock.getsockname()))
    host, port = sock.getsockname()[:2]
    return Place("udp" if sock.type == socket.SOCK_DGRAM else "tcp", host, port)


def numeric_host(place: Place) -> str:
    """Return the address that a tcp or udp place would be bound to. Raises OSError."""
    return str(_resolved(SOCKET_KINDS[place.kind], place.host, place.port)[2][0])


def bind(place: Place, *, mode: int = 0o666, gid: int | None = None) -> socket.socket:
    """Return a bound socket, not blocking; listening already unless it is udp.

    mode and gid are those of a unix socket's file. Raises OSError.
    """
    if place.kind == "unix":
        return bind_unix(place.path, mode=mode, gid=gid)
    return bind_inet(SOCKET_KINDS[place.kind], place.host, place.port)


def bind_inet(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """Return a socket bound to the first address of a host. IPv6 sockets take IPv6 only. Raises OSError."""
    family, proto, address = _resolved(kind, host, port)
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


def bind_unix(path_text: str, *, mode: int, gid: int | None = None) -> socket.socket:
    """Return a listening unix socket; its folder is made, what a dead server left there is removed. Raises OSError."""
    path = Path(path_text)
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _remove_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Made with no access for anybody, then opened up: nobody connects before the owner and the mode are right.
    before = os.umask(0o177)
    try:
        sock.bind(path_text)
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


def remove(place: Place) -> None:
    """Remove a unix socket's file; nothing for others."""
    if place.kind == "unix":
        with contextlib.suppress(FileNotFoundError):
            os.unlink(place.path)


def _resolved(kind: socket.SocketKind, host: str, port: int) -> tuple[int, int, Any]:
    try:
        family, _, proto, _, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
    except ValueError as exc:
        raise LocalError(f"{host!r} can be no host's name") from exc
    return family, proto, address


def _remove_stale(path: Path) -> None:
    """Remove the socket that a dead server left. Raises OSError for a live one, or for what is no socket."""
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
    raise OSError(0, "another server listens there")
