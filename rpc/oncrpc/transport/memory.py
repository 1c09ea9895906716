"""A pair of connected ends in memory, for tests: what one sends the other receives, cut as the test likes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from oncrpc.errors import CallTimeout, ConnectionLost


class MemoryTransport:
    """One end, with the blocking transports' methods. Deadlines do not count time: with nothing to read, it is up.

    peer: given the bytes sent, returns the pieces that come back (none, one or many).
    """

    def __init__(self, peer: Callable[[bytes], list[bytes]]) -> None:
        self._peer = peer
        self._inbox: deque[bytes] = deque()
        self.sent: list[bytes] = []
        self.closed = False

    def send(self, data: bytes, deadline: float | None) -> None:
        """Hand bytes to the peer and keep what it answers. Raises ConnectionLost when closed."""
        if self.closed:
            raise ConnectionLost("the connection is closed")
        self.sent.append(data)
        self._inbox.extend(self._peer(data))

    def receive(self, deadline: float | None) -> bytes:
        """Return the next piece. Raises CallTimeout when there is none."""
        if not self._inbox:
            raise CallTimeout("nothing to read")
        return self._inbox.popleft()

    def readable_now(self) -> bool:
        """Whether there is a piece."""
        return bool(self._inbox)

    def push(self, data: bytes) -> None:
        """Add bytes that the peer sends unasked."""
        self._inbox.append(data)

    def close(self) -> None:
        """Close this end."""
        self.closed = True

    def wake(self) -> None:
        """Nothing waits here."""

    def end(self) -> None:
        """Nothing waits here."""

    def watch(self, cancelled: Callable[[], bool], taken: Callable[[bytes], None]) -> None:
        """Nothing waits here, so nothing is cancelled."""
