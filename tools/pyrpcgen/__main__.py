"""The command line: compile, dump, diff. Exit 0: done; 1: errors in a .x file, or differences; 2: wrong usage."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from pyrpcgen import compiler
from pyrpcgen import options as reading
from pyrpcgen.changes import Kind
from pyrpcgen.diff import diff
from pyrpcgen.dump import NoSuchVersion, dump
from pyrpcgen.emit.module import VERSION
from pyrpcgen.emit.xdrlib import emit_xdrlib
from pyrpcgen.errors import CompileErrors
from pyrpcgen.lint import CODES, lint

T = TypeVar("T")


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    ERRORS = 1
    USAGE = 2


class UsageError(Exception):
    """The command cannot be carried out as given; the text is for the user."""


USAGE = """\
pyrpcgen FILE.x [-o DIR] [--style typed|xdrlib] [-D NAME=VALUE] [-I DIR] [--extern NAME=TYPE]
                [--prelude FILE.x] [--program-from-enum ENUM] [-q]
       pyrpcgen dump FILE.x [PROGRAM.VERSION]
       pyrpcgen diff OLD.x NEW.x [--version N] [--all] [--json] [-q]
       pyrpcgen lint FILE.x [--ignore CODE] [--json]"""

ABOUT = """\
Compile an XDR and ONC RPC specification (RFC 4506, RFC 5531) into a typed Python module for the oncrpc package.

  pyrpcgen virt.x -o generated       writes generated/virt.py
  pyrpcgen --style xdrlib virt.x     writes virt_const.py, virt_type.py and virt_pack.py, for xdrlib3, as pynfs has them
  pyrpcgen dump virt.x VIRT.V1       prints what version V1 looks like on the wire, in canonical form
  pyrpcgen diff old.x new.x          says if new.x still talks to old.x, change by change
  pyrpcgen lint virt.x               lists what is allowed, and still a trap

exit status: 0 done, 1 errors in a specification, changes that break, or findings, 2 wrong usage"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. All errors are lines on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    commands: dict[str, Callable[[list[str]], Exit]] = {"dump": _dump, "diff": _diff, "lint": _lint}
    try:
        command = commands.get(words[0]) if words else None
        return int(command(words[1:]) if command else _compile(words))
    except CompileErrors as errors:
        print(_printable(str(errors)), file=sys.stderr)
        return int(Exit.ERRORS)
    except (UsageError, NoSuchVersion, reading.BadOption) as error:
        print(_printable(f"pyrpcgen: {error}"), file=sys.stderr)
        return int(Exit.USAGE)


