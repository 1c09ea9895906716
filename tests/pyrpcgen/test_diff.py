"""What breaks those who speak an old specification, whom, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spec_rows import good

from pyrpcgen.__main__ import main
from pyrpcgen.changes import Kind
from pyrpcgen.compiler import Checked
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
    ("default: void;", "case B: void; default: void;"),
    ("default: void;", "case B: void;"),
]  # fmt: skip

SEND_OLD_CLIENTS = "old clients refuse what new servers may send"
SEND_OLD_SERVERS = "old servers refuse what new clients may send"
SEND_NEW_CLIENTS = "new clients refuse what old servers may send"
SEND_NEW_SERVERS = "new servers refuse what old clients may send"

CHANGES = [
    ("void SET(int, hyper) = 2;", "", ["t.x:6: P 1: procedure 2 SET: is gone"]),
    ("void SET(int, hyper) = 2;", "void SET(int, hyper) = 5;", ["t.x:6: P 1: procedure 2 SET: has number 5 now"]),
    ("SET(int, hyper)", "SET(int)", ["t.x:6: P 1: procedure 2 SET: took 2 arguments, takes 1"]),
    ("SET(int, hyper)", "SET(int, float)", ["t.x:6: P 1: procedure 2 SET: argument 2 was hyper, is float"]),
    ("SET(int, hyper)", "SET(hyper, hyper)", ["t.x:6: P 1: procedure 2 SET: argument 1 was int, is hyper"]),
    ("void SET", "int SET", ["t.x:6: P 1: procedure 2 SET: result was void, is int"]),
    ("} = 2;\n}", "} = 3;\n}", ["t.x:7: P 2: the number of version W was 2, is 3"]),
    ("    version W { res GET(node) = 1; } = 2;\n", "", ["P 2: the version W is gone"]),
    ("} = 9;", "} = 8;",
     ["t.x:5: P 1: the program's number was 9, is 8", "t.x:5: P 2: the program's number was 9, is 8"]),
    ("program P", "program Q { version V { void Z() = 1; } = 1; } = 8; program R",
     []),
]  # fmt: skip

ONE_VERSION = [
    ("name<8>", "name<9>",
     [f"t.x:3: P 2: type node: field name was string<8>, is string<9> ({SEND_OLD_SERVERS}; {SEND_OLD_CLIENTS})"]),
    ("name<8>", "name<7>",
     [f"t.x:3: P 2: type node: field name was string<8>, is string<7> ({SEND_NEW_SERVERS}; {SEND_NEW_CLIENTS})"]),
    ("int x; ", "", ["t.x:3: P 2: type node: field x (now name) was int, is string<8>",
                     "t.x:3: P 2: type node: field name (now next) was string<8>, is node*",
                     "t.x:3: P 2: type node: field next is gone"]),
    ("node *next;", "node *next; int more;", ["t.x:3: P 2: type node: field more is new"]),
    ("node *next;", "node next<7>;",
     [f"t.x:3: P 2: type node: field next was node*, is node<7> ({SEND_OLD_SERVERS}; {SEND_OLD_CLIENTS})"]),
    ("A, B", "A, B, C", [f"t.x:2: P 2: type kind: value 2 (C) is new ({SEND_OLD_CLIENTS})"]),
    ("A, B", "A", [f"t.x:2: P 2: type kind: value 1 (B) is gone ({SEND_NEW_CLIENTS})"]),
    ("default: void;", "", [f"t.x:4: P 2: type res: case 1 is gone ({SEND_NEW_CLIENTS})"]),
    ("default: void;", "case B: int y; default: void;", ["t.x:4: P 2: type res: case 1 was void, is int"]),
    ("default: void;", "default: int y;", ["t.x:4: P 2: type res: case 1 was void, is int"]),
    ("case A: node ok;", "case A: node ok<>;", ["t.x:4: P 2: type res: case 0 was node, is node<>"]),
    ("kind k", "int k", ["t.x:4: P 2: type res: the discriminant was kind, is int"]),
    ("struct node { int x; string name<8>; node *next; };", "enum node { N };",
     ["t.x:3: P 2: type node: was a struct, is an enum"]),
]  # fmt: skip


def broken(old: Checked, new: Checked, version: int | None = None) -> list[str]:
    """Return what breaks, as lines without the word."""
    changes = diff(old, new, version)
    return [str(item).removeprefix("breaks: ") for item in changes if item.kind is Kind.BREAKS]


def noted(old: str, new: str) -> list[str]:
    """Return the notes, and see that nothing breaks."""
    changes = diff(good(old), good(new))
    assert [item for item in changes if item.kind is not Kind.NOTE] == []
    return [str(item) for item in changes]


def serve(types: str, procedures: str) -> str:
    """Return a specification of one version."""
    return f"{types}\nprogram P {{ version V {{ {procedures} }} = 1; }} = 9;\n"


@pytest.mark.parametrize(("before", "after"), SAME)
def test_additions_and_names_break_nothing(before: str, after: str) -> None:
    assert before in OLD
    assert broken(good(OLD), good("typedef int number;" + OLD.replace(before, after))) == []


@pytest.mark.parametrize(("before", "after", "lines"), CHANGES)
def test_changes_are_listed(before: str, after: str, lines: list[str]) -> None:
    assert before in OLD
    assert broken(good(OLD), good(OLD.replace(before, after))) == lines


@pytest.mark.parametrize(("before", "after", "lines"), ONE_VERSION)
def test_changes_of_types_are_listed_once_for_a_version(before: str, after: str, lines: list[str]) -> None:
    assert before in OLD
    assert broken(good(OLD), good(OLD.replace(before, after)), version=2) == lines


@pytest.mark.parametrize(("procedure", "looser", "tighter"), [
    ("void SET(it) = 1;", SEND_OLD_SERVERS, SEND_NEW_SERVERS),
    ("it GET(void) = 1;", SEND_OLD_CLIENTS, SEND_NEW_CLIENTS),
])  # fmt: skip
@pytest.mark.parametrize(("narrow", "wide"), [
    ("struct it { string s<8>; };", "struct it { string s<>; };"),
    ("struct it { opaque s<8>; };", "struct it { opaque s<9>; };"),
    ("struct it { int s<8>; };", "struct it { int s<9>; };"),
    ("enum it { A };", "enum it { A, B };"),
    ("union it switch (int k) { case 1: int x; };", "union it switch (int k) { case 1: int x; case 2: int y; };"),
    ("union it switch (int k) { case 1: int x; };", "union it switch (int k) { case 1: int x; default: void; };"),
])  # fmt: skip
def test_who_breaks_hangs_on_the_way_that_a_type_travels(
    procedure: str, looser: str, tighter: str, narrow: str, wide: str
) -> None:
    less, more = good(serve(narrow, procedure)), good(serve(wide, procedure))
    assert [item.who for item in diff(less, more)] == [looser]
    assert [item.who for item in diff(more, less)] == [tighter]


@pytest.mark.parametrize(("before", "after", "notes"), [
    ("struct node { int x;", "struct node { int y;", ["note: t.x:3: P 1: type node: field x is called y now",
                                                      "note: t.x:3: P 2: type node: field x is called y now"]),
    ("void SET", "void PUT", ["note: t.x:6: P 1: procedure 2 SET: is called PUT now"]),
    ("version W", "version X", ["note: t.x:7: P 2: the version was called W, is called X"]),
    ("enum kind { A, B };", "enum kind { A, C };",
     ["note: t.x:2: P 1: type kind: value 1 was called B, is called C",
      "note: t.x:2: P 2: type kind: value 1 was called B, is called C"]),
    ("node ok;", "node good;", ["note: t.x:4: P 1: type res: the arm of case 0 was called ok, is called good",
                                "note: t.x:4: P 2: type res: the arm of case 0 was called ok, is called good"]),
    ("string name<8>", "opaque name<8>",
     ["note: t.x:3: P 1: type node: field name was string<8>, is opaque<8>: the same bytes",
      "note: t.x:3: P 2: type node: field name was string<8>, is opaque<8>: the same bytes"]),
    ("node *next;", "node next<1>;", ["note: t.x:3: P 1: type node: field next was node*, is node<1>: the same bytes",
                                      "note: t.x:3: P 2: type node: field next was node*, is node<1>: the same bytes"]),
])  # fmt: skip
def test_other_names_and_other_words_for_the_same_bytes_are_notes(before: str, after: str, notes: list[str]) -> None:
    assert before in OLD
    assert noted(OLD, OLD.replace(before, after)) == notes


def test_types_that_changed_their_names_are_compared_by_use() -> None:
    lines = noted(OLD, OLD.replace("node", "knot").replace("kind", "sort").replace("res ", "outcome "))
    assert "note: t.x:3: P 1: type node: is called knot now" in lines
    assert broken(good(OLD), good(OLD.replace("node", "knot").replace("int x", "hyper x")), 2) == [
        "t.x:3: P 2: type node (now knot): field x was int, is hyper"
    ]


@pytest.mark.parametrize(("old", "new", "procedures"), [
    ("struct in { int a; int b; }; struct it { in i; hyper c; };", "struct it { int a; int b; hyper c; };", ""),
    ("struct it { int a; };", "struct in { int a; }; struct it { in i; };", ""),
    ("struct in { int a; int b; }; struct it { in i; hyper c; };",
     "struct in { int b; hyper c; }; struct it { int a; in i; };", ""),
    ("struct a { int x; int y; }; struct b { int z; }; struct it { a a; b b; };",
     "struct a { int x; }; struct b { int y; int z; }; struct it { a a; b b; };", ""),
    ("struct it { int a; int b; };", "", "void SET(int, int) = 1;"),
    ("struct it { int a; };", "", "void SET(int) = 1;"),
    ("enum e { A }; struct in { e x; }; struct it { in i; };", "enum e { A }; struct it { e x; };", ""),
    ("enum e { A }; struct in { e x; }; struct it { in i[2]; };", "enum e { A }; struct it { e x[2]; };", ""),
])  # fmt: skip
def test_structs_flattened_have_the_same_bytes(old: str, new: str, procedures: str) -> None:
    one, other = serve(old, "void SET(it) = 1;"), serve(new, procedures or "void SET(it) = 1;")
    for before, after in ((one, other), (other, one)):
        assert noted(before, after)[-1].endswith("in other structs, with the same bytes")


def test_a_flattened_struct_is_still_compared() -> None:
    old = serve("struct in { int a; string s<8>; }; struct it { in i; };", "void SET(it) = 1;")
    new = serve("struct it { int a; string s<9>; };", "void SET(it) = 1;")
    text = "type it: field i.s was string<8>, is string<9>"
    assert broken(good(old), good(new)) == [f"t.x:1: P 1: {text} ({SEND_OLD_SERVERS})"]


def test_structs_that_double_are_not_spread_out_without_end() -> None:
    types = "struct s0 { int x; };" + "".join(f"struct s{n} {{ s{n - 1} a; s{n - 1} b; }};" for n in range(1, 60))
    both = ("s59 a; int b;", "int b; s59 a;")
    old, new = (serve(f"{types} struct it {{ {fields} }};", "void SET(it) = 1;") for fields in both)
    assert len(broken(good(old), good(new))) == 2


def test_additions_are_known_as_such() -> None:
    new = OLD.replace("void SET", "int NEW(void) = 3; void SET")
    new = new.replace("} = 9;", "version X { int Z() = 9; } = 3; } = 9;")
    assert [str(item) for item in diff(good(OLD), good(new))] == [
        "adds: t.x:6: P 1: procedure 3 NEW is new",
        "adds: t.x:8: P: version 3 X is new",
    ]


def test_only_the_version_asked_for_is_looked_at() -> None:
    assert diff(good(OLD), good(OLD.replace("void SET", "int SET")), version=2) == []
    with pytest.raises(NoSuchVersion, match="no version 7"):
        diff(good(OLD), good(OLD), version=7)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """An old file, and a new one that breaks it."""
    old, new = tmp_path / "old.x", tmp_path / "new.x"
    old.write_text(serve("", "int GET(int) = 1;"))
    new.write_text(serve("", "int GET(hyper) = 1; int NEW(void) = 2;"))
    return str(old), str(new)


def test_the_last_line_says_it_in_plain_words(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = files
    assert main(["diff", old, new]) == 1
    change = f"{new}:2: P 1: procedure 1 GET: argument 1 was int, is hyper"
    assert capsys.readouterr().out == f"breaks: {change}\n{new} does not talk to {old}\n"
    assert main(["diff", old, old]) == 0
    assert capsys.readouterr().out == f"{old} still talks to {old}\n"
    assert main(["diff", "-q", old, old]) == 0
    assert capsys.readouterr().out == ""


def test_additions_are_listed_when_asked_for(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = files
    assert main(["diff", "--all", old, new]) == 1
    assert f"adds: {new}:2: P 1: procedure 2 NEW is new\n" in capsys.readouterr().out


def test_json_has_the_parts(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = files
    assert main(["diff", "--json", old, new]) == 1
    text = "P 1: procedure 1 GET: argument 1 was int, is hyper"
    change = {"kind": "breaks", "text": text, "file": new, "line": 2, "who": ""}
    assert json.loads(capsys.readouterr().out) == {"talks": False, "changes": [change]}
