"""The whole way from a file to a module's text, and to a checked tree for the other commands."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyrpcgen.check import check
from pyrpcgen.emit.module import emit
from pyrpcgen.emit.names import Names, escape
from pyrpcgen.errors import Place, Reporter
from pyrpcgen.lexer import Source
from pyrpcgen.nodes import Specification
from pyrpcgen.preprocess import Options as Options
from pyrpcgen.preprocess import Preprocessor
from pyrpcgen.program_parser import Parser
from pyrpcgen.scope import Scope

MAX_BYTES: Final = 8 * 2**20
"""The largest specification: fifty times libvirt's, and read in seconds."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A specification without errors, what its names stand for, and their names in Python."""

    specification: Specification
    scope: Scope
    names: Names


def load_text(text: str | bytes, name: str, options: Options | None = None) -> Checked:
    """Parse and check a specification; `name` is its file's name, for errors.

    Bytes are UTF-8, or Latin-1 where they are no UTF-8 (which only comments may make use of). Raises CompileErrors.
    """
    reporter = Reporter(name)
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        reporter.report(Place(1, 1), f"a file of at most {MAX_BYTES} bytes", "a longer one")
        reporter.raise_if_any()
    decoded = _decode(data) if isinstance(text, bytes) else text
    decoded = decoded.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in decoded:
        before = decoded[: decoded.index("\0")]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        reporter.report(place, "text", "a NUL byte")
        reporter.raise_if_any()
    base = re.split(r"[/\\]", name)[-1]
    reader = Preprocessor(options or Options(), reporter)
    reporter.origins = reader.origins
    reader.read(decoded, name)
    decoded = reader.text
    reporter.raise_if_any()
    specification = Parser(Source(decoded, reporter), reporter).specification(base, hashlib.sha256(data).hexdigest())
    reporter.raise_if_any()  # what syntax errors left out would be missed by the checks
    scope = check(specification, reporter)
    reporter.raise_if_any()
    names = Names(specification, scope, reporter)
    reporter.raise_if_any()
    return Checked(specification, scope, names)


def load_file(path: str | Path, options: Options | None = None) -> Checked:
    """Read, parse and check a file. Raises CompileErrors, and OSError when it cannot be read."""
    with open(path, "rb") as file:
        return load_text(file.read(MAX_BYTES + 1), str(path), options)


def compile_text(text: str | bytes, name: str) -> str:
    """Return the Python module for a specification; `name` is its file's name. Raises CompileErrors."""
    checked = load_text(text, name)
    return emit(checked.specification, checked.scope, checked.names)


def compile_file(path: str | Path, options: Options | None = None) -> str:
    """Return the Python module for a file. Raises CompileErrors, and OSError when it cannot be read."""
    checked = load_file(path, options)
    return emit(checked.specification, checked.scope, checked.names)


def module_name(path: str | Path) -> str:
    """Return the name of the module that a file is compiled into: `my-proto.x` gives `my_proto`."""
    name = re.sub(r"\W", "_", Path(path).name.removesuffix(".x"), flags=re.ASCII)
    return escape(f"_{name}" if name[:1].isdigit() else name)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
