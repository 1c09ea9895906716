"""A C program, over what rpcgen makes of a .x file, that reads and writes values of each of its types.

`source()` writes the program from the descriptors of the generated Python module; `Peer` builds and talks to it. The
program reads requests on stdin, words of 4 bytes in network order, and answers each on stdout:

    0, type, length, bytes      decode the bytes with rpcgen's routine and encode what came of it
    1, type, seed               make a random value, in C, and encode that
    -> 1, length, bytes         or 0, 0 when the routine refused or did not take all of the bytes
"""

from __future__ import annotations

import itertools
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interop.programs import TIRPC, run

from oncrpc import xdr
from oncrpc.composite import Array, Optional, Ref, Struct
from oncrpc.items import Boolean, Counted, Enumeration, FixedOpaque, Scalar
from oncrpc.unions import UnionType

_RANDOM: Mapping[str, str] = {
    "int": "(int) random_word()",
    "unsigned int": "random_word()",
    "hyper": "(quad_t) random_long()",
    "unsigned hyper": "random_long()",
    # libtirpc's char is C's: signed, here.
    "char": "(char) random_word()",
    "unsigned char": "(u_char) random_word()",
    "short": "(short) random_word()",
    "unsigned short": "(u_short) random_word()",
    "float": "(float) random_double()",
    "double": "random_double()",
}

_HEAD = r"""
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "it.h"

static uint64_t state;

/* splitmix64 */
static uint64_t random_raw(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static u_int below(u_int most) { return (u_int) (random_raw() % most); }

/* Often a number at the edge of something. */
static uint64_t random_long(void)
{
    static const uint64_t EDGES[] = {0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000u,
        0xffffffffu, 0x7fffffffffffffffu, 0x8000000000000000u, 0xffffffffffffffffu};
    return below(3) == 0 ? EDGES[below(sizeof EDGES / sizeof *EDGES)] : random_raw() >> below(64);
}

static uint32_t random_word(void) { return (uint32_t) random_long(); }

static double random_double(void)
{
    static const double EDGES[] = {0.0, -0.0, 1.0 / 0.0, -1.0 / 0.0, 5e-324, 1.7976931348623157e308};
    if (below(3) == 0)
        return EDGES[below(sizeof EDGES / sizeof *EDGES)];
    return (double) (int64_t) random_raw() / (double) (1 + (random_raw() >> below(64)));
}

/* How many items a vector gets, at most `bound`. */
static u_int random_size(uint64_t bound)
{
    u_int size = below(4) == 0 ? below(24) : below(4);
    return size < bound ? size : (u_int) bound;
}

static char *random_bytes(u_int size)
{
    char *bytes = malloc(size + 1);
    for (u_int i = 0; i < size; i++)
        bytes[i] = (char) random_raw();
    return bytes;
}

/* Any bytes but NUL, which ends a string in C. */
static char *random_text(u_int size)
{
    char *text = random_bytes(size);
    for (u_int i = 0; i < size; i++)
        if (text[i] == 0 || below(4) != 0)
            text[i] = (char) (' ' + below(95));
    text[size] = 0;
    return text;
}
"""

_TAIL = r"""
static uint32_t read_word(void)
{
    unsigned char b[4];
    if (fread(b, 1, 4, stdin) != 4)
        exit(0);
    return (uint32_t) b[0] << 24 | (uint32_t) b[1] << 16 | (uint32_t) b[2] << 8 | b[3];
}

static void write_word(uint32_t word)
{
    unsigned char b[4] = {(unsigned char) (word >> 24), (unsigned char) (word >> 16), (unsigned char) (word >> 8),
        (unsigned char) word};
    fwrite(b, 1, 4, stdout);
}

static char out[1 << 22];

int main(void)
{
    for (;;) {
        uint32_t how = read_word(), type = read_word(), length = read_word(), good = 0;
        void *value = calloc(1, TYPES[type].size);
        u_int used = 0;
        XDR stream;

        if (how == 0) {
            char *in = malloc(length + 1);
            if (fread(in, 1, length, stdin) != length)
                exit(1);
            xdrmem_create(&stream, in, length, XDR_DECODE);
            good = TYPES[type].xdr(&stream, value) && xdr_getpos(&stream) == length;
            free(in);
        } else {
            state = length;
            TYPES[type].fill(value);
            good = 1;
        }
        if (good) {
            xdrmem_create(&stream, out, sizeof out, XDR_ENCODE);
            good = TYPES[type].xdr(&stream, value) != 0;
            used = xdr_getpos(&stream);
        }
        xdr_free(TYPES[type].xdr, value);
        free(value);
        write_word(good);
        write_word(good ? used : 0);
        fwrite(out, 1, good ? used : 0, stdout);
        fflush(stdout);
    }
}
"""


