"""What is registered: the plain values that clients, the service and the daemon share."""

from __future__ import annotations

from typing import Final, NamedTuple

from oncrpc.errors import NotDelivered, RpcRefusal
from oncrpc.portmap.types import rpcb
from oncrpc.portmap.uaddr import NETWORKS, Address, from_uaddr, to_uaddr

SUPERUSER: Final = "superuser"
"""How rpcbind names the owner with uid 0."""
UNKNOWN: Final = "unknown"
"""The owner of what came from this host, nobody knows from whom."""


def owner_name(uid: int | None) -> str:
    """Return how rpcbind writes an owner: "superuser" for uid 0, the uid in decimal, "unknown" for None."""
    if uid is None:
        return UNKNOWN
    return SUPERUSER if uid == 0 else str(uid)


class Registration(NamedTuple):
    """A program and version, and where it is served.

    netid: tcp, udp, tcp6, udp6 or local. address: (numeric host, port), or the absolute path of a unix socket.
    """

    program: int
    version: int
    netid: str
    address: Address

    @property
    def uaddr(self) -> str:
        """The universal address. Raises LocalError when the address does not fit the netid."""
        return to_uaddr(self.netid, self.address)

    def __str__(self) -> str:
        where = self.address if isinstance(self.address, str) else f"{self.address[0]} port {self.address[1]}"
        return f"program {self.program} version {self.version} on {self.netid} {where}"


class Entry(NamedTuple):
    """One line of a portmapper's list, as the portmapper sent it; owner is empty where it names none (version 2)."""

    program: int
    version: int
    netid: str
    uaddr: str
    owner: str

    @property
    def address(self) -> Address:
        """Return (host, port) or the path. Raises RemoteError when uaddr is no address of a network known here."""
        return from_uaddr(self.netid, self.uaddr)

    @property
    def port(self) -> int | None:
        """The port, None where there is none."""
        if NETWORKS.get(self.netid, NETWORKS["local"]).family == "loopback":
            return None
        address = self.address
        return address[1] if isinstance(address, tuple) else None

    def to_rpcb(self) -> rpcb:
        """Return the wire form."""
        return rpcb(self.program, self.version, self.netid, self.uaddr, self.owner)


class NetworkAddress(NamedTuple):
    """One address of a program, and what its network is, as GETADDRLIST tells it.

    semantics: 1 datagrams, 2 or 3 a connection. family: inet, inet6 or loopback. proto: tcp, udp or "-".
    """

    uaddr: str
    netid: str
    semantics: int
    family: str
    proto: str


class Lookups(NamedTuple):
    """How often a portmapper was asked for a program on a network, and had it or not."""

    program: int
    version: int
    netid: str
    found: int
    missed: int


class VersionStatistics(NamedTuple):
    """What one version of a portmapper was asked.

    calls: how often, by procedure number (13 counters). sets, unsets: how many of these were done. lookups: newest
    first. remote_calls: how many calls it made for others.
    """

    version: int
    calls: list[int]
    sets: int
    unsets: int
    lookups: list[Lookups]
    remote_calls: int


class NotRegistered(NotDelivered):
    """The portmapper does not know the program; nothing was called."""

    def __init__(self, program: int, version: int, protocol: str, host: str) -> None:
        super().__init__(program, version, protocol, host)
        self.program = program
        self.version = version
        self.protocol = protocol
        self.host = host

    def __str__(self) -> str:
        return f"program {self.program} is not registered for {self.protocol} with the portmapper of {self.host}"


FIRST_USER_PROGRAM: Final = 0x20000000
"""The first program that is not root's to register."""


class RegistrationRefused(RpcRefusal):
    """The portmapper did not take a registration: it is somebody else's already, or the table is full."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(registration)
        self.registration = registration

    def __str__(self) -> str:
        why = "registered by another owner, or its table is full"
        if self.registration.program < FIRST_USER_PROGRAM:
            why += ", or it is root's to register, as programs below 0x20000000 are"
        return f"the portmapper refused {self.registration}: {why}"
