"""The codec engine: turns type descriptors into Python source, compiled once per type.

What a compiled encoder looks like, for struct { string name<255>; opaque uuid[16]; int id; }:

    def encode(v, w, k):                 # value, list.append, nesting depth
        a = v.name.encode('utf-8', 'surrogateescape'); b = len(a)
        if b > 255: raise XdrError(...)
        w(pack_I(b)); w(a)
        if b & 3: w(PAD[b & 3])
        ...
        w(pack_16si(c, v.id))            # fixed-size neighbours in one struct.Struct

and its decoder `decode(d, o, k)` -> (value, offset). Reading behind the end of the data raises struct.error there,
which the callers (Type.decode, dispatch) turn into their own error; all other trouble is an XdrError made here.

Nothing from the wire gets into the source: only field names of declared classes, numbers, and names this file makes.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterator
from typing import Any, Final

from oncrpc.errors import XdrError

MAX_DEPTH: Final = 64
"""How deep values may nest through recursive types; linked lists do not count."""

INLINE_LEAVES: Final = 8
"""Structs with at most this many fields, all levels counted, are written into the code of who uses them."""

PAD: Final = (b"", b"\0\0\0", b"\0\0", b"\0")

Encode = Callable[[Any, Callable[[bytes], object], int], None]
Decode = Callable[[bytes, int, int], tuple[Any, int]]


class Node:
    """What the engine needs to know of a type; xdr.Type derives from it."""

    leaves: int = 1

    def __init__(self, name: str, *, min_size: int, fixed: bool = False) -> None:
        self.type_name = name
        self.min_size = min_size
        self.fixed = fixed

    # The first use compiles; from then on an instance attribute of the same name holds the function itself.
    def encoder(self, value: Any, write: Callable[[bytes], object], depth: int) -> None:
        """Write the value's bytes, in one or more pieces. Raises what `Type.encode` turns into XdrError."""
        compile_encoder(self)(value, write, depth)

    def decoder(self, data: bytes, offset: int, depth: int) -> tuple[Any, int]:
        """Return (value, offset behind it). Compiled code: raises XdrError, and struct.error at the end of the data."""
        return compile_decoder(self)(data, offset, depth)

    def children(self) -> list[tuple[str, Node]]:
        """Return the types inside, with their field names, for messages."""
        return []

    def accepts(self, value: object) -> bool:
        """Return whether `value` is of the right Python type; what is inside it is checked when encoding."""
        raise NotImplementedError(self.type_name)

    def emit_encode(self, out: Encoder, expr: str) -> None:
        """Write code that encodes what `expr` stands for."""
        raise NotImplementedError(self.type_name)

    def emit_decode(self, out: Decoder, target: str) -> None:
        """Write code that assigns the decoded value to `target`."""
        raise NotImplementedError(self.type_name)

    def __str__(self) -> str:
        return self.type_name


class Later:
    """Stands for a type's function in a table until the table is used in code."""

    def __init__(self, node: Node, direction: str) -> None:
        self.node = node
        self.direction = direction

    def function(self) -> Callable[..., Any]:
        """Return the compiled function, made now if need be."""
        return encoder_of(self.node) if self.direction == "encoder" else decoder_of(self.node)




_building: set[int] = set()
"""Ids of nodes being compiled now, so that recursive types end."""


def _function(node: Node, name: str, build: Callable[[Node], Callable[..., Any]]) -> Callable[..., Any]:
    """Return node's compiled function `name`; while it is being compiled, a call that finds it later."""
    found: Callable[..., Any] | None = node.__dict__.get(name)
    if found is not None:
        return found
    if id(node) in _building:
        return lambda *args: getattr(node, name)(*args)
    _building.add(id(node))
    try:
        return build(node)
    finally:
        _building.discard(id(node))


def encoder_of(node: Node) -> Encode:
    """Return the compiled encoder of `node`."""
    return _function(node, "encoder", compile_encoder)


def decoder_of(node: Node) -> Decode:
    """Return the compiled decoder of `node`."""
    return _function(node, "decoder", compile_decoder)


