"""The one rule for names: an underscore behind what Python or the module itself needs."""

from __future__ import annotations

from typing import Any

import pytest
from spec_rows import errors, good

from oncrpc.errors import ProcedureUnavailable
from pyrpcgen import compile_text
from pyrpcgen.emit.names import IN_CALL, IN_MODULE, IN_STRUCT, escape


@pytest.mark.parametrize(
    ("name", "reserved", "escaped"),
    [
        ("class", frozenset(), "class_"),
        ("match", frozenset(), "match"),
        ("list", IN_MODULE, "list_"),
        ("list", frozenset(), "list"),
        ("self", IN_STRUCT, "self_"),
        ("timeout_s", IN_CALL, "timeout_s_"),
        ("a", frozenset({"a", "a_"}), "a__"),
    ],
)
def test_escape(name: str, reserved: frozenset[str], escaped: str) -> None:
    assert escape(name, reserved) == escaped


def test_methods_do_not_hide_types_of_the_module() -> None:
    checked = good("struct entry { int x; }; program P { version V { entry ENTRY(entry) = 1; } = 1; } = 1;")
    (procedure,) = checked.specification.programs()[0].versions[0].procedures
    assert checked.names.method(procedure) == "entry_"


def test_versions_that_share_a_name_are_told_apart_by_their_program() -> None:
    version = "version V { void A(void) = 1; } = 1;"
    checked = good(f"program P {{ {version} }} = 1; program Q {{ {version} }} = 2;")
    stubs = [checked.names.stub(item, item.versions[0]) for item in checked.specification.programs()]
    assert stubs == ["P_V", "Q_V"]


HIDDEN = """
program P { version V {
    int self(int self) = 3;
    int call(int call, hyper self) = 4;
    int FOO(int FOO) = 5;
    int _CALLER(void) = 6;
} = 1; } = 0x20000001;
"""


def test_a_server_says_the_procedure_number_whatever_its_parameters_are_called() -> None:
    module: dict[str, Any] = {"__name__": "hidden"}
    exec(compile_text(HIDDEN, "hidden.x"), module)
    server = module["V_Server"]()
    for method, arguments, number in (("self", (1,), 3), ("call", (1, 2), 4), ("foo", (1,), 5), ("_caller_", (), 6)):
        with pytest.raises(ProcedureUnavailable) as caught:
            getattr(server, method)(*arguments, call=None)
        assert caught.value.procedure == number


def test_no_method_of_a_client_hides_what_carries_its_calls() -> None:
    module: dict[str, Any] = {"__name__": "hidden"}
    exec(compile_text(HIDDEN, "hidden.x"), module)
    assert module["V_Client"](42)._caller == 42


def test_names_of_the_table_s_rows_are_taken() -> None:
    program = "program P { version V { int FOO(int) = 5; } = 1; } = 1;"
    (error,) = errors(f"const _V_FOO = 5;\n{program}")
    assert error.startswith("2:29: expected a name that is still free in Python")
    assert error.endswith("found '_V_FOO', made by line 1 too")
