"""A blocking connection in libvirt's framing that threads share: one of them reads, for all who wait.

A thread that waits for something becomes the reader if there is none; what comes goes to whom it belongs, and the
others are told to look. `pump` is for an event loop, which reads without waiting.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from oncrpc.errors import CallTimeout, ConnectionLost, NotDelivered, RemoteError
from virnet.client_session import ClientSession, Message, Ping, Reply, StreamInput
from virnet.keepalive import PONG
from virnet.stream import Stream, StreamKey
from virtrpc.libvirt_wire import Request

T = TypeVar("T")

RECEIVE_BYTES: Final = 262_144
WINDOW_CALLS: Final = 64
WINDOW_BYTES: Final = 65_536
"""Calls sent before their replies are read: few enough that the socket takes them while the server waits for us."""

PROGRAM_VERSION: Final = 1
"""All of libvirt's programs have it."""


class Link:
    """Calls, messages and streams over a connected socket. Deadlines are time.monotonic() values, None for no limit."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._session = ClientSession()
        self._look = threading.Condition()
        self._sending = threading.Lock()
        self._replies: dict[int, Reply] = {}
        self._messages: deque[Message] = deque()
        self._inboxes: dict[StreamKey, deque[StreamInput]] = {}
        self._pongs = 0
        self._reading = False
        self._closed = False
        self._error: Exception | None = None
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)
        self.on_message: Callable[[], None] | None = None
        """Called, by whichever thread reads, after messages came or the connection ended. Must not wait."""

    @property
    def broken(self) -> Exception | None:
        """Why nothing goes over this connection any more; None while it does."""
        return self._error

    @property
    def readable(self) -> int:
        """The descriptor to watch for something to read; -1 when it is closed."""
        return self._sock.fileno()

    # -- calls ----------------------------------------------------------------------------------------------------

    def exchange(self, requests: Sequence[Request], timeout_s: float | None) -> list[Reply]:
        """Send calls, as many at once as is safe; return their replies in the same order.

        timeout_s: for all of them. Raises NotDelivered, CallTimeout, ConnectionLost, RemoteError.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        replies: list[Reply] = []
        at = 0
        while at < len(requests):
            lot = _window(requests, at)
            replies += self._exchange_lot(requests[at : at + lot], deadline)
            at += lot
        return replies

    def _exchange_lot(self, requests: Sequence[Request], deadline: float | None) -> list[Reply]:
        with self._look:
            self._check(NotDelivered)
            called = [self._session.call(r.program, PROGRAM_VERSION, r.procedure, r.args) for r in requests]
        try:
            self._send(b"".join(packet for _, packet in called), deadline)
            return [self._wait_reply(serial, deadline) for serial, _ in called]
        finally:
            with self._look:
                for serial, _ in called:
                    self._session.forget(serial)
                    self._replies.pop(serial, None)

    def take_messages(self, timeout_s: float) -> list[Message]:
        """Return the messages that came, waiting up to timeout_s for one. Raises ConnectionLost, RemoteError."""
        deadline = time.monotonic() + timeout_s
        if timeout_s <= 0:
            self.pump()
        with contextlib.suppress(CallTimeout):
            self._wait(lambda: self._messages or None, deadline)
        return self.queued_messages()

    def queued_messages(self) -> list[Message]:
        """Return the messages that came, without reading."""
        with self._look:
            taken = list(self._messages)
            self._messages.clear()
        return taken

    def pump(self) -> None:
        """Read what is there, without waiting."""
        with self._look:
            if self._error is None:
                self._read()
                if self._reading:
                    self._wake()
        self._answer_pings()

    def close(self) -> None:
        """Close the connection; again is no error. Who waits in another thread gets ConnectionLost."""
        with self._look:
            self._closed = True
            self._end(ConnectionLost("the connection was closed by us"))
            if not self._reading:
                self._release()

    # -- streams --------------------------------------------------------------------------------------------------

    def open_stream(self, request: Request, timeout_s: float | None) -> tuple[Stream, Reply]:
        """Make a call that opens a stream; return the stream and the reply. Raises as `exchange`."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._look:
            self._check(NotDelivered)
            stream, packet = self._session.call_stream(
                request.program, PROGRAM_VERSION, request.procedure, request.args
            )
            self._inboxes[stream.key] = deque()
        self._send(packet, deadline)
        return stream, self._wait_reply(stream.key.serial, deadline)

    def stream_send(self, stream: Stream, data: bytes) -> None:
        """Send data on a stream, waiting while the server does not read."""
        with self._look:
            packets = self._session.stream_data(stream, data)
        self._send(packets, None)

    def stream_hole(self, stream: Stream, length: int) -> None:
        """Send a hole."""
        with self._look:
            packet = self._session.stream_hole(stream, length)
        self._send(packet, None)

    def stream_finish(self, stream: Stream) -> None:
        """Say that this side is done; what the server answers comes by `stream_receive`."""
        with self._look:
            packet = self._session.stream_finish(stream)
        self._send(packet, None)

    def stream_abort(self, stream: Stream) -> None:
        """End a stream at once."""
        with self._look:
            packet = self._session.stream_abort(stream)
            self._inboxes.pop(stream.key, None)
        self._send(packet, None)

    def stream_receive(self, stream: Stream, *, wait: bool = True) -> StreamInput | None:
        """Return the next that came on a stream; None when nothing has, and wait is False."""
        inbox = self._inboxes[stream.key]
        if wait:
            return self._wait(lambda: inbox.popleft() if inbox else None, None)
        self.pump()
        with self._look:
            return inbox.popleft() if inbox else None

    def stream_look(self, stream: Stream) -> StreamInput | None:
        """Return the next that came on a stream, and leave it there; None when nothing has."""
        inbox = self._inboxes.get(stream.key)
        return inbox[0] if inbox else None

    def stream_forget(self, stream: Stream) -> None:
        """Drop what is left of a stream that ended."""
        self._inboxes.pop(stream.key, None)

    # -- moving bytes ---------------------------------------------------------------------------------------------

    def _send(self, data: bytes, deadline: float | None) -> None:
        """Send packets."""
        # libvirtd waits on its socket after each packet, and does not see those that the same TLS record brought.
        pieces = _packets(data) if isinstance(self._sock, ssl.SSLSocket) else [data]
        with self._sending:
            for piece in pieces:
                self._send_piece(piece, deadline)

    def _send_piece(self, data: bytes, deadline: float | None) -> None:
        sent = 0
        while sent < len(data):
            events = select.POLLOUT
            try:
                with self._look:
                    self._check(ConnectionLost if sent else NotDelivered)
                    sent += self._sock.send(memoryview(data)[sent:] if sent else data)
                    continue
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
            except ssl.SSLWantReadError:
                events = select.POLLIN
            except OSError as exc:
                lost = ConnectionLost(f"the connection was lost while sending: {exc.strerror or exc}")
                with self._look:
                    self._end(lost)
                raise lost from exc
            poll = select.poll()
            poll.register(self._sock.fileno(), events)
            if not poll.poll(_milliseconds(deadline)):
                continue

    def _wait_reply(self, serial: int, deadline: float | None) -> Reply:
        return self._wait(lambda: self._replies.pop(serial, None), deadline)

    def _wait(self, ready: Callable[[], T | None], deadline: float | None) -> T:
        """Return what `ready` gives once it is not None, reading or letting another thread read until then."""
        while True:
            with self._look:
                found = ready()
                if found is not None:
                    return found
                self._check(ConnectionLost)
                if self._reading:
                    limit = None if deadline is None else deadline - time.monotonic()
                    if (limit is not None and limit <= 0) or not self._look.wait(limit):
                        raise CallTimeout("no answer within the time allowed")
                    continue
                self._reading = True
            try:
                self._wait_readable(deadline)
            finally:
                with self._look:
                    if self._error is None:
                        self._read()
                    self._reading = False
                    if self._closed:
                        self._release()
                    self._look.notify_all()
            self._answer_pings()

    def _wait_readable(self, deadline: float | None) -> None:
        poll = select.poll()
        poll.register(self._sock.fileno(), select.POLLIN)
        poll.register(self._wake_in, select.POLLIN)
        ready = poll.poll(_milliseconds(deadline))
        if any(fd == self._wake_in for fd, _ in ready):
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_in, 4096)

    def _read(self) -> None:
        """Take what the socket has; the lock is held."""
        try:
            while True:
                data = self._sock.recv(RECEIVE_BYTES)
                if not data:
                    self._end(ConnectionLost("the server closed the connection"))
                    return
                self._take(data)
                if len(data) < RECEIVE_BYTES and not getattr(self._sock, "pending", _none)():
                    return
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except RemoteError as exc:
            self._end(exc)
        except OSError as exc:
            self._end(ConnectionLost(f"the connection was lost: {exc.strerror or exc}"))

    def _take(self, data: bytes) -> None:
        told = False
        for event in self._session.receive(data):
            if isinstance(event, Reply):
                self._replies[event.serial] = event
                for fd in event.fds:
                    os.close(fd)
            elif isinstance(event, Message):
                self._messages.append(event)
                told = True
            elif isinstance(event, Ping):
                self._pongs += 1
            else:
                inbox = self._inboxes.get(event.stream.key)
                if inbox is not None:
                    inbox.append(event)
                    told = True
        self._look.notify_all()
        if told and self.on_message is not None:
            self.on_message()

    def _answer_pings(self) -> None:
        with self._look:
            pongs, self._pongs = self._pongs, 0
        if pongs and self._error is None:
            self._send(PONG * pongs, None)

    def _check(self, kind: type[ConnectionLost] | type[NotDelivered]) -> None:
        if self._error is None:
            return
        if isinstance(self._error, RemoteError):
            raise RemoteError(str(self._error))
        raise kind(str(self._error))

    def _end(self, reason: Exception) -> None:
        """Let nothing go over the connection any more; the lock is held."""
        if self._error is None:
            self._error = reason
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
            self._look.notify_all()
            self._wake()
            if self.on_message is not None:
                self.on_message()

    def _wake(self) -> None:
        if self._wake_out >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake_out, b"\0")

    def _release(self) -> None:
        self._sock.close()
        if self._wake_out >= 0:
            os.close(self._wake_out)
            os.close(self._wake_in)
            self._wake_in = self._wake_out = -1

    def __del__(self) -> None:
        if getattr(self, "_wake_out", -1) >= 0:
            self._release()


def _none() -> int:
    return 0


def _packets(data: bytes) -> list[bytes]:
    """Return whole packets one by one."""
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append(data[at : at + length])
        at += length
    return found


def _window(requests: Sequence[Request], at: int) -> int:
    """Return how many of the calls from `at` on go together: one at least."""
    size = 0
    for count, request in enumerate(requests[at : at + WINDOW_CALLS]):
        size += len(request.args)
        if size > WINDOW_BYTES and count:
            return count
    return min(WINDOW_CALLS, len(requests) - at)


def _milliseconds(deadline: float | None) -> int | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise CallTimeout("no answer within the time allowed")
    return min(int(left * 1000) + 1, 2**31 - 1)
