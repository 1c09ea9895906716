"""How answers are printed: tables for people, JSON with the same fields for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

WIDE: Final = 10_000
"""Columns of a table that does not go to a terminal: nothing is cut or folded."""

Row = Mapping[str, Any]


class ReaderLeft(Exception):
    """Who read our output has closed it. Not an OSError: click would answer that by itself, with exit code 1."""


def printable(text: str) -> str:
    """Return text with everything that could steer a terminal shown as an escape; lines and tabs stay."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )


def cell(value: object) -> str:
    """Return a value as it stands in a table."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(cell(item) for item in value)
    return printable(str(value)).replace("\n", "\\n")


class Output:
    """Where a command's answer goes."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def rows(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        """Print a table with a heading; as JSON a list of objects."""
        if self.as_json:
            self._json([dict(row) for row in rows])
            return
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            number = any(isinstance(row[column], int) and not isinstance(row[column], bool) for row in rows)
            table.add_column(column.replace("_", " "), justify="right" if number else "left", overflow="fold")
        self._table(table, [[row[column] for column in columns] for row in rows])

    def record(self, record: Row) -> None:
        """Print one thing's fields, a line each; as JSON an object."""
        if self.as_json:
            self._json(dict(record))
            return
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        self._table(table, [[name.replace("_", " "), value] for name, value in record.items()])

    def text(self, name: str, text: str) -> None:
        """Print a text as it is (XML, a name); as JSON an object with that one field."""
        if self.as_json:
            self._json({name: text})
            return
        shown = printable(text) if sys.stdout.isatty() else text
        self._write(shown if shown.endswith("\n") else shown + "\n")

    def done(self, message: str, record: Row) -> None:
        """Say what was done; as JSON the record."""
        if self.as_json:
            self._json(dict(record))
        else:
            self._write(printable(message) + "\n")

    def line(self, message: str, record: Row) -> None:
        """Print one of many, at once; as JSON an object in one line."""
        self._write((json.dumps(record) if self.as_json else printable(message)) + "\n")

    def _json(self, value: object) -> None:
        self._write(json.dumps(value, indent=2) + "\n")

    @staticmethod
    def _table(table: Any, rows: Sequence[Sequence[Any]]) -> None:
        from rich.console import Console
        from rich.text import Text

        for row in rows:
            table.add_row(*(Text(cell(value)) for value in row))
        console = Console() if sys.stdout.isatty() else Console(width=WIDE, color_system=None)
        with console.capture() as capture:
            console.print(table)
        Output._write("".join(line.rstrip(" ") + "\n" for line in capture.get().splitlines()))

    @staticmethod
    def _write(text: str) -> None:
        # Names may hold bytes that are no UTF-8 (surrogates): they go out as they came in.
        encoding = sys.stdout.encoding or "utf-8"
        data = text.encode(encoding, "surrogateescape" if encoding.lower().startswith("utf") else "backslashreplace")
        buffer = getattr(sys.stdout, "buffer", None)
        try:
            if buffer is None:
                sys.stdout.write(text)
            else:
                buffer.write(data)
                buffer.flush()
        except BrokenPipeError as exc:
            raise ReaderLeft from exc
