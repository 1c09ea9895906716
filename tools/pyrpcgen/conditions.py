"""The integer expressions of `#if`: defined(), names, numbers, ! - ~, arithmetic, comparison, && and ||."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MAX_WORDS: Final = 256
"""Words of one condition."""

_WORD = re.compile(r"\s*(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19}|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[-+*/%<>!~()])", re.ASCII)
_ORDER = [("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%")]


class BadCondition(Exception):
    """The text is no condition; the exception's text is what was found."""


def evaluate(text: str, macros: Mapping[str, str]) -> int:
    """Return what a condition comes to; names that no macro defines are 0. Raises BadCondition."""
    words: list[str] = []
    offset, text = 0, text.strip()
    while offset < len(text):
        match = _WORD.match(text, offset)
        if match is None or len(words) >= MAX_WORDS:
            raise BadCondition(text[offset:])
        words.append(match[1])
        offset = match.end()
    condition = _Condition(words, macros)
    value = condition.binary(0)
    if condition.word():
        raise BadCondition(condition.word())
    return value


class _Condition:
    def __init__(self, words: list[str], macros: Mapping[str, str]) -> None:
        self._words = words
        self._macros = macros
        self._at = 0
        self._depth = 0

    def word(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self) -> str:
        word = self.word()
        self._at += 1
        return word

    def binary(self, level: int) -> int:
        if level == len(_ORDER):
            return self.unary()
        left = self.binary(level + 1)
        while self.word() in _ORDER[level]:
            mark = self.take()
            left = _apply(mark, left, self.binary(level + 1))
        return left

    def unary(self) -> int:
        self._depth += 1
        if self._depth > 32:
            raise BadCondition("a condition nested more than 32 deep")
        word = self.take()
        if word in ("!", "-", "+", "~"):
            value = self.unary()
            value = {"!": int(not value), "-": -value, "+": value, "~": ~value}[word]
        elif word == "(":
            value = self.binary(0)
            self._close()
        elif word == "defined":
            name = self.take()
            if name == "(":
                name = self.take()
                self._close()
            value = int(name in self._macros)
        elif word[:1].isdigit():
            value = _number(word)
        elif word[:1].isalpha() or word[:1] == "_":
            text = self._macros.get(word, "0").strip()
            value = _number(text) if text[:1].isdigit() and len(text) <= 20 else 0
        else:
            raise BadCondition(word or "the end of the line")
        self._depth -= 1
        return value

    def _close(self) -> None:
        if self.take() != ")":
            raise BadCondition("no ')'")


def _number(word: str) -> int:
    try:
        return int(word, 8) if word.startswith("0") and word.isdigit() else int(word, 0)
    except ValueError as error:
        raise BadCondition(word) from error


def _apply(mark: str, left: int, right: int) -> int:
    if mark in ("/", "%"):
        if not right:
            raise BadCondition("a division by 0")
        return left // right if mark == "/" else left % right
    if mark == "*":
        return (left * right) % 2**64
    results = {
        "||": bool(left or right), "&&": bool(left and right), "==": left == right, "!=": left != right,
        "<=": left <= right, ">=": left >= right, "<": left < right, ">": left > right,
        "+": left + right, "-": left - right,
    }  # fmt: skip
    return int(results[mark])
