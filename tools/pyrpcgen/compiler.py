"""The whole way from a file to a module's text, and to a checked tree for the other commands."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyrpcgen import rpc_header
from pyrpcgen.check import check
from pyrpcgen.emit.module import emit
from pyrpcgen.emit.names import Names, escape
from pyrpcgen.errors import Place, Reporter
from pyrpcgen.from_enum import with_program
from pyrpcgen.lexer import Source
from pyrpcgen.missing import report_missing
from pyrpcgen.nodes import Specification, Union
from pyrpcgen.options import Options
from pyrpcgen.preprocess import Preprocessor, decode
from pyrpcgen.program_parser import Parser
from pyrpcgen.scope import Scope

MAX_BYTES: Final = 8 * 2**20
"""The largest specification: fifty times libvirt's, and read in seconds."""


DEFAULTS: Final = Options()


@dataclass(frozen=True, slots=True)
class Checked:
    """A specification without errors, what its names stand for, and their names in Python."""

    specification: Specification
    scope: Scope
    names: Names


def load_text(text: str | bytes, name: str, options: Options = DEFAULTS) -> Checked:
    """Parse and check a specification; `name` is its file's name, for errors and for where its includes are.

    Bytes are UTF-8, or Latin-1 where they are no UTF-8 (which only comments may make use of). Raises CompileErrors, and
    OSError when a prelude cannot be read.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return _load(data, name, options, "")


def _load(data: bytes, name: str, options: Options, known: str) -> Checked:
    """As load_text; known: declarations that the file takes from C's <rpc/rpc.h>, once that is known."""
    reporter = Reporter(name)
    source = Source(_preprocessed(data, name, options, known, reporter), reporter)
    base = re.split(r"[/\\]", name)[-1]
    specification = Parser(source, reporter).specification(base, hashlib.sha256(data).hexdigest())
    if options.program_from is not None:
        specification = with_program(specification, options.program_from, reporter)
    reporter.raise_if_any()  # what syntax errors left out would be missed by the checks
    scope = check(specification, reporter)
    if scope.missing and not known:
        known = rpc_header.declarations(scope.missing)
        if known:
            return _load(data, name, options, known)
    report_missing(scope)
    reporter.raise_if_any()
    settled = (scope.types[item.name] if isinstance(item, Union) else item for item in specification.definitions)
    specification = replace(specification, definitions=tuple(settled))
    names = Names(specification, scope, reporter)
    reporter.raise_if_any()
    return Checked(specification, scope, names)


def _preprocessed(data: bytes, name: str, options: Options, known: str, reporter: Reporter) -> str:
    """Return the text of a specification and all that it includes, preludes and externs behind it."""
    if len(data) > MAX_BYTES:
        reporter.report(Place(1, 1), f"a file of at most {MAX_BYTES} bytes", "a longer one")
        reporter.raise_if_any()
    decoded = decode(data)
    if "\0" in decoded:
        before = decoded[: decoded.index("\0")]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        reporter.report(place, "text", "a NUL byte")
        reporter.raise_if_any()
    reader = Preprocessor(options, reporter)
    reporter.origins = reader.origins
    for path in options.prelude:
        with open(path, "rb") as file:
            reader.read(decode(file.read(MAX_BYTES + 1)).replace("\0", " "), path)
    for given, what in ((options.extern_text(), "--extern"), (known, "<rpc/rpc.h>")):
        if given:
            reader.read(given, what)
    count = len(reader.origins)
    reader.read(decoded, name)
    reporter.raise_if_any()
    # Their macros were needed first; their definitions may stand last, so that the file's first comment is the first.
    reader.turn(count)
    return reader.text


def load_file(path: str | Path, options: Options = DEFAULTS) -> Checked:
    """Read, parse and check a file. Raises CompileErrors, and OSError when it cannot be read."""
    with open(path, "rb") as file:
        return load_text(file.read(MAX_BYTES + 1), str(path), options)


def compile_text(text: str | bytes, name: str, options: Options = DEFAULTS) -> str:
    """Return the Python module for a specification; `name` is its file's name. Raises CompileErrors."""
    checked = load_text(text, name, options)
    return emit(checked.specification, checked.scope, checked.names)


def compile_file(path: str | Path, options: Options = DEFAULTS) -> str:
    """Return the Python module for a file. Raises CompileErrors, and OSError when it cannot be read."""
    checked = load_file(path, options)
    return emit(checked.specification, checked.scope, checked.names)


def module_name(path: str | Path) -> str:
    """Return the name of the module that a file is compiled into: `my-proto.x` gives `my_proto`."""
    name = re.sub(r"\W", "_", Path(path).name.removesuffix(".x"), flags=re.ASCII)
    return escape(f"_{name}" if name[:1].isdigit() else name)
