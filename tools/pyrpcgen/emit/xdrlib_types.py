"""The module of types, style `xdrlib`: a class a struct or union, its fields keywords that default to None."""

from __future__ import annotations

from typing import Final

from pyrpcgen.emit.writer import Writer
from pyrpcgen.emit.xdrlib_names import XdrlibNames, constant, field, value
from pyrpcgen.nodes import Declaration, Enum, NamedType, Shape, Specification, Struct, Typedef, Union
from pyrpcgen.scope import Scope

_HELPERS: Final = '''\
class _Record:
    """A struct or union: one attribute a field, None where nothing was given."""

    _fields = ()
    _enums = {}  # field -> the names of its numbers
    _link = ""  # the field that has the next of a linked list, [] or [next]
    _through = ""  # where attributes are looked for that are not its own

    def __getattr__(self, name):
        if not self._through or name.startswith("_") or name in self._fields or name == "switch":
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        try:
            inner = getattr(self, self._through)
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no arm, and no attribute {name!r}") from None
        return getattr(inner, name)

    def _shown(self, name):
        item = getattr(self, name)
        names = self._enums.get(name)
        if names is None:
            return repr(item)
        return repr([names.get(one, one) for one in item]) if isinstance(item, list) else str(names.get(item, item))

    def _next(self):
        link = getattr(self, self._link) if self._link else None
        return link[0] if isinstance(link, list) and len(link) == 1 and isinstance(link[0], _Record) else None

    def __repr__(self):
        out, item = [], self
        while item is not None:
            after = item._next()
            names = [name for name in item._fields if getattr(item, name) is not None]
            shown = [f"{name}={item._shown(name)}" for name in names if after is None or name != item._link]
            if after is not None:
                shown.append(f"{item._link}=[")
            out.append(f"{type(item).__name__}({', '.join(shown)}")
            item = after
        return "".join(out) + "])" * (len(out) - 1) + ")"


class _Union(_Record):
    """A union: its discriminant, and the arms, of which `switch` is the one that counts (None for void)."""

    _arms = {}  # value of the discriminant -> arm
    _default = ()
    _through = "switch"

    @property
    def switch(self):
        case = getattr(self, self._fields[0])
        arm = self._arms.get(case, *self._default) if self._default else self._arms[case]
        return None if arm is None else getattr(self, arm)'''


def emit_types(specification: Specification, scope: Scope) -> Writer:
    """Return the classes, then the names that typedefs give to them and to enums."""
    emitter = _Emitter(scope)
    for line in _HELPERS.split("\n"):
        emitter.out.line(line)
    for item in specification.definitions:
        if isinstance(item, Struct):
            emitter.struct(item)
        elif isinstance(item, Union):
            emitter.union(item)
    emitter.aliases(specification)
    return emitter.out


def behind(declaration: Declaration, scope: Scope) -> Struct | Union | Enum | None:
    """Return the struct, union or enum that one value of a declaration's type is, through typedefs; None for others."""
    found = scope.resolve(declaration)
    target = scope.types.get(found.type.name) if isinstance(found.type, NamedType) else None
    return target if found.shape is Shape.ONE and isinstance(target, Struct | Union | Enum) else None


def link_of(item: Struct, scope: Scope) -> Declaration | None:
    """Return the last field of a struct if that is an optional of the struct itself."""
    last = item.fields[-1]
    found = scope.resolve(last)
    one = Declaration(found.place, found.name, found.type)
    return last if found.shape is Shape.OPTIONAL and behind(one, scope) is item else None


class _Emitter:
    def __init__(self, scope: Scope) -> None:
        self.out = Writer()
        self._scope = scope
        self._names = XdrlibNames(frozenset(scope.types), frozenset())

    def struct(self, item: Struct) -> None:
        """Write a struct's class. One that holds a single struct or union passes on what it does not have."""
        inner = [one.name for one in item.fields if isinstance(behind(one, self._scope), Struct | Union)]
        link = link_of(item, self._scope)
        self.out.blank(2)
        with self.out.block(f"class {self._names.cls(item.name)}(_Record):"):
            self._head(item, list(item.fields))
            if link is not None:
                self.out.line(f'_link = "{field(link.name)}"')
            if len(inner) == 1:
                self.out.line(f'_through = "{field(inner[0])}"')
            self._init(list(item.fields))

    def union(self, item: Union) -> None:
        """Write a union's class."""
        arms = [case.arm for case in item.cases] + ([item.default] if item.default else [])
        fields = [item.discriminant, *(arm for arm in arms if not arm.is_void())]
        self.out.blank(2)
        with self.out.block(f"class {self._names.cls(item.name)}(_Union):"):
            self._head(item, fields)
            cases = [f"{value(label)}: {_arm(case.arm)}" for case in item.cases for label in case.labels]
            self.out.call("_arms = {", cases, "}")
            if item.default is not None:
                self.out.line(f"_default = ({_arm(item.default)},)")
            self._init(fields)

    def aliases(self, specification: Specification) -> None:
        """Write `new = old` for typedefs of one struct, union or enum."""
        for item in specification.definitions:
            target = behind(item.declaration, self._scope) if isinstance(item, Typedef) else None
            if target is not None:
                enum = isinstance(target, Enum)
                old = f"const.{constant(target.name)}" if enum else self._names.cls(target.name)
                self.out.blank(0 if self.out.body()[-1][:1].strip() else 2)
                self.out.line(f"{self._names.cls(item.name)} = {old}")

    def _head(self, item: Struct | Union, fields: list[Declaration]) -> None:
        self.out.docstring(item.doc.source.split("\n"))
        self.out.blank(1)
        self.out.call("_fields = (", [f'"{field(one.name)}"' for one in fields], ",)" if len(fields) == 1 else ")")
        enums = [(one, self._enum(one)) for one in fields]
        rows = [f'"{field(one.name)}": const.{constant(enum)}' for one, enum in enums if enum is not None]
        if rows:
            self.out.call("_enums = {", rows, "}")

    def _enum(self, declaration: Declaration) -> str | None:
        """Return the enum whose members one field, or the items of a list, are."""
        found = self._scope.resolve(declaration)
        target = behind(Declaration(found.place, found.name, found.type), self._scope)
        return target.name if isinstance(target, Enum) else None

    def _init(self, fields: list[Declaration]) -> None:
        names = [field(one.name) for one in fields]
        self.out.blank(1)
        self.out.call("def __init__(", ["self", *(f"{name}=None" for name in names)], "):")
        with self.out.indented():
            for name in names:
                self.out.line(f"self.{name} = {name}")


def _arm(arm: Declaration) -> str:
    return "None" if arm.is_void() else f'"{field(arm.name)}"'
