"""The module of packer and unpacker, style `xdrlib`: a method a type in each, written from the same walk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyrpcgen.emit.writer import Writer
from pyrpcgen.emit.xdrlib_names import SMALL, WORDS, XdrlibNames, constant, field, value
from pyrpcgen.emit.xdrlib_types import link_of
from pyrpcgen.nodes import (
    Basic,
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
from pyrpcgen.scope import Scope

MAX_DEPTH: Final = 64
"""How deep the unpacker follows types that hold themselves, where they are no linked list."""

_CHECKS: Final = f'''\
class _Checks:
    """What both share: the checks, and the filters that a subclass may define as filter_TYPE(data)."""

    _depth = 0

    def _filtered(self, name, data):
        hook = getattr(self, "filter_" + name, None)
        return data if hook is None else hook(data)

    def _known(self, name, data, members):
        if self.check_enum and data not in members:
            raise XDRError(f"value={{data}} not in enum {{name}}")
        return data

    def _limit(self, name, size, bound):
        if self.check_array and size > bound:
            raise XDRError(f"{{name}}: length {{size}}, at most {{bound}}")

    def _within(self, name, data, low, high):
        if not low <= data <= high:
            raise XDRError(f"{{data}} is no {{name}}")
        return data

    def _given(self, name, data):
        if data is None:
            raise TypeError(f"{{name}} is None")
        return data

    def _another(self, name):
        count = self.unpack_uint()
        if count > 1:
            raise XDRError(f"{{name}}: length {{count}}, at most 1")
        return count

    def _unpack_items(self, name, unpack_item, bound=None):
        count = self.unpack_uint()
        if bound is not None:
            self._limit(name, count, bound)
        self._depth += 1
        try:
            if self._depth > {MAX_DEPTH}:
                raise XDRError(f"{{name}}: nested more than {MAX_DEPTH} deep")
            return [unpack_item() for _ in range(count)]
        finally:
            self._depth -= 1

    def _unpack_bytes(self, name, bound):
        count = self.unpack_uint()
        self._limit(name, count, bound)
        return self.unpack_fopaque(count)'''

_INIT: Final = {
    "Packer": ["def __init__(self, check_enum=True, check_array=True):", "    xdrlib3.Packer.__init__(self)"],
    "Unpacker": [
        "def __init__(self, data, check_enum=True, check_array=True):",
        "    xdrlib3.Unpacker.__init__(self, data)",
    ],
}


def emit_pack(specification: Specification, scope: Scope, prefix: str) -> Writer:
    """Return the classes; `prefix` is what their names begin with."""
    out = Writer()
    for line in _CHECKS.split("\n"):
        out.line(line)
    used = {one.basic() for one in _declarations(specification)}
    small = [kind for kind in SMALL if kind in used]
    own = frozenset(WORDS[kind] for kind in [*small, Basic.QUADRUPLE] if kind in used)
    names = XdrlibNames(frozenset(scope.types), own)
    types = [item for item in specification.definitions if not isinstance(item, Constant | Program)]
    for kind, emitter in (("Packer", _Packing(scope, names, out)), ("Unpacker", _Unpacking(scope, names, out))):
        word = kind.removesuffix("er").lower()
        out.blank(2)
        with out.block(f"class {prefix}{kind}(_Checks, xdrlib3.{kind}):"):
            for line in _INIT[kind]:
                out.line(line)
            out.line("    self.check_enum = check_enum")
            out.line("    self.check_array = check_array")
            out.blank(1)
            out.line(f"{word}_unsigned = xdrlib3.{kind}.{word}_uint")
            for one in small:
                emitter.small(WORDS[one], *SMALL[one])
            if Basic.QUADRUPLE in used:
                emitter.quadruple()
            for item in types:
                emitter.type(item)
    return out


def _declarations(specification: Specification) -> Iterator[Declaration]:
    for item in specification.definitions:
        if isinstance(item, Typedef):
            yield item.declaration
        elif isinstance(item, Struct):
            yield from item.fields
        elif isinstance(item, Union):
            yield from (item.discriminant, *(case.arm for case in item.cases))
            yield from [item.default] if item.default else []


class _Walk:
    """What packing and unpacking have in common: which method a type needs, and under which name."""

    def __init__(self, scope: Scope, names: XdrlibNames, out: Writer) -> None:
        self.scope = scope
        self.names = names
        self.out = out

    def word(self, item: Declaration) -> str:
        """Return what stands behind pack_ and unpack_ for the items of a declaration."""
        basic = item.basic()
        if basic is not None:
            return WORDS[basic]
        return self.names.method(item.type.name) if isinstance(item.type, NamedType) else ""

    def bound(self, item: Declaration) -> str | None:
        """Return the most items that a declaration may have, None for any number."""
        if item.shape is Shape.OPTIONAL:
            return "1"
        return None if item.bound is None else value(item.bound)

    def is_bytes(self, item: Declaration) -> bool:
        """Whether a declaration's shape counts bytes."""
        return item.basic() in (Basic.STRING, Basic.OPAQUE)

    def link_filter(self, link: Declaration) -> str | None:
        """Return the typedef whose filter sees the link of a list, None where it is written as `*` in the struct."""
        while link.shape is Shape.ONE and isinstance(link.type, NamedType):
            target = self.scope.types[link.type.name]
            if not isinstance(target, Typedef):
                break
            if target.declaration.shape is not Shape.ONE:
                return target.name
            link = target.declaration
        return None

    def type(self, item: Type) -> None:
        """Write the method of a type."""
        raise NotImplementedError

    def small(self, word: str, low: int, high: int) -> None:
        """Write the method of a type that is narrower than 4 bytes."""
        raise NotImplementedError

    def quadruple(self) -> None:
        """Write the method for 16 bytes that Python has no number for."""
        raise NotImplementedError

    def cases(self, item: Union) -> Iterator[tuple[str, Declaration | None]]:
        """Yield `if ...:` and the arm behind it, for each arm; None where the value selects none."""
        switch, word = f"data.{field(item.discriminant.name)}", "if"
        for case in item.cases:
            labels = [value(label) for label in case.labels]
            test = f"== {labels[0]}" if len(labels) == 1 else f"in ({', '.join(labels)})"
            yield f"{word} {switch} {test}:", case.arm
            word = "elif"
        yield "else:" if item.cases else "if True:", item.default


