"""TLS on a server's connection (RFC 9289): from the question to the end of the handshake."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from oncrpc.auth.tls import too_weak, with_starttls, within_tls
from oncrpc.dispatch import Endpoint
from oncrpc.errors import RpcRefusal
from oncrpc.message import Probe, pack_refusal, pack_success
from oncrpc.procedure import Call
from oncrpc.record import mark
from oncrpc.tls import ALPN, ServerTls, certificate_of, describe, has_alpn
from oncrpc.tls_aio import Secured

if TYPE_CHECKING:
    from oncrpc.connection import Connection

log = logging.getLogger("oncrpc.server")


def _refuse(call: Call) -> bytes:
    raise too_weak()


def too_weak_for(key: tuple[int, int, int]) -> Endpoint | None:
    """Stand in for Dispatcher.find where TLS is required and not up: every call is refused, AUTH_TOOWEAK."""
    return _refuse


class TlsGate:
    """The way of one connection into TLS.

        state      a question for TLS           what else comes
        clear      starting                     calls: refused where TLS is required, else answered
        starting   (not read)                   a handshake, or the connection is closed
        up         refused, AUTH_BADCRED        calls: answered

    Where TLS is required it must be up handshake_timeout_s after the connection was accepted, else that long after the
    question; whoever stalls is cut off.
    """

    def __init__(self, tls: ServerTls, connection: Connection) -> None:
        self.starting = False
        self._up = False
        self._tls = tls
        self._connection = connection
        self._deadline: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        if tls.required:
            self._set_deadline()

    def asked(self, probe: Probe) -> bool:
        """Take up the question for TLS, or put the refusal in `probe.reply` and return False."""
        if self._up:
            probe.reply = pack_refusal(probe.call.xid, within_tls())
            return False
        self.starting = True
        if self._deadline is None:
            self._set_deadline()
        self._task = asyncio.get_running_loop().create_task(self._start(probe.call))
        return True

    def close(self) -> None:
        """The connection has ended, or TLS is up: no deadline any more."""
        if self._deadline is not None:
            self._deadline.cancel()

    def _set_deadline(self) -> None:
        loop, limit = asyncio.get_running_loop(), self._tls.handshake_timeout_s
        self._deadline = loop.call_later(limit, self._connection.abort, f"TLS was not up within {limit:g} s")

    async def _start(self, call: Call) -> None:
        connection = self._connection
        clear = await connection.answered()
        if clear is None or clear.is_closing():
            return
        if not connection.quiet:
            # RFC 9289 section 5.1.1: what comes between the question and the handshake is not answered.
            connection.abort("bytes followed the question for TLS")
            return
        clear.write(mark(with_starttls(self._reply(call))))
        secured = Secured()
        try:
            await secured.handshake(clear, self._tls.context, self._tls.handshake_timeout_s, server_side=True)
            if not has_alpn(secured.session):
                raise ConnectionAbortedError(f'the client did not offer the protocol "{ALPN}"')
        except OSError as exc:
            log.info("no TLS with a client: %s", describe(exc))
            clear.abort()
            connection.connection_lost(exc)
            return
        self.starting = False
        self._up = True
        self.close()
        try:
            secured.hand_over(connection, self._hand_over)
        except Exception:  # the boundary to `identify`: logged, and nobody is let in
            log.exception("a connection with TLS up was not taken over")
            clear.abort()
            connection.connection_lost(None)

    def _hand_over(self, transport: asyncio.Transport) -> None:
        session = transport.get_extra_info("ssl_object")
        certificate = certificate_of(session)
        peer = self._connection.peer
        if self._tls.identify is not None:
            peer = self._tls.identify(transport.get_extra_info("socket"), certificate)
        log.info("TLS with a client: %s, %s", session.version(), certificate or "no certificate")
        self._connection.secured(transport, peer)

    def _reply(self, call: Call) -> bytes:
        """Return what a NULL call of that program and version is answered."""
        dispatcher = self._connection.dispatcher
        if dispatcher.find((call.program, call.version, 0)) is None:
            try:
                dispatcher.dispatch(call)
            except RpcRefusal as refusal:
                return pack_refusal(call.xid, refusal)
        return pack_success(call.xid, b"")
