"""Unions (RFC 4506 section 4.15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from oncrpc import codegen, plain
from oncrpc.composite import VOID
from oncrpc.errors import ArmMismatch, XdrError
from oncrpc.items import Type

if TYPE_CHECKING:
    from oncrpc.values import Union

U = TypeVar("U", bound="Union")
V = TypeVar("V")

Arm = tuple[str, Type[Any]] | None
"""An arm of a union: its name and type, or None for void."""


class NoDefault:
    """Stands for: no default arm, another discriminant is an error."""


NO_DEFAULT: Final = NoDefault()


class UnionType(Type[U]):
    """union switch: a discriminant, then the arm it selects (RFC 4506 section 4.15)."""

    def __init__(
        self, cls: type[U], discriminant: Type[Any], arms: Mapping[int, Arm], default: Arm | NoDefault, switch: str
    ) -> None:
        super().__init__(cls.__name__, min_size=4)
        self.cls = cls
        self.switch = switch
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

    def make_plain(self, value: U, depth: int) -> Any:
        if not self.accepts(value):
            raise plain.expected(self, value)
        made = {self.switch: self._part(self.switch, self.discriminant.make_plain, value.discriminant, depth)}
        name, arm = self._selected(value.discriminant)
        if name:
            made[name] = self._part(name, arm.make_plain, value.value, depth)
        return made

    def read_plain(self, data: object, depth: int) -> U:
        given = plain.some_fields(data, self)
        if self.switch not in given:
            raise plain.missing(self.switch)
        case = self._part(self.switch, self.discriminant.read_plain, given[self.switch], depth)
        name, arm = self._selected(case)
        names = (self.switch, name) if name else (self.switch,)
        plain.fields(data, names, f"{self} for {self.discriminant.make_plain(case, depth)}")
        return self.cls(case, self._part(name, arm.read_plain, given[name], depth) if name else None)

    def _selected(self, case: int) -> tuple[str, Type[Any]]:
        """Return the arm as `arm` does; one that is called as the discriminant is has an underscore behind its name."""
        try:
            name, arm = self.arm(case)
        except ArmMismatch:
            error = plain.expected(f"a case of {self}", case)
            error.inside(f".{self.switch}")
            raise error from None
        return (f"{name}_" if name == self.switch else name), arm

    def _part(self, name: str, convert: Callable[[Any, int], V], found: Any, depth: int) -> V:
        try:
            return convert(found, depth)
        except plain.Misfit as error:
            error.inside(f".{name}")
            raise


class _Prefixed(Type[Any]):
    """A union's arm with the discriminant packed before it, fused with the arm's first fields."""

    def __init__(self, owner: UnionType[Any], discriminant: int, arm: Type[Any]) -> None:
        super().__init__(f"{owner} {discriminant}", min_size=4 + arm.min_size)
        self.owner = owner
        self.number = int(discriminant)
        self.arm = arm

    def children(self) -> list[tuple[str, codegen.Node]]:
        return [("", self.arm)]

    def accepts(self, value: object) -> bool:
        return self.arm.accepts(value)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        if self.owner.discriminant.min_size == 8:
            out.pack("Q", str(self.number & 0xFFFFFFFFFFFFFFFF))
        else:
            out.pack("I", str(self.number & 0xFFFFFFFF))
        self.arm.emit_encode(out, expr)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        raise XdrError(f"{self} is only written")
