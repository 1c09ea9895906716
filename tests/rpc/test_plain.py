"""Values as plain data (JSON) and back: shapes, round trips, and what is refused, by its path."""

from __future__ import annotations

import json
import math
import random
import struct
from pathlib import Path
from typing import Any

import pytest
from wire_samples import Samples

from oncrpc import xdr
from oncrpc.errors import XdrError
from oncrpc.specification import load
from oncrpc.xdr import Type
from virtproto import virt

ROOT = Path(__file__).resolve().parents[2]
SPECIFICATIONS = sorted((ROOT / "tests" / "pyrpcgen" / "golden").glob("*.x")) + [ROOT / "rpc" / "examples" / "mount.x"]
TEXTS = ("", "plain", "grün", "雲", "\udcff\udc80 no utf-8", '"\\\n\0', "\U0001f600")

SHAPES_X = """
const MOST = 4;
enum color { RED = 1, BLUE = 2 };
typedef string label<MOST>;
struct item { label name; color kind; };
union answer switch (color status) {
    case RED: item body;
    case BLUE: void;
};
union numbered switch (unsigned int number) {
    case 4294967295: hyper far;
    case 1: bool one;
    default: void;
};
struct node { int number; node *next; };
struct tree { int number; tree *children; tree *next; };
struct nest { nest inner<1>; };
struct deep { deep *left; int n; };
struct all {
    bool flag; char c; unsigned char uc; short s; unsigned short us; int i; unsigned int ui; hyper h; unsigned hyper uh;
    float f; double d; quadruple q; opaque id[3]; opaque data<5>; item fixed[2]; item some<3>; answer said; node *list;
    label *maybe;
};
program P { version V { answer ASK(item, node *, int) = 1; } = 1; } = 0x20000077;
"""


@pytest.fixture(scope="module")
def m(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("plain") / "shapes.x"
    path.write_text(SHAPES_X)
    return load(path).module


def tables(module: Any) -> list[Type[Any]]:
    """Every type of a generated module, and every argument."""
    found = [item for name, item in vars(module).items() if name.startswith("xdr_")]
    programs = [item for name, item in vars(module).items() if name.endswith("_TABLE")]
    return found + [procedure.args for program in programs for procedure in program.procedures]


def there_and_back(kind: Type[Any], value: Any) -> Any:
    """Return the value that comes back through JSON text, whose bytes must be the same."""
    text = json.dumps(kind.to_plain(value), allow_nan=False)
    back = kind.from_plain(json.loads(text))
    assert kind.encode(back) == kind.encode(value)
    return back


def whole(m: Any) -> Any:
    item = m.item("ab", m.RED)
    return m.all(
        True, -128, 255, -1, 65535, -(2**31), 2**32 - 1, -(2**63), 2**64 - 1, 1.5, 1e300, b"\x01" * 16, b"abc", b"\xff",
        [item, item], [item], m.answer(m.BLUE), m.node(1, m.node(2, None)), None,
    )  # fmt: skip


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_each_shape_is_what_json_has_for_it(m: Any) -> None:
    item = {"name": "ab", "kind": "RED"}
    assert whole(m).to_plain() == {
        "flag": True, "c": -128, "uc": 255, "s": -1, "us": 65535, "i": -(2**31), "ui": 2**32 - 1, "h": -(2**63),
        "uh": 2**64 - 1, "f": 1.5, "d": 1e300, "q": "AQEBAQEBAQEBAQEBAQEBAQ==", "id": "YWJj", "data": "/w==",
        "fixed": [item, item], "some": [item], "said": {"status": "BLUE"}, "list": [{"number": 1}, {"number": 2}],
        "maybe": None,
    }  # fmt: skip
    assert m.all.from_plain(whole(m).to_plain()) == whole(m)


def test_a_union_has_its_discriminant_and_its_arm(m: Any) -> None:
    said = m.answer(m.RED, m.item("x", m.BLUE))
    assert said.to_plain() == {"status": "RED", "body": {"name": "x", "kind": "BLUE"}}
    assert m.answer.from_plain(said.to_plain()) == said
    assert m.numbered(2**32 - 1, -5).to_plain() == {"number": 2**32 - 1, "far": -5}
    assert m.numbered.from_plain({"number": 7}) == m.numbered(7)


def test_an_arm_called_as_the_discriminant_is_has_an_underscore() -> None:
    class Same(xdr.Union):
        __slots__ = ()

    kind = xdr.union(Same, xdr.INT, {1: ("type", xdr.INT)}, switch="type")
    assert kind.to_plain(Same(1, 5)) == {"type": 1, "type_": 5}
    assert kind.from_plain({"type": 1, "type_": 5}) == Same(1, 5)


def test_enums_come_as_names_and_numbers_and_keep_their_aliases(m: Any) -> None:
    assert m.xdr_color.from_plain("RED") is m.xdr_color.from_plain(1) is m.RED
    assert m.xdr_color.to_plain(2) == "BLUE"


def test_no_list_is_an_empty_one_or_null(m: Any) -> None:
    kind = xdr.optional(m.xdr_node)
    assert kind.to_plain(None) == []
    assert kind.from_plain([]) is None
    assert kind.from_plain(None) is None


def test_a_list_that_is_no_pointer_has_its_first_node_as_an_object(m: Any) -> None:
    nodes = m.node(1, m.node(2, m.node(3, None)))
    assert nodes.to_plain() == {"number": 1, "next": [{"number": 2}, {"number": 3}]}
    assert m.node.from_plain(nodes.to_plain()) == nodes


def test_several_arguments_are_a_list_and_void_is_null(m: Any) -> None:
    args = m.V_TABLE.procedure(1).args
    value = (m.item("a", m.RED), None, 3)
    assert args.to_plain(value) == [{"name": "a", "kind": "RED"}, [], 3]
    assert args.from_plain(args.to_plain(value)) == value
    assert (xdr.VOID.to_plain(None), xdr.VOID.from_plain(None)) == (None, None)


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        (xdr.DOUBLE, math.inf, "Infinity"), (xdr.FLOAT, -math.inf, "-Infinity"), (xdr.FLOAT, math.nan, "NaN"),
        (xdr.DOUBLE, -0.0, -0.0), (xdr.DOUBLE, 5e-324, 5e-324), (xdr.FLOAT, 2, 2.0),
    ],
)  # fmt: skip
def test_floats_keep_their_bits(kind: Type[float], number: float, shown: object) -> None:
    assert kind.to_plain(number) == shown
    there_and_back(kind, number)


