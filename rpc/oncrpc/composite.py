"""Types made of types (RFC 4506 sections 4.12 to 4.19): arrays, optional data, structs, unions, and references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from oncrpc import codegen
from oncrpc.errors import ArmMismatch, XdrError
from oncrpc.items import MAX_LENGTH, Type, Void

if TYPE_CHECKING:
    from oncrpc.values import Record, Union

T = TypeVar("T")
R = TypeVar("R", bound="Record")
U = TypeVar("U", bound="Union")

VOID: Final[Type[None]] = Void("void", min_size=0, fixed=True)


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


class Struct(Type[R]):
    """struct: its fields one after the other (RFC 4506 section 4.14).

    A struct that ends in a pointer to itself is a linked list; it is read and written in a loop, to any length.
    """

    def __init__(self, cls: type[R], fields: tuple[tuple[str, Type[Any]], ...]) -> None:
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
        names = [out.name() for _ in self.fields]
        for name, (_, item) in zip(names, self.fields, strict=True):
            item.emit_decode(out, name)
        out.then(f"{target} = {out.const(self.cls)}({', '.join(names)})")

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


Arm = tuple[str, Type[Any]] | None
"""An arm of a union: its name and type, or None for void."""


class NoDefault:
    """Stands for: no default arm, another discriminant is an error."""


NO_DEFAULT: Final = NoDefault()


class UnionType(Type[U]):
    """union switch: a discriminant, then the arm it selects (RFC 4506 section 4.15)."""

    def __init__(
        self, cls: type[U], discriminant: Type[Any], arms: Mapping[int, Arm], default: Arm | NoDefault
    ) -> None:
        super().__init__(cls.__name__, min_size=4)
        self.cls = cls
        self.discriminant = discriminant
        self.arms: dict[int, tuple[str, Type[Any]]] = {value: arm or ("", VOID) for value, arm in arms.items()}
        self.default = None if isinstance(default, NoDefault) else (default or ("", VOID))

    def children(self) -> list[tuple[str, codegen.Node]]:
        arms = list(self.arms.values()) + ([self.default] if self.default else [])
        return [("", self.discriminant), *arms]

    def arm(self, discriminant: int) -> tuple[str, Type[Any]]:
        """Return (name, type) of the arm that `discriminant` selects. Raises ArmMismatch when none is."""
        found = self.arms.get(discriminant, self.default)
        if found is None or not self.discriminant.accepts(discriminant):
            raise ArmMismatch(f"{self}: no arm for {discriminant!r}")
        return found

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.cls)

    def arm_encoder(self, discriminant: int) -> Callable[[Any], bytes]:
        """Return a function from an arm's value to the whole union's bytes, for those who hold no union object.

        It is compiled code, for the hot path: for a value that does not fit it raises XdrError or items.WRONG_VALUE.
        """
        return codegen.compile_bytes(_Prefixed(self, discriminant, self.arm(discriminant)[1]))

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        expr = out.local(expr)
        value = out.local(f"{expr}.discriminant")
        self.discriminant.emit_encode(out, value)
        out.flush()
        table = {number: codegen.Later(arm, "encoder") for number, (_, arm) in self.arms.items()}
        default = codegen.Later(self.default[1], "encoder") if self.default else None
        arm = out.local(f"{out.const(table)}.get({value}, {out.const(default)})")
        out.line(f"if {arm} is None: raise {out.error(f'{self}: no arm for this discriminant')}")
        out.line(f"{arm}({expr}.value, w, k)")

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        value, item = out.name(), out.name()
        self.discriminant.emit_decode(out, value)
        out.flush()
        table = {number: codegen.Later(arm, "decoder") for number, (_, arm) in self.arms.items()}
        default = codegen.Later(self.default[1], "decoder") if self.default else None
        out.line(f"{item} = {out.const(table)}.get({value}, {out.const(default)})")
        out.line(f"if {item} is None: raise {out.error(f'{self}: no arm for this discriminant')}")
        out.line(f"{item}, o = {item}(d, o, k)")
        # Not through __init__: what was read by the arm's own type fits it.
        out.line(f"{target} = {out.const(object.__new__)}({out.const(self.cls)})")
        out.line(f"{target}.discriminant = {value}")
        out.line(f"{target}.value = {item}")


class _Prefixed(Type[Any]):
    """A union's arm with the discriminant packed before it, fused with the arm's first fields."""

    def __init__(self, owner: UnionType[Any], discriminant: int, arm: Type[Any]) -> None:
        super().__init__(f"{owner} {discriminant}", min_size=4 + arm.min_size)
        self.number = int(discriminant)
        self.arm = arm

    def children(self) -> list[tuple[str, codegen.Node]]:
        return [("", self.arm)]

    def accepts(self, value: object) -> bool:
        return self.arm.accepts(value)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        out.pack("i", str(self.number))
        self.arm.emit_encode(out, expr)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        raise XdrError(f"{self} is only written")
