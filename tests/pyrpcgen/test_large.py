"""A specification of the size of libvirt's remote_protocol.x: compiled, imported, every type and procedure used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from interop.c_roundtrip import types_of
from large_spec import PROCEDURES, large_specification
from needs import skip_without
from xdrlib_values import Modules, converted, write_and_load

from oncrpc.sample import sample
from pyrpcgen import compile_text
from pyrpcgen.compiler import load_text

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text() -> str:
    return large_specification()


@pytest.fixture
def module(text: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    made = ModuleType("large")
    monkeypatch.setitem(sys.modules, "large", made)
    exec(compile(compile_text(text, "large.x"), "large.py", "exec"), made.__dict__)
    return made


def test_it_is_as_large_as_libvirts(text: str, module: ModuleType) -> None:
    assert 7000 < text.count("\n") < 8000
    assert len(types_of(module)) >= 800
    assert [procedure.number for procedure in module.LARGE_V1_TABLE.procedures] == list(range(PROCEDURES + 1))


def test_rpcgen_takes_it_too(text: str, tmp_path: Path) -> None:
    skip_without(None if Path("/usr/bin/rpcgen").exists() else "rpcgen is not installed")
    (tmp_path / "large.x").write_text(text)
    command = ["/usr/bin/rpcgen", "-N", "-C", "-h", "-o", "large.h", "large.x"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_mypy_strict_takes_the_output(text: str, tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text(compile_text(text, "large.x"))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--follow-imports", "silent"]
    environment = {**os.environ, "MYPYPATH": str(ROOT / "rpc")}
    done = subprocess.run([*command, str(tmp_path / "large.py")], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_import_compiles_no_codec(module: ModuleType) -> None:
    """What makes the import of 800 types quick: each is compiled when it is first used."""
    descriptors = types_of(module)
    assert not [name for name, kind in descriptors.items() if {"encoder", "decoder"} & vars(kind).keys()]
    module.do_1_args.from_xdr(descriptors["do_1_args"].encode(sample(descriptors["do_1_args"])))
    assert "decoder" not in vars(descriptors["do_2_args"])


def test_every_type_has_the_bytes_of_the_xdrlib_style(text: str, module: ModuleType, tmp_path: Path) -> None:
    style = write_and_load(load_text(text, "large.x"), "large", tmp_path)
    for name, kind in types_of(module).items():
        value = sample(kind)
        data = kind.encode(value)
        assert _packed(style, name, converted(kind, value, style.types, {})) == data, name
        assert kind.unpack(data) == value, name


def _packed(style: Modules, name: str, value: Any) -> bytes:
    packer = style.pack.LARGEPacker()
    getattr(packer, f"pack_{name}")(value)
    return bytes(packer.get_buffer())


def test_every_procedure_has_its_stubs(module: ModuleType) -> None:
    for stub in (module.LARGE_V1_Client, module.LARGE_V1_AsyncClient, module.LARGE_V1_Server):
        assert all(callable(getattr(stub, f"do_{number}")) for number in range(1, PROCEDURES + 1))
    procedure = module.LARGE_V1_TABLE.procedure(9)
    assert (procedure.name, procedure.annotations) == ("DO_9", (("right", "none"),))
    assert procedure.args is module.xdr_do_9_args
