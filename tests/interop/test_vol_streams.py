"""virsh vol-upload and vol-download: what goes in comes out, and clients that are killed leave nothing behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_process import DaemonProcess, running_daemon
from interop.programs import need
from waiting import eventually

pytestmark = pytest.mark.interop

MIB = 1 << 20
KILLS = 3


class Host:
    """A daemon with the qemu driver and a running pool, and virsh."""

    def __init__(self, daemon: DaemonProcess) -> None:
        self.daemon = daemon
        self.uri = "qemu+unix:///system?socket=" + daemon.ready["libvirt"][0].removeprefix("unix:")
        self.images = daemon.state / "images"

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["virsh", "-q", "-c", self.uri, *command],
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __call__(self, *command: str, code: int = 0) -> str:
        said, _ = (child := self.start(*command)).communicate(timeout=120)
        assert child.returncode == code, said
        return said

    def _open(self) -> Iterator[str]:
        """What the daemon has open; it may close something while we look."""
        for entry in os.scandir(f"/proc/{self.daemon.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                yield os.readlink(entry.path)

    def descriptors(self) -> list[str]:
        """Files of the pool that the daemon has open."""
        return [target for target in self._open() if target.startswith(f"{self.images}/")]

    def connections(self) -> int:
        """How many sockets the daemon has."""
        return sum(target.startswith("socket:") for target in self._open())


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    need("virsh", "qemu-system-x86_64")
    folder = tmp_path_factory.mktemp("streams")
    config = folder / "virtrpcd.toml"
    config.write_text(f'allowed_dirs = ["{folder}"]\n[qemu]\naccel = "tcg"\n')
    with running_daemon(folder / "state", "--config", str(config), driver="qemu") as daemon:
        found = Host(daemon)
        found("pool-create-as", "images", "dir", "--target", str(found.images))
        yield found


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize("options", [(), ("--sparse",)], ids=["plain", "sparse"])
@pytest.mark.parametrize("holes_mib", [0, 60])
def test_what_goes_in_comes_out(host: Host, options: tuple[str, ...], holes_mib: int, tmp_path: Path) -> None:
    source, back = tmp_path / "source", tmp_path / "back"
    with source.open("wb") as file:
        file.truncate(holes_mib * MIB)
        file.seek(holes_mib * MIB)
        file.write(os.urandom(100_000_001))
        file.truncate(file.tell() + holes_mib * MIB)
    host("vol-create-as", "images", "v", "1k")
    volume = host.images / "v"
    try:
        host("vol-upload", "v", str(source), "images", *options)
        host("vol-download", "v", str(back), "images", *options)
        assert digest(source) == digest(volume) == digest(back)
        if options and holes_mib:
            # the file systems of the two may keep holes in other units
            for copy in (volume, back):
                assert copy.stat().st_blocks * 512 < copy.stat().st_size - holes_mib * MIB
    finally:
        host("vol-delete", "v", "images")
    assert host.descriptors() == []


def test_parts_and_what_does_not_fit(host: Host, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"hello world\n")
    host("vol-create-as", "images", "v", "1k")
    try:
        host("vol-upload", "v", str(tmp_path / "source"), "images", "--offset", "100")
        host("vol-download", "v", str(tmp_path / "back"), "images", "--offset", "106", "--length", "5")
        assert (tmp_path / "back").read_bytes() == b"world"
        said = host("vol-upload", "v", str(tmp_path / "source"), "images", "--length", "5", code=1)
        assert "cannot write to stream: No space left on device" in said
        said = host("vol-upload", "nosuch", str(tmp_path / "source"), "images", code=1)
        assert "Storage volume not found" in said
    finally:
        host("vol-delete", "v", "images")
    assert host.descriptors() == []


def test_clients_that_are_killed_leave_nothing_behind(host: Host, tmp_path: Path) -> None:
    source, back = tmp_path / "source", tmp_path / "back"
    with source.open("wb") as file:
        file.truncate(64 << 30)
    host("vol-create-as", "images", "v", "64G", "--allocation", "0")
    volume = host.images / "v"
    host("list")
    eventually(lambda: host.descriptors() == [])
    before = host.connections()
    try:
        for command, grows in (
            (("vol-upload", "v", str(source), "images"), volume),
            (("vol-download", "v", str(back), "images"), back),
        ):
            for _ in range(KILLS):
                back.touch()
                child = host.start(*command)
                try:
                    eventually(lambda: host.descriptors() == [str(volume)], pause_s=0.01)
                    then = grows.stat().st_mtime_ns
                    eventually(lambda at=then, file=grows: file.stat().st_mtime_ns != at, pause_s=0.01)
                    assert host.descriptors() == [str(volume)]
                finally:
                    child.kill()
                    child.communicate()
                eventually(lambda: host.descriptors() == [] and host.connections() == before)
    finally:
        host("vol-delete", "v", "images")
    assert host("pool-list", "--name").split() == ["images"]
