"""Plain data: what JSON can say. Shared by the descriptors, which turn their values into it and back (xdr.py).

Numbers stay numbers, but for the floats that JSON has no word for; bytes become base64 (RFC 4648 section 4); text stays
text, bytes of it that are not UTF-8 as lone surrogates (PEP 383), which json writes as escapes and reads back.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Collection
from typing import Any, Final

from oncrpc.codegen import MAX_DEPTH
from oncrpc.errors import XdrError

MAX_SHOWN: Final = 40
"""The most characters of what was found that a message quotes."""

FLOATS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Misfit(XdrError):
    """Plain data, or a value, that does not fit its type. Its text begins with the path of the item."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self._reason = reason
        self._steps: list[str] = []

    def inside(self, step: str) -> None:
        """Put a step before the path: the name of the whole, `.field` or `[3]`."""
        self._steps.append(step)

    def __str__(self) -> str:
        path = "".join(reversed(self._steps))
        return f"{path}: {self._reason}" if path else self._reason


def expected(what: object, found: object) -> Misfit:
    """Return the error that says what was to be there and what is."""
    return Misfit(f"expected {what}, found {shown(found)}")


def shown(found: object) -> str:
    """Return how a message names an item of plain data: short ones as they are."""
    if isinstance(found, dict):
        return "an object"
    if isinstance(found, list | tuple):
        return f"a list of {len(found)}"
    if found is None or isinstance(found, bool):
        return "null" if found is None else str(found).lower()
    if isinstance(found, str):
        return repr(found) if len(found) <= MAX_SHOWN else f"{found[:MAX_SHOWN]!r}... of {len(found)} characters"
    if isinstance(found, int) and found.bit_length() > 4 * MAX_SHOWN:
        return f"a number of {found.bit_length()} bits"  # written out, it might be more digits than Python allows
    return str(found) if isinstance(found, int | float) else type(found).__name__


def whole(found: object, low: int, high: int, what: object) -> int:
    """Return an integer in these bounds; a bool is none."""
    if not isinstance(found, int) or isinstance(found, bool):
        raise expected(what, found)
    if not low <= found <= high:
        raise Misfit(f"expected {what}, {low} to {high}, found {shown(found)}")
    return int(found)


def float_to_plain(value: object, what: object) -> float | str:
    """Return the number, or a word in its place."""
    number = plain_to_float(value, what)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def plain_to_float(found: object, what: object) -> float:
    """Return the number that a number or one of the words of FLOATS stands for."""
    if isinstance(found, str) and found in FLOATS:
        return FLOATS[found]
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise expected(f"{what}, a number or one of {', '.join(FLOATS)}", found)
    try:
        return float(found)
    except OverflowError:
        raise expected(what, found) from None


def bytes_to_plain(value: object, low: int, high: int, what: object) -> str:
    """Return base64 of `low` to `high` bytes."""
    if not isinstance(value, bytes | bytearray):
        raise expected(what, value)
    _in_bounds(len(value), low, high, what)
    return base64.b64encode(value).decode()


def plain_to_bytes(found: object, low: int, high: int, what: object) -> bytes:
    """Return the `low` to `high` bytes that base64 stands for."""
    if not isinstance(found, str):
        raise expected(f"{what} in base64", found)
    try:
        data = base64.b64decode(found, validate=True)
    except ValueError:
        raise expected(f"{what} in base64", found) from None
    _in_bounds(len(data), low, high, what)
    return data


def text(found: object, high: int, what: object) -> str:
    """Return text of at most `high` bytes."""
    if not isinstance(found, str):
        raise expected(what, found)
    try:
        size = len(found.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        raise Misfit(f"expected {what}, found the lone surrogate U+{ord(found[error.start]):04X}") from None
    _in_bounds(size, 0, high, what)
    return found


def items(found: object, low: int, high: int, what: object) -> list[Any] | tuple[Any, ...]:
    """Return a list of `low` to `high` items."""
    if not isinstance(found, list | tuple):
        raise expected(f"{what}, a list", found)
    if not low <= len(found) <= high:
        raise expected(what, found)
    return found


def fields(found: object, names: Collection[str], what: object) -> dict[str, Any]:
    """Return an object that has all these fields and no others."""
    given = some_fields(found, what)
    for name in given:
        if name not in names:
            raise _unknown(name, names, what)
    for name in names:
        if name not in given:
            raise missing(name)
    return given


def some_fields(found: object, what: object) -> dict[str, Any]:
    """Return an object, whatever fields it has."""
    if not isinstance(found, dict):
        raise expected(f"{what}, an object", found)
    return found


def missing(name: str) -> Misfit:
    """Return the error for a field that is not there."""
    error = Misfit("missing")
    error.inside(f".{name}")
    return error


def deeper(depth: int) -> int:
    """Return the depth inside a type that leads back to itself. The bound is the codec's."""
    if depth > MAX_DEPTH:
        raise Misfit(f"nested deeper than {MAX_DEPTH}")
    return depth + 1


def _unknown(name: object, names: Collection[str], what: object) -> Misfit:
    return Misfit(f"unknown field {shown(name)}; {what} has {', '.join(names) or 'none'}")


def _in_bounds(size: int, low: int, high: int, what: object) -> None:
    if not low <= size <= high:
        raise Misfit(f"expected {what}, found {size} bytes")
