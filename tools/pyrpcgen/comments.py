"""What comments mean: which prose goes with a definition, and which lines are annotations (`@word rest`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyrpcgen.errors import Place, Reporter
from pyrpcgen.lexer import Comment, Token
from pyrpcgen.nodes import Annotation, Doc

_ANNOTATION = re.compile(r"\s*@([A-Za-z][A-Za-z0-9_-]*)(?:\s+(.*))?\Z")


def attached(token: Token, strict: bool = True) -> list[Comment]:
    """Return the comments before `token` that are about it: the last ones, with no blank line between.

    strict: nor between the last and the token.
    """
    found: list[Comment] = []
    line = token.place.line
    for comment in reversed(token.leading):
        if comment.last_line < line - 1 and (strict or found):
            break
        found.append(comment)
        line = comment.place.line
    return found[::-1]


def prose(comments: Sequence[Comment]) -> tuple[str, ...]:
    """Return the lines of the comments, a blank one between two comments, without annotations and rulers."""
    lines: list[str] = []
    for comment in comments:
        kept = [line for line in comment.lines if not _ANNOTATION.match(line)]
        if any(any(c.isalnum() for c in line) for line in kept):
            lines += ([""] if lines else []) + kept
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(lines)


def doc(source: str, first: Token, last: Token, strict: bool = True) -> Doc:
    """Return the documentation of what stands from `first` to `last`, whose text is `source`."""
    return Doc(source, prose([*attached(first, strict), *last.trailing]))


def read_annotations(comments: Sequence[Comment]) -> tuple[Annotation, ...]:
    """Return the annotations in the comments, in order."""
    found = []
    for comment in comments:
        for number, line in enumerate(comment.lines):
            match = _ANNOTATION.match(line)
            if match:
                place = Place(comment.place.line + number, comment.place.column) if number else comment.place
                found.append(Annotation(place, match[1], " ".join((match[2] or "").split())))
    return tuple(found)


def refuse_annotations(comments: Sequence[Comment], reporter: Reporter) -> None:
    """Report annotations in comments where they would be read by nobody."""
    for found in read_annotations(comments):
        reporter.report(found.place, "annotations in the comment before a procedure or program", f"'@{found.word}'")
