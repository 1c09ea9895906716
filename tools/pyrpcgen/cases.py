"""The cases of a union: each a value of the discriminant's type, none twice; and what C takes besides.

For C an enum is a number like any other, and 0x80000000 is a negative one where it has 32 bits. Such cases are on the
wire: they are made into what they are there, so that nothing behind the checks knows of it, and noted for lint.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pyrpcgen.errors import Place, quoted
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Enum,
    Literal,
    Shape,
    Symbol,
    Union,
    Value,
)
from pyrpcgen.scope import CONST_MAX, CONST_MIN, INT_MAX, INT_MIN, UINT_MAX, Scope

RANGES: Final[dict[Basic | None, tuple[int, int]]] = {
    Basic.INT: (INT_MIN, INT_MAX), Basic.UINT: (0, UINT_MAX), Basic.BOOL: (0, 1),
    Basic.HYPER: (CONST_MIN, -CONST_MIN - 1), Basic.UHYPER: (0, CONST_MAX),
    Basic.CHAR: (-128, 255), Basic.UCHAR: (0, 255), Basic.SHORT: (-32768, 32767),
    Basic.USHORT: (0, 65535),
}  # fmt: skip
"""What a discriminant may be: RFC 4506 has int, unsigned int and enums; the others are in use."""


def settled(item: Union, scope: Scope) -> Union:
    """Return a union with the cases that the wire has. What is wrong is reported, what is doubtful noted.

    On an enum they are its members; where one is none, the discriminant is an int, as the wire has it.
    """
    return _Cases(item, scope).settled()


class _Cases:
    def __init__(self, item: Union, scope: Scope) -> None:
        self.item = item
        self.scope = scope
        self.enum = scope.enum_of(item.discriminant)
        self.range = RANGES.get(Basic.INT if self.enum else scope.basic_of(item.discriminant), (CONST_MIN, CONST_MAX))
        members = self.enum.members if self.enum else ()
        self.members = {scope.constants.get(member.name): member.name for member in reversed(members)}
        self.seen: dict[int, Place] = {}
        self.foreign = False

    def settled(self) -> Union:
        cases = tuple(replace(case, labels=tuple(map(self.label, case.labels))) for case in self.item.cases)
        switch = self.item.discriminant
        if self.foreign:
            switch = replace(switch, type=BasicType(switch.type.place, Basic.INT), shape=Shape.ONE, bound=None)
        return replace(self.item, cases=cases, discriminant=switch)

    def label(self, label: Value) -> Value:
        """Return one case as it goes on the wire; itself when it is wrong."""
        number = self.number(label)
        if number is None:
            return label
        if number in self.seen:
            found = f"{number}, which {self.scope.reporter.where(self.seen[number])} has"
            self.scope.reporter.report(label.place, "a new case", found)
        self.seen.setdefault(number, label.place)
        if self.enum is not None and not self.is_member(label, number):
            return self.stranger(label, number, self.enum)
        return label if number == self.scope.value(label) else Literal(label.place, str(number), number)

    def number(self, label: Value) -> int | None:
        low, high = self.range
        if self.range != (INT_MIN, INT_MAX):
            return self.scope.number(label, low, high, "a case")
        return self.scope.signed(label, "a case")

    def is_member(self, label: Value, number: int) -> bool:
        owner = self.enum if isinstance(label, Literal) else self.scope.owner.get(label.name, self.enum)
        return owner is self.enum and number in self.members

    def stranger(self, label: Value, number: int, enum: Enum) -> Value:
        """Note a case that is no member of the enum, and return it as the member of its number, if there is one."""
        shown = quoted(label.name if isinstance(label, Symbol) else label.text)
        member = self.members.get(number)
        text = f"{shown} is no member of enum {enum.name}"
        end = "the discriminant is read as an int" if member is None else f"it is read as {member}"
        self.scope.reporter.note(label.place, "case-foreign", f"{text}; {end}")
        if member is not None:
            return Symbol(label.place, member)
        self.foreign = True
        return Literal(label.place, str(number), number)
