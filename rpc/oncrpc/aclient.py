"""The asyncio client: a ClientSession over a link of transport.aio, many calls under way at once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from oncrpc.answering import Answering
from oncrpc.client import CALL_TIMEOUT_S, CONNECT_TIMEOUT_S, NULL
from oncrpc.client_session import ClientSession, decode_result
from oncrpc.errors import (
    CallTimeout,
    ConnectionLost,
    ConnectTimeout,
    LocalError,
    NotDelivered,
    OncRpcError,
    ProtocolError,
    TransportError,
)
from oncrpc.message import NO_AUTH, OpaqueAuth, Reply
from oncrpc.oneway import AsyncOneWay
from oncrpc.procedure import Procedure
from oncrpc.reconnect import Reconnect, after, shorter
from oncrpc.record import MAX_RECORD
from oncrpc.transport.aio import DatagramLink, StreamLink, connect_tcp, connect_udp, connect_unix
from oncrpc.transport.datagram import retry_wait_s

if TYPE_CHECKING:
    from oncrpc.dispatch import Dispatcher
    from oncrpc.tls import ClientTls

R = TypeVar("R")
T = TypeVar("T")

Connector = Callable[[float | None], Awaitable[StreamLink]]
"""Connects within so many seconds."""


class AsyncClient:
    """Calls to one program and version; any number at once over the one connection.

    call_timeout_s, reconnect and total_timeout_s as in Client; calls that lost the connection together connect once. A
    task that is cancelled while it waits leaves the connection usable, and nothing behind. serve: what the server may
    call on this connection (programs marked `@callback`), answered as it comes in; not on udp.
    """

    def __init__(
        self,
        link: StreamLink | DatagramLink,
        program: int,
        version: int,
        *,
        cred: OpaqueAuth = NO_AUTH,
        call_timeout_s: float | None = CALL_TIMEOUT_S,
        max_record: int = MAX_RECORD,
        serve: Dispatcher | None = None,
        reconnect: Reconnect | None = None,
        connector: Connector | None = None,
        connect_timeout_s: float | None = CONNECT_TIMEOUT_S,
        total_timeout_s: float | None = None,
    ) -> None:
        if reconnect is not None and connector is None:
            raise LocalError("reconnect needs a connector: use AsyncClient.tcp or AsyncClient.unix")
        self.reconnect = reconnect
        self.on_reconnect: Callable[[AsyncClient], Awaitable[object]] | None = None
        """As Client.on_reconnect, but awaited."""
        self.connect_timeout_s = connect_timeout_s
        self.call_timeout_s = call_timeout_s
        self.total_timeout_s = total_timeout_s
        self.retransmissions = 0
        """Copies of calls sent again by udp."""
        self._connector = connector
        self._connecting = asyncio.Lock()
        self._restorer: asyncio.Task[object] | None = None
        self._dialling: asyncio.Future[StreamLink] | None = None
        self._done = asyncio.Event()
        self._datagram = isinstance(link, DatagramLink)
        self.session = ClientSession(program, version, cred=cred, max_record=max_record, stream=not self._datagram)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._copies: dict[int, int] = {}
        self._closed: Exception | None = None
        self._serve = serve
        if serve is not None and self._datagram:
            raise LocalError("a server cannot call back by udp")
        self._attach(link)

    @classmethod
    async def tcp(
        cls,
        host: str,
        port: int,
        program: int,
        version: int,
        *,
        cred: OpaqueAuth = NO_AUTH,
        tls: ClientTls | None = None,
        connect_timeout_s: float | None = CONNECT_TIMEOUT_S,
        call_timeout_s: float | None = CALL_TIMEOUT_S,
        serve: Dispatcher | None = None,
        reconnect: Reconnect | None = None,
        total_timeout_s: float | None = None,
    ) -> Self:
        """Connect by tcp, with tls by RFC 9289. Raises NotDelivered (ConnectTimeout, TlsRefused)."""

        async def connect(timeout_s: float | None) -> StreamLink:
            return await connect_tcp(host, port, timeout_s, tls=tls, program=program, version=version)

        return cls(
            await connect(connect_timeout_s), program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve,
            reconnect=reconnect, connector=connect, connect_timeout_s=connect_timeout_s,
            total_timeout_s=total_timeout_s,
        )  # fmt: skip

    @classmethod
    async def unix(
        cls,
        path: str,
        program: int,
        version: int,
        *,
        cred: OpaqueAuth = NO_AUTH,
        connect_timeout_s: float | None = CONNECT_TIMEOUT_S,
        call_timeout_s: float | None = CALL_TIMEOUT_S,
        serve: Dispatcher | None = None,
        reconnect: Reconnect | None = None,
        total_timeout_s: float | None = None,
    ) -> Self:
        """Connect to a unix socket. Raises NotDelivered (ConnectTimeout)."""

        async def connect(timeout_s: float | None) -> StreamLink:
            return await connect_unix(path, timeout_s)

        return cls(
            await connect(connect_timeout_s), program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve,
            reconnect=reconnect, connector=connect, connect_timeout_s=connect_timeout_s,
            total_timeout_s=total_timeout_s,
        )  # fmt: skip

    @classmethod
    async def udp(
        cls,
        host: str,
        port: int,
        program: int,
        version: int,
        *,
        cred: OpaqueAuth = NO_AUTH,
        call_timeout_s: float | None = CALL_TIMEOUT_S,
    ) -> Self:
        """Call by udp: lost calls are sent again with the same xid, so a call may run twice."""
        return cls(await connect_udp(host, port), program, version, cred=cred, call_timeout_s=call_timeout_s)

    @property
    def program(self) -> int:
        """The program called."""
        return self.session.program

    @property
    def version(self) -> int:
        """The version called; may be set, after ProgramMismatch say."""
        return self.session.version

    @version.setter
    def version(self, version: int) -> None:
        self.session.version = version

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call and return the result.

        timeout_s: for this call, instead of call_timeout_s. Raises XdrError (nothing sent), TransportError,
        ProtocolError, RpcRefusal.
        """
        packed = procedure.pack_args(args)
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        if self.reconnect is None and self.total_timeout_s is None:
            reply = await self._call_once(procedure.number, packed, limit)
        else:
            reply = await self._tried(lambda left: self._call_once(procedure.number, packed, left), procedure, limit)
        return decode_result(procedure, reply)

    async def send(self, procedure: Procedure[Any], *args: object, timeout_s: float | None = None) -> None:
        """Send a call and do not wait for its answer, which is dropped should it come (RFC 5531 section 8, batching).

        Waits only while the server does not read, timeout_s at most. Whether the call arrived is not known. Raises
        XdrError, NotDelivered, CallTimeout.
        """
        packed = procedure.pack_args(args)
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        await self._tried(lambda left: self._send_once(procedure.number, packed, left), procedure, limit)

    @property
    def oneway(self) -> AsyncOneWay:
        """What stubs are given whose calls are not to wait: `await V1_AsyncClient(client.oneway).note(...)` is None."""
        return AsyncOneWay(self.send)

    async def ping(self, timeout_s: float | None = None) -> None:
        """Call procedure 0."""
        await self.call(NULL, timeout_s=timeout_s)

    async def close(self) -> None:
        """Close the connection; calls under way end with ConnectionLost. Again is no error."""
        self._done.set()
        self._closed = self._closed or NotDelivered("the client is closed")
        self._fail(lambda copies: ConnectionLost("the client was closed while the call waited"))
        if self._dialling is not None:
            self._dialling.cancel()
        self._link.close()
        await self._link.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def received(self, data: bytes) -> None:
        """Take bytes from the link."""
        if self._datagram:
            reply = self.session.receive_datagram(data)
            replies = [] if reply is None else [reply]
        else:
            try:
                replies = self.session.receive(data)
            except ProtocolError as exc:
                self.lost(exc)
                self._link.abort()
                return
        for reply in replies:
            waiter = self._waiting.get(reply.xid)
            if waiter is not None and not waiter.done():
                waiter.set_result(reply)

    def lost(self, reason: Exception) -> None:
        """Tell every caller that waits that its answer will not come."""
        if self._datagram:
            # Whose datagram was refused is not known, nor whether the server took others before it ended.
            alone = len(self._waiting) == 1
            self._fail(lambda copies: reason if alone and copies == 1 else ConnectionLost(str(reason)))
            return
        self._closed = self._closed or reason
        if self._answering is not None:
            self._answering.end()
        self._fail(lambda copies: reason)

    def _fail(self, reason: Callable[[int], Exception]) -> None:
        """End every call that waits by what `reason` says of one that was sent so many times."""
        for xid, waiter in self._waiting.items():
            if not waiter.done():
                waiter.set_exception(reason(self._copies.get(xid, 1)))

    def _attach(self, link: StreamLink | DatagramLink) -> None:
        self._link = link
        self._answering: Answering | None = None
        if self._serve is not None:
            self._answering = Answering(self._serve, link.write, link.drain)
            self.session.on_call = self._answering.take
        link.attach(self)

    async def _call_once(self, number: int, packed: bytes, limit: float | None) -> Reply:
        if self._closed is not None:
            raise NotDelivered(f"the connection ended before: {self._closed}")
        xid, message = self.session.call(number, packed)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[xid] = reply
        try:
            if self._datagram:
                return await self._exchange_datagrams(xid, message, reply, limit)
            async with asyncio.timeout(limit):
                self._link.write(message)
                await self._link.drain()
                return await reply
        except TimeoutError as exc:
            if isinstance(exc, CallTimeout):
                raise
            raise CallTimeout(f"no answer within {limit} s") from exc
        finally:
            self._waiting.pop(xid, None)
            self.session.forget(xid)

    async def _send_once(self, number: int, packed: bytes, limit: float | None) -> None:
        if self._closed is not None:
            raise NotDelivered(f"the connection ended before: {self._closed}")
        xid, message = self.session.call(number, packed)
        self.session.forget(xid)
        self._link.write(message)
        try:
            async with asyncio.timeout(limit):
                await self._link.drain()
        except TimeoutError as exc:
            raise CallTimeout(f"the server did not read within {limit} s") from exc
        if self._done.is_set():
            raise ConnectionLost("the client was closed while the call waited")

    async def _exchange_datagrams(
        self, xid: int, message: bytes, reply: asyncio.Future[Reply], limit: float | None
    ) -> Reply:
        loop = asyncio.get_running_loop()
        deadline = None if limit is None else loop.time() + limit
        copies = 0
        try:
            while True:
                self._link.write(message)
                copies += 1
                self._copies[xid] = copies
                self.retransmissions += copies > 1
                wait = retry_wait_s(copies)
                left = wait if deadline is None else min(wait, deadline - loop.time())
                done, _ = await asyncio.wait({reply}, timeout=max(left, 0))
                if done:
                    return reply.result()
                if deadline is not None and loop.time() >= deadline:
                    raise CallTimeout(f"no answer within {limit} s")
        finally:
            self._copies.pop(xid, None)

    async def _tried(
        self, run: Callable[[float | None], Awaitable[T]], procedure: Procedure[Any], limit: float | None
    ) -> T:
        """As Client's."""
        rule = self.reconnect
        ends = after(self.total_timeout_s)
        attempt = 0
        while True:
            setting_up = self._restorer is not None and self._restorer is asyncio.current_task()
            try:
                if rule is not None and not setting_up:
                    await self._restore(shorter(self.connect_timeout_s, ends))
                return await run(shorter(limit, ends))
            except TransportError as exc:
                attempt += 1
                if rule is None or setting_up or self._done.is_set() or not rule.tries_again(exc, procedure, attempt):
                    raise
                wait = rule.wait_s(attempt)
                if ends is not None and time.monotonic() + wait >= ends:
                    raise
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._done.wait(), wait)

    async def _restore(self, timeout_s: float | None) -> None:
        """Connect if the connection was lost: one task does, the others wait for it. Raises NotDelivered."""
        if (self._closed is None and self._restorer is None) or self._done.is_set() or self._connector is None:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._connecting.acquire()
        except TimeoutError as exc:
            raise ConnectTimeout(f"no connection within {timeout_s} s") from exc
        try:
            if self._closed is None or self._done.is_set():
                return
            link = await self._dial(self._connector, timeout_s)
            self._link.receiver = None
            self.session.restart()
            self._closed = None
            self._attach(link)
            await self._set_up()
        finally:
            self._connecting.release()

    async def _dial(self, connector: Connector, timeout_s: float | None) -> StreamLink:
        """Connect; `close` ends that with NotDelivered."""
        dialling = self._dialling = asyncio.ensure_future(connector(timeout_s))
        try:
            await asyncio.wait({dialling})
        finally:
            self._dialling = None
            dialling.cancel()
        if dialling.cancelled():
            raise NotDelivered("the client is closed")
        link = dialling.result()
        if self._done.is_set():
            link.abort()
            raise NotDelivered("the client is closed")
        return link

    async def _set_up(self) -> None:
        """Run the user's hook, whose own calls do not connect again. Raises NotDelivered for what it raises."""
        if self.on_reconnect is None:
            return
        self._restorer = asyncio.current_task()
        try:
            await self.on_reconnect(self)
        except BaseException as exc:
            self.lost(exc if isinstance(exc, Exception) else ConnectionLost("on_reconnect was cancelled"))
            self._link.abort()
            if isinstance(exc, OncRpcError):
                raise NotDelivered(f"connected again, but on_reconnect failed: {exc}") from exc
            raise
        finally:
            self._restorer = None
