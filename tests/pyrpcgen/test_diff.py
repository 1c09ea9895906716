"""What counts as a change on the wire."""

from __future__ import annotations

import pytest
from spec_rows import good

from pyrpcgen.diff import diff
from pyrpcgen.dump import NoSuchVersion

OLD = """
enum kind { A, B };
struct node { int x; string name<8>; node *next; };
union res switch (kind k) { case A: node ok; default: void; };
program P {
    version V { res GET(node) = 1; void SET(int, hyper) = 2; } = 1;
    version W { res GET(node) = 1; } = 2;
} = 9;
"""

SAME = [
    ("void SET(int, hyper) = 2;", "void SET(int, hyper) = 2; int NEW(void) = 3;"),
    ("program P {", "struct more { int x; }; program P {"),
    ("version W {", "version X { int Z(node) = 9; } = 3; version W {"),
    ("struct node { int x;", "struct node { int renamed;"),
    ("enum kind { A, B };", "const N = 1; enum kind { B = N, A = 0 };"),
    ("int, hyper", "number, hyper b"),
]  # fmt: skip

CHANGES = [
    ("void SET(int, hyper) = 2;", "", ["P 1: procedure 2 SET: is gone"]),
    ("SET(int, hyper)", "SET(int)", ["P 1: procedure 2 SET: took 2 arguments, takes 1"]),
    ("SET(int, hyper)", "SET(int, float)", ["P 1: procedure 2 SET: argument 2 was hyper, is float"]),
    ("void SET", "int SET", ["P 1: procedure 2 SET: result was void, is int"]),
    ("} = 2;\n}", "} = 3;\n}", ["P 2: the version is gone"]),
    ("} = 9;", "} = 8;", ["P 1: the version is gone", "P 2: the version is gone"]),
    ("name<8>", "name<9>", ["P 1: type node: field name was string<8>, is string<9>",
                            "P 2: type node: field name was string<8>, is string<9>"]),
]  # fmt: skip

ONE_VERSION = [
    ("int x; ", "", ["P 2: type node: field x was int, is string<8>",
                     "P 2: type node: field name was string<8>, is node*",
                     "P 2: type node: field next is gone"]),
    ("node *next;", "node *next; int more;", ["P 2: type node: field more is new"]),
    ("A, B", "A, B, C", ["P 2: type kind: value 2 (C) is new"]),
    ("A, B", "A", ["P 2: type kind: value 1 (B) is gone"]),
    ("default: void;", "", ["P 2: type res: the default is gone"]),
    ("default: void;", "case B: void; default: void;", ["P 2: type res: case 1 is new"]),
    ("default: void;", "default: int y;", ["P 2: type res: the default was void, is int"]),
    ("case A: node ok;", "case A: node ok<>;", ["P 2: type res: case 0 was node, is node<>"]),
    ("kind k", "int k", ["P 2: type res: the discriminant was kind, is int"]),
    ("struct node { int x; string name<8>; node *next; };", "enum node { N };",
     ["P 2: type node: was a struct, is an enum"]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), SAME)
def test_additions_and_names_are_no_changes(before: str, after: str) -> None:
    assert before in OLD
    assert diff(good(OLD), good("typedef int number;" + OLD.replace(before, after))) == []


@pytest.mark.parametrize(("before", "after", "lines"), CHANGES)
def test_changes_are_listed(before: str, after: str, lines: list[str]) -> None:
    assert before in OLD
    assert diff(good(OLD), good(OLD.replace(before, after))) == lines


@pytest.mark.parametrize(("before", "after", "lines"), ONE_VERSION)
def test_changes_of_types_are_listed_once_for_a_version(before: str, after: str, lines: list[str]) -> None:
    assert before in OLD
    assert diff(good(OLD), good(OLD.replace(before, after)), version=2) == lines


def test_only_the_version_asked_for_is_looked_at() -> None:
    assert diff(good(OLD), good(OLD.replace("void SET", "int SET")), version=2) == []
    with pytest.raises(NoSuchVersion, match="no version 7"):
        diff(good(OLD), good(OLD), version=7)


def test_types_that_changed_places_are_compared_by_use() -> None:
    new = OLD.replace("node", "knot").replace("kind", "sort").replace("res ", "outcome ")
    assert diff(good(OLD), good(new)) == []
