"""What the subcommands share: exit codes, readers of arguments, tables for people."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, Final

from oncrpc.portmap import PMAP_PORT
from oncrpc.portmap.names import program_number

TIMEOUT_S: Final = 10.0
"""How long a connection, and an answer, may take unless told otherwise."""

MAX_TIMEOUT_S: Final = 3600.0

Commands = Any
"""What `ArgumentParser.add_subparsers` returns; argparse has no public name for it."""


class Exit(IntEnum):
    """What the command ends with."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_REACHED = 3


def add_command(
    commands: Commands, name: str, help: str, run: Callable[[argparse.Namespace], Exit], examples: str = ""
) -> argparse.ArgumentParser:
    """Put a subcommand on the command line and return its parser; examples: lines shown at the end of its help."""
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    return command


def add_reading(command: argparse.ArgumentParser) -> None:
    """Put pyrpcgen's options for reading a .x file on a command line; `reading` has what was given."""
    group = command.add_argument_group("reading .x files", "as pyrpcgen takes them")
    group.add_argument("-D", dest="defines", metavar="NAME[=VALUE]", action="append", default=[], help="define a macro")
    group.add_argument("-I", dest="include", metavar="DIR", action="append", default=[], help="where includes are too")
    group.add_argument("--extern", dest="externs", metavar="NAME=TYPE", action="append", default=[], help="a type")
    group.add_argument("--prelude", metavar="FILE.x", action="append", default=[], help="a file to read first")
    group.add_argument(
        "--program-from-enum", dest="program_from", metavar="ENUM[=PROGRAM.VERSION]", help="an enum of procedures"
    )


def reading(options: argparse.Namespace) -> dict[str, Any]:
    """Return what specification.load takes."""
    return {name: getattr(options, name) for name in ("defines", "include", "externs", "prelude", "program_from")}


def host_port(text: str) -> tuple[str, int]:
    """Return (host, portmapper's port) of HOST, HOST:PORT, [V6ADDRESS]:PORT or V6ADDRESS. For argparse."""
    host, port = text, str(PMAP_PORT)
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise argparse.ArgumentTypeError(f"{text!r} is no HOST[:PORT]")
        port = rest[1:] or port
    elif text.count(":") == 1:
        host, port = text.split(":")
    if not host:
        raise argparse.ArgumentTypeError(f"{text!r} names no host")
    return host, port_number(port)


def port_number(text: str) -> int:
    """Return a port from 0 to 65535. For argparse."""
    return number(text, 0, 0xFFFF, "a port")


def program(text: str) -> int:
    """Return a program's number of itself, decimal or 0x hexadecimal, or of its name in /etc/rpc. For argparse."""
    if text[:1].isdigit() or text[:1] == "-":
        return word(text)
    found = program_number(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no program known by name: give its number")
    return found


def word(text: str) -> int:
    """Return a version number, decimal or 0x hexadecimal. For argparse."""
    return number(text, 0, 0xFFFFFFFF, "a number")


def absolute_path(text: str) -> str:
    """Return the absolute path of a unix socket. For argparse."""
    if not text.startswith("/"):
        raise argparse.ArgumentTypeError(f"{text!r} is no absolute path")
    return text


def number(text: str, least: int, most: int, what: str) -> int:
    """Return a whole number from least to most, decimal or 0x hexadecimal. Raises ArgumentTypeError."""
    try:
        value = int(text, 0)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {least} to {most}")
    return value


def seconds(text: str) -> float:
    """Return a time in seconds, more than 0 and at most an hour. For argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MAX_TIMEOUT_S:
        raise argparse.ArgumentTypeError(f"{text!r} is no time in seconds, more than 0 and at most {MAX_TIMEOUT_S:g}")
    return value


def printable(text: str) -> str:
    """Return a peer's text without anything that a terminal would act on."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text) or "-"


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print columns under their names, numbers to the right; texts may be a peer's."""
    texts = [list(header), *([printable(str(cell)) for cell in row] for row in rows)]
    numeric = [bool(rows) and all(isinstance(row[column], int) for row in rows) for column in range(len(header))]
    widths = [max(len(line[column]) for line in texts) for column in range(len(header))]
    for line in texts:
        cells = zip(line, widths, numeric, strict=True)
        print("  ".join(c.rjust(width) if right else c.ljust(width) for c, width, right in cells).rstrip())
