"""Sets of cpus agree in all their forms."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtrpcd.cpuset import MAX_CPUS, cpus_of_map, format_cpuset, map_of_cpus, parse_cpuset

sets = st.frozensets(st.integers(0, MAX_CPUS - 1), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("text", "cpus", "shortest"),
    [
        ("0", {0}, "0"),
        ("0-3", {0, 1, 2, 3}, "0-3"),
        ("0-3,^2", {0, 1, 3}, "0-1,3"),
        ("3,1,2", {1, 2, 3}, "1-3"),
        ("^2,2", {2}, "2"),
        (" 1 , 3\n", {1, 3}, "1,3"),
        ("5-5", {5}, "5"),
        ("00016", {16}, "16"),
        (str(MAX_CPUS - 1), {MAX_CPUS - 1}, str(MAX_CPUS - 1)),
    ],
)
def test_text_names_cpus(text: str, cpus: set[int], shortest: str) -> None:
    assert parse_cpuset(text) == cpus
    assert format_cpuset(cpus) == shortest


@pytest.mark.parametrize(
    "text",
    ["", ",", "0,", "a", "-1", "3-1", "1-", "^", "^1-2", "0,^0", str(MAX_CPUS), "0-99999", "1 2", "\u0661", "0x1"],
)
def test_what_is_no_list_of_cpus_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cpu"):
        parse_cpuset(text)


@given(sets)
def test_text_and_set_are_the_same(cpus: frozenset[int]) -> None:
    assert parse_cpuset(format_cpuset(cpus)) == cpus


@given(sets)
def test_map_and_set_are_the_same(cpus: frozenset[int]) -> None:
    cpumap = map_of_cpus(cpus, MAX_CPUS)
    assert len(cpumap) == MAX_CPUS // 8
    assert cpus_of_map(cpumap) == cpus


def test_bit_0_of_byte_0_is_cpu_0() -> None:
    assert map_of_cpus({0, 9}, 10) == b"\x01\x02"
    assert map_of_cpus({0, 9}, 8) == b"\x01"
    assert cpus_of_map(b"\x80\x01") == {7, 8}
    assert cpus_of_map(b"") == frozenset()


def test_a_long_text_of_wide_ranges_is_cheap() -> None:
    began = time.process_time()
    assert len(parse_cpuset("0-16383," * 50_000 + "0")) == MAX_CPUS
    assert time.process_time() - began < 2
