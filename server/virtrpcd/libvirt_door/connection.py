"""One accepted connection in libvirt's framing: oncrpc's connection with packets, events, keepalive and streams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from oncrpc.connection import Connection, Session
from oncrpc.dispatch import Endpoint
from oncrpc.errors import ProcedureUnavailable
from oncrpc.procedure import Call
from oncrpc.server import Listener
from virnet.keepalive import PING, PONG, Due, Keepalive
from virnet.packet import MAX_BEFORE_LOGIN
from virnet.server_session import CallWithDescriptors, Ping, ServerSession, StreamInput
from virnet.stream import StreamKey
from virtproto import libvirt as lv
from virtrpcd.access import Peer, Right
from virtrpcd.door import encode_error
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.streams import Sink, Source
from virtrpcd.errors import ArgumentUnsupported, InvalidArgument, OperationFailed
from virtrpcd.libvirt_door.door import before_login, before_open
from virtrpcd.libvirt_door.login import LoginGate, has_to_log_in
from virtrpcd.libvirt_door.monitor import MonitorSubscriptions
from virtrpcd.libvirt_door.passing import PAUSE_S, send_with_descriptor
from virtrpcd.libvirt_door.streams import ServerStream
from virtrpcd.libvirt_door.subscriptions import Subscriptions
from virtrpcd.sasl import User
from virtrpcd.tls import Identify

log = logging.getLogger("virtrpcd.libvirt")

LOGIN_S: Final = 10.0
"""How long a caller who has to log in may be silent."""
STRANGER_S: Final = 30.0
"""How long one may take to log in, whatever it says meanwhile; and how long one without any right may stay."""

UNREAD_EVENTS: Final = 8 << 20
"""A client that leaves so many bytes unread while events come is given up."""

NO_DESCRIPTORS: Final = encode_error(ArgumentUnsupported("calls that bring file descriptors are not supported"))
MOST_STREAMS: Final = 64
"""Streams that one connection may have: each may cost a descriptor and a thread."""

CONFIRMED: Final = b"\1"
CLOSED_MESSAGE: Final = 362
MONITOR_MESSAGE: Final = 6
REASON_EOF: Final = (1).to_bytes(4, "big")


class LibvirtConnection(Connection):
    """A connection of the libvirt door. Until it has a driver open, few calls are answered."""

    def __init__(self, listener: Listener, users: Path | None = None) -> None:
        self._users = users
        self.gate: LoginGate | None = None
        self._streams: dict[Any, ServerStream] = {}
        self._opening: set[StreamKey] = set()
        self._subscriptions: Subscriptions | None = None
        self._monitor: MonitorSubscriptions | None = None
        self._passing: dict[Call, socket.socket] = {}
        self._sending: asyncio.Future[None] | None = None
        self._held_back: list[bytes] | None = None
        self._keepalive: Keepalive | None = None
        self._room: asyncio.Event = asyncio.Event()
        self.wants_close_reason = False
        self._known = False
        self._stranger = True
        self._table = listener.dispatcher.find
        super().__init__(listener)
        self._made_at = self.idle_since
        self._room.set()
        self._find = self._find_before_open

    def _welcome(self, peer: Any) -> None:
        """Let this be the caller; who has to log in, or may do nothing, gets little until then."""
        super()._welcome(peer)
        known: Peer = peer
        if self._users is not None and not self._known and has_to_log_in(known, self._users):
            self.gate = LoginGate(self, self._users)
            self._find = self._find_before_login
        else:
            self.gate = None
            self._find = self._find_before_open
        self._stranger = self.gate is not None or known.right < Right.READ
        if self._stranger:
            self.idle_limit_s = LOGIN_S
            self.framing.set_peer(peer, MAX_BEFORE_LOGIN)

    # -- what the framing has besides calls --------------------------------------------------------------------------

    def make_session(self) -> Session:
        # The event loop's transports drop descriptors that come.
        return ServerSession(connection=self, takes_fds=False)

    @property
    def framing(self) -> ServerSession:
        """The session, as what it is."""
        return cast(ServerSession, self._session)

    def answer_other(self, event: Any) -> bytes | None:
        if isinstance(event, StreamInput):
            stream = self._streams.get(event.stream.key)
            return b"" if stream is None else stream.take(event)
        if isinstance(event, Ping):
            return PONG
        if isinstance(event, CallWithDescriptors):
            return self._refuse_descriptors(event)
        return b""

    def _refuse_descriptors(self, event: CallWithDescriptors) -> bytes:
        """Answer a call that brings descriptors: there is none that takes them."""
        for fd in event.fds:
            os.close(fd)
        answer = self._table((event.call.program, event.call.version, event.call.procedure))
        if answer is None:
            return self.framing.refusal(event.call, ProcedureUnavailable(event.call.procedure))
        return self.framing.success(event.call, NO_DESCRIPTORS)

    def data_received(self, data: bytes) -> None:
        if self._keepalive is not None:
            self._keepalive.heard(self._loop.time())
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        for subscriptions in (self._subscriptions, self._monitor):
            if subscriptions is not None:
                subscriptions.end()
        for stream in list(self._streams.values()):
            stream.gone()
        self._streams.clear()
        for passed in self._passing.values():
            passed.close()
        self._passing.clear()
        self._room.set()
        super().connection_lost(exc)

    # -- logging in --------------------------------------------------------------------------------------------------

    def _find_before_login(self, key: tuple[int, int, int]) -> Endpoint | None:
        return before_login(self._table(key), key)

    def logged_in(self, user: User) -> None:
        """Give the caller the right of a user, and answer calls from now on."""
        if self.gate is None:
            return
        peer = cast(Peer, self.peer)
        peer.become(max(peer.right, user.right), f"{peer.what} as {user.name}")
        self._known = True
        self._welcome(peer)

    def hang_up_soon(self, why: str) -> None:
        """End the connection when the answer that is being made has been sent."""
        log.info("connection closed: %s", why)
        self._loop.call_soon(self.drain)

    # -- opening -----------------------------------------------------------------------------------------------------

    def _find_before_open(self, key: tuple[int, int, int]) -> Endpoint | None:
        return before_open(self._table(key), key)

    def opened(self) -> None:
        """Answer everything from now on: a driver is open."""
        self._find = self._table

    @property
    def driver(self) -> Driver:
        """The driver that this connection has open."""
        return cast(Peer, self.peer).driver

    # -- events ------------------------------------------------------------------------------------------------------

    @property
    def subscriptions(self) -> Subscriptions:
        """What this connection wants to be told."""
        if self._subscriptions is None:
            self._subscriptions = Subscriptions(self.driver.bus, self._send_event)
        return self._subscriptions

    @property
    def monitor(self) -> MonitorSubscriptions:
        """Which of QEMU's own events this connection wants to be told."""
        if self._monitor is None:
            self._monitor = MonitorSubscriptions(self.driver, self._send_monitor_event)
        return self._monitor

    def _send_monitor_event(self, body: bytes) -> None:
        self._send_message(self.framing.message(lv.QEMU_PROGRAM, lv.QEMU_V1, MONITOR_MESSAGE, body))

    def _send_event(self, message: int, body: bytes) -> None:
        self._send_message(self.framing.message(lv.REMOTE_PROGRAM, lv.REMOTE_V1, message, body))

    def _send_message(self, packet: bytes) -> None:
        self.send(packet)
        if self._transport is not None and self._transport.get_write_buffer_size() > UNREAD_EVENTS:
            self.abort("events are not read")

    def send(self, packet: bytes) -> None:
        """Send a packet, unless the connection is gone."""
        if self._held_back is not None:
            self._held_back.append(packet)
        elif self._transport is not None and not self._transport.is_closing():
            self._transport.write(packet)

    # -- streams -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def opening(self, call: Call) -> Iterator[None]:
        """Stand around what opens a call's stream: it is the only one of its name, and not one too many."""
        key = StreamKey(call.program, call.procedure, call.xid)
        if key in self._opening or key in self._streams or key in self.framing.streams:
            raise InvalidArgument(f"a stream with the serial {call.xid} is open already")
        if len(self._streams) + len(self._opening) >= MOST_STREAMS:
            raise OperationFailed(f"more than {MOST_STREAMS} streams on one connection")
        self._opening.add(key)
        try:
            yield
        finally:
            self._opening.discard(key)

    def open_stream(self, call: Call, *, source: Source | None = None, sink: Sink | None = None) -> None:
        """Begin the stream that a call opens; its first packet follows the reply, which is sent by then."""
        ServerStream(self, self.framing.open_stream(call), source=source, sink=sink)

    # -- descriptors -------------------------------------------------------------------------------------------------

    @property
    def on_unix(self) -> bool:
        """Whether the connection can carry file descriptors."""
        sock = None if self._transport is None else self._transport.get_extra_info("socket")
        return sock is not None and sock.family == socket.AF_UNIX

    def to_pass(self, call: Call, passed: socket.socket) -> None:
        """Let the reply to a call, if it is none of refusal, bring a descriptor."""
        self._passing[call] = passed

    def send_reply(self, call: Call, reply: bytes) -> None:
        passed = self._passing.pop(call, None)
        if passed is None:
            super().send_reply(call, reply)
        elif self._transport is None:
            passed.close()
        else:
            self._sending = asyncio.ensure_future(self._pass(self.framing.with_descriptors(reply, 1), passed))

    async def _pass(self, packet: bytes, passed: socket.socket) -> None:
        """Send a reply that brings a descriptor; what is to be sent meanwhile waits, so that nothing comes between."""
        while self._held_back is not None and self._transport is not None:
            await asyncio.sleep(PAUSE_S)
        self._held_back = []
        try:
            if self._transport is None:
                passed.close()
            else:
                await send_with_descriptor(self._transport, packet, passed)
        finally:
            waiting, self._held_back = self._held_back, None
            for each in waiting:
                self.send(each)

    def add_stream(self, stream: ServerStream) -> None:
        """Let a stream have its packets from now on."""
        self._streams[stream.stream.key] = stream

    def drop_stream(self, stream: ServerStream) -> None:
        """Forget a stream that ended."""
        key = stream.stream.key
        if self._streams.get(key) is stream:
            del self._streams[key]
        if self.framing.streams.get(key) is stream.stream:
            del self.framing.streams[key]
        self.update_reading()

    def update_reading(self) -> None:
        """Read on, or not, as the streams that take what comes have room for more."""
        self.may_read = all(stream.has_room for stream in self._streams.values())
        self._set_reading()

    @property
    def ending(self) -> bool:
        """Whether nothing more is sent."""
        return self._transport is None or self._transport.is_closing()

    async def room(self) -> None:
        """Wait until the peer reads what was sent to it."""
        await self._room.wait()

    def _set_writable(self, writable: bool) -> None:
        super()._set_writable(writable)
        if writable:
            self._room.set()
        else:
            self._room.clear()

    # -- keepalive ---------------------------------------------------------------------------------------------------

    def start_keepalive(self) -> None:
        """Ask the peer whether it is there when it is silent: it has said that it answers."""
        if self._keepalive is None:
            self._keepalive = Keepalive(now=self._loop.time())

    def tick(self, now: float) -> None:
        if self._stranger and now - self._made_at > STRANGER_S:
            self.abort("not logged in within the time for it")
            return
        if self._keepalive is None:
            return
        if not self._reading and self._writable:
            # We do not read, for reasons of our own: what the peer answers lies there unread.
            self._keepalive.heard(now)
            return
        due = self._keepalive.due(now)
        if due is Due.PING:
            self.send(PING)
        elif due is Due.DEAD:
            self.abort("keepalive: no answer")

    # -- ending ------------------------------------------------------------------------------------------------------

    def drain(self, *, first_call: bool = False) -> None:
        if self.wants_close_reason and not self._draining and not first_call:
            self.send(self.framing.message(lv.REMOTE_PROGRAM, lv.REMOTE_V1, CLOSED_MESSAGE, REASON_EOF))
        super().drain(first_call=first_call)


class TlsLibvirtConnection(LibvirtConnection):
    """A connection that began with TLS: the certificate says who it is.

    libvirt's clients wait for one byte 1 after the handshake, which says that their certificate was taken.
    """

    def __init__(self, listener: Listener, identify: Identify, users: Path | None = None) -> None:
        super().__init__(listener, users)
        self._identify = identify

    def make_peer(self, transport: asyncio.Transport) -> Peer:
        from oncrpc.tls import certificate_of  # here: without certificates nothing of it is needed

        session = transport.get_extra_info("ssl_object")
        return self._identify(transport.get_extra_info("socket"), certificate_of(session))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.send(CONFIRMED)
