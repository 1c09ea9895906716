"""What is in a volume of the qemu driver as streams, and that nothing of them stays open."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from drivers.qemu_storage_house import MIB, House, descriptors, qcow2_head, run

from virtrpcd.drivers.qemu.files import FilePool, OpenFile
from virtrpcd.drivers.streams import Hole
from virtrpcd.errors import (
    InvalidArgument,
    SystemCallFailed,
)
from virtrpcd.model_storage import VolumeRef


async def read_all(house: House, volume: VolumeRef, offset: int = 0, length: int = 0, flags: int = 0) -> list[Any]:
    """What a download gives: bytes that follow each other as one, and the holes."""
    found: list[Any] = []
    async for chunk in await house.storage.open_download(volume, offset, length, flags):
        if isinstance(chunk, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += chunk
        else:
            found.append(chunk)
    return found


def test_a_download_gives_the_part_that_is_asked_for(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        volume = await house.volume(await house.running(), "v")
        data = os.urandom(700_000)
        (house.inside / "p" / "v").write_bytes(data)
        assert await read_all(house, volume) == [data]
        assert await read_all(house, volume, 100, 300_000) == [data[100:300_100]]
        assert await read_all(house, volume, 699_990, 5000) == [data[-10:]]
        assert await read_all(house, volume, 800_000) == []
        with pytest.raises(InvalidArgument):
            await read_all(house, volume, (1 << 64) - 1)

    run(tmp_path, check)


def test_a_sparse_download_gives_holes(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        volume = await house.volume(await house.running(), "v", 10 * MIB)
        with (house.inside / "p" / "v").open("r+b") as file:
            file.seek(4 * MIB)
            file.write(b"x" * MIB)
        assert await read_all(house, volume, 0, 0, 1) == [Hole(4 * MIB), b"x" * MIB, Hole(5 * MIB)]
        assert await read_all(house, volume, MIB, MIB, 1) == [Hole(MIB)]
        assert await read_all(house, volume, 0, 0, 0) == [bytes(4 * MIB) + b"x" * MIB + bytes(5 * MIB)]

    run(tmp_path, check)


def test_an_upload_writes_from_its_offset_on_and_the_pool_is_looked_at_anew(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        ref = await house.running()
        volume = await house.volume(ref, "v", 1000)
        sink = await house.storage.open_upload(volume, 100, 0, 0)
        await sink.write(b"a" * 50)
        await sink.write(b"b" * 1000)
        await sink.finish()
        await sink.abort()
        assert (house.inside / "p" / "v").read_bytes() == bytes(100) + b"a" * 50 + b"b" * 1000
        assert house.events()[-1] == ("p", "refresh")
        assert house.events().count(("p", "refresh")) == 1
        sink = await house.storage.open_upload(volume, 0, 0, 0)
        await sink.write(qcow2_head(size=3 * MIB))
        await sink.finish()
        assert house.storage.volume_info(volume).capacity == 3 * MIB

    run(tmp_path, check)


def test_an_upload_of_more_than_was_said_ends_with_no_space(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        volume = await house.volume(await house.running(), "v", 1000)
        for too_much in (lambda sink: sink.write(b"x" * 20), lambda sink: sink.hole(20)):
            sink = await house.storage.open_upload(volume, 0, 10, 0)
            with pytest.raises(SystemCallFailed, match="cannot write to stream: No space left on device"):
                await too_much(sink)
            await sink.abort()
        assert (house.inside / "p" / "v").read_bytes() == b"x" * 10 + bytes(990)

    run(tmp_path, check)


def test_holes_of_an_upload_become_zeros_and_take_no_room(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        volume = await house.volume(await house.running(), "v", 0)
        path = house.inside / "p" / "v"
        path.write_bytes(b"x" * 3 * MIB)
        sink = await house.storage.open_upload(volume, MIB, 0, 1)
        await sink.hole(MIB)
        await sink.write(b"y")
        await sink.hole(100 * MIB)
        await sink.write(b"z")
        await sink.hole(5)
        with pytest.raises(InvalidArgument):
            await sink.hole(-1)
        await sink.finish()
        assert path.stat().st_size == 102 * MIB + 7
        assert path.stat().st_blocks * 512 < 4 * MIB
        with path.open("rb") as file:
            assert file.read(MIB) == b"x" * MIB
            assert file.read(MIB) == bytes(MIB)
            assert file.read(1) == b"y"
            assert not file.read(100 * MIB).strip(b"\0")
            assert file.read() == b"z" + bytes(5)

    run(tmp_path, check)


def test_what_is_broken_off_is_closed(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        volume = await house.volume(await house.running(), "v", MIB)
        path = house.inside / "p" / "v"
        source = await house.storage.open_download(volume, 0, 0, 0)
        await anext(source)
        sink = await house.storage.open_upload(volume, 0, 0, 0)
        await sink.write(b"x")
        never_begun = await house.storage.open_download(volume, 0, 0, 0)
        assert descriptors(path) == 3
        await source.aclose()
        await sink.abort()
        del never_begun
        await house.storage.stop()
        assert descriptors(path) == 0

    run(tmp_path, check)


def test_a_file_is_not_closed_under_who_works_on_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 64 * MIB)

    async def body() -> None:
        pool = FilePool()
        file = OpenFile(os.open(path, os.O_RDONLY))
        reading = asyncio.ensure_future(pool.run(file.read, 64 * MIB, 0))
        await asyncio.sleep(0)
        pool.let_go(file)
        assert len(await reading) == 64 * MIB
        pool.stop()
        assert descriptors(path) == 0
        with pytest.raises(OSError, match="Bad file descriptor"):
            file.read(1, 0)
        other = OpenFile(os.open(path, os.O_RDONLY))
        pool.let_go(other)
        assert descriptors(path) == 0

    asyncio.run(body())
