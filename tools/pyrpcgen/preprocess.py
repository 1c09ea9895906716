"""The directives of cpp, as far as specifications use them: conditions, object-like macros, includes, line marks.

Macros with arguments may be defined, as headers of C have them; using one is an error.

The result has one line for each line that was read, so that `Origins` can tell where each came from. Of rpcgen's names
only RPC_XDR is defined: what stands on the wire is what rpcgen makes XDR routines for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyrpcgen.conditions import BadCondition, evaluate
from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.escapes import CHARACTER, TEXT
from pyrpcgen.options import Options

MAX_INCLUDES: Final = 16
"""Files included by one another, deep."""

MAX_LINE: Final = 65536
"""Characters of a line after its macros are replaced."""

MAX_TEXT: Final = 16 * 2**20
"""Characters of a specification with all that it includes."""

MAX_ROUNDS: Final = 16
"""Macros made of macros, deep."""

_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*([A-Za-z]+|[0-9]+)?[ \t]*(.*)\Z", re.DOTALL)
_COMMENT = r"/\*.*?(?:\*/|\Z)|//.*"
_WORD = re.compile(rf"{_COMMENT}|{TEXT}|{CHARACTER}|[A-Za-z_][A-Za-z0-9_]*", re.DOTALL)
_COMMENTS = re.compile(rf"{_COMMENT}|{TEXT}|{CHARACTER}", re.DOTALL)
_OPENING = re.compile(rf"/\*|//|{TEXT}|{CHARACTER}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_CALL = re.compile(r"\s*\(")
_C_INCLUDE = re.compile(r'[ \t]*%[ \t]*#[ \t]*include[ \t]+("[^"]+")')
_IMPORT = re.compile(r'[ \t]*import[ \t]+("[^"]+")[ \t]*;')
_MARK = re.compile(r'([0-9]{1,9})(?:[ \t]+"([^"]*)")?')


@dataclass(slots=True)
class _Condition:
    """An open #if: whether its present branch is read, whether one was, and whether what is around it is read."""

    place: Place
    active: bool
    taken: bool
    outer: bool


