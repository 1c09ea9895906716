"""Wrong specifications, and what is said about them: place, what was expected, what was found."""

from __future__ import annotations

import pytest

from pyrpcgen import CompileErrors, compile_text
from pyrpcgen.errors import MAX_ERRORS

SYNTAX = [
    ("const A = ;", "1:11: expected a number or the name of a constant, found ';'"),
    ("const = 1;", "1:7: expected the constant's name, found '='"),
    ("const int = 1;", "1:7: expected the constant's name, found 'int' (a word of the language is no name)"),
    ("const A 1;", "1:9: expected '=' and the constant's value, found '1'"),
    ("const A = 1", "1:12: expected ';' after the constant, found the end of the file"),
    ("const A = 09;", "1:11: expected a number (decimal, 0x hexadecimal or 0 octal), found '09'"),
    ("const A = 1.5;", "1:11: expected a number (decimal, 0x hexadecimal or 0 octal), found '1.5'"),
    ("const A = 0x;", "1:11: expected a number (decimal, 0x hexadecimal or 0 octal), found '0x'"),
    ("const A = " + "9" * 100_000 + ";", "1:11: expected a number of at most 64 bits, found one of 100000 digits"),
    ("const A = 18446744073709551616;",
     "1:11: expected a constant from -9223372036854775808 to 18446744073709551615, found 18446744073709551616"),
    ("const A\0 = 1;", "1:8: expected text, found a NUL byte"),
    ("\n/* no end", "2:1: expected '*/' to end this comment, found the end of the file"),
    ("foo", "1:1: expected a definition (const, typedef, enum, struct, union or program), found 'foo'"),
    ("#frob", "1:1: expected a directive of cpp, found '#frob'"),
    ("#if 1", "1:1: expected '#endif' to end this condition, found the end of the file"),
    ("#define F(x) x\nconst A = F (1);", "2:1: expected a macro without arguments, found 'F()'"),
    ("#define F(x) x\n#if F(1)\n#endif",
     "2:1: expected a condition of integers and defined(), found 'F(), a macro with arguments'"),
    ("#ifdef\n#endif", "1:1: expected a name after '#ifdef', found ''"),
    ("#define X /* no end\nconst A = 1;", "2:1: expected '*/' to end this comment, found the end of the file"),
    ("#if 1/0\n#endif", "1:1: expected a condition of integers and defined(), found 'a division by 0'"),
    ("struct s { };", "1:12: expected a member of the struct, found '}'"),
    ("struct { int x; };", "1:8: expected the struct's name, found '{'"),
    ("struct s { int; };", "1:15: expected the member's name, found ';'"),
    ("struct s { int x };", "1:18: expected ';' after the member, found '}'"),
    ("struct s { int x[]; };", "1:18: expected the number of items, found ']'"),
    ("struct s { int x<1; };", "1:19: expected '>', found ';'"),
    ("enum e { };", "1:10: expected a member of the enum, found '}'"),
    ("enum e { A,, B };", "1:12: expected a member of the enum, found ','"),
    ("enum e { A B };", "1:12: expected '}' or ',' after the member, found 'B'"),
    ("typedef void;", "1:9: expected a type to give a name to, found 'void'"),
    ("union u switch (int x) { };", "1:26: expected 'case' or 'default', found '}'"),
    ("union u switch (int x) { int y; };", "1:26: expected 'case' or 'default', found 'int'"),
    ("union u switch (int x) { case 1: default: void; };",
     "1:34: expected an arm for this case, found 'default' (a case cannot share its arm with 'default'; leave it out)"),
    ("union u switch (int x) { case 1: void; default: void; default: int y; };",
     "1:55: expected one 'default' in a union, found another"),
    ("program P { } = 1;", "1:13: expected 'version', found '}'"),
    ("program P { version V { } = 1; } = 1;", "1:25: expected a procedure, found '}'"),
    ("program P { version V { void A(int, void) = 1; } = 1; } = 1;",
     "1:37: expected an argument's type, found 'void' (void stands alone)"),
    ("struct s {" + "struct {" * 10_000, "1:530: expected types nested at most 64 deep, found '{' (one more)"),
    (b"const \xe9 = 1;", "1:7: expected a word of the XDR language, found 'é'"),
]  # fmt: skip

