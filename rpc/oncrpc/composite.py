"""Types made of types (RFC 4506 sections 4.12 to 4.19): arrays, optional data, structs, references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from oncrpc import codegen, plain
from oncrpc.items import MAX_LENGTH, Scalar, Type, Void

if TYPE_CHECKING:
    from oncrpc.values import Record

T = TypeVar("T")
V = TypeVar("V")
R = TypeVar("R", bound="Record")

VOID: Final[Type[None]] = Void("void", min_size=0, fixed=True)


def _each(convert: Callable[[Any, int], V], found: Iterable[Any], depth: int) -> list[V]:
    """Return what `convert` makes of each item. Adds the item's number to the path of what does not fit."""
    made: list[V] = []
    try:
        for item in found:
            made.append(convert(item, depth))
    except plain.Misfit as error:
        error.inside(f"[{len(made)}]")
        raise
    return made


class Array(Type[list[T]]):
    """T x[n], or T x<max> with a count before it (RFC 4506 sections 4.12, 4.13)."""

    def __init__(self, element: Type[T], count: int | None, bound: int) -> None:
        name = f"{element}[{count}]" if count is not None else f"{element}<{'' if bound == MAX_LENGTH else bound}>"
        super().__init__(name, min_size=4 if count is None else count * element.min_size)
        self.element = element
        self.count = count
        self.bound = bound

    def children(self) -> list[tuple[str, codegen.Node]]:
        return [("[]", self.element)]

    def accepts(self, value: object) -> bool:
        return isinstance(value, list | tuple)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        items = out.local(expr)
        if self.count is None:
            size = out.local(f"len({items})")
            out.line(f"if {size} > {self.bound}: raise {out.error(f'{self}: too many items')}")
            out.pack("I", size)
        else:
            out.line(f"if len({items}) != {self.count}: raise {out.error(f'{self}: not {self.count} items')}")
        out.flush()
        item = out.name()
        with out.block(f"for {item} in {items}:"):
            self.element.emit_encode(out, item)
            out.flush()

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        size: str = str(self.count)
        if self.count is None:
            size = out.name()
            out.unpack("I", 4, size)
            out.flush()
            if self.bound < MAX_LENGTH:
                out.line(f"if {size} > {self.bound}: raise {out.error(f'{self}: too many items')}")
        out.flush()
        # An element of no bytes at all still counts one, so that a count alone cannot make us allocate.
        least = max(self.element.min_size, 1)
        out.line(f"if {size} * {least} > len(d) - o: raise {out.error(f'{self}: more items than the data holds')}")
        item = out.name()
        out.line(f"{target} = []")
        with out.block(f"for {out.name()} in range({size}):"):
            self.element.emit_decode(out, item)
            out.flush()
            out.line(f"{target}.append({item})")

    def make_plain(self, value: list[T], depth: int) -> Any:
        return _each(self.element.make_plain, self._counted(value), depth)

    def read_plain(self, data: object, depth: int) -> list[T]:
        return _each(self.element.read_plain, self._counted(data), depth)

    def _counted(self, found: object) -> Iterable[Any]:
        return plain.items(found, self.count or 0, self.bound, self)


class Optional(Type[T | None]):
    """T *x: a flag, then the value if it is there (RFC 4506 section 4.19)."""

    def __init__(self, element: Type[T]) -> None:
        super().__init__(f"{element}*", min_size=4)
        self.element = element

    def children(self) -> list[tuple[str, codegen.Node]]:
        return [("*", self.element)]

    def accepts(self, value: object) -> bool:
        return value is None or self.element.accepts(value)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        out.flush()
        expr = out.local(expr)
        with out.block(f"if {expr} is None:"):
            out.line("w(ZERO)")
        with out.block("else:"):
            out.pack("I", "1")
            self.element.emit_encode(out, expr)
            out.flush()

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        flag = out.name()
        out.unpack("I", 4, flag)
        out.flush()
        with out.block(f"if {flag}:"):
            self.element.emit_decode(out, target)
            out.flush()
        with out.block("else:"):
            out.line(f"{target} = None")

    def make_plain(self, value: T | None, depth: int) -> Any:
        linked, depth = self._linked(depth)
        if linked is not None:
            return linked.list_to_plain(value, depth)
        return None if value is None else self.element.make_plain(value, depth)

    def read_plain(self, data: object, depth: int) -> T | None:
        linked, depth = self._linked(depth)
        if linked is not None:
            return cast("T | None", linked.plain_to_list(data, depth))
        return None if data is None else self.element.read_plain(data, depth)

    def _linked(self, depth: int) -> tuple[Struct[Any] | None, int]:
        """Return the struct whose linked list this points to, or None; and the depth inside."""
        target: Type[Any] = self.element.target() if isinstance(self.element, Ref) else self.element
        if not isinstance(target, Struct) or not target.is_list():
            return None, depth
        return target, plain.deeper(depth) if target is not self.element else depth


