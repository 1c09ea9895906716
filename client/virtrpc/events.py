"""Events: what the daemon numbers, read by cursor."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

from oncrpc import xdr
from oncrpc.errors import XdrError
from virtproto import virt as v
from virtrpc.results import DomainRef, member_text, to_ref

WAIT_S: Final = 30.0
"""How long one round of watching waits at the daemon."""
SHORT_ANSWER_S: Final = 0.05
PAUSE_S: Final = 0.5
"""An empty answer within SHORT_ANSWER_S means that the daemon does not wait (udp): ask again after PAUSE_S."""

_BODIES: Final[dict[int, type[xdr.Record]]] = {
    v.VIRT_EVENT_LIFECYCLE: v.virt_event_lifecycle,
    v.VIRT_EVENT_REBOOT: v.virt_event_reboot,
    v.VIRT_EVENT_RTC_CHANGE: v.virt_event_rtc_change,
    v.VIRT_EVENT_WATCHDOG: v.virt_event_watchdog,
    v.VIRT_EVENT_IO_ERROR: v.virt_event_io_error,
    v.VIRT_EVENT_IO_ERROR_REASON: v.virt_event_io_error_reason,
    v.VIRT_EVENT_PMWAKEUP: v.virt_event_pmwakeup,
    v.VIRT_EVENT_PMSUSPEND: v.virt_event_pmsuspend,
    v.VIRT_EVENT_BALLOON_CHANGE: v.virt_event_balloon_change,
    v.VIRT_EVENT_PMSUSPEND_DISK: v.virt_event_pmsuspend_disk,
    v.VIRT_EVENT_DEVICE_REMOVED: v.virt_event_device_removed,
    v.VIRT_EVENT_DEVICE_ADDED: v.virt_event_device_added,
}
_DETAILS: Final[dict[int, tuple[type[IntEnum], str]]] = {
    v.VIRT_LIFECYCLE_DEFINED: (v.virt_defined_detail, "VIRT_DEFINED_"),
    v.VIRT_LIFECYCLE_UNDEFINED: (v.virt_undefined_detail, "VIRT_UNDEFINED_"),
    v.VIRT_LIFECYCLE_STARTED: (v.virt_started_detail, "VIRT_STARTED_"),
    v.VIRT_LIFECYCLE_SUSPENDED: (v.virt_suspended_detail, "VIRT_SUSPENDED_"),
    v.VIRT_LIFECYCLE_RESUMED: (v.virt_resumed_detail, "VIRT_RESUMED_"),
    v.VIRT_LIFECYCLE_STOPPED: (v.virt_stopped_detail, "VIRT_STOPPED_"),
    v.VIRT_LIFECYCLE_SHUTDOWN: (v.virt_shutdown_detail, "VIRT_SHUTDOWN_"),
    v.VIRT_LIFECYCLE_PMSUSPENDED: (v.virt_pmsuspended_detail, "VIRT_PMSUSPENDED_"),
    v.VIRT_LIFECYCLE_CRASHED: (v.virt_crashed_detail, "VIRT_CRASHED_"),
}


class Cursor(NamedTuple):
    """Where a reader stands. Keep it, send it back; NOW means from now on."""

    epoch: bytes
    next: int


NOW: Final = Cursor(bytes(v.VIRT_EPOCH_LEN), 0)


class Event(NamedTuple):
    """Something that happened.

    number: one more than the event before it. time_us: microseconds since 1970. kind: "lifecycle", "reboot", ... or the
    number of a kind that is not known here. domain: whose (None: not known). what, detail: of a lifecycle event
    "started", "booted" say; else "". fields: the other members of the body, named as in virt.x.
    """

    number: int
    time_us: int
    kind: str
    domain: DomainRef | None
    what: str
    detail: str
    fields: dict[str, Any]


class Lost(NamedTuple):
    """Events were missed (the reader was away too long, or the daemon was restarted): look anew at what matters."""

    cursor: Cursor


class News(NamedTuple):
    """What a reader gets: events, oldest first; the cursor for the next time; whether some were missed before."""

    events: list[Event]
    cursor: Cursor
    lost: bool


def to_event(wire: v.virt_event) -> Event:
    """Return the event; one of an unknown kind, or that does not decode, keeps its body in fields["body"]."""
    record = _BODIES.get(wire.kind)
    kind = member_text(v.virt_event_kind, "VIRT_EVENT_", wire.kind).replace(" ", "_")
    try:
        found = None if record is None else record.from_xdr(wire.body)
    except XdrError:
        found = None
    if found is None:
        return Event(wire.number, wire.time_us, kind, None, "", "", {"body": wire.body})
    names: tuple[str, ...] = type(found).__slots__
    fields: dict[str, Any] = {name: getattr(found, name) for name in names}
    fields.pop("callback_id")
    domain = to_ref(fields.pop("dom"))
    what = detail = ""
    if isinstance(found, v.virt_event_lifecycle):
        fields = {}
        what = member_text(v.virt_lifecycle, "VIRT_LIFECYCLE_", found.event)
        known = _DETAILS.get(found.event)
        detail = str(found.detail) if known is None else member_text(*known, found.detail)
    return Event(wire.number, wire.time_us, kind, domain, what, detail, fields)


def to_cursor(wire: v.virt_cursor) -> Cursor:
    """Return the cursor that the wire carries."""
    return Cursor(wire.epoch, wire.next)


def cursor_to_wire(cursor: Cursor) -> v.virt_cursor:
    """Return the wire form."""
    return v.virt_cursor(*cursor)


class Reader:
    """The state of one who watches, without IO: feed it news, take what it hands out."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._ready: list[Event | Lost] = []

    def feed(self, news: News) -> None:
        """Add an answer."""
        self.cursor = news.cursor
        if news.lost:
            self._ready.append(Lost(news.cursor))
        self._ready += news.events
        self._ready.reverse()

    def take(self) -> Event | Lost | None:
        """Return the oldest that was not handed out yet, None when an answer has to be fetched."""
        return self._ready.pop() if self._ready else None
