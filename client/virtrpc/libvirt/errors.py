"""libvirtError, the last error of each thread, and who is told of errors: as libvirt's Python module has them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from virtproto import virt as v

ErrorRow = tuple[int, int, str, int, str | None, str | None, str | None, int, int]
"""code, domain, message, level, three texts, two numbers."""

FROM_NONE: Final = 0
FROM_RPC: Final = 7
FROM_REMOTE: Final = 13
FROM_STORAGE: Final = 18
FROM_NETWORK: Final = 19
FROM_DOMAIN: Final = 20
LEVEL_ERROR: Final = 2
INTERNAL: Final = 1
NO_SUPPORT: Final = 3
INVALID_CONN: Final = 6
INVALID_ARG: Final = 8
SYSTEM: Final = 38

_FROM: Final[dict[int, str]] = {
    5: "XML Util", 6: "Domain", 7: "XML-RPC", 10: "QEMU Driver", 11: "Network", 12: "Test Driver", 13: "Remote Driver",
    16: "Storage Driver", 18: "Storage Driver", 19: "Network Driver", 20: "Domain Config", 22: "Node Device Driver",
    38: "Streams",
}  # fmt: skip
"""Which part of libvirt speaks, in the line that is printed when nobody has asked to be told."""

_last = threading.local()
_handler: list[tuple[Callable[[Any, list[Any]], None], Any]] = []


class libvirtError(Exception):
    """A call failed. `err` has what libvirt's own error has: code, domain, message, level, texts, numbers."""

    def __init__(self, defmsg: str) -> None:
        row = _row()
        super().__init__(defmsg if row is None or row[2] is None else row[2])
        self.err = row

    def get_error_code(self) -> int | None:
        """Return a VIR_ERR_... number."""
        return None if self.err is None else self.err[0]

    def get_error_domain(self) -> int | None:
        """Return a VIR_FROM_... number."""
        return None if self.err is None else self.err[1]

    def get_error_message(self) -> str | None:
        """Return the sentence for people."""
        return None if self.err is None else self.err[2]

    def get_error_level(self) -> int | None:
        """Return a virErrorLevel."""
        return None if self.err is None else self.err[3]

    def get_str1(self) -> str | None:
        """Return the first of the texts."""
        return None if self.err is None else self.err[4]

    def get_str2(self) -> str | None:
        """Return the second."""
        return None if self.err is None else self.err[5]

    def get_str3(self) -> str | None:
        """Return the third."""
        return None if self.err is None else self.err[6]

    def get_int1(self) -> int | None:
        """Return the first of the numbers."""
        return None if self.err is None else self.err[7]

    def get_int2(self) -> int | None:
        """Return the second."""
        return None if self.err is None else self.err[8]


def failed(error: v.virt_error) -> libvirtError:
    """Return what to raise for an error that the daemon sent."""
    message = error.message or f"error {error.code}"
    row = (error.code, error.domain, message, error.level, error.str1, error.str2, error.str3, error.int1, error.int2)
    return _told(row)


def refused(code: int, domain: int, message: str, detail: str | None = None) -> libvirtError:
    """Return what to raise for something that is wrong on this side."""
    return _told((code, domain, message, LEVEL_ERROR, message if detail is None else None, detail, None, -1, -1))


def not_supported(api: str) -> libvirtError:
    """Return what to raise for a call that is not there; api is libvirt's name of it in C."""
    return refused(NO_SUPPORT, FROM_NONE, f"this function is not supported by the connection driver: {api}", api)


def invalid(message: str) -> libvirtError:
    """Return what to raise for an argument that makes no sense."""
    row = (
        INVALID_ARG,
        FROM_NONE,
        f"invalid argument: {message}",
        LEVEL_ERROR,
        "invalid argument: %s",
        message,
        None,
        -1,
        -1,
    )
    return _told(row)


def bad_uuid(api: str, domain: int) -> libvirtError:
    """Return what to raise for a text that is no uuid."""
    return _told((INVALID_ARG, domain, "Invalid UUID", LEVEL_ERROR, api, "uuidstr", None, 0, 0))


def closed(api: str) -> libvirtError:
    """Return what to raise for a call on a connection that was closed."""
    message = f"invalid connection pointer in {api}"
    row = (INVALID_CONN, FROM_DOMAIN, message, LEVEL_ERROR, "invalid connection pointer in %s", api, None, -1, -1)
    return _told(row)


def registerErrorHandler(f: Callable[[Any, list[Any]], None] | None, ctx: Any) -> int:
    """Have f(ctx, error as a list) called for each error, instead of a line on stderr; None: the line again."""
    _handler[:] = [] if f is None else [(f, ctx)]
    return 1


def virGetLastError() -> ErrorRow | None:
    """Return this thread's last error."""
    return _row()


def virGetLastErrorCode() -> int:
    """Return its code, 0 for none."""
    row = _row()
    return 0 if row is None else row[0]


def virGetLastErrorDomain() -> int:
    """Return its domain, 0 for none."""
    row = _row()
    return 0 if row is None else row[1]


def virGetLastErrorMessage() -> str:
    """Return its message."""
    row = _row()
    return "no error" if row is None else row[2]


def virResetLastError() -> None:
    """Forget this thread's last error."""
    _last.row = None


def _row() -> ErrorRow | None:
    row: ErrorRow | None = getattr(_last, "row", None)
    return row


def _told(row: ErrorRow) -> libvirtError:
    _last.row = row
    if _handler:
        call, ctx = _handler[0]
        call(ctx, list(row))
    else:
        print(f"libvirt: {_FROM.get(row[1], '')} error : {row[2]}", file=sys.stderr)
    return libvirtError(row[2])