MEANING = [
    ("const A = 1;\nconst A = 2;", "2:7: expected a new name, found 'A', which line 1 declares"),
    ("const A = B;",
     "1:11: expected a constant, found 'B', which nothing declares (give -D NAME=VALUE, or --prelude FILE.x)"),
    ("struct s { int a<N>; foo b; foo c; };",
     ("1:18: expected names that something declares, found none of these 2:\n  N    constant  line 1\n"
      "  foo  type      line 1\n  (for a constant give -D NAME=VALUE; for a type give --extern NAME=TYPE, such as "
      "--extern 'NAME=opaque<1024>'; or for all --prelude FILE.x, which declares them)")),
    ("const TRUE = 2;", "1:7: expected a name of your own, found 'TRUE', which the language has"),
    ("const A = B; const B = A;", "1:7: expected a value that does not hang on itself, found 'A'"),
    ("struct s { int x; int x; };", "1:23: expected a new name, found 'x', which line 1 declares"),
    ("struct s { foo x; };",
     ("1:12: expected a type, found 'foo', which nothing declares (give --extern NAME=TYPE, such as --extern "
      "'NAME=opaque<1024>', or --prelude FILE.x)")),
    ("const foo = 1; struct s { foo x; };", "1:27: expected a type, found 'foo', which is none"),
    ("enum e { A }; struct s { struct e x; };", "1:33: expected the name of a struct, found 'e', an enum"),
    ("struct s { int x[-1]; };", "1:18: expected a number of items from 0 to 4294967295, found -1"),
    ("struct s { int x<-1>; };", "1:18: expected a number of items from 0 to 4294967295, found -1"),
    ("struct s { int x<4294967296>; };", "1:18: expected a number of items from 0 to 4294967295, found 4294967296"),
    ("struct s { int x<s>; };", "1:18: expected a number, found 's', which is a type"),
    ("enum e { A = 4294967296 };", "1:14: expected a value from -2147483648 to 4294967295, found 4294967296"),
    ("enum e { A = 4294967295, B };", "1:26: expected a value from -2147483648 to 4294967295, found 4294967296"),
    ("enum e { A = -2147483649 };", "1:14: expected a value from -2147483648 to 4294967295, found -2147483649"),
    ("enum e { A, A };", "1:13: expected a new name, found 'A', which line 1 declares"),
    ("struct s { s x; };", ("1:14: expected a type of finite size (with '*' or '<>' where a type holds itself), "
     "found s in s")),
    ("typedef a *a;", "1:12: expected a type that is made of another, found 'a' again"),
    ("struct s { string x; };", "1:19: expected '<' and a bound after the name of a string, found none"),
    ("struct s { string x[4]; };", "1:19: expected '<' and a bound after the name of a string, found '['"),
    ("struct s { opaque x; };", "1:19: expected '[' or '<' and a size after the name of opaque data, found none"),
    ("struct s { opaque *x; };",
     "1:20: expected '[' or '<' and a size after the name of opaque data, found '*' before it"),
    ("struct s { void; };",
     "1:12: expected a member with a type (void stands only in unions and procedures), found 'void'"),
    ("union u switch (float x) { case 1: void; };",
     "1:23: expected an integer, bool or an enum as discriminant, found 'float'"),
    ("union u switch (int x) { case 1: void; case 0x1: void; };",
     "1:45: expected a new case, found 1, which line 1 has"),
    ("union u switch (bool x) { case 2: void; };", "1:32: expected a case from 0 to 1, found 2"),
    ("union u switch (unsigned x) { case -1: void; };", "1:36: expected a case from 0 to 4294967295, found -1"),
    ("union u switch (int x) { case -1: void; case 0xffffffff: void; };",
     "1:46: expected a new case, found -1, which line 1 has"),
    ("enum e { A }; enum f { B }; union u switch (e x) { case A: void; case B: void; };",
     "1:71: expected a new case, found 0, which line 1 has"),
    ("enum e { A }; union u switch (e x) { case 0x100000000: void; };",
     "1:43: expected a case from -2147483648 to 4294967295, found 4294967296"),
    ("union u switch (int x) { case 1: int x; };", "1:38: expected a new name, found 'x', which line 1 declares"),
    ("struct a { int class; int class_; };",
     "1:27: expected a name that is still free in Python, as this field, found 'class_', made by line 1 too"),
    ("const V_TABLE = 1; program P { version V { void A(void) = 1; } = 1; } = 1;",
     ("1:40: expected a name that is still free in Python, as a part of this version, "
      "found 'V_TABLE', made by line 1 too")),
]  # fmt: skip

