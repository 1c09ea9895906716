"""Writes a specification of the size of libvirt's remote_protocol.x: 7,500 lines, 470 procedures, 800 types."""

from __future__ import annotations

PROCEDURES = 470
SHARED = """
const SHORT_MAX = 4194304;
const NAMES_MAX = 16384;
const PARAMETERS_MAX = 64;

enum parameter_type {
    PARAMETER_INT = 1, PARAMETER_UINT, PARAMETER_LONG, PARAMETER_DOUBLE, PARAMETER_BOOL, PARAMETER_TEXT
};

typedef string short_text<SHORT_MAX>;
typedef short_text *maybe_text;
typedef opaque identity[16];

struct machine { short_text name; identity id; int number; };
typedef machine *maybe_machine;

union parameter_value switch (parameter_type type) {
case PARAMETER_INT:     int i;
case PARAMETER_UINT:    unsigned int ui;
case PARAMETER_LONG:    hyper l;
case PARAMETER_DOUBLE:  double d;
case PARAMETER_BOOL:    bool b;
case PARAMETER_TEXT:    short_text s;
};

struct parameter { short_text field; parameter_value value; };
struct chained { machine one; chained *next; };
struct trouble { int code; maybe_text message; maybe_machine which; parameter_value *more; };
"""
FIELDS = (
    "machine which", "unsigned int flags", "short_text path", "hyper offset", "unsigned hyper size", "int count",
    "parameter settings<PARAMETERS_MAX>", "maybe_text why", "opaque data<SHORT_MAX>", "identity id", "bool all",
    "short_text names<NAMES_MAX>", "chained *machines", "double load", "unsigned char map<64>", "machine *other",
)  # fmt: skip


def large_specification() -> str:
    """Return the text of the .x file; always the same."""
    lines = ["/* large.x: as many procedures and types as libvirt has. */", SHARED]
    procedures = []
    for number in range(1, PROCEDURES + 1):
        takes = _struct(f"do_{number}_args", _fields(number, 1 + number % 5))
        gives = _result(number)
        lines += [*takes, *gives]
        result = f"do_{number}_ret" if gives else "void"
        procedures += _procedure(number, f"{result} DO_{number}(do_{number}_args) = {number};")
    lines += ["program LARGE {", "    version LARGE_V1 {", "        void LARGE_NULL(void) = 0;", *procedures]
    lines += ["    } = 1;", "} = 0x20008086;"]
    return "\n".join(lines) + "\n"


def _procedure(number: int, declaration: str) -> list[str]:
    right = ("none", "read", "write")[number % 3]
    head = f"        /* Does what number {number} does, and answers when it is done."
    return ["", head, "         *", f"         * @right {right}", "         */", f"        {declaration}"]


def _result(number: int) -> list[str]:
    """Return the result's type: a struct, a union, or none where the procedure gives nothing."""
    name = f"do_{number}_ret"
    if number % 10 in (3, 6, 9):
        return []
    if number % 10 == 5:
        arms = ["case 0:", f"    {FIELDS[number % len(FIELDS)]};", "default:", "    trouble error;"]
        return ["", f"union {name} switch (int status) {{", *arms, "};"]
    return _struct(name, _fields(number * 7, 1 + number % 4))


def _fields(start: int, count: int) -> list[str]:
    return [FIELDS[(start + step) % len(FIELDS)] for step in range(count)]


def _struct(name: str, fields: list[str]) -> list[str]:
    return ["", f"struct {name} {{", *(f"    {field};" for field in fields), "};"]
