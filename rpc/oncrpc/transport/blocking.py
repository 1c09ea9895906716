"""Blocking sockets with deadlines: a stream and a datagram transport for the blocking client."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from oncrpc.errors import ConnectionLost, ConnectTimeout, NotDelivered
from oncrpc.transport.wake import Waiter

if TYPE_CHECKING:
    from oncrpc.tls import ClientTls

RECEIVE_BYTES = 65_536
RECEIVE_MORE_BYTES = 262_144
"""What is asked for after a full read. Not at once: so large a block of memory has the kernel map and unmap it for each
call, which costs more than the rest of the call."""


class StreamTransport:
    """A connected stream socket. Deadlines are time.monotonic() values, None for no limit."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._waiter = Waiter(sock)
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
    ) -> StreamTransport:
        """Connect to a host. Raises NotDelivered (ConnectTimeout, TlsRefused).

        tls: start TLS at once, asked for by a NULL call to program and version.
        """
        try:
            sock = socket.create_connection((host, port), timeout_s)
        except TimeoutError as exc:
            raise ConnectTimeout(f"no connection to {host} port {port} within {timeout_s} s") from exc
        except OSError as exc:
            raise NotDelivered(f"cannot connect to {host} port {port}: {exc.strerror or exc}") from exc
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is None:
            return cls(sock)
        return TlsTransport(tls.start(sock, host, program, version, timeout_s))

    @classmethod
    def connect_unix(cls, path: str, timeout_s: float | None) -> StreamTransport:
        """Connect to a unix socket. Raises NotDelivered (ConnectTimeout)."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(timeout_s)
        try:
            sock.connect(path)
        except TimeoutError as exc:
            sock.close()
            raise ConnectTimeout(f"no connection to {path} within {timeout_s} s") from exc
        except OSError as exc:
            sock.close()
            raise NotDelivered(f"cannot connect to {path}: {exc.strerror or exc}") from exc
        return cls(sock)

    def send(self, data: bytes, deadline: float | None) -> None:
        """Send all of `data`. Raises ConnectionLost or CallTimeout: part of it may have been sent."""
        sent = 0
        while sent < len(data):
            try:
                sent += self._sock.send(memoryview(data)[sent:] if sent else data)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._waiter.writable(deadline)
            except ssl.SSLWantReadError:
                self._waiter.readable(deadline)
            except OSError as exc:
                raise ConnectionLost(f"the connection was lost while sending: {exc.strerror or exc}") from exc

    def receive(self, deadline: float | None) -> bytes:
        """Return some bytes. Raises CallTimeout, and ConnectionLost at the end of the stream."""
        self._waiter.readable(deadline)
        return self._read(deadline)

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

    def watch(self, cancelled: Callable[[], bool]) -> None:
        """Ask this, after `wake`, whether the call under way is cancelled."""
        self._waiter.cancelled = cancelled

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
    """A stream with TLS up. It says goodbye when it is closed (RFC 9289 section 5.1.1), unless another thread is in the
    middle of a call: OpenSSL's state is not for two at a time."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._in_use = threading.Lock()

    def send(self, data: bytes, deadline: float | None) -> None:
        with self._in_use:
            super().send(data, deadline)

    def receive(self, deadline: float | None) -> bytes:
        # What OpenSSL has already decrypted does not show in the descriptor: read first, then wait.
        with self._in_use:
            return self._read(deadline)

    def close(self) -> None:
        if self._in_use.acquire(blocking=False):
            try:
                self._say_goodbye()
            finally:
                self._in_use.release()
        super().close()

    def _say_goodbye(self) -> None:
        unwrap = getattr(self._sock, "unwrap", None)
        if unwrap is None:  # opportunistic, and the server had no TLS
            return
        # Not waiting for the peer's own: what is sent is sent, what else happens does not matter any more.
        with contextlib.suppress(OSError, ValueError):
            self._sock.settimeout(0)
            unwrap()


class DatagramTransport:
    """A connected datagram socket: only the peer's datagrams are received."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._waiter = Waiter(sock)

    @classmethod
    def connect_udp(cls, host: str, port: int) -> DatagramTransport:
        """Choose the peer. Raises NotDelivered when the name does not resolve."""
        error: OSError | None = None
        try:
            choices = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError as exc:
            raise NotDelivered(f"cannot find {host}: {exc.strerror or exc}") from exc
        for family, kind, proto, _, address in choices:
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
        while True:
            try:
                self._sock.send(data)
                return
            except BlockingIOError:
                self._waiter.writable(deadline)
            except ConnectionRefusedError:
                # The answer to an earlier datagram; whether this one arrives shows in the reply.
                return
            except OSError as exc:
                if exc.errno == errno.EMSGSIZE:
                    raise NotDelivered(f"a call of {len(data)} bytes is too long for udp: use tcp") from exc
                raise NotDelivered(f"cannot send {len(data)} bytes by udp: {exc.strerror or exc}") from exc

    def receive(self, deadline: float | None) -> bytes:
        """Return one datagram. Raises CallTimeout, and NotDelivered when nobody listens there."""
        while True:
            self._waiter.readable(deadline)
            try:
                return self._sock.recv(65_536)
            except BlockingIOError:  # a bad checksum: it was there, and is not
                continue
            except ConnectionRefusedError as exc:
                raise NotDelivered("nobody listens on that udp port") from exc
            except OSError as exc:
                raise ConnectionLost(f"udp: {exc.strerror or exc}") from exc

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

    def watch(self, cancelled: Callable[[], bool]) -> None:
        """Ask this, after `wake`, whether the call under way is cancelled."""
        self._waiter.cancelled = cancelled
