"""Findings about types: unused ones, enums, unions on numbers, recursion that is no list."""

from __future__ import annotations

from pyrpcgen.compiler import Checked
from pyrpcgen.finite import declarations
from pyrpcgen.lint.findings import Findings, missing
from pyrpcgen.nodes import Declaration, Enum, NamedType, Shape, Struct, Type, Union
from pyrpcgen.scope import Scope


def check_types(checked: Checked, findings: Findings) -> None:
    """Look at every type."""
    scope = checked.scope
    for item in scope.types.values():
        if isinstance(item, Enum):
            _enum(item, scope, findings)
        elif isinstance(item, Union):
            _union(item, scope, findings)
    _unused(checked, findings)
    _recursive(scope, findings)


def held(item: Type, scope: Scope) -> list[str]:
    """Return the names of the types that a type is made of, in whatever shape."""
    return [name for part in declarations(item) if (name := named(part, scope)) is not None]


def named(item: Declaration, scope: Scope) -> str | None:
    """Return the name of the type that a declaration is of, if it is one of the file."""
    return item.type.name if isinstance(item.type, NamedType) and item.type.name in scope.types else None


def _enum(item: Enum, scope: Scope, findings: Findings) -> None:
    first: dict[int, str] = {}
    for member in item.members:
        number = scope.constants[member.name]
        if number in first:
            text = f"{member.name} and {first[number]} are both {number}"
            findings.add(member.place, "enum-duplicate", f"{text}; readers of enum {item.name} see {first[number]}")
        first.setdefault(number, member.name)
    gaps = missing(sorted(first))
    flags = all(number & (number - 1) == 0 for number in first)  # 1, 2, 4, 8
    if gaps and not flags:
        findings.add(item.place, "enum-gap", f"enum {item.name} has no member for {gaps}")


def _union(item: Union, scope: Scope, findings: Findings) -> None:
    basic = scope.basic_of(item.discriminant)
    if item.default is None and basic is not None and basic.value != "bool":
        text = f"union {item.name} has no default: other values of its {basic.value} {item.discriminant.name}"
        findings.add(item.place, "union-default", f"{text} end the call with an error")


def _unused(checked: Checked, findings: Findings) -> None:
    """Find types that no procedure reaches, and no other type uses.

    Not in a file without a program, which is for others to use, and not those that a constant is called after.
    """
    programs = checked.specification.programs()
    if not programs:
        return
    scope = checked.scope
    waiting = [
        name
        for program in programs
        for version in program.versions
        for procedure in version.procedures
        for part in (*procedure.arguments, procedure.result)
        if (name := named(part, scope)) is not None
    ]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += held(scope.types[name], scope)
    used |= {inner for name, item in scope.types.items() for inner in held(item, scope) if inner != name}
    kinds = {name.lower() for name in scope.constants}  # of what travels as opaque data, with a number beside it
    for name, item in scope.types.items():
        # Members of an enum are constants, and of use without it.
        if name not in used and name.lower() not in kinds and not isinstance(item, Enum) and findings.own(item.place):
            findings.add(item.place, "unused-type", f"no procedure takes or returns {name}, and no type holds it")


def _recursive(scope: Scope, findings: Findings) -> None:
    """Find types that hold themselves; a struct whose last field is an optional of itself is a list."""
    for circle in circles({name: _inner(item, scope) for name, item in scope.types.items()}):
        item = scope.types[circle[0]]
        if len(circle) > 1:
            text = f"{item.name} holds itself, by way of {', '.join(circle[1:4])}{' ...' if len(circle) > 4 else ''}"
        else:
            text = f"{item.name} holds itself"
        findings.add(item.place, "recursive-type", f"{text}, and is no linked list: how deep it may be is capped")


def _inner(item: Type, scope: Scope) -> list[str]:
    """Return what a type is made of, without the link to the next node of a list."""
    if isinstance(item, Struct) and item.fields and _is_link(item.fields[-1], item.name, scope):
        return [name for part in item.fields[:-1] if (name := named(part, scope)) is not None]
    return held(item, scope)


def _is_link(part: Declaration, name: str, scope: Scope) -> bool:
    part = scope.resolve(part)
    return part.shape is Shape.OPTIONAL and named(part, scope) == name


def circles(edges: dict[str, list[str]]) -> list[list[str]]:
    """Return the sets of names that lead to each other, each in the order of `edges`; in a loop (Kosaraju's way)."""
    order: list[str] = []
    seen: set[str] = set()
    for start in edges:
        waiting = [(start, False)]
        while waiting:
            name, done = waiting.pop()
            if done:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(inner, False) for inner in edges[name] if inner not in seen]
    back: dict[str, list[str]] = {name: [] for name in edges}
    for name, inners in edges.items():
        for inner in inners:
            back[inner].append(name)
    place = {name: number for number, name in enumerate(edges)}
    found = []
    taken: set[str] = set()
    for start in reversed(order):
        group: set[str] = set()
        reached = [start]
        while reached:
            name = reached.pop()
            if name not in taken:
                taken.add(name)
                group.add(name)
                reached += back[name]
        if len(group) > 1 or any(name in edges[name] for name in group):
            found.append(sorted(group, key=place.__getitem__))
    return found
