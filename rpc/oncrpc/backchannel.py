"""Calls that a server makes to its client, on the connection that the client opened.

Both directions share the stream and nothing else: each side numbers its own calls, so an xid of ours may well equal one
of the client's, and CALL or REPLY in the message says whose it is (RFC 5531 section 9).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from oncrpc.client_session import decode_result
from oncrpc.errors import CallTimeout, LocalError, NotDelivered
from oncrpc.message import Reply, pack_call
from oncrpc.procedure import Procedure, Program
from oncrpc.record import mark

R = TypeVar("R")


def _nowhere(data: bytes) -> None:
    """Where a connection that has ended writes to."""


class CallsBack:
    """The calls to the client that are under way on one connection.

    write: sends bytes. most: how many may be under way. first_xid: where our transaction ids start (random when None).
    """

    def __init__(self, write: Callable[[bytes], None], most: int, *, first_xid: int | None = None) -> None:
        self.dropped_replies = 0
        self._write = write
        self._most = most
        self._xid = random.getrandbits(32) if first_xid is None else first_xid & 0xFFFFFFFF
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._ended: Exception | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def under_way(self) -> int:
        """How many calls wait for their reply."""
        return len(self._waiting)

    def caller(self, program: Program, timeout_s: float | None) -> BackCaller:
        """Return what the stubs of a program take. Raises LocalError for one that is not marked `@callback`."""
        if not program.callback:
            raise LocalError(f"{program.name} is not marked @callback in its .x file: a server may not call it")
        return BackCaller(self, program, timeout_s)

    async def exchange(self, program: Program, procedure: int, args: bytes, timeout_s: float | None) -> Reply:
        """Send a call and return its reply. Raises NotDelivered, ConnectionLost, CallTimeout."""
        if self._ended is not None:
            raise NotDelivered(f"the connection ended before: {self._ended}")
        if len(self._waiting) >= self._most:
            raise NotDelivered(f"{self._most} calls to this client are under way already")
        waiter: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        xid = self._next_xid()
        self._waiting[xid] = waiter
        sent = False
        try:
            async with asyncio.timeout(timeout_s):
                await self._writable.wait()
                if self._ended is not None:
                    raise NotDelivered(f"the connection ended before: {self._ended}")
                self._write(mark(pack_call(xid, program.number, program.version, procedure, args)))
                sent = True
                return await waiter
        except TimeoutError as exc:
            if not sent:
                raise NotDelivered(f"the client has not read what was sent to it within {timeout_s} s") from exc
            raise CallTimeout(f"no answer from the client within {timeout_s} s") from exc
        finally:
            self._waiting.pop(xid, None)
            waiter.cancel()

    def replied(self, reply: Reply) -> None:
        """Take a reply. One whose call is not under way (it timed out) is counted and dropped."""
        waiter = self._waiting.get(reply.xid)
        if waiter is None or waiter.done():
            self.dropped_replies += 1
        else:
            waiter.set_result(reply)

    def set_writable(self, writable: bool) -> None:
        """Hold new calls back while the client does not read."""
        if writable:
            self._writable.set()
        else:
            self._writable.clear()

    def end(self, reason: Exception) -> None:
        """Tell who waits that no answer will come, and send nothing more."""
        self._ended = reason
        self._write = _nowhere
        for waiter in self._waiting.values():
            if not waiter.done():
                waiter.set_exception(reason)
                waiter.exception()  # seen: a call that is still held back says so in its own way
        self._writable.set()

    def _next_xid(self) -> int:
        while self._xid in self._waiting:
            self._xid = (self._xid + 1) & 0xFFFFFFFF
        xid = self._xid
        self._xid = (xid + 1) & 0xFFFFFFFF
        return xid


class BackCaller:
    """Carries calls to a program of the client: an AsyncCaller. Usable as long as the connection lives."""

    def __init__(self, calls: CallsBack, program: Program, timeout_s: float | None) -> None:
        self.call_timeout_s = timeout_s
        self._calls = calls
        self._program = program

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call and return the result.

        Raises XdrError (nothing sent), NotDelivered (also for too many calls at once), OutcomeUnknown, RemoteError and
        RpcRefusal: ProgramUnavailable when the client does not offer the program.
        """
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        reply = await self._calls.exchange(self._program, procedure.number, procedure.pack_args(args), limit)
        return decode_result(procedure, reply)
