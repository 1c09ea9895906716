"""Broken specifications by the thousand: each gives a module or CompileErrors, nothing else, and soon.

A failure names its round and seed; VIRTRPC_FUZZ_SEED sets another seed.
"""

from __future__ import annotations

import contextlib
import random
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Final

from fuzzing import SEED, Overdue

from pyrpcgen import CompileErrors, compile_text
from pyrpcgen.errors import MAX_ERRORS, SourceError
from pyrpcgen.options import options

SPECS: Final = Path(__file__).parent / "specs"
ROUNDS: Final = 3000
EACH_S: Final = 5.0
"""No specification of these may take longer (they take a few milliseconds; the host may be busy)."""
BOMB_S: Final = 10.0
OPTIONS: Final = options(["VIR_UUID_BUFLEN=16", "OWN_NETOBJ"], prelude=[str(SPECS / "libvirt-constants.h")])
FROM_ENUM: Final = options(["VIR_UUID_BUFLEN=16"], program_from="remote_procedure")

TOKEN: Final = re.compile(rb'[A-Za-z_]\w*|\d\w*|"[^"\n]*"|/\*|\*/|//|\s+|.', re.DOTALL)
PIECES: Final = (
    b"#if 1\n", b"#if 0\n", b"\n#endif\n", b"\n#else\n", b"\n#elif defined(X\n", b"\n#define int 7\n",
    b"\n#undef RPC_XDR\n",
    b'\n#include "nfs3.x"\n', b'\n#include "."\n', b"\n#include <x.x>\n", b"\n#define A B\n#define B A\n",
    b"\n# 7 \"x.x\"\n",
    b"\n#line 999999999\n", b"\n%\\\n", b"/*", b"*/", b"//", b'"', b"'", b"{", b"}", b"<", b">", b"[", b"]", b"(", b")",
    b";", b":", b",", b"=", b"*", b"-", b"unsigned ", b"struct ", b"union ", b"switch ", b"case ", b"default", b"enum ",
    b"typedef ", b"program ", b"version ", b"namespace a { ", b"pragma ", b"import \"nfs2.x\";", b"void", b"string ",
    b"opaque ", b"0x", b"0xffffffffffffffffff", b"-0", b"08", b"99999999999999999999999999999999999999999999", b"\0",
    b"\xff", b"\xef\xbb\xbf", b"\r", b"\f", b"\xe2\x80\xae", b"struct a { a x; };", b"typedef q q;", b"const c = c;",
    b"\n#if (((((((((1\n", b"\n#if 1/0\n", b"\n#if 1<<99999999\n", b"\n#define F(x) x\n", b"\\\n", b"/* @callback */",
    b"/* @returns X */", b"union w switch (w x) { case 0: void; };", b"enum e { A = B, B = A };",
)  # fmt: skip


def tokens_changed(rng: random.Random, text: bytes) -> bytes:
    """Delete, say again, swap or replace some tokens."""
    found = TOKEN.findall(text)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at, other = rng.randrange(len(found)), rng.randrange(len(found))
        do = rng.randrange(5)
        if do == 0:
            found[at] = b""
        elif do == 1:
            found[at] += b" " + found[at]
        elif do == 2:
            found[at], found[other] = found[other], found[at]
        elif do == 3:
            found[at] = found[other]
        else:
            found[at] += rng.choice(PIECES)
    return b"".join(found)


def lines_changed(rng: random.Random, text: bytes) -> bytes:
    """Delete, say again or swap some lines, or put a directive between."""
    lines = text.split(b"\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        do = rng.randrange(4)
        if do == 0:
            lines[at] = b""
        elif do == 1:
            lines[at] += b"\n" + lines[at]
        elif do == 2:
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] += b"\n" + rng.choice(PIECES)
    return b"\n".join(lines)


def bytes_changed(rng: random.Random, text: bytes) -> bytes:
    """Overwrite, insert, or cut off."""
    data = bytearray(text)
    at = rng.randrange(len(data))
    do = rng.randrange(3)
    if do == 0:
        for _ in range(rng.choice((1, 3, 9))):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif do == 1:
        data[at:at] = rng.randbytes(rng.choice((1, 2, 30)))
    else:
        del data[at:]
    return bytes(data)


def windows(rng: random.Random, text: bytes) -> bytes:
    """Put a part of the text a second time somewhere else, or far more often."""
    at, end = sorted((rng.randrange(len(text)), rng.randrange(len(text))))
    where = rng.randrange(len(text))
    return text[:where] + text[at : min(end, at + 400)] * rng.choice((1, 1, 3, 50)) + text[where:]


MUTATIONS: Final[tuple[Callable[[random.Random, bytes], bytes], ...]] = (
    tokens_changed,
    tokens_changed,
    lines_changed,
    bytes_changed,
    windows,
)


