"""For generated .x files rpcgen's C, our typed modules and our xdrlib modules have the same bytes, both ways.

Each file's names differ from the others', so that all go into one C program. ONCRPC_SPECS says how many files
(default 120) and ONCRPC_VALUES how many values a type (default 12); what is generated is the same in every run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from interop.c_roundtrip import Peer, types_of
from interop.generated_specs import specifications
from interop.programs import TIRPC, need
from interop.value_strategies import values
from xdrlib_values import Modules, converted, same, write_and_load

from pyrpcgen.compiler import compile_text, load_text

pytestmark = pytest.mark.interop

SPECS = int(os.environ.get("ONCRPC_SPECS", "120"))
VALUES_A_TYPE = int(os.environ.get("ONCRPC_VALUES", "12"))
SETTINGS = {
    "database": None,
    "deadline": None,
    "derandomize": True,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


def drawn(strategy: Any, count: int) -> list[Any]:
    """Return `count` values of a strategy, the same in every run."""
    found: list[Any] = []

    @settings(max_examples=count, **SETTINGS)  # type: ignore[arg-type]
    @given(strategy)
    def note(value: Any) -> None:
        found.append(value)

    note()
    return found


class World:
    """All the files, compiled by each."""

    def __init__(self, folder: Any) -> None:
        texts = drawn(specifications("PREFIX_"), SPECS)
        self.text = "".join(text.replace("PREFIX_", f"s{number}_") for number, text in enumerate(texts))
        checked = load_text(self.text, "generated.x")
        self.typed = ModuleType("generated_typed")
        sys.modules[self.typed.__name__] = self.typed
        exec(compile(compile_text(self.text, "generated.x"), "generated.py", "exec"), self.typed.__dict__)
        self.types = types_of(self.typed)
        self.style: Modules = write_and_load(checked, "generated", folder)
        (folder / "c").mkdir()
        (folder / "c.x").write_text(self.text)
        self.peer = Peer(folder / "c.x", self.types, folder / "c")

    def packed(self, name: str, value: Any) -> bytes:
        """Return the bytes by the xdrlib style."""
        packer = self.style.pack.GENERATEDPacker()
        getattr(packer, f"pack_{name}")(value)
        return bytes(packer.get_buffer())

    def unpacked(self, name: str, data: bytes) -> Any:
        """Return the value by the xdrlib style, which takes all of the bytes."""
        unpacker = self.style.pack.GENERATEDUnpacker(data)
        value = getattr(unpacker, f"unpack_{name}")()
        unpacker.done()
        return value


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    need("rpcgen", "gcc", TIRPC)
    made = World(tmp_path_factory.mktemp("generated"))
    yield made
    made.peer.close()
    del sys.modules[made.typed.__name__]


def test_all_kinds_of_types_are_among_them(world: World) -> None:
    for word in ("enum ", "struct ", "union ", "typedef ", "opaque ", "string ", "const ", "default:", "*", "<>", "["):
        assert word in world.text, word
    assert len(world.types) > 3 * SPECS


def test_c_and_both_styles_write_and_read_the_same_bytes(world: World) -> None:
    for name, kind in world.types.items():
        for value in drawn(values(kind), VALUES_A_TYPE):
            data = kind.encode(value)
            assert world.peer.recode(name, data) == data, (name, value)
            assert kind.unpack(data) == value, name
            own = converted(kind, value, world.style.types, {})
            assert world.packed(name, own) == data, (name, value)
            assert same(world.unpacked(name, data), own), (name, value)


def test_what_c_makes_up_both_styles_read_and_write_alike(world: World) -> None:
    for name, kind in world.types.items():
        for seed in range(VALUES_A_TYPE):
            theirs = world.peer.born(name, seed)
            assert kind.encode(kind.unpack(theirs)) == theirs, (name, seed)
            assert world.packed(name, world.unpacked(name, theirs)) == theirs, (name, seed)
