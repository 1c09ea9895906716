"""The udp side of a server: one datagram a call, one a reply."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from oncrpc.dispatch import Dispatcher, failed, told
from oncrpc.duplicates import DuplicateCache, DuplicateLimits, Seen
from oncrpc.errors import RemoteError, RpcRefusal, SystemFailure
from oncrpc.message import Refused, pack_refusal, pack_success, unpack_call
from oncrpc.procedure import Call

log = logging.getLogger("oncrpc.server")

MAX_REPLY: Final = 8192
"""The longest reply, in bytes: libtirpc's udp client reads into a buffer of this size unless told otherwise."""

DEFAULT_DUPLICATES: Final = DuplicateLimits()

Address = tuple[Any, ...]


class DatagramServer(asyncio.DatagramProtocol):
    """Answers calls that come as datagrams.

    make_peer: what goes into Call.peer for a sender's address. may_amplify: whether a reply to that address may be
    longer than its question. too_long: the result that stands for one that does not fit, None for SYSTEM_ERR.
    calls_under_way: waiting calls, of all senders; with that many, none is begun: it is dropped, for the sender to
    send again. duplicates: what is remembered so that a call that is sent again is not run again; None for nothing.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        make_peer: Callable[[Address], Any],
        *,
        may_amplify: Callable[[Address], bool] = lambda address: False,
        too_long: Callable[[Call], bytes | None] = lambda call: None,
        calls_under_way: int = 64,
        duplicates: DuplicateLimits | None = DEFAULT_DUPLICATES,
    ) -> None:
        self._dispatcher = dispatcher
        self._make_peer = make_peer
        self._may_amplify = may_amplify
        self._too_long = too_long
        self._limit = calls_under_way
        self.duplicates = None if duplicates is None else DuplicateCache(duplicates)
        self._draining = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket is closed and its port free."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        try:
            call = unpack_call(data, self._make_peer(addr))
        except Refused as refused:
            self._send(refused.reply, data, addr)
            return
        except RemoteError as exc:
            log.debug("a datagram dropped: %s", exc)
            return
        if self._draining:
            return
        # Procedure 0 has no effect: nothing to remember.
        if call.procedure and self.duplicates is not None:
            known = self.duplicates.begin((addr, data))
            if known is not Seen.NEW:
                if isinstance(known, bytes):
                    self._send(known, data, addr)
                return
        self._run(call, data, addr)

    def _run(self, call: Call, data: bytes, addr: Address) -> None:
        if len(self._tasks) >= self._limit:
            # Now, not when it turns out to wait: by then a method that runs in a thread has begun.
            self._forget(data, addr)
            return
        try:
            result = self._dispatcher.dispatch(call)
        except RpcRefusal as refusal:
            self._refuse(call, refusal, data, addr)
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            self._refuse(call, failed(call, exc), data, addr)
        else:
            if isinstance(result, bytes):
                self._answer(call, self._fitting(call, result), data, addr)
            else:
                self._start(call, result, data, addr)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if not self.closed.done():
            self.closed.set_result(None)

    def error_received(self, exc: Exception) -> None:
        log.debug("udp: %s", exc)

    async def drain(self, limit_s: float) -> None:
        """Begin no more calls, answer what is under way for at most limit_s, close the socket and wait until it is.

        What comes in meanwhile is dropped, for the sender to send again: to whoever serves the port next.
        """
        self._draining = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=limit_s)
        self.stop()
        await self.closed

    def stop(self) -> None:
        """Drop what is under way and close the socket."""
        for task in self._tasks:
            task.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _start(self, call: Call, result: Awaitable[bytes], data: bytes, addr: Address) -> None:
        task = asyncio.get_running_loop().create_task(self._finish(call, result, data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, call: Call, result: Awaitable[bytes], data: bytes, addr: Address) -> None:
        try:
            self._answer(call, self._fitting(call, await result), data, addr)
        except RpcRefusal as refusal:
            self._refuse(call, refusal, data, addr)
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            self._refuse(call, failed(call, exc), data, addr)

    def _fitting(self, call: Call, result: bytes) -> bytes:
        """Return the reply that carries a result, or says that it does not fit a datagram."""
        reply = pack_success(call.xid, result)
        if len(reply) <= MAX_REPLY:
            return reply
        shorter = self._too_long(call)
        return pack_refusal(call.xid, SystemFailure()) if shorter is None else pack_success(call.xid, shorter)

    def _refuse(self, call: Call, refusal: RpcRefusal, data: bytes, addr: Address) -> None:
        refusal = told(call, refusal)
        reply = pack_refusal(call.xid, refusal)
        if isinstance(refusal, SystemFailure):
            self._answer(call, reply, data, addr)  # it may have run, in part
        else:
            self._forget(data, addr)
            self._send(reply, data, addr)

    def _answer(self, call: Call, reply: bytes, data: bytes, addr: Address) -> None:
        if call.procedure and self.duplicates is not None:
            self.duplicates.keep((addr, data), reply)
        self._send(reply, data, addr)

    def _forget(self, data: bytes, addr: Address) -> None:
        if self.duplicates is not None:
            self.duplicates.forget((addr, data))

    def _send(self, reply: bytes, data: bytes, addr: Address) -> None:
        if self._transport is None:
            return
        if len(reply) > len(data) and not self._may_amplify(addr):
            # A spoofed sender must not get more out of us than was put in. SYSTEM_ERR is shorter than any call.
            xid = int.from_bytes(data[:4], "big")
            reply = pack_refusal(xid, SystemFailure())
            if len(reply) > len(data):
                return
        self._transport.sendto(reply, addr)
