"""Calls of virt.x in libvirt's framing, as a Wire: what both faces share. No IO.

libvirt's framing has the status of a reply in its header, where virt.x has a union over it: the word is put back. What
the framing lacks is done here: a batch is many calls sent together, and events are numbered as they come.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar, cast

from oncrpc.client import NULL
from oncrpc.errors import AcceptStat, ProcedureUnavailable, RemoteError, XdrError
from oncrpc.procedure import Procedure
from virnet.client_session import Message, Reply
from virtproto import libvirt as remote
from virtproto import virt as v
from virtrpc.errors import NotReached, VirtError
from virtrpc.libvirt_events import DOMAIN_EVENT_IDS, EventRow

R = TypeVar("R")

REMOTE: Final = remote.REMOTE_V1_TABLE
OK: Final = bytes(4)
FAILED: Final = b"\0\0\0\1"
FIRST_OF_OURS: Final = v.VIRT_BATCH
"""Procedures from here on are this project's own: libvirt does not know them."""

FEATURE_KEEPALIVE: Final = 10
FEATURE_CALLBACK_IDS: Final = 14
FEATURE_CLOSE_CALLBACK: Final = 15

_NOT_SUPPORTED: Final = 3
_RPC_ERROR: Final = 39
_UNKNOWN_FROM: Final = (7, 13)
_register: Final = REMOTE.procedure(remote.REMOTE_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY)


class Request(NamedTuple):
    """A call to be sent: encoded arguments, and where they go."""

    program: int
    procedure: int
    args: bytes


def settled(error: v.virt_error) -> v.virt_error:
    """Return an error as libvirt's clients show it: a call that the daemon does not know is "not supported"."""
    message = error.message or ""
    if error.code == _RPC_ERROR and error.domain in _UNKNOWN_FROM and message.startswith("unknown procedure"):
        error.code = _NOT_SUPPORTED
    return error


def wire_error(body: bytes) -> v.virt_error:
    """Return the error in a reply. Raises RemoteError."""
    try:
        return settled(v.virt_error.from_xdr(body))
    except (XdrError, struct.error) as exc:
        raise RemoteError(f"an error that does not decode: {exc}") from exc


def result_bytes(reply: Reply) -> bytes:
    """Return a reply as the bytes of virt.x's result union."""
    return FAILED + wire_error(reply.body).to_xdr() if reply.failed else OK + reply.body


