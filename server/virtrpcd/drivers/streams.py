"""What a driver hands out for what goes on after a call: consoles and channels, and what is in a volume.

A console or channel is bytes both ways, until one side ends it; what is in a volume goes one way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final, Protocol

CHUNK_BYTES: Final = 65536
"""The most that one read returns."""


FLUSH_S: Final = 2.0
"""How long closing waits for the other side to take what was written."""


class Hole(int):
    """So many zero bytes, not sent one by one."""


Source = AsyncGenerator[bytes | Hole, None]
"""What a client reads; it ends, or raises VirtError or OSError."""


class Sink(Protocol):
    """Where a client's data goes. Each may wait; VirtError or OSError ends the stream with that error."""

    async def write(self, data: bytes) -> None:
        """Take data."""

    async def hole(self, length: int) -> None:
        """Take `length` zero bytes."""

    async def finish(self) -> None:
        """All is there."""

    async def abort(self) -> None:
        """The rest will not come."""


class Duplex(Protocol):
    """Bytes in both directions. Any call may raise OSError when the other side is broken."""

    async def read(self) -> bytes:
        """Return what has come, waiting for something; b"" when nothing will come any more."""
        ...

    async def write(self, data: bytes) -> None:
        """Send data; waits when the other side does not take it."""
        ...

    async def close(self) -> None:
        """End it, from whichever task; a read that waits returns b"". More than once is no error."""
        ...


class SocketDuplex:
    """A Duplex over a connected stream socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether either side has ended it."""
        return self._closed or self._reader.at_eof()

    async def read(self) -> bytes:
        """See Duplex. A process that ended with something unread is the end of it like any other."""
        try:
            return await self._reader.read(CHUNK_BYTES)
        except ConnectionResetError:
            return b""

    async def write(self, data: bytes) -> None:
        """See Duplex."""
        self._writer.write(data)
        await self._writer.drain()

    async def close(self) -> None:
        """See Duplex."""
        if not self._closed:
            self._closed = True
            self._writer.close()
            self._reader.feed_eof()
            try:
                async with asyncio.timeout(FLUSH_S):
                    await self._writer.wait_closed()
            except TimeoutError:
                # the other side does not read: what it has not taken is lost
                self._writer.transport.abort()
            except OSError:
                return
