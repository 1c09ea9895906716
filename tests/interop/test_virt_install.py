"""virt-install, unmodified, makes machines of images that are there and of disks that it has made in pools."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import DaemonProcess, running_daemon
from interop.programs import need

pytestmark = pytest.mark.interop

COMMON = ("--import", "--memory", "128", "--network", "user", "--osinfo", "generic", "--noautoconsole",
          "--virt-type", "qemu")  # fmt: skip


class Host:
    """A daemon with the qemu driver, and its clients."""

    def __init__(self, daemon: DaemonProcess, folder: Path) -> None:
        self.uri = "qemu+unix:///system?socket=" + daemon.ready["libvirt"][0].removeprefix("unix:")
        self.images = daemon.state / "images"
        self.home = folder

    def run(self, *command: str) -> str:
        environment = {**os.environ, "LC_ALL": "C", "HOME": str(self.home), "XDG_CACHE_HOME": str(self.home)}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def virsh(self, *command: str) -> str:
        return self.run("virsh", "-q", "-c", self.uri, *command)

    def install(self, name: str, *options: str) -> None:
        self.run("virt-install", "--connect", self.uri, "--name", name, *COMMON, *options)

    def first_disk(self, name: str) -> str:
        found = re.search(r"<source file='([^']*)'", self.virsh("dumpxml", name))
        assert found is not None
        return found[1]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    need("virt-install", "virsh", "qemu-img", "qemu-system-x86_64")
    config = tmp_path / "virtrpcd.toml"
    config.write_text(f'allowed_dirs = ["{tmp_path}/state/images", "{tmp_path}/other"]\n[qemu]\naccel = "tcg"\n')
    with running_daemon(tmp_path / "state", "--config", str(config), driver="qemu") as daemon:
        found = Host(daemon, tmp_path / "home")
        try:
            yield found
        finally:
            for name in found.virsh("list", "--name").split():
                found.virsh("destroy", name)


def test_an_image_that_is_there_is_imported(host: Host) -> None:
    image = host.images / "vm1.qcow2"
    host.run("qemu-img", "create", "-q", "-f", "qcow2", str(image), "64M")
    host.install("vm1", "--disk", str(image), "--graphics", "vnc")
    assert host.virsh("domstate", "vm1").strip() == "running"
    assert host.first_disk("vm1") == str(image)
    # it made a pool of the folder for that, which starts with the daemon
    assert host.virsh("pool-list", "--autostart", "--name").split() == ["images"]
    assert str(image) in host.virsh("vol-list", "images")
    assert "<driver name='qemu' type='qcow2'/>" in host.virsh("dumpxml", "vm1")


def test_a_disk_is_made_in_a_pool(host: Host, tmp_path: Path) -> None:
    host.virsh("pool-define-as", "mine", "dir", "--target", str(tmp_path / "other"))
    host.virsh("pool-build", "mine")
    host.virsh("pool-start", "mine")
    host.install("vm2", "--disk", "pool=mine,size=1", "--graphics", "none")
    assert host.virsh("domstate", "vm2").strip() == "running"
    disk = Path(host.first_disk("vm2"))
    assert disk.parent == tmp_path / "other"
    assert re.search(r"Capacity: +1\.00 GiB", host.virsh("vol-info", str(disk)))


def test_a_disk_is_made_beside_images_that_are_there(host: Host) -> None:
    (host.images / "base.raw").write_bytes(b"base" * 1024)
    path = host.images / "vm3.qcow2"
    host.install("vm3", "--disk", f"path={path},size=1,format=qcow2", "--graphics", "none")
    assert path.read_bytes()[:4] == b"QFI\xfb"
    host.virsh("vol-clone", "base.raw", "copy.raw", "images")
    assert (host.images / "copy.raw").read_bytes() == b"base" * 1024
