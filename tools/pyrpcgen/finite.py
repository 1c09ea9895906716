"""Types that have no end: those that hold themselves in every value, and typedefs made of nothing but each other.

A type may hold itself behind `*` or `<>`, or in an arm of a union that has another arm without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyrpcgen.errors import Reporter, quoted
from pyrpcgen.nodes import Declaration, NamedType, Shape, Struct, Type, Typedef, Union
from pyrpcgen.scope import Scope


def check_finite(scope: Scope) -> None:
    """Report types that hold themselves."""
    endless = _endless(scope)
    _report(scope, {name: _without_end(scope.types[name], scope, endless) for name in endless})
    _report(scope, {name: _renamed(item) for name, item in scope.types.items() if isinstance(item, Typedef)})


def declarations(item: Type) -> list[Declaration]:
    """Return what a type is made of: fields, discriminant and arms, what a typedef gives a name to."""
    if isinstance(item, Typedef):
        return [item.declaration]
    if isinstance(item, Struct):
        return list(item.fields)
    if isinstance(item, Union):
        return [item.discriminant, *_arms(item)]
    return []


def _arms(item: Union) -> list[Declaration]:
    return [*(case.arm for case in item.cases), *([item.default] if item.default else [])]


def _held(item: Declaration, scope: Scope) -> str | None:
    """Return the name of the type that every value of a declaration holds, if it is one of the file."""
    spec = item.type
    inside = isinstance(spec, NamedType) and item.shape in (Shape.ONE, Shape.FIXED)
    return spec.name if inside and isinstance(spec, NamedType) and spec.name in scope.types else None


def _endless(scope: Scope) -> dict[str, None]:
    """Return the types that have no finite value: what is left when all that have one are taken out, bottom up."""
    left = dict.fromkeys(scope.types)
    users: dict[str, set[str]] = {}
    for name, item in scope.types.items():
        for declaration in declarations(item):
            held = _held(declaration, scope)
            if held is not None:
                users.setdefault(held, set()).add(name)
    waiting = list(left)
    while waiting:
        name = waiting.pop()
        if name in left and _ends(scope.types[name], scope, left):
            del left[name]
            waiting += users.get(name, ())
    return left


def _ends(item: Type, scope: Scope, left: dict[str, None]) -> bool:
    if isinstance(item, Union):
        arms = _arms(item)
        return any(_held(arm, scope) not in left for arm in arms) or not arms
    return all(_held(part, scope) not in left for part in declarations(item))


def _without_end(item: Type, scope: Scope, left: dict[str, None]) -> tuple[Declaration, str] | None:
    """Return the first part of an endless type that is endless itself."""
    for part in _arms(item) if isinstance(item, Union) else declarations(item):
        held = _held(part, scope)
        if held is not None and held in left:
            return part, held
    return None


def _renamed(item: Typedef) -> tuple[Declaration, str] | None:
    """Return what a typedef gives a name to: even behind pointers it cannot be the typedef itself."""
    spec = item.declaration.type
    return (item.declaration, spec.name) if isinstance(spec, NamedType) else None


def _report(scope: Scope, edges: dict[str, tuple[Declaration, str] | None]) -> None:
    """Follow each type's edge in a loop; report every circle once."""
    done: set[str] = set()
    for start in edges:
        path: dict[str, None] = {}
        name = start
        while name in edges and name not in done and name not in path:
            path[name] = None
            edge = edges[name]
            if edge is None:
                break
            name = edge[1]
        if name in path and edges[name] is not None:
            names = list(path)
            closing = edges[names[-1]]
            if closing is not None:
                _report_circle(names[names.index(name) :], closing[0], scope)
        done.update(path)


def _report_circle(names: list[str], closing: Declaration, scope: Scope) -> None:
    reporter: Reporter = scope.reporter
    if all(isinstance(scope.types[name], Typedef) for name in names):
        reporter.report(closing.place, "a type that is made of another", f"{quoted(names[0])} again")
    else:
        expected = "a type of finite size (with '*' or '<>' where a type holds itself)"
        reporter.report(closing.place, expected, f"{names[0]} in {' in '.join(_backwards(names))}")


def _backwards(names: list[str]) -> Iterator[str]:
    yield from reversed(names[:4])
