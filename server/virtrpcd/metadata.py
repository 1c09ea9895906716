"""Applications' own XML in <metadata> of domain XML: each piece is an element in a name space of its own.

A piece is kept as the text of that one element, name spaces and all.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

from lxml import etree

from virtrpcd.errors import FROM_DOM, VirtError
from virtrpcd.xmlread import parse_any

FROM_XML: Final = 5
_NC_NAME: Final = re.compile(r"[^\W\d][\w.\-]*\Z")


def pieces_of(node: etree._Element) -> list[str]:
    """Return the pieces in a <metadata> element; as in libvirt, only the first of each name space is kept.

    Blanks between elements, comments and elements without a name space are dropped.
    """
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    found: dict[str, str] = {}
    for child in etree.fromstring(etree.tostring(node, with_tail=False), parser):
        space = _space(child)
        if space is not None and space not in found:
            found[space] = _text(child)
    return list(found.values())


def format_metadata(pieces: Sequence[str], indent: str) -> list[str]:
    """Return the lines of a <metadata> element that holds `pieces`, the first of them indented by `indent`."""
    parent = etree.Element("parent")
    metadata = etree.SubElement(parent, "metadata")
    metadata.extend([etree.fromstring(piece) for piece in pieces])
    text = etree.tostring(parent, pretty_print=True, encoding="unicode")
    inner = text.removeprefix("<parent>\n").removesuffix("</parent>\n")
    return (indent[2:] + inner.rstrip("\n")).split("\n")


def with_piece(pieces: Sequence[str], uri: str, key: str, xml: str) -> list[str]:
    """Return `pieces` with the element `xml` put into name space `uri`, prefix `key`, in place of what was there.

    Raises XmlError for what is no XML, VirtError (1) for a prefix that is none or that the element has already.
    """
    root = parse_any(xml, "(metadata_xml)", FROM_DOM)
    if not _NC_NAME.match(key):
        raise _internal("failed to validate prefix for a new XML namespace")
    if key in root.nsmap:
        raise _internal("failed to create a new XML namespace")
    spaces = {**root.nsmap, key: uri}
    named = _renamed(root, {None: uri}, spaces)
    return [*without_piece(pieces, uri), _text(named)]


def without_piece(pieces: Sequence[str], uri: str) -> list[str]:
    """Return `pieces` without the one of name space `uri`."""
    return [piece for piece in pieces if _space(etree.fromstring(piece)) != uri]


def piece(pieces: Sequence[str], uri: str) -> str | None:
    """Return the element of name space `uri` as it was given, without that name space; None if there is none."""
    for text in pieces:
        root = etree.fromstring(text)
        if _space(root) == uri:
            spaces = {prefix: space for prefix, space in root.nsmap.items() if space != uri}
            named = _renamed(root, {uri: None}, spaces)
            return etree.tostring(named, pretty_print=True, encoding="unicode").rstrip("\n")
    return None


def _internal(why: str) -> VirtError:
    return VirtError(f"internal error: {why}", domain=FROM_XML, detail=why)


def _text(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _space(element: etree._Element) -> str | None:
    """Return the name space of an element, None for none (and for a comment)."""
    return etree.QName(element).namespace if isinstance(element.tag, str) else None


def _renamed(
    root: etree._Element, change: dict[str | None, str | None], spaces: Mapping[str | None, str]
) -> etree._Element:
    """Return a copy of a tree that declares `spaces`, its elements moved from one name space to another by `change`."""
    made = etree.Element(_moved(root, change), nsmap=cast(Mapping[str, str], spaces))
    made.attrib.update(root.attrib)
    made.text = root.text
    made.extend([copy.deepcopy(child) for child in root])
    for element in made.iterdescendants():
        if isinstance(element.tag, str):
            element.tag = _moved(element, change)
    # the children brought the declarations that they stood under
    etree.cleanup_namespaces(made, keep_ns_prefixes=[prefix for prefix in spaces if prefix is not None])
    return made


def _moved(element: etree._Element, change: dict[str | None, str | None]) -> str:
    name = etree.QName(element)
    space = change.get(name.namespace, name.namespace)
    return name.localname if space is None else f"{{{space}}}{name.localname}"
