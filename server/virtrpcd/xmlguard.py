"""XML from strangers into a tree, safely: what could cost more than its size is refused before a tree is built.

A first pass with expat sees only the shape: bytes, depth, attributes, elements, and any DOCTYPE. Without a DOCTYPE
there are no entities to expand, so time and memory stay proportional to the text. Only then lxml builds the tree.
"""

from __future__ import annotations

from pyexpat import ExpatError, ParserCreate
from typing import Final

from lxml import etree

from virtrpcd.errors import XmlError

MAX_XML_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 64
MAX_ATTRIBUTES: Final = 64
MAX_ELEMENTS: Final = 16384

_PIECE_BYTES: Final = 16384
_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"
_SKIPPED_IN_PROLOG: Final = ((b"<?", b"?>"), (b"<!--", b"-->"))


def parse_tree(xml: str) -> etree._Element:
    """Return the root element of `xml`; comments and processing instructions are left out.

    An encoding named in the XML declaration is ignored: the text was decoded already.
    Raises XmlError when it is not well formed, has a DOCTYPE, is over MAX_XML_BYTES in UTF-8, nests deeper than
    MAX_DEPTH, has more than MAX_ELEMENTS elements or more than MAX_ATTRIBUTES attributes in one.
    """
    data = _encoded(xml)
    _check_shape(data)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"XML is not well formed: {error.msg}") from error


def _encoded(xml: str) -> bytes:
    if len(xml) > MAX_XML_BYTES:
        raise XmlError(f"XML is longer than {MAX_XML_BYTES} bytes")
    try:
        data = xml.encode()
    except UnicodeEncodeError as error:
        raise XmlError(f"XML is not UTF-8 at character {error.start}") from error
    if len(data) > MAX_XML_BYTES:
        raise XmlError(f"XML is longer than {MAX_XML_BYTES} bytes")
    return data


def _refuse_doctype(data: bytes) -> None:
    """Look for a DOCTYPE where alone one may stand: before the root element, after declarations, comments and blanks.

    Done before expat sees the text, as an exception in one of its handlers ends parsing only at the end of the piece it
    was given, and a DOCTYPE's entities may be in that piece. Expat's handler stays as the second judge.
    """
    at = len(_BOM) if data.startswith(_BOM) else 0
    while at < len(data):
        if data[at] in _BLANKS:
            at += 1
            continue
        closing = next((end for start, end in _SKIPPED_IN_PROLOG if data.startswith(start, at)), None)
        if closing is None:
            break
        end = data.find(closing, at + 2)
        if end < 0:
            return
        at = end + len(closing)
    if data.startswith(b"<!DOCTYPE", at):
        line = data.count(b"\n", 0, at) + 1
        raise XmlError(f"XML with a DOCTYPE is not accepted (line {line})")


class _Shape:
    """Counts elements, depth and attributes; refuses what is beyond the limits."""

    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0
        self.parser = ParserCreate(encoding="utf-8")
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def refuse(self, what: str) -> XmlError:
        return XmlError(f"{what} (line {self.parser.CurrentLineNumber})")

    def doctype(self, name: str, system_id: str | None, public_id: str | None, has_internal_subset: int) -> None:
        raise self.refuse("XML with a DOCTYPE is not accepted")

    def start(self, tag: str, attributes: list[str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise self.refuse(f"XML is nested deeper than {MAX_DEPTH} levels")
        if self.elements > MAX_ELEMENTS:
            raise self.refuse(f"XML has more than {MAX_ELEMENTS} elements")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise self.refuse(f"XML has an element with more than {MAX_ATTRIBUTES} attributes")

    def end(self, tag: str) -> None:
        self.depth -= 1


def _check_shape(data: bytes) -> None:
    _refuse_doctype(data)
    parser = _Shape().parser
    try:
        for at in range(0, len(data), _PIECE_BYTES):
            parser.Parse(data[at : at + _PIECE_BYTES], False)
        parser.Parse(b"", True)
    except ExpatError as error:
        raise XmlError(f"XML is not well formed: {error}") from error
