"""Types inside types get names of their own and stand first."""

from __future__ import annotations

from spec_rows import errors, good


def names(text: str) -> list[str]:
    return [item.name for item in good(text).specification.definitions]


def test_nested_types_are_named_by_where_they_are() -> None:
    assert names("struct a { struct { union switch (int k) { case 1: enum { X } e; } u; } s; };") == [
        "a_s_u_e", "a_s_u", "a_s", "a",
    ]  # fmt: skip
    assert names("typedef struct { int x; } rows<>;") == ["rows_item", "rows"]
    assert names("program P { version V { enum { A } F(struct { int x; }, enum { B } how) = 1; } = 1; } = 1;") == [
        "F_arg1", "F_how", "F_result", "P",
    ]  # fmt: skip


def test_a_name_made_for_a_nested_type_may_be_taken() -> None:
    assert errors("struct a_s { int x; };\nstruct a { struct { int y; } s; };") == [
        "2:12: expected a new name, found 'a_s', which line 1 declares"
    ]
