"""The integer expressions of `#if`, as cpp has them: macros are replaced, then what C's operators say of 64 bits."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from pyrpcgen.escapes import CHARACTER, character

MAX_WORDS: Final = 256
"""Words of one condition, after its macros are replaced."""

MAX_STEPS: Final = 4096
"""Words looked at while macros are replaced: macros that come to nothing make no words, and still take time."""

MAX_DEPTH: Final = 64
"""Operators and alternatives within each other; a pair of parentheses is two."""

MAX_DIGITS: Final = 72
"""Characters of a number: 64 bits, in binary, need 66 and a suffix."""

_WORD = re.compile(
    rf"\s*({CHARACTER}|[0-9][0-9A-Za-z_.]*|[A-Za-z_]\w*|&&|\|\||<<|>>|[=!<>]=|[-+*/%<>!~()?:|^&])", re.ASCII
)
_NUMBER = re.compile(
    r"(?:0x(?P<hex>[0-9a-f]+)|0b(?P<bin>[01]+)|(?P<oct>0[0-7]*)|(?P<dec>[1-9][0-9]*))(?P<suffix>[ul]*)\Z", re.IGNORECASE
)
_BASES: Final = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}
_SUFFIXES: Final = ("", "u", "l", "ul", "lu", "ll", "ull", "llu")
_RANKS: Final = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<=", ">=", "<", ">"), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"),
)  # fmt: skip
"""Binary operators, those that bind least first."""
_ARITHMETIC: Final[dict[str, Callable[[int, int], int]]] = {
    "|": operator.or_, "^": operator.xor, "&": operator.and_, "+": operator.add, "-": operator.sub,
    "*": operator.mul,
}  # fmt: skip
_COMPARISON: Final[dict[str, Callable[[int, int], bool]]] = {
    "==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip


class BadCondition(Exception):
    """The text is no condition; the exception's text is what was found."""


class _Int(NamedTuple):
    """A number of 64 bits, with or without a sign; of two, one without makes both so, as in C."""

    value: int
    unsigned: bool = False


def evaluate(text: str, macros: Mapping[str, str | None]) -> int:
    """Return what a condition comes to; names that no macro defines are 0.

    macros: their texts, None for those that take arguments. Raises BadCondition.
    """
    condition = _Condition(_expanded(_words(text), macros))
    value = condition.choice(True).value
    if condition.word():
        raise BadCondition(condition.word())
    return value


def _words(text: str) -> list[str]:
    words: list[str] = []
    offset, text = 0, text.strip()
    while offset < len(text):
        match = _WORD.match(text, offset)
        if match is None or len(words) >= MAX_WORDS:
            raise BadCondition(text[offset:])
        words.append(match[1])
        offset = match.end()
    return words


def _expanded(words: list[str], macros: Mapping[str, str | None]) -> list[str]:
    """Return the words with macros replaced, each not within itself; `defined NAME` becomes 1 or 0."""
    nowhere: frozenset[str] = frozenset()
    waiting = [(word, nowhere) for word in reversed(words)]  # a word, and the macros that it came from
    found: list[str] = []
    for _ in range(MAX_STEPS):
        if not waiting:
            return found
        word, within = waiting.pop()
        if word == "defined":
            found.append(str(int(_asked(waiting) in macros)))
        elif word not in macros or word in within:
            found.append(word)
        else:
            text = macros[word]
            if text is None and waiting and waiting[-1][0] == "(":
                raise BadCondition(f"{word}(), a macro with arguments")
            inner = [word] if text is None else _words(text)
            waiting += [(one, within | {word}) for one in reversed(inner)]
        if len(found) + len(waiting) > MAX_WORDS:
            break
    raise BadCondition(f"more than {MAX_WORDS} words")


def _asked(waiting: list[tuple[str, frozenset[str]]]) -> str:
    """Take and return the name behind `defined`, which may stand in parentheses."""
    words = [waiting.pop()[0] if waiting else ""]
    if words[0] == "(":
        words += [waiting.pop()[0] if waiting else "" for _ in range(2)]
        if words[2] != ")":
            raise BadCondition("no ')'")
    name = words[-2] if len(words) == 3 else words[0]
    if not re.match(r"[A-Za-z_]", name):
        raise BadCondition(name or "the end of the line")
    return name


