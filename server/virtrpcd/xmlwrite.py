"""Pieces of XML text as libvirt writes them: single quotes, two blanks a level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})


def escaped(text: str) -> str:
    """Return text as it stands in XML."""
    return text.translate(_ESCAPES)


def attributes(**given: str | int | None) -> str:
    """Return attributes in their order, a blank before each; None is left out."""
    return "".join(f" {name}='{escaped(str(value))}'" for name, value in given.items() if value is not None)


def leaf(name: str, text: str) -> str:
    """Return an element with text only."""
    return f"<{name}>{escaped(text)}</{name}>"


def block(name: str, given: str, lines: Iterable[str]) -> Iterator[str]:
    """Return an element with lines inside it, one level in; an empty element when there are none."""
    inside = list(lines)
    if not inside:
        yield f"<{name}{given}/>"
        return
    yield f"<{name}{given}>"
    yield from (f"  {line}" for line in inside)
    yield f"</{name}>"


def yes_no(value: bool | None) -> str | None:
    """Return "yes", "no", or None when it was not said."""
    return None if value is None else "yes" if value else "no"


def uuid_text(uuid: bytes) -> str:
    """Return 16 bytes as 8-4-4-4-12 hex digits."""
    text = uuid.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
