"""Texts and characters in quotes, as C writes them: a backslash begins a character that cannot stand for itself."""

from __future__ import annotations

import re
from typing import Final

_ESCAPE: Final = r"""\\(?:[abefnrtv'"?\\]|[0-7]{1,3}|x[0-9A-Fa-f]{1,2})"""
TEXT: Final = rf'"(?:[^"\n\\]|{_ESCAPE})*"'
CHARACTER: Final = rf"'(?:[!-&(-\[\]-~ ]|{_ESCAPE})'"
"""Patterns of a text and of a character, with their quotes."""

_ESCAPED = re.compile(_ESCAPE)
_LETTERS: Final = {
    "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


def unquoted(text: str) -> str:
    """Return what a text or character stands for: without its quotes, with what its backslashes mean."""
    return _ESCAPED.sub(lambda match: _meaning(match[0][1:]), text[1:-1])


def character(text: str) -> int:
    """Return the number of a character, from 0 to 255, or negative from 128 on, as C's char has it."""
    number = ord(unquoted(text)) & 0xFF
    return number - 256 if number > 127 else number


def _meaning(word: str) -> str:
    if word[0] == "x":
        return chr(int(word[1:], 16))
    return chr(int(word, 8)) if word[0].isdigit() else _LETTERS.get(word, word)
