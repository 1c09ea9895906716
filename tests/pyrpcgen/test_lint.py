"""Each code of lint, with a specification where it is found and a near one where it is not."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import needs
import pytest
from spec_rows import good

from pyrpcgen.__main__ import main
from pyrpcgen.compiler import load_file
from pyrpcgen.lint import CODES, lint
from pyrpcgen.lint.numbers import KNOWN, taken
from pyrpcgen.lint.words import C_MACROS

ROOT = Path(__file__).parents[2]


def served(types: str, procedures: str = "void SET(it) = 1;", number: str = "0x20000001") -> str:
    """Return a specification with these types and a program that has these procedures."""
    return f"{types}\nprogram P {{ version V {{ {procedures} }} = 1; }} = {number};\n"


FOUND = [
    ("annotation-unread", "/* @requires right */\nprogram P { version V { void A(void) = 1; /* @todo */ } = 1; } = 1;",
     ["1:1: @requires is prose in a file without @require",
      "2:43: @todo is prose in a file without @require"]),
    ("case-foreign", "enum e { A, B }; enum f { C = 1 }; union u switch (e k) { case C: void; default: void; };",
     ["1:64: 'C' is no member of enum e; it is read as B"]),
    ("case-foreign", "enum e { A }; union u switch (e k) { case A: void; case 7: void; };",
     ["1:57: '7' is no member of enum e; the discriminant is read as an int"]),
    ("signed-number", "enum e { A = 0x80000000, B };",
     ["1:14: 2147483648 is -2147483648 on the wire, where it has a sign",
      "1:26: 2147483649 is -2147483647 on the wire, where it has a sign"]),
    ("signed-number", "union u switch (int k) { case 0xffffffff: void; };",
     ["1:31: 4294967295 is -1 on the wire, where it has a sign"]),
    ("enum-duplicate", "enum e { A = 1, B = 1 };", ["1:17: B and A are both 1; readers of enum e see A"]),
    ("enum-gap", "enum e { A, B, C = 3, D = 4 };", ["1:6: enum e has no member for 2"]),
    ("union-default", "union u switch (int k) { case 1: int x; };",
     ["1:7: union u has no default: other values of its int k end the call with an error"]),
    ("union-default", "typedef unsigned hyper big; union u switch (big k) { case 1: int x; };",
     ["1:35: union u has no default: other values of its unsigned hyper k end the call with an error"]),
    ("recursive-type", "struct t { t *left; t *right; };",
     ["1:8: t holds itself, and is no linked list: how deep it may be is capped"]),
    ("recursive-type", "struct t { t *next; int x; };",
     ["1:8: t holds itself, and is no linked list: how deep it may be is capped"]),
    ("recursive-type", "struct t { l inner; }; typedef t *link; struct l { link more<>; };",
     ["1:8: t holds itself, by way of link, l, and is no linked list: how deep it may be is capped"]),
    ("unused-type", served("struct it { int x; }; struct odd { int x; };"),
     ["1:30: no procedure takes or returns odd, and no type holds it"]),
    ("unused-type", served("struct it { int x; }; struct odd { odd *next; };"),
     ["1:30: no procedure takes or returns odd, and no type holds it"]),
    ("unbounded-argument", served("struct it { string name<>; };"),
     ["1:20: string name<> in it has no bound, and comes in the arguments of V.SET"]),
    ("unbounded-argument", served("typedef opaque d<>; union it switch (bool b) { case TRUE: d x; default: void; };"),
     ["1:16: opaque d<> in d has no bound, and comes in the arguments of V.SET"]),
    ("unbounded-argument", served("const N = 0xffffffff; struct it { int n<N>; };"),
     ["1:39: int n<> in it has no bound, and comes in the arguments of V.SET"]),
    ("procedure-gap", served("", "void A() = 1; void B() = 2; void C() = 4; void D() = 5;"),
     ["2:21: version V has no procedure 3"]),
    ("procedure-zero", served("", "int A(void) = 0;"),
     ["2:29: procedure 0 is NULL, which takes and returns void; A does not"]),
    ("procedure-zero", served("", "void A(int) = 0;"),
     ["2:30: procedure 0 is NULL, which takes and returns void; A does not"]),
    ("version-gap", "program P { version A { void X() = 1; } = 1; version B { void X() = 1; } = 3; } = 0x20000001;",
     ["1:76: version B is 3, and the one before it is 1 (A)"]),
    ("program-number", served("", "void A() = 1;", "77"),
     ["2:50: program number 77 (0x0000004d) is one that IANA gives out; ask there, or take one from 0x20000000"]),
    ("program-number", served("", "void A() = 1;", "0x40000000"),
     ["2:50: program number 1073741824 (0x40000000) is transient: for programs that choose theirs while they run"]),
    ("program-number", served("", "void A() = 1;", "0x60000000"),
     ["2:50: program number 1610612736 (0x60000000) is reserved"]),
    ("program-number", served("", "void A() = 1;", "0"), ["2:50: program number 0 (0x00000000) is reserved"]),
    ("program-number-taken", served("", "void A() = 1;", "100003"), ["2:50: program number 100003 is that of nfs"]),
    ("program-number-taken", served("", "void A() = 1;", "0x0607AF"),
     ["2:50: program number 395183 is that of vxi11_core"]),
    ("name-case", "struct it { int x; int X; };", ["1:24: X differs from x (line 1) in nothing but case"]),
    ("name-case", "const Max = 1;\nconst MAX = 2;", ["2:7: MAX differs from Max (line 1) in nothing but case"]),
    ("name-case", "struct it { int x; }; struct IT { int x; };",
     ["1:30: IT differs from it (line 1) in nothing but case"]),
    ("name-c", "struct s { int register; };", ["1:16: register is a keyword of C"]),
    ("name-c", "struct s { int unix; };", ["1:16: unix is a macro of C"]),
    ("name-c", "struct u_int { int x; };", ["1:8: u_int is a type of <rpc/rpc.h> in C"]),
    ("name-c", "struct get_1 { int x; };" + served("", "get_1 GET() = 1;"),
     ["2:31: rpcgen makes a function get_1 of it, and line 1 has or makes one too"]),
    ("name-java", "struct s { int class; int final; };",
     ["1:16: class is a word of Java", "1:27: final is a word of Java"]),
    ("name-python", "struct s { int lambda; };", ["1:16: lambda is lambda_ in Python"]),
    ("name-python", "enum e { None = 1 };", ["1:10: None is None_ in Python"]),
    ("name-python", served("", "void IMPORT() = 1;"), ["2:30: import is import_ in Python"]),
]  # fmt: skip

CLEAN = [
    ("annotation-unread", "program P { version V { /* @brief A. */ void A(void) = 1; } = 1; } = 1;"),
    ("case-foreign", "const C = 1; enum e { A, B = -1 }; union u switch (e k) { case 0: case 0xffffffff: void; };"),
    ("signed-number", "enum e { A = 0x7fffffff }; union u switch (unsigned k) { case 0xffffffff: void; };"),
    ("enum-duplicate", "enum e { A = 1, B = 2 };"),
    ("enum-gap", "enum e { A, B, C, D };"),
    ("enum-gap", "enum flags { A = 1, B = 2, C = 4, D = 8, E = 16, F = 32 };"),
    ("enum-gap", "enum errors { A = 0, B = 5, C = 17, D = 10001 };"),
    ("union-default", "union u switch (int k) { case 1: int x; default: void; };"),
    ("union-default", "union u switch (bool k) { case TRUE: int x; };"),
    ("union-default", "enum e { A, B }; union u switch (e k) { case A: int x; };"),
    ("recursive-type", "struct node { int x; node *next; };"),
    ("recursive-type", "typedef node *list; struct node { int x; list next; };"),
    ("unused-type", served("struct in { int x; }; typedef in list<4>; struct it { list l; };")),
    ("unused-type", "struct for_others { int x; };"),
    ("unused-type", served("enum e { KIND_A = 1, BOX = 2 }; struct it { e e; }; struct box { int x; };")),
    ("unused-type", served("enum numbers { ONE = 1 }; struct it { int x; };")),
    ("unbounded-argument", served("struct it { string name<255>; };")),
    ("unbounded-argument", served("struct it { string name<>; };", "it GET(void) = 1;")),
    ("procedure-gap", served("", "void A() = 1; void B() = 2; void C() = 3; void D() = 1001;")),
    ("procedure-zero", served("", "void A(void) = 0; int B(int) = 1;")),
    ("version-gap", "program P { version A { void X() = 1; } = 3; version B { void X() = 1; } = 2; } = 0x20000001;"),
    ("program-number", served("", "void A() = 1;", "0x3fffffff")),
    ("program-number-taken", served("", "void A() = 1;", "0x20000001")),
    ("program-number-taken", "program NFS_PROGRAM { version V { void A() = 1; } = 1; } = 100003;"),
    ("program-number", "program NFS_PROGRAM { version V { void A() = 1; } = 1; } = 100003;"),
    ("name-case", "struct it { int x; }; const IT = 1; struct other { int X; };"),
    ("name-c", "struct s { int registers; }; struct u_ints { int x; };" + served("", "s GET() = 1;")),
    ("name-java", "struct s { int classes; };"),
    ("name-python", "struct s { int lambdas; };"),
]


@pytest.mark.parametrize(("code", "text", "expected"), FOUND)
def test_what_is_a_trap_is_found(code: str, text: str, expected: list[str]) -> None:
    found = [item for item in lint(good(text)) if item.code == code]
    assert [str(item) for item in found] == [_line(code, line) for line in expected]


@pytest.mark.parametrize(("code", "text"), CLEAN)
def test_what_is_none_is_not(code: str, text: str) -> None:
    assert [str(item) for item in lint(good(text)) if item.code == code] == []


def test_every_code_has_its_rows_here() -> None:
    assert {code for code, *_ in FOUND} == {code for code, _ in CLEAN} == set(CODES)


@pytest.mark.parametrize(("text", "compiles"), [
    *((text, False) for code, text, _ in FOUND if code == "name-c"),
    *((f"struct s {{ int {name}; }};", False) for name in sorted(C_MACROS)),
    *((text, True) for code, text in CLEAN if code == "name-c"),
])  # fmt: skip
def test_rpcgen_and_gcc_agree_on_names_of_c(text: str, compiles: bool, tmp_path: Path) -> None:
    absent = [name for name in ("rpcgen", "gcc") if shutil.which(name) is None]
    needs.skip_without(f"{absent[0]} is not installed" if absent else None)
    (tmp_path / "it.x").write_text(text)
    made = [
        subprocess.run(["rpcgen", "-N", option, "-o", name, "it.x"], cwd=tmp_path, capture_output=True).returncode
        for option, name in (("-h", "it.h"), ("-c", "it_xdr.c"), ("-l", "it_clnt.c"))
    ]
    flags = subprocess.run(["pkg-config", "--cflags", "libtirpc"], capture_output=True, text=True).stdout.split()
    sources = [name for name in ("it_xdr.c", "it_clnt.c") if (tmp_path / name).exists()]
    command = ["gcc", "-w", "-fsyntax-only", *flags, *sources]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (not any(made) and built.returncode == 0) is compiles, built.stderr


def test_well_known_numbers_are_those_of_the_system() -> None:
    """/etc/rpc is what rpcinfo and getrpcbynumber say, from netbase or libc."""
    listed = Path("/etc/rpc")
    if not listed.exists():
        pytest.skip("no /etc/rpc")
    rows = [line.split("#")[0].split() for line in listed.read_text().splitlines()]
    system = {int(row[1]): {row[0], *row[2:]} for row in rows if len(row) > 1}
    both = KNOWN.keys() & system.keys()
    assert len(both) > 10
    assert [number for number in both if KNOWN[number][0] not in system[number]] == []


def test_programs_of_published_specifications_are_known_by_their_names() -> None:
    pairs = ((100003, "NFS_PROGRAM"), (100003, "NFS3_PROGRAM"), (100005, "MOUNTPROG"), (100005, "MOUNT_PROGRAM"),
             (100000, "PMAP_PROG"), (100021, "NLM_PROG"), (100024, "SM_PROG"), (100227, "NFS_ACL_PROGRAM"),
             (395183, "DEVICE_CORE"), (100029, "KEY_PROG"), (100300, "NIS_PROG"), (100004, "YPPROG"))  # fmt: skip
    assert [pair for pair in pairs if taken(*pair)] == []


def test_the_interface_of_this_project_has_no_others_than_these() -> None:
    """Its unions are frozen, and a batch holds calls as bytes; the record's size bounds both."""
    found = lint(load_file(ROOT / "xdr_spec" / "virt.x"))
    assert [item.code for item in found] == ["union-default", "unbounded-argument"]


