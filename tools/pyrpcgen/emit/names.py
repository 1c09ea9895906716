"""Names in Python for names in the specification.

One rule: what Python or the generated module itself needs gets one trailing underscore. Which names these are
depends on where the name stands: in the module, in a struct, in a union, among a stub's methods, among its parameters.
"""

from __future__ import annotations

import keyword
from typing import Final

from pyrpcgen.errors import Place, Reporter, quoted
from pyrpcgen.nodes import Constant, Enum, Procedure, Program, Specification, Struct, Union, Value, Version
from pyrpcgen.scope import Scope
from pyrpcgen.sizes import arms_of

IN_MODULE: Final = frozenset(
    {
        "int", "str", "bytes", "bool", "float", "list", "property", "super", "Any", "AsyncCaller", "Awaitable",
        "Call", "Caller", "ClassVar", "Final", "IntEnum", "Procedure", "ProcedureUnavailable", "Program",
        "TypeAlias", "xdr", "annotations",
    }
)
"""Builtins that generated code uses, and what it imports."""

IN_STRUCT: Final = frozenset({"self", "to_xdr", "from_xdr", "to_plain", "from_plain", "_xdr_"})
IN_UNION: Final = IN_STRUCT | {"discriminant", "value", "_arm"}
IN_STUB: Final = frozenset({"_caller"})
IN_CALL: Final = frozenset({"self", "call", "timeout_s"})
IN_ENUM: Final = frozenset(
    {
        "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "from_bytes", "imag",
        "is_integer", "mro", "name", "numerator", "real", "to_bytes", "value",
    }
)
"""What members of an IntEnum cannot be called, or would hide."""


def escape(name: str, reserved: frozenset[str] = frozenset()) -> str:
    """Return `name`, with an underscore behind it if it is a keyword or reserved (and one more if that is too).

    Two underscores at its beginning get an x before them: Python takes such names for a class's own.
    """
    if name.startswith("__"):
        name = f"x{name}"
    while keyword.iskeyword(name) or name in reserved:
        name += "_"
    return name


