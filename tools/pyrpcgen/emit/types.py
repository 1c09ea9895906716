"""Emits constants and types: the classes, and beside them the wire tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyrpcgen.emit.docs import type_doc
from pyrpcgen.emit.names import Names
from pyrpcgen.emit.writer import Writer
from pyrpcgen.nodes import (
    Basic,
    BasicType,
    Constant,
    Declaration,
    Enum,
    Literal,
    NamedType,
    Shape,
    Specification,
    Struct,
    Symbol,
    Text,
    Type,
    Typedef,
    Union,
    Value,
)
from pyrpcgen.scope import Scope
from pyrpcgen.sizes import Sizes, arms_of

_BASIC = {
    Basic.INT: ("int", "INT"), Basic.UINT: ("int", "UINT"), Basic.HYPER: ("int", "HYPER"),
    Basic.UHYPER: ("int", "UHYPER"), Basic.CHAR: ("int", "CHAR"), Basic.UCHAR: ("int", "UCHAR"),
    Basic.SHORT: ("int", "SHORT"), Basic.USHORT: ("int", "USHORT"), Basic.FLOAT: ("float", "FLOAT"),
    Basic.DOUBLE: ("float", "DOUBLE"), Basic.QUADRUPLE: ("bytes", "QUADRUPLE"), Basic.BOOL: ("bool", "BOOL"),
    Basic.STRING: ("str", "string"), Basic.OPAQUE: ("bytes", "opaque"), Basic.VOID: ("None", "VOID"),
}  # fmt: skip


@dataclass(slots=True)
class Context:
    """All that emitting one specification needs, and how far it has come."""

    out: Writer
    scope: Scope
    names: Names
    sizes: Sizes
    done: set[str] = field(default_factory=set)
    """Constants and types that are written already: later ones may use them by name."""
    quoted: set[str] = field(default_factory=set)
    """Aliases that are strings at run time, since what they stand for comes later."""
    ahead: set[str] = field(default_factory=set)
    """Types that are used before they are written: mypy wants their tables' types written out."""


