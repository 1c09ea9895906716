"""What reading and writing of storage XML share: text and attributes as libvirt looks for them, sizes, permissions.

libvirt takes the first element of a name, ignores what it does not know, and treats empty text as not given; so do
these. Errors carry libvirt's codes, domains and texts, as clients show them to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from virtrpcd.domxml_values import unit_bytes
from virtrpcd.errors import (
    FROM_NONE,
    FROM_STORAGE,
    FROM_XML,
    ConfigUnsupported,
    InvalidArgument,
    NumberOverflow,
    XmlError,
)
from virtrpcd.storage_def import Permissions, SecretRef
from virtrpcd.xmlread import UINT_MAX, ULONG_MAX, choice, invalid_value, number, parse_any

_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
_DECIMAL: Final = re.compile(r"\s*[+-]?[0-9]{1,20}\Z", re.ASCII)
_OCTAL: Final = re.compile(r"\s*[+-]?[0-7]{1,20}\Z", re.ASCII)
_UUID: Final = re.compile(r"\s*-*(?:[0-9a-fA-F]-*){32}\s*\Z", re.ASCII)
_SLASHES: Final = re.compile("/{2,}")

_MAX_INT: Final = (1 << 31) - 1
POOL_TEXT: Final = "(storage_pool_definition)"
SOURCE_TEXT: Final = "(storage_source_specification)"
VOLUME_TEXT: Final = "(storage_volume_definition)"
"""What stands in errors for the name of the file that a text would be in."""

MAX_SIZE_BYTES: Final = (1 << 63) - 1
"""The most that a file can hold."""


def root_of(xml: str, name: str, what: str) -> etree._Element:
    """Return the root element of `xml`, which must be called `name`; `what` stands for the text's name in errors."""
    root = parse_any(xml, what, FROM_STORAGE)
    found = etree.QName(root).localname
    if found != name:
        raise xml_error(f"expecting root element of '{name}', not '{found}'", FROM_XML)
    return root


# -- errors -----------------------------------------------------------------------------------------------------------


def xml_error(why: str, domain: int = FROM_STORAGE) -> XmlError:
    """Return the error for XML that makes no sense."""
    return XmlError(f"XML error: {why}", domain=domain)


def unsupported(why: str) -> ConfigUnsupported:
    """Return the error for a word that nobody knows here."""
    return ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_STORAGE)


# -- looking ----------------------------------------------------------------------------------------------------------


def text_at(element: etree._Element, path: str) -> str | None:
    """Return all text in the first element at `path`; None when there is no such element or no text in it."""
    found = element.find(path)
    return None if found is None else "".join(map(str, found.itertext())) or None


def attribute_at(element: etree._Element, path: str, name: str) -> str | None:
    """Return attribute `name` of the first element at `path` that has it; None when there is none or it is empty."""
    found = element.find(f"{path}[@{name}]")
    return None if found is None else found.get(name) or None


def yes_no(element: etree._Element, name: str) -> str | None:
    """Return an attribute that is "yes" or "no" when it is there."""
    return choice(element, name, ("yes", "no"))


def int_attribute(element: etree._Element, name: str) -> int:
    """Return an attribute that is a signed 32-bit number, 0 when it is not there."""
    value = element.get(name)
    if value is None:
        return 0
    number = decimal(value)
    if number is None or not -_MAX_INT - 1 <= number <= _MAX_INT:
        raise invalid_value(element, name, " Expected integer value")
    return number


# -- values -----------------------------------------------------------------------------------------------------------


def decimal(text: str) -> int | None:
    """Return a decimal number with blanks before it only, None for any other text."""
    return int(text) if _DECIMAL.match(text) else None


def parse_uuid(text: str) -> bytes | None:
    """Return 16 bytes of 32 hex digits with hyphens anywhere between them, None for any other text."""
    return bytes.fromhex(text.replace("-", "").strip()) if _UUID.match(text) else None


def clean_path(path: str) -> str:
    """Return a path without repeated and closing slashes; exactly two in front mean something to POSIX and stay."""
    lead = "//" if path.startswith("//") and not path.startswith("///") else path[:1] if path[:1] == "/" else ""
    rest = _SLASHES.sub("/", path.lstrip("/")).removesuffix("/")
    return lead + rest