class Ref(Type[T]):
    """A type declared further down, or the type itself: looked up when first used."""

    def __init__(self, resolve: Callable[[], Type[T]]) -> None:
        super().__init__("(recursive)", min_size=0)
        self._resolve = resolve

    def target(self) -> Type[T]:
        """Return the type that this stands for."""
        found = self._resolve()
        return found.target() if isinstance(found, Ref) else found

    def accepts(self, value: object) -> bool:
        return self.target().accepts(value)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        out.call(self.target(), expr)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        out.call(self.target(), target)

    def make_plain(self, value: T, depth: int) -> Any:
        return self.target().make_plain(value, plain.deeper(depth))

    def read_plain(self, data: object, depth: int) -> T:
        return self.target().read_plain(data, plain.deeper(depth))


class TupleOf(Type[tuple[Any, ...]]):
    """Several values one after the other: the arguments of a procedure that takes more than one."""

    def __init__(self, items: tuple[Type[Any], ...]) -> None:
        super().__init__("arguments", min_size=sum(item.min_size for item in items))
        self.items = items

    def children(self) -> list[tuple[str, codegen.Node]]:
        return [(str(number), item) for number, item in enumerate(self.items)]

    def accepts(self, value: object) -> bool:
        return isinstance(value, tuple) and len(value) == len(self.items)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        names = [out.name() for _ in self.items]
        out.line(f"{', '.join(names)}, = {expr}")
        for name, item in zip(names, self.items, strict=True):
            item.emit_encode(out, name)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        names = [out.name() for _ in self.items]
        for name, item in zip(names, self.items, strict=True):
            item.emit_decode(out, name)
        out.flush()
        out.line(f"{target} = ({', '.join(names)},)")

    def make_plain(self, value: tuple[Any, ...], depth: int) -> Any:
        return self._each(value, "make_plain", depth)

    def read_plain(self, data: object, depth: int) -> tuple[Any, ...]:
        return tuple(self._each(data, "read_plain", depth))

    def _each(self, found: object, how: str, depth: int) -> list[Any]:
        size = len(self.items)
        pairs = zip(self.items, plain.items(found, size, size, f"{size} {self}"), strict=True)
        return _each(lambda pair, depth: getattr(pair[0], how)(pair[1], depth), pairs, depth)


Fields = tuple[tuple[str, Type[Any]], ...]
"""The fields of a struct: their names and types."""


