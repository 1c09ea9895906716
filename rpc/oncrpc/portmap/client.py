"""The blocking portmapper client, and the lookup that finds a program's port."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from oncrpc.client import CONNECT_TIMEOUT_S, Client
from oncrpc.errors import NotDelivered, OncRpcError, RpcRefusal
from oncrpc.portmap import plans
from oncrpc.portmap.entries import Entry, NetworkAddress, NotRegistered, VersionStatistics
from oncrpc.portmap.plans import Plan, Question
from oncrpc.portmap.types import PMAP_PORT, PMAP_PROG, RPCBVERS4
from oncrpc.portmap.uaddr import NETID_OF_PROTOCOL, Address, netid_for
from oncrpc.transport.blocking import DatagramTransport, StreamTransport
from oncrpc.transport.dialing import not_found

T = TypeVar("T")

LOCAL_SOCKET: Final = "/run/rpcbind.sock"
CALL_TIMEOUT_S: Final = 10.0
UDP_TIMEOUT_S: Final = 5.0
MAX_RECORD: Final = 1 << 20
"""The longest answer, in bytes: a list of some ten thousand registrations."""

PROTOCOLS: Final = {name: number for number, name in NETID_OF_PROTOCOL.items()}


class PortmapClient:
    """Questions to one portmapper over one connection.

    netid: the network of the connection: tcp, udp, tcp6, udp6 or local. All methods raise TransportError,
    ProtocolError, RpcRefusal, and LocalError for arguments that make no sense.
    """

    def __init__(self, client: Client, netid: str) -> None:
        self.netid = netid
        self._client = client

    @classmethod
    def local(cls, path: str = LOCAL_SOCKET, *, timeout_s: float = CALL_TIMEOUT_S) -> Self:
        """Connect to rpcbind's unix socket. Raises NotDelivered."""
        transport = StreamTransport.connect_unix(path, timeout_s)
        return cls(Client(transport, PMAP_PROG, RPCBVERS4, call_timeout_s=timeout_s, max_record=MAX_RECORD), "local")

    @classmethod
    def tcp(cls, host: str, port: int = PMAP_PORT, *, timeout_s: float = CALL_TIMEOUT_S) -> Self:
        """Connect by tcp; a name is tried address by address. Raises NotDelivered."""
        return _first(cls, host, port, "tcp", timeout_s)

    @classmethod
    def udp(cls, host: str, port: int = PMAP_PORT, *, timeout_s: float = UDP_TIMEOUT_S) -> Self:
        """Choose the peer of udp calls, the first address of a name. Raises NotDelivered for an unknown host."""
        return _first(cls, host, port, "udp", timeout_s)

    @classmethod
    def system(cls, *, path: str = LOCAL_SOCKET, timeout_s: float = CALL_TIMEOUT_S) -> Self:
        """Connect to this host's portmapper: its unix socket, or else port 111 on loopback. Raises NotDelivered."""
        try:
            return cls.local(path, timeout_s=timeout_s)
        except NotDelivered:
            return cls.tcp("127.0.0.1", timeout_s=timeout_s)

    def null(self) -> int:
        """Call nothing; return the newest version of the protocol that the portmapper speaks: 4, 3 or 2."""
        return self._run(plans.null())

    def set(self, program: int, version: int, netid: str, address: Address, owner: str = "") -> bool:
        """Register; return whether it was done (not if another owner has it). The portmapper decides on the owner."""
        return self._run(plans.set_(program, version, netid, address, owner))

    def unset(self, program: int, version: int, netid: str = "", owner: str = "") -> bool:
        """Remove our registration on one network, or on all; return whether the portmapper agreed."""
        return self._run(plans.unset(program, version, netid, owner))

    def getaddr(
        self, program: int, version: int, netid: str | None = None, *, exact: bool = False, hint: str = ""
    ) -> Address | None:
        """Return the program's address on a network (the connection's own when None), None when it has none.

        Another version's address is given too, unless exact. From a portmapper of version 2 the host is 0.0.0.0.
        hint: the universal address that the portmapper was reached by, for a host with several.
        """
        return self._run(plans.getaddr(program, version, netid or self.netid, self.netid, exact, hint))

    def getport(self, program: int, version: int, protocol: str = "tcp") -> int | None:
        """Ask by version 2 for the port of "tcp" or "udp", None when the program is not registered."""
        return self._run(plans.getport(program, version, PROTOCOLS[protocol])) or None

    def dump(self) -> list[Entry]:
        """Return everything that is registered."""
        return self._run(plans.dump())

    def gettime(self) -> int:
        """Return the portmapper's time, in seconds since 1970. Raises ProgramMismatch from one of version 2."""
        return self._run(plans.gettime())

    def getaddrlist(self, program: int, version: int) -> list[NetworkAddress]:
        """Return where exactly this version is served on the networks of the connection's family.

        Raises ProgramMismatch from a portmapper without version 4.
        """
        return self._run(plans.getaddrlist(program, version))

    def getstat(self) -> list[VersionStatistics]:
        """Return what versions 2, 3 and 4 were asked so far. Raises ProgramMismatch where version 4 is not there."""
        return self._run(plans.getstat())

    def uaddr2taddr(self, uaddr: str) -> bytes:
        """Return the C sockaddr, on the portmapper's host, of an address of the connection's network; empty for none.

        Raises ProgramMismatch from a portmapper of version 2; so does `taddr2uaddr`.
        """
        return self._run(plans.uaddr2taddr(uaddr))

    def taddr2uaddr(self, sockaddr: bytes) -> str:
        """Return the universal address of a C sockaddr of the connection's network; empty for none."""
        return self._run(plans.taddr2uaddr(sockaddr))

    def close(self) -> None:
        """Close the connection; again is no error."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: Question) -> Any:
        self._client.version = question.version
        return self._client.call(question.procedure, *question.args)

    def _run(self, plan: Plan[T]) -> T:
        try:
            question = next(plan)
            while True:
                try:
                    answer = self._ask(question)
                except RpcRefusal as refusal:
                    question = plan.throw(refusal)
                else:
                    question = plan.send(answer)
        except StopIteration as stop:
            result: T = stop.value
            return result


def resolve(host: str, port: int, protocol: str, family: int = socket.AF_UNSPEC) -> list[str]:
    """Return the numeric addresses of a host, of one family if asked, in the order to try them. Raises NotDelivered."""
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    try:
        found = socket.getaddrinfo(host, port, family, kind)
    except (OSError, ValueError) as exc:  # ValueError: a name that none can have
        raise not_found(host, exc) from exc
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def locate(
    host: str,
    program: int,
    version: int,
    protocol: str = "tcp",
    port: int = PMAP_PORT,
    *,
    timeout_s: float | None = None,
    family: int = socket.AF_UNSPEC,
) -> tuple[str, int]:
    """Return the numeric address and port of a program on a host, asked of its portmapper by the same protocol.

    Each address of the host (of one family, if asked) is tried until one knows the program. The port may be another
    version's: its server will say which versions it has. timeout_s: for each address. Raises NotRegistered when a
    portmapper answered but does not know the program, else the first address's error: NotDelivered, or CallTimeout by
    udp, and their kin.
    """
    error: Exception | None = None
    limit = timeout_s or (CALL_TIMEOUT_S if protocol == "tcp" else UDP_TIMEOUT_S)
    for address in resolve(host, port, protocol, family):
        try:
            with _connect(PortmapClient, address, port, protocol, limit) as portmap:
                found = portmap.getaddr(program, version)
        except OncRpcError as exc:
            error = error or exc
            continue
        if isinstance(found, tuple):
            return address, found[1]
        if not isinstance(error, NotRegistered):
            error = NotRegistered(program, version, protocol, host)
    raise error or NotDelivered(f"{host} has no address")


def lookup(
    host: str,
    program: int,
    version: int,
    protocol: str = "tcp",
    port: int = PMAP_PORT,
    *,
    timeout_s: float | None = None,
) -> int:
    """Return the port of a program on a host; all as in `locate`."""
    return locate(host, program, version, protocol, port, timeout_s=timeout_s)[1]


C = TypeVar("C", bound=PortmapClient)


def _connect(cls: type[C], address: str, port: int, protocol: str, timeout_s: float) -> C:
    udp = protocol == "udp"
    transport = DatagramTransport.connect_udp(address, port) if udp else None
    client = Client(
        transport or StreamTransport.connect_tcp(address, port, min(timeout_s, CONNECT_TIMEOUT_S)),
        PMAP_PROG,
        RPCBVERS4,
        call_timeout_s=timeout_s,
        max_record=MAX_RECORD,
        datagram=udp,
    )
    return cls(client, netid_for(protocol, address))


def _first(cls: type[C], host: str, port: int, protocol: str, timeout_s: float) -> C:
    error: NotDelivered | None = None
    for address in resolve(host, port, protocol):
        try:
            return _connect(cls, address, port, protocol, timeout_s)
        except NotDelivered as exc:
            error = error or exc
    raise error or NotDelivered(f"{host} has no address")
