"""The face that users of pynfs's rpc.py know, over this package's sessions, transport and server.

    client = rpc.Client(MOUNT_PROGRAM, MOUNT_V1)
    pipe = client.connect(("127.0.0.1", 635))
    xid = client.send_call(pipe, MOUNTPROC_EXPORT)
    header, data = pipe.listen(xid, timeout=5)

What is there: `Client` (connect, send_call, listen, make_call_function, set_cred, close, stop), its pipes (listen,
close), `Server` with methods `handle_PROC(data, call_info)` or `handle_PROC_vVERSION`, and the errors. Data are bytes:
packed and unpacked by what `pyrpcgen --style xdrlib` writes.

What differs: credentials are `oncrpc.message.OpaqueAuth` (AUTH_NONE and AUTH_SYS; no RPCSEC_GSS) in place of CredInfo;
the header of a reply has its xid and accept_stat only; nothing is served on a client's connection, so that `Client`
takes no cb_version; a pipe that broke stays broken; no thread runs behind a client: whoever waits in `listen` reads for
the others as well.
`Server.start()` blocks, as there: it runs the asyncio server in the calling thread, and handlers in worker threads.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from oncrpc.client_session import ClientSession
from oncrpc.dispatch import Dispatcher, Endpoint
from oncrpc.errors import (
    AcceptedRefusal,
    AcceptStat,
    AuthError,
    CallTimeout,
    GarbageArguments,
    LocalError,
    OncRpcError,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RejectStat,
    RpcMismatch,
    RpcRefusal,
    SystemFailure,
)
from oncrpc.listening import Place, bind, place_of
from oncrpc.message import NO_AUTH, OpaqueAuth, Reply
from oncrpc.peers import stream_peer
from oncrpc.procedure import Call
from oncrpc.record import MAX_RECORD
from oncrpc.server import Limits, Listener
from oncrpc.transport.blocking import StreamTransport

TIMEOUT_S: Final = 15.0
_SLICE_S: Final = 3600.0
"""The longest wait on a socket: one without end would switch it to blocking under a thread that sends."""
_HANDLER = re.compile(r"handle_(\d+)(?:_v(\d+))?")


class RPCError(Exception):
    """Root of what a call raises here, but for a connection that fails: that is errors.TransportError."""


class RPCTimeout(RPCError):
    """No reply within the time allowed."""


class RPCAcceptError(RPCError):
    """Accepted, but not carried out. stat: the accept_stat; low, high: the versions there are, of PROG_MISMATCH."""

    def __init__(self, refusal: AcceptedRefusal) -> None:
        super().__init__(str(refusal))
        self.stat = int(refusal.accept_stat)
        if isinstance(refusal, ProgramMismatch):
            self.low, self.high = refusal.low, refusal.high


class RPCDeniedError(RPCError):
    """Denied. stat: the reject_stat; low, high of RPC_MISMATCH; astat, the auth_stat of AUTH_ERROR."""

    def __init__(self, refusal: RpcMismatch | AuthError) -> None:
        super().__init__(str(refusal))
        self.stat = int(refusal.reject_stat)
        if isinstance(refusal, RpcMismatch):
            self.low, self.high = refusal.low, refusal.high
        else:
            self.astat = refusal.stat


class ReplyHeader(NamedTuple):
    """What `listen` gives with the data: the call answered, and how (an accept_stat, always SUCCESS)."""

    xid: int
    stat: int


class Pipe:
    """A connection: any number of calls may wait for their replies, in any threads."""

    def __init__(self, transport: StreamTransport, program: int | None, version: int | None) -> None:
        self._transport = transport
        self._session = ClientSession(program or 0, version or 0, max_record=MAX_RECORD)
        self._send_lock = threading.Lock()
        self._changed = threading.Condition()
        self._reading = False
        self._replies: dict[int, Reply] = {}
        self._broken: OncRpcError | None = None

    def send(self, program: int, version: int, procedure: int, data: bytes, cred: OpaqueAuth, timeout_s: float) -> int:
        """Send a call; return its xid. Raises TransportError."""
        with self._send_lock:
            with self._changed:
                if self._broken is not None:
                    raise self._broken
                session = self._session
                session.program, session.version, session.cred = program, version, cred
                xid, message = session.call(procedure, data)
            try:
                self._transport.send(message, time.monotonic() + timeout_s)
            except OncRpcError as exc:
                self._give_up(exc)  # half a record may be on its way
                raise
        return xid

    def listen(self, xid: int, timeout: float | None = None) -> tuple[ReplyHeader, bytes]:
        """Return the reply to a call: its header and the result's bytes. timeout: seconds, None for no limit.

        Raises RPCTimeout (the call is given up, a late reply dropped), RPCAcceptError, RPCDeniedError, TransportError,
        ProtocolError; LocalError for a xid that nothing was called with.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            reply = self._wait(xid, deadline)
        except CallTimeout as exc:
            raise RPCTimeout(f"no reply to call {xid} within {timeout} s") from exc
        finally:
            with self._changed:
                self._session.forget(xid)
                self._replies.pop(xid, None)
        if reply.refusal is not None:
            raise _translated(reply.refusal) from reply.refusal
        return ReplyHeader(xid, int(AcceptStat.SUCCESS)), reply.record[reply.offset :]

    def close(self) -> None:
        """Close the connection; again is no error."""
        self._transport.close()

    def _wait(self, xid: int, deadline: float | None) -> Reply:
        """Return the reply: read it, or let the thread that reads already bring it."""
        with self._changed:
            while True:
                if xid in self._replies:
                    return self._replies[xid]
                if self._broken is not None:
                    raise self._broken
                if xid not in self._session.pending:
                    raise LocalError(f"no call with xid {xid} waits for a reply")
                if not self._reading:
                    self._read_some(deadline)
                elif not self._changed.wait(None if deadline is None else max(0.0, deadline - time.monotonic())):
                    raise CallTimeout("no answer within the time allowed")

    def _read_some(self, deadline: float | None) -> None:
        """Read once, with the lock let go meanwhile, and keep the replies that came."""
        self._reading = True
        self._changed.release()
        data, failure = b"", None
        try:
            slice_end = time.monotonic() + _SLICE_S
            data = self._transport.receive(slice_end if deadline is None else min(deadline, slice_end))
        except OncRpcError as exc:
            failure = exc
        finally:
            self._changed.acquire()
            self._reading = False
            self._changed.notify_all()
        # A thread that sends has the same socket, and its deadline may have been the one that ended our wait.
        if isinstance(failure, CallTimeout) and (deadline is None or time.monotonic() < deadline):
            return
        try:
            if failure is not None:
                raise failure
            self._replies.update((reply.xid, reply) for reply in self._session.receive(data))
        except CallTimeout:
            raise
        except OncRpcError as exc:
            self._broken = exc
            raise

    def _give_up(self, exc: OncRpcError) -> None:
        with self._changed:
            self._broken = exc
            self._changed.notify_all()
        self._transport.close()


