"""`pyrpcgen dump`: versions as canonical text, to be committed and compared. The same wire gives the same text."""

from __future__ import annotations

from pyrpcgen.compiler import Checked
from pyrpcgen.wire import Flattener, WireEnum, WireProcedure, WireStruct, WireType, WireVersion


class NoSuchVersion(Exception):
    """The specification has no such program or version; the text says what it has."""


def versions(checked: Checked, which: str | None = None) -> list[WireVersion]:
    """Return all versions in order, or the one that `which` (PROGRAM.VERSION, names or numbers) names.

    Raises NoSuchVersion.
    """
    flattener = Flattener(checked.scope)
    found = [
        flattener.version(program, version)
        for program in checked.specification.programs()
        for version in program.versions
    ]
    if which is None:
        return found
    program_name, _, version_name = which.partition(".")
    chosen = [
        item
        for item in found
        if _is(program_name, item.program, item.program_number) and _is(version_name, item.name, item.number)
    ]
    if not chosen:
        has = ", ".join(f"{item.program}.{item.name}" for item in found) or "no program at all"
        raise NoSuchVersion(f"no version {which!r}; the file has {has}")
    return chosen


def dump(checked: Checked, which: str | None = None) -> str:
    """Return the text of those versions. Raises NoSuchVersion."""
    return "\n".join("".join(f"{line}\n" for line in _version(item)) for item in versions(checked, which))


def _is(text: str, name: str, number: int) -> bool:
    if text == name:
        return True
    try:
        return int(text, 0) == number
    except ValueError:
        return False


def _version(item: WireVersion) -> list[str]:
    lines = [f"program {item.program} = 0x{item.program_number:08x}", f"version {item.name} = {item.number}"]
    for procedure in item.procedures.values():
        lines += ["", *_procedure(procedure)]
    for name, made in item.types.items():
        lines += ["", *_type(name, made)]
    return lines


def _procedure(item: WireProcedure) -> list[str]:
    arguments = ", ".join(str(wire) for wire in item.arguments) or "void"
    head = f"procedure {item.number} {item.name}({arguments}) -> {item.result}"
    return [head, *(f"    @{word} {rest}".rstrip() for word, rest in item.annotations)]


def _type(name: str, item: WireType) -> list[str]:
    if isinstance(item, WireEnum):
        return [f"enum {name}", *(f"    {number} {member}" for number, member in item.values)]
    if isinstance(item, WireStruct):
        return [f"struct {name}", *(f"    {wire} {field}" for field, wire in item.fields)]
    lines = [f"union {name} switch {item.discriminant} {item.name}"]
    lines += [f"    case {number}: {wire} {arm}".rstrip() for number, arm, wire in item.arms]
    if item.default:
        lines.append(f"    default: {item.default[1]} {item.default[0]}".rstrip())
    return lines
