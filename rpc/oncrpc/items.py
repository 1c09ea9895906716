"""Single items of XDR (RFC 4506 sections 4.1 to 4.11): numbers, booleans, opaque data, strings, enums."""

from __future__ import annotations

import struct as _struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, Generic, TypeVar, cast

from oncrpc import codegen, plain
from oncrpc.errors import XdrError

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)

MAX_LENGTH: Final = 0xFFFFFFFF
"""The bound of a length that has none of its own (RFC 4506 sections 4.10 to 4.13)."""

WRONG_VALUE: Final = (_struct.error, AttributeError, TypeError, OverflowError, UnicodeError, LookupError)
"""What compiled code raises for a value that does not fit; turned into XdrError with the field's name."""


class Type(codegen.Node, Generic[T]):
    """A wire type whose Python values are T. Immutable; shared freely between threads."""

    def encode(self, value: T) -> bytes:
        """Return the wire form of `value`. Raises XdrError naming the field that does not fit."""
        # The first use compiles; from then on an instance attribute of the same name holds the function itself.
        whole = self.__dict__.get("encode") or codegen.compile_whole_encoder(self, WRONG_VALUE, _misfit)
        self.__dict__["encode"] = whole
        return cast("bytes", whole(value))

    def decode(self, data: bytes | bytearray | memoryview, offset: int = 0) -> tuple[T, int]:
        """Return (value, offset behind it). Raises XdrError when the bytes are not such a value."""
        whole = data if type(data) is bytes else bytes(data)
        try:
            return cast("tuple[T, int]", self.decoder(whole, offset, 0))
        except _struct.error as exc:
            raise XdrError(f"{self}: the data ends too early") from exc

    def unpack(self, data: bytes | bytearray | memoryview) -> T:
        """Return the value that `data` holds, all of it. Raises XdrError, also for bytes left over."""
        whole = self.__dict__.get("unpack") or codegen.compile_whole_decoder(self, _wrong_size)
        self.__dict__["unpack"] = whole
        return cast("T", whole(data))

    def to_plain(self, value: T, name: str = "value") -> Any:
        """Return `value` as plain data, which json.dumps takes (shapes: README.md).

        name: what errors call the whole. Raises XdrError; its text begins with the path of the item that does not fit.
        """
        try:
            return self.make_plain(value, 0)
        except plain.Misfit as error:
            error.inside(name)
            raise
        except RecursionError:
            raise XdrError(f"{name}: nested too deep") from None

    def from_plain(self, data: object, name: str = "value") -> T:
        """Return the value that plain data stands for.

        name: what errors call the whole. Raises XdrError; its text begins with the path of the item that does not fit,
        as in `args.name[3].kind: expected color, found 'mauve'`.
        """
        try:
            return self.read_plain(data, 0)
        except plain.Misfit as error:
            error.inside(name)
            raise
        except RecursionError:
            raise XdrError(f"{name}: nested too deep") from None

    def make_plain(self, value: T, depth: int) -> Any:
        """Return plain data. depth: of types that lead back to themselves. Raises plain.Misfit."""
        raise NotImplementedError(self.type_name)

    def read_plain(self, data: object, depth: int) -> T:
        """Return the value. Raises plain.Misfit."""
        raise NotImplementedError(self.type_name)


RANGES: Final = {
    "i": (-(2**31), 2**31 - 1),
    "I": (0, 2**32 - 1),
    "q": (-(2**63), 2**63 - 1),
    "Q": (0, 2**64 - 1),
    "3xB": (0, 2**8 - 1),
    "2xH": (0, 2**16 - 1),
}
"""The lowest and highest number of each struct code that packs integers."""


def _misfit(node: codegen.Node, value: object, exc: Exception) -> XdrError:
    return XdrError(codegen.explain(node, value) or f"{node}: {exc}")


def _wrong_size(node: codegen.Node, size: int, end: int | None) -> XdrError:
    return XdrError(f"{node}: the data ends too early" if end is None else f"{node}: {size - end} bytes left over")


class Scalar(Type[T]):
    """A fixed-size item that one struct code packs and unpacks."""

    def __init__(self, name: str, code: str, size: int, python: tuple[type, ...], low: int = 0, high: int = 0) -> None:
        super().__init__(name, min_size=size, fixed=True)
        self.code = code
        self.python = python
        self.low = low
        self.high = high

    def accepts(self, value: object) -> bool:
        return isinstance(value, self.python)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        if self.high:
            expr = out.local(expr)
            out.line(f"if not {self.low} <= {expr} <= {self.high}: raise {out.error(f'{self}: out of range')}")
        out.pack(self.code, expr)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        out.unpack(self.code, self.min_size, target)
        if self.high:
            out.flush()
            out.line(f"if not {self.low} <= {target} <= {self.high}: raise {out.error(f'{self}: out of range')}")

    def make_plain(self, value: T, depth: int) -> Any:
        if self.code not in RANGES:
            return plain.float_to_plain(self._real(value), self)
        return self._whole(value)

    def read_plain(self, data: object, depth: int) -> T:
        return cast("T", self._whole(data) if self.code in RANGES else self._real(data))

    def _whole(self, found: object) -> int:
        low, high = (self.low, self.high) if self.high else RANGES[self.code]
        return plain.whole(found, low, high, self)

    def _real(self, found: object) -> float:
        number = plain.plain_to_float(found, self)
        try:
            _struct.pack(f">{self.code}", number)
        except OverflowError:
            raise plain.expected(self, found) from None
        return number


