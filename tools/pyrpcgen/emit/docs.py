"""Docstrings: the text of the specification, its comments, and the size on the wire."""

from __future__ import annotations

from pyrpcgen.nodes import Doc
from pyrpcgen.sizes import Size


def source_lines(source: str) -> list[str]:
    """Return the lines of a definition, as far left as they go."""
    lines = [line.expandtabs().rstrip() for line in source.split("\n")]
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line]
    # The first line begins at the definition's first word, the others at the margin of the file; mostly `};` stands
    # furthest left of these, in the column where the definition began.
    cut = min(indents, default=0)
    kept = [lines[0], *(line[cut:] for line in lines[1:])]
    return [line for number, line in enumerate(kept) if line or (number and kept[number - 1])]


def type_doc(doc: Doc, size: Size) -> list[str]:
    """Return the docstring of a type."""
    lines = source_lines(doc.source)
    if doc.comment:
        lines += ["", *doc.comment]
    return [*lines, "", f"Wire size: {size}."]


def procedure_doc(doc: Doc) -> list[str]:
    """Return the docstring of a procedure's method."""
    source = [" ".join(doc.source.split())]
    return [*doc.comment, "", *source] if doc.comment else source


def version_doc(head: str, doc: Doc) -> list[str]:
    """Return the docstring of a stub: what it is, and the version's comment."""
    return [head, "", *doc.comment] if doc.comment else [head]
