"""What the grammar cannot say about types: known names, sane bounds, finite sizes, unions whose cases make sense."""

from __future__ import annotations

from collections.abc import Iterable

from pyrpcgen import scope as scopes
from pyrpcgen.cases import RANGES, settled
from pyrpcgen.check_program import check_programs
from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.finite import check_finite
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Constant,
    Declaration,
    Enum,
    NamedType,
    Program,
    Shape,
    Specification,
    Struct,
    Type,
    Typedef,
    Union,
)
from pyrpcgen.scope import UINT_MAX, Missing, Scope

_KINDS = {Struct: "struct", Union: "union", Enum: "enum"}

def check(specification: Specification, reporter: Reporter) -> Scope:
    """Return what the names stand for. Everything that is wrong is reported, to be raised by the caller.

    But for names that nothing declares: these are in `missing`, as they may be found elsewhere. The scope's unions have
    their cases as the wire has them.
    """
    scope = scopes.build(specification, reporter)
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
        if target is None and (spec.name in self.scope.places or spec.name in self.scope.numbered):
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
        if enum is not None or basic in RANGES:
            self.scope.types[item.name] = settled(item, self.scope)
        else:
            spec = item.discriminant.type
            if not isinstance(spec, NamedType) or spec.name in self.scope.types:
                expected = "an integer, bool or an enum as discriminant"
                self.report(item.discriminant.place, expected, quoted(_type_text(item.discriminant)))


def _shape(item: Declaration) -> str:
    return {Shape.ONE: "none", Shape.FIXED: "'['", Shape.OPTIONAL: "'*' before it"}.get(item.shape, "'<'")


def _type_text(item: Declaration) -> str:
    spec = item.type
    text = spec.kind.value if isinstance(spec, BasicType) else spec.name if isinstance(spec, NamedType) else ""
    return {Shape.FIXED: f"{text}[]", Shape.VARIABLE: f"{text}<>", Shape.OPTIONAL: f"{text} *"}.get(item.shape, text)
