"""TLS on asyncio transports (asyncio's own and uvloop's): the handshake of either side, and the client's question."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from oncrpc.auth.tls import Question
from oncrpc.errors import NotDelivered, RemoteError
from oncrpc.message import NO_AUTH
from oncrpc.tls import ClientTls, NotConfirmed, client_error

SHUTDOWN_TIMEOUT_S = 2.0
"""How long a closing connection waits for the peer's own goodbye."""


class Secured(asyncio.Protocol):
    """A transport with TLS up, until `hand_over` gives it to the protocol that goes on with it.

    The event loop may deliver decrypted bytes, or the end, before the one who waits for the handshake runs again.
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._early = bytearray()
        self._ended = False
        self._writable = True

    def data_received(self, data: bytes) -> None:
        self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True

    @property
    def session(self) -> ssl.SSLObject:
        """What the handshake settled."""
        if self.transport is None:
            raise ConnectionResetError("the connection is gone")
        return cast(ssl.SSLObject, self.transport.get_extra_info("ssl_object"))

    def hand_over(self, protocol: asyncio.Protocol, begin: Callable[[asyncio.Transport], None]) -> asyncio.Transport:
        """Let `protocol` go on: `begin` gets the transport, then `protocol` what came in since the handshake."""
        transport = self.transport
        if transport is None:
            raise ConnectionResetError("the connection is gone")
        transport.set_protocol(protocol)
        begin(transport)
        if self._early:
            protocol.data_received(bytes(self._early))
        if self._ended:
            protocol.connection_lost(None)
        return transport

    async def handshake(
        self,
        transport: asyncio.Transport,
        context: ssl.SSLContext,
        timeout_s: float,
        *,
        server_side: bool = False,
        name: str | None = None,
    ) -> None:
        """Start TLS on a transport whose bytes so far have all been taken. Raises OSError (ssl.SSLError, TimeoutError).

        The transport is closed after an error.
        """
        loop = asyncio.get_running_loop()
        made = await loop.start_tls(
            transport,
            self,
            context,
            server_side=server_side,
            server_hostname=name,
            ssl_handshake_timeout=timeout_s,
            ssl_shutdown_timeout=SHUTDOWN_TIMEOUT_S,
        )
        # A transport that is aborted in the middle of it makes some loops return as if all were well.
        if made is None or transport.is_closing() or made.get_extra_info("ssl_object").version() is None:
            transport.abort()
            raise ConnectionResetError("the connection was lost in the TLS handshake")
        self.transport = made


class _Asker(asyncio.Protocol):
    """Sends a question; `answer` is done when it is answered, and reading is paused then."""

    def __init__(self, question: Question) -> None:
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._question = question
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._question.message)

    def data_received(self, data: bytes) -> None:
        if self.answer.done():
            return
        try:
            answer = self._question.feed(data)
        except RemoteError as exc:
            self.answer.set_exception(exc)
            return
        if answer is not None and self._transport is not None:
            self._transport.pause_reading()
            self.answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError("closed by the peer"))


async def connect(
    tls: ClientTls, host: str, port: int, program: int, version: int, protocol: asyncio.BaseProtocol
) -> None:
    """Connect to a host and start TLS, then let `protocol` go on; when opportunistic and not offered, without.

    As ClientTls.start. Raises OSError when there is no connection, then TlsRefused, ConnectTimeout (all NotDelivered).
    """
    loop = asyncio.get_running_loop()
    transport, asker = await loop.create_connection(lambda: _Asker(Question(program, version)), host, port)
    limit = tls.handshake_timeout_s
    try:
        async with asyncio.timeout(limit):
            if await asker.answer:
                transport = await _secure(tls, host, transport, Question(program, version, NO_AUTH))
            else:
                tls.not_offered(host)
    except (NotDelivered, asyncio.CancelledError):
        transport.abort()
        raise
    except (OSError, ValueError, RemoteError) as exc:
        transport.abort()
        raise client_error(exc, host, limit) from exc
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    transport.resume_reading()


async def _secure(tls: ClientTls, host: str, transport: asyncio.Transport, confirm: Question) -> asyncio.Transport:
    """Return the transport with TLS up, checked and confirmed by the server's answer; reading is paused."""
    secured = Secured()
    await secured.handshake(transport, tls.context, tls.handshake_timeout_s, name=tls.name_for(host))
    tls.check(secured.session, host)
    asker = _Asker(confirm)
    made = secured.hand_over(asker, asker.connection_made)
    try:
        await asker.answer
    except ConnectionError as exc:
        raise NotConfirmed from exc
    return made
