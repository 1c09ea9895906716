"""Directives of cpp in specifications, and the dialects that read to the same nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyrpcgen.compiler import Options, load_file, load_text
from pyrpcgen.conditions import BadCondition, evaluate
from pyrpcgen.errors import CompileErrors
from pyrpcgen.nodes import Basic, BasicType, Struct


def names(text: str, **defines: str) -> list[str]:
    checked = load_text(text, "t.x", Options(defines))
    return [item.name for item in checked.specification.definitions]


@pytest.mark.parametrize(
    ("condition", "value"),
    [("defined(A) && A == 3", 1), ("1 + 2 * 3", 7), ("!0x10 || 010 == 8", 1), ("unknown", 0), ("(1 < 2) - -1", 2)],
)
def test_conditions_come_to_what_cpp_says(condition: str, value: int) -> None:
    assert evaluate(condition, {"A": "3"}) == value


@pytest.mark.parametrize("condition", ["", "1 +", "(1", "1 1", "1 / 0", "(" * 99, "a(b)", "'x'"])
def test_bad_conditions_are_refused(condition: str) -> None:
    with pytest.raises(BadCondition):
        evaluate(condition, {})


def test_conditional_parts() -> None:
    text = "#ifdef A\nconst X = 1;\n#elif B > 1\nconst Y = 1;\n#else\nconst Z = 1;\n#endif\n"
    assert names(text) == ["Z"]
    assert names(text, A="") == ["X"]
    assert names(text, B="2") == ["Y"]


def test_macros_are_replaced_but_not_in_comments() -> None:
    checked = load_text("#define N 7\n#define M N\n/* N */\nconst A = M;\n", "t.x")
    assert checked.scope.constants["A"] == 7


def test_a_macro_that_grows_without_end_is_refused() -> None:
    text = "#define A " + "A " * 100 + "\nconst X = A;\n"
    with pytest.raises(CompileErrors, match="characters after macros"):
        load_text(text, "t.x")


def test_line_marks_move_errors() -> None:
    with pytest.raises(CompileErrors, match=r"^other\.x:7:11: "):
        load_text('# 7 "other.x"\nconst A = ;\n', "t.x")


def test_includes_are_read_and_errors_name_them(tmp_path: Path) -> None:
    (tmp_path / "a.x").write_text('#include <rpc/rpc.h>\n%#include "b.h"\nconst A = B;\n')
    (tmp_path / "b.x").write_text("const B = 5;\n")
    assert load_file(tmp_path / "a.x").scope.constants["A"] == 5
    (tmp_path / "b.x").write_text("\nconst B = ;\n")
    with pytest.raises(CompileErrors, match=r"b\.x:2:11: "):
        load_file(tmp_path / "a.x")


def test_an_include_in_a_circle_or_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.x").write_text('#include "a.x"\n')
    with pytest.raises(CompileErrors, match="in no circle"):
        load_file(tmp_path / "a.x")
    (tmp_path / "a.x").write_text('#include "none.x"\n')
    with pytest.raises(CompileErrors, match=r"a\.x:1:1: expected a file that can be read"):
        load_file(tmp_path / "a.x")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("long", Basic.INT), ("u_long", Basic.UINT), ("unsigned long", Basic.UINT), ("uint64_t", Basic.UHYPER),
     ("u_quad_t", Basic.UHYPER), ("longlong_t", Basic.HYPER), ("u_char", Basic.UCHAR), ("bool_t", Basic.BOOL)],
)  # fmt: skip
def test_the_names_of_c_are_the_languages_own_types(text: str, kind: Basic) -> None:
    struct = load_text(f"struct s {{ {text} x; }};", "t.x").specification.definitions[0]
    assert isinstance(struct, Struct)
    spec = struct.fields[0].type
    assert isinstance(spec, BasicType)
    assert spec.kind is kind


def test_pragmas_and_namespaces_change_nothing() -> None:
    assert names("pragma header nfs4;\nnamespace a { namespace b {\nconst X = 1;\n} }\nconst Y = 2;") == ["X", "Y"]