@dataclass(slots=True)
class _Reading:
    """How far one file is read.

    shown and shift: what line marks say of the file's name and line numbers. directive: the lines of one that goes on,
    by a backslash or in a comment.
    """

    shown: str
    shift: int = 0
    in_comment: bool = False
    in_percent: bool = False
    directive: list[str] = field(default_factory=list)
    conditions: list[_Condition] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether what comes now is not left out by a condition."""
        return not self.conditions or self.conditions[-1].active


def decode(data: bytes) -> str:
    """Return a file's text: UTF-8, or Latin-1 where it is no UTF-8; newlines are \\n."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class Preprocessor:
    """Reads one specification and what it includes; `text` is the result, `origins` the file and line of its lines."""

    def __init__(self, options: Options, reporter: Reporter) -> None:
        self.origins: list[tuple[str, int]] = []
        self._macros: dict[str, str | None] = {"RPC_XDR": "1", **options.defines}  # None: it takes arguments
        self._options = options
        self._reporter = reporter
        self._lines: list[str] = []
        self._size = 0
        self._full = False
        self._open: list[str] = []
        self._read: set[Path] = set()

    @property
    def text(self) -> str:
        """What was read so far, without directives."""
        return "\n".join(self._lines)

    def turn(self, count: int) -> None:
        """Put the first `count` lines behind the others. What is wrong in them has been reported before."""
        self._lines[:] = self._lines[count:] + self._lines[:count]
        self.origins[:] = self.origins[count:] + self.origins[:count]

    def read(self, text: str, file: str) -> None:
        """Read the text of `file`. What is wrong is reported."""
        self._open.append(file)
        self._read.add(Path(file).resolve())
        reading = _Reading(file)
        for number, line in enumerate(text.split("\n"), 1):
            if self._full:
                break
            self.origins.append((reading.shown, number + reading.shift))
            self._line(line, number, reading)
        if reading.directive and reading.in_comment:
            self._reporter.report(self._here(), "'*/' to end this comment", "the end of the file")
        for left in reading.conditions:
            self._reporter.report(left.place, "'#endif' to end this condition", "the end of the file")
        self._open.pop()

    def _line(self, line: str, number: int, reading: _Reading) -> None:
        """Add one line for this one; what it includes comes behind it."""
        if reading.directive:
            self._add("")
            self._directive_line(line, number, reading)
        elif reading.in_percent or (not reading.in_comment and line.lstrip().startswith("%")):
            quotes = _C_INCLUDE.match(line) if reading.active and not reading.in_percent else None
            reading.in_percent = line.endswith("\\")
            self._add("")
            if quotes:
                self._include(quotes[1])
        elif not reading.in_comment and line.lstrip().startswith("#"):
            self._add("")
            self._directive_line(line, number, reading)
        else:
            quotes = _IMPORT.match(line) if reading.active and not reading.in_comment else None
            self._add(self._replace(line, reading.in_comment) if reading.active else "")
            reading.in_comment = _ends_in_comment(line, reading.in_comment)
            if quotes:
                self._include(quotes[1])

    def _directive_line(self, line: str, number: int, reading: _Reading) -> None:
        """A line of a directive: it goes on in the next after a backslash, or when a comment does."""
        goes_on = line.endswith("\\")
        part = line[:-1] if goes_on else line
        reading.in_comment = _ends_in_comment(part, reading.in_comment)
        reading.directive.append(part)
        if goes_on or reading.in_comment:
            return
        match = _DIRECTIVE.match(" ".join(reading.directive))
        reading.directive = []
        word, behind = (match[1] or "", match[2]) if match else ("", "")
        rest = _COMMENTS.sub(lambda found: " " if found[0][0] == "/" else found[0], behind).strip()
        mark = _MARK.match(f"{word} {rest}" if word.isdigit() else rest)
        if mark and (word == "line" or word.isdigit()):
            reading.shown, reading.shift = mark[2] or reading.shown, int(mark[1]) - number - 1
            return
        self._directive(word, rest, reading.conditions)

    def _add(self, line: str) -> None:
        self._size += len(line) + 1
        if self._size > MAX_TEXT and not self._full:
            self._full = True
            self._reporter.report(self._here(), f"at most {MAX_TEXT} characters with all includes", "more")
        self._lines.append("" if self._full else line)

    def _here(self) -> Place:
        return Place(len(self._lines), 1)

    def _next(self) -> Place:
        """Return the place of the line that is about to be added."""
        return Place(len(self._lines) + 1, 1)

    def _directive(self, word: str, rest: str, conditions: list[_Condition]) -> None:
        active = not conditions or conditions[-1].active
        if word in ("if", "ifdef", "ifndef"):
            value = active and self._holds(word, rest)
            conditions.append(_Condition(self._here(), value, value, active))
        elif word in ("elif", "else", "endif"):
            if not conditions:
                self._reporter.report(self._here(), f"'#if' before '#{word}'", "none")
            elif word == "endif":
                conditions.pop()
            else:
                last = conditions[-1]
                last.active = last.outer and not last.taken and (word == "else" or self._holds("if", rest))
                last.taken = last.taken or last.active
        elif active:
            self._active(word, rest)

    def _active(self, word: str, rest: str) -> None:
        if word == "define":
            self._define(rest)
        elif word == "undef":
            self._macros.pop(self._name(word, rest), None)
        elif word == "include":
            self._include(rest)
        elif word not in ("", "pragma", "ident", "warning"):
            self._reporter.report(self._here(), "a directive of cpp", quoted(f"#{word}"))

    def _holds(self, word: str, rest: str) -> bool:
        if word != "if":
            return (self._name(word, rest) in self._macros) == (word == "ifdef")
        try:
            return evaluate(rest, self._macros) != 0
        except BadCondition as error:
            self._reporter.report(self._here(), "a condition of integers and defined()", quoted(str(error)))
            return False

    def _name(self, word: str, rest: str) -> str:
        """Return the name that a directive is about; what stands behind it counts for nothing, as in cpp."""
        match = _NAME.match(rest)
        if match is None:
            self._reporter.report(self._here(), f"a name after '#{word}'", quoted(rest))
        return match[0] if match else ""

    def _define(self, rest: str) -> None:
        name = self._name("define", rest)
        behind = rest[len(name) :]
        if name:
            self._macros[name] = None if behind.startswith("(") else behind.strip()

    def _include(self, rest: str) -> None:
        match = re.match(r'"([^"\0]+)"|<([^>\0]+\.x)>', rest)
        if match is None:
            return  # <x.h> is for C
        here = self._here()
        name, folders = match[1] or match[2], [*map(Path, self._options.include)]
        path = self._find(name, folders if match[2] else [Path(self._open[-1]).parent, *folders])
        if path is None:
            if match[1] and name.endswith(".x"):
                self._reporter.report(here, "a file that can be read", quoted(name))
            return
        if not name.endswith(".x") and path.resolve() in self._read:
            return  # a header is read once
        if str(path) in self._open or len(self._open) >= MAX_INCLUDES:
            self._reporter.report(here, f"includes at most {MAX_INCLUDES} deep and in no circle", quoted(name))
            return
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_TEXT + 1)
        except OSError as error:
            self._reporter.report(here, "a file that can be read", f"{quoted(name)} ({error.strerror})")
            return
        if self._size + len(data) > MAX_TEXT:
            self._full = True
            self._reporter.report(here, f"at most {MAX_TEXT} characters with all includes", "more")
            return
        self.read(decode(data).replace("\0", " "), str(path))

    def _find(self, name: str, folders: list[Path]) -> Path | None:
        """Return the specification that an include means: for a C header, the one that rpcgen makes it of, if any."""
        names = [name] if name.endswith(".x") else []
        if name.endswith(".h"):
            names = [name[:-2] + ".x", Path(name).name[:-2] + ".x"]
        for folder in folders:
            for candidate in names:
                if (folder / candidate).is_file():
                    return folder / candidate
        return None

    def _replace(self, line: str, in_comment: bool) -> str:
        if in_comment:
            end = line.find("*/")
            return line if end < 0 else line[: end + 2] + self._replace(line[end + 2 :], False)
        for _ in range(MAX_ROUNDS):
            replaced = _WORD.sub(self._replaced, line)
            if len(replaced) > MAX_LINE and len(replaced) > len(line):
                self._reporter.report(self._next(), f"at most {MAX_LINE} characters after macros", str(len(replaced)))
                return line
            if replaced == line:
                break
            line = replaced
        return line

    def _replaced(self, match: re.Match[str]) -> str:
        """Return what one word comes to; a macro with arguments is a name like any other, but where it is called."""
        text = self._macros.get(match[0], match[0])
        if text is None and _CALL.match(match.string, match.end()):
            self._reporter.report(self._next(), "a macro without arguments", quoted(f"{match[0]}()"))
        return match[0] if text is None else text


def _ends_in_comment(line: str, inside: bool) -> bool:
    """Return whether the end of `line` is within a block comment, its beginning being so or not."""
    at = 0
    while True:
        if inside:
            at = line.find("*/", at) + 2
            if at < 2:
                return True
        match = _OPENING.search(line, at)
        if match is None or match[0] == "//":
            return False
        inside, at = match[0] == "/*", match.end()
