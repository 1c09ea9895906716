"""Connecting of the blocking client: all that may wait there, in a way that another thread can end."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from oncrpc.errors import ConnectTimeout, LocalError, NotDelivered

T = TypeVar("T")

MAX_WAIT_S: Final = 1e8
"""As good as for ever: the system takes no times of thousands of years."""
FULL_WAIT_S: Final = 0.02
"""How long until a unix socket whose backlog was full is tried again; the system does not tell when there is room."""

Choice = tuple[Any, Any, int, str, Any]
"""What getaddrinfo gives."""


class Dialer(Generic[T]):
    """Connects each time it is called; `end`, from another thread, lets that fail at once.

    dial: given the seconds allowed and this dialer, returns a transport; it shows us the sockets that it waits for.
    The system's name lookup cannot be ended.
    """

    def __init__(self, dial: Callable[[float | None, Dialer[T]], T]) -> None:
        self._dial = dial
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._sock: socket.socket | None = None

    def __call__(self, timeout_s: float | None) -> T:
        try:
            return self._dial(timeout_s, self)
        finally:
            self._let_go()
            self._ended.clear()

    def end(self) -> None:
        """End the connecting that is going on."""
        with self._guard:
            self._ended.set()
            if self._sock is not None:
                # Also one that is not connected yet then stops waiting.
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)

    def hold(self, sock: socket.socket) -> None:
        """Note the socket that is waited for now. Raises NotDelivered when we were ended."""
        self._let_go()
        with self._guard:
            self._check()
            self._sock = sock.dup()  # TLS takes the descriptor over into a socket of its own

    def pause(self, seconds: float) -> None:
        """Wait. Raises NotDelivered when we were ended."""
        self._ended.wait(seconds)
        self._check()

    def _check(self) -> None:
        if self._ended.is_set():
            raise NotDelivered("connecting was ended by another thread")

    def _let_go(self) -> None:
        with self._guard:
            if self._sock is not None:
                self._sock.close()
                self._sock = None


def find(host: str, port: int, kind: socket.SocketKind) -> list[Choice]:
    """Return the addresses of a host, in the order to try them. Raises NotDelivered; LocalError for no port."""
    check_port(port)
    try:
        return list(socket.getaddrinfo(host, port, type=kind))
    except (OSError, ValueError) as exc:  # ValueError: a name that none can have, such as a..b
        raise not_found(host, exc) from exc


def check_port(port: int) -> None:
    """Raise LocalError for what is no port."""
    if not 0 <= port <= 0xFFFF:
        raise LocalError(f"{port} is no port: they go from 0 to 65535")


def not_found(host: str, error: OSError | ValueError) -> NotDelivered:
    """Return the error of a name that is not known, or cannot be one."""
    if isinstance(error, OSError):
        return NotDelivered(f"cannot find {host}: {error.strerror or error}")
    return NotDelivered(f"cannot find {host!r}: that can be no host's name")


def connected_tcp(host: str, port: int, timeout_s: float | None, dialer: Dialer[Any] | None) -> socket.socket:
    """Return a connection to the first address of a host that takes it. Raises NotDelivered (ConnectTimeout)."""
    choices = find(host, port, socket.SOCK_STREAM)
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    error: OSError | None = None
    for family, kind, proto, _, address in choices:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            break
        try:
            sock = socket.socket(family, kind, proto)
        except OSError as exc:  # no IPv6 here, say
            error = exc
            continue
        try:
            if dialer is not None:
                dialer.hold(sock)
            sock.settimeout(None if left is None else min(left, MAX_WAIT_S))
            sock.connect(address)
        except NotDelivered:
            sock.close()
            raise
        except OSError as exc:  # a TimeoutError too: the system's own may come first
            sock.close()
            error = exc
        else:
            return sock
    if deadline is not None and time.monotonic() >= deadline:
        raise ConnectTimeout(f"no connection to {host} port {port} within {timeout_s} s")
    why = "it has no address" if error is None else error.strerror or str(error)
    raise NotDelivered(f"cannot connect to {host} port {port}: {why}")


def connected_unix(path: str, timeout_s: float | None, dialer: Dialer[Any] | None) -> socket.socket:
    """Return a connection to a unix socket; a full backlog is waited for. Raises NotDelivered (ConnectTimeout)."""
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.setblocking(False)  # it connects at once or not at all
    try:
        while True:
            try:
                sock.connect(path)
            except BlockingIOError as exc:
                if deadline is not None and time.monotonic() >= deadline:
                    raise ConnectTimeout(f"no connection to {path} within {timeout_s} s") from exc
            else:
                return sock
            if dialer is None:
                time.sleep(FULL_WAIT_S)
            else:
                dialer.pause(FULL_WAIT_S)
    except NotDelivered:
        sock.close()
        raise
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the path
        sock.close()
        raise NotDelivered(f"cannot connect to {path}: {getattr(exc, 'strerror', None) or exc}") from exc
