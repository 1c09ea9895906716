"""Files that calls work on for a while: blocking work in few threads, and descriptors that nobody can leave open."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

_THREADS: Final = 4
"""Disks gain little from more, and a folder that hangs must not take all threads there are."""
_FICLONE: Final = 0x40049409

_T = TypeVar("_T")


class FilePool:
    """Threads for work that waits for disks."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "virtrpc-files")

    async def run(self, work: Callable[..., _T], *args: object) -> _T:
        """Do blocking work. It goes on when the caller is cancelled, so it is to be short."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    def let_go(self, file: OpenFile) -> None:
        """Close a file when the work on it is done, without waiting for that."""
        try:
            self._threads.submit(file.close)
        except RuntimeError:  # the pool is stopped
            file.close()

    def stop(self) -> None:
        """Wait for what is under way; nothing can be run any more."""
        self._threads.shutdown(wait=True)


class OpenFile:
    """An open file that is used from several threads, one at a time; `close` waits for the work of another.

    Closed at the latest when it is forgotten: the call that opened it may be cancelled before it has it.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._lock = threading.Lock()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close it; more than once is no error."""
        with self._lock:
            handle, self._handle = self._handle, -1
            if handle >= 0:
                os.close(handle)

    def fileno(self) -> int:
        """Return the descriptor, for who keeps this object while it is used."""
        return self._handle

    @property
    def size(self) -> int:
        """How long the file is."""
        with self._lock:
            return os.fstat(self._handle).st_size

    def read(self, length: int, at: int) -> bytes:
        """Return at most `length` bytes, b"" at the end."""
        with self._lock:
            return os.pread(self._handle, length, at)

    def write(self, data: bytes | memoryview, at: int) -> None:
        """Write all of `data`."""
        with self._lock:
            self._write(memoryview(data), at)

    def _write(self, data: memoryview, at: int) -> None:
        while data:
            written = os.pwrite(self._handle, data, at)
            data, at = data[written:], at + written

    def sync(self) -> None:
        """Return when all is on disk."""
        with self._lock:
            os.fsync(self._handle)

    def truncate(self, length: int) -> None:
        """Make it so long; what is added is zeros that take no room."""
        with self._lock:
            os.ftruncate(self._handle, length)

    def allocate(self, at: int, length: int) -> None:
        """Take room on disk for a part of it."""
        with self._lock:
            os.posix_fallocate(self._handle, at, length)

    def clone_from(self, other: OpenFile) -> None:
        """Have the content of another file, sharing its room on disk. OSError where the file system cannot."""
        with other._lock, self._lock:
            fcntl.ioctl(self._handle, _FICLONE, other._handle)

    def set_permissions(self, mode: int | None, owner: int | None, group: int | None) -> None:
        """Change what is not None."""
        with self._lock:
            if owner is not None or group is not None:
                os.fchown(self._handle, -1 if owner is None else owner, -1 if group is None else group)
            if mode is not None:
                os.fchmod(self._handle, mode)

    def extent(self, at: int, end: int) -> tuple[bool, int]:
        """Return whether there is data at `at` (else a hole), and where that changes, `end` at the latest."""
        with self._lock:
            data = self._seek(at, os.SEEK_DATA, end)
            if data > at:
                return False, min(data, end)
            return True, min(self._seek(at, os.SEEK_HOLE, end), end)

    def _seek(self, at: int, whence: int, otherwise: int) -> int:
        try:
            return os.lseek(self._handle, at, whence)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole up to the end
                return otherwise
            raise
