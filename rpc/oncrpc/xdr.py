"""XDR (RFC 4506): type descriptors, and the codec engine that compiles them.

A descriptor says what a value looks like on the wire; `xdr.struct(...)` and its neighbours build them, and generated
modules are made of them. On first use a descriptor is compiled (codegen.py) into a Python function for each direction,
in which fixed-size neighbours share one struct.Struct. Strings are str (UTF-8, other bytes kept by surrogateescape).

Reading is strict where it protects and lenient where other implementations differ: every length is checked against its
bound and against the bytes that are there before anything is allocated, enum values and union arms must be declared,
while padding bytes are not looked at, and any non-zero word is TRUE (as in libtirpc).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final, TypeVar

from oncrpc.composite import VOID, Array, Optional, Ref, Struct, TupleOf
from oncrpc.items import MAX_LENGTH, Boolean, Counted, Enumeration, FixedOpaque, Scalar, Type
from oncrpc.unions import NO_DEFAULT, Arm, NoDefault, UnionType
from oncrpc.values import Record, Union

__all__ = [
    "BOOL", "CHAR", "DOUBLE", "FLOAT", "HYPER", "INT", "NO_DEFAULT", "QUADRUPLE", "SHORT", "UCHAR", "UHYPER", "UINT",
    "USHORT", "VOID", "Record", "Type", "Union", "array", "enum", "fixed_opaque", "opaque", "optional", "ref", "string",
    "struct", "tuple_of", "union", "varray",
]  # fmt: skip

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)
R = TypeVar("R", bound=Record)
U = TypeVar("U", bound=Union)

INT: Final[Type[int]] = Scalar("int", "i", 4, (int,))
UINT: Final[Type[int]] = Scalar("unsigned int", "I", 4, (int,))
HYPER: Final[Type[int]] = Scalar("hyper", "q", 8, (int,))
UHYPER: Final[Type[int]] = Scalar("unsigned hyper", "Q", 8, (int,))
FLOAT: Final[Type[float]] = Scalar("float", "f", 4, (float, int))
DOUBLE: Final[Type[float]] = Scalar("double", "d", 8, (float, int))
# One word each, as rpcgen has them. The unsigned ones keep their low bits when read, as C does.
CHAR: Final[Type[int]] = Scalar("char", "i", 4, (int,), -128, 255)
UCHAR: Final[Type[int]] = Scalar("unsigned char", "3xB", 4, (int,))
SHORT: Final[Type[int]] = Scalar("short", "i", 4, (int,), -32768, 32767)
USHORT: Final[Type[int]] = Scalar("unsigned short", "2xH", 4, (int,))
BOOL: Final[Type[bool]] = Boolean("bool", min_size=4, fixed=True)


def string(max: int | None = None) -> Type[str]:
    """Return string<max>; max in bytes."""
    return Counted[str]("string", MAX_LENGTH if max is None else max, text=True)


def opaque(max: int | None = None) -> Type[bytes]:
    """Return opaque<max>; max in bytes."""
    return Counted[bytes]("opaque", MAX_LENGTH if max is None else max, text=False)


def fixed_opaque(size: int) -> Type[bytes]:
    """Return opaque[size]."""
    return FixedOpaque(size)


QUADRUPLE: Final[Type[bytes]] = FixedOpaque(16)
"""A quadruple-precision float, as its 16 bytes: Python has no such number (RFC 4506 section 4.8)."""


def array(element: Type[T], count: int) -> Type[list[T]]:
    """Return T[count]."""
    return Array(element, count, count)


def varray(element: Type[T], max: int | None = None) -> Type[list[T]]:
    """Return T<max>."""
    return Array(element, None, MAX_LENGTH if max is None else max)


def optional(element: Type[T]) -> Type[T | None]:
    """Return T *: the value or None. Where T's own values may be None, varray(element, 1) has the same bytes."""
    return Optional(element)


def enum(cls: type[E]) -> Type[E]:
    """Return the type of an enum whose members are those of `cls`."""
    return Enumeration(cls)


def ref(resolve: Callable[[], Type[T]]) -> Type[T]:
    """Return a stand-in for a type that is declared later; `resolve` gives it."""
    return Ref(resolve)


def tuple_of(*items: Type[Any]) -> Type[tuple[Any, ...]]:
    """Return the type of several values in a row."""
    return TupleOf(items)


def struct(cls: type[R], *fields: tuple[str, Type[Any]]) -> Type[R]:
    """Return the type of `cls`, whose constructor takes these fields in this order."""
    made = Struct(cls, fields)
    cls._xdr_ = made
    return made


def union(
    cls: type[U],
    discriminant: Type[Any],
    arms: Mapping[int, Arm],
    default: Arm | NoDefault = NO_DEFAULT,
    switch: str = "discriminant",
) -> Type[U]:
    """Return the type of `cls`; `arms` maps discriminant values to (name, type), or None for void.

    switch: the discriminant's name in the .x file, and in plain data.
    """
    made = UnionType(cls, discriminant, {int(number): arm for number, arm in arms.items()}, default, switch)
    cls._xdr_ = made
    return made
