"""The asyncio server: listens, limits, answers in place what need not wait, drains on stop.

A read from a connection may hold many calls; all that can be answered at once are, by one write. A call whose endpoint
gives an awaitable becomes a task; when a connection has too many of those, or does not read its answers, it is not read
from until that is over. Nothing is ever answered out of a thread.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from oncrpc.dispatch import Dispatcher, LastReply, failed
from oncrpc.errors import RemoteError, RpcRefusal
from oncrpc.message import Refused
from oncrpc.procedure import Call
from oncrpc.record import MAX_FRAGMENTS, MAX_RECORD
from oncrpc.server_session import ServerSession

log = logging.getLogger("oncrpc.server")

MakePeer = Callable[[socket.socket], Any]
"""Given an accepted socket, returns what goes into Call.peer. Must not wait or raise.

A peer may have attributes that make its limits its own: `max_record` (bytes), `idle_timeout_s`, `key` (whose
connections count together), `reserved` (TRUE: gets in although the listener is full, up to RESERVED_CONNECTIONS).
"""

LONG_ANSWER = 4096
"""Answers over this many bytes are added up against write_high_bytes while they are made."""

RESERVED_CONNECTIONS = 64
"""Connections kept free on each listener for peers that are `reserved`: the administrator's way in when it is full."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one listener and one connection may cost.

    connections: open at once on a listener, connections_each: of one peer (one `key`); one more is closed at once.
    idle_timeout_s: how long a connection may say nothing, None for ever. calls_under_way: waiting calls of a
    connection; with that many it is not read from. max_record (bytes), max_fragments: of one record. record_timeout_s:
    how long a record may take from its first byte to its last. write_high_bytes: answers that a peer has not read yet;
    with more, it is not read from. drain_s: how long calls under way may take after `stop`.
    """

    connections: int = 5000
    connections_each: int = 5000
    idle_timeout_s: float | None = None
    calls_under_way: int = 256
    max_record: int = MAX_RECORD
    max_fragments: int = MAX_FRAGMENTS
    record_timeout_s: float = 30.0
    write_high_bytes: int = 1 << 20
    drain_s: float = 5.0


class Listener:
    """One listening stream socket and the connections it accepted."""

    def __init__(self, dispatcher: Dispatcher, make_peer: MakePeer, limits: Limits) -> None:
        self.dispatcher = dispatcher
        self.make_peer = make_peer
        self.limits = limits
        self.connections: set[Connection] = set()
        self._by_key: Counter[Any] = Counter()
        self.refused_connections = 0
        self.on_close: Callable[[Any], None] | None = None
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def start(self, sock: socket.socket) -> None:
        """Serve a bound stream socket; the listener owns it from now on."""
        loop = asyncio.get_running_loop()
        make = loop.create_unix_server if sock.family == socket.AF_UNIX else loop.create_server
        self._server = await make(lambda: Connection(self), sock=sock)
        self._sweep()

    async def stop(self) -> None:
        """Accept no more, answer what is under way for at most drain_s, close."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.drain()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.drain_s
        while self.connections and loop.time() < deadline:
            await asyncio.wait([connection.closed for connection in self.connections], timeout=deadline - loop.time())
        for connection in list(self.connections):
            connection.abort("still busy when the server stopped")

    def _sweep(self) -> None:
        """Close connections that take too long over one record."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self.connections):
            since, limit = connection.record_since, connection.idle_limit_s
            if since is not None and now - since > self.limits.record_timeout_s:
                connection.abort("a record was not complete in time")
            elif connection.active or connection.busy:
                connection.active = False
                connection.idle_since = now
            elif limit is not None and now - connection.idle_since > limit:
                connection.abort("idle for too long")
        self._sweeper = loop.call_later(min(max(self.limits.record_timeout_s / 4, 0.05), 2.5), self._sweep)

    def admit(self, connection: Connection, peer: Any) -> bool:
        """Count a new connection, or say that it is one too many."""
        reserve = RESERVED_CONNECTIONS if getattr(peer, "reserved", False) else 0
        key = getattr(peer, "key", None)
        full = len(self.connections) >= self.limits.connections + reserve
        if full or (not reserve and self._by_key[key] >= self.limits.connections_each):
            self.refused_connections += 1
            return False
        connection.key = key
        self.connections.add(connection)
        self._by_key[key] += 1
        return True

    def forget(self, connection: Connection) -> None:
        """Take a connection that ended out of the count."""
        if connection in self.connections:
            self.connections.discard(connection)
            self._by_key[connection.key] -= 1
            if not self._by_key[connection.key]:
                del self._by_key[connection.key]


class Connection(asyncio.Protocol):
    """One accepted connection."""

    def __init__(self, listener: Listener) -> None:
        self.record_since: float | None = None
        self.active = True
        self.idle_since = 0.0
        self.idle_limit_s: float | None = None
        self.key: Any = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._dispatch = listener.dispatcher.dispatch
        self._find = listener.dispatcher.find
        self._loop = asyncio.get_running_loop()
        self._session = ServerSession()
        self._transport: asyncio.Transport | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._backlog: deque[Call | Refused] = deque()
        self._writable = True
        self._reading = True
        self._draining = False

    # -- asyncio's side -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        limits = self._listener.limits
        peer = self._listener.make_peer(transport.get_extra_info("socket"))
        if not self._listener.admit(self, peer):
            self.closed.set_result(None)
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=limits.write_high_bytes)
        self.idle_limit_s = getattr(peer, "idle_timeout_s", limits.idle_timeout_s)
        max_record = min(limits.max_record, getattr(peer, "max_record", limits.max_record))
        self._session = ServerSession(peer, max_record=max_record, max_fragments=limits.max_fragments)

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
            return
        self._answer(events)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._listener.forget(self)
        self._backlog.clear()
        for task in self._tasks:
            task.cancel()
        if not self.closed.done():
            self.closed.set_result(None)
        if self._listener.on_close is not None and self._session.peer is not None:
            self._listener.on_close(self._session.peer)

    def pause_writing(self) -> None:
        self._writable = False
        self._set_reading()

    def resume_writing(self) -> None:
        self._writable = True
        self._go_on()

    # -- answering ------------------------------------------------------------------------------------------------

    def _answer(self, events: Sequence[Call | Refused]) -> None:
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
                out.append(session.denied(cast(Refused, event)))
                continue
            answer = find((event.program, event.version, event.procedure))
            try:
                result = self._dispatch(event) if answer is None else answer(event)
            except RpcRefusal as refusal:
                out.append(session.refusal(event, refusal))
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
            reply = self._session.refusal(call, refusal)
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            reply = self._session.refusal(call, failed(call, exc))
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
        wanted = self._writable and not self._backlog and not self._draining
        if self._transport is None or wanted == self._reading or self._transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    @property
    def busy(self) -> bool:
        """Whether calls of this connection are under way."""
        return bool(self._tasks)

    # -- ending ---------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Read no more; close when what is under way has been answered."""
        self._draining = True
        self._set_reading()
        self._go_on()

    def abort(self, why: str) -> None:
        """Close at once."""
        log.info("connection closed: %s", why)
        if self._transport is not None:
            self._transport.abort()
