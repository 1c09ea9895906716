"""The codec engine: rows of value and hex used both ways, rows that must fail, xdrlib3 as the second judge."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
import xdrlib3
from hypothesis import given
from hypothesis import strategies as st
from xdr_sample import Answer, Color, Dom, Node, Tree, xdr_answer, xdr_color, xdr_dom, xdr_node, xdr_tree

from oncrpc import xdr
from oncrpc.errors import ArmMismatch, XdrError

UUID = bytes(range(16))
DOM = Dom("test", UUID, -1)

ROWS: list[tuple[Any, Any, str]] = [
    (xdr.INT, -2, "fffffffe"),
    (xdr.UINT, 0xFFFFFFFF, "ffffffff"),
    (xdr.HYPER, -1, "ffffffffffffffff"),
    (xdr.UHYPER, 1 << 63, "8000000000000000"),
    (xdr.CHAR, -1, "ffffffff"),
    (xdr.UCHAR, 255, "000000ff"),
    (xdr.SHORT, -32768, "ffff8000"),
    (xdr.USHORT, 65535, "0000ffff"),
    (xdr.FLOAT, 1.5, "3fc00000"),
    (xdr.DOUBLE, -2.0, "c000000000000000"),
    (xdr.BOOL, True, "00000001"),
    (xdr.VOID, None, ""),
    (xdr.string(3), "abc", "0000000361626300"),
    (xdr.string(), "\udcff", "00000001ff000000"),
    (xdr.opaque(8), b"12345", "000000053132333435000000"),
    (xdr.fixed_opaque(3), b"abc", "61626300"),
    (xdr.QUADRUPLE, UUID, UUID.hex()),
    (xdr.array(xdr.CHAR, 2), [104, 105], "0000006800000069"),
    (xdr.varray(xdr.INT, 3), [1, 2], "000000020000000100000002"),
    (xdr.varray(xdr.string(), 3), ["a"], "000000010000000161000000"),
    (xdr.optional(xdr.INT), None, "00000000"),
    (xdr.optional(xdr.INT), 5, "0000000100000005"),
    (xdr.tuple_of(xdr.INT, xdr.string()), (1, "x"), "000000010000000178000000"),
    (xdr_color, Color.BLUE, "00000007"),
    (xdr_dom, DOM, "0000000474657374" + UUID.hex() + "ffffffff"),
    (xdr_node, Node(1, Node(2, None)), "00000001000000010000000200000000"),
    (xdr_answer, Answer(Color.RED, DOM), "000000000000000474657374" + UUID.hex() + "ffffffff"),
    (xdr_answer, Answer(Color.BLUE), "00000007"),
]


@pytest.mark.parametrize(("kind", "value", "wire"), ROWS, ids=lambda item: str(item)[:30])
def test_value_and_bytes_are_each_other(kind: Any, value: Any, wire: str) -> None:
    assert kind.encode(value).hex() == wire
    assert kind.unpack(bytes.fromhex(wire)) == value


REFUSED_BYTES: list[tuple[Any, str, str]] = [
    (xdr.INT, "000000", "too early"),
    (xdr.string(3), "0000000461626364", "too long"),
    (xdr.string(), "ffffffff61", "longer than the data"),
    (xdr.opaque(), "0000000531", "ends too early"),
    (xdr.opaque(), "0000000161", "ends too early"),  # padding missing
    (xdr.opaque(), "00000041" + "31" * 65, "longer than the data"),  # the same, too long for one step
    (xdr.varray(xdr.INT), "ffffffff", "more items than the data holds"),
    (xdr.varray(xdr.VOID), "ffffffff", "more items than the data holds"),
    (xdr.varray(xdr.INT, 1), "000000020000000000000000", "too many items"),
    (xdr.array(xdr.INT, 2), "00000001", "more items than the data holds"),
    (xdr_color, "00000001", "no such value"),
    (xdr_answer, "00000001", "no such value"),
    (xdr.CHAR, "00000100", "out of range"),
    (xdr.SHORT, "00008000", "out of range"),
    (xdr.INT, "0000000000", "1 bytes left over"),
    (xdr_tree, "00000001" * 100, "nested deeper than 64"),
]


@pytest.mark.parametrize(("kind", "wire", "text"), REFUSED_BYTES)
def test_bytes_that_are_no_such_value_are_refused(kind: Any, wire: str, text: str) -> None:
    with pytest.raises(XdrError, match=text):
        kind.unpack(bytes.fromhex(wire))


REFUSED_VALUES: list[tuple[Any, Any, str]] = [
    (xdr.INT, 1 << 31, "int"),
    (xdr.INT, "1", "str does not fit"),
    (xdr.UINT, -1, "unsigned int"),
    (xdr.UCHAR, 256, "unsigned char"),
    (xdr.string(3), "abcd", "too long"),
    (xdr.fixed_opaque(4), b"abc", "not 4 bytes"),
    (xdr.array(xdr.INT, 2), [1], "not 2 items"),
    (xdr.varray(xdr.INT, 1), [1, 2], "too many items"),
    (xdr_color, 3, "no such value"),
    (xdr_dom, Dom("x", UUID, 1 << 40), r"Dom\.id"),
    (xdr_dom, Dom("x" * 256, UUID, 1), "too long"),
    (xdr_dom, Dom("x", b"", 1), "not 16 bytes"),
    (xdr.VOID, 1, "does not fit|void"),
]


@pytest.mark.parametrize(("kind", "value", "text"), REFUSED_VALUES)
def test_values_that_do_not_fit_are_refused_with_their_place(kind: Any, value: Any, text: str) -> None:
    with pytest.raises(XdrError, match=text):
        kind.encode(value)


def test_a_union_refuses_an_arm_that_does_not_fit_when_built() -> None:
    with pytest.raises(ArmMismatch, match="does not take str"):
        Answer(Color.RED, "text")
    with pytest.raises(ArmMismatch, match="no arm for 3"):
        Answer(3, None)
    with pytest.raises(ArmMismatch, match="does not take Dom"):
        Answer(Color.BLUE, DOM)


def test_a_union_gives_only_the_selected_arm() -> None:
    assert Answer(Color.RED, DOM)._arm("dom") == DOM
    with pytest.raises(ArmMismatch, match="selects void"):
        Answer(Color.BLUE)._arm("dom")


def test_an_arm_encoder_gives_the_bytes_of_the_whole_union() -> None:
    encode = xdr_answer.arm_encoder(Color.RED)  # type: ignore[attr-defined]
    assert encode(DOM) == Answer(Color.RED, DOM).to_xdr()


def test_any_non_zero_word_is_true() -> None:
    assert xdr.BOOL.unpack(bytes.fromhex("01000000")) is True
    assert xdr.optional(xdr.INT).unpack(bytes.fromhex("0100000000000005")) == 5


def test_a_list_of_a_million_nodes_is_read_and_written_in_a_loop() -> None:
    head: Node | None = None
    for number in range(1_000_000):
        head = Node(number, head)
    wire = xdr_node.encode(head)  # type: ignore[arg-type]
    assert len(wire) == 8_000_000
    assert xdr_node.unpack(wire) == head


def test_a_tree_nested_too_deep_is_refused_when_written() -> None:
    tree = None
    for _ in range(10_000):
        tree = Tree(tree, None)
    with pytest.raises(XdrError, match="nested deeper"):
        xdr_tree.encode(tree)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [xdr.string(), xdr.opaque(), xdr.varray(xdr.INT), xdr.varray(xdr.VOID)])
def test_a_length_of_four_gigabytes_allocates_nothing(kind: Any) -> None:
    data = b"\xff\xff\xff\xff" + bytes(64)
    kind.decoder(bytes(8), 0, 0)  # compiled outside the measurement
    tracemalloc.start()
    try:
        with pytest.raises(XdrError):
            kind.unpack(data)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_records_show_themselves_and_compare_by_value() -> None:
    assert repr(DOM) == f"Dom(name='test', uuid={UUID!r}, id=-1)"
    assert Dom("test", UUID, -1) == DOM
    assert Dom("test", UUID, 0) != DOM
    assert DOM != "test"
    assert repr(Node(1, Node(2, None))) == "Node(value=1, next=Node(value=2, next=None))"
    assert Dom.from_xdr(DOM.to_xdr()) == DOM


texts = st.text(max_size=60).map(lambda text: text.encode("utf-8", "ignore").decode("utf-8"))


@given(texts, st.binary(min_size=16, max_size=16), st.integers(-(1 << 31), (1 << 31) - 1))
def test_xdrlib3_writes_and_reads_the_same_bytes(name: str, uuid: bytes, number: int) -> None:
    if len(name.encode()) > 255:
        name = ""
    packer = xdrlib3.Packer()
    packer.pack_string(name.encode())
    packer.pack_fopaque(16, uuid)
    packer.pack_int(number)
    wire = xdr_dom.encode(Dom(name, uuid, number))
    assert wire == packer.get_buffer()
    unpacker = xdrlib3.Unpacker(wire)
    read = (unpacker.unpack_string(), unpacker.unpack_fopaque(16), unpacker.unpack_int())
    assert read == (name.encode(), uuid, number)


mixed = st.tuples(texts, st.integers(0, (1 << 64) - 1), st.booleans(), st.floats(allow_nan=False))


@given(st.lists(mixed, max_size=20))
def test_xdrlib3_agrees_on_lists_of_mixed_items(rows: list[tuple[str, int, bool, float]]) -> None:
    kind = xdr.varray(xdr.tuple_of(xdr.string(), xdr.UHYPER, xdr.BOOL, xdr.DOUBLE))
    packer = xdrlib3.Packer()
    packer.pack_uint(len(rows))
    for text, number, flag, real in rows:
        packer.pack_string(text.encode())
        packer.pack_uhyper(number)
        packer.pack_bool(flag)
        packer.pack_double(real)
    wire = kind.encode(rows)  # type: ignore[arg-type]
    assert wire == packer.get_buffer()
    assert kind.unpack(wire) == rows


@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_but_xdr_errors(data: bytes) -> None:
    for kind in (xdr_dom, xdr_answer, xdr_node, xdr_tree, xdr.varray(xdr_dom), xdr.varray(xdr.string())):
        try:
            kind.unpack(data)
        except XdrError:
            continue
