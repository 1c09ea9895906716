"""Files of the test driver: a machine saved to disk, and what it calls a core dump.

A saved machine is one line that says what the file is, then JSON. Files are written beside their place and moved there,
so that one is either whole or not there; they are the owner's alone, as the XML in them may hold passwords.

Paths come checked and without links in them. As folders may be shared with people who put links there afterwards, none
is followed here, on any part of the way.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from virtrpcd.errors import FROM_TEST, InvalidArgument, OperationFailed, SystemCallFailed

MAX_IMAGE_BYTES: Final = 4 << 20
_SAVED: Final = b"virtrpc test driver: saved machine, version 1\n"
_CORE: Final = b"virtrpc test driver: core dump, version 1\n"
_FOLDER: Final = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Image(NamedTuple):
    """A machine at rest: XML with secrets, cpu time used in ns, whether it ran (else it was paused)."""

    xml: str
    cpu_time_ns: int
    running: bool


def write_image(path: str, image: Image, failure: str) -> None:
    """Write a saved machine.

    Raises SystemCallFailed with the text `failure`; the file that was there before is then still there.
    """
    _write(path, _SAVED + json.dumps(image._asdict()).encode() + b"\n", failure)


def write_core(path: str, xml: str, failure: str) -> None:
    """Write what stands for the memory of a guest. Raises as write_image does."""
    _write(path, _CORE + xml.encode(), failure)


def read_image(path: str) -> Image:
    """Read a saved machine.

    Raises SystemCallFailed when the file cannot be read, OperationFailed when it is not a saved machine.
    """
    data = _read(path)
    if not data.startswith(_SAVED):
        raise OperationFailed(f"'{path}' is not a saved machine of this driver", domain=FROM_TEST)
    try:
        fields = json.loads(data[len(_SAVED) :])
        image = Image(fields["xml"], fields["cpu_time_ns"], fields["running"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OperationFailed(f"the saved machine in '{path}' is damaged", domain=FROM_TEST) from error
    typed = isinstance(image.xml, str) and type(image.cpu_time_ns) is int and isinstance(image.running, bool)
    if not typed or not 0 <= image.cpu_time_ns < 1 << 62:
        raise OperationFailed(f"the saved machine in '{path}' is damaged", domain=FROM_TEST)
    return image


def _write(path: str, data: bytes, failure: str) -> None:
    with _failures(failure), _folder_of(path) as (folder, name):
        if not _may_replace(folder, name):
            raise SystemCallFailed(f"{failure}: it is not a regular file", domain=FROM_TEST)
        beside = f".virtrpc-{secrets.token_hex(8)}"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError:
            os.unlink(beside, dir_fd=folder)
            raise


def _may_replace(folder: int, name: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return True


def _read(path: str) -> bytes:
    with _failures(f"cannot read domain image '{path}'"), _folder_of(path) as (folder, name):
        # not blocking, as a fifo without a writer would hold up everybody
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SystemCallFailed(f"cannot read domain image '{path}': it is not a regular file", domain=FROM_TEST)
            data = file.read(MAX_IMAGE_BYTES + 1)
    if len(data) > MAX_IMAGE_BYTES:
        raise OperationFailed(f"'{path}' is too long for a saved machine", domain=FROM_TEST)
    return data


@contextmanager
def _failures(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SystemCallFailed(f"{what}: {error.strerror}", domain=FROM_TEST) from error


@contextmanager
def _folder_of(path: str) -> Iterator[tuple[int, str]]:
    """Open the folder of an absolute path, without following links, and give it with the file's name."""
    if not path.startswith("/") or "\0" in path:
        raise InvalidArgument("the path is not absolute, or holds a NUL", domain=FROM_TEST)
    *parents, name = path.strip("/").split("/")
    folder = os.open("/", _FOLDER)
    try:
        for parent in parents:
            inner = os.open(parent or ".", _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder, name
    finally:
        os.close(folder)