class Struct(Type[R]):
    """struct: its fields one after the other (RFC 4506 section 4.14).

    A struct that ends in a pointer to itself is a linked list; it is read and written in a loop, to any length.
    """

    def __init__(self, cls: type[R], fields: Fields) -> None:
        fixed = all(item.fixed for _, item in fields)
        super().__init__(cls.__name__, min_size=sum(item.min_size for _, item in fields), fixed=fixed)
        self.cls = cls
        self.fields = fields
        # Small ones are written into their user's code; the others are called.
        self.leaves = sum(item.leaves for _, item in fields)

    def children(self) -> list[tuple[str, codegen.Node]]:
        return list(self.fields)

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.cls)

    def is_list(self) -> bool:
        """Return whether the last field points to the struct itself."""
        last: Type[Any] = self.fields[-1][1] if self.fields else VOID
        if isinstance(last, Ref):
            last = last.target()
        if not isinstance(last, Optional):
            return False
        element = last.element.target() if isinstance(last.element, Ref) else last.element
        return element is self

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        if not out.inlines(self):
            out.call(self, expr)
            return
        expr = out.local(expr)
        if out.owner is self and self.is_list():
            self._emit_encode_list(out, expr)
            return
        for name, item in self.fields:
            item.emit_encode(out, f"{expr}.{name}")

    def _emit_encode_list(self, out: codegen.Encoder, node: str) -> None:
        out.flush()
        with out.block("while True:"):
            for name, item in self.fields[:-1]:
                item.emit_encode(out, f"{node}.{name}")
            out.flush()
            out.line(f"{node} = {node}.{self.fields[-1][0]}")
            with out.block(f"if {node} is None:"):
                out.line("w(ZERO)")
                out.line("break")
            out.line("w(ONE)")

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        if not out.inlines(self):
            out.call(self, target)
            return
        if out.owner is self and self.is_list():
            self._emit_decode_list(out, target)
            return
        # Not through __init__, which only keeps what it is given: that takes as long as all the rest.
        out.first(f"{target} = {out.const(partial(object.__new__, self.cls))}()")
        for field, item in self.fields:
            if isinstance(item, Scalar) and not item.high:
                item.emit_decode(out, f"{target}.{field}")
                continue
            name = out.name()
            item.emit_decode(out, name)
            out.then(f"{target}.{field} = {name}")

    def _emit_decode_list(self, out: codegen.Decoder, target: str) -> None:
        names = [out.name() for _ in self.fields[:-1]]
        node, last, flag = out.name(), out.name(), out.name()
        out.line(f"{target} = {last} = None")
        with out.block("while True:"):
            for name, (_, item) in zip(names, self.fields, strict=False):
                item.emit_decode(out, name)
            out.unpack("I", 4, flag)
            out.flush()
            out.line(f"{node} = {out.const(self.cls)}({', '.join(names + ['None'])})")
            with out.block(f"if {last} is None:"):
                out.line(f"{target} = {node}")
            with out.block("else:"):
                out.line(f"{last}.{self.fields[-1][0]} = {node}")
            out.line(f"{last} = {node}")
            out.line(f"if not {flag}: break")

    def make_plain(self, value: R, depth: int) -> Any:
        return self._fields_to_plain(value, self.fields, depth)

    def read_plain(self, data: object, depth: int) -> R:
        return self._made(self._plain_to_fields(data, self.fields, depth))

    def list_to_plain(self, node: R | None, depth: int) -> list[dict[str, Any]]:
        """Return the nodes of a linked list, without the field that links them."""

        def convert(node: R, depth: int) -> dict[str, Any]:
            return self._fields_to_plain(node, self.fields[:-1], depth)

        return _each(convert, self._nodes(node), depth)

    def _nodes(self, node: R | None) -> Iterator[R]:
        while node is not None:
            yield node
            node = getattr(node, self.fields[-1][0])

    def plain_to_list(self, data: object, depth: int) -> R | None:
        """Return the first node of the linked list that a list of nodes stands for; None for none, and for null."""
        found = () if data is None else plain.items(data, 0, MAX_LENGTH, f"a list of {self}")
        rows = _each(lambda item, depth: self._plain_to_fields(item, self.fields[:-1], depth), found, depth)
        node: R | None = None
        for row in reversed(rows):
            node = self._made([*row, node])
        return node

    def _made(self, values: list[Any]) -> R:
        cls: Callable[..., R] = self.cls
        return cls(*values)

    def _fields_to_plain(self, value: R, fields: Fields, depth: int) -> dict[str, Any]:
        if not self.accepts(value):
            raise plain.expected(self, value)
        made = {}
        for name, item in fields:
            try:
                made[name] = item.make_plain(getattr(value, name), depth)
            except plain.Misfit as error:
                error.inside(f".{name}")
                raise
        return made

    def _plain_to_fields(self, data: object, fields: Fields, depth: int) -> list[Any]:
        given = plain.fields(data, [name for name, _ in fields], self)
        made = []
        for name, item in fields:
            try:
                made.append(item.read_plain(given[name], depth))
            except plain.Misfit as error:
                error.inside(f".{name}")
                raise
        return made
