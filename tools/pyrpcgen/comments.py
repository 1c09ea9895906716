"""What comments mean: which prose goes with a definition, and which lines are annotations (`@word rest`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pyrpcgen.errors import Place, Reporter
from pyrpcgen.lexer import Comment, Token
from pyrpcgen.nodes import Annotation, Doc

PROGRAM_WORDS: Final = ("require", "returns", "callback")
"""What may be said of a program."""

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


def prose(comments: Sequence[Comment], read: Sequence[Comment] = ()) -> tuple[str, ...]:
    """Return the lines of the comments, a blank one between two comments, without rulers.

    read: those whose annotations somebody reads; these lines are left out.
    """
    lines: list[str] = []
    for comment in comments:
        kept = [line for line in comment.lines if comment not in read or not _ANNOTATION.match(line)]
        if any(any(c.isalnum() for c in line) for line in kept):
            lines += ([""] if lines else []) + kept
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(lines)


def doc(source: str, first: Token, last: Token, strict: bool = True, read: Sequence[Comment] = ()) -> Doc:
    """Return the documentation of what stands from `first` to `last`, whose text is `source`."""
    return Doc(source, prose([*attached(first, strict), *last.trailing], read))


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


def are_strict(tokens: Sequence[Token]) -> bool:
    """Return whether the comment before a program uses PROGRAM_WORDS: then no annotation may be lost unseen.

    In other files `@word` is prose, of Doxygen's say, but for what stands before a procedure.
    """
    programs = (token for token in tokens if token.text == "program")
    return any(note.word in PROGRAM_WORDS for token in programs for note in read_annotations(attached(token, False)))


def lost_annotations(comments: Sequence[Comment], strict: bool, reporter: Reporter) -> None:
    """Report annotations in comments where they are read by nobody; where not strict, note them for lint."""
    where = "in the comment before a procedure or program"
    for found in read_annotations(comments):
        if strict:
            reporter.report(found.place, f"annotations {where}", f"'@{found.word}'")
        else:
            reporter.note(found.place, "annotation-unread", f"@{found.word} is prose in a file without @require")
