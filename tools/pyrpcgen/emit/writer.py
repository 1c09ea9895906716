"""Writes indented Python, and remembers what it has to import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

WIDTH: Final = 120
_ORDER = ("collections.abc", "enum", "typing", "oncrpc", "oncrpc.errors", "oncrpc.procedure")


class Writer:
    """A growing module."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indent = 0
        self._imports: dict[str, set[str]] = {}

    def need(self, module: str, name: str) -> str:
        """Have `name` imported from `module`, one of those in _ORDER; return the name."""
        self._imports.setdefault(module, set()).add(name)
        return name

    def line(self, text: str = "") -> None:
        """Write one line at the present indentation."""
        self._lines.append("    " * self._indent + text if text else "")

    def blank(self, count: int) -> None:
        """See that at least `count` empty lines are before what comes next."""
        have = 0
        while have < min(count, len(self._lines)) and not self._lines[-1 - have]:
            have += 1
        self._lines += [""] * (count - have)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write `head`, and indent what is written inside."""
        self.line(head)
        with self.indented():
            yield

    @contextmanager
    def indented(self) -> Iterator[None]:
        """Indent what is written inside."""
        self._indent += 1
        yield
        self._indent -= 1

    def call(self, head: str, items: Sequence[str], tail: str = ")") -> None:
        """Write head, items with commas, tail: on one line where they fit, else one item a line."""
        whole = head + ", ".join(items) + tail
        if len(whole) + 4 * self._indent <= WIDTH and "\n" not in whole:
            self.line(whole)
            return
        self.line(head)
        for item in items:
            for part in f"{item},".split("\n"):
                self.line("    " + part)
        self.line(tail.lstrip(","))

    def docstring(self, lines: Sequence[str]) -> None:
        """Write a docstring of these lines, which may hold any characters."""
        lines = [_harmless(line) for line in lines]
        if len(lines) == 1 and len(lines[0]) + 4 * self._indent + 6 <= WIDTH and not lines[0].endswith('"'):
            self.line(f'"""{lines[0]}"""')
            return
        self.line(f'"""{lines[0]}')
        for text in lines[1:]:
            self.line(text)
        self.line('"""')

    def imports(self) -> list[str]:
        """Return the import lines for what was needed, in the order in which ruff and isort want them."""
        lines: list[str] = []
        for number, module in enumerate(_ORDER):
            names = sorted(self._imports.get(module, ()), key=lambda name: (name[0].islower(), name))
            if number == 3 and lines:
                lines.append("")
            if names:
                lines.append(f"from {module} import {', '.join(names)}")
        return lines

    def body(self) -> list[str]:
        """Return the lines written."""
        return self._lines


def _harmless(line: str) -> str:
    """Return a line that means itself inside triple quotes."""
    text = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').rstrip()
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
