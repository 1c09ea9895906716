"""Parsing and printing of the command line, without a daemon."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from virtrpc.cli.context import Cpus, Exit, Size
from virtrpc.cli.main import cli, run
from virtrpc.cli.output import Output, cell, printable


@pytest.mark.parametrize(
    ("text", "kib"),
    [("1024", 1024), ("512M", 524288), ("2GiB", 2097152), ("1b", 1), ("1025b", 2), ("1MB", 977), ("3 k", 3)],
)
def test_a_size_is_kib_or_has_a_unit(text: str, kib: int) -> None:
    assert Size().convert(text, None, None) == kib


@pytest.mark.parametrize("text", ["", "M", "3Q", "-1", "1.5G", "1e3"])
def test_what_is_no_size_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Size().convert(text, None, None)


def test_cpus_are_numbers_and_ranges() -> None:
    assert Cpus().convert("0-3,8,2", None, None) == [0, 1, 2, 3, 8]
    for text in ("", "3-1", "x", "1,,2", "0-99999"):
        with pytest.raises(click.BadParameter):
            Cpus().convert(text, None, None)


def test_names_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31mb\u202e") == "a\\x1b[31mb\\u202e"
    assert cell("a\nb") == "a\\nb"


def test_markup_in_names_is_shown_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    Output(False).rows([{"name": "[red]x[/red]"}], ["name"])
    assert b"[red]x[/red]" in capfdbinary.readouterr().out


def test_every_command_explains_itself() -> None:
    for name, command in cli.commands.items():
        assert command.help, name


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["frob"], Exit.USAGE, "frob"),
        (["info"], Exit.USAGE, "DOM"),
        (["setmem", "x", "3Q"], Exit.USAGE, "3Q"),
        (["define", "/nowhere.xml"], Exit.USAGE, "/nowhere.xml"),
        (["-c", "qemu:///system", "list"], Exit.USAGE, "onc+tcp"),
        (["-c", "onc+unix:///nowhere.sock", "list"], Exit.NOT_REACHED, "cannot connect to /nowhere.sock"),
    ],
)
def test_errors_are_one_line_and_a_code(
    arguments: list[str], code: Exit, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("virtrpc: ")
    assert said in captured.err
    assert captured.err.count("\n") == 1


def test_help_loads_neither_tables_nor_wire_types() -> None:
    program = (
        "import sys; from virtrpc.cli.main import run; run(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('rich', 'virtproto', 'oncrpc', 'asyncio')))"
    )
    done = subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": ":".join(sys.path)}, check=False)
    assert done.returncode == 0
