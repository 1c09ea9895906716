"""The one rule for names: an underscore behind what Python or the module itself needs."""

from __future__ import annotations

import pytest
from spec_rows import good

from pyrpcgen.emit.names import IN_CALL, IN_MODULE, IN_STRUCT, escape


@pytest.mark.parametrize(
    ("name", "reserved", "escaped"),
    [
        ("class", frozenset(), "class_"),
        ("match", frozenset(), "match"),
        ("list", IN_MODULE, "list_"),
        ("list", frozenset(), "list"),
        ("self", IN_STRUCT, "self_"),
        ("timeout_s", IN_CALL, "timeout_s_"),
        ("a", frozenset({"a", "a_"}), "a__"),
    ],
)
def test_escape(name: str, reserved: frozenset[str], escaped: str) -> None:
    assert escape(name, reserved) == escaped


def test_methods_do_not_hide_types_of_the_module() -> None:
    checked = good("struct entry { int x; }; program P { version V { entry ENTRY(entry) = 1; } = 1; } = 1;")
    (procedure,) = checked.specification.programs()[0].versions[0].procedures
    assert checked.names.method(procedure) == "entry_"


def test_versions_that_share_a_name_are_told_apart_by_their_program() -> None:
    version = "version V { void A(void) = 1; } = 1;"
    checked = good(f"program P {{ {version} }} = 1; program Q {{ {version} }} = 2;")
    stubs = [checked.names.stub(item, item.versions[0]) for item in checked.specification.programs()]
    assert stubs == ["P_V", "Q_V"]
