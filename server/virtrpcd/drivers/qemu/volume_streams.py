"""What is in a volume as a stream, out of it and into it. Holes keep what takes no room from travelling."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable
from typing import Final

from virtrpcd.drivers.qemu.files import FilePool, OpenFile
from virtrpcd.drivers.streams import Hole, Source
from virtrpcd.errors import FROM_STREAMS, InvalidArgument, SystemCallFailed

CHUNK_BYTES: Final = 262120
"""What is read at a time: what one packet of libvirt's framing carries."""
ZEROS_BYTES: Final = 1 << 20
"""What is overwritten at a time, so that others have their turn."""


async def download(pool: FilePool, file: OpenFile, offset: int, length: int, *, sparse: bool) -> Source:
    """Yield a file's content from `offset` on, `length` bytes (0: all) or what there is; then close it."""
    try:
        end = await pool.run(lambda: file.size)
        if length:
            end = min(end, offset + length)
        at = offset
        while at < end:
            is_data, until = await pool.run(file.extent, at, end) if sparse else (True, end)
            if not is_data:
                yield Hole(until - at)
                at = until
            while at < until:
                chunk = await pool.run(file.read, min(CHUNK_BYTES, until - at), at)
                if not chunk:
                    return  # it was cut meanwhile
                yield chunk
                at += len(chunk)
    finally:
        pool.let_go(file)


class Upload:
    """Takes a file's content from `offset` on, at most `length` bytes (0: any number).

    done: called when it is over, all of it there or not.
    """

    def __init__(
        self, pool: FilePool, file: OpenFile, offset: int, length: int, done: Callable[[], Awaitable[None]]
    ) -> None:
        self._pool = pool
        self._file = file
        self._at = offset
        self._end = offset + length if length else None
        self._done = done
        self._over = False

    async def write(self, data: bytes) -> None:
        """See Sink. What fits is kept when there is too much."""
        room = len(data) if self._end is None else self._end - self._at
        await self._pool.run(self._file.write, memoryview(data)[:room], self._at)
        self._at += min(len(data), room)
        if room < len(data):
            raise _full()

    async def hole(self, length: int) -> None:
        """See Sink. What was there before becomes zeros, what is beyond the end a hole."""
        if length < 0:
            raise InvalidArgument(f"invalid argument: a hole of {length} bytes", domain=FROM_STREAMS)
        if self._end is not None and self._at + length > self._end:
            raise _full()
        end = self._at + length
        size = await self._pool.run(lambda: self._file.size)
        if end > size:
            await self._pool.run(self._file.truncate, end)
        await overwrite(self._pool, self._file, self._at, min(end, size))
        self._at = end

    async def finish(self) -> None:
        """See Sink: it is on disk when this returns."""
        try:
            await self._pool.run(self._file.sync)
        finally:
            await self.abort()

    async def abort(self) -> None:
        """See Sink. After `finish`, also one that failed, there is nothing left to do."""
        if not self._over:
            self._over = True
            self._pool.let_go(self._file)
            await self._done()


async def overwrite(pool: FilePool, file: OpenFile, at: int, end: int) -> None:
    """Write zeros over the data of a part of a file; its holes stay."""
    zeros = memoryview(bytes(ZEROS_BYTES))
    while at < end:
        is_data, until = await pool.run(file.extent, at, end)
        while is_data and at < until:
            length = min(ZEROS_BYTES, until - at)
            await pool.run(file.write, zeros[:length], at)
            at += length
        at = until


def _full() -> SystemCallFailed:
    return SystemCallFailed(f"cannot write to stream: {os.strerror(errno.ENOSPC)}", domain=FROM_STREAMS)