def scaled(number: int, unit: str | None, most: int) -> int:
    """Return a number of units in bytes. Raises InvalidArgument for no unit, NumberOverflow beyond `most`."""
    try:
        size_bytes = number * unit_bytes(unit or "bytes")
    except ValueError as error:
        raise InvalidArgument(f"invalid argument: unknown suffix '{unit}'", domain=FROM_NONE) from error
    if size_bytes > most:
        raise NumberOverflow(f"numerical overflow: value too large: {number}{unit or ''}", domain=FROM_NONE)
    return size_bytes


def positive(text: str) -> int | None:
    """Return a decimal number of at most 64 bits without a minus, None for any other text."""
    return None if "-" in text else number(text, ULONG_MAX)


def size_at(element: etree._Element, path: str) -> int | None:
    """Return the size in bytes at `path`, None when it is not there."""
    text = text_at(element, path)
    if text is None:
        return None
    number = positive(text)
    if number is None:
        raise xml_error("malformed capacity element")
    return scaled(number, attribute_at(element, path, "unit"), MAX_SIZE_BYTES)


def read_permissions(element: etree._Element, path: str) -> Permissions:
    """Return the permissions at `path`; all of it None when there are none."""
    found = Permissions()
    node = element.find(path)
    if node is None:
        return found
    mode = text_at(node, "mode")
    if mode is not None:
        if not _OCTAL.match(mode) or int(mode, 8) & ~0o777:
            raise xml_error("malformed octal mode")
        found.mode = int(mode, 8)
    found.owner = _account(node, "owner")
    found.group = _account(node, "group")
    found.label = text_at(node, "label")
    return found


def _account(node: etree._Element, name: str) -> int | None:
    if node.find(name) is None:
        return None
    number = decimal(text_at(node, name) or "")
    if number is None or not -1 <= number <= UINT_MAX:
        raise xml_error(f"malformed {name} element")
    # -1 is how C says that it does not matter
    return None if number in (-1, UINT_MAX) else number


def read_secret(node: etree._Element) -> SecretRef:
    """Return what <secret> refers to: exactly one of uuid and usage."""
    uuid, usage = node.get("uuid"), node.get("usage")
    if uuid is None and usage is None:
        raise xml_error("missing secret uuid or usage attribute", FROM_NONE)
    if uuid is None:
        return SecretRef(usage=usage, type=node.get("type"))
    if usage is not None:
        raise xml_error("either secret uuid or usage expected", FROM_NONE)
    number = parse_uuid(uuid)
    if number is None:
        raise xml_error(f"invalid secret uuid '{uuid}'", FROM_NONE)
    return SecretRef(uuid=number, type=node.get("type"))


# -- writing ----------------------------------------------------------------------------------------------------------


def attributes(**pairs: str | int | None) -> str:
    """Return " name='value'" for each that is not None, escaped."""
    shown = ((name, value) for name, value in pairs.items() if value is not None)
    return "".join(f" {name}='{escaped(str(value))}'" for name, value in shown)


def escaped(text: str) -> str:
    """Return text with the five characters that XML gives a meaning replaced."""
    return text.translate(_ESCAPES)


def format_uuid(uuid: bytes) -> str:
    """Return 16 bytes as 8-4-4-4-12 hex digits."""
    text = uuid.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def format_secret(secret: SecretRef) -> str:
    """Return <secret/>."""
    uuid = None if secret.uuid is None else format_uuid(secret.uuid)
    return f"<secret{attributes(type=secret.type, uuid=uuid, usage=secret.usage)}/>"


def format_permissions(permissions: Permissions) -> Iterator[str]:
    """Give the lines of <permissions>, none when nothing is said."""
    lines: list[str] = []
    if permissions.mode is not None:
        lines.append(f"  <mode>0{permissions.mode:o}</mode>")
    for name, account in (("owner", permissions.owner), ("group", permissions.group)):
        if account is not None:
            lines.append(f"  <{name}>{account if account <= _MAX_INT else account - (1 << 32)}</{name}>")
    if permissions.label is not None:
        lines.append(f"  <label>{escaped(permissions.label)}</label>")
    if lines:
        yield "<permissions>"
        yield from lines
        yield "</permissions>"


def indented(lines: Iterator[str] | list[str]) -> Iterator[str]:
    """Give lines two columns further in."""
    return (f"  {line}" for line in lines)
