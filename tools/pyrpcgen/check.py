"""What the grammar cannot say about types: known names, sane bounds, finite sizes, unions whose cases make sense."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyrpcgen import scope as scopes
from pyrpcgen.check_program import check_program_names, check_programs
from pyrpcgen.errors import Place, Reporter, quoted
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
from pyrpcgen.scope import INT_MAX, INT_MIN, UINT_MAX, Scope

_KINDS = {Struct: "struct", Union: "union", Enum: "enum"}


def check(specification: Specification, reporter: Reporter) -> Scope:
    """Return what the names stand for. Everything that is wrong is reported, to be raised by the caller."""
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
    _check_finite(scope)
    check_programs(specification, scope)
    return scope


class _TypeChecker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.report = scope.reporter.report

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
                self.report(place, "a new name", f"{quoted(name)}, which line {seen[name].line} declares")
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
            low = 1 if item.shape is Shape.FIXED else 0
            self.scope.number(item.bound, low, UINT_MAX, "a number of items")

    def named(self, spec: NamedType) -> None:
        target = self.scope.types.get(spec.name)
        if target is None:
            what = "is a constant" if spec.name in self.scope.places else "nothing declares"
            self.report(spec.place, "a type", f"{quoted(spec.name)}, which {what}")
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
        elif basic in (Basic.INT, Basic.UINT, Basic.BOOL):
            low, high = {Basic.INT: (INT_MIN, INT_MAX), Basic.UINT: (0, UINT_MAX)}.get(basic, (0, 1))
            self.cases(item.cases, None, low, high)
        else:
            spec = item.discriminant.type
            if not isinstance(spec, NamedType) or spec.name in self.scope.types:
                expected = "int, unsigned int, bool or an enum as discriminant"
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
                self.report(label.place, "a new case", f"{number}, which line {seen[number].line} has")
            seen.setdefault(number, label.place)


def _shape(item: Declaration) -> str:
    return {Shape.ONE: "none", Shape.FIXED: "'['", Shape.OPTIONAL: "'*' before it"}.get(item.shape, "'<'")


def _type_text(item: Declaration) -> str:
    spec = item.type
    text = spec.kind.value if isinstance(spec, BasicType) else spec.name if isinstance(spec, NamedType) else ""
    return {Shape.FIXED: f"{text}[]", Shape.VARIABLE: f"{text}<>", Shape.OPTIONAL: f"{text} *"}.get(item.shape, text)


Edges = Callable[[Type], Iterator[tuple[Declaration, NamedType]]]


def _declarations(item: Type) -> list[Declaration]:
    if isinstance(item, Typedef):
        return [item.declaration]
    if isinstance(item, Struct):
        return list(item.fields)
    if isinstance(item, Union):
        return [item.discriminant, *(case.arm for case in item.cases), *([item.default] if item.default else [])]
    return []


def _held(item: Type) -> Iterator[tuple[Declaration, NamedType]]:
    """Yield what is inside every value of a type: it cannot be of that type itself."""
    for declaration in _declarations(item):
        if isinstance(declaration.type, NamedType) and declaration.shape in (Shape.ONE, Shape.FIXED):
            yield declaration, declaration.type


def _renamed(item: Type) -> Iterator[tuple[Declaration, NamedType]]:
    """Yield what a typedef gives a name to: even behind pointers it cannot be the typedef itself."""
    if isinstance(item, Typedef) and isinstance(item.declaration.type, NamedType):
        yield item.declaration, item.declaration.type


def _check_finite(scope: Scope) -> None:
    """Report types that hold themselves."""
    for edges in (_held, _renamed):
        done: set[str] = set()
        for start in scope.types.values():
            if start.name not in done:
                _walk(start, edges, scope, done)


def _walk(start: Type, edges: Edges, scope: Scope, done: set[str]) -> None:
    """Follow `edges` depth first, in a loop with a stack of its own: chains may be long."""
    stack = [(start, edges(start))]
    on_path = {start.name: 0}
    while stack:
        item, rest = stack[-1]
        for declaration, spec in rest:
            target = scope.types.get(spec.name)
            if target is None or target.name in done:
                continue
            if target.name in on_path:
                _report_cycle([entry[0] for entry in stack[on_path[target.name] :]], declaration, scope.reporter)
                continue
            on_path[target.name] = len(stack)
            stack.append((target, edges(target)))
            break
        else:
            stack.pop()
            del on_path[item.name]
            done.add(item.name)


def _report_cycle(cycle: list[Type], closing: Declaration, reporter: Reporter) -> None:
    names = " in ".join(item.name for item in reversed(cycle[:4]))
    first = cycle[0]
    if all(isinstance(item, Typedef) for item in cycle):
        reporter.report(closing.place, "a type that is made of another", f"{quoted(first.name)} again")
    else:
        expected = "a type of finite size (with '*' or '<>' where a type holds itself)"
        reporter.report(closing.place, expected, f"{first.name} in {names}")
