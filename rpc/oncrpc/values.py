"""The values of structs and unions: what generated classes derive from."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast

from oncrpc.composite import Struct
from oncrpc.errors import ArmMismatch
from oncrpc.unions import UnionType

R = TypeVar("R", bound="Record")
U = TypeVar("U", bound="Union")


class Record:
    """Base of generated structs: equality, repr, and the way to and from bytes."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    _xdr_: ClassVar[Struct[Any]]

    def to_xdr(self) -> bytes:
        """Return the wire form. Raises XdrError when a field does not fit."""
        return self._xdr_.encode(self)

    @classmethod
    def from_xdr(cls: type[R], data: bytes) -> R:
        """Return the value that `data` holds, all of it. Raises XdrError."""
        return cast("R", cls._xdr_.unpack(data))

    def to_plain(self) -> dict[str, Any]:
        """Return plain data, which json.dumps takes (shapes: README.md). Raises XdrError naming what does not fit."""
        return cast("dict[str, Any]", self._xdr_.to_plain(self, type(self).__name__))

    @classmethod
    def from_plain(cls: type[R], data: object) -> R:
        """Return the value that plain data stands for. Raises XdrError naming what does not fit, by its path."""
        return cast("R", cls._xdr_.from_plain(data, cls.__name__))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        left: Any = self
        right: Any = other
        while True:  # a linked list is compared in a loop
            names = left.__slots__
            if any(getattr(left, name) != getattr(right, name) for name in names[:-1]):
                return False
            if not names:
                return True
            left, right = getattr(left, names[-1]), getattr(right, names[-1])
            if type(left) is not type(self) or type(right) is not type(self):
                return bool(left == right)

    def __repr__(self) -> str:
        parts = []
        names: tuple[str, ...] = self.__slots__
        for name in names:
            value = getattr(self, name)
            parts.append(f"{name}=..." if type(value) is type(self) else f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(parts)})"


class Union:
    """Base of generated unions: `discriminant` selects the arm, `value` is the arm's value (None for void)."""

    __slots__ = ("discriminant", "value")
    __match_args__ = ("discriminant", "value")
    __hash__ = None  # type: ignore[assignment]
    _xdr_: ClassVar[UnionType[Any]]

    def __init__(self, discriminant: int, value: object = None) -> None:
        """Raises ArmMismatch when no arm is selected, or `value` is not of the selected arm's type."""
        name, arm = self._xdr_.arm(discriminant)
        if not arm.accepts(value):
            raise ArmMismatch(f"{self._xdr_}: arm {name or 'void'} ({arm}) does not take {type(value).__name__}")
        self.discriminant: Any = discriminant
        self.value: Any = value

    def _arm(self, name: str) -> Any:
        selected = self._xdr_.arm(self.discriminant)[0]
        if selected != name:
            raise ArmMismatch(f"{self._xdr_}: {self.discriminant!r} selects {selected or 'void'}, not {name}")
        return self.value

    def to_xdr(self) -> bytes:
        """Return the wire form. Raises XdrError when the value does not fit."""
        return self._xdr_.encode(self)

    @classmethod
    def from_xdr(cls: type[U], data: bytes) -> U:
        """Return the value that `data` holds, all of it. Raises XdrError."""
        return cast("U", cls._xdr_.unpack(data))

    def to_plain(self) -> dict[str, Any]:
        """Return plain data, which json.dumps takes (shapes: README.md). Raises XdrError naming what does not fit."""
        return cast("dict[str, Any]", self._xdr_.to_plain(self, type(self).__name__))

    @classmethod
    def from_plain(cls: type[U], data: object) -> U:
        """Return the value that plain data stands for. Raises XdrError naming what does not fit, by its path."""
        return cast("U", cls._xdr_.from_plain(data, cls.__name__))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Union) or type(other) is not type(self):
            return NotImplemented
        return bool(self.discriminant == other.discriminant and self.value == other.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.discriminant!r}, {self.value!r})"
