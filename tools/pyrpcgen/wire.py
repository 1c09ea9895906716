"""Versions flattened to what travels: typedefs and constants are gone, structs, unions and enums go by name.

This is what `dump` prints and `diff` compares: it stays the same whatever is reordered, commented or given a typedef.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Declaration,
    Enum,
    NamedType,
    Procedure,
    Program,
    Shape,
    Struct,
    Typedef,
    Union,
    Version,
)
from pyrpcgen.scope import UINT_MAX, Scope


@dataclass(frozen=True, slots=True)
class Layer:
    """What is put around a type: FIXED with a count, VARIABLE with the most items, OPTIONAL."""

    shape: Shape
    count: int = 0

    def __str__(self) -> str:
        if self.shape is Shape.OPTIONAL:
            return "*"
        if self.shape is Shape.FIXED:
            return f"[{self.count}]"
        return "<>" if self.count == UINT_MAX else f"<{self.count}>"


@dataclass(frozen=True, slots=True)
class Wire:
    """A type on the wire: the innermost type, and the layers round it, the innermost first."""

    base: Basic | str
    layers: tuple[Layer, ...] = ()

    def __str__(self) -> str:
        base = self.base.value if isinstance(self.base, Basic) else self.base
        return base + "".join(str(layer) for layer in self.layers)


@dataclass(frozen=True, slots=True)
class WireEnum:
    """The values that may come, each with its first name."""

    values: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class WireStruct:
    """Fields in order."""

    fields: tuple[tuple[str, Wire], ...]


@dataclass(frozen=True, slots=True)
class WireUnion:
    """The discriminant, the arms by number (sorted), and the default arm; an arm is its name and type."""

    name: str
    discriminant: Wire
    arms: tuple[tuple[int, str, Wire], ...]
    default: tuple[str, Wire] | None


WireType: TypeAlias = WireEnum | WireStruct | WireUnion


@dataclass(frozen=True, slots=True)
class WireProcedure:
    """One procedure; annotations as (word, rest)."""

    number: int
    name: str
    arguments: tuple[Wire, ...]
    result: Wire
    annotations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WireVersion:
    """One version: its procedures by number, and every type that can be reached from them by name."""

    program: str
    program_number: int
    name: str
    number: int
    procedures: dict[int, WireProcedure]
    types: dict[str, WireType]


class Flattener:
    """Flattens the versions of one checked specification."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def version(self, program: Program, version: Version) -> WireVersion:
        """Return one version, flattened."""
        procedures = sorted((self._procedure(item) for item in version.procedures), key=lambda item: item.number)
        roots = [wire for item in procedures for wire in (*item.arguments, item.result)]
        return WireVersion(
            program.name,
            self._scope.value(program.number) or 0,
            version.name,
            self._scope.value(version.number) or 0,
            {item.number: item for item in procedures},
            self._reachable(roots),
        )

    def _procedure(self, item: Procedure) -> WireProcedure:
        return WireProcedure(
            self._scope.value(item.number) or 0,
            item.name,
            tuple(self.wire(argument) for argument in item.arguments),
            self.wire(item.result),
            tuple((note.word, note.rest) for note in item.annotations),
        )

    def wire(self, item: Declaration) -> Wire:
        """Return a declaration without typedefs; in a loop, since they may stand on each other a long way."""
        layers: list[Layer] = []  # the outermost first
        while True:
            if item.shape is not Shape.ONE:
                layers.append(self._layer(item))
            if isinstance(item.type, BasicType):
                return Wire(item.type.kind, tuple(reversed(layers)))
            target = self._scope.types[item.type.name] if isinstance(item.type, NamedType) else None
            if not isinstance(target, Typedef):
                return Wire(target.name if target else "", tuple(reversed(layers)))
            item = target.declaration

    def _layer(self, item: Declaration) -> Layer:
        if item.shape is Shape.OPTIONAL:
            return Layer(item.shape)
        bound = None if item.bound is None else self._scope.value(item.bound)
        return Layer(item.shape, UINT_MAX if bound is None else bound)

    def _reachable(self, roots: list[Wire]) -> dict[str, WireType]:
        found: dict[str, WireType] = {}
        waiting = list(roots)
        while waiting:
            base = waiting.pop().base
            if isinstance(base, Basic) or base in found:
                continue
            found[base] = made = self._type(base)
            if isinstance(made, WireStruct):
                waiting += [wire for _, wire in made.fields]
            elif isinstance(made, WireUnion):
                waiting += [made.discriminant, *(wire for _, _, wire in made.arms)]
                waiting += [made.default[1]] if made.default else []
        return dict(sorted(found.items()))

    def _type(self, name: str) -> WireType:
        scope, item = self._scope, self._scope.types[name]
        if isinstance(item, Enum):
            values: dict[int, str] = {}
            for member in item.members:
                values.setdefault(scope.constants[member.name], member.name)
            return WireEnum(tuple(sorted(values.items())))
        if isinstance(item, Struct):
            return WireStruct(tuple((field.name, self.wire(field)) for field in item.fields))
        if isinstance(item, Union):
            arms = [
                (scope.value(label) or 0, case.arm.name, self.wire(case.arm))
                for case in item.cases
                for label in case.labels
            ]
            default = (item.default.name, self.wire(item.default)) if item.default else None
            switch = item.discriminant
            ordered = sorted(arms, key=lambda arm: arm[0])
            return WireUnion(switch.name, self.wire(switch), tuple(ordered), default)
        raise TypeError(f"{name} is a typedef")
