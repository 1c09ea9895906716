"""A .x file compiled and run in memory, and its procedures by name and number."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from oncrpc.aclient import AsyncClient
from oncrpc.procedure import Call
from oncrpc.sample import classes_of, sample
from oncrpc.service import Server
from oncrpc.specification import SpecificationError, load
from oncrpc.xdr import Type

ROOT = Path(__file__).resolve().parents[2]
MOUNT_X = ROOT / "rpc" / "examples" / "mount.x"

TWO_PROGRAMS = """
program ALPHA {
    version ALPHA_V1 { void ALPHA_STOP(void) = 1; } = 1;
    version ALPHA_V2 { void ALPHA_STOP(void) = 1; int ALPHA_SUM(int, hyper) = 2; } = 2;
} = 0x20000001;
program BETA { version BETA_V1 { void BETA_STOP(void) = 1; } = 1; } = 0x20000002;
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.x"
    path.write_text(TWO_PROGRAMS)
    return path


@pytest.mark.parametrize(
    "path",
    [
        "MOUNT_PROGRAM.MOUNT_V3.MOUNTPROC3_EXPORT", "100005.3.5", "0x186a5.MOUNT_V3.5", "MOUNT_V3.MOUNTPROC3_EXPORT",
        "MOUNT_PROGRAM.MOUNTPROC3_EXPORT", "3.5", "MOUNTPROC3_EXPORT", "5",
    ],
)  # fmt: skip
def test_names_numbers_and_what_may_be_left_out(path: str) -> None:
    found = load(MOUNT_X).find(path)
    assert found.path == "MOUNT_PROGRAM.MOUNT_V3.MOUNTPROC3_EXPORT"
    assert (found.program.number, found.program.version, found.procedure.number) == (100005, 3, 5)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("MOUNT.3.5", "no program 'MOUNT'; did you mean MOUNT_PROGRAM?"),
        ("MOUNT_PROGRAM.4.5", "no version '4'; there is MOUNT_V3"),
        ("EXPORT", "no procedure 'EXPORT'; did you mean MOUNTPROC3_EXPORT?"),
        ("3.MOUNTPROC3_EXPROT", "MOUNTPROC3_EXPORT"),
        ("3.99", "no procedure '99'; there is MOUNTPROC3_NULL"),
        ("a.b.c.d", "is not PROGRAM.VERSION.PROCEDURE"),
        ("3..5", "is not PROGRAM.VERSION.PROCEDURE"),
        ("", "is not PROGRAM.VERSION.PROCEDURE"),
    ],
)
def test_an_unknown_name_is_told_with_what_there_is(path: str, why: str) -> None:
    with pytest.raises(SpecificationError) as caught:
        load(MOUNT_X).find(path)
    assert why in str(caught.value)


def test_what_may_be_several_is_asked_back_with_their_paths(two: Path) -> None:
    specification = load(two)
    assert list(specification.programs) == ["ALPHA.ALPHA_V1", "ALPHA.ALPHA_V2", "BETA.BETA_V1"]
    assert specification.find("ALPHA_SUM").program.version == 2
    with pytest.raises(SpecificationError, match=r"any of 2 in .*: ALPHA\.ALPHA_V1\.ALPHA_STOP, ALPHA\.ALPHA_V2\."):
        specification.find("ALPHA_STOP")


def test_procedure_0_is_there_though_the_file_does_not_mention_it(two: Path) -> None:
    found = load(two).find("BETA.1.0")
    assert (found.procedure.number, found.procedure.arity) == (0, 0)
    assert load(two).declaration(found) == "void NULL(void) = 0;"


def test_declarations_are_those_of_the_file(two: Path) -> None:
    specification = load(two)
    assert specification.declaration(specification.find("ALPHA_SUM")) == "int ALPHA_SUM(int, hyper) = 2;"


def test_procedures_named_like_a_type_or_a_keyword_are_served_called_and_declared(tmp_path: Path) -> None:
    path = tmp_path / "kw.x"
    path.write_text(
        "struct status { int n; };"
        "program KW { version KW_V1 { status STATUS(void) = 1; int IMPORT(int) = 2; } = 1; } = 0x20000003;"
    )
    specification = load(path)
    module = specification.module
    assert specification.declaration(specification.find("IMPORT")) == "int IMPORT(int) = 2;"
    assert specification.declaration(specification.find("STATUS")) == "status STATUS(void) = 1;"

    def status(self: object, call: Call) -> Any:
        return module.status(7)

    def import_(self: object, number: int, call: Call) -> int:
        return -number

    served = type("Served", (module.KW_V1_Server,), {"status_": status, "import_": import_})

    async def main() -> None:
        place = f"{tmp_path}/kw"
        async with (
            Server(served(), [f"unix:{place}"], register=False),
            await AsyncClient.unix(place, module.KW, module.KW_V1) as client,
        ):
            stubs = module.KW_V1_AsyncClient(client)
            assert ((await stubs.status_()).n, await stubs.import_(5)) == (7, -5)

    asyncio.run(main())


def test_a_file_that_is_not_there_or_has_errors_says_so(tmp_path: Path) -> None:
    with pytest.raises(SpecificationError, match=r"cannot read .*none\.x: No such file"):
        load(tmp_path / "none.x")
    wrong = tmp_path / "wrong.x"
    wrong.write_text("struct a { b c; };")
    with pytest.raises(SpecificationError, match=r"wrong\.x:1:12: "):
        load(wrong)


def test_nothing_is_left_in_sys_modules() -> None:
    before = set(sys.modules)
    module = load(MOUNT_X).module
    assert module.MNTPATHLEN == 1024
    assert [name for name in set(sys.modules) - before if not name.startswith(("pyrpcgen", "oncrpc"))] == []


def kinds() -> list[Type[object]]:
    found = []
    for name in ("rpc/examples/mount.x", "rpc/examples/nfs3.x", "xdr_spec/virt.x"):
        for one in load(ROOT / name).procedures():
            found += [one.procedure.args, one.procedure.result]
    return found


def test_a_sample_of_every_type_encodes_and_decodes() -> None:
    tried = kinds()
    assert len(tried) > 300
    for kind in tried:
        value = sample(kind)
        assert kind.unpack(kind.encode(value)) == value


def test_the_classes_of_a_type_are_each_named_once() -> None:
    found = load(MOUNT_X).find("MOUNTPROC3_EXPORT")
    assert [cls.__name__ for cls in classes_of(found.procedure.result)] == ["exportnode", "groupnode"]
