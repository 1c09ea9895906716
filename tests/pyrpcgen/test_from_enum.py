"""Programs from an enum of procedures, as libvirt's specifications have them; what stands here is small and our own."""

from __future__ import annotations

import types
from typing import Any

import pytest

from pyrpcgen import CompileErrors, compile_text
from pyrpcgen.options import Options

REMOTE = """\
const FAR_PROGRAM = 0x20008086;
const FAR_PROTOCOL_VERSION = 1;
struct far_open_args { string name<16>; };
struct far_get_type_ret { string type<16>; };
struct far_event_gone_msg { int id; };
enum far_procedure {
    /** @generate: both */
    FAR_PROC_OPEN = 1,
    FAR_PROC_GET_TYPE = 2,
    FAR_PROC_EVENT_GONE = 7
};
"""
LOCKS = """\
const VIR_LOCK_PROTOCOL_PROGRAM = 0xEA7BEEF;
const VIR_LOCK_PROTOCOL_PROGRAM_VERSION = 3;
struct virLockProtocolTakeArgs { unsigned int flags; };
enum virLockProtocolProcedure { VIR_LOCK_PROTOCOL_PROC_TAKE = 4 };
"""


def module(text: str, wanted: str) -> Any:
    made = types.ModuleType("from_enum_sample")
    exec(compile(compile_text(text, "far.x", Options(program_from=wanted)), "far.py", "exec"), made.__dict__)
    return made


@pytest.mark.parametrize("wanted", ["far_procedure", "far_procedure=FAR_PROGRAM.FAR_PROTOCOL_VERSION"])
def test_members_are_procedures_with_the_types_of_their_names(wanted: str) -> None:
    made = module(REMOTE, wanted)
    table = made.FAR_V_TABLE
    assert (table.number, table.version) == (0x20008086, 1)
    assert [(item.number, item.name, str(item.args), str(item.result)) for item in table.procedures] == [
        (1, "FAR_PROC_OPEN", "far_open_args", "void"),
        (2, "FAR_PROC_GET_TYPE", "void", "far_get_type_ret"),
        (7, "FAR_PROC_EVENT_GONE", "far_event_gone_msg", "void"),
    ]


def test_other_spellings_of_the_same_words_are_found() -> None:
    table = module(LOCKS, "virLockProtocolProcedure").VIR_LOCK_PROTOCOL_V_TABLE
    assert (table.number, table.version) == (0xEA7BEEF, 3)
    assert str(table.procedure(4).args) == "virLockProtocolTakeArgs"


def test_the_stubs_call_them() -> None:
    made = module(REMOTE, "far_procedure")
    seen = []

    class Caller:
        def call(self, procedure: Any, *args: object, timeout_s: float | None = None) -> object:
            seen.append((procedure.number, args))
            return None

    made.FAR_V_Client(Caller()).far_proc_open(made.far_open_args("x"))
    assert seen == [(1, (made.far_open_args("x"),))]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("nothing", "far.x:1:1: expected an enum of procedures, found none that is called 'nothing'"),
        ("far_procedure=FAR_PROGRAM.NOTHING",
         "far.x:6:6: expected the constants of the program's number and version, found 'FAR_PROGRAM.NOTHING'"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told(wanted: str, message: str) -> None:
    with pytest.raises(CompileErrors) as caught:
        module(REMOTE, wanted)
    assert str(caught.value.errors[0]) == message
