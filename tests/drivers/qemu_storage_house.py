"""Storage of the qemu driver in a folder, and what its tests share."""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from virtrpcd.drivers.qemu.storage import QemuStorage
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model_storage import PoolLifecycleEvent, PoolRef, PoolRefreshEvent, VolumeRef
from virtrpcd.paths import PathRules
from virtrpcd.store import Store

UUID = "11111111-2222-3333-4444-555555555555"
MIB = 1 << 20
SPARSE = "<allocation>0</allocation>"


class House:
    """Storage that may use `folder`/in, with a store that is kept in `folder`/state."""

    def __init__(self, folder: Path) -> None:
        self.inside = folder / "in"
        self.inside.mkdir(exist_ok=True)
        self.bus = EventBus()
        self.store = Store(folder / "state")
        self.storage = QemuStorage(self.bus, PathRules([self.inside]), self.keep)

    async def keep(self, work: Callable[[Store], None]) -> None:
        await asyncio.to_thread(work, self.store)

    def xml(self, name: str = "p", path: str | None = None, extra: str = "") -> str:
        shown = path or f"{self.inside}/{name}"
        return f"<pool type='dir'><name>{name}</name>{extra}<target><path>{shown}</path></target></pool>"

    async def running(self, name: str = "p") -> PoolRef:
        ref = await self.storage.define_pool(self.xml(name), 0)
        await self.storage.start_pool(ref, 1)
        return ref

    def events(self) -> list[tuple[str, int | str]]:
        found: list[tuple[str, int | str]] = []
        for entry in self.bus.read(Cursor(self.bus.epoch, 1), 1000).entries:
            if isinstance(entry.event, PoolLifecycleEvent):
                found.append((entry.event.pool.name, entry.event.event))
            elif isinstance(entry.event, PoolRefreshEvent):
                found.append((entry.event.pool.name, "refresh"))
        return found

    async def volume(self, pool: PoolRef, name: str, capacity: int = MIB, rest: str = SPARSE) -> VolumeRef:
        return await self.storage.create_volume(pool, volume_xml(name, capacity, rest), 0)


def volume_xml(name: str, capacity: int = MIB, rest: str = SPARSE) -> str:
    return f"<volume><name>{name}</name><capacity>{capacity}</capacity>{rest}</volume>"


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[House]:
    house = House(folder)
    await house.storage.start(house.store.load().pools)
    try:
        yield house
    finally:
        await house.storage.stop()
        house.store.close()


def run(folder: Path, *tests: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    """Run tests one after the other, each in a life of the storage of its own."""

    async def body() -> None:
        for test in tests:
            async with living(folder) as house:
                await test(house)

    asyncio.run(body())


def qcow2_head(version: int = 3, size: int = 5 * MIB, incompatible: int = 0, backing: bytes = b"") -> bytes:
    """A qcow2 header with a backing file's name and format after it."""
    at = 256 if backing else 0
    head = struct.pack(">4sIQIIQ", b"QFI\xfb", version, at, len(backing), 16, size).ljust(72, b"\0")
    head += struct.pack(">QQQII", incompatible, 1, 0, 4, 104)
    head += struct.pack(">II", 0xE2792ACA, 3) + b"raw".ljust(8, b"\0")
    return head.ljust(256, b"\0") + backing + bytes(512)


def descriptors(path: Path) -> int:
    """How many descriptors of a file this process has open."""
    count = 0
    for entry in os.scandir("/proc/self/fd"):
        try:
            count += os.readlink(entry.path) == str(path)
        except FileNotFoundError:
            continue
    return count
