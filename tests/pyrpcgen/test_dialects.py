"""What other compilers of .x files read, small and one at a time; whole specifications are in test_specs.py."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest

from oncrpc.errors import XdrError
from pyrpcgen import CompileErrors, compile_text
from pyrpcgen.options import Options


def module(text: str, how: Options | None = None, name: str = "t.x") -> Any:
    made = types.ModuleType("dialect_sample")
    exec(compile(compile_text(text, name, how or Options()), "t.py", "exec"), made.__dict__)
    return made


def test_a_type_may_hold_itself_in_an_arm_where_another_arm_ends() -> None:
    made = module(
        "enum kind { NUM = 0, LIST = 1 };\n"
        "union value switch (kind k) { case NUM: int n; case LIST: pair p; };\n"
        "struct pair { value left; value right; };\n"
    )
    tree = made.value(made.LIST, made.pair(made.value(made.NUM, 1), made.value(made.NUM, 2)))
    assert tree.to_xdr() == bytes.fromhex("00000001 00000000 00000001 00000000 00000002")
    assert made.value.from_xdr(tree.to_xdr()) == tree
    assert "Wire size: 8 bytes or more" in made.value.__doc__
    assert "Wire size: 16 bytes or more" in made.pair.__doc__
    deep = b"\0\0\0\1" * 1000
    with pytest.raises(XdrError):
        made.value.from_xdr(deep + bytes(8) * 1001)


@pytest.mark.parametrize(
    "text",
    [
        "struct s { s x; };",
        "struct a { b x; }; struct b { a x[2]; };",
        "union u switch (int k) { case 0: s x; default: s y; }; struct s { u back; };",
    ],
)
def test_a_type_without_any_finite_value_is_refused(text: str) -> None:
    with pytest.raises(CompileErrors, match="finite size"):
        compile_text(text, "t.x")


def test_rfc_3530_gives_two_cases_the_same_arm() -> None:
    made = module("union u switch (int k) { case 3: int dev; case 4: int dev; default: void; };")
    assert (made.u(3, 7).dev, made.u(4, 8).dev) == (7, 8)
    with pytest.raises(CompileErrors, match="expected a new name, found 'dev'"):
        compile_text("union u switch (int k) { case 3: int dev; case 4: hyper dev; };", "t.x")


def test_the_same_definition_again_passes_and_another_one_does_not() -> None:
    assert module("const A = 1;\nconst A = 1;\ntypedef opaque fh<8>;\ntypedef opaque fh<8>;").A == 1
    with pytest.raises(CompileErrors, match="2:16: expected a new name, found 'fh', which line 1 declares"):
        compile_text("typedef opaque fh<8>;\ntypedef opaque fh<9>;", "t.x")


def test_true_and_false_may_be_declared_once_more() -> None:
    made = module("const TRUE = 1;\nconst FALSE = 0;\nenum flag { FALSE = 0, TRUE = 1 };\nstruct s { flag f; };")
    assert made.s(True).to_xdr() == b"\0\0\0\1"


def test_discriminants_may_be_of_any_integer_type() -> None:
    made = module("union u switch (unsigned hyper k) { case 0x8000000000000000: int a; default: void; };")
    assert made.u(1 << 63, 5).to_xdr() == b"\x80" + bytes(7) + b"\0\0\0\5"


def test_texts_and_characters() -> None:
    made = module("const MODULUS = \"d4a0'\";\nunion u switch (char c) { case 'A': int a; default: void; };")
    assert made.MODULUS == "d4a0'"
    assert made.u(65, 1).a == 1
    with pytest.raises(CompileErrors, match="expected a number, found 'MODULUS', which is no number"):
        compile_text('const MODULUS = "x";\nstruct s { int a[MODULUS]; };', "t.x")


def test_a_backslash_in_texts_and_characters_means_what_it_means_in_c() -> None:
    made = module(
        r"""const A = "C:\\foo"; const B = "a\"b\ttab\x41\101";"""
        r"""union u switch (int c) { case '\n': int a; case '\'': int b; case '\377': hyper d; default: void; };"""
    )
    assert (made.A, made.B) == ("C:\\foo", 'a"b\ttabAA')
    assert (made.u(10, 1).a, made.u(39, 2).b, made.u(-1, 3).d) == (1, 2, 3)
    with pytest.raises(CompileErrors, match="expected a word of the XDR language"):
        compile_text(r'const A = "\q";', "t.x")


def test_names_that_python_would_hide_in_a_class() -> None:
    made = module(
        "const _MAX = 4;\nstruct __s { int __a; int _b; int _arm; };\nenum e { _X_ = 1, __y__ = 2, __z = 3 };\n"
        "union u switch (int __k) { case 1: int _arm; };"
    )
    assert made._MAX == 4
    assert made.x__s(1, 2, 3).x__a == 1
    assert [member.value for member in made.e] == [1, 2, 3]
    assert (made.u(1, 5)._arm_, made.u(1, 5).x__k) == (5, 1)


def test_arguments_and_results_as_rpcgen_has_them() -> None:
    made = module(
        "struct n { int v; n *next; };\n"
        "program P { version V {\n void A() = 1;\n string B(string, int *) = 2;\n n *C(n *first, opaque key<4>) = 3;\n"
        " opaque<8> D(unsigned) = 4;\n} = 1; } = 0x20000001;"
    )
    shown = {item.name: (str(item.args), str(item.result), item.arity) for item in made.V_TABLE.procedures}
    assert shown["A"] == ("void", "void", 0)
    assert shown["B"][1:] == ("string", 2)
    assert shown["C"][1:] == ("n*", 2)
    assert shown["D"] == ("unsigned int", "opaque<8>", 1)
    assert made.V_TABLE.procedure(3).args.encode((None, b"k")) == bytes(4) + b"\0\0\0\1k\0\0\0"


def test_namespaces_packages_imports_and_pragmas_say_nothing_on_the_wire(tmp_path: Path) -> None:
    (tmp_path / "base.x").write_text("namespace a { typedef unsigned int uint32; }\n")
    text = (
        'package demo;\nimport "base.x";\npragma big_endian s;\nnamespace a::b {\n  namespace c {\n'
        "struct s { uint32 x; };\n  }\n}\n"
    )
    made = module(text, name=str(tmp_path / "t.x"))
    assert made.s(7).to_xdr() == b"\0\0\0\7"


def test_names_may_be_qualified_by_their_namespace() -> None:
    made = module(
        "namespace foo { const N = 2; enum inc { A, B }; struct node { foo::node *next; }; }\n"
        "namespace bar::baz {\n typedef foo::inc y; struct z { ::inc q; int r[foo::N]; struct foo::node n; };\n"
        " union u switch (::foo::inc k) { case foo::A: ::bar::baz::z a; case ::B: void; };\n"
        " program P { version V { foo::inc CALL(::bar::baz::z *) = foo::N; } = 1; } = 0x20000001;\n}"
    )
    value = made.u(made.A, made.z(made.B, [1, 2], made.node(None)))
    assert value.to_xdr() == bytes.fromhex("00000000 00000001 00000001 00000002 00000000")
    assert str(made.V_TABLE.procedure(2).args) == "z*"
    with pytest.raises(CompileErrors, match="1:24: expected a name, found ';'"):
        compile_text("struct s { int x; foo::; };", "t.x")


def test_a_name_means_the_same_in_every_namespace() -> None:
    made = module("namespace a { typedef int n; }\nnamespace b::c { typedef int n; }\nstruct s { a::n x; };")
    assert made.s(1).x == 1
    expected = (
        "t.x:2:32: expected a name that no other namespace has, as all go into one module, found 'n', "
        "which line 1 declares in a"
    )
    with pytest.raises(CompileErrors) as caught:
        compile_text("namespace a { typedef int n; }\nnamespace b::c { typedef hyper n; }", "t.x")
    assert str(caught.value) == expected


def test_a_file_with_a_program_may_be_included_twice(tmp_path: Path) -> None:
    program = "/* The program. */\nprogram P { version V { void A(struct { int x; }) = 1; } = 1; } = 0x20000001;\n"
    (tmp_path / "base.x").write_text(program)
    for name in ("left", "right"):
        (tmp_path / f"{name}.x").write_text(f'#include "base.x"\nconst {name} = 1;\n')
    made = module('#include "left.x"\n#include "right.x"\n', name=str(tmp_path / "t.x"))
    assert (made.V_TABLE.number, made.left, made.right) == (0x20000001, 1, 1)
    with pytest.raises(CompileErrors, match="expected a new name, found 'P'"):
        compile_text(program + program.replace("= 1; }", "= 2; }"), "t.x")


def test_what_ocamlrpcgen_says_of_types_in_ocaml_is_passed_over() -> None:
    made = module('struct s _prefix "s_" { _unboxed int a; _int64 hyper b; };\nstruct t _tuple { int c; };')
    assert made.s(1, 2).to_xdr() == b"\0\0\0\1" + (2).to_bytes(8, "big")
    assert made.t(3).c == 3


def test_integer_types_in_the_words_of_c() -> None:
    made = module(
        "struct s { short int a; long int b; unsigned short int c; unsigned long int d; long long e;"
        " unsigned long long int f; };"
    )
    wire = made.s(-1, -1, 65535, 2**32 - 1, -1, 2**64 - 1).to_xdr()
    assert wire == b"\xff" * 8 + b"\0\0\xff\xff" + b"\xff" * 20


def test_an_enum_may_end_in_a_comma_and_a_union_may_have_nothing_but_a_default() -> None:
    made = module("enum e { A, B, };\nunion u switch (e k) { default: int x; };\nstruct z { opaque none[0]; };")
    assert made.u(made.B, 3).to_xdr() == b"\0\0\0\1\0\0\0\3"
    assert made.z(b"").to_xdr() == b""


def test_a_procedure_may_be_numbered_by_a_constant_of_its_own_name() -> None:
    made = module("const CALLIT = 5;\nprogram P { version V { void CALLIT(void) = CALLIT; } = 1; } = 0x20000001;")
    assert made.CALLIT == made.V_TABLE.procedures[0].number == 5


@pytest.mark.parametrize(
    ("declared", "name", "wire"),
    [
        ("struct int64_t { int hi; int lo; int z; };", "int64_t", bytes(12)),
        ("typedef struct { unsigned int hi; unsigned int lo; int z; } quad_t;", "quad_t", bytes(12)),
        ("enum u_char { AA, BB };", "u_char", bytes(4)),
        ("union u_int switch (int a) { case 1: hyper b; default: void; };", "u_int", bytes(4)),
        ("typedef opaque u_long<8>;", "u_long", bytes(4)),
    ],
)
def test_what_a_file_declares_counts_more_than_c_s_name_for_a_type(declared: str, name: str, wire: bytes) -> None:
    made = module(f"{declared} struct t {{ {name} a; }};")
    value = made.t.from_xdr(wire)
    assert value.to_xdr() == wire
    assert made.xdr_t.encode(value) == wire


def test_a_member_called_like_c_s_name_for_a_type_declares_none() -> None:
    made = module("typedef struct { hyper quad_t; } pair;\nstruct s { quad_t a; struct pair *quad_t; };")
    assert made.s(-1, None).to_xdr() == b"\xff" * 8 + bytes(4)


def test_numbers_from_2_to_the_31_on_are_negative_where_the_wire_has_a_sign() -> None:
    made = module(
        "enum e { LOW = 0x7fffffff, NEXT, HIGH = 0xffffffff };\nconst TOP = 0x80000000;\n"
        "union u switch (int k) { case 0xfffffffe: int a; case TOP: int b; };\n"
        "union v switch (e k) { case 4294967295: int a; case NEXT: int b; };"
    )
    assert [int(member) for member in made.e] == [2**31 - 1, -(2**31), -1]
    assert made.u(-2, 1).to_xdr() == bytes.fromhex("fffffffe 00000001")
    assert made.u.from_xdr(bytes.fromhex("80000000 00000002")).b == 2
    assert made.v.from_xdr(bytes.fromhex("ffffffff 00000003")).a == 3
    assert made.v(made.NEXT, 4).to_xdr() == bytes.fromhex("80000000 00000004")
    assert made.TOP == 2**31


def test_a_case_that_is_no_member_of_the_enum_is_on_the_wire_as_in_c() -> None:
    made = module("enum e { A = 1 };\nunion u switch (e k) { case A: int a; case 7: hyper b; default: void; };")
    assert made.u(made.A, 5).to_xdr() == made.u(1, 5).to_xdr() == bytes.fromhex("00000001 00000005")
    assert made.u.from_xdr(bytes.fromhex("00000007 00000000 00000009")) == made.u(7, 9)


def test_a_member_of_another_enum_stands_for_the_one_of_the_same_number() -> None:
    made = module("enum e { A, B };\nenum f { C = 1 };\nunion u switch (e k) { case C: int a; default: void; };")
    assert made.u(made.B, 5).a == 5
    assert made.u.from_xdr(bytes(4)).k is made.A
