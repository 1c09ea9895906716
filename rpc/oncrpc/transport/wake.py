"""Waiting for a socket with a deadline, in a way that another thread can end."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Callable

from oncrpc.errors import CallCancelled, CallTimeout, ConnectionLost

MAX_POLL_MS = 2**31 - 1


class Waiter:
    """Waits for one socket, which is made non-blocking; one thread waits at a time.

    `wake` may be called from any thread. What it means is for `cancelled` to say: a wake that came too late for the
    call it was meant for is forgotten.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.cancelled: Callable[[], bool] = _yes
        self._sock = sock
        self._ended = False
        self._guard = threading.Lock()
        sock.setblocking(False)
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)
        self._fd = sock.fileno()
        self._reading = select.poll()
        self._writing = select.poll()
        self._reading.register(self._fd, select.POLLIN)
        self._writing.register(self._fd, select.POLLOUT)
        self._reading.register(self._wake_in, select.POLLIN)
        self._writing.register(self._wake_in, select.POLLIN)

    def readable(self, deadline: float | None) -> None:
        """Wait for something to read. Raises CallTimeout, CallCancelled, and ConnectionLost after `end`."""
        self._wait(self._reading, deadline)

    def readable_now(self) -> bool:
        """Whether there is something to read."""
        return any(fd == self._fd for fd, _ in self._reading.poll(0))

    def writable(self, deadline: float | None) -> None:
        """Wait for room to write. Raises as `readable`."""
        self._wait(self._writing, deadline)

    def either(self, deadline: float | None) -> None:
        """Wait for something to read or for room to write. Raises as `readable`."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN | select.POLLOUT)
        poll.register(self._wake_in, select.POLLIN)
        self._wait(poll, deadline)

    def wake(self) -> None:
        """End a wait, if `cancelled` says so; nothing after `close`."""
        with self._guard:
            # A full pipe wakes as well.
            if self._wake_out >= 0:
                with contextlib.suppress(BlockingIOError):
                    os.write(self._wake_out, b"\0")

    def end(self) -> None:
        """End every wait, now and later, with ConnectionLost."""
        self._ended = True
        self.wake()

    def close(self) -> None:
        """Give the descriptors back; again is no error. Only for the thread whose turn it is."""
        with self._guard:
            if self._wake_out >= 0:
                os.close(self._wake_out)
                os.close(self._wake_in)
                self._wake_in = self._wake_out = -1
        self._ended = True

    def __del__(self) -> None:
        # A client that is never closed: sockets close themselves, bare descriptors do not.
        if hasattr(self, "_wake_out"):
            self.close()

    def _wait(self, poll: select.poll, deadline: float | None) -> None:
        while True:
            if self._ended:
                raise ConnectionLost("the client was closed while the call waited")
            ready = poll.poll(_milliseconds(deadline))
            if not ready:
                # The clock of poll is coarser than ours.
                if deadline is not None and time.monotonic() >= deadline:
                    raise CallTimeout("no answer within the time allowed")
                continue
            if len(ready) == 1 and ready[0][0] == self._fd:
                return
            self._forget_wakes()
            if not self._ended and self.cancelled():
                raise CallCancelled("the call was cancelled by another thread")

    def _forget_wakes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake_in, 64):
                pass


def _yes() -> bool:
    return True


def _milliseconds(deadline: float | None) -> int | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise CallTimeout("no answer within the time allowed")
    return min(int(left * 1000) + 1, MAX_POLL_MS)
