"""What lint can find: the codes, and one finding."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pyrpcgen.errors import Place, Reporter

CODES: Final = {
    "annotation-unread": "an @word in a comment of a program, but not before a procedure, is prose",
    "case-foreign": "a case of a union on an enum is no member of the enum",
    "enum-duplicate": "two members of an enum have the same value, so that a reader sees one of them only",
    "enum-gap": "a few values are missing between the members of an enum",
    "name-c": "a name that the C made by rpcgen cannot have, or has twice",
    "name-case": "two names of one kind differ in nothing but upper and lower case",
    "name-java": "a word of Java",
    "name-python": "a name that is another in the Python that pyrpcgen writes",
    "procedure-gap": "a few numbers are missing between the procedures of a version",
    "procedure-zero": "procedure 0 is something else than void NULL(void), by which callers ask if a server is there",
    "program-number": "a program number from a range that is not for free use (RFC 5531 section 13)",
    "program-number-taken": "a program number that belongs to a well-known program",
    "recursive-type": "a type that holds itself and is no linked list: readers cap how deep it may be",
    "signed-number": "a number of 2147483648 or more where the wire has a sign: it is read as a negative one",
    "unbounded-argument": "a caller decides how long a string, opaque or array is, as it has no bound",
    "union-default": "a union on a number has no default, so that its other values cannot be read",
    "unused-type": "a type that no procedure has anything to do with",
    "version-gap": "versions of a program are not numbered one after the other",
}
"""All codes, each with what it means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something doubtful, and where: lines and columns count from 1."""

    file: str
    line: int
    column: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: [{self.code}] {self.text}"


class Findings:
    """Collects findings, and says where a place of the text came from."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._found: dict[Finding, None] = {}

    def add(self, place: Place, code: str, text: str) -> None:
        """Note a finding."""
        file, origin = self._reporter.origin(place)
        self._found[Finding(file, origin.line, origin.column, code, text)] = None

    def where(self, place: Place) -> str:
        """Return what a finding calls another place, such as `line 7`."""
        return self._reporter.where(place)

    def own(self, place: Place) -> bool:
        """Return whether a place is in the file itself, not in one that it includes."""
        return self._reporter.origin(place)[0] == self._reporter.file

    def sorted(self) -> list[Finding]:
        """Return what was noted, in the order of the file."""
        return sorted(self._found, key=lambda item: (item.file, item.line, item.column, item.code))


def missing(numbers: list[int]) -> str:
    """Return which numbers are missing between sorted ones: `4, 7 to 9`; "" when none, or a third as many or more."""
    gaps = [(low + 1, high - 1) for low, high in pairwise(numbers) if high > low + 1]
    if 3 * sum(high - low + 1 for low, high in gaps) >= len(numbers):
        return ""  # numbers that were never meant to follow each other, such as errno's
    return ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in gaps)
