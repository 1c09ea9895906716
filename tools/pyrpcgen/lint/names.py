"""Findings about names: what they become, or cannot become, in Python, C and Java."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyrpcgen.compiler import Checked
from pyrpcgen.errors import Place
from pyrpcgen.finite import declarations
from pyrpcgen.lint import words
from pyrpcgen.lint.findings import Findings
from pyrpcgen.nodes import Constant, Enum, Program, Struct, Type, Union, Version
from pyrpcgen.sizes import arms_of


def check_names(checked: Checked, findings: Findings) -> None:
    """Look at every name."""
    for name, place in _all(checked):
        if name in words.C or name in words.C_MACROS:
            findings.add(place, "name-c", f"{name} is a {'keyword' if name in words.C else 'macro'} of C")
        if name in words.JAVA - words.C:
            findings.add(place, "name-java", f"{name} is a word of Java")
    for group in _groups(checked):
        _cases(group, findings)
    _python(checked, findings)
    _made_by_rpcgen(checked, findings)


def _all(checked: Checked) -> Iterator[tuple[str, Place]]:
    """Return all names that outputs in other languages have, with their places."""
    for item in checked.specification.definitions:
        yield item.name, item.place
        if isinstance(item, Program):
            for version in item.versions:
                yield version.name, version.place
                for procedure in version.procedures:
                    yield procedure.name, procedure.place
                    yield from ((part.name, part.place) for part in procedure.arguments if part.name)
        elif not isinstance(item, Constant):
            yield from _inside(item)


def _inside(item: Type) -> Iterator[tuple[str, Place]]:
    if isinstance(item, Enum):
        yield from ((member.name, member.place) for member in item.members)
    elif isinstance(item, Struct | Union):
        yield from ((part.name, part.place) for part in declarations(item) if part.name and not part.is_void())


def _groups(checked: Checked) -> Iterator[list[tuple[str, Place]]]:
    """Return the names of each kind that stand side by side: types; constants and members; what is in each type."""
    scope = checked.scope
    yield [(item.name, item.place) for item in scope.types.values()]
    yield [(name, scope.places[name]) for name in scope.constants]
    for item in scope.types.values():
        if not isinstance(item, Enum):
            yield list(_inside(item))


def _cases(names: Iterable[tuple[str, Place]], findings: Findings) -> None:
    seen: dict[str, tuple[str, Place]] = {}
    for name, place in names:
        other, where = seen.setdefault(name.lower(), (name, place))
        if other != name:
            text = f"{name} differs from {other} ({findings.where(where)}) in nothing but case"
            findings.add(place, "name-case", text)


def _python(checked: Checked, findings: Findings) -> None:
    for name, python, place in _renamed(checked):
        if name != python:
            findings.add(place, "name-python", f"{name} is {python} in Python")


def _renamed(checked: Checked) -> Iterator[tuple[str, str, Place]]:
    names = checked.names
    for item in checked.specification.definitions:
        yield item.name, names.module(item.name), item.place
        if isinstance(item, Enum):
            yield from ((part.name, names.module(part.name), part.place) for part in item.members)
        elif isinstance(item, Struct):
            yield from ((part.name, names.field(part.name), part.place) for part in item.fields)
        elif isinstance(item, Union):
            arms = [part for part in (item.discriminant, *arms_of(item)) if part.name and not part.is_void()]
            yield from ((part.name, names.arm(part.name), part.place) for part in arms)
        elif isinstance(item, Program):
            for version in item.versions:
                for procedure in version.procedures:
                    lower = procedure.name.lower()
                    yield lower, names.method(procedure), procedure.place
                    pairs = zip(procedure.arguments, names.parameters(procedure), strict=True)
                    yield from ((part.name, python, part.place) for part, python in pairs if part.name)


def _made_by_rpcgen(checked: Checked, findings: Findings) -> None:
    """Find types that C has already, and functions that rpcgen makes of two things (get_1, prog_1, xdr_type)."""
    scope = checked.scope
    for item in scope.types.values():
        if item.name in words.C_TYPES and findings.own(item.place):
            findings.add(item.place, "name-c", f"{item.name} is a type of <rpc/rpc.h> in C")
    for item in scope.types.values():
        made = f"xdr_{item.name}"
        if made in scope.places:
            text = f"rpcgen makes a function {made} of it, and {findings.where(scope.places[made])} has one too"
            findings.add(item.place, "name-c", text)
    functions = {name: findings.where(place) for name, place in scope.places.items()}
    for program in checked.specification.programs():
        for version in program.versions:
            for made, place in _functions(program, version, scope.value(version.number) or 0):
                if made in functions:
                    text = f"rpcgen makes a function {made} of it, and {functions[made]} has or makes one too"
                    findings.add(place, "name-c", text)
                functions.setdefault(made, findings.where(place))


def _functions(program: Program, version: Version, number: int) -> Iterator[tuple[str, Place]]:
    yield f"{program.name.lower()}_{number}", version.place
    for procedure in version.procedures:
        yield f"{procedure.name.lower()}_{number}", procedure.place