class _Packing(_Walk):
    def small(self, word: str, low: int, high: int) -> None:
        self._head(word)
        self.out.line(f'    self.pack_int(self._within("{word}", data, {low}, {high}))')

    def quadruple(self) -> None:
        self._head("quadruple")
        self.out.line('    self._within("length of a quadruple", len(data), 16, 16)')
        self.out.line("    self.pack_fopaque(16, data)")

    def type(self, item: Type) -> None:
        self._head(self.names.method(item.name))
        with self.out.indented():
            if isinstance(item, Typedef):
                if item.declaration.shape is not Shape.ONE:
                    self._filter(item.name)
                self._one(item.declaration, "data", item.name)
            elif isinstance(item, Struct):
                self._struct(item)
            elif isinstance(item, Enum):
                self._filter(item.name)
                self.out.line(f'self.pack_int(self._known("{item.name}", data, const.{constant(item.name)}))')
            else:
                self._union(item)

    def _head(self, word: str) -> None:
        self.out.blank(1)
        self.out.line(f"def pack_{word}(self, data):")

    def _filter(self, name: str) -> None:
        self.out.line(f'data = self._filtered("{name}", data)')

    def _struct(self, item: Struct) -> None:
        link = link_of(item, self.scope)
        if link is None:
            self._filter(item.name)
            for one in item.fields:
                self._member(one, item.name)
            return
        label = f"{item.name}.{link.name}"
        with self.out.block("while True:"):
            self._filter(item.name)
            for one in item.fields[:-1]:
                self._member(one, item.name)
            self.out.line(f'link = self._given("{label}", data.{field(link.name)})')
            hook = self.link_filter(link)
            if hook is not None:
                self.out.line(f'link = self._filtered("{hook}", link)')
            self.out.line("self.pack_uint(len(link))")
            with self.out.block("if not link:"):
                self.out.line("return")
            with self.out.block("if len(link) > 1:"):
                self.out.line(f'raise XDRError(f"{label}: length {{len(link)}}, at most 1")')
            self.out.line("data = link[0]")

    def _union(self, item: Union) -> None:
        self._filter(item.name)
        self._member(item.discriminant, item.name)
        for head, arm in self.cases(item):
            with self.out.block(head):
                if arm is None:
                    self.out.line(f'raise XDRError(f"bad switch={{data.{field(item.discriminant.name)}}}")')
                elif arm.is_void():
                    self.out.line("pass")
                else:
                    self._member(arm, item.name)

    def _member(self, item: Declaration, owner: str) -> None:
        place, label = f"data.{field(item.name)}", f"{owner}.{item.name}"
        self.out.line(f'self._given("{label}", {place})')
        self._one(item, place, label)

    def _one(self, item: Declaration, place: str, label: str) -> None:
        word, bound = self.word(item), self.bound(item)
        if bound is not None and (item.shape is not Shape.FIXED or self.is_bytes(item)):
            self.out.line(f'self._limit("{label}", len({place}), {bound})')
        if item.shape is Shape.ONE:
            self.out.line(f"self.pack_{word}({place})")
        elif self.is_bytes(item):
            fixed = item.shape is Shape.FIXED
            self.out.line(f"self.pack_fopaque({bound}, {place})" if fixed else f"self.pack_{word}({place})")
        elif item.shape is Shape.FIXED:
            self.out.line(f"self.pack_farray({bound}, {place}, self.pack_{word})")
        else:
            self.out.line(f"self.pack_array({place}, self.pack_{word})")


