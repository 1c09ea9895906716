"""Characters to tokens. Comments stay with the token they are about; `%` lines are trivia anywhere.

A comment goes to the token that follows it; one that ends the line of a token (nothing but a newline behind it) goes to
that token, as its `trailing` comment. So `int a;  /* about a */` does what its writer meant.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.escapes import CHARACTER, TEXT, character

MAX_NUMBER: Final = 40
"""Characters of a number: 64 bits need 20; turning digits into numbers takes time that grows with their square."""

KEYWORDS: Final = frozenset(
    {
        "bool", "case", "char", "const", "default", "double", "enum", "float", "hyper", "int", "opaque", "program",
        "quadruple", "short", "string", "struct", "switch", "typedef", "union", "unsigned", "version", "void",
    }
)
"""Words that are no names: RFC 4506 section 6.2, RFC 5531 section 12.3, and rpcgen's char and short."""

_MAPPING: Final = frozenset(
    {
        "_abstract", "_capitalize", "_equals", "_int", "_int32", "_int64", "_lowercase", "_managed", "_prefix",
        "_tuple", "_unboxed", "_uppercase",
    }
)
"""What ocamlrpcgen's files say of the types in OCaml; nothing on the wire hangs on it. Two have a text behind them."""
_WITH_TEXT: Final = ("_equals", "_prefix")

