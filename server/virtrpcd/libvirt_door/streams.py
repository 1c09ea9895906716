"""Streams of the libvirt door: what a client reads, what it writes, and consoles, which are both.

Each has a task of its own, which waits for the peer to read, for the source, or for the sink. Data that a client sends
is held until the sink takes it; with HOLD_BYTES of it the connection is not read from.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final

from virnet.packet import MAX_STREAM_DATA
from virnet.server_session import Input, StreamInput
from virnet.stream import Stream
from virtrpcd import convert
from virtrpcd.drivers.streams import Duplex, Hole, Sink, Source
from virtrpcd.errors import InvalidArgument, VirtError

if TYPE_CHECKING:
    from virtrpcd.libvirt_door.connection import LibvirtConnection

log = logging.getLogger("virtrpcd.streams")

HOLD_BYTES: Final = 4 << 20
"""Data of a stream that its sink has not taken yet; with more, the connection is not read from."""


EVENT_BYTES: Final = 256
"""What holding a piece of a stream costs beside its data."""


class ServerStream:
    """One stream of a connection. source: what the client reads; sink: what takes what it writes."""

    def __init__(
        self,
        connection: LibvirtConnection,
        stream: Stream,
        *,
        source: Source | None = None,
        sink: Sink | None = None,
    ) -> None:
        self.stream = stream
        self._connection = connection
        self._sink = sink
        self._held: deque[StreamInput] = deque()
        self._held_bytes = 0
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._over = False
        if source is not None:
            self._start(self._pump(source))
        if sink is not None:
            self._start(self._drain(sink))
        connection.add_stream(self)

    @property
    def has_room(self) -> bool:
        """Whether more may be read for this stream."""
        return self._held_bytes < HOLD_BYTES

    def take(self, event: StreamInput) -> bytes:
        """Take what came for this stream; return what is answered at once."""
        if event.what is Input.ABORT or (event.what is Input.FINISH and self._sink is None):
            self._end()
            return self._connection.framing.stream_closed(self.stream)
        if self._sink is None:
            return b""  # data for what only sends: nobody wants it
        if event.what is Input.DATA and not event.data:
            return b""
        self._held.append(event)
        self._held_bytes += _cost(event)
        self._news.set()
        if not self.has_room:
            self._connection.update_reading()
        return b""

    def gone(self) -> None:
        """The connection is lost."""
        self._cancel_tasks()

    def fail(self, exc: VirtError) -> None:
        """End the stream with an error."""
        if not self._over:
            # also to a client that says it is done: it waits for what we say to that
            error = convert.error(exc).to_xdr()
            self._connection.send(self._connection.framing.stream_failed(self.stream, error))
        self._end()

    def _end(self) -> None:
        self._over = True
        self._connection.drop_stream(self)
        self._cancel_tasks()

    def _cancel_tasks(self) -> None:
        """End what waits for the source or the sink, but for who says so.

        In the loop's next round: a task that never began would let go of neither.
        """
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                asyncio.get_running_loop().call_soon(task.cancel)

    def _start(self, work: Awaitable[None]) -> None:
        self._tasks.append(asyncio.ensure_future(self._guard(work)))

    async def _guard(self, work: Awaitable[None]) -> None:
        try:
            await work
        except VirtError as exc:
            self.fail(exc)
        except OSError as exc:
            self.fail(VirtError(f"stream: {exc.strerror or exc}"))
        except Exception as exc:
            log.error("a stream failed", exc_info=exc)
            self.fail(VirtError("internal error: the daemon's log says more"))

    # -- to the client -----------------------------------------------------------------------------------------------

    async def _pump(self, source: Source) -> None:
        connection, session = self._connection, self._connection.framing
        async with contextlib.aclosing(source) as chunks:
            async for chunk in chunks:
                await connection.room()
                if self.stream.closed or connection.ending:
                    return
                if isinstance(chunk, Hole):
                    connection.send(session.stream_hole(self.stream, int(chunk)))
                elif chunk:
                    connection.send(session.stream_data(self.stream, chunk))
        if not self.stream.closed:
            connection.send(session.stream_end(self.stream))

    # -- from the client ---------------------------------------------------------------------------------------------

    async def _drain(self, sink: Sink) -> None:
        finished = False
        try:
            while True:
                while not self._held:
                    self._news.clear()
                    await self._news.wait()
                event = self._held.popleft()
                if event.what is Input.DATA:
                    await sink.write(event.data)
                elif event.what is Input.HOLE:
                    await sink.hole(event.hole)
                else:
                    await sink.finish()
                    finished = True
                    break
                full = not self.has_room
                self._held_bytes -= _cost(event)
                if full and self.has_room:
                    self._connection.update_reading()
        finally:
            if not finished:
                await asyncio.shield(sink.abort())
        if not self._over:
            self._end()
            self._connection.send(self._connection.framing.stream_closed(self.stream))


def _cost(event: StreamInput) -> int:
    """Return what an event costs while it is held, in bytes: small ones are not for nothing."""
    return len(event.data) + EVENT_BYTES


class DuplexSink:
    """The client's side of a console: what it types."""

    def __init__(self, duplex: Duplex) -> None:
        self._duplex = duplex

    async def write(self, data: bytes) -> None:
        await self._duplex.write(data)

    async def hole(self, length: int) -> None:
        raise InvalidArgument("a console has no holes")

    async def finish(self) -> None:
        await self._duplex.close()

    async def abort(self) -> None:
        await self._duplex.close()


async def what_it_says(duplex: Duplex) -> Source:
    """Yield what comes from a console until it ends; then it is closed."""
    try:
        while chunk := await duplex.read():
            yield chunk
    finally:
        await duplex.close()


async def pieces(data: bytes) -> Source:
    """Yield data that is all there."""
    for at in range(0, len(data), MAX_STREAM_DATA):
        yield data[at : at + MAX_STREAM_DATA]
