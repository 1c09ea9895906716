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


class Sizes:
    """Sizes of the types of one checked specification."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, Size] = {}
        for item in scope.types.values():
            self._work_out(item)

    def of(self, item: Type) -> Size:
        """Return the size of a type."""
        return self._known[item.name]

    def _work_out(self, item: Type) -> None:
        stack = [item]
        while stack:
            item = stack[-1]
            missing = [
                self._scope.types[name] for name in _needs(item) if name not in self._known
            ]  # acyclic: check.py has seen to it
            if missing:
                stack += missing
            else:
                self._known[stack.pop().name] = self._type(item)

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
            count = self._scope.value(item.bound) or 1
        if isinstance(item.type, BasicType):
            if item.type.kind is Basic.OPAQUE:
                return Size(count + -count % 4, True)
            return Size(min(LARGEST, count * _BASIC.get(item.type.kind, 4)), True)
        one = self._known[item.type.name] if isinstance(item.type, NamedType) else Size(0, True)
        return Size(min(LARGEST, count * one.least), one.fixed)


def arms_of(item: Union) -> list[Declaration]:
    """Return the arms of a union, the default arm last."""
    return [*(case.arm for case in item.cases), *([item.default] if item.default else [])]


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
