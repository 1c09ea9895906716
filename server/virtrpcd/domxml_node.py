"""An XML element as the reader sees it: it says what it understands first, and all else is refused by path and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar, cast

from lxml import etree

from virtrpcd.domxml_values import check_text
from virtrpcd.errors import ConfigUnsupported, XmlError

T = TypeVar("T")

MAX_SHOWN: Final = 120
"""How much of a value or path is shown in an error's text."""


class Node:
    """One element with its path ("/domain/devices/disk") and line.

    Made by `child`, `children` or `root`; `only` must name what is understood before values are asked for.
    """

    __slots__ = ("element", "line", "path")

    def __init__(self, element: etree._Element, parent_path: str) -> None:
        self.element = element
        self.path = f"{parent_path}/{element.tag}"
        self.line = cast(int | None, element.sourceline) or 0

    def only(self, *, attributes: tuple[str, ...] = (), children: tuple[str, ...] = (), text: bool = False) -> Node:
        """Refuse attributes and children that are not named here, and text unless `text`; return self."""
        if self.element.nsmap:
            raise self.unsupported("XML namespace in", self.path)
        for name in self.element.attrib:
            if name not in attributes:
                raise self.unsupported("attribute", f"{self.path}/@{name!s}")
        for child in self.element:
            if child.tag not in children:
                raise Node(child, self.path).unsupported("element", f"{self.path}/{child.tag}")
        if not text:
            strays = (self.element.text, *(child.tail for child in self.element))
            if any(stray and stray.strip() for stray in strays):
                raise self.bad("there is text where only elements may be", self.path)
        return self

    def child(self, name: str) -> Node | None:
        """Return the child called `name`, None if it is not there; XmlError if it is there more than once."""
        found = self.children(name)
        if len(found) > 1:
            raise found[1].bad("it is given twice", found[1].path)
        return found[0] if found else None

    def children(self, name: str) -> list[Node]:
        """Return all children called `name` in order."""
        return [Node(child, self.path) for child in self.element.iterchildren(name)]

    def leaf(self, name: str, convert: Callable[[str], T]) -> T | None:
        """Return the converted text of a child that has only text; None without such a child or text in it."""
        node = self.child(name)
        if node is None:
            return None
        text = node.only(text=True).text()
        return node.convert(text, convert, node.path) if text else None

    def flag(self, name: str) -> bool:
        """Return whether there is a child called `name`; it must be empty."""
        node = self.child(name)
        if node is not None:
            node.only()
        return node is not None

    def text(self) -> str:
        """Return the text as it stands."""
        return self.element.text or ""

    def attribute(self, name: str, convert: Callable[[str], T], *, secret: bool = False) -> T | None:
        """Return a converted attribute, None when it is not there; a `secret` one is not shown in errors."""
        value = self.element.get(name)
        return None if value is None else self.convert(value, convert, f"{self.path}/@{name}", secret=secret)

    def needed(self, name: str, convert: Callable[[str], T]) -> T:
        """Return a converted attribute that must be there."""
        value = self.attribute(name, convert)
        if value is None:
            raise self.bad("it is missing", f"{self.path}/@{name}")
        return value

    def chosen(self, name: str, known: Mapping[str, bool], default: str | None) -> str:
        """Return an attribute that is one of `known`: True for what we do, False for what only libvirt does.

        `default` is for when it is not there; None: it must be there.
        """
        value = self.element.get(name, default)
        where = f"{self.path}/@{name}"
        if value is None:
            raise self.bad("it is missing", where)
        return self.choose(value, known, where)

    def choose(self, value: str, known: Mapping[str, bool], where: str) -> str:
        """Return value if it is a choice we do; ConfigUnsupported if only libvirt does, XmlError if neither."""
        if value not in known:
            raise self.bad(f"'{_short(value)}' is none of {', '.join(known)}", where)
        if not known[value]:
            raise self.unsupported(f"value '{value}' of", where)
        return value

    def convert(self, value: str, convert: Callable[[str], T], where: str, *, secret: bool = False) -> T:
        """Return convert(value); a ValueError becomes an XmlError with place and value (unless `secret`)."""
        try:
            return convert(value)
        except ValueError as error:
            shown = "" if secret else f" '{_short(value)}'"
            raise XmlError(f"invalid value{shown} of {where}: {error} (line {self.line})") from error

    def bad(self, why: str, where: str) -> XmlError:
        """Return the error for XML that makes no sense."""
        return XmlError(f"invalid {_short(where)}: {why} (line {self.line})")

    def unsupported(self, what: str, where: str) -> ConfigUnsupported:
        """Return the error for XML that makes sense but not here."""
        return ConfigUnsupported(f"unsupported {what} {_short(where)} (line {self.line})")


def choices(done: str, refused: str = "") -> dict[str, bool]:
    """Return a table for Node.choose of the names in two lists: what we do, and what libvirt knows beside it."""
    return dict.fromkeys(done.split(), True) | dict.fromkeys(refused.split(), False)


def plain(text: str) -> str:
    """Return text without control characters (as a converter)."""
    return check_text(text)


def _short(value: str) -> str:
    shown = value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 3] + "..."
    return shown.encode("unicode_escape").decode() if not shown.isprintable() else shown