class TypeEmitter:
    """Writes constants and types in the order of the specification."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.out = context.out
        self.names = context.names

    def find_ahead(self, specification: Specification) -> None:
        """Note which types are used before they are complete."""
        seen: set[str] = set()
        for item in specification.definitions:
            if isinstance(item, Typedef | Struct | Union | Enum):
                used = [part.type.name for part in _parts(item) if isinstance(part.type, NamedType)]
                self.context.ahead.update(name for name in used if name not in seen)
                seen.add(item.name)

    def constant(self, item: Constant) -> None:
        """NAME: Final = value, with its comment."""
        if isinstance(item.value, Text):
            text = ascii(item.value.text)
        else:
            text = _number_text(item.value, self.context.scope.constants[item.name])
        self.out.line(f"{self.names.module(item.name)}: {self.out.need('typing', 'Final')} = {text}")
        if item.doc.comment:
            self.out.docstring(item.doc.comment)
        self.context.done.add(item.name)

    def type(self, item: Type) -> None:
        """A type with its table."""
        self.out.need("oncrpc", "xdr")
        self.out.need("typing", "Final")
        if isinstance(item, Typedef):
            self._typedef(item)
        elif isinstance(item, Enum):
            self._enum(item)
        elif isinstance(item, Struct):
            self._struct(item)
        else:
            self._union(item)
        self.context.done.add(item.name)

    def python_type(self, item: Declaration) -> str:
        """Return the annotation for values of a declaration."""
        one = self._python_one(item)
        if item.basic() in (Basic.STRING, Basic.OPAQUE):
            return one
        if item.shape in (Shape.FIXED, Shape.VARIABLE) or self.context.scope.is_boxed(item):
            return f"list[{one}]"
        return f"{one} | None" if item.shape is Shape.OPTIONAL else one

    def table(self, item: Declaration) -> str:
        """Return the expression for the wire type of a declaration."""
        bound = "" if item.bound is None else self._value(item.bound)
        kind = item.basic()
        if kind in (Basic.STRING, Basic.OPAQUE):
            name = "fixed_opaque" if item.shape is Shape.FIXED else _BASIC[kind][1]
            return f"xdr.{name}({bound})"
        one = self._table_one(item)
        if item.shape is Shape.OPTIONAL:
            return f"xdr.varray({one}, 1)" if self.context.scope.is_boxed(item) else f"xdr.optional({one})"
        if item.shape is Shape.FIXED:
            return f"xdr.array({one}, {bound})"
        if item.shape is Shape.VARIABLE:
            return f"xdr.varray({one}, {bound})" if bound else f"xdr.varray({one})"
        return one

    def _python_one(self, item: Declaration) -> str:
        if isinstance(item.type, BasicType):
            return _BASIC[item.type.kind][0]
        return self.names.module(item.type.name) if isinstance(item.type, NamedType) else "None"

    def _table_one(self, item: Declaration) -> str:
        if isinstance(item.type, BasicType):
            return f"xdr.{_BASIC[item.type.kind][1]}"
        name = item.type.name if isinstance(item.type, NamedType) else ""
        table = self.names.table(name)
        return table if name in self.context.done else f"xdr.ref(lambda: {table})"

    def _value(self, value: Value) -> str:
        """Return a bound as it was written: by name where the name stands before it in the module."""
        scope = self.context.scope
        if isinstance(value, Symbol) and value.name in self.context.done and value.name not in scope.owner:
            return self.names.module(value.name)
        number = scope.value(value)
        return _number_text(value, 0 if number is None else number)

    def _final(self, item: Type, expression: str) -> None:
        self.out.line(f"{self._table_head(item)} = {expression}")

    def _table_head(self, item: Type) -> str:
        table = self.names.table(item.name)
        if item.name in self.context.ahead:
            return f"{table}: Final[xdr.Type[{self.names.module(item.name)}]]"
        return f"{table}: Final"

    def _typedef(self, item: Typedef) -> None:
        context, declaration = self.context, item.declaration
        alias = self.python_type(declaration)
        spec = declaration.type
        if isinstance(spec, NamedType) and (spec.name not in context.done or spec.name in context.quoted):
            context.quoted.add(item.name)
            alias = f'"{alias}"'
        self.out.line(f"{self.names.module(item.name)}: {self.out.need('typing', 'TypeAlias')} = {alias}")
        self.out.docstring(type_doc(item.doc, context.sizes.of(item)))
        self._final(item, self.table(declaration))

    def _enum(self, item: Enum) -> None:
        scope, name = self.context.scope, self.names.module(item.name)
        with self.out.block(f"class {name}({self.out.need('enum', 'IntEnum')}):"):
            self.out.docstring(type_doc(item.doc, self.context.sizes.of(item)))
            self.out.blank(1)
            for member in item.members:
                text = _number_text(member.value, scope.constants[member.name])
                self.out.line(f"{self.names.member(member.name)} = {text}")
        self.out.blank(2)
        for member in item.members:
            self.out.line(
                f"{self.names.module(member.name)}: Final = {name}.{self.names.member(member.name)}"
            )
            self.context.done.add(member.name)
        self._final(item, f"xdr.enum({name})")

    def _struct(self, item: Struct) -> None:
        name = self.names.module(item.name)
        fields = [(self.names.field(field.name), self.python_type(field)) for field in item.fields]
        with self.out.block(f"class {name}(xdr.Record):"):
            self.out.docstring(type_doc(item.doc, self.context.sizes.of(item)))
            self.out.blank(1)
            for slot in ("__slots__", "__match_args__"):
                items = [f'"{field}"' for field, _ in fields]
                self.out.call(f"{slot} = (", items, ",)" if len(items) == 1 else ")")
            self.out.blank(1)
            self.out.call("def __init__(", ["self", *(f"{field}: {kind}" for field, kind in fields)], ") -> None:")
            with self.out.indented():
                for field, _ in fields:
                    self.out.line(f"self.{field} = {field}")
        tables = [f'("{self.names.field(field.name)}", {self.table(field)})' for field in item.fields]
        self.out.blank(2)
        self.out.call(f"{self._table_head(item)} = xdr.struct(", [name, *tables])

    def _union(self, item: Union) -> None:
        name, arms = self.names.module(item.name), arms_of(item)
        switch = self.names.arm(item.discriminant.name)
        switch_type = self.python_type(item.discriminant)
        kinds = list(dict.fromkeys(self.python_type(arm) for arm in arms))
        optional = any(self._may_be_none(arm) for arm in arms)
        parts = dict.fromkeys(part for kind in kinds for part in kind.split(" | ") if part != "None")
        value = " | ".join([*parts, "None"] if optional else parts)
        parameters = ["self", f"{switch}: {switch_type}", f"value: {value}" + (" = None" if optional else "")]
        with self.out.block(f"class {name}(xdr.Union):"):
            self.out.docstring(type_doc(item.doc, self.context.sizes.of(item)))
            self.out.blank(1)
            self.out.line("__slots__ = ()")
            self.out.blank(1)
            self.out.call("def __init__(", parameters, ") -> None:")
            with self.out.indented():
                self.out.line(f"super().__init__({switch}, value)")
            self._property(switch, switch_type, "self.discriminant", ["What selects the arm."])
            for arm in arms:
                if not arm.is_void():
                    arm_name, kind = self.names.arm(arm.name), self.python_type(arm)
                    self._property(arm_name, kind, f'self._arm("{arm_name}")', [])
        self.out.blank(2)
        self._union_table(item, name)

    def _may_be_none(self, arm: Declaration) -> bool:
        return arm.is_void() or self.context.scope.may_be_absent(arm)

    def _property(self, name: str, kind: str, expression: str, doc: list[str]) -> None:
        self.out.blank(1)
        self.out.line("@property")
        with self.out.block(f"def {name}(self) -> {kind}:"):
            if doc:
                self.out.docstring(doc)
            self.out.line(f"found: {kind} = {expression}")
            self.out.line("return found")

    def _union_table(self, item: Union, name: str) -> None:
        rows = []
        for case in item.cases:
            arm = self._arm(case.arm)
            rows += [f"{self._label(label, item)}: {arm}" for label in case.labels]
        cases = "{" + ", ".join(rows) + "}"
        if len(cases) > 60:
            cases = "{\n" + "".join(f"    {row},\n" for row in rows) + "}"
        items = [name, self.table(item.discriminant), cases]
        if item.default is not None:
            items.append(f"default={self._arm(item.default)}")
        items.append(f'switch="{self.names.arm(item.discriminant.name)}"')
        self.out.call(f"{self._table_head(item)} = xdr.union(", items)

    def _arm(self, arm: Declaration) -> str:
        return "None" if arm.is_void() else f'("{self.names.arm(arm.name)}", {self.table(arm)})'

    def _label(self, label: Value, item: Union) -> str:
        """Return a case's value: the member of an enum, True or False, or a number."""
        scope = self.context.scope
        number = scope.value(label) or 0
        enum = scope.enum_of(item.discriminant)
        if enum is not None:
            member = next(member.name for member in enum.members if scope.constants[member.name] == number)
            member = label.name if isinstance(label, Symbol) and label.name in scope.owner else member
            if enum.name in self.context.done:
                return f"{self.names.module(enum.name)}.{self.names.member(member)}"
        elif scope.basic_of(item.discriminant) is Basic.BOOL:
            return str(bool(number))
        return self._value(label)


def _parts(item: Type) -> list[Declaration]:
    if isinstance(item, Typedef):
        return [item.declaration]
    if isinstance(item, Struct):
        return list(item.fields)
    return [item.discriminant, *arms_of(item)] if isinstance(item, Union) else []


def _number_text(value: Value | None, number: int) -> str:
    """Return a number as the specification writes it: hexadecimal stays so."""
    if isinstance(value, Literal) and value.value == number:
        text = value.text
        digits = text.lstrip("-")
        if digits[:2] in ("0x", "0X"):
            return text.replace("0X", "0x")
        if len(digits) > 1 and digits[0] == "0":
            return f"{'-' if text[0] == '-' else ''}0o{digits.lstrip('0') or '0'}"
    return str(number)
