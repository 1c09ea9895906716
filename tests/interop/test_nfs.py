"""The NFS client of rpc/examples, on generated stubs, against nfs-ganesha: names and bytes are those on its disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interop.programs import ROOT, need
from namespaces import Namespace, wait_until

pytestmark = pytest.mark.interop

EXAMPLES = ROOT / "rpc" / "examples"
EXPORT = "/run/export"
CONFIGURATION = f"""
NFS_CORE_PARAM {{ Protocols = 3; mount_path_pseudo = false; Enable_NLM = false; Enable_RQUOTA = false; }}
NFSv4 {{ Graceless = true; RecoveryRoot = /run/recovery; }}
EXPORT {{
    Export_Id = 1; Path = {EXPORT}; Pseudo = /export; Access_Type = RO; Squash = No_Root_Squash;
    Protocols = 3; Transports = TCP; SecType = sys, none; FSAL {{ Name = VFS; }}
}}
"""


@pytest.fixture
def exported(namespace: Namespace) -> Path:
    """A folder that nfs-ganesha exports in the namespace, as seen from outside it."""
    need("ganesha.nfsd", "rpcbind", "rpcinfo")
    run = Path(namespace.run_folder)
    for name in ("export", "ganesha", "recovery"):
        (run / name).mkdir()
    (run / "ganesha.conf").write_text(CONFIGURATION)
    namespace.start_rpcbind()
    files = ("-f", "/run/ganesha.conf", "-L", "/run/ganesha.log", "-p", "/run/ganesha.pid")
    namespace.start("ganesha.nfsd", "-F", *files)
    wait_until(lambda: "mountd" in namespace.rpcinfo("-p", "127.0.0.1"))
    wait_until(lambda: namespace.run("rpcinfo", "-t", "127.0.0.1", "100003", "3").returncode == 0)
    return run / "export"


@pytest.fixture
def nfs_ls(namespace: Namespace, tmp_path: Path) -> list[str]:
    """The example's command, its stubs generated."""
    for name in ("mount.x", "nfs3.x", "nfs_ls.py"):
        shutil.copy(EXAMPLES / name, tmp_path)
    for name in ("mount.x", "nfs3.x"):
        subprocess.run([sys.executable, "-m", "pyrpcgen", name, "-q"], cwd=tmp_path, check=True)
    return [*namespace.entry, sys.executable, str(tmp_path / "nfs_ls.py"), "127.0.0.1", EXPORT]


def output(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_a_directory_over_several_calls_has_all_names_and_sizes(exported: Path, nfs_ls: list[str]) -> None:
    for number in range(700):
        (exported / f"name-{number}-{'x' * (number % 100)}").write_bytes(bytes(number))
    (exported / "folder").mkdir(mode=0o750)
    (exported / "link").symlink_to("folder")
    rows = [line.split(maxsplit=3) for line in output(nfs_ls).decode().splitlines()]
    listed = {name: (kind, int(mode, 8), int(size)) for kind, mode, size, name in rows if name not in (".", "..")}
    kinds = {"folder": "NF3DIR", "link": "NF3LNK"}
    on_disk = {entry.name: os.lstat(entry.path) for entry in os.scandir(exported)}
    assert listed == {
        name: (kinds.get(name, "NF3REG"), found.st_mode & 0o7777, found.st_size) for name, found in on_disk.items()
    }
    assert len(rows) == len(listed) + 2


@pytest.mark.parametrize("size", [0, 1, 65536, 1_000_003])
def test_a_file_is_read_byte_for_byte(exported: Path, nfs_ls: list[str], size: int) -> None:
    data = random.Random(size).randbytes(size)
    (exported / "data.bin").write_bytes(data)
    assert output([*nfs_ls, "data.bin"]) == data


def test_what_is_not_there_is_said_by_the_name_of_the_error(exported: Path, nfs_ls: list[str]) -> None:
    for words, error in (([*nfs_ls, "nothing"], "NFS3ERR_NOENT"), ([*nfs_ls[:-1], "/nothing"], "MNT3ERR")):
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert error in done.stderr
