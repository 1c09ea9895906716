"""What one connection wants to be told: registrations by callback id, and those of the old way, by event id."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from virtrpcd import convert
from virtrpcd.errors import FROM_RPC, InvalidArgument, VirtError
from virtrpcd.events import Entry, EventBus
from virtrpcd.libvirt_door.kinds import KINDS, LEGACY, Family, Kind

__all__ = ["Family", "Subscriptions"]

MOST: int = 1024
"""Registrations that one connection may have."""


class _Registration(NamedTuple):
    family: Family
    event_id: int
    kind: Kind
    only: bytes | str | None


class Subscriptions:
    """The registrations of one connection on its driver's bus. send: is given (message number, body) of each event."""

    def __init__(self, bus: EventBus, send: Callable[[int, bytes], None]) -> None:
        self._bus = bus
        self._send = send
        self._by_id: dict[int, _Registration] = {}
        self._legacy: set[int] = set()
        self._next_id = 0
        self._leave: Callable[[], None] | None = None

    def add(self, family: Family, event_id: int, only: bytes | str | None) -> int:
        """Register; return the callback id. only: the uuid or name of the one subject, None for all.

        Raises VirtError for an event nobody knows, InvalidArgument for a registration that is there already.
        """
        kind = KINDS[family].get(event_id)
        if kind is None:
            raise VirtError(f"internal error: unsupported event ID {event_id}", domain=FROM_RPC)
        wanted = _Registration(family, event_id, kind, only)
        if wanted in self._by_id.values():
            raise InvalidArgument("event callback already tracked")
        if len(self._by_id) >= MOST:
            raise InvalidArgument(f"more than {MOST} event callbacks on one connection")
        number = self._next_id
        self._next_id += 1
        self._by_id[number] = wanted
        self._listen()
        return number

    def remove(self, family: Family, callback_id: int) -> None:
        """End a registration. Raises VirtError when there is none."""
        found = self._by_id.get(callback_id)
        if found is None or found.family is not family:
            raise VirtError(f"internal error: event callback {callback_id} is not registered", domain=FROM_RPC)
        del self._by_id[callback_id]
        self._listen()

    def add_legacy(self, event_id: int) -> int:
        """Register for all machines, the old way; return how many such registrations there are."""
        if event_id not in LEGACY:
            raise VirtError(f"internal error: unsupported event ID {event_id}", domain=FROM_RPC)
        if event_id in self._legacy:
            raise InvalidArgument("event callback already tracked")
        self._legacy.add(event_id)
        self._listen()
        return len(self._legacy)

    def remove_legacy(self, event_id: int) -> int:
        """End such a registration; return how many are left."""
        if event_id not in self._legacy:
            raise VirtError(f"internal error: event callback for {event_id} is not registered", domain=FROM_RPC)
        self._legacy.discard(event_id)
        self._listen()
        return len(self._legacy)

    def end(self) -> None:
        """Be told nothing more."""
        self._by_id.clear()
        self._legacy.clear()
        self._listen()

    def _listen(self) -> None:
        """Listen to the bus while there is a registration."""
        wanted = bool(self._by_id or self._legacy)
        if wanted and self._leave is None:
            self._leave = self._bus.listen(self._told)
        elif not wanted and self._leave is not None:
            self._leave()
            self._leave = None

    def _told(self, entry: Entry) -> None:
        number, body = convert.event_body(entry)
        for callback_id, wanted in tuple(self._by_id.items()):
            if wanted.kind.bus == number and (wanted.only is None or wanted.only == _subject(wanted.family, entry)):
                shaped = body if wanted.kind.reshape is None else wanted.kind.reshape(body)
                self._send(wanted.kind.message, callback_id.to_bytes(4, "big") + shaped[4:])
        for event_id in tuple(self._legacy):
            kind = LEGACY[event_id]
            if kind.bus == number:
                shaped = body if kind.reshape is None else kind.reshape(body)
                self._send(kind.legacy, shaped[kind.skip :])


def _subject(family: Family, entry: Entry) -> bytes | str:
    """Return what a registration names its subject by: the uuid, or the name of what has none."""
    subject = getattr(entry.event, family.value)
    found: bytes | str = subject.name if family is Family.NODE_DEVICE else subject.uuid
    return found
