"""The blocking client: a ClientSession over a blocking transport, nothing more."""

from __future__ import annotations

import struct
import threading
import time
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from oncrpc.client_session import ClientSession
from oncrpc.errors import CallTimeout, LocalError, NotDelivered, OutcomeUnknown, ProtocolError, RemoteError, XdrError
from oncrpc.message import NO_AUTH, OpaqueAuth, Refused, Reply, unpack_call
from oncrpc.procedure import Procedure
from oncrpc.record import MAX_RECORD, mark
from oncrpc.transport.blocking import DatagramTransport, StreamTransport
from oncrpc.xdr import VOID

if TYPE_CHECKING:
    from oncrpc.dispatch import Dispatcher
    from oncrpc.tls import ClientTls

R = TypeVar("R")

CONNECT_TIMEOUT_S = 10.0
CALL_TIMEOUT_S = 60.0
FIRST_RETRY_S = 0.5
"""How long the udp client waits before it sends a call again; doubled each time, to MAX_RETRY_S."""
MAX_RETRY_S = 8.0
POLL_S = 0.001
"""The shortest time to look whether something came in."""

NULL: Procedure[None] = Procedure(0, "NULL", VOID, VOID, arity=0)


class Transport(Protocol):
    """What the client needs of a transport; transport.blocking and transport.memory have it."""

    def send(self, data: bytes, deadline: float | None) -> None: ...
    def receive(self, deadline: float | None) -> bytes: ...
    def close(self) -> None: ...


def decode_result(procedure: Procedure[R], reply: Reply) -> R:
    """Return the result in a reply. Raises the refusal it carries, RemoteError when it does not decode."""
    if reply.refusal is not None:
        raise reply.refusal
    try:
        value: R = procedure.result.decoder(reply.record, reply.offset, 0)[0]
    except (XdrError, struct.error) as exc:
        raise RemoteError(f"{procedure.name}: the result does not decode: {exc}") from exc
    return value


def _answer_to(serve: Dispatcher, record: bytes) -> bytes:
    """Return the bytes that answer a call of the server. Raises RemoteError for what is no call."""
    try:
        return mark(serve.reply_now(unpack_call(record)))
    except Refused as refused:
        return mark(refused.reply)


