"""Namespaces, as goxdr and xdrpp have them. All of them go into one module: a name must mean the same in each."""

from __future__ import annotations

from collections.abc import Sequence

from pyrpcgen.errors import Reporter, quoted
from pyrpcgen.nodes import Definition, same


class Namespaces:
    """The namespaces that are open, and which one each name was first declared in."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._open: list[str] = []
        self._homes: dict[str, tuple[str, Definition]] = {}

    def __bool__(self) -> bool:
        """Return whether one is open."""
        return bool(self._open)

    def enter(self, name: str) -> None:
        """Begin one within those that are open; its name may have several parts, a::b."""
        self._open.append(name)

    def leave(self) -> None:
        """End the innermost."""
        self._open.pop()

    def declare(self, items: Sequence[Definition]) -> None:
        """Report definitions whose names mean something else in another namespace."""
        here = "::".join(self._open)
        for item in items:
            home, first = self._homes.setdefault(item.name, (here, item))
            if home != here and not same(first, item):
                place = f"{self._reporter.where(first.place)} declares in {home or 'no namespace'}"
                expected = "a name that no other namespace has, as all go into one module"
                self._reporter.report(item.place, expected, f"{quoted(item.name)}, which {place}")
