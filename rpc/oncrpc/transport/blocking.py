"""Blocking sockets with deadlines: a stream and a datagram transport for the blocking client."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

from oncrpc.errors import CallTimeout, ConnectionLost, ConnectTimeout, NotDelivered

if TYPE_CHECKING:
    from oncrpc.tls import ClientTls

RECEIVE_BYTES = 262_144


class StreamTransport:
    """A connected stream socket. Deadlines are time.monotonic() values, None for no limit."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

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
        self._arm(deadline)
        try:
            self._sock.sendall(data)
        except TimeoutError as exc:
            raise CallTimeout("the peer does not read") from exc
        except OSError as exc:
            raise ConnectionLost(f"the connection was lost while sending: {exc.strerror or exc}") from exc

    def receive(self, deadline: float | None) -> bytes:
        """Return some bytes. Raises CallTimeout, and ConnectionLost at the end of the stream."""
        self._arm(deadline)
        try:
            data = self._sock.recv(RECEIVE_BYTES)
        except TimeoutError as exc:
            raise CallTimeout("no answer within the time allowed") from exc
        except OSError as exc:
            raise ConnectionLost(f"the connection was lost: {exc.strerror or exc}") from exc
        if not data:
            raise ConnectionLost("the peer closed the connection")
        return data

    def close(self) -> None:
        """Close the socket; again is no error."""
        self._sock.close()

    def _arm(self, deadline: float | None) -> None:
        arm(self._sock, deadline)


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
        with self._in_use:
            return super().receive(deadline)

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
        """Send one datagram. Raises NotDelivered when the system refuses it (too long, say)."""
        arm(self._sock, deadline)
        try:
            self._sock.send(data)
        except ConnectionRefusedError:
            # The answer to an earlier datagram; whether this one arrives shows in the reply.
            return
        except OSError as exc:
            raise NotDelivered(f"cannot send {len(data)} bytes by udp: {exc.strerror or exc}") from exc

    def receive(self, deadline: float | None) -> bytes:
        """Return one datagram. Raises CallTimeout, and NotDelivered when nobody listens there."""
        arm(self._sock, deadline)
        try:
            return self._sock.recv(65_536)
        except TimeoutError as exc:
            raise CallTimeout("no answer within the time allowed") from exc
        except ConnectionRefusedError as exc:
            raise NotDelivered("nobody listens on that udp port") from exc
        except OSError as exc:
            raise ConnectionLost(f"udp: {exc.strerror or exc}") from exc

    def close(self) -> None:
        """Close the socket; again is no error."""
        self._sock.close()


def arm(sock: socket.socket, deadline: float | None) -> None:
    """Give the socket what time is left. Raises CallTimeout when there is none."""
    if deadline is None:
        sock.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise CallTimeout("no answer within the time allowed")
    sock.settimeout(left)
