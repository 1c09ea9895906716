"""Files that machines are written to: saved machines and core dumps.

A saved machine is a head of HEAD_BYTES at most - magic, format version, then JSON with the XML, zero-padded to a page -
and QEMU's migration stream behind it. Files are written beside their place, under a name of their own, and moved
there when they are whole; they are the owner's alone, as guest memory and XML hold secrets.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import struct
from typing import Final, NamedTuple

from virtrpcd.errors import FROM_QEMU, OperationFailed, SystemCallFailed

MAGIC: Final = b"virtrpc-qemu-save\n"
VERSION: Final = 1
MAX_HEAD_BYTES: Final = 4 << 20

_FIXED: Final = struct.Struct(">18sHIQ")
"""Magic, version, bytes of JSON, bytes of the whole file (0: it was never finished)."""

_PAGE: Final = 4096


class Saved(NamedTuple):
    """What stands before the stream: XML with secrets, and whether the machine ran."""

    xml: str
    running: bool


class OutFile:
    """A file being written beside `path`. `fd` is open for writing; `keep` moves it into place, `drop` removes it.

    Raises SystemCallFailed when it cannot be created, or `path` is there and not a regular file.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        folder, self._name = os.path.split(path)
        self._beside = f".{secrets.token_hex(8)}.part"
        try:
            self._folder = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise SystemCallFailed(f"cannot write '{path}': {error.strerror}", domain=FROM_QEMU) from error
        try:
            if not self._may_replace():
                raise SystemCallFailed(f"cannot write '{path}': it is not a regular file", domain=FROM_QEMU)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self.fd = os.open(self._beside, flags, 0o600, dir_fd=self._folder)
        except OSError as error:
            os.close(self._folder)
            raise SystemCallFailed(f"cannot write '{path}': {error.strerror}", domain=FROM_QEMU) from error
        except SystemCallFailed:
            os.close(self._folder)
            raise

    def keep(self) -> None:
        """Put the file on disk and in its place. Raises SystemCallFailed; it is dropped then."""
        try:
            os.fsync(self.fd)
            os.rename(self._beside, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            os.fsync(self._folder)
        except OSError as error:
            self.drop()
            raise SystemCallFailed(f"cannot write '{self.path}': {error.strerror}", domain=FROM_QEMU) from error
        self._close()

    def drop(self) -> None:
        """Remove what was written."""
        # it may have been moved into place before the failure
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._beside, dir_fd=self._folder)
        self._close()

    def _close(self) -> None:
        os.close(self.fd)
        os.close(self._folder)

    def _may_replace(self) -> bool:
        try:
            return stat.S_ISREG(os.stat(self._name, dir_fd=self._folder, follow_symlinks=False).st_mode)
        except FileNotFoundError:
            return True


def write_head(fd: int, saved: Saved) -> None:
    """Write the head of an unfinished saved machine; the file's position is then where the stream goes."""
    body = json.dumps(saved._asdict()).encode()
    size = _FIXED.size + len(body)
    size += -size % _PAGE
    os.pwrite(fd, (_FIXED.pack(MAGIC, VERSION, len(body), 0) + body).ljust(size, b"\0"), 0)
    os.lseek(fd, size, os.SEEK_SET)


def finish_head(fd: int) -> None:
    """Mark a saved machine as whole."""
    _, version, body_bytes, _ = _FIXED.unpack(os.pread(fd, _FIXED.size, 0))
    os.pwrite(fd, _FIXED.pack(MAGIC, version, body_bytes, os.fstat(fd).st_size), 0)


def open_saved(path: str) -> tuple[int, Saved]:
    """Open a saved machine; return the descriptor, positioned at the stream, and what stands before it.

    Raises SystemCallFailed when the file cannot be read, OperationFailed when it is no whole saved machine.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SystemCallFailed(f"cannot read '{path}': {error.strerror}", domain=FROM_QEMU) from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise SystemCallFailed(f"cannot read '{path}': it is not a regular file", domain=FROM_QEMU)
        return fd, _read_head(fd, path)
    except OSError as error:
        os.close(fd)
        raise SystemCallFailed(f"cannot read '{path}': {error.strerror}", domain=FROM_QEMU) from error
    except (OperationFailed, SystemCallFailed):
        os.close(fd)
        raise


def _read_head(fd: int, path: str) -> Saved:
    fixed = os.pread(fd, _FIXED.size, 0)
    if len(fixed) < _FIXED.size or not fixed.startswith(MAGIC):
        raise OperationFailed(f"'{path}' is not a saved machine", domain=FROM_QEMU)
    _, version, body_bytes, whole_bytes = _FIXED.unpack(fixed)
    if version > VERSION:
        raise OperationFailed(f"the saved machine in '{path}' is of a later release", domain=FROM_QEMU)
    damaged = OperationFailed(f"the saved machine in '{path}' is damaged", domain=FROM_QEMU)
    if body_bytes > MAX_HEAD_BYTES or whole_bytes != os.fstat(fd).st_size:
        raise damaged
    try:
        fields = json.loads(os.pread(fd, body_bytes, _FIXED.size))
        saved = Saved(fields["xml"], fields["running"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged from error
    if not isinstance(saved.xml, str) or not isinstance(saved.running, bool):
        raise damaged
    size = _FIXED.size + body_bytes
    os.lseek(fd, size + -size % _PAGE, os.SEEK_SET)
    return saved
