"""What the compiler makes is compared with committed modules, and these are imported and used."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from needs import skip_without

from oncrpc.errors import ArmMismatch, ProcedureUnavailable, XdrError
from pyrpcgen import compile_file

HERE = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in HERE.glob("*.x"))


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"golden_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_output_is_the_committed_one(name: str) -> None:
    assert compile_file(HERE / f"{name}.x") == (HERE / f"{name}.py").read_text()


def test_output_does_not_depend_on_where_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "plain.x").write_bytes((HERE / "plain.x").read_bytes())
    assert compile_file(tmp_path / "plain.x") == (HERE / "plain.py").read_text()


def test_mypy_strict_takes_the_output() -> None:
    files = [str(HERE / f"{name}.py") for name in NAMES]
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, *files]
    done = subprocess.run(command, env={**os.environ, "MYPYPATH": str(ROOT / "rpc")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_pyright_strict_takes_the_output(tmp_path: Path) -> None:
    checker = Path(sys.executable).with_name("basedpyright")
    skip_without(None if checker.exists() else "basedpyright is not installed")
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(ROOT / "rpc")], "pythonVersion": "3.11"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    for name in NAMES:
        (tmp_path / f"{name}.py").write_bytes((HERE / f"{name}.py").read_bytes())
    done = subprocess.run([str(checker)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["plain", "pointers", "service", "names"])
def test_rpcgen_takes_the_specification(name: str, tmp_path: Path) -> None:
    skip_without(None if Path("/usr/bin/rpcgen").exists() else "rpcgen is not installed")
    command = ["/usr/bin/rpcgen", "-N", "-C", "-h", "-o", str(tmp_path / "out.h"), f"{name}.x"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_plain_values_go_to_bytes_and_back() -> None:
    plain = load("plain")
    node = plain.node("a", b"k" * 16, plain.node("b", b"l" * 16, None))
    numbers = plain.numbers(
        -1, 2, 3, -4, 5, 0.5, 0.25, True, -8, 9, -10, 11, [1, 2, 3, 4], [7], [-1], node, b"12345"
    )
    for value in (
        node,
        numbers,
        plain.answer(plain.GOOD, node),
        plain.answer(plain.GOOD, None),
        plain.answer(plain.UGLY),
        plain.answer(plain.WORST, "why"),
        plain.choice(True, numbers),
        plain.choice(False),
        plain.counted(16, plain.answer(plain.BAD)),
    ):
        data = value.to_xdr()
        assert type(value).from_xdr(data) == value
        assert type(value).from_xdr(data).to_xdr() == data


def test_plain_bytes_are_those_of_the_standard() -> None:
    plain = load("plain")
    assert plain.answer(plain.WORST, "why").to_xdr().hex() == "ffffffff" + "00000003" + "77687900"
    assert plain.node("ab", bytes(16), None).to_xdr().hex() == "00000002" + "61620000" + "00" * 16 + "00000000"
    assert plain.choice(False).to_xdr().hex() == "00000000"
    assert (plain.LIMIT, plain.MASK, plain.MODE, plain.LOWEST, plain.SAME) == (16, 15, 0o644, -5, 16)
    assert list(plain.outcome) == [plain.GOOD, plain.BAD, plain.UGLY, plain.WORST]


def test_unions_refuse_what_does_not_fit() -> None:
    plain = load("plain")
    with pytest.raises(ArmMismatch):
        plain.choice(True, None)
    with pytest.raises(ArmMismatch):
        plain.counted(2, 5)
    good = plain.answer(plain.GOOD, None)
    assert good.how is plain.GOOD
    assert good.all is None
    with pytest.raises(ArmMismatch):
        _ = good.why
    with pytest.raises(XdrError):
        plain.answer.from_xdr(bytes.fromhex("0000000700000000"))


def test_nested_types_go_to_bytes_and_back() -> None:
    nested = load("nested")
    point = nested.thing_point(1, nested.thing_point_inner(True))
    end = nested.thing(point, nested.RED, nested.thing_rest(5), [])
    value = nested.thing(
        point, nested.GREEN, nested.thing_rest(1, b"q" * 16), [nested.thing_links(end), nested.thing_links(None)]
    )
    assert nested.thing.from_xdr(value.to_xdr()) == value
    rows = [nested.rows_item(nested.YES, nested.single(5)), nested.rows_item(nested.NO)]
    assert nested.xdr_rows.unpack(nested.xdr_rows.encode(rows)) == rows


def test_names_that_python_needs_have_an_underscore() -> None:
    names = load("names")
    item = names.list_(1, 2, 3, names.list_(4, 5, 6, None))
    assert item.self_ == 1
    assert item.to_xdr_ == 2
    assert item.class_ == 3
    assert names.list_.from_xdr(item.to_xdr()) == item
    assert names.value(1, item).list__ == item
    assert names.value(2, names.None_).from_xdr_ is names.color.None_
    assert names.color.name_ == 1
    assert names.mro is names.color.mro_


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("maybe", None, "0"),
        ("maybe", 5, "1 5"),
        ("twice", [], "0"),
        ("twice", [None], "1 0"),
        ("twice", [5], "1 1 5"),
        ("thrice", None, "0"),
        ("thrice", [], "1 0"),
        ("thrice", [None], "1 1 0"),
        ("thrice", [5], "1 1 1 5"),
    ],
)
def test_optional_data_of_optional_data_has_all_its_values(name: str, value: object, words: str) -> None:
    pointers = load("pointers")
    kind = getattr(pointers, f"xdr_{name}")
    data = b"".join(int(word).to_bytes(4, "big") for word in words.split())
    assert kind.encode(value) == data
    assert kind.unpack(data) == value
    assert kind.from_plain(kind.to_plain(value)) == value
    case = ["maybe", "twice", "thrice"].index(name) + 1
    assert pointers.told(case, value).to_xdr() == case.to_bytes(4, "big") + data


def test_a_pointer_to_a_pointer_holds_one_at_most() -> None:
    pointers = load("pointers")
    with pytest.raises(XdrError):
        pointers.xdr_twice.encode([1, 2])
    with pytest.raises(XdrError):
        pointers.xdr_twice.unpack(bytes.fromhex("00000002" + "00000000" * 2))


class Recorder:
    """A caller that keeps what it was asked."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    def call(self, procedure: Any, *args: object, timeout_s: float | None = None) -> Any:
        self.calls.append((procedure.name, procedure.pack_args(args).hex(), timeout_s))
        return self.answer


