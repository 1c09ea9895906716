"""Specifications of every family that is around: they compile, import, number their procedures as published, and their
bytes are what xdrlib3 packs and what was written out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from compiled_specs import compiled, go_there_and_back, kinds, tables
from xdrlib3 import Packer

from pyrpcgen.options import Options, options

SPECS: Final = Path(__file__).parent / "specs"
NAMES: Final = sorted(path.stem for path in SPECS.glob("*.x"))
ROUNDS: Final = 40

LIBVIRT: Final = options(
    ["VIR_UUID_BUFLEN=16", "VIR_AUTH_POLKIT=2"],
    prelude=[str(SPECS / "libvirt-constants.h")],
    program_from="remote_procedure=REMOTE_PROGRAM.REMOTE_PROTOCOL_VERSION",
)
OPTIONS: Final = {"libvirt": LIBVIRT, "nlm": options(["OWN_NETOBJ"])}

# program, version, table: its name, and numbers of procedures as the documents have them
PROGRAMS: Final[dict[str, list[tuple[int, int, str, dict[str, int]]]]] = {
    "nfs2": [(100003, 2, "NFS_VERSION", {"NFSPROC_GETATTR": 1, "NFSPROC_READ": 6, "NFSPROC_READDIR": 16})],
    "mount": [
        (100005, 1, "MOUNTVERS", {"MOUNTPROC_MNT": 1, "MOUNTPROC_EXPORT": 5}),
        (100005, 3, "MOUNT_V3", {"MOUNTPROC3_MNT": 1, "MOUNTPROC3_UMNTALL": 4, "MOUNTPROC3_EXPORT": 5}),
    ],
    "nfs3": [(100003, 3, "NFS_V3", {"NFSPROC3_READ": 6, "NFSPROC3_WRITE": 7, "NFSPROC3_READDIRPLUS": 17})],
    "nlm": [
        (100021, 3, "NLM_VERSX", {"NLM_TEST": 1, "NLM_LOCK": 2, "NLM_LOCK_MSG": 7}),
        (100021, 4, "NLM4_VERS", {"NLMPROC4_LOCK": 2, "NLMPROC4_GRANTED_RES": 15, "NLMPROC4_FREE_ALL": 23}),
    ],
    "nsm": [(100024, 1, "SM_VERS", {"SM_STAT": 1, "SM_UNMON_ALL": 4, "SM_SIMU_CRASH": 5, "SM_NOTIFY": 6})],
    "rquota": [
        (100011, 1, "RQUOTAVERS", {"RQUOTAPROC_GETQUOTA": 1, "RQUOTAPROC_SETQUOTA": 3}),
        (100011, 2, "EXT_RQUOTAVERS", {"RQUOTAPROC_GETQUOTA": 1, "RQUOTAPROC_GETACTIVEQUOTA": 2}),
    ],
    "nfs40": [
        (100003, 4, "NFS_V4", {"NFSPROC4_NULL": 0, "NFSPROC4_COMPOUND": 1}),
        (0x40000000, 1, "NFS_CB", {"CB_NULL": 0}),
    ],
    "nfs41": [(100003, 4, "NFS_V4", {"NFSPROC4_NULL": 0, "NFSPROC4_COMPOUND": 1})],
    "nfs42": [(100003, 4, "NFS_V4", {"NFSPROC4_COMPOUND": 1})],
    "vxi11": [
        (0x0607B0, 1, "DEVICE_ASYNC_VERSION", {"device_abort": 1}),
        (0x0607AF, 1, "DEVICE_CORE_VERSION", {"create_link": 10, "device_read": 12, "destroy_intr_chan": 26}),
        (0x0607B1, 1, "DEVICE_INTR_VERSION", {"device_intr_srq": 30}),
    ],
    "kernel": [(100021, 4, "NLM4_VERS", {"NLMPROC4_LOCK": 2, "NLMPROC4_LOCK_RES": 12})],
    "goxdr": [(0x2FFF1234, 1, "GOXDR_V1", {"both": 1}), (0x2FFF1234, 2, "GOXDR_V2", {"three": 3})],
    "libvirt": [
        (0x20008086, 1, "REMOTE_V", {"REMOTE_PROC_CONNECT_OPEN": 1, "REMOTE_PROC_CONNECT_GET_HOSTNAME": 59,
                                     "REMOTE_PROC_DOMAIN_EVENT_LIFECYCLE": 107}),
    ],
    "rpcgen": [
        (0x20000099, 1, "RPCGEN_VERS", {"EMPTY": 0, "SEVERAL": 17, "UNSIGNED": 16}),
        (0x20000099, 2, "RPCGEN_VERS_2", {"FLAG": 1}),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    folder = tmp_path_factory.mktemp("specs")
    made: dict[str, Any] = {}

    def get(name: str) -> Any:
        if name not in made:
            made[name] = compiled(SPECS / f"{name}.x", folder, OPTIONS.get(name, Options()))
        return made[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_every_type_goes_there_and_back(spec: Callable[[str], Any], name: str) -> None:
    found = kinds(spec(name))
    assert found
    go_there_and_back(found, name, ROUNDS)


def test_every_specification_with_a_program_has_a_row() -> None:
    assert set(PROGRAMS) == set(NAMES) - {"gluster", "stellar", "stellar-types"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_and_procedures_have_the_published_numbers(spec: Callable[[str], Any], name: str) -> None:
    found = tables(spec(name))
    assert [(table.number, table.version, version) for version, table in found.items()] == [
        row[:3] for row in PROGRAMS[name]
    ]
    for _, _, version, numbers in PROGRAMS[name]:
        have = {procedure.name: procedure.number for procedure in found[version].procedures}
        assert {word: have[word] for word in numbers} == numbers
