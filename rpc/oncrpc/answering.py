"""The asyncio client's half of calls both ways: answers what the server calls on the connection that the client opened.

The blocking client does the same in place, while it waits. Call.peer and Call.connection are None: the caller is the
server that the client chose.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from oncrpc.dispatch import Dispatcher
from oncrpc.errors import RemoteError, TransportError
from oncrpc.message import Refused, unpack_call
from oncrpc.procedure import Call
from oncrpc.record import mark

log = logging.getLogger("oncrpc.client")

CALLS_UNDER_WAY = 256
"""Calls of one server that may be under way; one more is its fault. Servers of ours make 64 at most."""


class Answering:
    """Answers calls on one connection of an asyncio client.

    write: sends bytes; may raise TransportError when the connection is gone. drain: waits until the server reads.
    """

    def __init__(
        self, dispatcher: Dispatcher, write: Callable[[bytes], None], drain: Callable[[], Awaitable[None]]
    ) -> None:
        self._dispatcher = dispatcher
        self._write = write
        self._drain = drain
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, record: bytes) -> None:
        """Answer a call, when it is done. Raises RemoteError for what is no call, and for one call too many.

        Each is a task, also what needs no waiting: a server that does not read must not make us hold its answers.
        """
        if len(self._tasks) >= CALLS_UNDER_WAY:
            raise RemoteError(f"the server calls back although {CALLS_UNDER_WAY} of its calls are under way")
        try:
            call = unpack_call(record)
        except Refused as refused:
            self._start(self._send(refused.reply))
        else:
            self._start(self._run(call))

    def end(self) -> None:
        """Give up what is under way: the connection has ended."""
        for task in self._tasks:
            task.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, call: Call) -> None:
        reply = self._dispatcher.reply(call)
        await self._send(reply if isinstance(reply, bytes) else await reply)

    async def _send(self, reply: bytes) -> None:
        try:
            await self._drain()
            self._write(mark(reply))
        except TransportError as exc:
            log.debug("a call of the server is not answered: %s", exc)