def test_client_stub_passes_the_procedure_and_its_arguments() -> None:
    service = load("service")
    caller = Recorder(service.sum_res(service.OK, 7))
    client = service.SUMS_V2_Client(caller)
    assert client.sums_add(service.pair(3, 4), timeout_s=2.5).sum == 7
    client.sums_clear("me", 9)
    client.sums_null()
    assert caller.calls == [
        ("SUMS_ADD", "0000000300000004", 2.5),
        ("SUMS_CLEAR", "000000026d65000000000009", None),
        ("SUMS_NULL", "", None),
    ]


def test_server_stub_knows_its_table_and_refuses_what_is_not_defined() -> None:
    service = load("service")
    server = service.SUMS_V2_Server()
    with pytest.raises(ProcedureUnavailable):
        server.sums_add(service.pair(1, 2), None)
    table = server.PROGRAM
    assert (table.name, table.number, table.version_name, table.version) == ("SUMS", 0x20000099, "SUMS_V2", 2)
    assert [(p.number, p.name, p.annotations, p.arity, p.returns) for p in table.procedures] == [
        (0, "SUMS_NULL", (("right", "none"),), 0, None),
        (1, "SUMS_ADD", (("right", "read"), ("flag", "0x1 write")), 1, service.OK),
        (2, "SUMS_CLEAR", (("right", "write"),), 2, service.OK),
    ]


def test_docstrings_hold_text_comment_and_size() -> None:
    plain, service = load("plain"), load("service")
    assert plain.__doc__ == "plain.x: every kind of type, written as rpcgen takes it."
    assert plain.node.__doc__ == (
        "struct node {\n        label name;         /* what it is called */\n        key id;\n"
        "        node *next;\n    };\n\n    A linked list.\n\n    Wire size: 24 bytes or more.\n    "
    )
    assert "Wire size: 4 bytes." in plain.outcome.__doc__
    doc = service.SUMS_V2_Client.sums_clear.__doc__
    assert doc.startswith('Forgets all, "really" \\ truly.\n')
    assert "@right" not in doc
