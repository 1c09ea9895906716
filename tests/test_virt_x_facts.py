"""virt.x says what libvirt's remote protocol says: numbers, names, fields in order, wire types, rights.

The tables are in virt_x_table.py.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from virt_x_table import EVENTS, TYPES, joined, procedures

from oncrpc.composite import Array, Optional, Ref, Struct
from oncrpc.procedure import Procedure, Program
from oncrpc.unions import UnionType

ROOT = Path(__file__).resolve().parents[1]

# This project's own procedures.
OWN = {
    1000: (
        "batch",
        "{items:{procedure:uint args:opaque}<1024> stop_on_error:bool cursor:cursor max_events:uint}",
        "{results:{accept_stat:uint result:opaque}<1024> events:event<1024> cursor:cursor lost:bool}",
    ),
    1001: (
        "events",
        "{cursor:cursor max:uint wait_ms:uint}",
        "{events:event<1024> cursor:cursor lost:bool}",
    ),
}

# A field that has another name in virt.x, because libvirt's is a keyword of a language.
RENAMED = {"from": "path"}


def full(short: str) -> str:
    """Return a type with all short names replaced by what they stand for; a word before a colon is a field's name."""
    return re.sub(
        r"\b(?!string<)\w+\b(?!:)", lambda match: full(TYPES[match[0]]) if match[0] in TYPES else match[0], short
    )


def body(fields: str) -> str | None:
    """Return the struct of the table's fields, in full; None when there are none."""
    if not fields:
        return None
    parts = []
    for part in fields.split():
        field, short = part.split(":", 1)
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field).lower()
        match = re.fullmatch(r"(list|array|typed_params)<(?:(\w+),)?(\d+)>", short)
        if match is None:
            wire = full(short)
        else:
            element = full(match[2] or "typed_param")
            wire = f"{element}[{match[3]}]" if match[1] == "array" else f"{element}<{match[3]}>"
        parts.append(f"{RENAMED.get(name, name)}:{wire}")
    return "{" + " ".join(parts) + "}"


def described(wire: Any) -> str:
    """Return what a compiled type is on the wire, in the words of the table."""
    if isinstance(wire, Ref):
        wire = wire.target()
    if isinstance(wire, Struct):
        return "{" + " ".join(f"{name.rstrip('_')}:{described(item)}" for name, item in wire.fields) + "}"
    if isinstance(wire, Array):
        size = f"[{wire.count}]" if wire.count is not None else f"<{wire.bound}>"
        return described(wire.element) + size
    if isinstance(wire, Optional):
        return "?" + described(wire.element)
    if isinstance(wire, UnionType):
        assert wire.default is None, wire
        arms = " ".join(f"{number}:{name}:{described(item)}" for number, (name, item) in wire.arms.items())
        return f"{described(wire.discriminant)}({arms})"
    return str(wire)


@pytest.fixture(scope="module")
def virt(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Return virt.x as a module, compiled for this test."""
    folder = tmp_path_factory.mktemp("virtproto")
    command = [sys.executable, "-m", "pyrpcgen", str(ROOT / "xdr_spec" / "virt.x"), "-o", str(folder)]
    path = os.pathsep.join([str(ROOT / "tools"), str(ROOT / "rpc")])
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    spec = importlib.util.spec_from_file_location("virt_for_facts", folder / "virt.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected() -> dict[int, tuple[str, str, str | None, str | None]]:
    """Return number -> (name, right, argument, result body) of the table."""
    table = {}
    for row in procedures():
        table[row.number] = (row.name, row.right, body(row.args), body(row.rets))
    for number, (name, args, rets) in OWN.items():
        table[number] = (name, "read", full(args), full(rets))
    return table


def found(procedure: Procedure[Any]) -> tuple[str, str, str | None, str | None]:
    """Return the same of a compiled procedure; its result must be the union of that body and the error."""
    union = procedure.result
    assert isinstance(union, UnionType)
    assert list(union.arms) == [0]
    assert union.default is not None
    assert (union.default[0], described(union.default[1])) == ("error", full("error"))
    name, ok = union.arms[0]
    assert name == ("" if str(ok) == "void" else "ok")
    rights = [rest for word, rest in procedure.annotations if word == "right"]
    assert len(rights) == 1, procedure
    return (
        procedure.name.removeprefix("VIRT_").lower(),
        rights[0],
        described(procedure.args) if procedure.arity else None,
        None if str(ok) == "void" else described(ok),
    )


def compare(program: Program, numbers: set[int]) -> None:
    table = expected()
    assert {procedure.number for procedure in program.procedures} == numbers
    for procedure in program.procedures:
        assert found(procedure) == table[procedure.number], procedure


def test_version_1_is_libvirts_first_59_procedures(virt: ModuleType) -> None:
    compare(virt.VIRT_V1_TABLE, set(range(1, 60)))


def test_version_2_is_version_1_and_more_of_libvirts_and_our_own(virt: ModuleType) -> None:
    compare(virt.VIRT_V2_TABLE, set(expected()))


def test_program_and_version_numbers(virt: ModuleType) -> None:
    tables = (virt.VIRT_V1_TABLE, virt.VIRT_V2_TABLE)
    assert [(table.number, table.version) for table in tables] == [(0x20070125, 1), (0x20070125, 2)]


def test_version_2_repeats_version_1_with_equal_types_and_annotations(virt: ModuleType) -> None:
    for first in virt.VIRT_V1_TABLE.procedures:
        again = virt.VIRT_V2_TABLE.procedure(first.number)
        assert (again.name, again.args, again.result, again.annotations) == (
            first.name,
            first.args,
            first.result,
            first.annotations,
        )


def test_every_procedure_with_flags_says_which_are_known_and_no_other_does(virt: ModuleType) -> None:
    for procedure in virt.VIRT_V2_TABLE.procedures:
        masks = [int(rest, 16) for word, rest in procedure.annotations if word == "flags"]
        has_flags = isinstance(procedure.args, Struct) and "flags" in [name for name, _ in procedure.args.fields]
        assert len(masks) == has_flags, procedure


def test_the_flags_that_raise_a_right_are_those_that_give_secrets_or_ask_the_guest(virt: ModuleType) -> None:
    raised = {
        procedure.number: [rest for word, rest in procedure.annotations if word == "flag"]
        for procedure in virt.VIRT_V2_TABLE.procedures
    }
    assert {number: lines for number, lines in raised.items() if lines} == {
        14: ["0x1 write", "0x8 write"],
        186: ["0x1 write"],
        200: ["0x8 write"],
        412: ["0x1 write"],
    }


def test_bodies_of_events_are_libvirts_messages(virt: ModuleType) -> None:
    kinds = {}
    for line in joined(EVENTS):
        number, name, fields = line.split(" ", 2)
        kinds[f"VIRT_EVENT_{name.upper()}"] = int(number)
        assert described(getattr(virt, f"xdr_virt_event_{name}")) == full("{" + fields + "}"), name
    assert {kind.name: kind.value for kind in virt.virt_event_kind} == kinds


def test_sizes_that_are_known_from_the_wire(virt: ModuleType) -> None:
    model = [0] * 32
    info = virt.virt_node_get_info_ret(model, 1, 1, 1, 1, 1, 1, 1)
    assert len(info.to_xdr()) == 32 * 4 + 8 + 6 * 4
    assert virt.virt_domain_get_info_ret(1, 2, 3, 4, 5).to_xdr().hex() == (
        "0000000100000000000000020000000000000003000000040000000000000005"
    )
