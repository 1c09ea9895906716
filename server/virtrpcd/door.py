"""The ONC door: turns handlers into endpoints, with rights, flags and the status union around each.

The order for every call is: right (before anything is decoded), arguments, rights and existence of flags, handler. An
error that a handler raises becomes the union's error arm, here and nowhere else.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from types import CoroutineType
from typing import Any, Final, cast

from oncrpc.dispatch import Endpoint, LastReply, failed
from oncrpc.errors import GarbageArguments, ProcedureUnavailable, RpcRefusal, XdrError
from oncrpc.procedure import Call, Procedure, Program
from oncrpc.unions import UnionType
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.access import Requirement, requirements
from virtrpcd.apinames import api_name, error_domain
from virtrpcd.errors import NotSupported, OperationFailed, VirtError
from virtrpcd.service import VirtService
from virtrpcd.service.context import driver_of
from virtrpcd.service.service import read_events

NOT_IN_BATCH: Final = frozenset({v.VIRT_CONNECT_OPEN, v.VIRT_CONNECT_CLOSE, v.VIRT_BATCH, v.VIRT_EVENTS})
BATCH_YIELD_ITEMS: Final = 64
"""After so many items that had to wait, a batch lets others on."""


_STATUS_OK: Final = v.VIRT_OK.to_bytes(4, "big")
_encode_failed = cast("UnionType[Any]", v.xdr_virt_void_res).arm_encoder(v.VIRT_FAILED)


def encode_error(exc: VirtError) -> bytes:
    """Return the encoded result that says `exc`: a status word and the error, the same for every procedure."""
    return _encode_failed(convert.error(exc))


def _ok_encoder(procedure: Procedure[Any]) -> Callable[[Any], bytes]:
    """Return what encodes a handler's value behind a status word, also where the specification has none (libvirt.x)."""
    kind = procedure.result
    if isinstance(kind, UnionType):
        return kind.arm_encoder(v.VIRT_OK)
    return lambda value: _STATUS_OK + kind.encode(value)


def guarded(procedure: Procedure[Any], need: Requirement, method: Callable[..., Any]) -> Endpoint:
    """Return the endpoint of one procedure around its handler; its answers begin with a status word."""
    encode_ok = _ok_encoder(procedure)
    right, name, args_type = int(need.right), procedure.name, procedure.args
    function = api_name(procedure)
    takes_args, takes_flags = procedure.arity > 0, need.known_flags is not None

    async def finish(result: Coroutine[Any, Any, Any]) -> bytes:
        try:
            return encode_ok(await result)
        except VirtError as exc:
            return encode_error(exc)

    def endpoint(call: Call) -> bytes | Awaitable[bytes]:
        try:
            if call.peer.right < right:
                need.check_call(call.peer, name)
            if takes_args:
                try:
                    args, _ = args_type.decoder(call.record, call.offset, 0)
                except (XdrError, struct.error) as exc:
                    raise GarbageArguments from exc
                if takes_flags:
                    need.check_flags(call.peer, name, args.flags, function)
                result = method(args, call)
            else:
                result = method(call)
        except VirtError as exc:
            return encode_error(exc)
        if type(result) is CoroutineType:
            return finish(result)
        return encode_ok(result)

    return endpoint


def unsupported(procedure: Procedure[Any]) -> Callable[..., Any]:
    """Return the handler of a procedure that is in the specification and that no driver has."""

    def refuse(*_: Any) -> None:
        raise NotSupported(api_name(procedure), domain=error_domain(procedure))

    return refuse


def _hanging_up(answer: Endpoint) -> Endpoint:
    def endpoint(call: Call) -> bytes:
        return LastReply(cast(bytes, answer(call)))

    return endpoint


