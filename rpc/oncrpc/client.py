"""The blocking client: the face of a Line (turns, cancelling, exchanges) with ways to connect."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from oncrpc.client_session import ClientSession, decode_result
from oncrpc.errors import LocalError, NotDelivered, OncRpcError, TransportError
from oncrpc.line import Line, Transport
from oncrpc.message import NO_AUTH, OpaqueAuth
from oncrpc.oneway import OneWay
from oncrpc.pipeline import WINDOW, Pipeline
from oncrpc.procedure import Procedure
from oncrpc.reconnect import Reconnect, after, shorter
from oncrpc.record import MAX_RECORD
from oncrpc.transport.blocking import DatagramTransport, StreamTransport
from oncrpc.transport.dialing import Dialer
from oncrpc.xdr import VOID

if TYPE_CHECKING:
    from oncrpc.dispatch import Dispatcher
    from oncrpc.tls import ClientTls

R = TypeVar("R")
T = TypeVar("T")

CONNECT_TIMEOUT_S = 10.0
CALL_TIMEOUT_S = 60.0

NULL: Procedure[None] = Procedure(0, "NULL", VOID, VOID, arity=0)


class Client:
    """Calls to one program and version, one at a time; threads take turns.

    call_timeout_s: how long a call may take unless it says otherwise (None: for ever). After CallTimeout the connection
    stays usable, but for one that ran out while sending; a late reply is dropped by its xid. serve: what the server may
    call on this connection (programs marked `@callback`), answered while a call waits, and by `serve_pending`; not on
    udp. Such a handler cannot itself call by this client. reconnect: what to do when the connection is lost (None: the
    client has ended); then call_timeout_s is for each try, connect_timeout_s for each connecting, and total_timeout_s
    for a call with all of it (None: no limit).
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
        reconnect: Reconnect | None = None,
        connector: Callable[[float | None], Transport] | None = None,
        connect_timeout_s: float | None = CONNECT_TIMEOUT_S,
        total_timeout_s: float | None = None,
    ) -> None:
        if reconnect is not None and connector is None:
            raise LocalError("reconnect needs a connector: use Client.tcp or Client.unix")
        self.reconnect = reconnect
        self.on_reconnect: Callable[[Client], object] | None = None
        """Called after connecting again, before any other call goes on; may call, and set up what the server tied to
        the lost connection. Its OncRpcError is NotDelivered for the call, which is tried again as `reconnect` says."""
        self._restorer: int | None = None
        self.connect_timeout_s = connect_timeout_s
        self.call_timeout_s = call_timeout_s
        self.total_timeout_s = total_timeout_s
        self.session = ClientSession(program, version, cred=cred, max_record=max_record, stream=not datagram)
        self._datagram = datagram
        self._line = Line(transport, self.session, datagram=datagram, serve=serve, connector=connector)

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
        reconnect: Reconnect | None = None,
        total_timeout_s: float | None = None,
    ) -> Self:
        """Connect by tcp, with tls by RFC 9289. Raises NotDelivered (ConnectTimeout, TlsRefused)."""

        def dial(timeout_s: float | None, dialer: Dialer[StreamTransport]) -> StreamTransport:
            return StreamTransport.connect_tcp(
                host, port, timeout_s, tls=tls, program=program, version=version, dialer=dialer
            )

        connect = Dialer(dial)
        return cls(
            connect(connect_timeout_s), program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve,
            reconnect=reconnect, connector=connect, connect_timeout_s=connect_timeout_s,
            total_timeout_s=total_timeout_s,
        )  # fmt: skip

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
        reconnect: Reconnect | None = None,
        total_timeout_s: float | None = None,
    ) -> Self:
        """Connect to a unix socket. Raises NotDelivered (ConnectTimeout)."""

        def dial(timeout_s: float | None, dialer: Dialer[StreamTransport]) -> StreamTransport:
            return StreamTransport.connect_unix(path, timeout_s, dialer=dialer)

        connect = Dialer(dial)
        return cls(
            connect(connect_timeout_s), program, version, cred=cred, call_timeout_s=call_timeout_s, serve=serve,
            reconnect=reconnect, connector=connect, connect_timeout_s=connect_timeout_s,
            total_timeout_s=total_timeout_s,
        )  # fmt: skip

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
        if self.reconnect is None and self.total_timeout_s is None:
            reply = self._line.call(procedure.number, packed, limit)
        else:
            reply = self._tried(lambda left: self._line.call(procedure.number, packed, left), procedure, limit)
        return decode_result(procedure, reply)

    def send(self, procedure: Procedure[Any], *args: object, timeout_s: float | None = None) -> None:
        """Send a call and do not wait for its answer, which is dropped should it come (RFC 5531 section 8, batching).

        Whether it arrived is not known; a later `call` that is answered says so, on a stream. Raises XdrError,
        TransportError.
        """
        packed = procedure.pack_args(args)
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        self._tried(lambda left: self._line.send(procedure.number, packed, left), procedure, limit)

    @property
    def oneway(self) -> OneWay:
        """What stubs are given whose calls are not to wait: `V1_Client(client.oneway).note(...)` returns None."""
        return OneWay(self.send)

    def pipeline(self, *, window: int = WINDOW, timeout_s: float | None = None) -> Pipeline:
        """Return a `with` block in which many calls are on their way at once (pipeline.py); not by udp.

        window: calls that are sent together. timeout_s: for each such lot, instead of call_timeout_s.
        """
        if self._datagram:
            raise LocalError("calls by udp go one by one")
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        line = self._line
        return Pipeline(
            self.session,
            line.settle,
            lambda: self._begin_pipeline(limit),
            line.end_turn,
            rule=self.reconnect,
            recover=self._recover,
            window=window,
            timeout_s=limit,
        )

    @property
    def retransmissions(self) -> int:
        """Copies of calls sent again by udp."""
        return self._line.retransmissions

    def cancel(self) -> bool:
        """End the call under way in another thread with CallCancelled; return whether there is one.

        The call may have run. A late answer is dropped and the connection goes on, unless the call was still being
        sent. The calls of threads that wait for their turn are not touched.
        """
        return self._line.cancel()

    def ping(self, timeout_s: float | None = None) -> None:
        """Call procedure 0."""
        self.call(NULL, timeout_s=timeout_s)

    def serve_pending(self, timeout_s: float | None = None) -> int:
        """Answer what the server calls; return how many calls that were, 0 when none came within timeout_s.

        timeout_s: how long to wait for the first, None for ever. Raises NotDelivered when the connection has ended
        before, ConnectionLost and RemoteError when it ends now, LocalError for a client that offers nothing.
        """
        return self._line.serve_pending(timeout_s, self.call_timeout_s)

    def close(self) -> None:
        """Close the connection; again is no error. A call that waits in another thread ends with ConnectionLost."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tried(self, run: Callable[[float | None], T], procedure: Procedure[Any], limit: float | None) -> T:
        """Return what `run` does within so many seconds; connect before each try and try again as the rule says."""
        rule = self.reconnect
        if rule is None and self.total_timeout_s is None:
            return run(limit)
        ends = after(self.total_timeout_s)
        attempt = 0
        while True:
            try:
                self._connected(ends)
                return run(shorter(limit, ends))
            except TransportError as exc:
                attempt += 1
                if self._restorer == threading.get_ident() or rule is None or self._line.done.is_set():
                    raise
                if not rule.tries_again(exc, procedure, attempt):
                    raise
                wait = rule.wait_s(attempt)
                if ends is not None and time.monotonic() + wait >= ends:
                    raise
            self._line.pause(wait)

    def _connected(self, ends: float | None) -> None:
        """Connect if the connection was lost and we are to. Raises NotDelivered, CallCancelled."""
        if self.reconnect is not None and self._restorer != threading.get_ident():
            self._line.restore(shorter(self.connect_timeout_s, ends), self._set_up)

    def _begin_pipeline(self, limit: float | None) -> None:
        take = self._line.take_turn if self.reconnect is None else self._line.take_sound_turn
        self._tried(take, NULL, limit)

    def _recover(self, attempt: int) -> None:
        """Wait and connect before a pipeline's new try number `attempt`. Raises NotDelivered, CallCancelled."""
        if self.reconnect is not None:
            self._line.pause(self.reconnect.wait_s(attempt))
            self._connected(None)

    def _set_up(self) -> None:
        """Run the user's hook, whose own calls do not connect again. Raises NotDelivered for what it raises."""
        if self.on_reconnect is None:
            return
        self._restorer = threading.get_ident()
        try:
            self.on_reconnect(self)
        except OncRpcError as exc:
            raise NotDelivered(f"connected again, but on_reconnect failed: {exc}") from exc
        finally:
            self._restorer = None
