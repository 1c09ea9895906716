"""What the codec engine does in more than one way, by length or by first use: bytes and errors are the same."""

from __future__ import annotations

from typing import Any

import pytest
from xdrlib3 import Packer

from oncrpc import xdr
from oncrpc.emitters import SHORT
from oncrpc.errors import XdrError


class Pair(xdr.Record):
    """struct { unsigned hyper before; opaque data<>; string text<>; int behind; }"""

    __slots__ = ("before", "data", "text", "behind")

    def __init__(self, before: int, data: bytes, text: str, behind: int) -> None:
        self.before, self.data, self.text, self.behind = before, data, text, behind


PAIR = xdr.struct(Pair, ("before", xdr.UHYPER), ("data", xdr.opaque()), ("text", xdr.string()), ("behind", xdr.INT))
SIZES = [0, 1, 2, 3, 4, 5, SHORT - 1, SHORT, SHORT + 1, 1000]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", SIZES)
def test_counted_data_of_any_length_has_the_bytes_of_xdrlib3(size: int, length: int) -> None:
    packer = Packer()
    packer.pack_uhyper(1 << 63)
    packer.pack_opaque(b"\xab" * size)
    packer.pack_string(b"t" * length)
    packer.pack_int(-2)
    value = Pair(1 << 63, b"\xab" * size, "t" * length, -2)
    wire = value.to_xdr()
    assert wire == packer.get_buffer() == PAIR.encode(value)
    assert Pair.from_xdr(wire) == value == PAIR.unpack(bytearray(wire)) == PAIR.decode(memoryview(wire))[0]
    for end in range(len(wire)):
        with pytest.raises(XdrError):
            PAIR.unpack(wire[:end])
    with pytest.raises(XdrError, match="4 bytes left over"):
        Pair.from_xdr(wire + bytes(4))


@pytest.mark.parametrize("data", ["text", ["list"], 5, None, memoryview(b"view"), "t" * 100, [b"x"] * 100])
def test_what_is_no_bytes_is_refused_short_or_long(data: Any) -> None:
    for value in (Pair(0, data, "", 0), Pair(0, b"", "", 0)):
        if value.data is not data:
            assert PAIR.encode(value) == bytes(20)
            continue
        with pytest.raises(XdrError, match="data"):
            PAIR.encode(value)


class Loop(xdr.Record):
    """struct { int n; Loop inner<>; }"""

    __slots__ = ("n", "inner")

    def __init__(self, n: int, inner: list[Loop]) -> None:
        self.n, self.inner = n, inner


LOOP: xdr.Type[Loop] = xdr.struct(Loop, ("n", xdr.INT), ("inner", xdr.varray(xdr.ref(lambda: LOOP))))


def test_a_method_that_was_taken_before_the_first_use_serves_on() -> None:
    encode, unpack = LOOP.encode, LOOP.unpack
    value = Loop(1, [Loop(2, []), Loop(3, [Loop(4, [])])])
    for _ in range(2):
        assert unpack(encode(value)) == value


def test_an_arm_that_goes_through_another_type_is_written_whole() -> None:
    class Either(xdr.Union):
        __slots__ = ()

    kind = xdr.union(Either, xdr.INT, {1: ("loop", xdr.ref(lambda: LOOP))}, switch="which")
    wire = bytes.fromhex("00000001 00000007 00000000")
    assert kind.arm_encoder(1)(Loop(7, [])) == kind.encode(Either(1, Loop(7, []))) == wire


@pytest.mark.parametrize(
    ("switch", "number"), [(xdr.UHYPER, 1 << 63), (xdr.HYPER, -1), (xdr.UINT, 1 << 31), (xdr.INT, -1)]
)
def test_an_arm_has_its_discriminant_before_it_in_its_own_size(switch: xdr.Type[int], number: int) -> None:
    class Wide(xdr.Union):
        __slots__ = ()

    kind = xdr.union(Wide, switch, {number: ("n", xdr.INT)}, switch="which")
    assert kind.arm_encoder(number)(5) == kind.encode(Wide(number, 5)) == switch.encode(number) + b"\0\0\0\5"


def test_a_class_keeps_its_own_way_to_bytes() -> None:
    class Own(xdr.Record):
        __slots__ = ("n",)

        def __init__(self, n: int) -> None:
            self.n = n

        def to_xdr(self) -> bytes:
            return b"own:" + super().to_xdr()

    xdr.struct(Own, ("n", xdr.INT))
    assert [Own(1).to_xdr() for _ in range(2)] == [b"own:\0\0\0\1"] * 2
    assert Own.from_xdr(b"\0\0\0\1").n == 1


def test_what_is_derived_from_a_generated_class_reads_the_generated_one() -> None:
    class More(Pair):
        __slots__ = ()

    wire = Pair(1, b"", "", 2).to_xdr()
    assert More(1, b"", "", 2).to_xdr() == wire
    assert type(More.from_xdr(wire)) is Pair