def outcome(text: bytes, name: str) -> int:
    """Compile, and return the number of errors; 0 for a module, which must be Python."""
    errors: list[SourceError] = []
    try:
        made = compile_text(text, name, FROM_ENUM if name.endswith("libvirt.x") else OPTIONS)
    except CompileErrors as wrong:
        errors = wrong.errors
    else:
        compile(made, "made.py", "exec")
        return 0
    assert 1 <= len(errors) <= MAX_ERRORS
    assert all(re.match(r"expected .*found ", error.message, re.DOTALL) for error in errors)
    return len(errors)


def _overdue(number: int, frame: FrameType | None) -> None:
    raise Overdue


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise Overdue, wherever that finds us, when this takes longer."""
    before = signal.signal(signal.SIGALRM, _overdue)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_mutated_specifications_give_a_module_or_errors() -> None:
    rng = random.Random(SEED)
    texts = {str(path): path.read_bytes() for path in sorted(SPECS.glob("*.x"))}
    modules = 0
    for number in range(ROUNDS):
        name = rng.choice(list(texts))
        broken = rng.choice(MUTATIONS)(rng, texts[name])
        try:
            with at_most(EACH_S):
                modules += outcome(broken, name) == 0
        except Exception as error:
            raise AssertionError(f"round {number} of seed {SEED}, {name}: {broken.decode('latin-1')}") from error
    assert 0 < modules < ROUNDS


HARMLESS: Final = ("pieces of one line", "typedefs in a row", "constants in a row", "arrays of arrays", "shifted far")
"""The bombs that are specifications none the less."""


def repeated(line: bytes, count: int) -> bytes:
    """Return a line for each number, with the number and the next one in it."""
    return b"".join(line % (number, number + 1) for number in range(count))


def bombs(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Specifications that are small and mean much."""
    (folder / "self.x").write_bytes(b'#include "self.x"\n')
    yield "includes itself", b'#include "self.x"\nconst A = 1;'
    for number in range(40):
        (folder / f"chain{number}.x").write_bytes(b'#include "chain%d.x"\n' % (number + 1))
    yield "forty deep", b'#include "chain0.x"\n'
    for number in range(12):
        (folder / f"twice{number}.x").write_bytes(b'#include "twice%d.x"\n' % (number + 1) * 8)
    (folder / "twice12.x").write_bytes(b"/* " + b"x" * 100_000 + b" */\n")
    yield "eight times eight and so on", b'#include "twice0.x"\n'
    (folder / "directory.x").mkdir()
    yield "a directory", b'#include "directory.x"\n'
    yield "not there", b'#include "nothing.x"\n'
    doubled = b"".join(b"#define D%d D%d D%d\n" % (i + 1, i, i) for i in range(40))
    yield "macros that double", b"#define D0 int\n" + doubled + b"struct s { D40 x; };\n"
    yield "macros in a circle", b"#define A B\n#define B A\nconst x = A;\n"
    yield "a huge macro", b"#define M " + b"x" * 5_000_000 + b"\n" + b"const a = M;\n" * 50
    yield "a macro in every line", b"#define M " + b"int " * 10_000 + b"\n" + b"M\n" * 2000
    yield "many conditions", b"#if 1\n" * 20_000
    yield "parentheses", b"#if " + b"(" * 50_000 + b"1\n#endif\n"
    yield "many operators", b"#if 1" + b"+1" * 50_000 + b"\n#endif\n"
    yield "not not", b"#if " + b"!" * 50_000 + b"1\n#endif\n"
    yield "macros that come to nothing", b"".join(
        b"#define M%d M%d M%d\n" % (n, n + 1, n + 1) for n in range(64)
    ) + b"#define M64\n#if M0\n#endif\n"
    yield "a long number", b"#if 1" + b"0" * 100_000 + b"\n#endif\n"
    yield "which or which", b"#if " + b"0 ? 1 : " * 20_000 + b"1\n#endif\n"
    yield "a comment behind a directive", b"#define X /*\n" + b" *\n" * 200_000
    yield "shifted far", b"#if 1 << 4000000000\n#endif\n"
    yield "pieces of one line", b"#define X \\\n" * 50_000
    yield "namespaces", b"namespace a { " * 50_000
    yield "structs in structs", b"struct s { struct { " * 20_000
    yield "typedefs in a row", b"typedef int t0;" + repeated(b"typedef t%d t%d;\n", 20_000)
    yield "constants in a row", b"const c20000 = 1;" + repeated(b"const c%d = c%d;\n", 20_000)
    yield "arrays of arrays", b"typedef int t0;" + repeated(b"typedef t%d t%d[4294967295];\n", 500)


def test_small_texts_that_mean_much_end_soon(tmp_path: Path) -> None:
    for what, text in bombs(tmp_path):
        try:
            with at_most(BOMB_S):
                errors = outcome(text, str(tmp_path / "bomb.x"))
        except Exception as error:
            raise AssertionError(what) from error
        assert (errors == 0) == (what in HARMLESS), what
