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


def loaded(text: str) -> dict[str, Any]:
    module: dict[str, Any] = {"__name__": "sample"}
    exec(compile_text(text, "sample.x"), module)
    return module


def numbers(module: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in module.items() if type(value) is int}


def test_names_of_versions_and_procedures_need_only_be_new_where_they_stand() -> None:
    made = loaded("program SFS { version SFS { int N(void) = 0; int SFS(int) = 2; } = 1; } = 100500;")
    assert numbers(made) == {"SFS": 100500, "SFS_SFS": 1, "N": 0}
    table = made["SFS_TABLE"]
    assert (table.number, table.version, [item.number for item in table.procedures]) == (100500, 1, [0, 2])
    with pytest.raises(ProcedureUnavailable) as caught:
        made["SFS_Server"]().sfs(1, call=None)
    assert caught.value.procedure == 2


def test_a_procedure_that_another_version_numbers_otherwise_is_called_after_its_version() -> None:
    made = loaded(
        "program P { version V1 { int GET(void) = 1; void SET(int) = 2; } = 1;"
        " version V2 { hyper GET(int) = 7; void SET(int) = 2; } = 2; } = 0x20000001;"
    )
    assert numbers(made) == {"P": 0x20000001, "V1": 1, "GET": 1, "SET": 2, "V2": 2, "V2_GET": 7}
    with pytest.raises(ProcedureUnavailable) as caught:
        made["V2_Server"]().get(1, call=None)
    assert caught.value.procedure == 7


def test_versions_of_one_name_may_have_different_numbers() -> None:
    made = loaded(
        "program P { version V { void A(void) = 1; } = 1; } = 5;"
        " program Q { version V { void A(void) = 2; } = 2; } = 6;"
    )
    assert numbers(made) == {"P": 5, "V": 1, "A": 1, "Q": 6, "Q_V": 2, "Q_V_A": 2}
    assert (made["P_V_TABLE"].version, made["Q_V_TABLE"].version) == (1, 2)


def test_a_procedure_may_be_called_like_a_type_a_constant_or_its_version() -> None:
    made = loaded(
        "struct get { int x; }; const LIMIT = 9; enum e { SAME = 3 };\n"
        "program P { version LIMIT { get get(get) = 1; void LIMIT(void) = 2; void SAME(void) = 3; } = 4; } = 5;"
    )
    assert numbers(made) == {"LIMIT": 9, "P": 5, "P_LIMIT": 4, "LIMIT_get": 1, "LIMIT_LIMIT": 2}
    assert made["SAME"] is made["e"].SAME
    assert made["LIMIT_TABLE"].procedure(1).args is made["xdr_get"]


def test_a_number_for_which_no_name_is_left_has_none() -> None:
    made = loaded("const A = 9; const V_A = 8; program P { version V { void A(void) = 1; } = 1; } = 5;")
    assert numbers(made) == {"A": 9, "V_A": 8, "P": 5, "V": 1}
    with pytest.raises(ProcedureUnavailable) as caught:
        made["V_Server"]().a(call=None)
    assert caught.value.procedure == 1


def test_numbers_of_programs_are_constants_as_in_c() -> None:
    checked = good(
        "const B = CALLIT; const C = P; enum e { X = V };\n"
        "program P { version V { void CALLIT(opaque<CALLIT>) = 5; void NEXT(void) = X; } = 3; } = 0x20000099;"
    )
    assert checked.scope.constants == {"B": 5, "C": 0x20000099, "X": 3}
    assert checked.scope.numbers == {"CALLIT": 5, "P": 0x20000099, "V": 3, "NEXT": 3}
    made = loaded("program P { version V { void A(opaque<A>) = 5; } = 1; } = 7;\nstruct s { int x[A]; };\nconst B = A;")
    assert (made["B"], str(made["V_TABLE"].procedure(5).args)) == (5, "opaque<5>")


def test_a_type_s_table_makes_way_for_a_type_of_its_name() -> None:
    made = loaded("struct foo { int x; }; struct xdr_foo { foo y; }; typedef hyper xdr_foo_; const xdr_xdr_foo = 4;")
    foo = made["foo"](1)
    assert made["xdr_foo"](foo).to_xdr() == foo.to_xdr() == made["xdr_foo__"].encode(foo) == bytes.fromhex("00000001")
    assert (made["xdr_xdr_foo"], made["xdr_xdr_foo__"].encode(made["xdr_foo"](foo))) == (4, foo.to_xdr())
    assert made["xdr_xdr_foo_"].encode(5) == (5).to_bytes(8, "big")
