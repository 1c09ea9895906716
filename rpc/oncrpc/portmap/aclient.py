"""The asyncio portmapper client: the blocking one's plans, awaited."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Any, Self, TypeVar

from oncrpc.aclient import AsyncClient
from oncrpc.errors import NotDelivered, OncRpcError, RpcRefusal
from oncrpc.portmap import plans
from oncrpc.portmap.client import CALL_TIMEOUT_S, LOCAL_SOCKET, MAX_RECORD, PROTOCOLS, UDP_TIMEOUT_S
from oncrpc.portmap.entries import Entry, NetworkAddress, NotRegistered, VersionStatistics
from oncrpc.portmap.plans import Plan, Question
from oncrpc.portmap.types import PMAP_PORT, PMAP_PROG, RPCBVERS4
from oncrpc.portmap.uaddr import Address, netid_for
from oncrpc.transport.aio import connect_tcp, connect_udp, connect_unix

T = TypeVar("T")


class AsyncPortmapClient:
    """Questions to one portmapper over one connection, one question at a time. Methods as in PortmapClient."""

    def __init__(self, client: AsyncClient, netid: str) -> None:
        self.netid = netid
        self._client = client
        self._turn = asyncio.Lock()

    @classmethod
    async def local(cls, path: str = LOCAL_SOCKET, *, timeout_s: float = CALL_TIMEOUT_S) -> Self:
        """Connect to rpcbind's unix socket. Raises NotDelivered."""
        link = await connect_unix(path, timeout_s)
        return cls(AsyncClient(link, PMAP_PROG, RPCBVERS4, call_timeout_s=timeout_s, max_record=MAX_RECORD), "local")

    @classmethod
    async def tcp(cls, host: str, port: int = PMAP_PORT, *, timeout_s: float = CALL_TIMEOUT_S) -> Self:
        """Connect by tcp; a name is tried address by address. Raises NotDelivered."""
        error: NotDelivered | None = None
        for address in await _resolve(host, port, "tcp"):
            try:
                link = await connect_tcp(address, port, timeout_s)
            except NotDelivered as exc:
                error = error or exc
                continue
            client = AsyncClient(link, PMAP_PROG, RPCBVERS4, call_timeout_s=timeout_s, max_record=MAX_RECORD)
            return cls(client, netid_for("tcp", address))
        raise error or NotDelivered(f"{host} has no address")

    @classmethod
    async def udp(cls, host: str, port: int = PMAP_PORT, *, timeout_s: float = UDP_TIMEOUT_S) -> Self:
        """Choose the peer of udp calls, the first address of a name. Raises NotDelivered for an unknown host."""
        address = (await _resolve(host, port, "udp"))[0]
        link = await connect_udp(address, port)
        return cls(AsyncClient(link, PMAP_PROG, RPCBVERS4, call_timeout_s=timeout_s), netid_for("udp", address))

    @classmethod
    async def system(cls, *, path: str = LOCAL_SOCKET, timeout_s: float = CALL_TIMEOUT_S) -> Self:
        """Connect to this host's portmapper: its unix socket, or else port 111 on loopback. Raises NotDelivered."""
        try:
            return await cls.local(path, timeout_s=timeout_s)
        except NotDelivered:
            return await cls.tcp("127.0.0.1", timeout_s=timeout_s)

    async def null(self) -> int:
        """Call nothing; return the newest version of the protocol that the portmapper speaks: 4, 3 or 2."""
        return await self.run(plans.null())

    async def set(self, program: int, version: int, netid: str, address: Address, owner: str = "") -> bool:
        """Register; return whether it was done (not if another owner has it). The portmapper decides on the owner."""
        return await self.run(plans.set_(program, version, netid, address, owner))

    async def unset(self, program: int, version: int, netid: str = "", owner: str = "") -> bool:
        """Remove our registration on one network, or on all; return whether the portmapper agreed."""
        return await self.run(plans.unset(program, version, netid, owner))

    async def getaddr(
        self, program: int, version: int, netid: str | None = None, *, exact: bool = False, hint: str = ""
    ) -> Address | None:
        """Return the program's address on a network (the connection's own when None), None when it has none."""
        return await self.run(plans.getaddr(program, version, netid or self.netid, self.netid, exact, hint))

    async def getport(self, program: int, version: int, protocol: str = "tcp") -> int | None:
        """Ask by version 2 for the port of "tcp" or "udp", None when the program is not registered."""
        return await self.run(plans.getport(program, version, PROTOCOLS[protocol])) or None

    async def dump(self) -> list[Entry]:
        """Return everything that is registered."""
        return await self.run(plans.dump())

    async def gettime(self) -> int:
        """Return the portmapper's time, in seconds since 1970. Raises ProgramMismatch from one of version 2."""
        return await self.run(plans.gettime())

    async def getaddrlist(self, program: int, version: int) -> list[NetworkAddress]:
        """Return where exactly this version is served on the networks of the connection's family.

        Raises ProgramMismatch from a portmapper without version 4.
        """
        return await self.run(plans.getaddrlist(program, version))

    async def getstat(self) -> list[VersionStatistics]:
        """Return what versions 2, 3 and 4 were asked so far. Raises ProgramMismatch where version 4 is not there."""
        return await self.run(plans.getstat())

    async def uaddr2taddr(self, uaddr: str) -> bytes:
        """Return the C sockaddr, on the portmapper's host, of an address of the connection's network; empty for none.

        Raises ProgramMismatch from a portmapper of version 2; so does `taddr2uaddr`.
        """
        return await self.run(plans.uaddr2taddr(uaddr))

    async def taddr2uaddr(self, sockaddr: bytes) -> str:
        """Return the universal address of a C sockaddr of the connection's network; empty for none."""
        return await self.run(plans.taddr2uaddr(sockaddr))

    async def close(self) -> None:
        """Close the connection; again is no error."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def run(self, plan: Plan[T]) -> T:
        """Follow a plan to its end and return what it returns."""
        async with self._turn:
            try:
                question = next(plan)
                while True:
                    try:
                        answer = await self._ask(question)
                    except RpcRefusal as refusal:
                        question = plan.throw(refusal)
                    else:
                        question = plan.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result

    async def _ask(self, question: Question) -> Any:
        self._client.version = question.version
        return await self._client.call(question.procedure, *question.args)


async def lookup(
    host: str,
    program: int,
    version: int,
    protocol: str = "tcp",
    port: int = PMAP_PORT,
    *,
    timeout_s: float | None = None,
) -> int:
    """Return the port of a program on a host; all as in oncrpc.portmap.client.lookup, awaited."""
    error: Exception | None = None
    limit = timeout_s or (CALL_TIMEOUT_S if protocol == "tcp" else UDP_TIMEOUT_S)
    connect = AsyncPortmapClient.tcp if protocol == "tcp" else AsyncPortmapClient.udp
    for address in await _resolve(host, port, protocol):
        try:
            async with await connect(address, port, timeout_s=limit) as portmap:
                found = await portmap.getaddr(program, version)
        except OncRpcError as exc:
            error = error or exc
            continue
        if isinstance(found, tuple):
            return found[1]
        if not isinstance(error, NotRegistered):
            error = NotRegistered(program, version, protocol, host)
    raise error or NotDelivered(f"{host} has no address")


async def _resolve(host: str, port: int, protocol: str) -> list[str]:
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=kind)
    except OSError as exc:
        raise NotDelivered(f"cannot find {host}: {exc.strerror or exc}") from exc
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))
