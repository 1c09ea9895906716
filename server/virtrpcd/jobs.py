"""A machine's job lock: one change at a time, in the order they came, each waiting a bounded time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from virtrpcd.errors import OperationTimeout


class JobLock:
    """Lets one job at a time change a machine. Queries do not take it.

    what: whose lock it is, for the error text. wait_s: how long a job waits for its turn, in seconds.
    """

    def __init__(self, what: str, *, wait_s: float, error_domain: int) -> None:
        self.what = what
        self._wait_s = wait_s
        self._error_domain = error_domain
        self._lock = asyncio.Lock()
        self._holder = ""
        self._since_s = 0.0

    @property
    def holder(self) -> str:
        """The job that holds the lock, empty when none does."""
        return self._holder

    @asynccontextmanager
    async def hold(self, job: str) -> AsyncIterator[None]:
        """Hold the lock in the body; `job` is what others are told it is ("save").

        Raises OperationTimeout, naming the holder and for how long it has been at it, after wait_s seconds.
        """
        try:
            async with asyncio.timeout(self._wait_s):
                await self._lock.acquire()
        except TimeoutError as error:
            busy_s = time.monotonic() - self._since_s
            why = f"cannot {job} {self.what}: busy with '{self._holder}' for {busy_s:.0f} s"
            raise OperationTimeout(why, domain=self._error_domain) from error
        self._holder = job
        self._since_s = time.monotonic()
        try:
            yield
        finally:
            self._holder = ""
            self._lock.release()
