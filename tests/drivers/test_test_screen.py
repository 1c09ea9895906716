"""The test driver's screens show one picture, which is a PNG file that reads back."""

from __future__ import annotations

import asyncio
import struct
import zlib

import pytest

from virtrpcd.drivers.test import driver as in_memory
from virtrpcd.drivers.test.screen import HEIGHT, WIDTH, picture
from virtrpcd.errors import InvalidArgument, NoDomain, NotSupported
from virtrpcd.events import EventBus


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of a PNG file, their checksums checked."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        found.append((kind, data))
        at += 12 + length
    return found


def test_the_picture_is_whole() -> None:
    (head, size), (kind, data), end = chunks(picture())
    assert (head, kind, end) == (b"IHDR", b"IDAT", (b"IEND", b""))
    assert struct.unpack(">II5B", size) == (WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    rows = zlib.decompress(data)
    assert len(rows) == HEIGHT * (WIDTH + 1)
    assert len(set(rows)) > 16


def test_any_screen_of_a_machine_shows_it_also_when_it_is_off() -> None:
    async def body() -> None:
        driver = in_memory.TestDriver(EventBus())
        uuid = driver.lookup_by_name("test").uuid
        first = await driver.screenshot(uuid, 0, 0)
        assert first == ("image/png", picture())
        await driver.destroy(uuid, 0)
        assert await driver.screenshot(uuid, 5, 0) == first
        with pytest.raises(InvalidArgument):
            await driver.screenshot(uuid, 0, 1)
        with pytest.raises(NoDomain):
            await driver.screenshot(bytes(16), 0, 0)

    asyncio.run(body())


def test_what_libvirts_test_driver_does_not_have_ours_has_not_either() -> None:
    async def body() -> None:
        driver = in_memory.TestDriver(EventBus())
        uuid = driver.lookup_by_name("test").uuid
        for call in (
            driver.open_console(uuid, None, 0),
            driver.open_channel(uuid, None, 0),
            driver.monitor_command(uuid, "info status", True),
        ):
            with pytest.raises(NotSupported):
                await call
        with pytest.raises(NotSupported):
            driver.listen_to_monitor(print)
        with pytest.raises(NotSupported):
            driver.block_stats_parameters(uuid, "vda", 0)

    asyncio.run(body())
