"""Which files a call may name: only those under configured folders, whatever links and dots the name has.

A name is judged by where it really leads. Since a folder may be shared with people who swap files for links between the
check and the use, what we open ourselves is opened by `open`, which follows no link on the way.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from virtrpcd.errors import AccessDenied, InvalidArgument, SystemCallFailed

MAX_PATH_BYTES: Final = 4095

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class PathRules:
    """The folders that calls may reach into. They need not exist yet; none at all means that no path is allowed."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(os.fspath(folder) for folder in folders)

    def check(self, path: str, what: str) -> str:
        """Return where `path` really leads: an absolute path without links, under one of the folders.

        The file need not exist. what: what it is for, in the error ("disk", "save image").
        Raises InvalidArgument for what is no proper absolute path (relative, '..', control characters, too long) or
        leads to something that is not a regular file; AccessDenied for a path outside the folders.
        """
        self._check_text(path, what)
        real = os.path.realpath(path)
        if not self._allows(real):
            # the real path is not told: it would say what is where outside
            raise AccessDenied(f"{what} '{path}' is not under a folder that this daemon may use")
        try:
            mode = os.lstat(real).st_mode
        except OSError:
            # not there, or not to be seen: whoever opens it will say so
            return real
        if not stat.S_ISREG(mode):
            raise InvalidArgument(f"{what} '{path}' is not a regular file")
        return real

    def open(self, path: str, what: str, flags: int, mode: int = 0o600) -> int:
        """Check `path`, open the regular file it leads to, and return the descriptor, which the caller closes.

        No symbolic link is followed after the check, on any part of the way.
        Raises what `check` raises, and SystemCallFailed when the file cannot be opened.
        """
        real = self.check(path, what)
        try:
            handle = _open_without_links(real, flags | os.O_NONBLOCK | os.O_CLOEXEC, mode)
        except OSError as error:
            raise SystemCallFailed(f"cannot open {what} '{path}': {error.strerror}") from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise InvalidArgument(f"{what} '{path}' is not a regular file")
        os.set_blocking(handle, True)
        return handle

    def _check_text(self, path: str, what: str) -> None:
        if not path.startswith("/"):
            raise InvalidArgument(f"{what} '{path}' is not an absolute path")
        if _CONTROL.search(path):
            raise InvalidArgument(f"{what} {path!r} has control characters in it")
        if len(os.fsencode(path)) > MAX_PATH_BYTES:
            raise InvalidArgument(f"the path of the {what} is longer than {MAX_PATH_BYTES} bytes")
        if ".." in path.split("/"):
            raise InvalidArgument(f"{what} '{path}' has '..' in it")

    def _allows(self, real: str) -> bool:
        for folder in self.folders:
            root = os.path.realpath(folder)
            if real.startswith(root if root == "/" else root + "/") and real != root:
                return True
        return False


def _open_without_links(real: str, flags: int, mode: int) -> int:
    folder = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    *parents, name = real.strip("/").split("/")
    try:
        for parent in parents:
            inner = os.open(parent, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name, flags | os.O_NOFOLLOW, mode, dir_fd=folder)
    finally:
        os.close(folder)