def types_of(module: Any) -> dict[str, Any]:
    """Return the descriptors of a generated module by the names that C has for them."""
    return {name[4:]: kind for name, kind in vars(module).items() if name.startswith("xdr_")}


class _Filler:
    """Writes the C statements that give a variable of some type a random value."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._names = {id(kind): name for name, kind in types.items() if not isinstance(kind, Scalar | Boolean)}
        self._loops = itertools.count()

    def function(self, name: str, kind: Any) -> str:
        """Return `static void fill_NAME(void *)` for a named type."""
        body = "\n".join(f"    {line}" for line in self._own(kind, "(*v)", name))
        return f"static void fill_{name}(void *value)\n{{\n    {name} *v = value;\n{body}\n}}\n"

    def _fill(self, kind: Any, place: str, field: str) -> list[str]:
        if isinstance(kind, Ref):
            kind = kind.target()
        name = self._names.get(id(kind))
        return [f"fill_{name}(&{place});"] if name else self._own(kind, place, field)

    def _own(self, kind: Any, place: str, field: str) -> list[str]:
        """Return the statements for `place`; `field` is its last name, which C repeats in X_len and X_val."""
        if isinstance(kind, Scalar):
            return [f"{place} = {_RANDOM[str(kind)]};"]
        if isinstance(kind, Boolean):
            return [f"{place} = (bool_t) below(2);"]
        if isinstance(kind, Enumeration):
            numbers = ", ".join(str(number) for number in kind.members)
            return [f"static const int ALL[] = {{{numbers}}};", f"{place} = ALL[below({len(kind.members)})];"]
        if isinstance(kind, FixedOpaque):
            return [f"for (u_int i = 0; i < {kind.size}; i++)", f"    {place}[i] = (char) random_raw();"]
        if isinstance(kind, Counted):
            return self._counted(kind, place, field)
        if isinstance(kind, Struct):
            return [line for name, item in kind.fields for line in self._fill(item, f"{place}.{name}", name)]
        if isinstance(kind, Optional) or _is_boxed(kind):
            inner = self._fill(kind.element, f"(*{place})", field)
            return ["if (below(2)) {", f"    {place} = calloc(1, sizeof *{place});", *inner, "}"]
        if isinstance(kind, Array):
            return self._array(kind, place, field)
        if isinstance(kind, UnionType):
            return self._union(kind, place)
        assert kind is xdr.VOID, kind
        return []

    def _counted(self, kind: Any, place: str, field: str) -> list[str]:
        if kind.text:
            return [f"{place} = random_text(random_size({kind.bound}u));"]
        size = f"{place}.{field}_len"
        return [f"{size} = random_size({kind.bound}u);", f"{place}.{field}_val = random_bytes({size});"]

    def _array(self, kind: Any, place: str, field: str) -> list[str]:
        index = f"i{next(self._loops)}"
        if kind.count is not None:
            items, size, made = place, str(kind.count), []
        else:
            items, size = f"{place}.{field}_val", f"{place}.{field}_len"
            made = [f"{size} = random_size({kind.bound}u);", f"{items} = calloc({size} + 1, sizeof *{items});"]
        inner = self._fill(kind.element, f"{items}[{index}]", field)
        return [*made, f"for (u_int {index} = 0; {index} < {size}; {index}++) {{", *inner, "}"]

    def _union(self, kind: Any, place: str) -> list[str]:
        name = kind.cls.__name__
        arms = {arm for arm, _ in kind.arms.values()} | {kind.default[0] if kind.default else ""}
        properties = [key for key, item in vars(kind.cls).items() if isinstance(item, property)]
        (discriminant,) = [key for key in properties if key not in arms]
        choices = list(kind.arms)
        if kind.default is not None:
            numbers = range(2) if isinstance(kind.discriminant, Boolean) else range(max(choices) + 3)
            members = getattr(kind.discriminant, "members", None) or numbers
            choices += [number for number in members if number not in kind.arms]
        lines = [f"static const int ARMS[] = {{{', '.join(map(str, choices))}}};"]
        lines += [f"{place}.{discriminant} = ARMS[below({len(choices)})];", f"switch ((int) {place}.{discriminant}) {{"]
        for number in choices:
            arm, item = kind.arm(number)
            inner = self._fill(item, f"{place}.{name}_u.{arm}", arm)
            lines += [f"case {number}: {{", *inner, "break; }"]
        return [*lines, "}"]


def _is_boxed(kind: Any) -> bool:
    """Return whether this is T **, a pointer to a pointer in C: a list of at most one in Python."""
    if not isinstance(kind, Array) or kind.count is not None or kind.bound != 1:
        return False
    element: Any = kind.element
    return isinstance(element.target() if isinstance(element, Ref) else element, Optional)


def source(types: Mapping[str, Any], fill: bool = True) -> str:
    """Return the C program for these types; it includes rpcgen's header as "it.h". Without `fill` it makes no values
    of its own, and so does not look into types, which may be those of a C library."""
    filler = _Filler(types)
    functions = [filler.function(name, kind) for name, kind in types.items()] if fill else []
    declared = [f"static void fill_{name}(void *value);" for name in types] if fill else []
    fillers = {name: f"fill_{name}" if fill else "NULL" for name in types}
    rows = [f'    {{"{name}", sizeof({name}), (xdrproc_t) xdr_{name}, {fillers[name]}}},' for name in types]
    head = "static const struct { const char *name; size_t size; xdrproc_t xdr; void (*fill)(void *); } TYPES[] = {"
    return "\n".join([_HEAD, *declared, "", *functions, head, *rows, "};", _TAIL])


class Peer:
    """The program, running. `types` are the names and descriptors that it knows."""

    def __init__(self, spec: Path, types: Mapping[str, Any], folder: Path, *, fill: bool = True) -> None:
        """Build it in `folder`, which is empty, and start it. Without `fill`, it cannot do `born`."""
        self.types = types
        self._numbers = {name: number for number, name in enumerate(types)}
        (folder / "it.x").write_bytes(spec.read_bytes())
        for option, name in (("-h", "it.h"), ("-c", "it_xdr.c")):
            run("rpcgen", "-N", "-C", option, "-o", name, "it.x", cwd=folder)
        (folder / "peer.c").write_text(source(types, fill))
        # rpcgen's inlined code for a fixed array of bool says `bool` where it means bool_t.
        flags = ("-O1", "-Wno-unused", "-Dbool=bool_t", f"-I{TIRPC}")
        run("gcc", *flags, "-o", "peer", "peer.c", "it_xdr.c", "-ltirpc", cwd=folder)
        self._process = subprocess.Popen([folder / "peer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def recode(self, name: str, data: bytes) -> bytes | None:
        """Return what C writes after it read `data`, None when it refuses it."""
        return self._ask(struct.pack("!III", 0, self._numbers[name], len(data)) + data)

    def born(self, name: str, seed: int) -> bytes:
        """Return the encoding of a value that C made up."""
        data = self._ask(struct.pack("!III", 1, self._numbers[name], seed))
        assert data is not None, f"C cannot encode its own {name} (seed {seed})"
        return data

    def _ask(self, request: bytes) -> bytes | None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(request)
        stdin.flush()
        answer = stdout.read(8)
        assert len(answer) == 8, "the C program died"
        good, size = struct.unpack("!II", answer)
        return stdout.read(size) if good else None

    def close(self) -> None:
        """End the program."""
        self._process.communicate(timeout=30)
