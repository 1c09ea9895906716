"""Saved machines, qcow2 heads, QEMU's own answers, processes: the small parts of the qemu driver."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from pathlib import Path

import pytest

from virtrpcd.drivers.qemu import image, qcow2
from virtrpcd.drivers.qemu.probe import parse_machines
from virtrpcd.drivers.qemu.process import Process, find_by_argument, start_ticks
from virtrpcd.errors import ConfigUnsupported, OperationFailed, SystemCallFailed

SAVED = image.Saved("<domain>é</domain>", True)


def write_saved(path: Path, stream: bytes = b"stream") -> None:
    file = image.OutFile(str(path))
    image.write_head(file.fd, SAVED)
    os.write(file.fd, stream)
    image.finish_head(file.fd)
    file.keep()


def test_a_saved_machine_reads_back_and_is_positioned_at_its_stream(tmp_path: Path) -> None:
    write_saved(tmp_path / "saved")
    fd, saved = image.open_saved(str(tmp_path / "saved"))
    assert saved == SAVED
    assert os.read(fd, 100) == b"stream"
    os.close(fd)
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved"]
    assert (tmp_path / "saved").stat().st_mode & 0o077 == 0


def test_an_unfinished_cut_or_changed_saved_machine_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "saved"
    file = image.OutFile(str(path))
    image.write_head(file.fd, SAVED)
    file.keep()
    unfinished = path.read_bytes()
    write_saved(path)
    whole = path.read_bytes()
    later = whole[:18] + struct.pack(">H", 99) + whole[20:]
    bad = [unfinished, b"", b"x", whole[:10], whole[:40], whole[:-1], whole + b"x", later, b"\0" * 5000]
    bad.append(whole.replace(b'"running"', b'"ruNNing"'))
    for content in bad:
        path.write_bytes(content)
        with pytest.raises(OperationFailed):
            image.open_saved(str(path))


def test_a_file_that_is_dropped_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "saved").write_text("before")
    file = image.OutFile(str(tmp_path / "saved"))
    os.write(file.fd, b"half")
    file.drop()
    assert (tmp_path / "saved").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_links_and_what_is_no_file_are_not_written_to_or_read(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "fifo", "."):
        with pytest.raises(SystemCallFailed):
            image.OutFile(str(tmp_path / name))
        with pytest.raises(SystemCallFailed):
            image.open_saved(str(tmp_path / name))


def qcow2_head(*, magic: bytes = b"QFI\xfb", version: int = 3, backing: int = 0, features: int = 0) -> bytes:
    return struct.pack(">4sIQI", magic, version, backing, 0).ljust(72, b"\0") + struct.pack(">Q", features)


def check_head(folder: Path, content: bytes) -> None:
    path = folder / "image"
    path.write_bytes(content)
    with path.open("rb") as file:
        qcow2.check_alone(file.fileno(), "image")


def test_an_image_that_stands_alone_is_taken(tmp_path: Path) -> None:
    check_head(tmp_path, qcow2_head())
    check_head(tmp_path, qcow2_head(version=2))


@pytest.mark.parametrize("head", [qcow2_head(backing=512), qcow2_head(version=2, backing=1), qcow2_head(features=4)])
def test_an_image_that_needs_another_file_is_refused(head: bytes, tmp_path: Path) -> None:
    with pytest.raises(ConfigUnsupported):
        check_head(tmp_path, head)


@pytest.mark.parametrize("head", [b"", b"QFI\xfb", qcow2_head(magic=b"RAW!"), qcow2_head(version=4), qcow2_head()[:72]])
def test_what_is_no_image_is_refused(head: bytes, tmp_path: Path) -> None:
    with pytest.raises(OperationFailed):
        check_head(tmp_path, head)


def test_machine_types_and_their_other_names_are_read() -> None:
    text = """Supported machines are:
microvm              microvm (i386)
pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)
pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)
q35                  Standard PC (Q35 + ICH9, 2009) (alias of pc-q35-7.2)
none                 empty machine
"""
    assert parse_machines(text) == {"pc": "pc-i440fx-7.2", "pc-i440fx-7.2": "pc-i440fx-7.2", "q35": "pc-q35-7.2"}


def spawn(script: str, log: Path) -> Process:
    fd = os.open(log, os.O_WRONLY | os.O_CREAT)
    try:
        return Process.spawn([sys.executable, "-c", script], fd, {})
    finally:
        os.close(fd)


def test_a_process_is_measured_found_again_and_seen_to_end(tmp_path: Path) -> None:
    async def body() -> None:
        process = spawn("print('ready', flush=True)\nwhile True: pass  # mark-7f3a", tmp_path / "log")
        ended = asyncio.Event()
        process.watch(ended.set)
        async with asyncio.timeout(20):
            while process.cpu_time_ns() == 0:
                await asyncio.sleep(0.01)
        assert process.thread(process.pid) is not None
        assert process.resident_kib() > 0
        assert list(find_by_argument("mark-7f3a")) == [process.pid]
        assert os.getsid(process.pid) == process.pid
        same = Process.adopt(process.pid, process.ticks)
        assert same is not None
        same.close()
        assert Process.adopt(process.pid, process.ticks + 1) is None
        used_ns = process.cpu_time_ns()
        process.kill()
        assert await process.wait(10.0)
        assert ended.is_set()
        assert process.cpu_time_ns() >= used_ns
        assert start_ticks(process.pid) is None
        assert Process.adopt(process.pid, process.ticks) is None
        process.signal(15)
        process.close()

    asyncio.run(body())


def test_a_process_that_ends_at_once_is_seen_to_end(tmp_path: Path) -> None:
    async def body() -> None:
        process = spawn("print('bye')", tmp_path / "log")
        process.watch(lambda: None)
        assert await process.wait(20.0)
        assert (tmp_path / "log").read_text() == "bye\n"
        process.close()

    asyncio.run(body())


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log, pytest.raises(FileNotFoundError):
        Process.spawn([str(tmp_path / "nothing")], log.fileno(), {})
