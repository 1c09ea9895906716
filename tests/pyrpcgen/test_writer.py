"""Indentation, wrapping, docstrings and imports of what is written."""

from __future__ import annotations

from pyrpcgen.emit.writer import Writer


def test_calls_are_wrapped_where_they_are_too_long() -> None:
    out = Writer()
    out.call("f(", ["a", "b"])
    out.call("f(", ["a" * 60, "b" * 60])
    assert out.body() == ["f(a, b)", "f(", "    " + "a" * 60 + ",", "    " + "b" * 60 + ",", ")"]


def test_blank_asks_for_at_least_so_many_lines() -> None:
    out = Writer()
    out.line("a")
    out.blank(1)
    out.blank(2)
    out.line("b")
    assert out.body() == ["a", "", "", "b"]


def test_docstrings_say_what_they_were_given() -> None:
    out = Writer()
    with out.block("def f():"):
        out.docstring(['a "quoted"'])
    with out.block("def g():"):
        out.docstring(['""" \\n \\', "two\x00"])
    space: dict[str, object] = {}
    exec("\n".join(out.body()), space)
    assert getattr(space["f"], "__doc__", "").rstrip() == 'a "quoted"'
    assert getattr(space["g"], "__doc__", "").split("\n")[:2] == ['""" \\n \\', "    two\x00"]


def test_imports_are_sorted_and_only_what_is_needed() -> None:
    out = Writer()
    for module, name in [("oncrpc", "xdr"), ("typing", "Final"), ("enum", "IntEnum"), ("typing", "Any")]:
        out.need(module, name)
    assert out.imports() == [
        "from enum import IntEnum", "from typing import Any, Final", "", "from oncrpc import xdr",
    ]  # fmt: skip
