"""Sockets that whoever started us has opened already: systemd's socket activation, and our own restart.

The rules are those of sd_listen_fds(3): LISTEN_FDS sockets from descriptor 3 on, for the process LISTEN_PID only, with
names in LISTEN_FDNAMES, separated by colons.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import MutableMapping, Sequence
from typing import Final, NamedTuple, NoReturn

from oncrpc.errors import LocalError

FIRST_DESCRIPTOR: Final = 3
MAX_SOCKETS: Final = 1024
"""More than this in LISTEN_FDS is a mistake of whoever wrote it."""

_VARIABLES: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


class Inherited(NamedTuple):
    """A socket we were started with; name is empty where it was given none."""

    name: str
    sock: socket.socket


def inherited_sockets(environ: MutableMapping[str, str] | None = None) -> list[Inherited]:
    """Return the sockets we were started with, in their order; none when they are for another process.

    The variables are removed, so that nobody takes the sockets twice and no child believes they are its own; the
    descriptors do not outlive an exec. environ: os.environ unless given. Raises LocalError for variables that make no
    sense, and for a descriptor that is no listening stream and no bound datagram socket.
    """
    variables = os.environ if environ is None else environ
    pid, count, names = (variables.pop(name, "") for name in _VARIABLES)
    if not pid or not count or _number("LISTEN_PID", pid) != os.getpid():
        return []
    total = _number("LISTEN_FDS", count)
    if total > MAX_SOCKETS:
        raise LocalError(f"LISTEN_FDS is {total}, at most {MAX_SOCKETS}")
    given = names.split(":") if names else []
    return [
        Inherited(given[index] if index < len(given) else "", _checked(FIRST_DESCRIPTOR + index))
        for index in range(total)
    ]


def exec_with(sockets: Sequence[tuple[str, socket.socket]], argv: Sequence[str]) -> NoReturn:
    """Become another program that is given these (name, socket) pairs as `inherited_sockets`; the pid stays.

    argv: the program's path, then its arguments. Descriptors from 3 on are overwritten. Raises OSError when the
    program cannot be run; LocalError for a name with a colon or of a length over 255.
    """
    for name, _ in sockets:
        if ":" in name or len(name) > 255:
            raise LocalError(f"a socket cannot be handed over by the name {name!r}")
    above = FIRST_DESCRIPTOR + len(sockets)
    # First out of the way, all of them: one may be where another is to go.
    moved = [fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, above) for _, sock in sockets]
    for target, descriptor in enumerate(moved, FIRST_DESCRIPTOR):
        os.dup2(descriptor, target, inheritable=True)
    environ = dict(os.environ)
    environ["LISTEN_PID"] = str(os.getpid())
    environ["LISTEN_FDS"] = str(len(sockets))
    environ["LISTEN_FDNAMES"] = ":".join(name for name, _ in sockets)
    os.execve(argv[0], list(argv), environ)


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise LocalError(f"{name} is {text!r}, no number")
    return int(text)


def _checked(descriptor: int) -> socket.socket:
    try:
        os.set_inheritable(descriptor, False)
        sock = socket.socket(fileno=descriptor)
    except OSError as exc:
        raise LocalError(f"descriptor {descriptor} from LISTEN_FDS is no socket: {exc.strerror}") from exc
    wrong = _wrong_with(sock)
    if wrong is not None:
        sock.close()
        raise LocalError(f"descriptor {descriptor} from LISTEN_FDS {wrong}")
    sock.setblocking(False)
    return sock


def _wrong_with(sock: socket.socket) -> str | None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        return f"is of address family {int(sock.family)}"
    if sock.type == socket.SOCK_STREAM:
        return None if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) else "does not listen"
    if sock.type != socket.SOCK_DGRAM:
        return "is neither a stream nor a datagram socket"
    # Its senders need not have an address that they could be answered at.
    return "is a unix datagram socket" if sock.family == socket.AF_UNIX else None
