"""Callers for stubs whose calls are not waited for, blocking and asyncio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from oncrpc.procedure import Procedure

R = TypeVar("R")


class OneWay:
    """A Caller whose calls do not wait: the result is None, whatever the procedure's would be."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send

    def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Send the call. Raises as Client.send."""
        return cast("R", self._send(procedure, *args, timeout_s=timeout_s))


class AsyncOneWay:
    """An AsyncCaller whose calls do not wait: the result is None, whatever the procedure's would be."""

    def __init__(self, send: Callable[..., Awaitable[None]]) -> None:
        self._send = send

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Send the call. Raises as AsyncClient.send."""
        return cast("R", await self._send(procedure, *args, timeout_s=timeout_s))