def _compile(words: list[str]) -> Exit:
    parser = argparse.ArgumentParser(
        "pyrpcgen", usage=USAGE, description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", metavar="FILE.x", help="the specification; FILE.py is written")
    parser.add_argument("-o", dest="folder", metavar="DIR", default=".", help="where to write (default: here)")
    parser.add_argument("--style", default="typed", metavar="typed|xdrlib", help="the style of the output")
    parser.add_argument("-q", "--quiet", action="store_true", help="do not say what was written")
    parser.add_argument("--version", action="version", version=f"pyrpcgen {VERSION}")
    reading.add_arguments(parser)
    options, more = parser.parse_known_args(words)
    if more and more[0].endswith(".x"):
        raise UsageError(f"one file is compiled at a time: {options.file} first, then {more[0]}")
    if more:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    if options.style not in ("typed", "xdrlib"):
        raise UsageError(f"--style is typed or xdrlib, not {options.style!r}")
    if not options.file.endswith(".x"):
        raise UsageError(f"the name of a specification ends in .x, and {options.file!r} does not")
    make = _xdrlib if options.style == "xdrlib" else _typed
    how = reading.chosen(options)
    texts = _read(lambda path: make(path, how), options.file)
    for name, text in texts.items():
        target = Path(options.folder) / name
        try:
            write_atomically(target, text)
        except OSError as error:
            raise UsageError(f"cannot write {target}: {error.strerror or error}") from error
        if not options.quiet:
            print(_printable(f"wrote {target}"))
    return Exit.DONE


def _typed(path: str, how: reading.Options) -> dict[str, str]:
    return {f"{compiler.module_name(path)}.py": compiler.compile_file(path, how)}


def _xdrlib(path: str, how: reading.Options) -> dict[str, str]:
    return emit_xdrlib(compiler.load_file(path, how), compiler.module_name(path))


def _dump(words: list[str]) -> Exit:
    parser = argparse.ArgumentParser("pyrpcgen dump", description="Print versions as they are on the wire.")
    parser.add_argument("file", metavar="FILE.x")
    parser.add_argument("which", metavar="PROGRAM.VERSION", nargs="?", help="names or numbers (default: all)")
    reading.add_arguments(parser)
    options = parser.parse_args(words)
    how = reading.chosen(options)
    sys.stdout.write(dump(_read(lambda path: compiler.load_file(path, how), options.file), options.which))
    return Exit.DONE


def _diff(words: list[str]) -> Exit:
    parser = argparse.ArgumentParser("pyrpcgen diff", description="Say whether NEW still talks to OLD, and why not.")
    parser.add_argument("old", metavar="OLD.x")
    parser.add_argument("new", metavar="NEW.x")
    parser.add_argument("--version", metavar="N", type=int, help="look at this version only")
    parser.add_argument("--all", action="store_true", help="list what is new and breaks nobody, too")
    parser.add_argument("--json", action="store_true", help="one JSON object: talks (true or false) and changes")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing when nothing breaks")
    reading.add_arguments(parser)
    options = parser.parse_args(words)
    how = reading.chosen(options)
    old, new = (_read(lambda path: compiler.load_file(path, how), path) for path in (options.old, options.new))
    changes = [item for item in diff(old, new, options.version) if options.all or item.kind is not Kind.ADDS]
    talks = all(item.kind is not Kind.BREAKS for item in changes)
    if options.json:
        rows = [{**asdict(item), "kind": item.kind.value} for item in changes]
        print(json.dumps({"talks": talks, "changes": rows}, indent=2))
    elif not (talks and options.quiet):
        for item in changes:
            print(_printable(str(item)))
        verdict = "still talks" if talks else "does not talk"
        print(_printable(f"{options.new} {verdict} to {options.old}"))
    return Exit.DONE if talks else Exit.ERRORS


def _lint(words: list[str]) -> Exit:
    parser = argparse.ArgumentParser("pyrpcgen lint", description="List what is allowed, and still a trap.")
    parser.add_argument("file", metavar="FILE.x", nargs="?")
    parser.add_argument("--ignore", metavar="CODE", action="append", default=[], help="leave out what has this code")
    parser.add_argument("--json", action="store_true", help="one JSON list of file, line, column, code and text")
    parser.add_argument("--codes", action="store_true", help="say what the codes mean, and do nothing else")
    reading.add_arguments(parser)
    options = parser.parse_args(words)
    if options.codes:
        for code, meaning in CODES.items():
            print(f"{code:22}{meaning}")
        return Exit.DONE
    unknown = [code for code in options.ignore if code not in CODES]
    if unknown or options.file is None:
        raise UsageError(f"lint has no code {unknown[0]!r}; see --codes" if unknown else "lint what? FILE.x is missing")
    how = reading.chosen(options)
    findings = lint(_read(lambda path: compiler.load_file(path, how), options.file), options.ignore)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(_printable(str(finding)))
    return Exit.ERRORS if findings else Exit.DONE


def _read(load: Callable[[str], T], path: str) -> T:
    try:
        return load(path)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason, which = (error.strerror, error.filename) if isinstance(error, OSError) else (None, None)
        raise UsageError(f"cannot read {which or path}: {reason or error}") from error


def write_atomically(target: Path, text: str) -> None:
    """Replace `target` by a file with this text, or leave it as it was. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, 0o666 & ~umask)  # mkstemp lets only the owner read
        os.replace(name, target)
    except OSError:
        os.unlink(name)
        raise


def _printable(text: str) -> str:
    """Return text that any terminal and locale can take."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())