def test_bytes_that_are_no_utf_8_survive_as_text() -> None:
    kind = xdr.string()
    raw = bytes(range(256)) + "é".encode()
    value = kind.unpack(struct.pack(">I", len(raw)) + raw + bytes(-len(raw) % 4))
    assert there_and_back(kind, value) == value


# -- every type there is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [None, *SPECIFICATIONS], ids=lambda path: path.stem if path else "virt")
def test_every_type_comes_back_from_json_text(path: Path | None) -> None:
    module = virt if path is None else load(path).module
    rng = random.Random(20)
    samples = Samples(rng, special={}, texts=TEXTS)
    kinds = tables(module)
    assert len(kinds) > 3
    for kind in kinds:
        for _ in range(20):
            value = samples.of(kind)
            assert there_and_back(kind, value) == value


JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**64, -0.5, math.nan, math.inf, "", "RED", "AAAA", "=", "\ud800", "\udcff", "x" * 300,
    [], [None], [[]], {}, {"status": "OK"}, {"": 0}, b"", object,
)  # fmt: skip


def spoiled(rng: random.Random, data: Any) -> Any:
    """Return plain data with one item of it, at any depth, replaced, taken out, or given a companion."""
    if isinstance(data, dict | list) and data and rng.random() < 0.9:
        copy: Any = data.copy()
        at = rng.choice(list(copy)) if isinstance(copy, dict) else rng.randrange(len(copy))
        if rng.random() < 0.1:
            del copy[at]
        elif rng.random() < 0.1:
            copy.update({"more": 1}) if isinstance(copy, dict) else copy.append(rng.choice(JUNK))
        else:
            copy[at] = spoiled(rng, copy[at])
        return copy
    return rng.choice(JUNK)


@pytest.mark.parametrize("path", [None, *SPECIFICATIONS], ids=lambda path: path.stem if path else "virt")
def test_what_from_plain_takes_the_codec_takes_and_the_rest_is_an_xdr_error(path: Path | None) -> None:
    module = virt if path is None else load(path).module
    rng = random.Random(21)
    samples = Samples(rng, special={}, texts=TEXTS)
    taken = 0
    refused: list[str] = []
    for kind in tables(module):
        for _ in range(20):
            data = spoiled(rng, kind.to_plain(samples.of(kind)))
            try:
                wire = kind.encode(kind.from_plain(data))
            except XdrError as error:
                refused.append(str(error))
            else:
                taken += 1
                assert kind.encode(kind.unpack(wire)) == wire
    assert taken
    assert len(refused) > taken
    assert [why for why in refused if not why.startswith("value")] == []


# -- size and depth ---------------------------------------------------------------------------------------------------


