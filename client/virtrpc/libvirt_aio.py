"""The asyncio wire in libvirt's framing: any number of calls under way at once over one connection."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Sequence
from typing import Final

from oncrpc.errors import (
    CallTimeout,
    ConnectionLost,
    ConnectTimeout,
    NotDelivered,
    OncRpcError,
    RemoteError,
    TlsRefused,
)
from oncrpc.tls import client_error
from oncrpc.transport.aio import StreamLink, connect_tcp, connect_unix
from virnet.client_session import ClientSession, Message, Ping, Reply
from virnet.keepalive import PONG
from virtproto import virt as v
from virtrpc.libvirt_blocking import GOODBYE_S, WELCOME
from virtrpc.libvirt_link import PROGRAM_VERSION
from virtrpc.libvirt_wire import REMOTE, LibvirtWire, Request
from virtrpc.tls import libvirt_tls
from virtrpc.uri import Address

MESSAGES_KEPT: Final = 65_536
"""Messages that nobody has fetched; older ones are dropped."""


class AsyncLibvirtWire(LibvirtWire):
    """A LibvirtWire over an asyncio connection. The daemon's questions whether we are there are answered at once.

    welcomed: False while the daemon's word inside TLS, that it takes our certificate, has still to come.
    """

    def __init__(self, link: StreamLink, call_timeout_s: float | None, *, welcomed: bool = True) -> None:
        super().__init__(call_timeout_s)
        self._link = link
        self._session = ClientSession()
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._messages: deque[Message] = deque(maxlen=MESSAGES_KEPT)
        self._news = asyncio.Event()
        self._closed: Exception | None = None
        self._welcome: asyncio.Future[bytes] | None = None
        if not welcomed:
            self._welcome = asyncio.get_running_loop().create_future()
        link.receiver = self

    async def exchange(self, requests: Sequence[Request], timeout_s: float | None) -> list[Reply]:
        if self._closed is not None:
            raise NotDelivered(f"the connection ended before: {self._closed}")
        loop = asyncio.get_running_loop()
        called: list[tuple[int, asyncio.Future[Reply]]] = []
        packets = []
        try:
            for request in requests:
                serial, packet = self._session.call(request.program, PROGRAM_VERSION, request.procedure, request.args)
                reply = self._waiting[serial] = loop.create_future()
                called.append((serial, reply))
                packets.append(packet)
            async with asyncio.timeout(timeout_s):
                # In TLS each in a record of its own: libvirtd does not see the second of one record until more comes.
                for piece in packets if self._welcome is not None else [b"".join(packets)]:
                    self._link.write(piece)
                await self._link.drain()
                return [await reply for _, reply in called]
        except TimeoutError as exc:
            raise CallTimeout(f"no answer within {timeout_s} s") from exc
        finally:
            for serial, reply in called:
                self._session.forget(serial)
                self._waiting.pop(serial, None)
                reply.cancel()

    async def next_messages(self, timeout_s: float) -> list[Message]:
        if not self._messages and timeout_s > 0:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout_s)
        if not self._messages and self._closed is not None:
            raise ConnectionLost(str(self._closed))
        taken = list(self._messages)
        self._messages.clear()
        return taken

    async def close(self) -> None:
        if self._closed is None:
            with contextlib.suppress(OncRpcError):
                await self.exchange([Request(REMOTE.number, v.VIRT_CONNECT_CLOSE, b"")], GOODBYE_S)
            self.lost(ConnectionLost("the connection was closed by us"))
        self._link.close()
        await self._link.wait_closed()

    async def welcome(self) -> bytes:
        """Return the first byte that the daemon sends inside TLS. Raises ConnectionLost."""
        return b"" if self._welcome is None else await self._welcome

    def abort(self) -> None:
        """Drop the connection at once."""
        self._link.abort()

    # -- from the link ------------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """Take bytes."""
        if self._welcome is not None and not self._welcome.done():
            self._welcome.set_result(data[:1])
            data = data[1:]
        try:
            for event in self._session.receive(data):
                if isinstance(event, Reply):
                    self._reply(event)
                elif isinstance(event, Message):
                    self._messages.append(event)
                    self._news.set()
                elif isinstance(event, Ping):
                    self._link.write(PONG)
        except RemoteError as exc:
            self.lost(exc)
            self._link.abort()

    def lost(self, reason: Exception) -> None:
        """Tell all who wait that nothing will come any more."""
        self._closed = self._closed or reason
        if self._welcome is not None and not self._welcome.done():
            self._welcome.set_exception(reason)
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(reason)
        self._news.set()

    def _reply(self, reply: Reply) -> None:
        for fd in reply.fds:
            os.close(fd)
        waiter = self._waiting.get(reply.serial)
        if waiter is not None and not waiter.done():
            waiter.set_result(reply)


async def connect_libvirt(
    address: Address, path: str, connect_timeout_s: float | None, call_timeout_s: float | None
) -> AsyncLibvirtWire:
    """Connect to a daemon. path: of the unix socket. Raises NotDelivered (ConnectTimeout, TlsRefused)."""
    if address.kind == "unix":
        return AsyncLibvirtWire(await connect_unix(path, connect_timeout_s), call_timeout_s)
    port = address.port or 0
    if address.kind == "tcp":
        return AsyncLibvirtWire(await connect_tcp(address.host, port, connect_timeout_s), call_timeout_s)
    return await _connect_tls(address, port, connect_timeout_s, call_timeout_s)


async def _connect_tls(
    address: Address, port: int, connect_timeout_s: float | None, call_timeout_s: float | None
) -> AsyncLibvirtWire:
    link = StreamLink()
    wire = AsyncLibvirtWire(link, call_timeout_s, welcomed=False)
    name = address.name or address.host
    try:
        async with asyncio.timeout(connect_timeout_s):
            await asyncio.get_running_loop().create_connection(
                lambda: link, address.host, port, ssl=libvirt_tls(address), server_hostname=name
            )
            first = await wire.welcome()
    except TimeoutError as exc:
        link.abort()
        raise ConnectTimeout(f"no connection to {address.host} port {port} within {connect_timeout_s} s") from exc
    except ConnectionLost as exc:
        raise TlsRefused(f"{address.host} hung up after the TLS handshake: it wants another certificate") from exc
    except (OSError, ValueError) as exc:
        link.abort()
        raise client_error(exc, address.host, connect_timeout_s or 0.0) from exc
    if first != WELCOME:
        link.abort()
        raise TlsRefused(f"{address.host} does not take our certificate")
    return wire