class Client:
    """Calls to one program and version, one at a time; threads take turns.

    call_timeout_s: how long a call may take unless it says otherwise (None: for ever). After CallTimeout the connection
    stays usable, but for one that ran out while sending; a late reply is dropped by its xid. serve: what the server may
    call on this connection (programs marked `@callback`), answered while a call waits, and by `serve_pending`; not on
    udp. Such a handler cannot itself call by this client.
    """

    def __init__(
        self,
        transport: Transport,
        program: int,
        version: int,
        *,
        cred: OpaqueAuth = NO_AUTH,
        call_timeout_s: float | None = CALL_TIMEOUT_S,
        max_record: int = MAX_RECORD,
        datagram: bool = False,
        serve: Dispatcher | None = None,
    ) -> None:
        self.call_timeout_s = call_timeout_s
        self.session = ClientSession(program, version, cred=cred, max_record=max_record, stream=not datagram)
        self._transport = transport
        self._datagram = datagram
        self._lock = threading.RLock()
        self._closed: str | None = None
        self._serve = serve
        self._called: deque[bytes] = deque()
        self._answering = False
        if serve is not None:
            if datagram:
                raise LocalError("a server cannot call back by udp")
            self.session.on_call = self._called.append

    @classmethod
    def tcp(
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
        transport = StreamTransport.connect_tcp(
            host, port, connect_timeout_s, tls=tls, program=program, version=version
        )
        return cls(transport, program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve)

    @classmethod
    def unix(
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
        transport = StreamTransport.connect_unix(path, connect_timeout_s)
        return cls(transport, program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve)

    @classmethod
    def udp(
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
        transport = DatagramTransport.connect_udp(host, port)
        return cls(transport, program, version, cred=cred, call_timeout_s=call_timeout_s, datagram=True)

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

    def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call and return the result.

        timeout_s: for this call, instead of call_timeout_s. Raises XdrError (nothing sent), TransportError,
        ProtocolError, RpcRefusal.
        """
        packed = procedure.pack_args(args)
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        deadline = None if limit is None else time.monotonic() + limit
        with self._lock:
            if self._closed is not None or self._answering:
                raise self._unusable()
            xid, message = self.session.call(procedure.number, packed)
            try:
                reply = self._exchange(xid, message, deadline)
            finally:
                self.session.forget(xid)
        return decode_result(procedure, reply)

    def ping(self, timeout_s: float | None = None) -> None:
        """Call procedure 0."""
        self.call(NULL, timeout_s=timeout_s)

    def serve_pending(self, timeout_s: float | None = None) -> int:
        """Answer what the server calls; return how many calls that were, 0 when none came within timeout_s.

        timeout_s: how long to wait for the first, None for ever. Raises NotDelivered when the connection has ended
        before, ConnectionLost and RemoteError when it ends now, LocalError for a client that offers nothing.
        """
        if self._serve is None:
            raise LocalError("this client offers nothing for a server to call (serve=...)")
        deadline = None if timeout_s is None else time.monotonic() + max(timeout_s, POLL_S)
        with self._lock:
            if self._closed is not None or self._answering:
                raise self._unusable()
            while not self._called:
                try:
                    self.session.receive(self._transport.receive(deadline))
                except CallTimeout:
                    return 0
                except (OutcomeUnknown, ProtocolError) as exc:
                    self._give_up(str(exc))
                    raise
            limit = self.call_timeout_s
            return self._answer(self._serve, None if limit is None else time.monotonic() + limit)

    def close(self) -> None:
        """Close the connection; again is no error."""
        self._closed = self._closed or "the client is closed"
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _exchange(self, xid: int, message: bytes, deadline: float | None) -> Reply:
        if self._datagram:
            return self._exchange_datagrams(xid, message, deadline)
        try:
            self._transport.send(message, deadline)
        except OutcomeUnknown as exc:
            # Half a record may be on its way: nothing can follow it.
            self._give_up(str(exc))
            raise
        while True:
            try:
                replies = self.session.receive(self._transport.receive(deadline))
            except CallTimeout:
                raise
            except (OutcomeUnknown, ProtocolError) as exc:
                self._give_up(str(exc))
                raise
            if self._called and self._serve is not None:
                self._answer(self._serve, deadline)
            for reply in replies:
                if reply.xid == xid:
                    return reply

    def _answer(self, serve: Dispatcher, deadline: float | None) -> int:
        """Answer the calls of the server that have come in; return how many."""
        count = 0
        self._answering = True
        try:
            while self._called:
                self._transport.send(_answer_to(serve, self._called.popleft()), deadline)
                count += 1
        except (OutcomeUnknown, ProtocolError) as exc:
            self._give_up(str(exc))
            raise
        finally:
            self._answering = False
        return count

    def _unusable(self) -> NotDelivered | LocalError:
        if self._closed is not None:
            return NotDelivered(self._closed)
        return LocalError("what answers a call of the server cannot call by the same client")

    def _exchange_datagrams(self, xid: int, message: bytes, deadline: float | None) -> Reply:
        wait = FIRST_RETRY_S
        while True:
            self._transport.send(message, deadline)
            again = time.monotonic() + wait
            if deadline is not None:
                again = min(again, deadline)
            wait = min(wait * 2, MAX_RETRY_S)
            try:
                while True:
                    reply = self.session.receive_datagram(self._transport.receive(again))
                    if reply is not None and reply.xid == xid:
                        return reply
            except CallTimeout:
                if deadline is not None and time.monotonic() >= deadline:
                    raise

    def _give_up(self, why: str) -> None:
        self._closed = f"the connection ended before: {why}"
        self._transport.close()
