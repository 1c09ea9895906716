"""The udp side of a server: one datagram a call, one a reply."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from oncrpc.dispatch import Dispatcher, failed
from oncrpc.errors import RemoteError, RpcRefusal, SystemFailure
from oncrpc.message import Refused, pack_refusal, pack_success, unpack_call
from oncrpc.procedure import Call

log = logging.getLogger("oncrpc.server")

MAX_REPLY: Final = 8192
"""The longest reply, in bytes: libtirpc's udp client reads into a buffer of this size unless told otherwise."""

Address = tuple[Any, ...]


class DatagramServer(asyncio.DatagramProtocol):
    """Answers calls that come as datagrams.

    make_peer: what goes into Call.peer for a sender's address. may_amplify: whether a reply to that address may be
    longer than its question. too_long: the result that stands for one that does not fit, None for SYSTEM_ERR.
    calls_under_way: waiting calls, of all senders; one more is dropped, for the sender to send again.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        make_peer: Callable[[Address], Any],
        *,
        may_amplify: Callable[[Address], bool] = lambda address: False,
        too_long: Callable[[Call], bytes | None] = lambda call: None,
        calls_under_way: int = 64,
    ) -> None:
        self._dispatcher = dispatcher
        self._make_peer = make_peer
        self._may_amplify = may_amplify
        self._too_long = too_long
        self._limit = calls_under_way
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
        try:
            result = self._dispatcher.dispatch(call)
        except RpcRefusal as refusal:
            self._send(pack_refusal(call.xid, refusal), data, addr)
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            self._send(pack_refusal(call.xid, failed(call, exc)), data, addr)
        else:
            if isinstance(result, bytes):
                self._send_result(call, result, data, addr)
            elif len(self._tasks) < self._limit:
                self._start(call, result, data, addr)
            else:
                cast(Any, result).close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if not self.closed.done():
            self.closed.set_result(None)

    def error_received(self, exc: Exception) -> None:
        log.debug("udp: %s", exc)

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
            self._send_result(call, await result, data, addr)
        except RpcRefusal as refusal:
            self._send(pack_refusal(call.xid, refusal), data, addr)
        except Exception as exc:  # noqa: BLE001 - the boundary: logged, answered SYSTEM_ERR
            self._send(pack_refusal(call.xid, failed(call, exc)), data, addr)

    def _send_result(self, call: Call, result: bytes, data: bytes, addr: Address) -> None:
        reply = pack_success(call.xid, result)
        if len(reply) > MAX_REPLY:
            shorter = self._too_long(call)
            failed = pack_refusal(call.xid, SystemFailure())
            reply = failed if shorter is None else pack_success(call.xid, shorter)
        self._send(reply, data, addr)

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
