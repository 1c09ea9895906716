"""The asyncio server: listens, counts connections against limits, drains them on stop."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oncrpc.connection import Connection
from oncrpc.dispatch import Dispatcher
from oncrpc.record import MAX_FRAGMENTS, MAX_RECORD

if TYPE_CHECKING:
    from ssl import SSLContext

    from oncrpc.tls import ServerTls

log = logging.getLogger("oncrpc.server")

MakePeer = Callable[[socket.socket], Any]
"""Given an accepted socket, returns what goes into Call.peer. Must not wait or raise.

A peer may have attributes that make its limits its own: `max_record` (bytes), `idle_timeout_s`, `key` (whose
connections count together), `reserved` (TRUE: gets in although the listener is full, up to RESERVED_CONNECTIONS).
"""

ACCEPTED_S = 0.05
"""How long the event loop may take over a connection that it accepted and did not tell us of yet."""

ACCEPT_PAUSE_S = 0.1
"""How long to wait before accepting again when the system would not give a connection."""

HANDSHAKE_S = 10.0
"""How long a connection that begins with TLS may take over its handshake."""

RESERVED_CONNECTIONS = 64
"""Connections kept free on each listener for peers that are `reserved`: the administrator's way in when it is full."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one listener and one connection may cost.

    connections: open at once on a listener, connections_each: of one peer (one `key`); one more is closed at once.
    idle_timeout_s: how long a connection may say nothing, None for ever. calls_under_way: waiting calls of a
    connection; with that many it is not read from. max_record (bytes), max_fragments: of one record. record_timeout_s:
    how long a record may take from its first byte to its last. write_high_bytes: answers that a peer has not read yet;
    with more, it is not read from. drain_s: how long calls under way may take after `stop`. calls_back: how many calls
    to a client may be under way on its connection.
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
    calls_back: int = 64


class Listener:
    """One listening stream socket and the connections it accepted.

    tls: what TLS is started with when a client asks. connection: what is made of each accepted socket. ssl: what every
    connection begins with, before anything else.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        make_peer: MakePeer,
        limits: Limits,
        *,
        tls: ServerTls | None = None,
        connection: Callable[[Listener], Connection] = Connection,
        ssl: SSLContext | None = None,
    ) -> None:
        self.dispatcher = dispatcher
        self.make_peer = make_peer
        self.limits = limits
        self.tls = tls
        self._make_connection = connection
        self._ssl = ssl
        self._accepting: asyncio.Task[None] | None = None
        self._handshakes: Counter[str] = Counter()
        self._shaking: set[asyncio.Task[None]] = set()
        self.connections: set[Connection] = set()
        self._by_key: Counter[Any] = Counter()
        self.refused_connections = 0
        self.on_close: Callable[[Any], None] | None = None
        self.stopping = False
        self.handing_over = False
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None

    async def start(self, sock: socket.socket) -> None:
        """Serve a bound stream socket; the listener owns it from now on."""
        loop = asyncio.get_running_loop()
        if sock.family == socket.AF_UNIX:
            # The file is removed by who made it: a successor may be listening on it still.
            keep: dict[str, Any] = {"cleanup_socket": False} if sys.version_info >= (3, 13) else {}
            self._server = await loop.create_unix_server(lambda: self._make_connection(self), sock=sock, **keep)
        elif self._ssl is None:
            self._server = await loop.create_server(lambda: self._make_connection(self), sock=sock)
        else:
            sock.setblocking(False)
            self._accepting = loop.create_task(self._accept_tls(sock, self._ssl))
        self._sweep()

    async def _accept_tls(self, sock: socket.socket, context: SSLContext) -> None:
        """Accept connections that begin with TLS: each counts from the first moment, not from its handshake's end."""
        loop = asyncio.get_running_loop()
        with sock:
            while True:
                try:
                    accepted, address = await loop.sock_accept(sock)
                except OSError:
                    await asyncio.sleep(ACCEPT_PAUSE_S)  # out of descriptors: some will be closed
                    continue
                host = str(address[0])
                full = len(self.connections) + self._handshakes.total() >= self.limits.connections
                if full or self._handshakes[host] >= self.limits.connections_each:
                    self.refused_connections += 1
                    accepted.close()
                    continue
                self._handshakes[host] += 1
                task = loop.create_task(self._shake_hands(accepted, host, context))
                self._shaking.add(task)
                task.add_done_callback(self._shaking.discard)

    async def _shake_hands(self, accepted: socket.socket, host: str, context: SSLContext) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: self._make_connection(self),
                accepted,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=HANDSHAKE_S,
            )
        except OSError as exc:
            accepted.close()
            log.info("no TLS with a client: %s", exc)
        finally:
            self._handshakes[host] -= 1
            if not self._handshakes[host]:
                del self._handshakes[host]

    async def stop(self, *, handing_over: bool = False) -> None:
        """Accept no more, answer what is under way for at most drain_s, close.

        handing_over: a successor has the listening socket; so that no client is turned away, a connection that has not
        said anything yet gets its first call answered.
        """
        if self._sweeper is not None:
            self._sweeper.cancel()
        self.stopping, self.handing_over = True, handing_over
        if self._accepting is not None:
            self._accepting.cancel()
            for task in self._shaking:
                task.cancel()
        if handing_over:
            await self._take_what_was_accepted()
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.drain(first_call=handing_over)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.drain_s
        while self.connections and loop.time() < deadline:
            await asyncio.wait([connection.closed for connection in self.connections], timeout=deadline - loop.time())
        for connection in list(self.connections):
            connection.abort("still busy when the server stopped")

    async def _take_what_was_accepted(self) -> None:
        """Accept no more; return when connections that the event loop accepted before are ours, not to be dropped."""
        loop = asyncio.get_running_loop()
        for sock in self._server.sockets if self._server is not None else ():
            loop.remove_reader(sock.fileno())
        await asyncio.sleep(ACCEPTED_S)

    def _sweep(self) -> None:
        """Close connections that take too long over one record."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self.connections):
            connection.tick(now)
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
