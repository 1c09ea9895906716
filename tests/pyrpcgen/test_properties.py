"""Random specifications compile, random rubbish is refused with errors and nothing else."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from pyrpcgen import CompileErrors, compile_text
from pyrpcgen.compiler import load_text
from pyrpcgen.diff import diff
from pyrpcgen.dump import dump

BASIC = ("int", "unsigned int", "hyper", "unsigned hyper", "float", "double", "quadruple", "bool", "char", "short")
WORDS = [
    "const", "typedef", "enum", "struct", "union", "switch", "case", "default", "program", "version", "void", "int",
    "unsigned", "hyper", "string", "opaque", "bool", "{", "}", "(", ")", "[", "]", "<", ">", "*", ",", ";", ":", "=",
    "A", "B", "C", "1", "0x2", "-3", "09", "%", "#", "/*", "*/", "//", "_", "@", "TRUE", '"', "\n",
]  # fmt: skip
NAMES = st.sampled_from(["x", "y", "list", "class", "self", "value", "from_xdr", "int_", "name"])


@st.composite
def members(draw: st.DrawFn, types: list[str]) -> str:
    """Some declarations with different names."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    found = []
    for name in names:
        kind = draw(st.sampled_from([*BASIC, *types]))
        shapes = [f"{kind} {name}{shape}" for shape in ("", "[3]", "<>", "<LIMIT>")]
        shapes += [f"{kind} *{name}", f"string {name}<7>", f"opaque {name}[5]", f"opaque {name}<>"]
        found.append(draw(st.sampled_from(shapes)) + ";")
    return " ".join(found)


@st.composite
def specifications(draw: st.DrawFn) -> str:
    """A specification without errors: types that use those before them, and a program over them."""
    parts = ["const LIMIT = 9;", "enum hue { RED, BLUE = 7 };"]
    types = ["hue"]
    for number in range(draw(st.integers(0, 6))):
        name = f"t{number}"
        kind = draw(st.sampled_from(["struct", "union", "typedef", "loop"]))
        if kind == "struct":
            parts.append(f"/* {name} */ struct {name} {{ {draw(members(types))} }};")
        elif kind == "union":
            switch = draw(st.sampled_from(["int k) { case 1", "bool k) { case TRUE", "hue k) { case BLUE"]))
            arms = draw(members(types)).rstrip(";").split("; ")
            cases = " ".join(f"case {n + 20}: {arm};" for n, arm in enumerate(arms[1:])) if "int" in switch else ""
            default = draw(st.sampled_from(["", "default: void;", "default: hyper other;"]))
            parts.append(f"union {name} switch ({switch}: {arms[0]}; {cases} {default} }};")
        elif kind == "loop":
            parts.append(f"struct {name} {{ {name} *next; {draw(members(types))} }};".replace("next;", "next_one;"))
        else:
            parts.append(f"typedef {draw(st.sampled_from(types))} {name}<>;")
        types.append(name)
    result, argument = draw(st.sampled_from(["void", *types])), draw(st.sampled_from(["void", "string", *types]))
    parts.append(f"program P {{ version V {{ {result} CALL({argument}) = 1; }} = 1; }} = 77;")
    return "\n".join(parts)


@settings(max_examples=150, deadline=None)
@given(specifications())
def test_what_is_right_compiles_to_python_that_compiles(text: str) -> None:
    made = compile_text(text, "t.x")
    compile(made, "t.py", "exec")
    assert compile_text(text, "t.x") == made


@settings(max_examples=50, deadline=None)
@given(specifications())
def test_what_is_made_can_be_imported_and_its_tables_built(text: str) -> None:
    space: dict[str, object] = {"__name__": "made"}
    exec(compile(compile_text(text, "t.x"), "t.py", "exec"), space)
    assert "V_TABLE" in space


@settings(max_examples=50, deadline=None)
@given(specifications())
def test_nothing_differs_from_itself(text: str) -> None:
    one, other = load_text(text, "t.x"), load_text("/* moved */\n\n" + text.replace("\n", "\n\n"), "u.x")
    assert dump(one) == dump(other)
    assert diff(one, other) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_token_soup_gives_errors_or_a_module(words: list[str]) -> None:
    with contextlib.suppress(CompileErrors):
        compile(compile_text(" ".join(words), "t.x"), "t.py", "exec")


@settings(max_examples=150, deadline=None)
@given(specifications(), st.data())
def test_a_specification_with_a_hole_gives_errors_or_a_module(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(1, 30)))
    with contextlib.suppress(CompileErrors):
        compile(compile_text(text[:start] + text[end:], "t.x"), "t.py", "exec")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_errors_or_a_module(data: bytes) -> None:
    with contextlib.suppress(CompileErrors):
        compile_text(data, "t.x")
