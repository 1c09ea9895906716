"""The one access rule: what each caller may do, and what each procedure needs, from the annotations in virt.x.

A right is a number: none 0, read 1, write 2, admin 3; each includes those below it.
"""

from __future__ import annotations

import grp
import socket
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from oncrpc.procedure import Procedure, Program
from oncrpc.sockdiag import is_loopback
from virtrpcd import identity
from virtrpcd.errors import AccessDenied, InvalidArgument, OperationDenied

if TYPE_CHECKING:
    from oncrpc.certificate import Certificate
    from virtrpcd.drivers.base import Driver


class Right(IntEnum):
    """How far a caller may go."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


SMALL_RECORD: Final = 1 << 20
"""The longest call, in bytes, from a caller without the write right: nothing it may do takes more."""


STRANGER_IDLE_S: Final = 10.0
"""How long a caller who may do nothing may keep a connection open and say nothing."""


class Peer:
    """A caller, as one connection (or one datagram's sender) knows it.

    right: what it may do. read_only: whether the door itself, not who the caller is, keeps it from more. driver: what
    answers it: the default one, or the one it opened. datagram: whether it can be answered once only, without waiting.
    """

    __slots__ = (
        "datagram", "driver", "idle_timeout_s", "key", "max_record", "opened", "read_only", "reserved", "right", "what"
    )  # fmt: skip

    def __init__(
        self, right: int, driver: Driver, what: str, *, read_only: bool = False, datagram: bool = False
    ) -> None:
        self.driver = driver
        self.read_only = read_only
        self.datagram = datagram
        self.opened = False
        # Whose connections count together: a user of this host, or another host.
        self.key = what.partition(" port ")[0]
        self.reserved = right >= Right.ADMIN
        self.become(right, what)

    def become(self, right: int, what: str) -> None:
        """Have a right, and the limits that go with it."""
        self.right, self.what = right, what
        for name in ("max_record", "idle_timeout_s"):
            if hasattr(self, name):
                delattr(self, name)
        if right < Right.WRITE:
            self.max_record = SMALL_RECORD
        if right < Right.READ:
            self.idle_timeout_s = STRANGER_IDLE_S


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may do what, as configured.

    write_group: members of this group (by name or number) have the write right on unix sockets. local: what other users
    of this host have. remote: what callers from other hosts have without proof of who they are.
    certificates: (name, right) pairs for their holders; others: the right of a certificate that has none of the names.
    """

    write_group: str | None = None
    local: Right = Right.READ
    remote: Right = Right.NONE
    certificates: tuple[tuple[str, Right], ...] = ()
    others: Right = Right.NONE
    write_gid: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Raises KeyError when the group does not exist."""
        if self.write_group is not None:
            text = self.write_group
            gid = int(text) if text.isdigit() else grp.getgrnam(text).gr_gid
            object.__setattr__(self, "write_gid", gid)

    def right_of(self, who: identity.Identity | None) -> Right:
        """Return the right of a user of this host; None: nobody knows who."""
        if who is None:
            return Right.NONE
        if who.uid in (0, identity.own_uid()):
            return Right.ADMIN
        if self.write_gid is not None and self.write_gid in who.gids:
            return max(Right.WRITE, self.local)
        return self.local

    def stream_peer(self, sock: socket.socket, driver: Driver, *, read_only: bool = False) -> Peer:
        """Return the peer of an accepted stream socket."""
        if sock.family == socket.AF_UNIX:
            who = identity.of_unix_peer(sock)
            right = self.right_of(who)
            what = f"unix uid {who.uid}" if who else "unix"
        else:
            right, what = self._tcp_right(sock)
        if read_only:
            right = min(right, Right.READ)
        return Peer(right, driver, what, read_only=read_only)

    def _tcp_right(self, sock: socket.socket) -> tuple[Right, str]:
        try:
            host, port = sock.getpeername()[:2]
        except OSError:
            return Right.NONE, "tcp, already gone"
        if not is_loopback(host):
            return min(self.remote, Right.READ), f"tcp {host} port {port}"
        who = identity.of_loopback_peer(sock)
        return self.right_of(who), f"tcp uid {who.uid if who else 'unknown'} port {port}"

    def tls_peer(self, sock: socket.socket, certificate: Certificate | None, driver: Driver) -> Peer:
        """Return the peer of a connection with TLS up: its certificate alone says who it is, on loopback too."""
        try:
            host, port = sock.getpeername()[:2]
        except OSError:
            return Peer(Right.NONE, driver, "tls, already gone")
        if certificate is None:
            return Peer(min(self.remote, Right.READ), driver, f"tls {host} port {port}")
        named = [right for name, right in self.certificates if name in certificate.names]
        return Peer(max(named, default=self.others), driver, f"tls {host} port {port} {certificate}")

    def datagram_peer(self, address: tuple[Any, ...], driver: Driver) -> Peer:
        """Return the peer of a datagram: it may read at most, for anybody can write any sender on it."""
        local = is_loopback(str(address[0]))
        right = min(self.local if local else self.remote, Right.READ)
        return Peer(right, driver, f"udp {address[0]} port {address[1]}", read_only=True, datagram=True)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a procedure needs: a right for the call, more for some flags; `known_flags` None when it takes none."""

    right: Right
    flag_rights: tuple[tuple[int, Right], ...] = ()
    known_flags: int | None = None

    def check_call(self, peer: Peer, name: str) -> None:
        """Raise OperationDenied or AccessDenied unless the caller has the right. Before arguments are decoded."""
        if peer.right < self.right:
            raise _denied(peer, name)

    def check_flags(self, peer: Peer, name: str, flags: int, function: str = "") -> None:
        """Raise for a flag nobody knows (InvalidArgument), or one that asks for a right the caller lacks.

        function: libvirt's name of the call, for the text.
        """
        known = self.known_flags or 0
        if flags & ~known & 0xFFFFFFFF:
            unknown = flags & ~known & 0xFFFFFFFF
            raise InvalidArgument(f"unsupported flags (0x{unknown:x}) in function {function or name}")
        for bit, right in self.flag_rights:
            if flags & bit and peer.right < right:
                raise _denied(peer, f"{name} with flag 0x{bit:x}")


def _denied(peer: Peer, what: str) -> OperationDenied | AccessDenied:
    if peer.read_only and peer.right >= Right.READ:
        return OperationDenied(f"operation {what} forbidden for read only access")
    return AccessDenied(f"access denied: {what} is not allowed for this caller")


class AnnotationError(ValueError):
    """An annotation in the specification makes no sense; the daemon does not start."""


def requirement(procedure: Procedure[Any]) -> Requirement:
    """Return what the procedure's annotations ask for. Raises AnnotationError; no right stated is one."""
    rights = [rest for word, rest in procedure.annotations if word == "right"]
    if len(rights) != 1:
        raise AnnotationError(f"{procedure.name}: needs exactly one @right")
    flags: list[tuple[int, Right]] = []
    known: int | None = None
    for word, rest in procedure.annotations:
        if word == "flag":
            bit, _, right = rest.partition(" ")
            flags.append((_number(procedure, bit), _right(procedure, right.strip())))
            known = (known or 0) | flags[-1][0]
        elif word == "flags":
            known = (known or 0) | _number(procedure, rest.strip())
    takes_flags = "flags" in getattr(getattr(procedure.args, "cls", None), "__slots__", ())
    if takes_flags and known is None:
        raise AnnotationError(f"{procedure.name}: has flags, needs @flags")
    return Requirement(_right(procedure, rights[0]), tuple(flags), known if takes_flags else None)


def requirements(program: Program) -> dict[int, Requirement]:
    """Return each procedure's requirement by number."""
    return {procedure.number: requirement(procedure) for procedure in program.procedures}


def _right(procedure: Procedure[Any], text: str) -> Right:
    try:
        return Right[text.upper()]
    except KeyError:
        raise AnnotationError(f"{procedure.name}: no such right: {text!r}") from None


def _number(procedure: Procedure[Any], text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise AnnotationError(f"{procedure.name}: not a number: {text!r}") from None
