"""The grammar of types: what is read, as what."""

from __future__ import annotations

import pytest
from spec_rows import errors, good

from pyrpcgen.nodes import Basic, BasicType, Constant, Enum, NamedType, Shape, Struct, Symbol, Typedef, Union


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", Basic.INT), ("unsigned int", Basic.UINT), ("unsigned", Basic.UINT), ("hyper", Basic.HYPER),
        ("unsigned hyper", Basic.UHYPER), ("char", Basic.CHAR), ("unsigned char", Basic.UCHAR),
        ("short", Basic.SHORT), ("unsigned short", Basic.USHORT), ("float", Basic.FLOAT), ("double", Basic.DOUBLE),
        ("quadruple", Basic.QUADRUPLE), ("bool", Basic.BOOL),
    ],
)  # fmt: skip
def test_every_type_of_the_language_is_read(text: str, kind: Basic) -> None:
    (item,) = good(f"struct s {{ {text} x; }};").specification.definitions
    assert isinstance(item, Struct)
    spec = item.fields[0].type
    assert isinstance(spec, BasicType)
    assert spec.kind is kind


def test_every_shape_is_read() -> None:
    (item,) = good("struct s { int a; int b[2]; int c<3>; int d<>; s *e; string f<>; };").specification.definitions
    assert isinstance(item, Struct)
    assert [(field.name, field.shape, field.bound is None) for field in item.fields] == [
        ("a", Shape.ONE, True), ("b", Shape.FIXED, False), ("c", Shape.VARIABLE, False),
        ("d", Shape.VARIABLE, True), ("e", Shape.OPTIONAL, True), ("f", Shape.VARIABLE, True),
    ]  # fmt: skip


def test_cases_may_share_an_arm() -> None:
    items = good("union u switch (int x) { case 1: case 2: int y; case 3: void; };").specification.definitions
    assert isinstance(items[0], Union)
    assert [len(case.labels) for case in items[0].cases] == [2, 1]
    assert items[0].default is None


def test_types_may_be_named_by_their_tag() -> None:
    items = good("struct a { struct b *x; enum c y; }; struct b { a z; }; enum c { ONE };").specification.definitions
    assert isinstance(items[0], Struct)
    assert [field.type for field in items[0].fields] == [
        NamedType(items[0].fields[0].type.place, "b", "struct"),
        NamedType(items[0].fields[1].type.place, "c", "enum"),
    ]


def test_a_typedef_of_a_body_is_that_type() -> None:
    names = [type(item) for item in good("typedef enum { A } e; typedef struct { e x; } s;").specification.definitions]
    assert names == [Enum, Struct]


def test_a_typedef_of_a_tag_by_its_own_name_says_nothing() -> None:
    (item,) = good("struct s { int x; }; typedef struct s s;").specification.definitions
    assert isinstance(item, Struct)


def test_names_of_constants_stand_for_numbers() -> None:
    items = good("const A = 2; typedef int t[A];").specification.definitions
    assert isinstance(items[0], Constant)
    assert isinstance(items[1], Typedef)
    bound = items[1].declaration.bound
    assert isinstance(bound, Symbol)
    assert bound.name == "A"


def test_a_lost_semicolon_at_the_end_of_a_line_costs_one_error_and_no_definition() -> None:
    assert errors("const A = 1\nconst B = A;\nstruct s { nothing x; int y }\n;") == [
        "2:1: expected ';' after the constant, found 'const'",
        "3:29: expected ';' after the member, found '}'",
    ]
