"""What the readers of network, interface and node device XML share: root, attributes, libvirt's words for errors.

These readers are as lenient as libvirt's: what they do not know they leave out; an element that may be there once is
read from its first. `refuse_unknown` finds what would be left out, for callers that want to be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pyexpat import ExpatError
from typing import Final

from lxml import etree

from virtrpcd.errors import FROM_XML, ConfigUnsupported, SchemaError, VirtError, XmlDetail, XmlError
from virtrpcd.xmlguard import parse_tree

Element = etree._Element

MAX_SHOWN: Final = 900
"""How much of a line is shown in an error's text."""

UINT_MAX: Final = (1 << 32) - 1
ULONG_MAX: Final = (1 << 64) - 1

_DECIMAL = re.compile(r"[ \t\r\n]*([+-]?)([0-9]{1,20})\Z", re.ASCII)
_ANY_BASE = re.compile(r"[ \t\r\n]*([+-]?)(0[xX][0-9a-fA-F]{1,20}|[0-9]{1,20})\Z", re.ASCII)


def parse_root(xml: str, name: str, what: str, domain: int) -> Element:
    """Return the root element, which must be called `name`; see parse_any."""
    root = parse_any(xml, what, domain)
    if root.tag != name:
        raise xml_error(f"expecting root element of '{name}', not '{root.tag}'", FROM_XML)
    return root


def parse_any(xml: str, what: str, domain: int) -> Element:
    """Return the root element; `what` stands for the text's name in errors.

    Raises XmlDetail of `domain` when the text is not well formed, XmlError for what xmlguard refuses.
    """
    try:
        return parse_tree(xml)
    except XmlError as error:
        if isinstance(error.__cause__, ExpatError):
            raise XmlDetail(_malformed(xml, what, error.__cause__), domain=domain) from error
        raise


def _malformed(xml: str, what: str, cause: ExpatError) -> str:
    """Return what libxml2 says of a text that is not well formed: why, the line up to there, and a pointer under it.

    The guard has looked at it by now: it is not too long and has no DOCTYPE.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(xml.encode(), parser)
    except etree.XMLSyntaxError:
        first = next(iter(parser.error_log), None)
        if first is not None:
            lines = xml.splitlines()
            text = lines[first.line - 1] if 0 < first.line <= len(lines) else "(null)"
            place = min(first.column - 1, len(text)) if text != "(null)" else 0
            start = max(0, place - MAX_SHOWN)
            shown = text[start : start + MAX_SHOWN]
            return f"{what}:{first.line}: {first.message}\n{shown}\n{'-' * (place - start)}^"
    except ValueError:  # an encoding is declared that the text does not have
        pass
    return f"{what}:{cause.lineno}: {cause}"


def xml_error(why: str, domain: int) -> XmlError:
    """Return the error for XML that makes no sense, in libvirt's words."""
    return XmlError(f"XML error: {why}", domain=domain)


def unsupported(why: str, domain: int) -> ConfigUnsupported:
    """Return the error for XML that asks for what there is not, in libvirt's words."""
    return ConfigUnsupported(f"unsupported configuration: {why}", domain=domain)


def internal(why: str, domain: int) -> VirtError:
    """Return libvirt's error for what it did not expect in XML."""
    return VirtError(f"internal error: {why}", domain=domain)


def children(parent: Element, name: str) -> list[Element]:
    """Return the children called `name`, in order."""
    return list(parent.iterchildren(name))


def child(parent: Element, name: str) -> Element | None:
    """Return the first child called `name`."""
    return next(parent.iterchildren(name), None)


def text_of(parent: Element, name: str) -> str | None:
    """Return all text in the first child called `name`; None if there is none."""
    found = child(parent, name)
    return None if found is None else all_text(found) or None


def all_text(element: Element) -> str:
    """Return all text in an element and what is in it."""
    return "".join(str(part) for part in element.itertext())


def attribute(element: Element | None, name: str) -> str | None:
    """Return an attribute that counts only when it is not empty."""
    return None if element is None else element.get(name) or None


def invalid_value(element: Element, name: str, more: str = "") -> XmlError:
    """Return the error for an attribute whose value is none of those it may have."""
    shown = f"Invalid value for attribute '{name}' in element '{element.tag}': '{element.get(name)}'."
    return xml_error(shown + more, FROM_XML)


def missing(element: Element, name: str) -> XmlError:
    """Return the error for an attribute that must be there."""
    return xml_error(f"Missing required attribute '{name}' in element '{element.tag}'", FROM_XML)


def choice(element: Element, name: str, choices: Iterable[str]) -> str | None:
    """Return an attribute that must be one of `choices` when it is there."""
    value = element.get(name)
    if value is not None and value not in choices:
        raise invalid_value(element, name)
    return value


def yes_no(element: Element, name: str) -> bool | None:
    """Return whether an attribute says "yes"; None when it is not there."""
    value = choice(element, name, ("yes", "no"))
    return None if value is None else value == "yes"


def number(text: str, most: int, *, any_base: bool = False) -> int | None:
    """Return a number from 0 to `most` with the blanks and sign that C allows before it; None if it is not one."""
    match = (_ANY_BASE if any_base else _DECIMAL).match(text)
    if match is None:
        return None
    digits = match[2]
    try:
        value = int(
            digits, 0 if any_base and digits[:2] in ("0x", "0X") else 8 if any_base and digits[0] == "0" else 10
        )
    except ValueError:  # "09": octal for C
        return None
    if match[1] == "-" and value:
        return None
    return value if value <= most else None


def wrapping_number(text: str) -> int | None:
    """Return what C reads as an unsigned int, a negative one counted from the top; None if it is no number."""
    match = _DECIMAL.match(text)
    if match is None or int(match[2]) > UINT_MAX:
        return None
    value = int(match[2])
    return (UINT_MAX + 1 - value) % (UINT_MAX + 1) if match[1] == "-" else value


def uint(element: Element, name: str, *, most: int = UINT_MAX, any_base: bool = False) -> int | None:
    """Return an attribute that must be a number from 0 to `most` when it is there."""
    value = element.get(name)
    if value is None:
        return None
    found = number(value, most, any_base=any_base)
    if found is None:
        raise invalid_value(element, name, " Expected non-negative integer value")
    return found


Known = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""For each element the attributes and children that are read."""


def refuse_unknown(root: Element, known: Known, what: str) -> None:
    """Raise SchemaError for the first element or attribute that nothing reads; metadata may hold anything."""
    for element in root.iter():
        if any(above.tag == "metadata" for above in element.iterancestors()) or element.tag not in known:
            continue
        attributes, inner = known[str(element.tag)]
        for name in element.attrib:
            if name not in attributes:
                raise _not_in_schema(what, f"Invalid attribute {name!s} for element {element.tag!s}")
        for found in element:
            if found.tag not in inner:
                raise _not_in_schema(what, f"Element {element.tag!s} has extra content: {found.tag!s}")


def _not_in_schema(what: str, why: str) -> SchemaError:
    return SchemaError(
        f"XML document failed to validate against schema: Unable to validate doc against {what}\n{why}\n"
    )
