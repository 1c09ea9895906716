"""Valid values of any wire type, made by chance from its descriptor; and what can be done to their bytes."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from oncrpc import xdr
from oncrpc.composite import Array, Optional, Ref, Struct, TupleOf
from oncrpc.items import Counted, Enumeration, FixedOpaque, Scalar
from oncrpc.unions import UnionType

Special = Mapping[type, Callable[[random.Random], Any]]

NUMBERS: Final = (0, 0, 0, 1, 1, 2, 3, 16, 1000, 32767)
WORDS: Final = (0, 1, 2, 3, 5, 0xFF, 0x400, 0x10000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFC, 0xFFFFFFFF)
"""What a length, a count, a discriminant is replaced by: 0, -1, INT_MAX, nearly 4 G, and what lies between."""

DEEP: Final = 8
"""Unions inside one another, after which those that may end do."""


class Samples:
    """Values by chance. special: makers for classes that need sense (by class); texts: strings to take from."""

    def __init__(self, rng: random.Random, *, special: Special, texts: Sequence[str]) -> None:
        self._rng = rng
        self._special = special
        self._texts = texts
        self._depth = 0

    def of(self, kind: Any) -> Any:
        """Return a value that this type can encode."""
        if isinstance(kind, Ref):
            return self.of(kind.target())
        if isinstance(kind, Struct):
            maker = self._special.get(kind.cls)
            return maker(self._rng) if maker else kind.cls(*(self.of(item) for _, item in kind.fields))
        if isinstance(kind, UnionType):
            self._depth += 1
            discriminant = self._discriminant(kind)
            made = kind.cls(discriminant, self._arm(kind, discriminant))
            self._depth -= 1
            return made
        if isinstance(kind, TupleOf):
            return tuple(self.of(item) for item in kind.items)
        if isinstance(kind, Optional):
            return self.of(kind.element) if self._rng.random() < 0.5 else None
        if isinstance(kind, Array):
            most = min(kind.bound, 3) if kind.count is None else kind.count
            return [self.of(kind.element) for _ in range(self._rng.randint(0, most) if kind.count is None else most)]
        return self._single(kind)

    def _discriminant(self, kind: Any) -> Any:
        """One that has an arm: of an enum a member, of a bool either, otherwise a number that a case names, if any."""
        members = getattr(kind.discriminant, "members", None) or dict.fromkeys(kind.arms)
        if kind.discriminant is xdr.BOOL:
            members = {0: False, 1: True}
        known = [number for number in members if kind.default or number in kind.arms]
        if not known:
            return self.of(kind.discriminant)
        empty = [number for number in known if kind.arm(number)[1] is xdr.VOID]
        number = self._rng.choice(empty if empty and self._depth > DEEP else known)
        return number if members[number] is None else members[number]

    def _arm(self, kind: Any, discriminant: int) -> Any:
        return self.of(kind.arm(discriminant)[1])

    def _single(self, kind: Any) -> Any:
        rng = self._rng
        if isinstance(kind, Counted):
            data = rng.choice(self._texts).encode("utf-8", "surrogateescape")[: kind.bound]
            return data.decode("utf-8", "surrogateescape") if kind.text else data
        if isinstance(kind, FixedOpaque):
            return rng.randbytes(kind.size)
        if isinstance(kind, Enumeration):
            return rng.choice(list(kind.members.values()))
        if isinstance(kind, Scalar):
            most = kind.high or (127 if kind.code[-1] in "bB" else 32767)
            most = 127 if str(kind) == "char" else most  # what C's char holds where it is signed
            return kind.python[0](min(rng.choice(NUMBERS), most))
        if kind is xdr.BOOL:
            return rng.random() < 0.5
        assert kind is xdr.VOID, kind
        return None


def flip(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Turn some bits over."""
    for _ in range(rng.choice((1, 1, 2, 8, 32))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def replace_word(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Put an awkward number in place of a word or two: a length, a count, a discriminant, an id."""
    for _ in range(rng.choice((1, 1, 1, 2))):
        at = rng.randrange(max(len(data) // 4, 1)) * 4
        data[at : at + 4] = struct.pack(">I", rng.choice(WORDS))


def truncate(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Cut the end off."""
    del data[rng.randrange(len(data)) :]


def duplicate(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Say a part of it again, once or often."""
    at = rng.randrange(len(data)) & ~3
    end = rng.randint(at, min(len(data), at + 256))
    data[end:end] = data[at:end] * rng.choice((1, 1, 2, 64))


def splice(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Go on with a part of another one."""
    data[rng.randrange(len(data)) & ~3 :] = other[rng.randrange(len(other)) & ~3 :]


def insert(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Put bytes by chance in between."""
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.randbytes(rng.choice((1, 4, 4, 37)))


MUTATIONS: Final[Sequence[Callable[[random.Random, bytearray, bytes], None]]] = (
    flip,
    replace_word,
    replace_word,
    truncate,
    duplicate,
    splice,
    insert,
)


def mutated(rng: random.Random, data: bytes, other: bytes, keep: int = 0) -> bytes:
    """Return `data` with one to three things done to it, but to its first `keep` bytes; `other` to splice it with."""
    made = bytearray(data[keep:])
    other = other[keep:]
    for _ in range(rng.choice((1, 1, 2, 3))):
        if made:
            rng.choice(MUTATIONS)(rng, made, other or data)
    return data[:keep] + bytes(made)