def _translated(refusal: RpcRefusal) -> RPCError:
    if isinstance(refusal, AcceptedRefusal):
        return RPCAcceptError(refusal)
    return RPCDeniedError(refusal) if isinstance(refusal, RpcMismatch | AuthError) else RPCError(str(refusal))


CallFunction = Callable[..., tuple[ReplyHeader, bytes]]


class Client:
    """Makes connections and calls over them; threads may share it, and its pipes.

    program, version: called unless a call says otherwise. timeout: seconds to connect, to send and, with
    make_call_function, to wait. secureport is not offered: True raises LocalError when connecting.
    """

    def __init__(
        self,
        program: int | None = None,
        version: int | None = None,
        timeout: float = TIMEOUT_S,
        secureport: bool = False,
    ) -> None:
        self.default_prog = program
        self.default_vers = version
        self.default_cred = NO_AUTH
        self.timeout = timeout
        self.secureport = secureport
        self._pipes: list[Pipe] = []

    def set_cred(self, cred: OpaqueAuth) -> None:
        """Have later calls carry this credential: oncrpc.auth.sys.credential(), say."""
        self.default_cred = cred

    def connect(self, address: tuple[str, int], secure: bool = False) -> Pipe:
        """Return a connection to (host, port). Raises NotDelivered (ConnectTimeout); LocalError for a secure port."""
        if secure or self.secureport:
            raise LocalError("calls from a port below 1024 are not offered")
        pipe = Pipe(StreamTransport.connect_tcp(*address, self.timeout), self.default_prog, self.default_vers)
        self._pipes.append(pipe)
        return pipe

    def send_call(
        self,
        pipe: Pipe,
        procedure: int,
        data: bytes = b"",
        credinfo: OpaqueAuth | None = None,
        program: int | None = None,
        version: int | None = None,
    ) -> int:
        """Send a call with packed arguments; return the xid to `pipe.listen` for. Raises TransportError, LocalError."""
        program = self.default_prog if program is None else program
        version = self.default_vers if version is None else version
        if program is None or version is None:
            raise LocalError("a call needs a program and a version, of its own or of the Client")
        cred = self.default_cred if credinfo is None else credinfo
        return pipe.send(program, version, procedure, data, cred, self.timeout)

    def listen(self, pipe: Pipe, xid: int, timeout: float | None = None) -> tuple[ReplyHeader, bytes]:
        """Return the reply to a call, as `pipe.listen` does, with the same errors."""
        return pipe.listen(xid, timeout)

    def make_call_function(self, pipe: Pipe, procedure: int, prog: int, vers: int) -> CallFunction:
        """Return call(data, credinfo, proc=None, timeout=15.0), which sends, waits and returns (header, data)."""

        def call(
            data: bytes, credinfo: OpaqueAuth | None = None, proc: int | None = None, timeout: float = TIMEOUT_S
        ) -> tuple[ReplyHeader, bytes]:
            xid = self.send_call(pipe, procedure if proc is None else proc, data, credinfo, prog, vers)
            return pipe.listen(xid, timeout)

        return call

    def close(self, pipe: Pipe) -> None:
        """Close one connection; again is no error."""
        pipe.close()
        if pipe in self._pipes:
            self._pipes.remove(pipe)

    def stop(self) -> None:
        """Close all connections; again is no error."""
        for pipe in self._pipes:
            pipe.close()
        self._pipes = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What a handler is told besides the arguments: the credential is a claim. payload_size is in bytes."""

    connection: Any
    header_size: int
    payload_size: int
    credinfo: OpaqueAuth


class Server:
    """A program served by tcp. Derive from it and define methods that take and return bytes:

        def handle_1(self, data, call_info): return SUCCESS, result           # procedure 1 of every version
        def handle_2_v3(self, data, call_info): return SUCCESS, result, then  # then() is called after the work

    They run in worker threads. A status that is not SUCCESS is the accept_stat of the reply, without data.
    """

    def __init__(self, prog: int, versions: Iterable[int], port: int, interface: str = "") -> None:
        """Bind and listen; port 0 for any, interface "" for all of IPv4. Raises OSError."""
        self.prog = prog
        self.versions = list(versions)
        self._sock: socket.socket = bind(Place("tcp", interface or "0.0.0.0", port))
        self.port = place_of(self._sock).port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Serve until `stop`; blocks."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """Let `start` answer what is under way and return; from any thread."""
        self._stopped.set()
        if self._loop is not None and self._end is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end.set)

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._stopped.is_set():
            self._end.set()
        listener = Listener(self._dispatcher(), stream_peer, Limits())
        await listener.start(self._sock)
        try:
            await self._end.wait()
        finally:
            await listener.stop()

    def _dispatcher(self) -> Dispatcher:
        dispatcher = Dispatcher()
        found = [match for match in map(_HANDLER.fullmatch, dir(self)) if match]
        # Of two for the same call, the one of every version counts: it comes last.
        found.sort(key=lambda match: match[2] is None)
        for version in self.versions:
            mine = [match for match in found if match[2] in (None, str(version))]
            dispatcher.register(self.prog, version, {int(m[1]): self._endpoint(getattr(self, m[0])) for m in mine})
        return dispatcher

    def _endpoint(self, method: Callable[..., tuple[Any, ...]]) -> Endpoint:
        def work(call: Call) -> bytes:
            data = call.record[call.offset :]
            cred = OpaqueAuth(call.cred_flavor, call.cred)
            status, result, *then = method(data, CallInfo(call.connection, call.offset, len(data), cred))
            if then and then[0] is not None:
                then[0]()
            if status != AcceptStat.SUCCESS:
                raise _refusal(status, self.versions)
            return bytes(result)

        def answer(call: Call) -> Any:
            return asyncio.get_running_loop().run_in_executor(None, work, call)

        return answer


def _refusal(status: int, versions: list[int]) -> AcceptedRefusal:
    if status == AcceptStat.PROG_MISMATCH:
        return ProgramMismatch(min(versions), max(versions))
    kinds = (ProgramUnavailable, ProcedureUnavailable, GarbageArguments)
    return next((kind() for kind in kinds if kind.accept_stat == status), SystemFailure())


SUCCESS: Final = int(AcceptStat.SUCCESS)
PROG_MISMATCH: Final = int(AcceptStat.PROG_MISMATCH)
RPC_MISMATCH: Final = int(RejectStat.RPC_MISMATCH)
AUTH_ERROR: Final = int(RejectStat.AUTH_ERROR)
