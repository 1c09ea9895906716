"""A .x file at run time: compiled in memory, its programs and procedures found by name or number."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

from oncrpc.errors import LocalError
from oncrpc.procedure import Procedure, Program
from oncrpc.xdr import VOID


class SpecificationError(LocalError, ValueError):
    """A .x file that cannot be read or compiled (a line for each error), or a name that is not in it."""


class Found(NamedTuple):
    """A procedure, and the version of the program that it belongs to."""

    program: Program
    procedure: Procedure[Any]

    @property
    def path(self) -> str:
        """PROGRAM.VERSION.PROCEDURE, in the names of the file."""
        return f"{self.program.name}.{self.program.version_name}.{self.procedure.name}"


class Specification:
    """What a .x file declares.

    name: of the file. module: the compiled module, with the classes of its types. programs: each version of each
    program, by "PROGRAM.VERSION", in the order of the file.
    """

    def __init__(self, name: str, module: ModuleType) -> None:
        self.name = name
        self.module = module
        tables = [value for value in vars(module).values() if isinstance(value, Program)]
        self.programs: Mapping[str, Program] = MappingProxyType({f"{t.name}.{t.version_name}": t for t in tables})

    def procedures(self) -> Iterator[Found]:
        """All procedures, in the order of the file."""
        for program in self.programs.values():
            for procedure in program.procedures:
                yield Found(program, procedure)

    def declaration(self, found: Found) -> str:
        """Return a procedure's line of the file, as the generated stubs quote it."""
        stubs = getattr(self.module, f"{found.program.version_name}_Client", None)
        text = inspect.getdoc(getattr(stubs, found.procedure.method, None))
        return " ".join(text.rpartition("\n\n")[2].split()) if text else f"void {found.procedure.name}(void) = 0;"

    def find(self, path: str) -> Found:
        """Return the procedure that PROGRAM.VERSION.PROCEDURE names.

        Each part is a name or a number (decimal, or hexadecimal after 0x). The program, the version, or both may be
        left out where the rest says enough. Procedure 0 is there in every program. Raises SpecificationError.
        """
        parts = path.split(".")
        if not 1 <= len(parts) <= 3 or not all(parts):
            raise SpecificationError(f"{path!r} is not PROGRAM.VERSION.PROCEDURE")
        found = [each for each in self._with_null(parts[-1]) if _matches(each, parts)]
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(each.path for each in found[:4])
            raise SpecificationError(f"{path!r} may be any of {len(found)} in {self.name}: {some}")
        raise SpecificationError(self._why_not(parts))

    def _with_null(self, last: str) -> Iterator[Found]:
        """All procedures, and if `last` asks for procedure 0, that of programs that do not mention it."""
        yield from self.procedures()
        if _number(last) == 0:
            for program in self.programs.values():
                if all(procedure.number for procedure in program.procedures):
                    yield Found(program, Procedure(0, "NULL", VOID, VOID, arity=0))

    def _why_not(self, parts: list[str]) -> str:
        """Say which part of a path is not there, and what is that looks like it."""
        if not self.programs:
            return f"{self.name} declares no program"
        programs = list(self.programs.values())
        if len(parts) == 3:
            programs = [each for each in programs if _is(parts[0], each.name, each.number)]
            if not programs:
                return self._unknown("program", parts[0], (each.name for each in self.programs.values()))
        if len(parts) >= 2:
            of = parts[-2]
            versions = [each for each in programs if _is(of, each.version_name, each.version)]
            versions = versions or [each for each in programs if len(parts) == 2 and _is(of, each.name, each.number)]
            if not versions:
                return self._unknown("version", of, (each.version_name for each in programs))
            programs = versions
        names = (procedure.name for program in programs for procedure in program.procedures)
        return self._unknown("procedure", parts[-1], names)

    def _unknown(self, what: str, text: str, names: Iterable[str]) -> str:
        choices = list(dict.fromkeys(names))
        close = [name for name in choices if text.lower() in name.lower()] if len(text) > 1 else []
        near = difflib.get_close_matches(text.upper(), [name.upper() for name in choices], n=3)
        close += [name for name in choices if name.upper() in near and name not in close]
        hint = f"did you mean {' or '.join(close[:3])}?" if close else f"there is {', '.join(choices[:8])}"
        return f"{self.name} has no {what} {text!r}; {hint}{', ...' if not close and len(choices) > 8 else ''}"


def load(
    path: str | Path,
    *,
    defines: Iterable[str] = (),
    include: Iterable[str] = (),
    externs: Iterable[str] = (),
    prelude: Iterable[str] = (),
    program_from: str | None = None,
) -> Specification:
    """Compile a .x file and run the result as a module of its own. Raises SpecificationError.

    The options are pyrpcgen's: words such as "NAME=VALUE" for -D and "NAME=TYPE" for --extern, folders for -I, files
    for --prelude, an enum for --program-from-enum.
    """
    from pyrpcgen import compiler
    from pyrpcgen.errors import CompileErrors
    from pyrpcgen.options import BadOption, options

    name = str(path)
    try:
        text = compiler.compile_file(path, options(defines, include, externs, prelude, program_from))
    except (CompileErrors, BadOption) as errors:
        raise SpecificationError(str(errors)) from errors
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason, which = (error.strerror, error.filename) if isinstance(error, OSError) else (None, None)
        raise SpecificationError(f"cannot read {which or name}: {reason or error}") from error
    module = ModuleType(compiler.module_name(path))
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)  # what the compiler wrote, from names that it checked
    return Specification(name, module)


def _matches(found: Found, parts: list[str]) -> bool:
    program, procedure = found
    if not _is(parts[-1], procedure.name, procedure.number):
        return False
    if len(parts) == 1:
        return True
    if len(parts) == 2:
        return _is(parts[0], program.version_name, program.version) or parts[0] == program.name
    return _is(parts[0], program.name, program.number) and _is(parts[1], program.version_name, program.version)


def _is(text: str, name: str, number: int) -> bool:
    return text == name or _number(text) == number


def _number(text: str) -> int | None:
    try:
        return int(text, 0)
    except ValueError:
        return None
