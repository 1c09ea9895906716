"""Source code of codecs, line by line: what type descriptors write into, and what is fused on the way.

Fixed-size neighbours are held back and packed or unpacked by one struct.Struct. Counted data (strings, opaque) that is
short joins them: there is a Struct for each length below SHORT.
"""

from __future__ import annotations

import contextlib
import functools
import struct
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, Protocol

from oncrpc.errors import XdrError

MAX_DEPTH: Final = 64
"""How deep values may nest through recursive types; linked lists do not count."""

INLINE_LEAVES: Final = 8
"""Structs with at most this many fields, all levels counted, are written into the code of who uses them."""

PAD: Final = (b"", b"\0\0\0", b"\0\0", b"\0")

SHORT: Final = 64
"""Counted data below so many bytes is packed and unpacked in one step with the fixed-size items around it."""


@functools.cache
def short_packs(before: str, after: str) -> list[Callable[..., bytes]]:
    """Return pack functions by the length of counted data: items, length, data with padding, items."""
    return [struct.Struct(f">{before}I{size}s{-size % 4}x{after}").pack for size in range(SHORT)]


@functools.cache
def short_unpacks(after: str) -> list[Callable[..., tuple[Any, ...]]]:
    """Return unpack_from functions by the length of counted data, which has been read: data with padding, items."""
    return [struct.Struct(f">{size}s{-size % 4}x{after}").unpack_from for size in range(SHORT)]


class Compiled(Protocol):
    """What is needed of a type here: codegen.Node has it."""

    type_name: str
    leaves: int

    def function(self, direction: str) -> Callable[..., Any]:
        """Return the type's own function, "encoder" or "decoder", compiled now if need be."""


class Later:
    """Stands for a type's function in a table until the table is used in code."""

    def __init__(self, node: Compiled, direction: str) -> None:
        self.node = node
        self.direction = direction

    def function(self) -> Callable[..., Any]:
        """Return the compiled function, made now if need be."""
        return self.node.function(self.direction)


class _Writer:
    """Lines of source with their indentation, the constants they use, and fresh names."""

    def __init__(self, owner: Compiled) -> None:
        self.owner = owner
        self.lines: list[str] = []
        self.scope: dict[str, Any] = {"PAD": PAD, "ZERO": bytes(4), "ONE": b"\0\0\0\1"}
        self._indent = 1
        self._names = 0
        self._entered: list[Compiled] = []

    def name(self) -> str:
        """Return a local name not used before."""
        self._names += 1
        return f"x{self._names}"

    def line(self, text: str) -> None:
        self.lines.append("    " * self._indent + text)

    def const(self, value: object) -> str:
        """Return a name that stands for `value` in the code. Later entries in dicts are resolved."""
        if isinstance(value, Later):
            value = value.function()
        elif isinstance(value, dict) and any(isinstance(item, Later) for item in value.values()):
            value = {key: item.function() for key, item in value.items()}
        name = f"C{len(self.scope)}"
        self.scope[name] = value
        return name

    def error(self, text: str) -> str:
        """Return an expression that makes the XdrError with this text."""
        return f"{self.const(XdrError)}({self.const(text)})"

    def inlines(self, node: Compiled) -> bool:
        """Return whether a struct's fields are to be written here (the owner's always are)."""
        return (node is self.owner and not self._entered_before(node)) or node.leaves <= INLINE_LEAVES

    def _entered_before(self, node: Compiled) -> bool:
        seen = node in self._entered
        self._entered.append(node)
        return seen

    def flush(self) -> None:
        """Write out what was held back to be fused."""
        raise NotImplementedError

    @contextlib.contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write `head` and indent what is written inside; nothing is fused across its borders."""
        self.flush()
        self.line(head)
        self._indent += 1
        before = len(self.lines)
        yield
        self.flush()
        if len(self.lines) == before:
            self.line("pass")
        self._indent -= 1

    def build(self, name: str, head: str) -> Callable[..., Any]:
        source = "\n".join([f"def {name}({head}):", *self.lines])
        exec(compile(source, f"<xdr {self.owner.type_name}>", "exec"), self.scope)
        built: Callable[..., Any] = self.scope[name]
        return built


class Encoder(_Writer):
    """Writes an encoder: fixed-size items are held back and packed together."""

    def __init__(self, owner: Compiled) -> None:
        super().__init__(owner)
        self._codes: list[str] = []
        self._exprs: list[str] = []
        self._counted: tuple[str, str, str, list[str]] | None = None
        self.writes = False

    def local(self, expr: str) -> str:
        """Return a name that holds the value of `expr`."""
        if expr.isidentifier():
            return expr
        name = self.name()
        self.line(f"{name} = {expr}")
        return name

    def pack(self, code: str, expr: str) -> None:
        """Add an item that struct packs with `code`."""
        self._codes.append(code)
        self._exprs.append(expr)

    def counted(self, size: str, data: str) -> None:
        """Add counted data: two names, of its length in bytes and of itself."""
        if self._counted is not None:
            self.flush()
        self._counted = size, data, "".join(self._codes), list(self._exprs)
        self._codes.clear()
        self._exprs.clear()

    def call(self, node: Compiled, expr: str) -> None:
        """Encode through the type's own function, one level deeper."""
        self.flush()
        self.line(f"if k > {MAX_DEPTH}: raise {self.error(f'nested deeper than {MAX_DEPTH}')}")
        self.line(f"{self.const(node.function('encoder'))}({expr}, w, k + 1)")
        self.writes = True

    def flush(self) -> None:
        if self._counted is not None:
            self._flush_counted(*self._counted)
        elif self._codes:
            self.line(f"w({self._pack(self._codes, self._exprs)})")
        self.drop()

    def drop(self) -> None:
        """Forget what is held back: it has been written some other way."""
        self._counted = None
        self._codes.clear()
        self._exprs.clear()

    def only_pack(self) -> str | None:
        """Return the expression that packs everything, None when it takes more than that."""
        return None if self.writes or self._counted is not None else self._pack(self._codes, self._exprs)

    def line(self, text: str) -> None:
        self.writes = self.writes or "w(" in text
        super().line(text)

    def _flush_counted(self, size: str, data: str, codes: str, exprs: list[str]) -> None:
        """Write what was before counted data, the data, and what is behind it: in one step if it is short."""
        table = self.const(short_packs(codes, "".join(self._codes)))
        self.line(f"if {size} < {SHORT}: w({table}[{size}]({', '.join([*exprs, size, data, *self._exprs])}))")
        self.line("else:")
        self.line(f"    if not isinstance({data}, (bytes, bytearray)): raise TypeError({self.const('not bytes')})")
        self.line(f"    w({self._pack([codes, 'I'], [*exprs, size])})")
        self.line(f"    w({data})")
        self.line(f"    if {size} & 3: w(PAD[{size} & 3])")
        if self._codes:
            self.line(f"    w({self._pack(self._codes, self._exprs)})")

    def _pack(self, codes: list[str], exprs: list[str]) -> str:
        return f"{self.const(struct.Struct('>' + ''.join(codes)).pack)}({', '.join(exprs)})"


