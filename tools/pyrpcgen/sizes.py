"""How many bytes values take on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyrpcgen.nodes import Basic, BasicType, Declaration, Enum, NamedType, Shape, Struct, Type, Typedef, Union
from pyrpcgen.scope import Scope

LARGEST: Final = 2**64
"""Sizes are not followed beyond this: arrays in arrays in arrays grow to numbers that take long to multiply."""

_BASIC = {
    Basic.HYPER: 8, Basic.UHYPER: 8, Basic.DOUBLE: 8, Basic.QUADRUPLE: 16, Basic.VOID: 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """The fewest bytes of any value, and whether all values have that many."""

    least: int
    fixed: bool

    def __str__(self) -> str:
        count = "more than 2**64" if self.least >= LARGEST else str(self.least)
        return f"{count} byte{'' if self.least == 1 else 's'}{'' if self.fixed else ' or more'}"


_NOT_YET: Final = Size(LARGEST, False)


class Sizes:
    """Sizes of the types of one checked specification."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, Size] = {}
        order = _inside_out(scope)
        changed = True
        while changed:  # once, and once more to see that nothing changes; types that hold themselves take a few
            changed = False
            for item in order:
                size = self._type(item)
                changed = changed or self._known.get(item.name) != size
                self._known[item.name] = size

    def of(self, item: Type) -> Size:
        """Return the size of a type."""
        return self._known[item.name]

    def _type(self, item: Type) -> Size:
        if isinstance(item, Typedef):
            return self._declaration(item.declaration)
        if isinstance(item, Struct):
            sizes = [self._declaration(field) for field in item.fields]
            return Size(min(LARGEST, sum(size.least for size in sizes)), all(size.fixed for size in sizes))
        if isinstance(item, Enum):
            return Size(4, True)
        arms = [self._declaration(arm) for arm in arms_of(item)]
        least = min(arm.least for arm in arms)
        return Size(min(LARGEST, 4 + least), all(arm == Size(least, True) for arm in arms))

    def _declaration(self, item: Declaration) -> Size:
        if item.shape in (Shape.OPTIONAL, Shape.VARIABLE):
            return Size(4, False)
        count = 1
        if item.shape is Shape.FIXED and item.bound is not None:
            count = self._scope.value(item.bound) or 0
        if isinstance(item.type, BasicType):
            if item.type.kind is Basic.OPAQUE:
                return Size(count + -count % 4, True)
            return Size(min(LARGEST, count * _BASIC.get(item.type.kind, 4)), True)
        # A type that holds itself in one arm of a union is not its smallest value there.
        one = self._known.get(item.type.name, _NOT_YET) if isinstance(item.type, NamedType) else Size(0, True)
        return Size(min(LARGEST, count * one.least), one.fixed)


def arms_of(item: Union) -> list[Declaration]:
    """Return the arms of a union, the default arm last."""
    return [*(case.arm for case in item.cases), *([item.default] if item.default else [])]


def _inside_out(scope: Scope) -> list[Type]:
    """Return the types, each after those that it holds, but where they hold each other."""
    order: list[Type] = []
    seen: set[str] = set()
    for start in scope.types:
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, done = stack.pop()
            if done:
                order.append(scope.types[name])
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(inner, False) for inner in _needs(scope.types[name]) if inner not in seen]
    return order


def _needs(item: Type) -> list[str]:
    """Return the names of the types whose size is part of this one's."""
    if isinstance(item, Typedef):
        parts = [item.declaration]
    elif isinstance(item, Struct):
        parts = list(item.fields)
    elif isinstance(item, Union):
        parts = arms_of(item)
    else:
        parts = []
    return [
        part.type.name
        for part in parts
        if isinstance(part.type, NamedType) and part.shape in (Shape.ONE, Shape.FIXED)
    ]
