"""The part of virConnect that hands out events: registering, and reading for an event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from oncrpc.errors import OncRpcError, XdrError
from virnet.client_session import Message
from virtproto import libvirt as remote
from virtrpc.libvirt import events
from virtrpc.libvirt.calls import lost
from virtrpc.libvirt.errors import failed, invalid
from virtrpc.libvirt.loop import HANDLE_READABLE, Loop
from virtrpc.libvirt_link import Link
from virtrpc.libvirt_wire import REMOTE, Request, wire_error

if TYPE_CHECKING:
    from virtrpc.libvirt.domain import virDomain
    from virtrpc.libvirt.things import virNetwork, virNodeDevice, virStoragePool

CLOSE_EOF: Final = 1
NOW_MS: Final = 0
NEVER_MS: Final = -1

Callback = Callable[..., Any]


class ConnectEvents:
    """Part of virConnect. Callbacks are called by the thread that runs the event loop."""

    _link: Link

    def __init__(self) -> None:
        self._loop: Loop | None = None
        self._watch = self._timer = -1
        self._registered: dict[tuple[events.Family, int, Any], events.Registration] = {}
        self._next_callback = 0
        self._legacy: dict[Any, int] = {}
        self._on_close: tuple[Callback, Any] | None = None

    # -- registering --------------------------------------------------------------------------------------------------

    def domainEventRegister(self, cb: Callback, opaque: Any) -> int:
        """Call cb(conn, dom, event, detail, opaque) when machines come, go and change."""
        self._legacy[cb] = self.domainEventRegisterAny(None, 0, cb, opaque)
        return 0

    def domainEventDeregister(self, cb: Callback) -> int:
        """End that."""
        if cb in self._legacy:
            self.domainEventDeregisterAny(self._legacy.pop(cb))
        return 0

    def domainEventRegisterAny(self, dom: virDomain | None, eventID: int, cb: Callback, opaque: Any) -> int:
        """Call cb(conn, dom, ..., opaque) for one kind of event, of one machine or all; return a number to end it."""
        return self._register(events.DOMAIN, dom, eventID, cb, opaque)

    def domainEventDeregisterAny(self, callbackID: int) -> None:
        """End a registration."""
        self._deregister(events.DOMAIN, callbackID)

    def networkEventRegisterAny(self, net: virNetwork | None, eventID: int, cb: Callback, opaque: Any) -> int:
        """Call cb(conn, net, event, detail, opaque) for events of networks."""
        return self._register(events.NETWORK, net, eventID, cb, opaque)

    def networkEventDeregisterAny(self, callbackID: int) -> None:
        """End a registration."""
        self._deregister(events.NETWORK, callbackID)

    def storagePoolEventRegisterAny(self, pool: virStoragePool | None, eventID: int, cb: Callback, opaque: Any) -> int:
        """Call cb(conn, pool, ..., opaque) for events of storage pools."""
        return self._register(events.POOL, pool, eventID, cb, opaque)

    def storagePoolEventDeregisterAny(self, callbackID: int) -> None:
        """End a registration."""
        self._deregister(events.POOL, callbackID)

    def nodeDeviceEventRegisterAny(self, dev: virNodeDevice | None, eventID: int, cb: Callback, opaque: Any) -> int:
        """Call cb(conn, dev, ..., opaque) for events of the host's devices."""
        return self._register(events.DEVICE, dev, eventID, cb, opaque)

    def nodeDeviceEventDeregisterAny(self, callbackID: int) -> None:
        """End a registration."""
        self._deregister(events.DEVICE, callbackID)

    def registerCloseCallback(self, cb: Callback, opaque: Any) -> int:
        """Call cb(conn, reason, opaque) once when the connection ends."""
        self._remote(remote.REMOTE_CONNECT_REGISTER_CLOSE_CALLBACK, b"")
        self._on_close = (cb, opaque)
        return 0

    def unregisterCloseCallback(self) -> int:
        """End that."""
        self._remote(remote.REMOTE_CONNECT_UNREGISTER_CLOSE_CALLBACK, b"")
        self._on_close = None
        return 0

    def _register(self, family: events.Family, thing: Any, event_id: int, cb: Callback, opaque: Any) -> int:
        subject = None if thing is None else thing.name() if family is events.DEVICE else thing.UUID()
        key = (family, event_id, subject)
        found = self._registered.get(key)
        if found is None:
            body = self._remote(family.register, family.args(event_id, thing))
            found = self._registered[key] = events.Registration(remote.remote_callback_ret.from_xdr(body).callback_id)
        number = self._next_callback
        self._next_callback += 1
        found.callbacks[number] = (cb, opaque)
        return number

    def _deregister(self, family: events.Family, number: int) -> None:
        for key, registration in self._registered.items():
            if key[0] is family and number in registration.callbacks:
                del registration.callbacks[number]
                if not registration.callbacks:
                    del self._registered[key]
                    self._remote(family.deregister, remote.remote_callback_args(registration.callback_id).to_xdr())
                return
        raise invalid(f"event callback id {number} not registered")

    def _remote(self, procedure: int, args: bytes) -> bytes:
        try:
            (reply,) = self._link.exchange([Request(REMOTE.number, procedure, args)], None)
        except OncRpcError as exc:
            raise lost(exc) from exc
        if reply.failed:
            raise failed(wire_error(reply.body))
        return reply.body

    # -- for the event loop -------------------------------------------------------------------------------------------

    def _attach(self, loop: Loop | None) -> None:
        """Have a loop read, and call what is registered."""
        self._loop = loop
        if loop is None:
            return
        self._timer = loop.add_timeout(NEVER_MS, self._due, None)
        self._watch = loop.add_handle(self._link.readable, HANDLE_READABLE, self._ready, None)
        # Messages that another thread reads while it waits for a reply are handed out by the loop all the same.
        self._link.on_message = lambda: loop.update_timeout(self._timer, NOW_MS)

    def _detach(self) -> None:
        if self._loop is not None:
            self._link.on_message = None
            self._loop.remove_handle(self._watch)
            self._loop.remove_timeout(self._timer)
            self._loop = None

    def _ready(self, watch: int, fd: int, happened: int, opaque: Any, compat: Any = None) -> None:
        self._link.pump()
        self._hand_out()

    def _due(self, timer: int, opaque: Any, compat: Any = None) -> None:
        if self._loop is not None:
            self._loop.update_timeout(self._timer, NEVER_MS)
        self._hand_out()

    def _hand_out(self) -> None:
        ended = self._link.broken is not None
        for message in self._link.queued_messages():
            self._hand(message)
        if ended and self._loop is not None:
            self._loop.remove_handle(self._watch)
            if self._on_close is not None:
                (cb, opaque), self._on_close = self._on_close, None
                cb(self, CLOSE_EOF, opaque)

    def _hand(self, message: Message) -> None:
        try:
            told = events.read(self, message.procedure, message.body)  # type: ignore[arg-type]
        except XdrError:
            # What cannot be read has nobody to be given to; the next message can be.
            return
        if told is None:
            return
        for (family, _, _), registration in list(self._registered.items()):
            if family is told.family and registration.callback_id == told.callback_id:
                for cb, opaque in list(registration.callbacks.values()):
                    cb(self, *told.args, opaque)
