"""virtrpc.libvirt against a real libvirtd: the same script as with libvirt's own module, and streams of data."""

from __future__ import annotations

import difflib
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from daemon_process import SOURCES, running_daemon
from interop.libvirtd import running_libvirtd
from needs import skip_without

import virtrpc
import virtrpc.libvirt as libvirt
from virtrpc.cli.main import cli

pytestmark = pytest.mark.interop

SCRIPT = Path(__file__).with_name("libvirt_script.py")
SYSTEM_PYTHON = "/usr/bin/python3"
SIZE = 100 * 1024 * 1024


def _has_binding() -> bool:
    run = subprocess.run([SYSTEM_PYTHON, "-c", "import libvirt"], capture_output=True, check=False)
    return run.returncode == 0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with running_libvirtd(tmp_path_factory.mktemp("libvirtd")) as place:
        yield place


def _said(python: str, module: str, uri: str) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": SOURCES} if module == "ours" else dict(os.environ)
    run = subprocess.run(
        [python, str(SCRIPT), module, uri], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def _compare(uri: str) -> None:
    skip_without(None if _has_binding() else "needs libvirt's module for the system's Python (python3-libvirt)")
    theirs = _said(SYSTEM_PYTHON, "libvirt", uri)
    ours = _said(sys.executable, "ours", uri)
    assert len(theirs) > 150
    assert not list(difflib.unified_diff(theirs, ours, "libvirt", "ours", lineterm="", n=0))


def test_the_same_script_prints_the_same_of_a_libvirtd_by_unix(place: tuple[str, int]) -> None:
    _compare(f"test+unix:///default?socket={place[0]}")


def test_and_by_tcp(place: tuple[str, int]) -> None:
    _compare(f"test+tcp://127.0.0.1:{place[1]}/default")


def test_and_of_our_daemon(tmp_path: Path) -> None:
    with running_daemon(tmp_path, "--libvirt", f"unix:{tmp_path}/lv.sock") as daemon:
        uri = f"test+unix:///default?socket={tmp_path}/lv.sock"
        assert daemon.ready["libvirt"]
        skip_without(None if _has_binding() else "needs libvirt's module for the system's Python (python3-libvirt)")
        # The test driver keeps what a script changes as long as somebody is connected; each run is the only one.
        theirs = _said(SYSTEM_PYTHON, "libvirt", uri)
        ours = _said(sys.executable, "ours", uri)
    assert not list(difflib.unified_diff(theirs, ours, "libvirt", "ours", lineterm="", n=0))


DIFFERENT = {
    "conn listAllDevices": "libvirt's order changes from run to run",
    "flag": "a flag that virt.x does not know is refused before the driver hears of it",
    "state": "libvirt's text has the name that the client gave beside the uuid; the uuid alone decides",
}
"""What libvirt's module prints of our daemon and of libvirtd otherwise, by the beginning of the line, and why."""


def test_libvirts_module_says_the_same_of_our_daemon_and_of_libvirtd(place: tuple[str, int], tmp_path: Path) -> None:
    skip_without(None if _has_binding() else "needs libvirt's module for the system's Python (python3-libvirt)")
    theirs = _said(SYSTEM_PYTHON, "libvirt", f"test+unix:///default?socket={place[0]}")
    with running_daemon(tmp_path, "--libvirt", f"unix:{tmp_path}/lv.sock"):
        ours = _said(SYSTEM_PYTHON, "libvirt", f"test+unix:///default?socket={tmp_path}/lv.sock")

    def known(line: str) -> bool:
        return any(line.startswith(f"{label} ") for label in DIFFERENT)

    kept = [[line for line in lines if not known(line)] for lines in (theirs, ours)]
    assert len(kept[0]) > len(theirs) - 12
    assert sum(line.startswith("event") for line in kept[0]) > 20
    assert not list(difflib.unified_diff(*kept, "libvirtd", "ours", lineterm="", n=0))


def test_host_and_command_line_work_over_a_libvirtd(place: tuple[str, int]) -> None:
    uri = f"libvirt+unix://{place[0]}?name=default"
    with virtrpc.connect(uri) as host:
        domain = host.domain("test")
        cursor = host.events().cursor
        domain.suspend()
        domain.resume()
        news = host.events(cursor, wait_s=20.0)
        assert next(event.what for event in news.events) == "suspended"
        assert len(host.batch([domain.info] * 500).results) == 500
    run = CliRunner().invoke(cli, ["-c", uri, "list", "--all"])
    assert (run.exit_code, "test" in run.output) == (0, True)


@pytest.fixture
def pool(place: tuple[str, int], tmp_path: Path) -> Iterator[tuple[libvirt.virConnect, libvirt.virStoragePool]]:
    folder = tmp_path / "pool"
    folder.mkdir()
    with libvirt.open(f"qemu+unix:///session?socket={place[0]}") as conn:
        xml = f"<pool type='dir'><name>up</name><target><path>{folder}</path></target></pool>"
        pool = conn.storagePoolCreateXML(xml, 0)
        try:
            yield conn, pool
        finally:
            pool.destroy()


def test_a_volume_of_100_mb_comes_back_as_it_was(
    place: tuple[str, int], pool: tuple[libvirt.virConnect, libvirt.virStoragePool], tmp_path: Path
) -> None:
    _, up = pool
    data = tmp_path / "data"
    data.write_bytes(random.Random(1).randbytes(SIZE))
    xml = f"<volume><name>v.raw</name><capacity>{SIZE}</capacity><target><format type='raw'/></target></volume>"
    volume = up.createXML(xml, 0)
    uri = f"libvirt+unix://{place[0]}?name=qemu:///session"
    runner = CliRunner()
    done = runner.invoke(cli, ["-c", uri, "vol-upload", "up", "v.raw", str(data)])
    assert (done.exit_code, done.output) == (0, f"{SIZE} bytes written\n")
    back = tmp_path / "back"
    done = runner.invoke(cli, ["-c", uri, "vol-download", "up", "v.raw", str(back)])
    assert (done.exit_code, done.output) == (0, f"{SIZE} bytes read\n")
    wanted = hashlib.sha256(data.read_bytes()).digest()
    assert wanted == hashlib.sha256(Path(volume.path()).read_bytes()).digest()
    assert wanted == hashlib.sha256(back.read_bytes()).digest()


def test_holes_travel_as_holes(pool: tuple[libvirt.virConnect, libvirt.virStoragePool]) -> None:
    conn, up = pool
    size = 32 * 1024 * 1024
    xml = f"<volume><name>s.raw</name><capacity>{size}</capacity><target><format type='raw'/></target></volume>"
    volume = up.createXML(xml, 0)
    stream = conn.newStream()
    volume.upload(stream, 0, size, 1)
    stream.sendHole(size // 2)
    stream.send(b"x" * 4096)
    stream.sendHole(size // 2 - 4096)
    stream.finish()
    assert Path(volume.path()).read_bytes() == bytes(size // 2) + b"x" * 4096 + bytes(size // 2 - 4096)
    found: list[int] = []
    stream = conn.newStream()
    volume.download(stream, 0, 0, 1)
    stream.sparseRecvAll(
        lambda stream, data, opaque: found.append(len(data)), lambda stream, length, opaque: found.append(-length), None
    )
    stream.finish()
    assert sum(abs(size) for size in found) == size
    assert min(found) < 0


def test_an_aborted_stream_leaves_the_connection_usable(
    pool: tuple[libvirt.virConnect, libvirt.virStoragePool],
) -> None:
    conn, up = pool
    volume = up.createXML("<volume><name>a.raw</name><capacity>8388608</capacity></volume>", 0)
    stream = conn.newStream()
    volume.download(stream, 0, 0)
    assert len(stream.recv(10)) == 10
    stream.abort()
    assert volume.name() == "a.raw"
    assert volume.info()[1] == 8388608