class LibvirtWire:
    """A connection to a daemon that speaks libvirt's protocol. Derived classes move the bytes.

    call_timeout_s: how long a call may take (None: for ever). version is virt.x's: 2, whatever the daemon knows of it.
    """

    def __init__(self, call_timeout_s: float | None) -> None:
        self.call_timeout_s = call_timeout_s
        self.version = 2
        self._events: EventRow | None = None

    # -- what a face gives ----------------------------------------------------------------------------------------

    async def exchange(self, requests: Sequence[Request], timeout_s: float | None) -> list[Reply]:
        """Send calls together; return their replies in the same order. Raises TransportError, ProtocolError."""
        raise NotImplementedError

    async def next_messages(self, timeout_s: float) -> list[Message]:
        """Return the messages that came, waiting up to timeout_s for one if there are none."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close the connection; again is no error."""
        raise NotImplementedError

    # -- calls ----------------------------------------------------------------------------------------------------

    async def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call a procedure of virt.x and return its result. Raises XdrError, TransportError, ProtocolError."""
        if procedure is NULL:
            return cast("R", None)
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        if procedure.number == v.VIRT_BATCH:
            return cast("R", v.virt_batch_res(v.VIRT_OK, await self._batch(cast("v.virt_batch_args", args[0]), limit)))
        if procedure.number == v.VIRT_EVENTS:
            return cast("R", v.virt_events_res(v.VIRT_OK, await self._read_events(cast("v.virt_events_args", args[0]))))
        if procedure.number >= FIRST_OF_OURS:
            raise ProcedureUnavailable(procedure.number)
        request = Request(REMOTE.number, procedure.number, procedure.pack_args(args))
        (reply,) = await self.exchange([request], limit)
        return decode(procedure, result_bytes(reply))

    async def call_remote(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> R:
        """Call a procedure of libvirt.x. Raises VirtError, XdrError, TransportError, ProtocolError."""
        limit = self.call_timeout_s if timeout_s is None else timeout_s
        (reply,) = await self.exchange([Request(REMOTE.number, procedure.number, procedure.pack_args(args))], limit)
        if reply.failed:
            raise VirtError.from_wire(wire_error(reply.body))
        return decode(procedure, reply.body)

    async def open(self, name: str, flags: int, *, keepalive: bool) -> None:
        """Say what every client of libvirt says first.

        name: libvirt's URI of the driver, "" for the daemon's own choice. keepalive: the daemon may ask whether we are
        there, also when no call is under way. Raises NotReached, VirtError, and as call_remote.
        """
        await self._authenticate()
        if keepalive:
            await self._feature(FEATURE_KEEPALIVE)
        done = await self.call(_open, v.virt_connect_open_args(name, flags))
        if done.status != v.VIRT_OK:
            raise VirtError.from_wire(done.error)
        await self._feature(FEATURE_CALLBACK_IDS)
        await self._feature(FEATURE_CLOSE_CALLBACK)

    async def _authenticate(self) -> None:
        offered = (await self.call_remote(_auth_list)).types
        first = offered[0] if offered else remote.REMOTE_AUTH_TYPE_NONE
        if first == remote.REMOTE_AUTH_TYPE_POLKIT:
            await self.call_remote(REMOTE.procedure(remote.REMOTE_AUTH_POLKIT))
        elif first != remote.REMOTE_AUTH_TYPE_NONE:
            raise NotReached("the daemon wants a name and a password (SASL), which this client does not offer")

    async def _feature(self, number: int) -> bool:
        found = await self.call(_supports, v.virt_connect_supports_feature_args(number))
        return found.status == v.VIRT_OK and bool(found.ok.supported)

    # -- what the framing lacks -----------------------------------------------------------------------------------

    async def _batch(self, args: v.virt_batch_args, limit: float | None) -> v.virt_batch_ret:
        """Run the calls of a batch: together, or one by one when the first that fails is to stop them."""
        requests = [Request(REMOTE.number, item.procedure, item.args) for item in args.items]
        results: list[v.virt_batch_result] = []
        for lot in [[request] for request in requests] if args.stop_on_error else [requests] if requests else []:
            for reply in await self.exchange(lot, limit):
                results.append(v.virt_batch_result(AcceptStat.SUCCESS, result_bytes(reply)))
            if args.stop_on_error and results[-1].result[3]:
                break
        if not args.max_events:
            return v.virt_batch_ret(results, [], args.cursor, False)
        news = await self._read_events(v.virt_events_args(args.cursor, args.max_events, 0))
        return v.virt_batch_ret(results, news.events, news.cursor, news.lost)

    async def _read_events(self, args: v.virt_events_args) -> v.virt_events_ret:
        row = self._events
        if row is None:
            row = await self._register()
        ends = time.monotonic() + args.wait_ms / 1000
        for message in await self.next_messages(0):
            row.add(message.procedure, message.body)
        while True:
            news = row.read(args.cursor, args.max)
            left = ends - time.monotonic()
            if news.events or news.lost or not args.max or news.cursor != args.cursor or left <= 0:
                return news
            for message in await self.next_messages(left):
                row.add(message.procedure, message.body)

    async def _register(self) -> EventRow:
        """Ask for all events of machines; those that the daemon does not have are left out. Raises TransportError."""
        packed = [remote.remote_domain_event_register_args(kind, None).to_xdr() for kind in DOMAIN_EVENT_IDS]
        replies = await self.exchange([Request(REMOTE.number, _register.number, args) for args in packed], None)
        if all(reply.failed for reply in replies):
            raise VirtError.from_wire(wire_error(replies[0].body))
        self._events = EventRow()
        return self._events


def decode(procedure: Procedure[R], body: bytes) -> R:
    """Return the result in some bytes; more than it takes are ignored. Raises RemoteError."""
    try:
        found: R = procedure.result.decoder(body, 0, 0)[0]
    except (XdrError, struct.error) as exc:
        raise RemoteError(f"{procedure.name}: the result does not decode: {exc}") from exc
    return found


_open: Final = v.VIRT_V2_TABLE.procedure(v.VIRT_CONNECT_OPEN)
_supports: Final = v.VIRT_V2_TABLE.procedure(v.VIRT_CONNECT_SUPPORTS_FEATURE)
_auth_list: Final[Procedure[remote.remote_auth_list_ret]] = REMOTE.procedure(remote.REMOTE_AUTH_LIST)