class _Unpacking(_Walk):
    def small(self, word: str, low: int, high: int) -> None:
        self._head(word)
        self.out.line(f'    return self._within("{word}", self.unpack_int(), {low}, {high})')

    def quadruple(self) -> None:
        self._head("quadruple")
        self.out.line("    return self.unpack_fopaque(16)")

    def type(self, item: Type) -> None:
        self._head(self.names.method(item.name))
        with self.out.indented():
            if isinstance(item, Typedef):
                one = self._one(item.declaration, item.name)
                hooked = item.declaration.shape is not Shape.ONE
                self.out.line(f'return self._filtered("{item.name}", {one})' if hooked else f"return {one}")
            elif isinstance(item, Struct):
                self._struct(item)
            elif isinstance(item, Enum):
                self.out.line(f'data = self._known("{item.name}", self.unpack_int(), const.{constant(item.name)})')
                self.out.line(f'return self._filtered("{item.name}", data)')
            else:
                self._union(item)

    def _head(self, word: str) -> None:
        self.out.blank(1)
        self.out.line(f"def unpack_{word}(self):")

    def _struct(self, item: Struct) -> None:
        link = link_of(item, self.scope)
        if link is None:
            self.out.line(f"data = types.{self.names.cls(item.name)}()")
            for one in item.fields:
                self._member(one, item.name)
            self.out.line(f'return self._filtered("{item.name}", data)')
            return
        self.out.line("items = []")
        self.out.line("more = 1")
        with self.out.block("while more:"):
            self.out.line(f"data = types.{self.names.cls(item.name)}()")
            for one in item.fields[:-1]:
                self._member(one, item.name)
            self.out.line("items.append(data)")
            self.out.line(f'more = self._another("{item.name}.{link.name}")')
        self.out.line("link = []")
        hook = self.link_filter(link)
        with self.out.block("for data in reversed(items):"):
            filtered = "link" if hook is None else f'self._filtered("{hook}", link)'
            self.out.line(f"data.{field(link.name)} = {filtered}")
            self.out.line(f'link = [self._filtered("{item.name}", data)]')
        self.out.line("return link[0]")

    def _union(self, item: Union) -> None:
        self.out.line(f"data = types.{self.names.cls(item.name)}()")
        self._member(item.discriminant, item.name)
        for head, arm in self.cases(item):
            with self.out.block(head):
                if arm is None:
                    self.out.line(f'raise XDRError(f"bad switch={{data.{field(item.discriminant.name)}}}")')
                elif arm.is_void():
                    self.out.line("pass")
                else:
                    self._member(arm, item.name)
        self.out.line(f'return self._filtered("{item.name}", data)')

    def _member(self, item: Declaration, owner: str) -> None:
        self.out.line(f"data.{field(item.name)} = {self._one(item, f'{owner}.{item.name}')}")

    def _one(self, item: Declaration, label: str) -> str:
        word, bound = self.word(item), self.bound(item)
        if item.shape is Shape.ONE:
            return f"self.unpack_{word}()"
        if self.is_bytes(item):
            if item.shape is Shape.FIXED:
                return f"self.unpack_fopaque({bound})"
            return f"self.unpack_{word}()" if bound is None else f'self._unpack_bytes("{label}", {bound})'
        if item.shape is Shape.FIXED:
            return f"self.unpack_farray({bound}, self.unpack_{word})"
        return f'self._unpack_items("{label}", self.unpack_{word}{"" if bound is None else f", {bound}"})'
