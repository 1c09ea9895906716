"""One accepted connection of the asyncio server.

A read may hold many calls; all that can be answered at once are, by one write. A call whose endpoint gives an awaitable
becomes a task; when a connection has too many of those, or does not read its answers, it is not read from until that is
over. Nothing is ever answered out of a thread.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from oncrpc.backchannel import BackCaller, CallsBack
from oncrpc.dispatch import Dispatcher, LastReply, failed, told
from oncrpc.errors import ConnectionLost, RemoteError, RpcRefusal
from oncrpc.message import Probe
from oncrpc.procedure import Call, Program
from oncrpc.server_session import ServerSession

if TYPE_CHECKING:
    from oncrpc.server import Listener
    from oncrpc.server_tls import TlsGate
    from oncrpc.tls import ServerTls

log = logging.getLogger("oncrpc.server")

LONG_ANSWER = 4096
"""Answers over this many bytes are added up against write_high_bytes while they are made."""

CALLS_BETWEEN = 1024
"""Calls that may wait on a connection, over its limit, while a reply is expected on it; with more it is not read."""


class Session(Protocol):
    """What a connection needs of the framing: a ServerSession, or one that frames calls in another way.

    receive gives Call objects, and whatever else the framing has, for `answer_other`.
    """

    peer: Any
    connection: Any
    on_reply: Callable[[Any], None] | None

    @property
    def between_records(self) -> bool:
        """Whether nothing has begun that is not complete."""

    def set_peer(self, peer: Any, max_record: int) -> None:
        """Put a peer into the calls to come, and take messages of at most max_record bytes from it."""

    def receive(self, data: bytes) -> Sequence[Any]:
        """Return what received bytes complete. Raises RemoteError: the connection is to be closed."""

    def success(self, call: Call, result: bytes) -> bytes:
        """Return the bytes that carry `result` back."""

    def refusal(self, call: Call, refusal: RpcRefusal) -> bytes:
        """Return the bytes that say no."""

    def denied(self, refused: Any) -> bytes:
        """Return the bytes that answer what is no call."""


class Connection(asyncio.Protocol):
    """One accepted connection. A subclass may frame calls in another way: make_session, answer_other."""

    def __init__(self, listener: Listener) -> None:
        self.record_since: float | None = None
        self.active: bool | None = None
        """Whether it said something since the last sweep; None until it says the first thing."""
        self.idle_since = asyncio.get_running_loop().time()
        self.idle_limit_s: float | None = None
        self.key: Any = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._dispatch = listener.dispatcher.dispatch
        self._find = listener.dispatcher.find
        self._loop = asyncio.get_running_loop()
        self._session: Session = self.make_session()
        self._transport: asyncio.Transport | None = None
        self._gate: TlsGate | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._backlog: deque[Any] = deque()
        self._back: CallsBack | None = None
        self._writable = True
        self._reading = True
        self.may_read = True
        """FALSE: what came in already has to be worked off first, whatever else allows to read."""
        self._draining = False
        self._first_is_last = False

    # -- asyncio's side -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        limits = self._listener.limits
        peer = self.make_peer(self._transport)
        if not self._listener.admit(self, peer):
            self.closed.set_result(None)
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=limits.write_high_bytes)
        self._welcome(peer)
        if self._listener.tls is not None:
            self._set_gate(self._listener.tls)
        if self._listener.stopping:
            self.drain(first_call=self._listener.handing_over)

    def data_received(self, data: bytes) -> None:
        self.active = True
        try:
            events = self._session.receive(data)
        except RemoteError as exc:
            self.abort(str(exc))
            return
        if self._session.between_records:
            self.record_since = None
        elif events or self.record_since is None:
            self.record_since = self._loop.time()
        if self._backlog or self._draining:
            self._backlog.extend(events)
            self._set_reading()
            return
        self._answer(events)
        if self._first_is_last and events and (self._gate is None or not self._gate.starting):
            self.drain()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._gate is not None:
            self._gate.close()
        self._listener.forget(self)
        self._backlog.clear()
        for task in self._tasks:
            task.cancel()
        if self._back is not None:
            self._back.end(ConnectionLost(f"the connection was lost: {exc or 'closed by the client'}"))
        self._session.connection = None  # not to be a cycle for the garbage collector
        if not self.closed.done():
            self.closed.set_result(None)
        if self._listener.on_close is not None and self._session.peer is not None:
            self._listener.on_close(self._session.peer)

    def pause_writing(self) -> None:
        self._set_writable(False)
        self._set_reading()

    def resume_writing(self) -> None:
        self._set_writable(True)
        self._go_on()

    def _set_writable(self, writable: bool) -> None:
        self._writable = writable
        if self._back is not None:
            self._back.set_writable(writable)

    # -- answering ------------------------------------------------------------------------------------------------

    def _answer(self, events: Sequence[Any]) -> None:
        """Answer what can be answered now, in order, by one write; what is over the limits stays in the backlog.

        So does what would follow long answers: a read full of short questions must not make us hold gigabytes.
        """
        out: list[bytes] = []
        session, find = self._session, self._find
        long_bytes = 0
        full = self._is_full()
        for position, event in enumerate(events):
            if full:
                self._backlog = deque(itertools.islice(events, position, None))
                self._set_reading()
                break
            if type(event) is not Call:
                said = self.answer_other(event)
                if said is None:
                    # Nothing may follow before the handshake: what does is found in the backlog.
                    self._backlog = deque(itertools.islice(events, position + 1, None))
                    self._set_reading()
                    break
                out.append(said)
                continue
            answer = find((event.program, event.version, event.procedure))
            try:
                result = self._dispatch(event) if answer is None else answer(event)
            except RpcRefusal as refusal:
                out.append(session.refusal(event, told(event, refusal)))
            except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
                out.append(session.refusal(event, failed(event, exc)))
            else:
                if type(result) is bytes:
                    out.append(session.success(event, result))
                    if len(result) > LONG_ANSWER:
                        long_bytes += len(result)
                        full = long_bytes > self._listener.limits.write_high_bytes
                    continue
                if isinstance(result, LastReply):
                    out.append(session.success(event, result))
                    self._draining = True
                else:
                    self._start(event, cast(Awaitable[bytes], result))
                full = self._is_full()
        if out and self._transport is not None:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))
        if self._draining:
            self._backlog.clear()
            self._loop.call_soon(self.drain)
        elif self._backlog and self._writable and not self._is_full():
            self._loop.call_soon(self._go_on)

    def make_peer(self, transport: asyncio.Transport) -> Any:
        """Return who is at the other end."""
        return self._listener.make_peer(transport.get_extra_info("socket"))

    def make_session(self) -> Session:
        """Return the framing of this connection."""
        return ServerSession(connection=self, max_fragments=self._listener.limits.max_fragments)

    def answer_other(self, event: Any) -> bytes | None:
        """Return what is sent for an event that is no call; None: TLS begins."""
        if type(event) is Probe and self._gate is not None and self._gate.asked(event):
            return None
        return self._session.denied(event)

    def _is_full(self) -> bool:
        """Whether no further call is to be begun now."""
        return self._draining or len(self._tasks) >= self._listener.limits.calls_under_way

    def _start(self, call: Call, result: Awaitable[bytes]) -> None:
        task = self._loop.create_task(self._finish(call, result))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def _finish(self, call: Call, result: Awaitable[bytes]) -> None:
        try:
            reply = self._session.success(call, await result)
        except RpcRefusal as refusal:
            reply = self._session.refusal(call, told(call, refusal))
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            reply = self._session.refusal(call, failed(call, exc))
        self.send_reply(call, reply)

    def send_reply(self, call: Call, reply: bytes) -> None:
        """Send the reply to a call that had to wait."""
        if self._transport is not None:
            self._transport.write(reply)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._go_on()

    def _go_on(self) -> None:
        """Take up what waited for a task to end or for the peer to read."""
        if self._transport is None:
            return
        if self._backlog and self._writable:
            events, self._backlog = self._backlog, deque()
            self._answer(events)
        self._set_reading()
        if self._draining and not self._tasks and not self._backlog:
            self._transport.close()

    def _set_reading(self) -> None:
        if self._gate is not None and self._gate.starting:
            wanted = False
        elif self._back is not None and self._back.under_way:
            # Replies are to come in, and with them calls that cannot be begun yet.
            wanted = self._writable and self._room_between_replies()
        else:
            wanted = self._writable and not self._backlog and not self._draining
        wanted = wanted and self.may_read
        if self._transport is None or wanted == self._reading or self._transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    @property
    def peer(self) -> Any:
        """Who is at the other end, as far as is known by now."""
        return self._session.peer

    @property
    def dispatcher(self) -> Dispatcher:
        """What answers the calls."""
        return self._listener.dispatcher

    @property
    def busy(self) -> bool:
        """Whether calls of this connection are under way, in either direction."""
        return bool(self._tasks) or (self._back is not None and bool(self._back.under_way))

    # -- TLS ------------------------------------------------------------------------------------------------------

    def _welcome(self, peer: Any) -> None:
        """Let the calls to come be this peer's, within its own limits."""
        limits = self._listener.limits
        self.idle_limit_s = getattr(peer, "idle_timeout_s", limits.idle_timeout_s)
        self._session.set_peer(peer, min(limits.max_record, getattr(peer, "max_record", limits.max_record)))

    def _set_gate(self, tls: ServerTls) -> None:
        from oncrpc.server_tls import TlsGate, too_weak_for

        self._gate = TlsGate(tls, self)
        if tls.required:
            self._find = too_weak_for

    async def answered(self) -> asyncio.Transport | None:
        """Wait until no call is under way; return the transport, None when it is gone."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        return self._transport

    @property
    def quiet(self) -> bool:
        """Whether everything that came in was a whole record and has been taken, and the answers are on their way."""
        asking = self._back is not None and self._back.under_way > 0
        return self._writable and not self._backlog and not asking and self._session.between_records

    def secured(self, transport: asyncio.Transport, peer: Any) -> None:
        """Go on inside TLS, with the peer that it showed."""
        before = self._session.peer
        self._transport = transport
        transport.set_write_buffer_limits(high=self._listener.limits.write_high_bytes)
        self._find = self._listener.dispatcher.find
        self._welcome(peer)
        if before is not peer and self._listener.on_close is not None:
            self._listener.on_close(before)
        self._reading = True
        self._set_reading()
        self._go_on()

    # -- calling the client back ----------------------------------------------------------------------------------

    def client(self, program: Program, *, timeout_s: float | None = 60.0) -> BackCaller:
        """Return what carries calls to the client's own program: as procedure.BackConnection says."""
        if self._back is None:
            self._back = CallsBack(self._call_back, self._listener.limits.calls_back)
            self._back.set_writable(self._writable)
            self._session.on_reply = self._back.replied
            if self._transport is None:
                self._back.end(ConnectionLost("the connection is closed"))
        return self._back.caller(program, timeout_s)

    def _room_between_replies(self) -> bool:
        held = sum(len(event.record) for event in self._backlog if type(event) is Call)
        return len(self._backlog) < CALLS_BETWEEN and held <= self._listener.limits.max_record

    def _call_back(self, message: bytes) -> None:
        if self._transport is not None:
            self._transport.write(message)
            self._set_reading()

    # -- ending ---------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Called every few seconds; now: the event loop's time."""

    def drain(self, *, first_call: bool = False) -> None:
        """Read no more; close when what is under way has been answered.

        first_call: if nothing came in yet, or half a record, wait for that call, and close when it has been answered.
        """
        if first_call and (self.active is None or not self._session.between_records):
            self._first_is_last = True
            return
        self._draining = True
        self._set_reading()
        self._go_on()

    def abort(self, why: str) -> None:
        """Close at once."""
        log.info("connection closed: %s", why)
        if self._transport is not None:
            self._transport.abort()
