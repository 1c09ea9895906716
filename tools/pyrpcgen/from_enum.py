"""Makes a program where a specification has none but an enum of procedures, as libvirt's files have it.

The members are numbers of procedures: REMOTE_PROC_DOMAIN_CREATE takes remote_domain_create_args and returns
remote_domain_create_ret, where these types are declared, else void; an event that the server sends has
remote_domain_event_lifecycle_msg for its argument. Other spellings of the same words (virLockSpaceProtocolRegisterArgs)
are found too.
"""

from __future__ import annotations

from dataclasses import replace

from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Constant,
    Declaration,
    Doc,
    Enum,
    EnumMember,
    NamedType,
    Procedure,
    Program,
    Specification,
    Symbol,
    Version,
)

_MARK = "_PROC_"


def with_program(specification: Specification, wanted: str, reporter: Reporter) -> Specification:
    """Return the specification with a program made of an enum; wanted: "ENUM" or "ENUM=PROGRAM.VERSION"."""
    name, _, numbers = wanted.partition("=")
    place = Place(1, 1)
    enum = next((item for item in specification.definitions if isinstance(item, Enum) and item.name == name), None)
    if enum is None:
        reporter.report(place, "an enum of procedures", f"none that is called {quoted(name)}")
        return specification
    program, version = _numbers(specification, numbers)
    if program is None or version is None:
        found = quoted(numbers) if numbers else "none or several that end in PROGRAM and VERSION"
        reporter.report(enum.place, "the constants of the program's number and version", found)
        return specification
    made = _program(enum, program, version, _types(specification))
    return replace(specification, definitions=(*specification.definitions, made))


def _numbers(specification: Specification, words: str) -> tuple[str | None, str | None]:
    """Return the names of the constants that hold the program's number and its version."""
    constants = [item.name for item in specification.definitions if isinstance(item, Constant)]
    if words:
        program, _, version = words.partition(".")
        return (program if program in constants else None), (version if version in constants else None)
    programs = [name for name in constants if name.endswith("PROGRAM")]
    versions = [name for name in constants if name.endswith("VERSION")]
    return (programs[0] if len(programs) == 1 else None), (versions[0] if len(versions) == 1 else None)


def _types(specification: Specification) -> dict[str, str]:
    """Return the types by their words, in lower case and run together."""
    return {
        _plain(item.name): item.name
        for item in specification.definitions
        if not isinstance(item, Constant | Program)
    }


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _program(enum: Enum, program: str, version: str, types: dict[str, str]) -> Program:
    head = _head(enum)
    procedures = tuple(_procedure(member, types) for member in enum.members)
    number, which = Symbol(enum.place, program), Symbol(enum.place, version)
    doc = Doc(f"enum {enum.name}")
    made = Version(enum.place, f"{head}_V", procedures, which, Doc(f"version {version}"))
    return Program(enum.place, head, (made,), number, doc)


def _head(enum: Enum) -> str:
    """Return what the names of the members begin with: REMOTE for REMOTE_PROC_OPEN."""
    return enum.members[0].name.partition(_MARK)[0]


def _procedure(member: EnumMember, types: dict[str, str]) -> Procedure:
    name = member.name
    words = _plain(name.replace(_MARK, "_", 1))

    def typed(*endings: str) -> Declaration:
        found = next((types[words + ending] for ending in endings if words + ending in types), None)
        spec = BasicType(member.place, Basic.VOID) if found is None else NamedType(member.place, found)
        return Declaration(member.place, "", spec)

    argument, result = typed("args", "msg"), typed("ret")
    arguments = () if argument.is_void() else (argument,)
    shown = ", ".join(item.type.name for item in arguments if isinstance(item.type, NamedType)) or "void"
    given = result.type.name if isinstance(result.type, NamedType) else "void"
    doc = Doc(f"{given} {name}({shown}) = {member.name};")
    return Procedure(member.place, name, arguments, result, Symbol(member.place, member.name), doc)