def test_a_list_may_have_a_million_nodes(m: Any) -> None:
    data = [{"number": number} for number in range(1_000_000)]
    kind = xdr.optional(m.xdr_node)
    nodes = kind.from_plain(data)
    assert kind.to_plain(nodes) == data


def nested(m: Any, levels: int) -> Any:
    value = None
    for number in range(levels):
        value = m.deep(value, number)
    return value


def test_whatever_the_codec_takes_goes_to_json_and_back(m: Any) -> None:
    levels = 1
    while True:
        try:
            data = nested(m, levels + 1).to_xdr()
        except XdrError:
            break
        levels += 1
    value = m.deep.from_xdr(nested(m, levels).to_xdr())
    assert levels > 60
    assert there_and_back(m.xdr_deep, value) == nested(m, levels)
    assert data


@pytest.mark.parametrize("levels", [70, 400, 5000])
def test_deeper_is_refused_both_ways(m: Any, levels: int) -> None:
    plain: Any = None
    for number in range(levels):
        plain = {"left": plain, "n": number}
    with pytest.raises(XdrError, match=r"^deep(\.left)+: nested deeper than 64$"):
        m.deep.from_plain(plain)
    with pytest.raises(XdrError, match=r"^deep(\.left)+: nested deeper than 64$"):
        nested(m, levels).to_plain()
    trees: Any = []
    for number in range(levels):
        trees = [{"number": number, "children": trees}]
    with pytest.raises(XdrError, match=r"nested deeper than 64$"):
        xdr.optional(m.xdr_tree).from_plain(trees)


def test_many_types_in_a_ring_end_with_the_stack_in_an_xdr_error(tmp_path: Path) -> None:
    rings = [f"struct r{number} {{ r{number - 1} *next; int n; }};" for number in range(1, 40)]
    file = tmp_path / "ring.x"
    file.write_text("\n".join(["struct r0 { struct r39 *next; int n; };", *rings]))
    module = load(file).module
    value: Any = None
    plain: Any = None
    for number in range(40 * 60):
        value = getattr(module, f"r{number % 40}")(value, 0)
        plain = {"next": plain, "n": 0}
    with pytest.raises(XdrError, match="nested too deep"):
        value.to_plain()
    with pytest.raises(XdrError, match="nested too deep"):
        type(value).from_plain(plain)


def test_a_value_that_holds_itself_is_refused(m: Any) -> None:
    value = m.nest([])
    value.inner.append(value)
    with pytest.raises(XdrError, match="nested deeper than 64"):
        value.to_plain()


# -- refusals ---------------------------------------------------------------------------------------------------------

REFUSED: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("flag",), 1, "all.flag: expected bool, found 1"),
    (("flag",), None, "all.flag: expected bool, found null"),
    (("i",), True, "all.i: expected int, found true"),
    (("i",), 2**31, "all.i: expected int, -2147483648 to 2147483647, found 2147483648"),
    (("i",), 1.0, "all.i: expected int, found 1.0"),
    (("i",), 10**5000, "all.i: expected int, -2147483648 to 2147483647, found a number of 16610 bits"),
    (("i",), "1", "all.i: expected int, found '1'"),
    (("c",), -129, "all.c: expected char, -128 to 255, found -129"),
    (("uc",), 256, "all.uc: expected unsigned char, 0 to 255, found 256"),
    (("us",), -1, "all.us: expected unsigned short, 0 to 65535, found -1"),
    (("ui",), -1, "all.ui: expected unsigned int, 0 to 4294967295, found -1"),
    (("uh",), 2**64, "all.uh: expected unsigned hyper, 0 to 18446744073709551615, found 18446744073709551616"),
    (("f",), 1e300, "all.f: expected float, found 1e+300"),
    (("f",), True, "all.f: expected float, a number or one of NaN, Infinity, -Infinity, found true"),
    (("d",), "nan", "all.d: expected double, a number or one of NaN, Infinity, -Infinity, found 'nan'"),
    (("d",), 10**400, "all.d: expected double, found a number of 1329 bits"),
    (("id",), "YWI=", "all.id: expected opaque[3], found 2 bytes"),
    (("id",), "YWJ", "all.id: expected opaque[3] in base64, found 'YWJ'"),
    (("id",), "YW Jj", "all.id: expected opaque[3] in base64, found 'YW Jj'"),
    (("id",), "ÄÖÜß", "all.id: expected opaque[3] in base64, found 'ÄÖÜß'"),
    (("id",), [1, 2, 3], "all.id: expected opaque[3] in base64, found a list of 3"),
    (("data",), "AAAAAAAA", "all.data: expected opaque<5>, found 6 bytes"),
    (("maybe",), "abcde", "all.maybe: expected string<4>, found 5 bytes"),
    (("maybe",), "ääß", "all.maybe: expected string<4>, found 6 bytes"),
    (("maybe",), "\ud800", "all.maybe: expected string<4>, found the lone surrogate U+D800"),
    (("maybe",), 5, "all.maybe: expected string<4>, found 5"),
    (("fixed",), [], "all.fixed: expected item[2], found a list of 0"),
    (("fixed",), {}, "all.fixed: expected item[2], a list, found an object"),
    (("some",), [1, 2, 3, 4], "all.some: expected item<3>, found a list of 4"),
    (("some",), [{"name": "a", "kind": 1}, 7], "all.some[1]: expected item, an object, found 7"),
    (("some", 0, "kind"), "MAUVE", "all.some[0].kind: expected color, found 'MAUVE'"),
    (("some", 0, "kind"), 3, "all.some[0].kind: expected color, found 3"),
    (("some", 0, "kind"), True, "all.some[0].kind: expected color, found true"),
    (("some", 0, "kind"), "m" * 100, f"all.some[0].kind: expected color, found '{'m' * 40}'... of 100 characters"),
    (("some", 0, "size"), 3, "all.some[0]: unknown field 'size'; item has name, kind"),
    (("list", 1, "next"), None, "all.list[1]: unknown field 'next'; node has number"),
    (("list", 1, "number"), None, "all.list[1].number: expected int, found null"),
    (("list",), {"number": 1}, "all.list: expected a list of node, a list, found an object"),
    (("said",), {}, "all.said.status: missing"),
    (("said",), [], "all.said: expected answer, an object, found a list of 0"),
    (("said",), {"status": "RED"}, "all.said.body: missing"),
    (("said",), {"status": "GREEN"}, "all.said.status: expected color, found 'GREEN'"),
    (("said", "body"), None, "all.said: unknown field 'body'; answer for BLUE has status"),
    (("other",), None, "all: unknown field 'other'; all has flag, c, uc, "),
]  # fmt: skip


