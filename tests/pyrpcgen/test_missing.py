"""Names that only a C header has: told in one list, and supplied by options, or by what <rpc/rpc.h> always has."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import Any

import pytest

from pyrpcgen import CompileErrors, compile_file, compile_text
from pyrpcgen.__main__ import main
from pyrpcgen.options import BadOption, Options, options

LOCK = """\
/* locks */
struct lock {
    netobj   holder;
    clock_t  since;
    opaque   cookie[COOKIE_LEN];
    string   name<MAXNAME>;
};
"""


def module(text: str, how: Options) -> Any:
    made = types.ModuleType("missing_sample")
    exec(compile(compile_text(text, "lock.x", how), "lock.py", "exec"), made.__dict__)
    return made


def test_all_missing_names_are_one_error_with_kind_line_and_remedy() -> None:
    with pytest.raises(CompileErrors) as caught:
        compile_text(LOCK, "lock.x")
    (error,) = caught.value.errors
    assert str(error).splitlines() == [
        "lock.x:4:5: expected names that something declares, found none of these 3:",
        "  clock_t     type      line 4",
        "  COOKIE_LEN  constant  line 5",
        "  MAXNAME     constant  line 6",
        (
            "  (for a constant give -D NAME=VALUE; for a type give --extern NAME=TYPE, such as --extern "
            "'NAME=opaque<1024>'; or for all --prelude FILE.x, which declares them)"
        ),
    ]


def test_defines_and_externs_supply_them() -> None:
    how = options(["COOKIE_LEN=8", "MAXNAME=0x10"], externs=["clock_t=unsigned hyper"])
    made = module(LOCK, how)
    value = made.lock(b"me", 1 << 40, b"12345678", "name")
    assert value.to_xdr() == b"\0\0\0\2me\0\0" + (1 << 40).to_bytes(8, "big") + b"12345678" + b"\0\0\0\4name"


def test_a_prelude_supplies_them_and_the_file_keeps_its_first_comment_as_docstring(tmp_path: Path) -> None:
    prelude = tmp_path / "clock.x"
    prelude.write_text("/* time */\n#define MAXNAME 16\nconst COOKIE_LEN = 8;\ntypedef unsigned hyper clock_t;\n")
    made = module(LOCK, Options(prelude=(str(prelude),)))
    assert made.lock.from_xdr(made.lock(b"", 1, bytes(8), "n").to_xdr()).since == 1
    assert made.COOKIE_LEN == 8
    assert "time" not in made.__doc__


def test_an_error_in_a_prelude_names_the_prelude(tmp_path: Path) -> None:
    prelude = tmp_path / "clock.x"
    prelude.write_text("const A = 1;\nconst A = 2;\n")
    with pytest.raises(CompileErrors) as caught:
        compile_text("const B = 1;", "lock.x", Options(prelude=(str(prelude),)))
    assert str(caught.value.errors[0]) == f"{prelude}:2:7: expected a new name, found 'A', which {prelude}:1 declares"


def test_what_rpc_h_declares_is_known_unless_the_file_declares_it() -> None:
    made = module("struct s { netobj a; rpcprog_t b; };\nconst FLAVOR = RPCSEC_GSS;", Options())
    assert made.s(b"x", 2**32 - 1).to_xdr() == b"\0\0\0\1x\0\0\0\xff\xff\xff\xff"
    assert made.FLAVOR == 6
    own = module("typedef hyper netobj;\nstruct s { netobj a; };", Options())
    assert own.s(-1).to_xdr() == b"\xff" * 8


@pytest.mark.parametrize(
    ("extern", "sample", "wire"),
    [
        ("t=opaque[4]", b"abcd", b"abcd"),
        ("t=string<>", "ab", b"\0\0\0\2ab\0\0"),
        ("t = unsigned int", 7, b"\0\0\0\7"),
        ("t=int *", None, bytes(4)),
        ("t=opaque<4> *", b"a", b"\0\0\0\1\0\0\0\1a\0\0\0"),
        ("t=string<>*", None, bytes(4)),
        ("t=int[2] *", [1, 2], b"\0\0\0\1\0\0\0\1\0\0\0\2"),
        ("t=int<2>", [1], b"\0\0\0\1\0\0\0\1"),
    ],
)
def test_an_extern_is_any_type_of_xdr(extern: str, sample: object, wire: bytes) -> None:
    name, _, what = extern.partition("=")
    made = module("struct s { t x; };", options(externs=[f"{name.strip()}={what}"]))
    assert made.s(sample).to_xdr() == wire


@pytest.mark.parametrize("word", ["", "=1", "9=1", "a b=1", "a-b"])
def test_a_define_without_a_name_is_refused(word: str) -> None:
    with pytest.raises(BadOption, match="is no -D NAME"):
        options([word])


@pytest.mark.parametrize("word", ["t", "t=", "=int", "t=<4>", "t=int<4", "t=int[4][4]"])
def test_an_extern_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(BadOption, match="--extern NAME=TYPE"):
        options(externs=[word])


@pytest.mark.parametrize("word", ["t=opaque", "t=opaque *", "t=string", "t=string*"])
def test_an_extern_of_bytes_says_how_many_there_may_be(word: str) -> None:
    kind = word.removeprefix("t=").rstrip("* ")
    star = "*" if word.endswith("*") else ""
    with pytest.raises(BadOption, match=re.escape(f"it may be; write t={kind}<1024>{star}, or <> for any length")):
        options(externs=[word])


def test_what_c_s_header_declares_travels_as_c_sends_it() -> None:
    made = module(
        "struct a { u_hyper x; enum_t y; };"
        "struct b { opaque_auth auth; struct authunix_parms *unix; authsys_parms sys; };"
        "struct c { struct pmap map; netbuf address; };",
        options(),
    )
    assert made.a(2**64 - 1, -1).to_xdr() == b"\xff" * 12
    parms = made.authsys_parms(1, "host", 2, 3, [4, 5])
    wire = bytes.fromhex("00000001 00000004") + b"host" + bytes.fromhex("00000002 00000003 00000002 00000004 00000005")
    auth = made.opaque_auth(1, parms.to_xdr())
    assert made.b(auth, None, parms).to_xdr() == b"\0\0\0\1\0\0\0\x20" + wire + bytes(4) + wire
    address = made.netbuf(16, b"abc")
    assert made.c(made.pmap(1, 2, 3, 4), address).to_xdr() == bytes.fromhex(
        "00000001 00000002 00000003 00000004 00000010 00000003 61626300"
    )


def test_the_command_line_takes_them_and_says_what_is_wrong_with_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lock.x"
    file.write_text(LOCK)
    words = [str(file), "-o", str(tmp_path), "-D", "COOKIE_LEN=8", "-D", "MAXNAME=16", "--extern", "clock_t=hyper"]
    assert main([*words, "-q"]) == 0
    assert (tmp_path / "lock.py").exists()
    assert main([str(file), "--extern", "clock_t"]) == 2
    assert capsys.readouterr().err == (
        "pyrpcgen: 'clock_t' is no --extern NAME=TYPE, such as clock_t=opaque<1024>\n"
    )
    assert main([str(file), "--prelude", str(tmp_path / "none.x")]) == 2
    assert "none.x: No such file or directory" in capsys.readouterr().err


def test_files_and_texts_take_the_same_options(tmp_path: Path) -> None:
    file = tmp_path / "lock.x"
    file.write_text(LOCK)
    how = options(["COOKIE_LEN=8", "MAXNAME=16"], externs=["clock_t=hyper"])
    assert compile_file(file, how) == compile_text(LOCK, "lock.x", how)