class Door:
    """The endpoints of every version, and batch, which calls them.

    max_reply_bytes: what a reply may take; a batch stops running items before it would pass it.
    """

    def __init__(self, service: VirtService, *, max_reply_bytes: int) -> None:
        self._max_reply = max_reply_bytes
        self._service = service
        self.endpoints: dict[int, Endpoint] = {}
        table = v.VIRT_V2_TABLE
        needs = requirements(table)
        for procedure in table.procedures:
            self.endpoints[procedure.number] = self._endpoint(procedure, needs[procedure.number])

    def endpoints_of(self, program: Program) -> Mapping[int, Endpoint]:
        """Return the endpoints of one version: the same functions, as far as that version has them."""
        return {procedure.number: self.endpoints[procedure.number] for procedure in program.procedures}

    def error(self, call: Call, exc: VirtError) -> bytes | None:
        """Return the encoded result that says `exc`, None for a procedure that is not known."""
        return encode_error(exc) if call.procedure in self.endpoints else None

    def taking_any_flags(self, number: int) -> Endpoint:
        """Return the endpoint of a procedure of which flags that nobody knows are passed over, not refused."""
        procedure = v.VIRT_V2_TABLE.procedure(number)
        need = replace(requirements(v.VIRT_V2_TABLE)[number], known_flags=0xFFFFFFFF)
        return guarded(procedure, need, getattr(self._service, procedure.name.lower()))

    def _endpoint(self, procedure: Procedure[Any], need: Requirement) -> Endpoint:
        name = procedure.method
        if procedure.number == v.VIRT_BATCH:
            return guarded(procedure, need, self._batch)
        if getattr(VirtService, name) is getattr(v.VIRT_V2_Server, name):
            return guarded(procedure, need, unsupported(procedure))
        answer = guarded(procedure, need, getattr(self._service, name))
        return _hanging_up(answer) if procedure.number == v.VIRT_CONNECT_CLOSE else answer

    # -- batch ----------------------------------------------------------------------------------------------------

    def _batch(self, args: v.virt_batch_args, call: Call) -> v.virt_batch_ret | Coroutine[Any, Any, v.virt_batch_ret]:
        """Run the items in order; without a task as long as none of them waits."""
        run = _Batch(self, args, call)
        waiting = run.go_on()
        return run.finish() if waiting is None else self._batch_slowly(run, waiting)

    async def _batch_slowly(self, run: _Batch, waiting: Awaitable[bytes] | None) -> v.virt_batch_ret:
        waits = 0
        while waiting is not None:
            waits += 1
            if waits % BATCH_YIELD_ITEMS == 0:
                await asyncio.sleep(0)
            await run.take(waiting)
            waiting = run.go_on()
        return run.finish()

    @property
    def max_reply(self) -> int:
        """What a reply may take, in bytes."""
        return self._max_reply


class _Batch:
    """A batch under way: which item is next, the results so far, the bytes they take."""

    def __init__(self, door: Door, args: v.virt_batch_args, call: Call) -> None:
        self._door = door
        self._args = args
        self._call = call
        self._next = 0
        self._results: list[v.virt_batch_result] = []
        self._bytes = 0
        # Half of the reply for results that are not yet known to be long, then room for one long one.
        self._most = door.max_reply // 2 + (8 << 20)
        self._stopped = False

    def go_on(self) -> Awaitable[bytes] | None:
        """Run items until one has to wait (returned) or none is left."""
        items, endpoints, limit = self._args.items, self._door.endpoints, self._door.max_reply // 2
        inner = self._inner()
        while self._next < len(items) and not self._stopped:
            item = items[self._next]
            self._next += 1
            answer = endpoints.get(item.procedure)
            if answer is None or item.procedure in NOT_IN_BATCH:
                self._add_refusal(ProcedureUnavailable.accept_stat)
                continue
            if self._bytes > limit:
                self._add(_too_long("not run: the batch's answer is too long already"))
                continue
            inner.procedure, inner.record = item.procedure, item.args
            try:
                result = answer(inner)
            except RpcRefusal as refusal:
                self._add_refusal(_stat(refusal))
            except Exception as exc:  # noqa: BLE001 - the boundary of one item: logged, answered SYSTEM_ERR
                self._add_refusal(_stat(failed(inner, exc)))
            else:
                if type(result) is not bytes:
                    return cast("Awaitable[bytes]", result)
                self._add(result)
        return None

    def _inner(self) -> Call:
        """Return the call that items are put into, one after the other: they differ in procedure and arguments only."""
        call = self._call
        return Call(call.xid, call.program, call.version, 0, b"", 0, 0, b"", call.peer)

    async def take(self, waiting: Awaitable[bytes]) -> None:
        """Add the result of the item that had to wait."""
        try:
            self._add(await waiting)
        except RpcRefusal as refusal:
            self._add_refusal(_stat(refusal))
        except Exception as exc:  # noqa: BLE001 - the boundary of one item: logged, answered SYSTEM_ERR
            self._add_refusal(_stat(failed(self._call, exc)))

    def finish(self) -> v.virt_batch_ret:
        """Return the results, with the news that belong to them."""
        room = self._door.max_reply - self._bytes > self._door.max_reply // 4
        read = read_events(driver_of(self._call).bus, self._args.cursor, self._args.max_events if room else 0)
        events = [convert.event(entry) for entry in read.entries]
        return v.virt_batch_ret(self._results, events, convert.wire_cursor(read.cursor), read.lost)

    def _add(self, result: bytes) -> None:
        if self._bytes + len(result) > self._most:
            result = _too_long("it was run, but its answer does not fit into the batch's")
        self._results.append(v.virt_batch_result(0, result))
        self._bytes += len(result) + 16
        if result[3] and self._args.stop_on_error:
            self._stopped = True

    def _add_refusal(self, stat: int) -> None:
        self._results.append(v.virt_batch_result(stat, b""))
        self._bytes += 16
        self._stopped = self._stopped or self._args.stop_on_error


def _too_long(message: str) -> bytes:
    return encode_error(OperationFailed(message))


def _stat(refusal: RpcRefusal) -> int:
    return int(getattr(refusal, "accept_stat", GarbageArguments.accept_stat))
