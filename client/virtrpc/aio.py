"""The asyncio face: the same names as in virtrpc, awaited.

    async with await virtrpc.aio.connect() as host:
        for domain in await host.domains():
            print(domain.name, await domain.info())

Any number of calls may be under way at once over the one connection.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from oncrpc.aclient import AsyncClient
from oncrpc.client import CALL_TIMEOUT_S, CONNECT_TIMEOUT_S
from oncrpc.portmap.aclient import lookup
from virtproto import virt as v
from virtrpc.connection import open_session
from virtrpc.domain import DomainCalls
from virtrpc.events import NOW, PAUSE_S, SHORT_ANSWER_S, WAIT_S, Cursor, Event, Lost, Reader
from virtrpc.host import HostCalls
from virtrpc.operation import AsyncFace
from virtrpc.session import NEWEST, Wire
from virtrpc.tls import client_tls
from virtrpc.uri import Address


class AsyncDialer:
    """asyncio connections."""

    def __init__(self, connect_timeout_s: float | None, call_timeout_s: float | None) -> None:
        self._connect_timeout_s = connect_timeout_s
        self._call_timeout_s = call_timeout_s

    async def lookup(self, address: Address) -> int:
        """Ask the portmapper for the port. Raises NotRegistered, NotDelivered and kin."""
        return await lookup(address.host, v.VIRT_PROGRAM, NEWEST, address.netid, address.portmap_port)

    async def dial(self, address: Address, port: int, path: str) -> Wire:
        """Connect. Raises NotDelivered; with libvirt's framing VirtError too."""
        call_s, connect_s = self._call_timeout_s, self._connect_timeout_s
        if address.protocol == "libvirt":
            from virtrpc.libvirt_aio import connect_libvirt

            wire = await connect_libvirt(address, path, connect_s, call_s)
            try:
                await wire.open(address.driver, 0, keepalive=True)
            except BaseException:
                wire.abort()
                raise
            return wire
        if address.kind == "unix":
            return await AsyncClient.unix(
                path, v.VIRT_PROGRAM, NEWEST, connect_timeout_s=connect_s, call_timeout_s=call_s
            )
        if address.kind == "udp":
            return await AsyncClient.udp(address.host, port, v.VIRT_PROGRAM, NEWEST, call_timeout_s=call_s)
        tls = client_tls(address)
        return await AsyncClient.tcp(
            address.host, port, v.VIRT_PROGRAM, NEWEST, tls=tls, connect_timeout_s=connect_s, call_timeout_s=call_s
        )


class Domain(DomainCalls, AsyncFace):
    """A virtual machine; calls are awaited."""


class Watch:
    """Events as they happen, by `async for`; otherwise as virtrpc.Watch."""

    def __init__(self, host: Host, cursor: Cursor, wait_s: float) -> None:
        self._host = host
        self._reader = Reader(cursor)
        self._wait_s = wait_s

    @property
    def cursor(self) -> Cursor:
        """Where it stands: past the events that were fetched."""
        return self._reader.cursor

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event | Lost:
        clock = asyncio.get_running_loop().time
        while True:
            found = self._reader.take()
            if found is not None:
                return found
            began = clock()
            news = await self._host.events(self._reader.cursor, wait_s=self._wait_s)
            self._reader.feed(news)
            if not news.events and not news.lost and clock() - began < SHORT_ANSWER_S:
                await asyncio.sleep(PAUSE_S)


class Host(HostCalls[Domain], AsyncFace):
    """A connection to the daemon of one host; calls are awaited."""

    _domain_class = Domain

    async def watch(self, cursor: Cursor = NOW, *, wait_s: float = WAIT_S) -> Watch:
        """Return the events from a cursor on (NOW: from the moment of this call): `async for e in await h.watch()`."""
        return Watch(self, (await self.events(NOW)).cursor if cursor == NOW else cursor, wait_s)

    async def close(self) -> None:
        """Close the connection; calls under way end with NotReached. Again is no error."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def connect(
    uri: str | None = None,
    *,
    connect_timeout_s: float | None = CONNECT_TIMEOUT_S,
    call_timeout_s: float | None = CALL_TIMEOUT_S,
) -> Host:
    """Connect to a daemon; all as in virtrpc.connect, awaited."""
    return Host(await open_session(AsyncDialer(connect_timeout_s, call_timeout_s), uri))
