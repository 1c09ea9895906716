"""What can be wrong with a specification, and where: places, errors, and the reporter that collects them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_ERRORS: Final = 100
"""Errors kept of one run: a file of rubbish must not fill the screen, or the memory."""

MAX_SHOWN: Final = 40
"""Characters of a token that an error shows."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: line and column count from 1, a column is one character."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class SourceError:
    """One thing that is wrong. `str()` gives `file:line:column: expected ..., found ...`."""

    place: Place
    message: str
    file: str

    def __str__(self) -> str:
        return f"{self.file}:{self.place.line}:{self.place.column}: {self.message}"


class CompileErrors(Exception):
    """The specification is wrong. `errors` holds every error that was found, in the order of the file."""

    def __init__(self, errors: list[SourceError]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is no error and still doubtful, seen while reading; `code` is one of lint's."""

    place: Place
    code: str
    text: str


class Reporter:
    """Collects the errors of one run; at most one for each place, since the first is the true one. notes: for lint."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.origins: list[tuple[str, int]] = []
        """The file and line that each line of the text came from; where there is none, the file's own."""
        self.notes: list[Note] = []
        self._errors: dict[Place, SourceError] = {}

    def report(self, place: Place, expected: str, found: str) -> None:
        """Note an error. Past MAX_ERRORS it is counted as known and dropped."""
        if len(self._errors) < MAX_ERRORS and place not in self._errors:
            file, origin = self.origin(place)
            self._errors[place] = SourceError(origin, f"expected {expected}, found {found}", file)

    def note(self, place: Place, code: str, text: str) -> None:
        """Note what lint shall find; past MAX_ERRORS it is dropped."""
        if len(self.notes) < MAX_ERRORS:
            self.notes.append(Note(place, code, text))

    def origin(self, place: Place) -> tuple[str, Place]:
        """Return the file, and the place in it, that a place of the text came from."""
        if place.line > len(self.origins):
            return self.file, place
        file, line = self.origins[place.line - 1]
        return file, Place(line, place.column)

    def where(self, place: Place) -> str:
        """Return what an error calls another place: `line 7`, or `other.x:7` when it came from another file."""
        file, origin = self.origin(place)
        return f"line {origin.line}" if file == self.file else f"{file}:{origin.line}"

    def full(self) -> bool:
        """Return whether more errors would be dropped."""
        return len(self._errors) >= MAX_ERRORS

    def raise_if_any(self) -> None:
        """Raises CompileErrors with what was noted, sorted by place, if anything was."""
        if self._errors:
            raise CompileErrors([self._errors[place] for place in sorted(self._errors)])


def quoted(text: str) -> str:
    """Return `text` for an error message: in quotes, printable, not too long."""
    shown = text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
    return "'" + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown) + "'"