class _Writer:
    """Lines of source with their indentation, the constants they use, and fresh names."""

    def __init__(self, owner: Node) -> None:
        self.owner = owner
        self.lines: list[str] = []
        self.scope: dict[str, Any] = {"PAD": PAD, "ZERO": bytes(4), "ONE": b"\0\0\0\1"}
        self._indent = 1
        self._names = 0
        self._entered: list[Node] = []

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

    def inlines(self, node: Node) -> bool:
        """Return whether a struct's fields are to be written here (the owner's always are)."""
        return (node is self.owner and not self._entered_before(node)) or node.leaves <= INLINE_LEAVES

    def _entered_before(self, node: Node) -> bool:
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

    def __init__(self, owner: Node) -> None:
        super().__init__(owner)
        self._codes: list[str] = []
        self._exprs: list[str] = []
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

    def write(self, expr: str) -> None:
        """Add bytes as they are."""
        self.flush()
        self.line(f"w({expr})")

    def call(self, node: Node, expr: str) -> None:
        """Encode through the type's own function, one level deeper."""
        self.flush()
        self.line(f"if k > {MAX_DEPTH}: raise {self.error(f'nested deeper than {MAX_DEPTH}')}")
        self.line(f"{self.const(encoder_of(node))}({expr}, w, k + 1)")

    def flush(self) -> None:
        if self._codes:
            self.line(f"w({self._take()})")

    def only_pack(self) -> str | None:
        """Return the expression that packs everything, None when it takes more than that."""
        return None if self.writes else self._take()

    def line(self, text: str) -> None:
        self.writes = self.writes or "w(" in text
        super().line(text)

    def _take(self) -> str:
        pack = self.const(struct.Struct(">" + "".join(self._codes)).pack)
        exprs = ", ".join(self._exprs)
        self._codes.clear()
        self._exprs.clear()
        return f"{pack}({exprs})"


class Decoder(_Writer):
    """Writes a decoder: fixed-size items are held back and unpacked together."""

    def __init__(self, owner: Node) -> None:
        super().__init__(owner)
        self._codes: list[str] = []
        self._targets: list[str] = []
        self._after: list[str] = []
        self._size = 0

    def unpack(self, code: str, size: int, target: str, *, then: str | None = None) -> None:
        """Add an item that struct unpacks with `code` (size bytes) into `target`; `then` runs when it is there."""
        self._codes.append(code)
        self._targets.append(target)
        self._size += size
        if then:
            self._after.append(then)

    def then(self, text: str) -> None:
        """Add a line that needs the items before it, but lets later ones join them."""
        if self._codes:
            self._after.append(text)
        else:
            self.line(text)

    def line(self, text: str) -> None:
        self.flush()
        super().line(text)

    def call(self, node: Node, target: str) -> None:
        """Decode through the type's own function, one level deeper."""
        self.line(f"if k > {MAX_DEPTH}: raise {self.error(f'nested deeper than {MAX_DEPTH}')}")
        self.line(f"{target}, o = {self.const(decoder_of(node))}(d, o, k + 1)")

    def flush(self) -> None:
        if not self._codes:
            return
        unpack = self.const(struct.Struct(">" + "".join(self._codes)).unpack_from)
        lines = [f"{', '.join(self._targets)}, = {unpack}(d, o)", f"o += {self._size}", *self._after]
        self._codes.clear()
        self._targets.clear()
        self._after.clear()
        self._size = 0
        for text in lines:
            super().line(text)


def compile_encoder(node: Node) -> Encode:
    """Return encode(value, write, depth), which writes the value's bytes in one or more pieces."""
    out = Encoder(node)
    node.emit_encode(out, "v")
    out.flush()
    out.line("return None")
    built = out.build("encode", "v, w, k")
    node.__dict__["encoder"] = built
    return built


def compile_bytes(node: Node) -> Callable[[Any], bytes]:
    """Return a function from a value to its bytes. Raises what the encoder raises.

    For a type whose fields all share one struct.Struct this is one call of its `pack`.
    """
    out = Encoder(node)
    node.emit_encode(out, "v")
    only = out.only_pack()
    if only is not None:
        out.line(f"return {only}")
        built: Callable[[Any], bytes] = out.build("to_bytes", "v")
        return built
    encode = encoder_of(node)

    def to_bytes(value: Any) -> bytes:
        parts: list[bytes] = []
        encode(value, parts.append, 0)
        return b"".join(parts)

    return to_bytes


def compile_decoder(node: Node) -> Decode:
    """Return decode(data, offset, depth) -> (value, offset behind it)."""
    out = Decoder(node)
    node.emit_decode(out, "v")
    out.line("return v, o")
    built = out.build("decode", "d, o, k")
    node.__dict__["decoder"] = built
    return built


def explain(node: Node, value: object) -> str | None:
    """Return which field of `value` does not fit and why, None when that cannot be told. Slow; for messages only."""
    if not node.accepts(value):
        return f"{node}: {type(value).__name__} does not fit"
    for name, child in node.children():
        if not name.isidentifier() or not hasattr(value, name):
            continue
        try:
            child.encoder(getattr(value, name), lambda _: None, 0)
        except XdrError as exc:
            return f"{node}.{name}: {exc}"
        except (struct.error, AttributeError, TypeError, OverflowError, UnicodeError, LookupError) as exc:
            inner = explain(child, getattr(value, name))
            return f"{node}.{name}: {inner or exc}"
    return None
