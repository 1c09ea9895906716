"""What the grammar cannot say about types: known names, sane bounds, finite sizes, unions whose cases make sense."""

from __future__ import annotations

from collections.abc import Iterable

from pyrpcgen import scope as scopes
from pyrpcgen.check_program import check_program_names, check_programs
from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.finite import check_finite
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Case,
    Constant,
    Declaration,
    Enum,
    NamedType,
    Program,
    Shape,
    Specification,
    Struct,
    Symbol,
    Type,
    Typedef,
    Union,
)
from pyrpcgen.scope import CONST_MAX, CONST_MIN, INT_MAX, INT_MIN, UINT_MAX, Missing, Scope

_KINDS = {Struct: "struct", Union: "union", Enum: "enum"}

_RANGES: dict[Basic | None, tuple[int, int]] = {
    Basic.INT: (INT_MIN, INT_MAX), Basic.UINT: (0, UINT_MAX), Basic.BOOL: (0, 1),
    Basic.HYPER: (CONST_MIN, -CONST_MIN - 1), Basic.UHYPER: (0, CONST_MAX),
    Basic.CHAR: (-128, 255), Basic.UCHAR: (0, 255), Basic.SHORT: (-32768, 32767),
    Basic.USHORT: (0, 65535),
}  # fmt: skip
"""What a discriminant may be: RFC 4506 has int, unsigned int and enums; the others are in use."""


def check(specification: Specification, reporter: Reporter) -> Scope:
    """Return what the names stand for. Everything that is wrong is reported, to be raised by the caller.

    But for names that nothing declares: these are in `missing`, as they may be found elsewhere.
    """
    scope = scopes.build(specification, reporter)
    check_program_names(specification, scope)
    checker = _TypeChecker(scope)
    for item in specification.definitions:
        if not isinstance(item, Constant | Program):
            checker.check(item)
    for program in specification.programs():
        for version in program.versions:
            for procedure in version.procedures:
                for declaration in (*procedure.arguments, procedure.result):
                    checker.declaration(declaration, void=declaration is procedure.result)
    check_finite(scope)
    check_programs(specification, scope)
    return scope


class _TypeChecker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.report = scope.reporter.report
        self.where = scope.reporter.where

    def check(self, item: Type) -> None:
        if isinstance(item, Typedef):
            self.declaration(item.declaration)
        elif isinstance(item, Struct):
            for field in item.fields:
                self.declaration(field)
            self.distinct((field.name, field.place) for field in item.fields)
        elif isinstance(item, Union):
            self.union(item)

    def distinct(self, names: Iterable[tuple[str, Place]]) -> None:
        """Report a name that is taken within its struct or union."""
        seen: dict[str, Place] = {}
        for name, place in names:
            if name and name in seen:
                self.report(place, "a new name", f"{quoted(name)}, which {self.where(seen[name])} declares")
            seen.setdefault(name, place)

    def declaration(self, item: Declaration, void: bool = False) -> None:
        """Check a member, arm, argument, result or typedef; void: may it be void."""
        if item.is_void():
            if not void:
                self.report(item.place, "a member with a type (void stands only in unions and procedures)", "'void'")
            return
        if isinstance(item.type, NamedType):
            self.named(item.type)
        elif isinstance(item.type, BasicType):
            self.counted(item, item.type)
        if item.bound is not None:
            self.scope.number(item.bound, 0, UINT_MAX, "a number of items")

    def named(self, spec: NamedType) -> None:
        target = self.scope.types.get(spec.name)
        if target is None and spec.name in self.scope.places:
            self.report(spec.place, "a type", f"{quoted(spec.name)}, which is none")
        elif target is None:
            self.scope.missing.setdefault(spec.name, Missing("type", spec.place))
        elif spec.tag is not None and not isinstance(target, Typedef) and _KINDS[type(target)] != spec.tag:
            expected, found = ("an enum" if tag == "enum" else f"a {tag}" for tag in (spec.tag, _KINDS[type(target)]))
            self.report(spec.place, f"the name of {expected}", f"{quoted(spec.name)}, {found}")

    def counted(self, item: Declaration, spec: BasicType) -> None:
        """string has a length that varies, opaque has a length."""
        if spec.kind is Basic.STRING and item.shape is not Shape.VARIABLE:
            self.report(item.place, "'<' and a bound after the name of a string", _shape(item))
        elif spec.kind is Basic.OPAQUE and item.shape not in (Shape.VARIABLE, Shape.FIXED):
            self.report(item.place, "'[' or '<' and a size after the name of opaque data", _shape(item))

    def union(self, item: Union) -> None:
        arms = [case.arm for case in item.cases] + ([item.default] if item.default else [])
        self.declaration(item.discriminant)
        for arm in arms:
            self.declaration(arm, void=True)
        named = [arm for arm in (item.discriminant, *arms) if not arm.is_void()]
        self.distinct((arm.name, arm.place) for arm in named)
        if item.discriminant.is_void():
            return
        enum, basic = self.scope.enum_of(item.discriminant), self.scope.basic_of(item.discriminant)
        if enum is not None:
            self.cases(item.cases, enum)
        elif basic in _RANGES:
            self.cases(item.cases, None, *_RANGES[basic])
        else:
            spec = item.discriminant.type
            if not isinstance(spec, NamedType) or spec.name in self.scope.types:
                expected = "an integer, bool or an enum as discriminant"
                self.report(item.discriminant.place, expected, quoted(_type_text(item.discriminant)))

    def cases(self, cases: tuple[Case, ...], enum: Enum | None, low: int = INT_MIN, high: int = INT_MAX) -> None:
        """Each label is a value of the discriminant's type, and none comes twice."""
        members = {self.scope.constants.get(member.name) for member in enum.members} if enum else set()
        seen: dict[int, Place] = {}
        for label in (label for case in cases for label in case.labels):
            number = self.scope.number(label, low, high, "a case")
            if number is None:
                continue
            foreign = isinstance(label, Symbol) and self.scope.owner.get(label.name, enum) is not enum
            if enum is not None and (number not in members or foreign):
                shown = label.name if isinstance(label, Symbol) else label.text
                self.report(label.place, f"a member of enum {enum.name}", quoted(shown))
            elif number in seen:
                self.report(label.place, "a new case", f"{number}, which {self.where(seen[number])} has")
            seen.setdefault(number, label.place)


def _shape(item: Declaration) -> str:
    return {Shape.ONE: "none", Shape.FIXED: "'['", Shape.OPTIONAL: "'*' before it"}.get(item.shape, "'<'")


def _type_text(item: Declaration) -> str:
    spec = item.type
    text = spec.kind.value if isinstance(spec, BasicType) else spec.name if isinstance(spec, NamedType) else ""
    return {Shape.FIXED: f"{text}[]", Shape.VARIABLE: f"{text}<>", Shape.OPTIONAL: f"{text} *"}.get(item.shape, text)
