"""Blocking sockets with deadlines: a stream and a datagram transport for the blocking client."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oncrpc.errors import ConnectionLost, NotDelivered
from oncrpc.transport import datagram
from oncrpc.transport.datagram import not_sent
from oncrpc.transport.dialing import Dialer, connected_tcp, connected_unix, find
from oncrpc.transport.wake import Waiter

if TYPE_CHECKING:
    from oncrpc.tls import ClientTls

RECEIVE_BYTES = 65_536
RECEIVE_MORE_BYTES = 262_144
"""What is asked for after a full read. Not at once: so large a block of memory has the kernel map and unmap it for each
call, which costs more than the rest of the call."""


class _Socket:
    """What both kinds of transport do in the same way. Deadlines are time.monotonic() values, None for no limit."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._waiter = Waiter(sock)
        self._taken: Callable[[bytes], None] | None = None

    def readable_now(self) -> bool:
        """Whether something has come in; `receive` may still have to wait for the rest of a TLS record."""
        return self._waiter.readable_now()

    def wake(self) -> None:
        """Let a wait in another thread look whether its call is cancelled."""
        self._waiter.wake()

    def end(self) -> None:
        """Let a wait in another thread end with ConnectionLost; that thread closes."""
        self._waiter.end()

    def close(self) -> None:
        """Close the socket; again is no error."""
        self._waiter.close()
        self._sock.close()

    def watch(self, cancelled: Callable[[], bool], taken: Callable[[bytes], None]) -> None:
        """Ask `cancelled`, after `wake`, whether the call under way is cancelled.

        taken: who is given what comes in while a stream waits for room to send. Without it nothing is read then, and a
        peer that waits for us to read its answers never reads ours.
        """
        self._waiter.cancelled = cancelled
        self._taken = taken


class StreamTransport(_Socket):
    """A connected stream socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._room = RECEIVE_BYTES

    @classmethod
    def connect_tcp(
        cls,
        host: str,
        port: int,
        timeout_s: float | None,
        *,
        tls: ClientTls | None = None,
        program: int = 0,
        version: int = 0,
        dialer: Dialer[Any] | None = None,
    ) -> StreamTransport:
        """Connect to a host. Raises NotDelivered (ConnectTimeout, TlsRefused).

        timeout_s: for all addresses of the host together, and TLS; the system's name lookup is not in it. tls: start
        TLS at once, asked for by a NULL call to program and version. dialer: who may end it.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        sock = connected_tcp(host, port, timeout_s, dialer)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is None:
            return cls(sock)
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        return TlsTransport(tls.start(sock, host, program, version, left))

    @classmethod
    def connect_unix(cls, path: str, timeout_s: float | None, *, dialer: Dialer[Any] | None = None) -> StreamTransport:
        """Connect to a unix socket. Raises NotDelivered (ConnectTimeout)."""
        return cls(connected_unix(path, timeout_s, dialer))

    def send(self, data: bytes, deadline: float | None) -> None:
        """Send all of `data`. Raises ConnectionLost or CallTimeout: part of it may have been sent."""
        sent = 0
        while sent < len(data):
            try:
                sent += self._sock.send(memoryview(data)[sent:] if sent else data)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait_for_room(deadline)
            except ssl.SSLWantReadError:
                self._waiter.readable(deadline)
            except OSError as exc:
                raise ConnectionLost(f"the connection was lost while sending: {exc.strerror or exc}") from exc

    def _wait_for_room(self, deadline: float | None) -> None:
        """Wait until more can be sent, or has come in: the peer may be waiting for us to read."""
        if self._taken is None:
            self._waiter.writable(deadline)
            return
        # What OpenSSL has already decrypted does not show in the descriptor: read first, then wait.
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            data = self._sock.recv(RECEIVE_BYTES)
            if not data:
                raise ConnectionLost("the peer closed the connection")
            self._taken(data)
        self._waiter.either(deadline)

    def receive(self, deadline: float | None) -> bytes:
        """Return some bytes. Raises CallTimeout, and ConnectionLost at the end of the stream."""
        self._waiter.readable(deadline)
        return self._read(deadline)

    def _read(self, deadline: float | None) -> bytes:
        while True:
            try:
                data = self._sock.recv(self._room)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._waiter.readable(deadline)
            except ssl.SSLWantWriteError:
                self._waiter.writable(deadline)
            except OSError as exc:
                raise ConnectionLost(f"the connection was lost: {exc.strerror or exc}") from exc
            else:
                if not data:
                    raise ConnectionLost("the peer closed the connection")
                self._room = RECEIVE_BYTES if len(data) < self._room else RECEIVE_MORE_BYTES
                return data


class TlsTransport(StreamTransport):
    """A stream with TLS up. It says goodbye when it is closed (RFC 9289 section 5.1.1)."""

    def receive(self, deadline: float | None) -> bytes:
        # What OpenSSL has already decrypted does not show in the descriptor: read first, then wait.
        return self._read(deadline)

    def close(self) -> None:
        self._say_goodbye()
        super().close()

    def _say_goodbye(self) -> None:
        unwrap = getattr(self._sock, "unwrap", None)
        if unwrap is None:  # opportunistic, and the server had no TLS
            return
        # Not waiting for the peer's own: what is sent is sent, what else happens does not matter any more.
        with contextlib.suppress(OSError, ValueError):
            self._sock.settimeout(0)
            unwrap()


class DatagramTransport(_Socket):
    """A connected datagram socket: only the peer's datagrams are received."""

    @classmethod
    def connect_udp(cls, host: str, port: int) -> DatagramTransport:
        """Choose the peer. Raises NotDelivered when the name does not resolve."""
        error: OSError | None = None
        for family, kind, proto, _, address in find(host, port, socket.SOCK_DGRAM):
            sock = socket.socket(family, kind, proto)
            try:
                sock.connect(address)
            except OSError as exc:
                sock.close()
                error = exc
                continue
            return cls(sock)
        raise NotDelivered(f"cannot reach {host} port {port} by udp: {error}")

    def send(self, data: bytes, deadline: float | None) -> None:
        """Send one datagram. Raises NotDelivered when the system refuses it."""
        while True:  # once more for each error that waited for us
            try:
                self._sock.send(data)
                return
            except BlockingIOError:
                self._waiter.writable(deadline)
            except ConnectionRefusedError:
                # The answer to an earlier datagram: this one was not sent. Whether it arrives shows in the reply.
                continue
            except OSError as exc:
                raise not_sent(len(data), exc) from exc

    def receive(self, deadline: float | None) -> bytes:
        """Return one datagram. Raises CallTimeout, and NotDelivered when nobody listens there."""
        while True:
            self._waiter.readable(deadline)
            try:
                return self._sock.recv(datagram.RECEIVE_BYTES)
            except BlockingIOError:  # a bad checksum: it was there, and is not
                continue
            except ConnectionRefusedError as exc:
                raise NotDelivered("nobody listens on that udp port") from exc
            except OSError as exc:
                raise ConnectionLost(f"udp: {exc.strerror or exc}") from exc
