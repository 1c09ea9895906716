"""Storage of the test driver, and what its tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest

from virtrpcd.drivers.test import storage as test_storage
from virtrpcd.errors import VirtError
from virtrpcd.events import Cursor, EventBus
from virtrpcd.model_storage import PoolLifecycleEvent, PoolRef, PoolRefreshEvent, VolumeRef

DEFAULT: Final = PoolRef("default-pool", bytes.fromhex("dfe224cb28fb8dd0c4b264eb3f0f4566"))
UUID: Final = "11111111-2222-3333-4444-555555555555"
GIB: Final = 1 << 30


class House:
    """Storage on a bus of its own."""

    def __init__(self) -> None:
        self.bus = EventBus(epoch=b"e" * 16)
        self.storage = test_storage.TestStorage(self.bus)

    def events(self) -> list[tuple[object, ...]]:
        """Return what happened: (pool, number of the event) or (pool, "refresh")."""
        found: list[tuple[object, ...]] = []
        for entry in self.bus.read(Cursor(self.bus.epoch, 1), 1000).entries:
            if isinstance(entry.event, PoolLifecycleEvent):
                assert entry.event.detail == 0
                found.append((entry.event.pool.name, entry.event.event))
            elif isinstance(entry.event, PoolRefreshEvent):
                found.append((entry.event.pool.name, "refresh"))
        return found

    async def volume(self, name: str, sizes: str, pool: PoolRef = DEFAULT) -> VolumeRef:
        return await self.storage.create_volume(pool, f"<volume><name>{name}</name>{sizes}</volume>", 0)


def run(test: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(House()))


def pool_xml(name: str = "n", uuid: str | None = UUID, path: str = "/n", kind: str = "dir", source: str = "") -> str:
    shown = "" if uuid is None else f"<uuid>{uuid}</uuid>"
    return f"<pool type='{kind}'><name>{name}</name>{shown}{source}<target><path>{path}</path></target></pool>"


def refuses(code: int, domain: int, message: str, call: Callable[[], object]) -> None:
    """Check that a call, plain or async, is refused with exactly that."""

    async def wait() -> None:
        found = call()
        if asyncio.iscoroutine(found):
            await found

    with pytest.raises(VirtError) as caught:
        asyncio.run(wait())
    error = caught.value
    assert (error.code, error.domain, error.message) == (code, domain, message)
