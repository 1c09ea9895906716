"""Real showmount and rpcinfo against the mount server of rpc/examples: 40 lines on generated stubs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interop.programs import ROOT, need
from namespaces import Namespace

pytestmark = pytest.mark.interop

EXAMPLES = ROOT / "rpc" / "examples"
EXPORTED = ["/srv/data=192.0.2.0/24,backup.example.org", "/home"]


@pytest.fixture(params=["rpcbind", "embedded"])
def mountd(request: pytest.FixtureRequest, namespace: Namespace, tmp_path: Path) -> Namespace:
    """A namespace in which the example serves, registered with rpcbind or with a portmapper of its own."""
    need("showmount", "rpcinfo", "rpcbind")
    if request.param == "rpcbind":
        namespace.start_rpcbind()
    for name in ("mount.x", "mountd.py"):
        shutil.copy(EXAMPLES / name, tmp_path)
    subprocess.run([sys.executable, "-m", "pyrpcgen", "mount.x", "-q"], cwd=tmp_path, check=True)
    process = namespace.start(sys.executable, str(tmp_path / "mountd.py"), *EXPORTED)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("tcp:0.0.0.0:")
    return namespace


def showmount(inside: Namespace, option: str) -> list[str]:
    done = inside.run("showmount", "--no-headers", option, "127.0.0.1")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def mount_call(inside: Namespace, call: str) -> str:
    code = (
        "from oncrpc.client import Client\nfrom oncrpc.portmap import lookup\n"
        "from oncrpc.specification import load\n"
        f"m = load({str(EXAMPLES / 'mount.x')!r}).module\n"
        "with Client.tcp('127.0.0.1', lookup('127.0.0.1', 100005, 3, 'tcp'), 100005, 3) as client:\n"
        f"    print(m.MOUNT_V3_Client(client).{call})"
    )
    return inside.python(code)


def test_showmount_lists_the_exports(mountd: Namespace) -> None:
    rows = [line.split() for line in showmount(mountd, "-e")]
    assert rows == [["/srv/data", "192.0.2.0/24,backup.example.org"], ["/home", "(everyone)"]]


def test_showmount_lists_who_has_mounted_what(mountd: Namespace) -> None:
    assert (showmount(mountd, "-a"), showmount(mountd, "-d")) == ([], [])
    assert "MNT3_OK" in mount_call(mountd, "mountproc3_mnt('/home')")
    assert "MNT3ERR_NOENT" in mount_call(mountd, "mountproc3_mnt('/not/exported')")
    assert showmount(mountd, "-a") == ["127.0.0.1:/home"]
    assert showmount(mountd, "-d") == ["/home"]
    mount_call(mountd, "mountproc3_umnt('/home')")
    assert showmount(mountd, "-a") == []


def test_rpcinfo_finds_and_pings_it(mountd: Namespace) -> None:
    registered = {tuple(line.split()[:3]) for line in mountd.rpcinfo("-p", "127.0.0.1").splitlines()}
    assert {("100005", "3", "tcp"), ("100005", "3", "udp")} <= registered
    for option in ("-t", "-u"):
        assert mountd.rpcinfo(option, "127.0.0.1", "100005") == "program 100005 version 3 ready and waiting\n"
