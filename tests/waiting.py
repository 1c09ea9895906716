"""Waiting on states, never on time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def wait_until(predicate: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Return when `predicate()` is true. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not predicate():
            await asyncio.sleep(0.01)


def eventually(predicate: Callable[[], object], timeout_s: float = 20.0, pause_s: float = 0.1) -> None:
    """Return when `predicate()` is true, asked again and again. Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout_s} s")
        time.sleep(pause_s)
