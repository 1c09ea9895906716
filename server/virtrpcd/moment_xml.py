"""What the XML of snapshots and of checkpoints has in common: reading leniently or strictly, the machine within it.

Read leniently, as libvirt does it, elements that are not known count as not there, and of those given twice the first
counts. Read strictly (`validate`), anything of the kind is refused. The machine within is read by its own reader.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from lxml import etree

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import format_domain
from virtrpcd.errors import FROM_XML, SchemaError
from virtrpcd.xmlread import Element, xml_error

ReadDomain = Callable[[str], DomainDef]
Check = Callable[[str], object]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
# between two tags; line ends in text have other things before them, as ">" and "<" are escaped there
_LINE_END = re.compile(r"(?<=>)\n(?= *<)")
_NUMBER = re.compile(r"[ \t\r\n]*-?[0-9]{1,19}[ \t\r\n]*\Z", re.ASCII)
_INT64: Final = 1 << 63


class Shape(NamedTuple):
    """What an element may have when read strictly. text None: none; children None: anything (its own reader looks).

    many: children that may be there more than once. needed: attributes and children that must be there.
    rule: what cannot be said that way; it returns what is wrong, or None.
    """

    attributes: Mapping[str, Check] = {}
    children: Mapping[str, Shape] | None = {}
    many: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    text: Check | None = None
    rule: Callable[[Element], str | None] | None = None


def validate(element: Element, shape: Shape) -> None:
    """Raise SchemaError for anything in an element that its shape does not have."""
    if shape.children is None:
        return
    for name, value in element.attrib.items():
        check = shape.attributes.get(str(name))
        if check is None:
            raise _schema_error(f"Invalid attribute {name!s} for element {element.tag!s}")
        _check(element, check, str(value))
    missing = [name for name in shape.needed if element.get(name) is None and element.find(name) is None]
    if missing:
        raise _schema_error(f"Element {element.tag!s} lacks {missing[0]}")
    wrong = None if shape.rule is None else shape.rule(element)
    if wrong is not None:
        raise _schema_error(f"Element {element.tag!s} failed to validate content: {wrong}")
    if shape.text is not None:
        _check(element, shape.text, element.text or "")
    elif any(text and text.strip() for text in (element.text, *(child.tail for child in element))):
        raise _schema_error(f"Element {element.tag!s} has text in it")
    seen: set[str] = set()
    for child in element:
        name = str(child.tag)
        if name not in shape.children or (name in seen and name not in shape.many):
            raise _schema_error(f"Element {element.tag!s} has extra content: {name}")
        seen.add(name)
        validate(child, shape.children[name])


def _check(element: Element, check: Check, value: str) -> None:
    try:
        check(value)
    except ValueError as error:
        raise _schema_error(f"Element {element.tag!s} failed to validate content: {error}") from error


def _schema_error(why: str) -> SchemaError:
    return SchemaError(f"XML document failed to validate against schema: {why}")


def any_text(value: str) -> str:
    """Take any value (as a check of a Shape)."""
    return value


def one_of(*values: str) -> Check:
    """Return the check that a value is one of these."""

    def check(value: str) -> str:
        if value not in values:
            raise ValueError(f"'{value[:80]}' is none of {', '.join(values)}")
        return value

    return check


def absolute(value: str) -> str:
    """Take an absolute path (as a check of a Shape)."""
    if not value.startswith("/"):
        raise ValueError("the path is not absolute")
    return value


def integer(value: str) -> int:
    """Take a number (as a check of a Shape)."""
    found = parse_integer(value)
    if found is None:
        raise ValueError("it is not a number")
    return found


def unsigned(value: str) -> int:
    """Take a number that is not negative (as a check of a Shape)."""
    found = integer(value)
    if found < 0:
        raise ValueError("it is negative")
    return found


def parse_integer(text: str | None) -> int | None:
    """Return the number of at most 64 bits that a text is, None for another text."""
    if text is None or not _NUMBER.match(text):
        return None
    value = int(text)
    return value if -_INT64 <= value < _INT64 else None


def text_of(parent: Element, path: str) -> str | None:
    """Return the text of the first element on `path`; None without one, or without text in it."""
    found = parent.find(path)
    return None if found is None else found.text or None


def choice(element: Element, attribute: str, values: tuple[str, ...]) -> str:
    """Return an attribute that is one of `values`, "" when it is not there."""
    value = element.get(attribute)
    if value is None or value in values:
        return value or ""
    why = f"Invalid value for attribute '{attribute}' in element '{element.tag!s}': '{value[:80]}'."
    raise xml_error(why, FROM_XML)


def read_domain_in(root: Element, name: str, read: ReadDomain) -> DomainDef | None:
    """Return the machine in the child `name` (<domain>, <inactiveDomain>); None when there is none with a type."""
    found = root.find(name)
    if found is None or not found.get("type"):
        return None
    alone = copy.deepcopy(found)
    alone.tag, alone.tail = "domain", None
    return read(etree.tostring(alone, encoding="unicode"))


def format_domain_in(domain: DomainDef, name: str, *, secure: bool) -> Iterator[str]:
    """Yield the lines of a machine as they stand in a snapshot or checkpoint, as a child `name`."""
    text = format_domain(domain, id=None, secure=secure).rstrip("\n")
    text = f"<{name}{text.removeprefix('<domain').removesuffix('</domain>')}</{name}>"
    yield "  " + _LINE_END.sub("\n  ", text)


def leaf(name: str, text: str, indent: str = "  ") -> str:
    """Return an element with text in it."""
    return f"{indent}<{name}>{text.translate(_ESCAPES)}</{name}>"


def quoted(value: str) -> str:
    """Return an attribute's value in quotes."""
    return f"'{value.translate(_ESCAPES)}'"


def format_parent(name: str | None) -> Iterator[str]:
    """Yield the lines of <parent>."""
    if name is not None:
        yield from ("  <parent>", leaf("name", name, "    "), "  </parent>")