class Boolean(Type[bool]):
    def accepts(self, value: object) -> bool:
        return isinstance(value, bool | int)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        out.pack("I", f"(1 if {expr} else 0)")

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        out.unpack("I", 4, target, then=f"{target} = {target} != 0")

    def make_plain(self, value: bool, depth: int) -> Any:
        if not self.accepts(value):
            raise plain.expected(self, value)
        return bool(value)

    def read_plain(self, data: object, depth: int) -> bool:
        if not isinstance(data, bool):
            raise plain.expected(self, data)
        return data


class Void(Type[None]):
    def accepts(self, value: object) -> bool:
        return value is None

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        out.line(f"if {expr} is not None: raise {out.error('void takes no value')}")

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        out.line(f"{target} = None")

    def make_plain(self, value: None, depth: int) -> Any:
        if value is not None:
            raise plain.expected(self, value)

    def read_plain(self, data: object, depth: int) -> None:
        if data is not None:
            raise plain.expected("nothing (null)", data)


class FixedOpaque(Type[bytes]):
    """opaque x[n]: n bytes and padding (RFC 4506 section 4.9)."""

    def __init__(self, size: int) -> None:
        super().__init__(f"opaque[{size}]", min_size=(size + 3) & ~3, fixed=True)
        self.size = size
        self.code = f"{size}s{-size % 4}x" if size % 4 else f"{size}s"

    def accepts(self, value: object) -> bool:
        return isinstance(value, bytes | bytearray) and len(value) == self.size

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        expr = out.local(expr)
        # struct would cut or fill a value of another length without a word.
        out.line(f"if len({expr}) != {self.size}: raise {out.error(f'{self}: not {self.size} bytes')}")
        out.pack(self.code, expr)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        out.unpack(self.code, self.min_size, target)

    def make_plain(self, value: bytes, depth: int) -> Any:
        return plain.bytes_to_plain(value, self.size, self.size, self)

    def read_plain(self, data: object, depth: int) -> bytes:
        return plain.plain_to_bytes(data, self.size, self.size, self)


class Counted(Type[T]):
    """string<max> or opaque<max>: a length, the bytes, padding (RFC 4506 sections 4.10, 4.11)."""

    def __init__(self, kind: str, bound: int, text: bool) -> None:
        super().__init__(kind if bound == MAX_LENGTH else f"{kind}<{bound}>", min_size=4)
        self.bound = bound
        self.text = text

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) if self.text else isinstance(value, bytes | bytearray)

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        data = out.local(expr)
        if self.text:
            # Without arguments encode is much quicker, and nearly all text is UTF-8.
            text, data = data, out.name()
            out.line(f"try: {data} = {text}.encode()")
            out.line(f"except UnicodeEncodeError: {data} = {text}.encode('utf-8', 'surrogateescape')")
        size = out.local(f"len({data})")
        out.line(f"if {size} > {self.bound}: raise {out.error(f'{self}: too long')}")
        out.counted(size, data)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        size = out.name()
        out.unpack("I", 4, size)
        out.flush()
        if self.bound < MAX_LENGTH:
            out.line(f"if {size} > {self.bound}: raise {out.error(f'{self}: too long')}")
        out.counted(size, target, out.error(f"{self}: longer than the data"))
        if self.text:
            out.then(f"try: {target} = {target}.decode()")
            out.then(f"except UnicodeDecodeError: {target} = {target}.decode('utf-8', 'surrogateescape')")

    def make_plain(self, value: T, depth: int) -> Any:
        if self.text:
            return plain.text(value, self.bound, self)
        return plain.bytes_to_plain(value, 0, self.bound, self)

    def read_plain(self, data: object, depth: int) -> T:
        if self.text:
            return cast("T", plain.text(data, self.bound, self))
        return cast("T", plain.plain_to_bytes(data, 0, self.bound, self))


class Enumeration(Type[E]):
    """enum: an int that is one of the declared values (RFC 4506 section 4.3)."""

    def __init__(self, cls: type[E]) -> None:
        super().__init__(cls.__name__, min_size=4, fixed=True)
        self.cls = cls
        self.members: Mapping[int, E] = {int(member): member for member in cls}

    def accepts(self, value: object) -> bool:
        return isinstance(value, int) and value in self.members

    def emit_encode(self, out: codegen.Encoder, expr: str) -> None:
        expr = out.local(expr)
        out.line(f"if {expr} not in {out.const(self.members)}: raise {out.error(f'{self}: no such value')}")
        out.pack("i", expr)

    def emit_decode(self, out: codegen.Decoder, target: str) -> None:
        out.unpack("i", 4, target)
        out.flush()
        out.line(f"{target} = {out.const(self.members)}.get({target})")
        out.line(f"if {target} is None: raise {out.error(f'{self}: no such value')}")

    def make_plain(self, value: E, depth: int) -> Any:
        if not self.accepts(value):
            raise plain.expected(self, value)
        return self.members[value].name

    def read_plain(self, data: object, depth: int) -> E:
        named = self.cls.__members__.get(data) if isinstance(data, str) else None
        if named is not None:
            return named
        if isinstance(data, int) and not isinstance(data, bool) and data in self.members:
            return self.members[data]
        raise plain.expected(self, data)
