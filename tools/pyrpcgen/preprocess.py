"""The directives of cpp, as far as specifications use them: conditions, object-like macros, includes, line marks.

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

MAX_INCLUDES: Final = 16
"""Files included by one another, deep."""

MAX_LINE: Final = 65536
"""Characters of a line after its macros are replaced."""

MAX_TEXT: Final = 16 * 2**20
"""Characters of a specification with all that it includes."""

MAX_ROUNDS: Final = 16
"""Macros made of macros, deep."""

_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*([A-Za-z]+|[0-9]+)?[ \t]*(.*)\Z", re.DOTALL)
_WORD = re.compile(r'/\*.*?(?:\*/|\Z)|//.*|"[^"]*"|[A-Za-z_][A-Za-z0-9_]*', re.DOTALL)
_COMMENTS = re.compile(r"/\*.*?(?:\*/|\Z)|//.*", re.DOTALL)
_C_INCLUDE = re.compile(r'[ \t]*%[ \t]*#[ \t]*include[ \t]+("[^"]+")')
_MARK = re.compile(r'([0-9]{1,9})(?:[ \t]+"([^"]*)")?')


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of reading: macros that are defined, and folders where includes are looked for."""

    defines: dict[str, str] = field(default_factory=dict)
    include: tuple[str, ...] = ()


@dataclass(slots=True)
class _Condition:
    place: Place
    active: bool
    taken: bool
    outer: bool


class Preprocessor:
    """Reads one specification and what it includes; `text` is the result, `origins` the file and line of its lines."""

    def __init__(self, options: Options, reporter: Reporter) -> None:
        self.origins: list[tuple[str, int]] = []
        self._macros = {"RPC_XDR": "1", **options.defines}
        self._options = options
        self._reporter = reporter
        self._lines: list[str] = []
        self._size = 0
        self._open: list[str] = []
        self._read: set[Path] = set()

    @property
    def text(self) -> str:
        """What was read so far, without directives."""
        return "\n".join(self._lines)

    def read(self, text: str, file: str) -> None:
        """Read the text of `file`. What is wrong is reported."""
        self._open.append(file)
        self._read.add(Path(file).resolve())
        shown, shift, in_comment = file, 0, False
        conditions: list[_Condition] = []
        continued = ""
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            self.origins.append((shown, number + shift))
            active = not conditions or conditions[-1].active
            kept = line
            directive = None if in_comment or continued == "%" else _DIRECTIVE.match(line)
            if continued == "%" or (not in_comment and line.lstrip().startswith("%")):
                quotes = _C_INCLUDE.match(line) if active and not continued else None
                continued, kept = ("%" if line.endswith("\\") else ""), ""
                if quotes:
                    self._add("")
                    self._include(quotes[1])
                    continue
            elif directive and (line.lstrip().startswith("#")):
                kept = ""
                rest = _COMMENTS.sub(" ", directive[2]).strip()
                mark = _MARK.match(f"{directive[1]} {rest}" if (directive[1] or "").isdigit() else rest)
                if mark and (directive[1] == "line" or (directive[1] or "").isdigit()):
                    shown, shift = mark[2] or shown, int(mark[1]) - number - 1
                    self._add("")
                    continue
                in_comment = _ends_in_comment(directive[2], False)
                self._add("")
                self._directive(directive[1] or "", rest, conditions)
                continue
            else:
                kept = self._replace(line, in_comment) if active else ""
                in_comment = _ends_in_comment(line, in_comment)
            self._add(kept if active else "")
        for left in conditions:
            self._reporter.report(left.place, "'#endif' to end this condition", "the end of the file")
        self._open.pop()

    def _add(self, line: str) -> None:
        self._size += len(line) + 1
        self._lines.append(line)

    def _here(self) -> Place:
        return Place(len(self._lines), 1)

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
            self._macros.pop(rest, None)
        elif word == "include":
            self._include(rest)
        elif word not in ("", "pragma", "ident", "warning"):
            self._reporter.report(self._here(), "a directive of cpp", quoted(f"#{word}"))

    def _holds(self, word: str, rest: str) -> bool:
        if word != "if":
            return (rest in self._macros) == (word == "ifdef")
        try:
            return evaluate(rest, self._macros) != 0
        except BadCondition as error:
            self._reporter.report(self._here(), "a condition of integers and defined()", quoted(str(error)))
            return False

    def _define(self, rest: str) -> None:
        match = re.match(r"([A-Za-z_][A-Za-z0-9_]*)(\(?)", rest)
        if match is None:
            self._reporter.report(self._here(), "a name after '#define'", quoted(rest))
        elif match[2]:
            self._reporter.report(self._here(), "a macro without arguments", quoted(match[1] + "()"))
        else:
            self._macros[match[1]] = rest[match.end() :].strip()

    def _include(self, rest: str) -> None:
        match = re.match(r'"([^"\0]+)"', rest)
        if match is None:
            return  # <x.h> is for C
        here = self._here()
        path = self._find(match[1])
        if path is None:
            if match[1].endswith(".x"):
                self._reporter.report(here, "a file that can be read", quoted(match[1]))
            return
        if not match[1].endswith(".x") and path.resolve() in self._read:
            return  # a header is read once
        if str(path) in self._open or len(self._open) >= MAX_INCLUDES:
            self._reporter.report(here, f"includes at most {MAX_INCLUDES} deep and in no circle", quoted(match[1]))
            return
        with open(path, "rb") as file:
            data = file.read(MAX_TEXT + 1)
        if self._size + len(data) > MAX_TEXT:
            self._reporter.report(here, f"at most {MAX_TEXT} bytes with all includes", "more")
            return
        self.read(data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", " "), str(path))

    def _find(self, name: str) -> Path | None:
        """Return the specification that an include means: for a C header, the one that rpcgen makes it of, if any."""
        names = [name] if name.endswith(".x") else []
        if name.endswith(".h"):
            names = [name[:-2] + ".x", Path(name).name[:-2] + ".x"]
        for folder in (Path(self._open[-1]).parent, *map(Path, self._options.include)):
            for candidate in names:
                if (folder / candidate).is_file():
                    return folder / candidate
        return None

    def _replace(self, line: str, in_comment: bool) -> str:
        if in_comment:
            end = line.find("*/")
            return line if end < 0 else line[: end + 2] + self._replace(line[end + 2 :], False)
        for _ in range(MAX_ROUNDS):
            replaced = _WORD.sub(lambda match: self._macros.get(match[0], match[0]), line)
            if len(replaced) > MAX_LINE and len(replaced) > len(line):
                self._reporter.report(self._here(), f"at most {MAX_LINE} characters after macros", str(len(replaced)))
                return line
            if replaced == line:
                break
            line = replaced
        return line


def _ends_in_comment(line: str, inside: bool) -> bool:
    """Return whether the end of `line` is within a block comment, its beginning being so or not."""
    for match in re.finditer(r"/\*|\*/|//", line):
        if inside:
            inside = match[0] != "*/"
        elif match[0] == "//":
            return False
        else:
            inside = match[0] == "/*"
    return inside
