"""Names and what they stand for: constants with their values, types by name, the enum that a member belongs to.

Constants, members of enums, types and programs share the names of the file. A version's name need only be new in its
program, a procedure's in its version (RFC 5531 section 12.3); as constants they stand for their numbers where nothing
else has that name, the first of several.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.nodes import (
    Basic,
    Constant,
    Declaration,
    Enum,
    Literal,
    NamedType,
    Procedure,
    Program,
    Shape,
    Specification,
    Symbol,
    Text,
    Type,
    Typedef,
    Value,
    Version,
)

INT_MIN: Final = -(2**31)
INT_MAX: Final = 2**31 - 1
UINT_MAX: Final = 2**32 - 1
CONST_MIN: Final = -(2**63)
CONST_MAX: Final = 2**64 - 1
TRUTH: Final = {"FALSE": 0, "TRUE": 1}


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a name's value comes from: a value as written, or `step` more than another name's."""

    place: Place
    value: Value | None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that is used and declared nowhere: "constant" or "type", and the place of its first use."""

    kind: str
    place: Place


@dataclass(slots=True)
class Scope:
    """What the names of one specification stand for. Built by `build`; read by the checks and all that comes after."""

    reporter: Reporter
    types: dict[str, Type] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    owner: dict[str, Enum] = field(default_factory=dict)
    """The enum that a member belongs to."""
    constants: dict[str, int] = field(default_factory=dict)
    """Values of constants and members of enums. A name whose value is wrong, or a text, is not here."""
    numbered: dict[str, Place] = field(default_factory=dict)
    """Programs, versions and procedures whose names stand for their numbers."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Their values."""
    missing: dict[str, Missing] = field(default_factory=dict)
    _origins: dict[str, _Origin] = field(default_factory=dict)
    _unsigned: set[str] = field(default_factory=set)
    """Members of enums that were written as 2**31 or more."""

    def declare(self, name: str, place: Place) -> bool:
        """Note a name of the whole file; report it and return False if it is taken."""
        if name in TRUTH:
            self.reporter.report(place, "a name of your own", f"{quoted(name)}, which the language has")
            return False
        taken = self.places.get(name)
        if taken is not None:
            where = self.reporter.where(taken)
            self.reporter.report(place, "a new name", f"{quoted(name)}, which {where} declares")
            return False
        self.places[name] = place
        return True

    def value(self, value: Value) -> int | None:
        """Return what `value` comes to; None, with a report, when it is no known constant."""
        if isinstance(value, Literal):
            return value.value
        if value.name in TRUTH:
            return TRUTH[value.name]
        if value.name in self.constants:
            return self.constants[value.name]
        if value.name in self.numbers:
            return self.numbers[value.name]
        if value.name in self.places and value.name not in self._origins:
            self.reporter.report(value.place, "a number", f"{quoted(value.name)}, which is {self._what(value.name)}")
        elif value.name not in self._origins:  # else its own error is reported where it is declared
            self.missing.setdefault(value.name, Missing("constant", value.place))
        return None

    def number(self, value: Value, low: int, high: int, what: str) -> int | None:
        """Return what `value` comes to if it lies in low..high; else None, with a report."""
        number = self.value(value)
        if number is not None and not low <= number <= high:
            self.reporter.report(value.place, f"{what} from {low} to {high}", str(number))
            return None
        return number

    def signed(self, value: Value, what: str) -> int | None:
        """Return what `value` comes to as an int: from 2**31 on it is negative, as in C, which is noted for lint."""
        number = self.number(value, INT_MIN, UINT_MAX, what)
        return None if number is None else self._wrapped(number, value.place)

    def type_of(self, spec: NamedType) -> Type | None:
        """Return the type that `spec` names, None if there is none (reported by the checks)."""
        return self.types.get(spec.name)

    def resolve(self, declaration: Declaration) -> Declaration:
        """Follow typedefs that add no shape; return the declaration behind them, itself when there are none."""
        seen = set()
        while declaration.shape is Shape.ONE and isinstance(declaration.type, NamedType):
            target = self.types.get(declaration.type.name)
            if not isinstance(target, Typedef) or target.name in seen:
                break
            seen.add(target.name)
            declaration = target.declaration
        return declaration

    def may_be_absent(self, declaration: Declaration) -> bool:
        """Return whether None is one of a declaration's values in Python: it is optional, and not boxed."""
        layers = 0
        found = self.resolve(declaration)
        while found.shape is Shape.OPTIONAL:
            layers += 1
            found = self.resolve(replace(found, shape=Shape.ONE))
        return layers % 2 == 1

    def is_boxed(self, declaration: Declaration) -> bool:
        """Return whether this is optional data whose value, when it is there, may be None itself (T **).

        Python has one None for the two, so that such data is a list of at most one; on the wire that is the same.
        """
        return declaration.shape is Shape.OPTIONAL and not self.may_be_absent(declaration)

    def enum_of(self, declaration: Declaration) -> Enum | None:
        """Return the enum that a declaration is of, through typedefs; None when it is something else."""
        found = self.resolve(declaration)
        target = self.types.get(found.type.name) if isinstance(found.type, NamedType) else None
        return target if found.shape is Shape.ONE and isinstance(target, Enum) else None

    def basic_of(self, declaration: Declaration) -> Basic | None:
        """Return the language's own type that a single value is of, through typedefs."""
        found = self.resolve(declaration)
        return found.basic() if found.shape is Shape.ONE else None

    def _what(self, name: str) -> str:
        return "a type" if name in self.types else "no number"

    def _wrapped(self, number: int, place: Place) -> int:
        if number <= INT_MAX:
            return number
        wrapped = number - 2**32
        self.reporter.note(place, "signed-number", f"{number} is {wrapped} on the wire, where it has a sign")
        return wrapped

    def _add_enum(self, item: Enum) -> None:
        before = None
        for member in item.members:
            if self.declare(member.name, member.place):
                self.owner[member.name] = item
                self._origins[member.name] = _Origin(member.place, member.value, before)
                before = member.name

    def _add_program(self, item: Program) -> None:
        if self.declare(item.name, item.place):
            self._add_number(item)

    def _add_number(self, item: Program | Version | Procedure) -> None:
        # One that is called like the constant that numbers it would hang on itself.
        if item.number != Symbol(item.number.place, item.name):
            self.numbered[item.name] = item.place
            self._origins[item.name] = _Origin(item.place, item.number)

    def _add_inner_numbers(self, item: Program) -> None:
        for version in item.versions:
            inner: list[Version | Procedure] = [version, *version.procedures]
            for one in inner:
                if one.name not in self.places and one.name not in self.numbered and one.name not in TRUTH:
                    self._add_number(one)

    def _evaluate_all(self) -> None:
        for name in self._origins:
            self._evaluate(name)

    def _evaluate(self, name: str) -> None:
        """Work out one name's value, and those of the names that it hangs on; in a loop, as chains may be long."""
        path: list[str] = []
        on_path: set[str] = set()
        while name in self._origins and name not in self.constants and name not in self.numbers:
            if name in on_path:
                place = self._origins[name].place
                self.reporter.report(place, "a value that does not hang on itself", quoted(name))
                return
            path.append(name)
            on_path.add(name)
            origin = self._origins[name]
            if isinstance(origin.value, Symbol):
                name = origin.value.name
            elif origin.value is None and origin.before is not None:
                name = origin.before
            else:
                break
        for item in reversed(path):
            number = self._one(item)
            if number is None:
                return
            (self.numbers if item in self.numbered else self.constants)[item] = number

    def _one(self, name: str) -> int | None:
        origin = self._origins[name]
        if name not in self.owner:
            return None if origin.value is None else self.number(origin.value, CONST_MIN, CONST_MAX, "a constant")
        if origin.value is not None:
            number = self.number(origin.value, INT_MIN, UINT_MAX, "a value")
        else:
            number = self._behind(origin)
        if number is None:
            return None
        if number > INT_MAX:
            self._unsigned.add(name)
        return self._wrapped(number, origin.place if origin.value is None else origin.value.place)

    def _behind(self, origin: _Origin) -> int | None:
        """Return one more than the member before, 0 for the first."""
        if origin.before is None:
            return 0
        if origin.before not in self.constants:
            return None
        number = self.constants[origin.before] + 1 + (2**32 if origin.before in self._unsigned else 0)
        if number > UINT_MAX:
            self.reporter.report(origin.place, f"a value from {INT_MIN} to {UINT_MAX}", str(number))
            return None
        return number


def build(specification: Specification, reporter: Reporter) -> Scope:
    """Return the scope of a specification; names declared twice and values that are wrong are reported."""
    scope = Scope(reporter)
    for item in specification.definitions:
        if isinstance(item, Program):
            scope._add_program(item)
        elif scope.declare(item.name, item.place):
            if isinstance(item, Constant):
                if not isinstance(item.value, Text):
                    scope._origins[item.name] = _Origin(item.place, item.value)
            else:
                scope.types[item.name] = item
        if isinstance(item, Enum):
            scope._add_enum(item)
    for program in specification.programs():
        scope._add_inner_numbers(program)
    scope._evaluate_all()
    return scope