class Names:
    """The Python names of one specification. Clashes that escaping makes are reported."""

    def __init__(self, specification: Specification, scope: Scope, reporter: Reporter) -> None:
        self._scope = scope
        self._reporter = reporter
        self._taken: dict[str, Place] = {}
        types = frozenset(escape(name, IN_MODULE) for name in scope.types)
        self._in_class = IN_MODULE | types  # Python looks up annotations in the class first, so these cannot be methods
        versions = [version.name for program in specification.programs() for version in program.versions]
        self._shared_versions = {name for name in versions if versions.count(name) > 1}
        self._tables = _tables(scope, specification)
        self._numbers: dict[tuple[str, ...], str | None] = {}
        self._claim_all(specification)
        self._number_all(specification)

    def module(self, name: str) -> str:
        """Return the name of a constant, type or program."""
        return escape(name, IN_MODULE)

    def table(self, name: str) -> str:
        """Return the name of a type's wire table."""
        return self._tables[name]

    def number(self, *path: str) -> str | None:
        """Return the name of the constant with the number of a version (program, version) or procedure (its name too).

        None where its name means something else in the module, and the name of its version before it does too.
        """
        return self._numbers[path]

    def member(self, name: str) -> str:
        """Return the name of a member inside its enum's class."""
        # Names between underscores are enum's own.
        return escape(f"{name}_" if name.startswith("_") and name.endswith("_") else name, IN_ENUM)

    def field(self, name: str) -> str:
        """Return the name of a struct's field."""
        return escape(name, IN_STRUCT)

    def arm(self, name: str) -> str:
        """Return the name of a union's arm or discriminant."""
        return escape(name, IN_UNION | self._in_class)

    def stub(self, program: Program, version: Version) -> str:
        """Return what the names of a version's table, stubs and procedures begin with."""
        shared = version.name in self._shared_versions
        return f"{program.name}_{version.name}" if shared else version.name

    def method(self, procedure: Procedure) -> str:
        """Return the name of a procedure's method."""
        return escape(procedure.name.lower(), IN_STUB | self._in_class)

    def private(self, program: Program, version: Version, procedure: Procedure) -> str:
        """Return the name of a procedure's row of the version's table."""
        return f"_{self.stub(program, version)}_{procedure.name}"

    def parameters(self, procedure: Procedure) -> list[str]:
        """Return the names of a procedure's parameters."""
        if len(procedure.arguments) == 1 and not procedure.arguments[0].name:
            return ["args"]
        taken = IN_CALL | {self.module(procedure.name)}  # the server's method says its own number
        return [escape(item.name or f"arg{n}", taken) for n, item in enumerate(procedure.arguments, 1)]

    def _claim(self, name: str, place: Place, what: str, taken: dict[str, Place]) -> None:
        before = taken.get(name)
        if before is not None and before != place:
            expected = f"a name that is still free in Python, as {what}"
            self._reporter.report(place, expected, f"{quoted(name)}, made by {self._reporter.where(before)} too")
        taken.setdefault(name, place)

    def _claim_all(self, specification: Specification) -> None:
        for item in specification.definitions:
            if isinstance(item, Program):
                self._claim_program(item)
                continue
            self._claim(self.module(item.name), item.place, "this is a name of the module", self._taken)
            if isinstance(item, Constant):
                continue
            self._claim(self.table(item.name), item.place, "this type's wire table", self._taken)
            inside: dict[str, Place] = {}
            if isinstance(item, Enum):
                for member in item.members:
                    self._claim(self.module(member.name), member.place, "this is a name of the module", self._taken)
                    self._claim(self.member(member.name), member.place, "this member", inside)
            elif isinstance(item, Struct):
                for field in item.fields:
                    self._claim(self.field(field.name), field.place, "this field", inside)
            elif isinstance(item, Union):
                for arm in (item.discriminant, *arms_of(item)):
                    if arm.name:
                        self._claim(self.arm(arm.name), arm.place, "this arm", inside)

    def _claim_program(self, program: Program) -> None:
        self._claim(self.module(program.name), program.place, "this program", self._taken)
        for version in program.versions:
            stub = self.stub(program, version)
            for name in (f"{stub}_TABLE", f"{stub}_Client", f"{stub}_AsyncClient", f"{stub}_Server"):
                self._claim(name, version.place, "a part of this version", self._taken)
            methods: dict[str, Place] = {}
            for procedure in version.procedures:
                self._claim(self.method(procedure), procedure.place, "this method", methods)
                private = self.private(program, version, procedure)
                self._claim(private, procedure.place, "this procedure's row of the table", self._taken)
                parameters: dict[str, Place] = {private: procedure.place}
                for name, item in zip(self.parameters(procedure), procedure.arguments, strict=True):
                    self._claim(name, item.place, "this parameter", parameters)

    def _number_all(self, specification: Specification) -> None:
        """Give versions and procedures constants, when all other names are known.

        Those of one name and number share one; a later one of another number is called after what it is in.
        """
        given: dict[str, int] = {}
        for program in specification.programs():
            for version in program.versions:
                self._number(given, (program.name, version.name), version.number, program.name)
                for item in version.procedures:
                    path = (program.name, version.name, item.name)
                    self._number(given, path, item.number, self.stub(program, version))

    def _number(self, given: dict[str, int], path: tuple[str, ...], value: Value, before: str) -> None:
        number = self._scope.value(value) or 0
        self._numbers[path] = None
        for name in (path[-1], f"{before}_{path[-1]}"):
            own = self.module(name)
            shared = number in (given.get(own), self._scope.constants.get(name))
            if shared or (own not in given and own not in self._taken):
                self._numbers[path] = own
                given[own] = number
                break


def _tables(scope: Scope, specification: Specification) -> dict[str, str]:
    """Return the names of the types' wire tables: xdr_TYPE, with an underscore more where the file has that name."""
    used = {*scope.types, *scope.constants, *(item.name for item in specification.definitions)}
    found: dict[str, str] = {}
    for name in scope.types:
        own = f"xdr_{name}"
        if own in used:
            reserved = used | {f"xdr_{other}" for other in scope.types} | set(found.values())
            own = escape(f"{own}_", frozenset(reserved))
        found[name] = own
    return found