def test_places_in_included_files_are_theirs(tmp_path: Path) -> None:
    (tmp_path / "base.x").write_text("\nstruct it { string name<>; };\nstruct spare { int x; };\n")
    (tmp_path / "main.x").write_text(served('#include "base.x"'))
    found = lint(load_file(tmp_path / "main.x"))
    assert [(Path(item.file).name, item.line, item.code) for item in found] == [("base.x", 2, "unbounded-argument")]


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A file with two findings."""
    path = tmp_path / "trap.x"
    path.write_text("struct s { int class; };\nenum e { A = 1, B = 1 };\n")
    return path


def test_the_command_prints_findings_and_exits_1(trap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(trap)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{trap}:1:16: [name-java] class is a word of Java",
        f"{trap}:1:16: [name-python] class is class_ in Python",
        f"{trap}:2:17: [enum-duplicate] B and A are both 1; readers of enum e see A",
    ]


def test_json_has_the_parts(trap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--json", "--ignore", "name-java", "--ignore", "name-python", str(trap)]) == 1
    text = "B and A are both 1; readers of enum e see A"
    row = {"file": str(trap), "line": 2, "column": 17, "code": "enum-duplicate", "text": text}
    assert json.loads(capsys.readouterr().out) == [row]


def test_nothing_left_is_exit_0(trap: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ignored = [word for code in ("name-java", "name-python", "enum-duplicate") for word in ("--ignore", code)]
    assert main(["lint", str(trap), *ignored]) == 0
    assert main(["lint", str(trap), *ignored, "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_codes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--codes"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(CODES)


@pytest.mark.parametrize(("words", "message"), [
    (["lint"], "lint what? FILE.x is missing"),
    (["lint", "a.x", "--ignore", "nonsense"], "lint has no code 'nonsense'; see --codes"),
    (["lint", "nowhere.x"], "cannot read nowhere.x: No such file or directory"),
])  # fmt: skip
def test_wrong_use_is_exit_2(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err == f"pyrpcgen: {message}\n"


def _line(code: str, row: str) -> str:
    """Return the line of a row, which leaves out the file and the code."""
    place, text = row.split(": ", 1)
    return f"t.x:{place}: [{code}] {text}"