class _Condition:
    """Words being read. live: whether what is read counts; behind `0 &&` and such it does not, and may divide by 0."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    def word(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self) -> str:
        word = self.word()
        self._at += 1
        return word

    def choice(self, live: bool) -> _Int:
        """a ? b : c, and all that binds more."""
        value = self.binary(0, live)
        if self.word() != "?":
            return value
        self._enter()
        self.take()
        first = self.choice(live and value.value != 0)
        self._expect(":")
        second = self.choice(live and value.value == 0)
        self._depth -= 1
        chosen = first if value.value else second
        return _cut(chosen.value, first.unsigned or second.unsigned)

    def binary(self, rank: int, live: bool) -> _Int:
        if rank == len(_RANKS):
            return self.unary(live)
        left = self.binary(rank + 1, live)
        while self.word() in _RANKS[rank]:
            mark = self.take()
            decided = (mark == "&&" and not left.value) or (mark == "||" and left.value != 0)
            counts = live and not decided
            left = _apply(mark, left, self.binary(rank + 1, counts), counts)
        return left

    def unary(self, live: bool) -> _Int:
        self._enter()
        word = self.take()
        if word in ("!", "-", "+", "~"):
            value = self.unary(live)
            number = {"!": int(not value.value), "-": -value.value, "+": value.value, "~": ~value.value}[word]
            value = _cut(number, value.unsigned and word != "!")
        elif word == "(":
            value = self.choice(live)
            self._expect(")")
        elif word[:1].isdigit():
            value = _number(word)
        elif word[:1] == "'":
            value = _Int(character(word))
        elif word[:1].isalpha() or word[:1] == "_":
            value = _Int(0)
        else:
            raise BadCondition(word or "the end of the line")
        self._depth -= 1
        return value

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadCondition(f"a condition nested more than {MAX_DEPTH} deep")

    def _expect(self, mark: str) -> None:
        if self.take() != mark:
            raise BadCondition(f"no '{mark}'")


def _number(word: str) -> _Int:
    match = _NUMBER.match(word)
    if match is None or match["suffix"].lower() not in _SUFFIXES or len(word) > MAX_DIGITS:
        raise BadCondition(word)
    base = next(name for name in _BASES if match[name] is not None)
    value = int(match[base], _BASES[base])
    if value >= 2**64:
        raise BadCondition(word)
    return _Int(value, "u" in match["suffix"].lower() or value >= 2**63)


def _cut(value: int, unsigned: bool) -> _Int:
    """Return a number as 64 bits hold it."""
    value %= 2**64
    return _Int(value if unsigned or value < 2**63 else value - 2**64, unsigned)


def _apply(mark: str, left: _Int, right: _Int, live: bool) -> _Int:
    if mark in ("&&", "||"):
        both = (left.value != 0, right.value != 0)
        return _Int(int(all(both) if mark == "&&" else any(both)))
    if mark in ("<<", ">>"):
        return _shifted(left, right.value if mark == "<<" else -right.value)
    unsigned = left.unsigned or right.unsigned
    a, b = _cut(left.value, unsigned).value, _cut(right.value, unsigned).value
    if mark in _COMPARISON:
        return _Int(int(_COMPARISON[mark](a, b)))
    if mark in _ARITHMETIC:
        return _cut(_ARITHMETIC[mark](a, b), unsigned)
    if not b:
        if live:
            raise BadCondition("a division by 0")
        return _Int(0, unsigned)
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)  # C cuts towards 0
    return _cut(quotient if mark == "/" else a - quotient * b, unsigned)


def _shifted(left: _Int, by: int) -> _Int:
    """Return a number shifted to the left, or to the right where `by` is negative."""
    if by >= 64:
        return _Int(0, left.unsigned)
    return _cut(left.value << by if by >= 0 else left.value >> min(-by, 64), left.unsigned)