class Taken(NamedTuple):
    """Where a struct's items go, the lines that this needs, and those that need the items."""

    before: list[str]
    targets: list[str]
    lines: list[str]


class Decoder(_Writer):
    """Writes a decoder: fixed-size items are held back and unpacked together."""

    def __init__(self, owner: Compiled) -> None:
        super().__init__(owner)
        self._codes: list[str] = []
        self._targets: list[str] = []
        self._before: list[str] = []
        self._after: list[str] = []
        self._counted: tuple[str, str, str] | None = None
        self._size = 0

    def unpack(self, code: str, size: int, target: str, *, then: str | None = None) -> None:
        """Add an item that struct unpacks with `code` (size bytes) into `target`; `then` runs when it is there."""
        self._codes.append(code)
        self._targets.append(target)
        self._size += size
        if then:
            self._after.append(then)

    def counted(self, size: str, target: str, too_long: str) -> None:
        """Add counted data into `target`: a name of its length in bytes, and what to raise if it is not all there."""
        self.flush()
        self._counted = size, target, too_long

    def first(self, text: str) -> None:
        """Add a line that the targets of the items to come need; it needs no item itself."""
        self._before.append(text)

    def then(self, text: str) -> None:
        """Add a line that needs the items before it, but lets later ones join them."""
        if self._codes or self._counted is not None:
            self._after.append(text)
        else:
            self.line(text)

    def line(self, text: str) -> None:
        self.flush()
        super().line(text)

    def call(self, node: Compiled, target: str) -> None:
        """Decode through the type's own function, one level deeper."""
        self.line(f"if k > {MAX_DEPTH}: raise {self.error(f'nested deeper than {MAX_DEPTH}')}")
        self.line(f"{target}, o = {self.const(node.function('decoder'))}(d, o, k + 1)")

    def flush(self) -> None:
        if not self._codes and self._counted is None and not self._before:
            return
        lines = self._fixed() if self._counted is None else self._with_counted(*self._counted)
        lines = [*self._before, *lines, *self._after]
        self._drop()
        for text in lines:
            super().line(text)

    def only_unpack(self) -> struct.Struct | None:
        """Return what unpacks everything, None when it takes more than that."""
        if self.lines or self._counted is not None or not self._codes:
            return None
        return struct.Struct(">" + "".join(self._codes))

    def taken(self) -> Taken:
        """Return what is held back, and forget it."""
        taken = Taken(list(self._before), list(self._targets), list(self._after))
        self._drop()
        return taken

    def _drop(self) -> None:
        self._counted = None
        self._before.clear()
        self._codes.clear()
        self._targets.clear()
        self._after.clear()
        self._size = 0

    def _fixed(self) -> list[str]:
        if not self._codes:
            return []
        unpack = self.const(struct.Struct(">" + "".join(self._codes)).unpack_from)
        return [f"{', '.join(self._targets)}, = {unpack}(d, o)", f"o += {self._size}"]

    def _with_counted(self, size: str, target: str, too_long: str) -> list[str]:
        """Return lines that read counted data and what is behind it: in one step if it is short."""
        end, table = self.name(), self.const(short_unpacks("".join(self._codes)))
        return [
            f"if {size} < {SHORT}:",
            f"    {', '.join([target, *self._targets])}, = {table}[{size}](d, o)",
            f"    o += {self._size} + ({size} + 3 & -4)",
            "else:",
            f"    {end} = o + {size}",
            f"    {target} = d[o:{end}]",
            f"    o = {end} + (-{size} & 3)",
            f"    if o > len(d): raise {too_long}",
            *(f"    {line}" for line in self._fixed()),
        ]
