"""The codec engine: turns type descriptors into Python source, compiled once per type.

What a compiled encoder looks like, for struct { string name<255>; opaque uuid[16]; int id; }:

    def encode(v, w, k):                          # value, list.append, nesting depth
        a = v.name.encode(); b = len(a)
        if b > 255: raise XdrError(...)
        c = v.uuid
        if len(c) != 16: raise XdrError(...)
        if b < 64: w(short[b](b, a, c, v.id))     # one struct.Struct for each short length
        else: w(pack_I(b)); w(a); w(PAD[b & 3]); w(pack_16si(c, v.id))

and its decoder is `decode(d, o, k)` -> (value, offset). Reading behind the end of the data raises struct.error there,
which the callers (Type.decode, dispatch) turn into their own error; all other trouble is an XdrError made here.
Besides, each type has a function from a whole value to its bytes and one back, with the errors of Type.encode and
Type.unpack.

Nothing from the wire gets into the source: only field names of declared classes, numbers, and names made here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from oncrpc.emitters import MAX_DEPTH as MAX_DEPTH
from oncrpc.emitters import Decoder as Decoder
from oncrpc.emitters import Encoder as Encoder
from oncrpc.emitters import Later as Later
from oncrpc.errors import XdrError

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

    def function(self, direction: str) -> Callable[..., Any]:
        """Return the compiled function "encoder" or "decoder"; while it is being compiled, one that finds it later."""
        found: Callable[..., Any] | None = self.__dict__.get(direction)
        if found is not None:
            return found
        if id(self) in _building:
            return lambda *args: getattr(self, direction)(*args)
        _building.add(id(self))
        try:
            return compile_encoder(self) if direction == "encoder" else compile_decoder(self)
        finally:
            _building.discard(id(self))

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


_building: set[int] = set()
"""Ids of nodes being compiled now, so that recursive types end."""


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
    encode = node.function("encoder")

    def to_bytes(value: Any) -> bytes:
        parts: list[bytes] = []
        encode(value, parts.append, 0)
        return b"".join(parts)

    return to_bytes


def compile_whole_encoder(
    node: Node, wrong: tuple[type[Exception], ...], misfit: Callable[[Node, Any, Exception], XdrError]
) -> Callable[[Any], bytes]:
    """Return a function from a value to its bytes; what of `wrong` is raised becomes the error that `misfit` makes."""
    out = Encoder(node)
    kinds, made = out.const(wrong), f"{out.const(misfit)}({out.const(node)}, whole, exc)"
    with out.block("try:"):
        node.emit_encode(out, "v")
        only = out.only_pack()
        if only is not None:
            out.drop()
            out.line(f"return {only}")
        else:
            out.flush()
            out.line("return b''.join(parts)")
    with out.block(f"except {kinds} as exc:"):
        out.line(f"raise {made.replace('whole', 'v') if only is not None else made} from exc")
    if only is None:
        # A linked list goes through its nodes under the name v.
        out.lines[:0] = ["    parts, whole, k = [], v, 0", "    w = parts.append"]
    built: Callable[[Any], bytes] = out.build("encode", "v")
    return built


def compile_whole_decoder(node: Node, misfit: Callable[[Node, int, int | None], XdrError]) -> Callable[[Any], Any]:
    """Return a function from bytes to the value that they hold, all of them.

    misfit: makes the error, given the size of the data and where the value ended (None: behind the end of the data).
    """
    if node.fixed:
        out = Decoder(node)
        node.emit_decode(out, "v")
        made = out.only_unpack()
        if made is not None:
            return _fixed_decoder(out, made, misfit)
    out = Decoder(node)
    out.line("if type(d) is not bytes: d = bytes(d)")
    out.line("o = k = 0")
    wrong = f"{out.const(misfit)}({out.const(node)}, len(d), "
    with out.block("try:"):
        node.emit_decode(out, "v")
    with out.block(f"except {out.const(struct.error)} as exc:"):
        out.line(f"raise {wrong}None) from exc")
    out.line(f"if o != len(d): raise {wrong}o)")
    out.line("return v")
    return out.build("unpack", "d")


def _fixed_decoder(
    out: Decoder, made: struct.Struct, misfit: Callable[[Node, int, int | None], XdrError]
) -> Callable[[Any], Any]:
    """Return the function for a type that one struct.Struct reads: `unpack` looks at the size itself."""
    taken = out.taken()
    for line in taken.before:
        out.line(line)
    with out.block("try:"):
        out.line(f"{', '.join(taken.targets)}, = {out.const(made.unpack)}(d)")
    with out.block(f"except {out.const(struct.error)} as exc:"):
        out.line("s = len(bytes(d))")
        wrong = f"{out.const(misfit)}({out.const(out.owner)}, s, None if s < {made.size} else {made.size})"
        out.line(f"raise {wrong} from exc")
    for line in taken.lines:
        out.line(line)
    out.line("return v")
    return out.build("unpack", "d")


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
