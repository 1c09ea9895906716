"""What the command line says of how a specification is to be read; the same for every command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
_TYPE = re.compile(r"([^\[<*]*[^\[<*\s])\s*([\[<][^\]>]*[\]>])?\s*(\*)?\s*\Z")

HELP: Final = """\
names that a C header has: -D NAME=VALUE for a constant, --extern NAME=TYPE for a type ('netobj=opaque<1024>',
'time_t=unsigned int', 'link=node *', 'cookie=opaque<8> *'), --prelude FILE.x for a file that declares them."""


class BadOption(ValueError):
    """An option makes no sense; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a specification.

    defines: macros. include: folders where includes are looked for, after the including file's own. externs: types
    that nobody declares, by name, as XDR has them (`opaque<1024>`). prelude: files to read first. program_from: the
    enum of procedures that makes a program, as libvirt's files have it: "ENUM" or "ENUM=PROGRAM.VERSION", the names of
    the constants with the two numbers.
    """

    defines: dict[str, str] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    externs: dict[str, str] = field(default_factory=dict)
    prelude: tuple[str, ...] = ()
    program_from: str | None = None

    def extern_text(self) -> str:
        """Return the typedefs that the externs come to."""
        return "".join(f"typedef {_typedef(name, what)};\n" for name, what in self.externs.items())


def options(
    defines: Iterable[str] = (),
    include: Iterable[str] = (),
    externs: Iterable[str] = (),
    prelude: Iterable[str] = (),
    program_from: str | None = None,
) -> Options:
    """Return options from words such as NAME=VALUE. Raises BadOption."""
    macros = {}
    for word in defines:
        name, given, value = word.partition("=")
        macros[_named(name, word, "-D NAME[=VALUE]")] = value if given else "1"
    types = {}
    for word in externs:
        name, _, what = word.partition("=")
        types[_named(name, word, "--extern NAME=TYPE")] = what
        _typedef(name, what)
    return Options(macros, tuple(include), types, tuple(prelude), program_from)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Put the options on a command line."""
    group = parser.add_argument_group("reading", HELP)
    group.add_argument("-D", dest="defines", metavar="NAME[=VALUE]", action="append", default=[], help="define a macro")
    group.add_argument("-I", dest="include", metavar="DIR", action="append", default=[], help="where includes are too")
    group.add_argument("--extern", dest="externs", metavar="NAME=TYPE", action="append", default=[], help="a type")
    group.add_argument("--prelude", metavar="FILE.x", action="append", default=[], help="a file to read first")
    group.add_argument(
        "--program-from-enum", dest="program_from", metavar="ENUM[=PROGRAM.VERSION]",
        help="make a program of an enum of procedures and types called NAME_args and NAME_ret, as libvirt has them",
    )  # fmt: skip


def chosen(found: argparse.Namespace) -> Options:
    """Return what was put on a command line. Raises BadOption."""
    return options(found.defines, found.include, found.externs, found.prelude, found.program_from)


def _named(name: str, word: str, form: str) -> str:
    if not _NAME.match(name):
        raise BadOption(f"{word!r} is no {form}")
    return name


def _typedef(name: str, what: str) -> str:
    """Return the typedef, or the two of a pointer to what has a shape: the language has no name for both at once."""
    match = _TYPE.match(what.strip())
    word = f"{name}={what}" if what else name
    if match is None:
        raise BadOption(f"{word!r} is no --extern NAME=TYPE, such as {name}=opaque<1024>")
    kind, shape, star = match[1], match[2] or "", match[3] or ""
    if kind in ("string", "opaque") and not shape:
        right = f"{name}={kind}<1024>{star}"
        raise BadOption(f"{word!r} does not say how long it may be; write {right}, or <> for any length")
    if shape and star:
        return f"{kind} {name}_item{shape};\ntypedef {name}_item *{name}"
    return f"{kind} {star}{name}{shape}"
