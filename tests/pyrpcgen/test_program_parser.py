"""The grammar of programs: what is read, as what."""

from __future__ import annotations

from spec_rows import good

from pyrpcgen.nodes import Basic, Procedure, Program, Shape


def procedures(text: str) -> tuple[Procedure, ...]:
    item = good(f"program P {{ version V {{ {text} }} = 1; }} = 1;").specification.definitions[-1]
    assert isinstance(item, Program)
    return item.versions[0].procedures


def test_arguments_are_none_one_or_many_with_names_or_without() -> None:
    none, one, many = procedures("void A(void) = 1; int B(hyper) = 2; bool C(int, hyper b, float) = 3;")
    assert none.arguments == ()
    assert none.result.is_void()
    assert [item.name for item in one.arguments] == [""]
    assert [item.name for item in many.arguments] == ["", "b", ""]


def test_arguments_may_have_shapes_and_strings_need_none() -> None:
    (item,) = procedures("string A(string, string s<5>, opaque<4>, int *x, int y[2]) = 1;")
    assert [argument.shape for argument in item.arguments] == [
        Shape.VARIABLE, Shape.VARIABLE, Shape.VARIABLE, Shape.OPTIONAL, Shape.FIXED,
    ]  # fmt: skip
    assert item.result.basic() is Basic.STRING


def test_versions_may_share_procedures_and_programs_versions() -> None:
    version = "version V { void A(void) = 1; } = 1;"
    other = version.replace("V", "W").replace("} = 1", "} = 2")
    found = good(f"program P {{ {version} {other} }} = 1; program Q {{ {version} }} = 2;")
    assert [program.name for program in found.specification.programs()] == ["P", "Q"]
