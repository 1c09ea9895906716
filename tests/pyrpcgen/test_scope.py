"""Constants and members of enums have values, in whatever order they are declared."""

from __future__ import annotations

from spec_rows import errors, good

from pyrpcgen.nodes import Declaration, Shape, Typedef


def test_values_follow_names_forward_and_back() -> None:
    scope = good("const A = B; const B = Y; enum e { X = C, Y, Z }; const C = 0x10; const T = TRUE;").scope
    assert scope.constants == {"A": 17, "B": 17, "X": 16, "Y": 17, "Z": 18, "C": 16, "T": 1}


def test_chains_of_names_may_be_long() -> None:
    text = "".join(f"const A{n} = A{n + 1};" for n in range(5000)) + "const A5000 = 3;"
    assert good(text).scope.constants["A0"] == 3


def test_typedefs_without_shape_are_seen_through() -> None:
    checked = good("typedef b a; typedef c b; typedef int c<4>; enum e { X }; typedef e f;")
    items = {item.name: item for item in checked.specification.definitions}
    first, last = items["a"], items["f"]
    assert isinstance(first, Typedef)
    assert isinstance(last, Typedef)
    found: Declaration = checked.scope.resolve(first.declaration)
    assert (found.name, found.shape) == ("c", Shape.VARIABLE)
    enum = checked.scope.enum_of(last.declaration)
    assert enum is not None
    assert enum.name == "e"


def test_every_constant_of_a_circle_is_without_value_and_one_is_reported() -> None:
    assert errors("const A = B;\nconst B = C;\nconst C = A;") == [
        "1:7: expected a value that does not hang on itself, found 'A'",
        "2:7: expected a value that does not hang on itself, found 'B'",
        "3:7: expected a value that does not hang on itself, found 'C'",
    ]
