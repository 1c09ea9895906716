"""Our encoding of every type in virt.x is that of the C code which rpcgen makes of the same file, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from interop.c_roundtrip import Peer, types_of
from interop.programs import TIRPC, VIRT_X, need
from interop.value_strategies import values

from virtproto import virt

pytestmark = pytest.mark.interop

TYPES = types_of(virt)
VALUES_A_TYPE = 200


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    need("rpcgen", "gcc", TIRPC)
    running = Peer(VIRT_X, TYPES, tmp_path_factory.mktemp("peer"))
    yield running
    running.close()


def test_every_type_of_virt_x_is_tried() -> None:
    text = re.sub(r"/\*.*?\*/", "", VIRT_X.read_text(), flags=re.DOTALL)
    named = set(re.findall(r"^(?:struct|union|enum) (\w+)", text, flags=re.MULTILINE))
    named |= set(re.findall(r"^typedef [\w ]+?[ *]*(\w+)\s*(?:[<\[][^>\]]*[>\]])?;", text, flags=re.MULTILINE))
    assert named == set(TYPES)
    assert len(named) > 200


@pytest.mark.parametrize("name", TYPES)
def test_what_we_write_c_reads_and_writes_alike(peer: Peer, name: str) -> None:
    kind = TYPES[name]

    @settings(max_examples=VALUES_A_TYPE, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(values(kind))
    def check(value: object) -> None:
        ours = kind.encode(value)
        assert peer.recode(name, ours) == ours
        assert kind.unpack(ours) == value

    check()


@pytest.mark.parametrize("name", TYPES)
def test_what_c_makes_up_we_read_and_write_alike(peer: Peer, name: str) -> None:
    kind = TYPES[name]
    for seed in range(VALUES_A_TYPE):
        theirs = peer.born(name, seed)
        assert kind.encode(kind.unpack(theirs)) == theirs, f"seed {seed}"