@pytest.mark.parametrize(("path", "data", "why"), REFUSED, ids=[why.partition(", found")[0] for _, _, why in REFUSED])
def test_what_does_not_fit_is_named_by_its_path(m: Any, path: tuple[Any, ...], data: Any, why: str) -> None:
    plain = whole(m).to_plain()
    inner = plain
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = data
    with pytest.raises(XdrError) as caught:
        m.all.from_plain(plain)
    assert str(caught.value).startswith(why)
    if not why.endswith(", "):
        assert str(caught.value) == why


def test_a_missing_field_is_named(m: Any) -> None:
    plain = whole(m).to_plain()
    del plain["some"][0]["kind"]
    with pytest.raises(XdrError, match=r"^all\.some\[0\]\.kind: missing$"):
        m.all.from_plain(plain)


def test_arguments_are_named_by_their_place(m: Any) -> None:
    args = m.V_TABLE.procedure(1).args
    with pytest.raises(XdrError, match=r"^args\[1\]\[0\]\.number: expected int, found 'x'$"):
        args.from_plain([{"name": "", "kind": 1}, [{"number": "x"}], 0], "args")
    with pytest.raises(XdrError, match=r"^args: expected 3 arguments, found a list of 1$"):
        args.from_plain([1], "args")
    with pytest.raises(XdrError, match=r"^value: expected nothing \(null\), found 0$"):
        xdr.VOID.from_plain(0)


def test_a_case_without_an_arm_is_refused_both_ways() -> None:
    class Small(xdr.Union):
        __slots__ = ()

    kind = xdr.union(Small, xdr.INT, {1: None}, switch="status")
    with pytest.raises(XdrError, match=r"^value\.status: expected a case of Small, found 2$"):
        kind.from_plain({"status": 2})
    value = Small(1)
    value.discriminant = 2
    with pytest.raises(XdrError, match=r"^Small\.status: expected a case of Small, found 2$"):
        value.to_plain()


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("i", 2**31, "all.i: expected int, -2147483648 to 2147483647, found 2147483648"),
        ("flag", None, "all.flag: expected bool, found null"),
        ("data", b"123456", "all.data: expected opaque<5>, found 6 bytes"),
        ("id", "abc", "all.id: expected opaque[3], found 'abc'"),
        ("said", 5, "all.said: expected answer, found 5"),
        ("some", [None], "all.some[0]: expected item, found null"),
        ("list", 5, "all.list[0]: expected node, found 5"),
    ],
)
def test_values_that_do_not_fit_their_type_are_no_plain_data(m: Any, field: str, value: Any, why: str) -> None:
    wrong = whole(m)
    setattr(wrong, field, value)
    with pytest.raises(XdrError) as caught:
        wrong.to_plain()
    assert str(caught.value) == why
