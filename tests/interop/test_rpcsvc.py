"""The specifications that Debian installs, of libnsl, libtirpc and rpcsvc-proto: all of them, as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from compiled_specs import compiled, go_there_and_back, kinds, tables
from interop.programs import need

from pyrpcgen.options import Options, options

RPCSVC: Final = Path("/usr/include/rpcsvc")
TIRPC: Final = Path("/usr/include/tirpc/rpcsvc")
RPC: Final = Path("/usr/include/tirpc/rpc")
FILES: Final[dict[Path, list[int]]] = {
    RPCSVC / "bootparam_prot.x": [100026],
    RPCSVC / "key_prot.x": [100029, 100029],
    RPCSVC / "klm_prot.x": [100020],
    RPCSVC / "mount.x": [100005],
    RPCSVC / "nfs_prot.x": [100003],
    RPCSVC / "nis.x": [100300],
    RPCSVC / "nis_callback.x": [100302],
    RPCSVC / "nis_object.x": [],
    RPCSVC / "nlm_prot.x": [100021, 100021],
    RPCSVC / "rex.x": [100017],
    RPCSVC / "rquota.x": [100011],
    RPCSVC / "rstat.x": [100001, 100001, 100001],
    RPCSVC / "rusers.x": [100002],
    RPCSVC / "sm_inter.x": [100024],
    RPCSVC / "spray.x": [100012],
    RPCSVC / "yp.x": [100004, 0x40000000, 100007],
    RPCSVC / "yppasswd.x": [100009],
    TIRPC / "crypt.x": [600100029],
    RPC / "rpcb_prot.x": [100000, 100000],
}
"""The numbers of the programs, once for each version, in the order of the file."""
NEEDS: Final = {
    "nis_callback.x": options(prelude=[str(RPCSVC / "nis.x")]),
    "nlm_prot.x": options(["LM_MAXSTRLEN=1024", "MAXNAMELEN=1025"]),
}
"""What two of them take from headers of C. (rpcgen itself reads all but nis.x, where it stops at line 411.)"""

pytestmark = pytest.mark.interop


def test_all_that_are_installed_are_tested() -> None:
    need(RPCSVC / "nfs_prot.x", RPCSVC / "nis.x", TIRPC, RPC)
    assert {*RPCSVC.glob("*.x"), *TIRPC.glob("*.x"), *RPC.glob("*.x")} == set(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_it_compiles_and_every_type_goes_there_and_back(file: Path, tmp_path: Path) -> None:
    need(file)
    module: Any = compiled(file, tmp_path, NEEDS.get(file.name, Options()))
    found = [table.number for table in tables(module).values()]
    assert found[: len(FILES[file])] == FILES[file]
    assert kinds(module)
    go_there_and_back(kinds(module), file.name, 20)
