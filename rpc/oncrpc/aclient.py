"""The asyncio client: a ClientSession over a link of transport.aio, many calls under way at once."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from oncrpc.answering import Answering
from oncrpc.client import (
    CALL_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    NULL,
)
from oncrpc.client_session import ClientSession, decode_result
from oncrpc.errors import CallTimeout, LocalError, NotDelivered, ProtocolError
from oncrpc.line import FIRST_RETRY_S, MAX_RETRY_S
from oncrpc.message import NO_AUTH, OpaqueAuth, Reply
from oncrpc.procedure import Procedure
from oncrpc.record import MAX_RECORD
from oncrpc.transport.aio import DatagramLink, StreamLink, connect_tcp, connect_udp, connect_unix

if TYPE_CHECKING:
    from oncrpc.dispatch import Dispatcher
    from oncrpc.tls import ClientTls

R = TypeVar("R")


class AsyncClient:
    """Calls to one program and version; any number at once over the one connection.

    call_timeout_s as in Client. A task that is cancelled while it waits leaves the connection usable. serve: what the
    server may call on this connection (programs marked `@callback`), answered as it comes in; not on udp.
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
    ) -> None:
        self.call_timeout_s = call_timeout_s
        self._datagram = isinstance(link, DatagramLink)
        self.session = ClientSession(program, version, cred=cred, max_record=max_record, stream=not self._datagram)
        self._link = link
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._closed: Exception | None = None
        self._answering: Answering | None = None
        if serve is not None:
            if self._datagram:
                raise LocalError("a server cannot call back by udp")
            self._answering = Answering(serve, link.write, link.drain)
            self.session.on_call = self._answering.take
        link.receiver = self

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
    ) -> Self:
        """Connect by tcp, with tls by RFC 9289. Raises NotDelivered (ConnectTimeout, TlsRefused)."""
        link = await connect_tcp(host, port, connect_timeout_s, tls=tls, program=program, version=version)
        return cls(link, program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve)

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
    ) -> Self:
        """Connect to a unix socket. Raises NotDelivered (ConnectTimeout)."""
        link = await connect_unix(path, connect_timeout_s)
        return cls(link, program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve)

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
        if self._closed is not None:
            raise NotDelivered(f"the connection ended before: {self._closed}")
        xid, message = self.session.call(procedure.number, packed)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[xid] = reply
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        try:
            if self._datagram:
                return decode_result(procedure, await self._exchange_datagrams(message, reply, limit))
            async with asyncio.timeout(limit):
                self._link.write(message)
                await self._link.drain()
                return decode_result(procedure, await reply)
        except TimeoutError as exc:
            if isinstance(exc, CallTimeout):
                raise
            raise CallTimeout(f"no answer within {limit} s") from exc
        finally:
            self._waiting.pop(xid, None)
            self.session.forget(xid)

    async def ping(self, timeout_s: float | None = None) -> None:
        """Call procedure 0."""
        await self.call(NULL, timeout_s=timeout_s)

    async def close(self) -> None:
        """Close the connection; calls under way end with ConnectionLost. Again is no error."""
        self._closed = self._closed or NotDelivered("the client is closed")
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
                self._link.close()
                return
        for reply in replies:
            waiter = self._waiting.get(reply.xid)
            if waiter is not None and not waiter.done():
                waiter.set_result(reply)

    def lost(self, reason: Exception) -> None:
        """Tell every caller that waits that its answer will not come."""
        if not self._datagram:
            self._closed = self._closed or reason
        if self._answering is not None:
            self._answering.end()
        for waiter in self._waiting.values():
            if not waiter.done():
                waiter.set_exception(reason)

    async def _exchange_datagrams(self, message: bytes, reply: asyncio.Future[Reply], limit: float | None) -> Reply:
        loop = asyncio.get_running_loop()
        deadline = None if limit is None else loop.time() + limit
        wait = FIRST_RETRY_S
        while True:
            self._link.write(message)
            left = wait if deadline is None else min(wait, deadline - loop.time())
            wait = min(wait * 2, MAX_RETRY_S)
            done, _ = await asyncio.wait({reply}, timeout=max(left, 0))
            if done:
                return reply.result()
            if deadline is not None and loop.time() >= deadline:
                raise CallTimeout(f"no answer within {limit} s")