_TOKEN = re.compile(
    rf"""
      (?P<line>^[ \t\f\v]*[%#][^\n]*\n?)
    | (?P<space>[ \t\f\v]+|\n)
    | (?P<comment>/\*.*?\*/|//[^\n]*)
    | (?P<unclosed>/\*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>-?[0-9][A-Za-z0-9_.]*)
    | (?P<text>{TEXT})
    | (?P<character>{CHARACTER})
    | (?P<punct>::|[{{}}()\[\]<>*,;:=])
    | (?P<bad>"[^"\n]*"?|[^\sA-Za-z0-9_{{}}()\[\]<>*,;:="/]+|.)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_LINE_MARK = re.compile(r"\s*#\s*(line\s+)?[0-9]+(\s|$)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_OCTAL = re.compile(r"-?0[0-7]+\Z")
_HEX = re.compile(r"-?0[xX][0-9A-Fa-f]+\Z")


class Kind(Enum):
    """What a token is."""

    NAME = "a name"
    KEYWORD = "a keyword"
    NUMBER = "a number"
    TEXT = "a text"
    PUNCTUATION = "punctuation"
    END = "the end of the file"


@dataclass(slots=True)
class Comment:
    """A comment without its marks: the lines in it, and the lines of the file it begins and ends in."""

    place: Place
    last_line: int
    lines: list[str]


@dataclass(slots=True)
class Token:
    """One word of the language: `start` and `end` are offsets in the text, `value` is a number's value."""

    kind: Kind
    text: str
    place: Place
    start: int
    end: int
    value: int = 0
    leading: list[Comment] = field(default_factory=list)
    trailing: list[Comment] = field(default_factory=list)

    def found(self) -> str:
        """Return how an error message calls this token."""
        return Kind.END.value if self.kind is Kind.END else quoted(self.text)


class Lines:
    """Turns offsets in a text into places."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, offset: int) -> Place:
        """Return the place of the character at `offset`."""
        row = bisect_right(self._starts, offset) - 1
        return Place(row + 1, offset - self._starts[row] + 1)


class Source:
    """A specification's text, and what the lexer made of it.

    tokens ends with one of kind END. first_comment is the one that opens the file, if any.
    """

    def __init__(self, text: str, reporter: Reporter) -> None:
        """Splits `text` (newlines are \\n) into tokens; what is no token is reported and left out."""
        self.text = text
        self.tokens: list[Token] = []
        self.first_comment: Comment | None = None
        self._lines = Lines(text)
        self._skipped: list[tuple[int, int]] = []  # %-lines and line marks, which no docstring shall hold
        self._waiting: list[Comment] = []
        self._mapping = ""
        self._reporter = reporter
        self._scan()

    def between(self, first: Token, last: Token) -> str:
        """Return the text from `first` to `last`, without %-lines."""
        parts, start = [], first.start
        low = bisect_right(self._skipped, (first.start, 0))
        for begin, end in self._skipped[low:]:
            if begin >= last.end:
                break
            parts.append(self.text[start:begin])
            start = end
        return "".join(parts) + self.text[start : last.end]

    def _scan(self) -> None:
        text, offset, size = self.text, 0, len(self.text)
        while offset < size and not self._reporter.full():
            match = _TOKEN.match(text, offset)
            if match is None:  # cannot be: the last alternative takes any character
                break
            kind = match.lastgroup
            if kind == "comment":
                self._comment(match.group(), offset, match.end())
            elif kind == "line":
                self._line(match.group(), offset, match.end())
            elif kind == "unclosed":
                self._reporter.report(self._lines.place(offset), "'*/' to end this comment", "the end of the file")
                break
            elif kind == "bad":
                self._bad(match.group(), offset)
            elif kind != "space":
                self._token(kind or "", match.group(), offset, match.end())
            offset = match.end()
        end = Token(Kind.END, "", self._lines.place(size), size, size)
        self._give_comments(end)
        self.tokens.append(end)

    def _token(self, kind: str, text: str, start: int, end: int) -> None:
        mapping, self._mapping = self._mapping, text if text in _MAPPING else ""
        if self._mapping or (kind == "text" and mapping in _WITH_TEXT):
            self._skipped.append((start, end))
            return
        token = Token(Kind.PUNCTUATION, text, self._lines.place(start), start, end)
        if kind == "name":
            token.kind = Kind.KEYWORD if text in KEYWORDS else Kind.NAME
        elif kind == "number":
            token.kind = Kind.NUMBER
            token.value = self._number(token)
        elif kind == "character":  # as C has it, and rpcgen in case labels
            token.kind = Kind.NUMBER
            token.value = character(text)
        elif kind == "text":
            token.kind = Kind.TEXT
        self._give_comments(token)
        self.tokens.append(token)

    def _number(self, token: Token) -> int:
        text = token.text
        if len(text) > MAX_NUMBER:
            self._reporter.report(token.place, "a number of at most 64 bits", f"one of {len(text)} digits")
            return 1
        if _DECIMAL.match(text):
            return int(text)
        if _OCTAL.match(text):
            return int(text, 8)
        if _HEX.match(text):
            return int(text, 16)
        self._reporter.report(token.place, "a number (decimal, 0x hexadecimal or 0 octal)", quoted(text))
        return 1

    def _bad(self, text: str, start: int) -> None:
        self._reporter.report(self._lines.place(start), "a word of the XDR language", quoted(text))

    def _line(self, text: str, start: int, end: int) -> None:
        self._skipped.append((start, end))
        word = text.strip()
        if word.startswith("#") and not _LINE_MARK.match(text):
            place = self._lines.place(start + len(text) - len(text.lstrip()))
            directive = quoted("#" + word[1:].split()[0] if word[1:].split() else "#")
            self._reporter.report(place, "a definition", f"{directive} (the preprocessor has left it)")

    def _comment(self, text: str, start: int, end: int) -> None:
        place = self._lines.place(start)
        if text.startswith("//"):
            lines = [text[2:].strip()]
            previous = self._waiting[-1] if self._waiting else None
            if previous and previous.last_line == place.line - 1 and self._is_line_comment_before(start):
                previous.last_line = place.line
                previous.lines += lines
                return
        else:
            lines = _strip_stars(text[2:-2].rstrip("*").split("\n"))
        comment = Comment(place, self._lines.place(end - 1).line, lines)
        if self.first_comment is None and not self.tokens and not self._waiting:
            self.first_comment = comment
        self._waiting.append(comment)

    def _is_line_comment_before(self, start: int) -> bool:
        before = self.text.rfind("\n", 0, start)
        line = self.text[self.text.rfind("\n", 0, max(before, 0)) + 1 : max(before, 0)]
        return line.lstrip().startswith("//") and not self.text[before + 1 : start].strip()

    def _give_comments(self, token: Token) -> None:
        waiting, self._waiting = self._waiting, []
        previous = self.tokens[-1] if self.tokens else None
        count = 0
        while count < len(waiting) and previous is not None:
            first = waiting[count]
            code_behind = token.kind is not Kind.END and first.last_line == token.place.line
            if first.place.line != previous.place.line or code_behind:
                break
            previous.trailing.append(first)
            count += 1
        token.leading = waiting[count:]


def _strip_stars(lines: list[str]) -> list[str]:
    """Return a block comment's lines without the stars at their beginning, common indentation and empty ends."""
    first, rest = lines[0].strip(" \t*"), [line.expandtabs().rstrip() for line in lines[1:]]
    if all(not line.strip() or line.lstrip().startswith("*") for line in rest):
        rest = [line.lstrip()[1:] for line in rest]
    indents = [len(line) - len(line.lstrip()) for line in rest if line.strip()]
    cut = min(indents, default=0)
    lines = [first, *(line[cut:].rstrip() for line in rest)]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines
