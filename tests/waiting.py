"""Waiting on states, never on time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def wait_until(predicate: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Return when `predicate()` is true. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not predicate():
            await asyncio.sleep(0.01)
