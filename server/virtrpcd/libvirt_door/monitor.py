"""QEMU's own events, for callers with the admin right: registrations by machine and name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from virtproto import libvirt as lv
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.screens import MonitorEvent
from virtrpcd.errors import FROM_RPC, InvalidArgument, VirtError

MOST: Final = 64
"""Registrations that one connection may have."""

PATTERN_CHARACTERS: Final = 256

REGEX: Final = 1
NOCASE: Final = 2


class _Registration(NamedTuple):
    only: bytes | None
    wants: Callable[[str], bool]


class MonitorSubscriptions:
    """The registrations of one connection. send: is given the body of each message."""

    def __init__(self, driver: Driver, send: Callable[[bytes], None]) -> None:
        self._driver = driver
        self._send = send
        self._by_id: dict[int, _Registration] = {}
        self._next_id = 0
        self._leave: Callable[[], None] | None = None

    def add(self, only: bytes | None, event: str | None, flags: int) -> int:
        """Register; return the callback id. only: a machine's uuid. event: a name, or a pattern as flags say."""
        if len(self._by_id) >= MOST:
            raise InvalidArgument(f"more than {MOST} registrations for monitor events on one connection")
        wanted = _Registration(only, _matcher(event, flags))
        if self._leave is None:
            self._leave = self._driver.listen_to_monitor(self._told)
        number = self._next_id
        self._next_id += 1
        self._by_id[number] = wanted
        return number

    def remove(self, callback_id: int) -> None:
        """End a registration. Raises VirtError when there is none."""
        if self._by_id.pop(callback_id, None) is None:
            raise VirtError(f"internal error: event callback {callback_id} is not registered", domain=FROM_RPC)
        if not self._by_id:
            self.end()

    def end(self) -> None:
        """Be told nothing more."""
        self._by_id.clear()
        if self._leave is not None:
            self._leave()
            self._leave = None

    def _told(self, event: MonitorEvent) -> None:
        dom = lv.remote_domain(*event.dom)
        for number, wanted in tuple(self._by_id.items()):
            if wanted.only in (None, event.dom.uuid) and wanted.wants(event.event):
                body = lv.qemu_domain_monitor_event_msg(
                    number, dom, event.event, event.seconds, event.micros, event.details
                )
                self._send(body.to_xdr())


def _matcher(event: str | None, flags: int) -> Callable[[str], bool]:
    if event is None:
        return lambda name: True
    if len(event) > PATTERN_CHARACTERS:
        raise InvalidArgument(f"the name of an event has more than {PATTERN_CHARACTERS} characters")
    if not flags & REGEX:
        wanted = event.lower() if flags & NOCASE else event
        return lambda name: (name.lower() if flags & NOCASE else name) == wanted
    try:
        pattern = re.compile(event, re.IGNORECASE if flags & NOCASE else 0)
    except re.error as exc:
        raise InvalidArgument(f"invalid argument: the pattern for events: {exc}") from exc
    return lambda name: pattern.search(name) is not None
