"""Directives of cpp in specifications, and the dialects that read to the same nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyrpcgen.compiler import Options, load_file, load_text
from pyrpcgen.conditions import BadCondition, evaluate
from pyrpcgen.errors import CompileErrors
from pyrpcgen.nodes import Basic, BasicType, Struct, Text


def names(text: str, **defines: str) -> list[str]:
    checked = load_text(text, "t.x", Options(defines))
    return [item.name for item in checked.specification.definitions]


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("defined(A) && A == 3", 1), ("1 + 2 * 3", 7), ("!0x10 || 010 == 8", 1), ("unknown", 0), ("(1 < 2) - -1", 2),
        ("V == 2", 1), ("B", 3), ("NEGATIVE < 0", 1), ("defined B", 1), ("SELF", 0), ("F", 0), ("DEFINED", 1),
        ("199901L > 199900ULL", 1), ("2U", 2), ("0b101", 5), ("(1 << 2) & 4", 4), ("6 ^ 5 | 8", 11), ("-9 >> 1", -5),
        ("1 ? 2 : 3", 2), ("0 ? 1 : 0 ? 2 : 3", 3), ("-7 / 2", -3), ("-7 % 3", -1), ("10 - 3 - 2", 5),
        ("'A' == 65 && '\\n' == 10", 1), ("-1 > 0u", 1), ("~0u > 0", 1), ("1 << 64", 0),
        ("defined(FOO) && (10 / FOO) > 1", 0), ("1 || 1 / 0", 1), ("1 ? 1 : 1 % 0", 1),
    ],
)  # fmt: skip
def test_conditions_come_to_what_cpp_says(condition: str, value: int) -> None:
    macros = {"A": "3", "B": "A", "V": "(2)", "NEGATIVE": "-1", "SELF": "SELF", "F": None, "DEFINED": "defined A"}
    assert evaluate(condition, macros) == value


@pytest.mark.parametrize(
    "condition",
    [
        "", "1 +", "(1", "1 1", "1 / 0", "1 && 1 / 0", "(" * 99, "a(b)", "1 ? 2", "1LUL", "09", "2" * 20, "1" * 5000,
        "defined", "F(1)",
    ],
)  # fmt: skip
def test_bad_conditions_are_refused(condition: str) -> None:
    with pytest.raises(BadCondition):
        evaluate(condition, {"F": None})


def test_conditional_parts() -> None:
    text = "#ifdef A\nconst X = 1;\n#elif B > 1\nconst Y = 1;\n#else\nconst Z = 1;\n#endif\n"
    assert names(text) == ["Z"]
    assert names(text, A="") == ["X"]
    assert names(text, B="2") == ["Y"]


def test_a_condition_sees_what_macros_of_macros_come_to() -> None:
    text = "#define C B\n#define B (V)\n#if C == -1\nconst X = 1;\n#else\nconst Y = 1;\n#endif\n"
    assert names(text, V="-1") == ["X"]
    assert names(text, V="1") == ["Y"]


def test_what_stands_behind_the_name_of_a_directive_counts_for_nothing() -> None:
    text = "#ifdef A B\nconst X = 1;\n#endif\n#undef A B\n#ifndef A /* gone */\nconst Y = 1;\n#endif\n"
    assert names(text, A="1") == ["X", "Y"]


def test_a_macro_with_arguments_may_be_defined_and_asked_for() -> None:
    text = "#define up(x, y) ((((x) + (y)) / (y)) * (y))\n#ifdef up\nconst A = 1;\nstruct up { int up; };\n#endif\n"
    assert names(text) == ["A", "up"]


def test_a_comment_that_goes_on_leaves_the_rest_of_its_directive() -> None:
    checked = load_text("#define X /* a\n b\n c */ 5 /* d */\n#if X /*\n*/ == 5\nconst A = X;\n#endif\n", "t.x")
    assert checked.scope.constants == {"A": 5}
    with pytest.raises(CompileErrors, match=r"^t\.x:3:11: "):
        load_text("#define X /* a\n */ 5\nconst B = ;\n", "t.x")


def test_texts_and_characters_are_no_comments_and_have_no_macros() -> None:
    text = '#define A 1\n#define T "/* A */"\nconst S = "/* A\\"";\n#define N 3\nconst B = N;\nconst U = T;\n'
    values = [getattr(item, "value", None) for item in load_text(text, "t.x").specification.definitions]
    assert [item.text for item in values if isinstance(item, Text)] == ['/* A"', "/* A */"]
    assert load_text(text + "const C = 'A';", "t.x").scope.constants == {"B": 3, "C": 65}


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


def test_an_include_in_angle_brackets_is_looked_for_in_the_folders_given(tmp_path: Path) -> None:
    folder = tmp_path / "include"
    folder.mkdir()
    (folder / "b.x").write_text("const B = 5;\n")
    (tmp_path / "c.x").write_text("const C = 6;\n")
    (tmp_path / "a.x").write_text("#include <b.x>\n#include <c.x>\n#include <b.h>\nconst A = 1;\n")
    assert load_file(tmp_path / "a.x", Options(include=(str(folder),))).scope.constants == {"B": 5, "A": 1}
    assert load_file(tmp_path / "a.x").scope.constants == {"A": 1}


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
