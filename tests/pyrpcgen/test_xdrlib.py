"""`--style xdrlib`: the names and habits that code for pynfs's modules relies on, and goldens."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import xdrlib3
from hypothesis import HealthCheck, given, settings
from interop.c_roundtrip import types_of
from interop.value_strategies import values
from xdrlib_values import Modules, converted, same, write_and_load

from pyrpcgen.compiler import load_file, load_text
from pyrpcgen.emit.xdrlib import emit_xdrlib
from virtproto import virt

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPECS = sorted((HERE / "golden").glob("*.x"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Modules:
    return write_and_load(load_file(HERE / "golden" / "plain.x"), "plain", tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_output_is_the_committed_one(path: Path) -> None:
    for name, text in emit_xdrlib(load_file(path), path.stem).items():
        assert text == (HERE / "golden_xdrlib" / name).read_text(), name


def test_virt_x_has_the_bytes_of_the_typed_module(tmp_path: Path) -> None:
    modules = write_and_load(load_file(ROOT / "xdr_spec" / "virt.x"), "virt", tmp_path)
    for name, kind in types_of(virt).items():
        _agree(modules, name, kind)


def _agree(modules: Modules, name: str, kind: Any) -> None:
    @settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(values(kind))
    def check(value: Any) -> None:
        own = converted(kind, value, modules.types, {})
        packer = modules.pack.VIRTPacker()
        getattr(packer, f"pack_{name}")(own)
        assert packer.get_buffer() == kind.encode(value)
        unpacker = modules.pack.VIRTUnpacker(packer.get_buffer())
        assert same(getattr(unpacker, f"unpack_{name}")(), own)
        unpacker.done()

    check()


def test_constants_enum_tables_and_numbers_of_programs(plain: Modules, tmp_path: Path) -> None:
    assert (plain.const.LIMIT, plain.const.MODE, plain.const.WORST, plain.const.TRUE) == (16, 0o644, -1, 1)
    assert plain.const.outcome == {0: "GOOD", 1: "BAD", 16: "UGLY", -1: "WORST"}
    assert plain.types.verdict is plain.const.outcome
    service = write_and_load(load_file(HERE / "golden" / "service.x"), "service", tmp_path).const
    assert (service.SUMS, service.SUMS_V2, service.SUMS_CLEAR) == (0x20000099, 2, 2)


def test_a_long_list_is_no_recursion(plain: Modules) -> None:
    head: list[Any] = []
    for _ in range(20_000):
        head = [plain.types.node(b"a", bytes(16), head)]
    packer = plain.pack.PLAINPacker()
    packer.pack_chain(head)
    assert len(packer.get_buffer()) == 4 + 20_000 * 28
    (again,) = plain.pack.PLAINUnpacker(packer.get_buffer()).unpack_chain()
    assert repr(again) == repr(head[0])
    assert repr(again).startswith("node(name=b'a', id=")


def test_unions_have_switch_and_pass_on_what_they_lack(plain: Modules) -> None:
    types, const = plain.types, plain.const
    answer = types.answer(const.GOOD, all=[])
    assert answer.switch == []
    assert repr(answer) == "answer(how=GOOD, all=[])"
    assert types.answer(const.BAD).switch is None
    assert types.answer(7, why=b"x").switch == b"x"
    counted = types.counted(16, nested=answer)
    assert counted.how == const.GOOD
    with pytest.raises(AttributeError):
        _ = counted.nothing
    with pytest.raises(KeyError):
        _ = types.counted(2).switch
    assert copy.deepcopy(counted).how == const.GOOD


def test_limits_enums_and_none_are_checked(plain: Modules) -> None:
    packer = plain.pack.PLAINPacker()
    with pytest.raises(plain.pack.XDRError, match="label: length 17, at most 16"):
        packer.pack_label(b"x" * 17)
    with pytest.raises(plain.pack.XDRError, match="value=7 not in enum outcome"):
        packer.pack_outcome(7)
    with pytest.raises(TypeError, match=r"node\.name is None"):
        packer.pack_node(plain.types.node())
    with pytest.raises(xdrlib3.Error, match="length 2, at most 1"):
        plain.pack.PLAINUnpacker(bytes.fromhex("00000002")).unpack_chain()
    loose = plain.pack.PLAINPacker(check_enum=False, check_array=False)
    loose.pack_label(b"x" * 17)
    loose.pack_outcome(7)
    unpacker = plain.pack.PLAINUnpacker(loose.get_buffer(), check_enum=False, check_array=False)
    assert (unpacker.unpack_label(), unpacker.unpack_outcome()) == (b"x" * 17, 7)


def test_a_length_over_its_bound_is_refused_before_it_is_read(plain: Modules) -> None:
    with pytest.raises(plain.pack.XDRError, match="label: length 4294967295, at most 16"):
        plain.pack.PLAINUnpacker(b"\xff" * 4).unpack_label()


def test_a_short_fixed_opaque_is_filled_up_as_xdrlib_does(plain: Modules) -> None:
    packer = plain.pack.PLAINPacker()
    packer.pack_key(b"ab")
    assert packer.get_buffer() == b"ab" + bytes(14)


def test_filters_see_what_goes_in_and_out(plain: Modules) -> None:
    class Packer(plain.pack.PLAINPacker):  # type: ignore[name-defined, misc]
        def filter_label(self, data: bytes) -> bytes:
            return data.upper()

    class Unpacker(plain.pack.PLAINUnpacker):  # type: ignore[name-defined, misc]
        def filter_node(self, data: Any) -> Any:
            data.seen = True
            return data

    packer = Packer()
    packer.pack_node(plain.types.node(b"ab", bytes(16), [plain.types.node(b"cd", bytes(16), [])]))
    node = Unpacker(packer.get_buffer()).unpack_node()
    assert (node.name, node.seen, node.next[0].name, node.next[0].seen) == (b"AB", True, b"CD", True)


def test_types_named_like_xdrlibs_methods_do_not_hide_them(tmp_path: Path) -> None:
    text = "typedef unsigned int uint; struct array { uint a<>; }; struct bytes { array one; };"
    modules = write_and_load(load_text(text, "hiding.x"), "hiding", tmp_path)
    packer = modules.pack.HIDINGPacker()
    packer.pack_bytes_(modules.types.bytes(modules.types.array([1, 2])))
    assert packer.get_buffer().hex() == "00000002" + "00000001" + "00000002"
    assert modules.pack.HIDINGUnpacker(packer.get_buffer()).unpack_bytes_().a == [1, 2]


def test_types_inside_themselves_end_before_python_does(tmp_path: Path) -> None:
    modules = write_and_load(load_text("struct tree { tree branches<>; };", "tree.x"), "tree", tmp_path)
    with pytest.raises(modules.pack.XDRError, match="nested more than 64 deep"):
        modules.pack.TREEUnpacker(bytes.fromhex("00000001") * 1000).unpack_tree()