PROGRAMS = [
    ("program P { version V { void A(void) = 1; void B(void) = 1; } = 1; } = 1;",
     "1:58: expected a procedure number of its own, found 1, which line 1 has"),
    ("program P { version V { void A(void) = B; } = 1; version W { void B(void) = A; } = 2; } = 1;",
     "1:30: expected a value that does not hang on itself, found 'A'"),
    ("program P { version V { void A(A) = 1; } = 1; } = 1;", "1:32: expected a type, found 'A', which is none"),
    ("program P { version V { void A(void) = 1; } = 1; version V { void A(void) = 1; } = 2; } = 1;",
     "1:58: expected a new name, found 'V', which line 1 declares"),
    ("struct P { int x; }; program P { version V { void A(void) = 1; } = 1; } = 1;",
     "1:30: expected a new name, found 'P', which line 1 declares"),
    ("program P { version V { void A(void) = 1; void A(void) = 1; } = 1; } = 1;",
     "1:48: expected a new name, found 'A', which line 1 declares"),
    ("program P { version V { void A(void) = 1; } = 1; version W { void B(void) = 1; } = 1; } = 1;",
     "1:84: expected a version number of its own, found 1, which line 1 has"),
    ("program P { version V { void A(void) = 1; } = 1; } = 4294967296;",
     "1:54: expected a program number from 0 to 4294967295, found 4294967296"),
    ("program P { version V { void A(nothing) = 1; } = 1; } = 1;",
     ("1:32: expected a type, found 'nothing', which nothing declares (give --extern NAME=TYPE, such as "
      "--extern 'NAME=opaque<1024>', or --prelude FILE.x)")),
    ("/* @require right */\nprogram P { version V { void A(void) = 1; } = 1; } = 1;",
     "2:30: expected '@right' and a value in the comment before A, found none"),
    ("/* @requires right\n * @require right */\nprogram P { version V { void A(void) = 1; } = 1; } = 1;",
     "1:1: expected '@require', '@returns' or '@callback' before a program, found '@requires'"),
    ("/* @callback now */\nprogram P { version V { void A(void) = 1; } = 1; } = 1;",
     "1:1: expected '@callback' with nothing behind it, found 'now'"),
    ("/* @callback */\n/* @callback */\nprogram P { version V { void A(void) = 1; } = 1; } = 1;",
     "2:1: expected one '@callback', found another"),
    ("/* @callback */\nprogram P { version V {\n/* @callback */\nvoid A(void) = 1; /* @callback */ } = 1; } = 1;",
     "4:19: expected annotations in the comment before a procedure or program, found '@callback'"),
    ("/* @returns OK */\nprogram P { version V { void A(void) = 1; } = 1; } = 1;",
     "1:1: expected the name of a case after '@returns', found 'OK'"),
    ("/* @callback */\nprogram P { version V {\nvoid A(void) = 1; /* @right read */\n} = 1; } = 1;",
     "3:19: expected annotations in the comment before a procedure or program, found '@right'"),
    ("/* @callback */\nprogram P {\n/* @right read */\nversion V { void A(void) = 1; } = 1; } = 1;",
     "3:1: expected annotations in the comment before a procedure or program, found '@right'"),
    (("/* @require r */\nprogram P { version V {\n/* @r a */\nvoid A(void) = 1; } = 1; version W {\n/* @r b */\n"
      "void A(void) = 1; } = 2; } = 1;"),
     "6:6: expected the annotations that line 4 gives procedure 1, found @r b"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), SYNTAX + MEANING + PROGRAMS)
def test_the_first_error_says_where_and_what(text: str | bytes, message: str) -> None:
    with pytest.raises(CompileErrors) as caught:
        compile_text(text, "t.x")
    assert str(caught.value.errors[0]) == "t.x:" + message


def test_one_run_finds_several_errors_in_the_order_of_the_file() -> None:
    text = "const A = ;\nstruct s { int; long x; int y; };\nenum e { B C };\nconst D = 1\nconst E = 09;\n"
    with pytest.raises(CompileErrors) as caught:
        compile_text(text, "dir/t.x")
    assert [str(error) for error in caught.value.errors] == [
        "dir/t.x:1:11: expected a number or the name of a constant, found ';'",
        "dir/t.x:2:15: expected the member's name, found ';'",
                "dir/t.x:3:12: expected '}' or ',' after the member, found 'C'",
        "dir/t.x:5:1: expected ';' after the constant, found 'const'",
        "dir/t.x:5:11: expected a number (decimal, 0x hexadecimal or 0 octal), found '09'",
    ]


@pytest.mark.parametrize("text", [";" * 10_000, "@ " * 10_000, "} " * 10_000, "case " * 10_000])
def test_rubbish_gives_at_most_so_many_errors(text: str) -> None:
    with pytest.raises(CompileErrors) as caught:
        compile_text(text, "t.x")
    assert 0 < len(caught.value.errors) <= MAX_ERRORS


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(CompileErrors, match="at most 8388608 bytes"):
        compile_text(" " * (8 * 2**20 + 1), "t.x")
