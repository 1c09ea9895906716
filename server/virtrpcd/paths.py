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

    def check_folder(self, path: str, what: str) -> str:
        """Return where `path`, a folder that need not exist, really leads: one of the folders, or under one.

        Raises what `check` raises, but for the kind of file: whoever opens it will see.
        """
        self._check_text(path, what)
        real = os.path.realpath(path)
        if not self._allows(real, itself=True):
            raise AccessDenied(f"{what} '{path}' is not under a folder that this daemon may use")
        return real

    def open_folder(self, path: str, what: str) -> int:
        """Check a folder and return a descriptor of it, which the caller closes. No link is followed after the check.

        Raises what `check_folder` raises, and OSError.
        """
        real = self.check_folder(path, what)
        return _open_without_links(real, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK | os.O_CLOEXEC, 0)

    def make_folder(self, path: str, what: str, mode: int, owner: int = -1, group: int = -1) -> bool:
        """Make a folder and those above it that are not there; return whether it was made, False if it was there.

        Mode, owner and group (-1: as it comes) are for the folder itself. Raises as open_folder does.
        """
        *parents, name = self.check_folder(path, what).strip("/").split("/")
        if not name:
            return False
        folder = _open_root()
        try:
            for parent in parents:
                _make_in(folder, parent, 0o777)
                folder = _step(folder, parent)
            if not _make_in(folder, name, 0o700):
                return False
            made = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            try:
                os.fchown(made, owner, group)
                os.fchmod(made, mode)
            finally:
                os.close(made)
            return True
        finally:
            os.close(folder)

    def remove_folder(self, path: str, what: str) -> None:
        """Remove an empty folder. Raises as open_folder does."""
        *parents, name = self.check_folder(path, what).strip("/").split("/")
        folder = _open_root()
        try:
            for parent in parents:
                folder = _step(folder, parent)
            os.rmdir(name, dir_fd=folder)
        finally:
            os.close(folder)

    def _check_text(self, path: str, what: str) -> None:
        if not path.startswith("/"):
            raise InvalidArgument(f"{what} '{path}' is not an absolute path")
        if _CONTROL.search(path):
            raise InvalidArgument(f"{what} {path!r} has control characters in it")
        if len(os.fsencode(path)) > MAX_PATH_BYTES:
            raise InvalidArgument(f"the path of the {what} is longer than {MAX_PATH_BYTES} bytes")
        if ".." in path.split("/"):
            raise InvalidArgument(f"{what} '{path}' has '..' in it")

    def _allows(self, real: str, *, itself: bool = False) -> bool:
        for folder in self.folders:
            root = os.path.realpath(folder)
            if real == root and itself:
                return True
            if real.startswith(root if root == "/" else root + "/") and real != root:
                return True
        return False


def _open_without_links(real: str, flags: int, mode: int) -> int:
    *parents, name = real.strip("/").split("/")
    folder = _open_root()
    try:
        for parent in parents:
            folder = _step(folder, parent)
        return os.open(name or ".", flags | os.O_NOFOLLOW, mode, dir_fd=folder)
    finally:
        os.close(folder)


def _open_root() -> int:
    return os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def _step(folder: int, name: str) -> int:
    """Return the folder in an open one, which is closed; when it cannot be opened, that stays open."""
    inner = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    os.close(folder)
    return inner


def _make_in(folder: int, name: str, mode: int) -> bool:
    """Make a folder in an open one; return whether it was not there."""
    try:
        os.mkdir(name, mode, dir_fd=folder)
    except FileExistsError:
        return False
    return True
