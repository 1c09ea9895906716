"""model <-> virtproto, both ways, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from virtproto import virt as v
from virtrpcd import convert_network, convert_storage, model
from virtrpcd.errors import InvalidArgument, VirtError
from virtrpcd.events import Cursor, Entry

ERROR_LEVEL: Final = 2
NO_CALLBACK: Final = -1
MAX_MESSAGE: Final = 2048
"""Characters of an error's text."""


def domain(ref: model.DomainRef) -> v.virt_domain:
    """Return the wire form of a machine's names."""
    return v.virt_domain(*ref)


def error(exc: VirtError) -> v.virt_error:
    """Return the wire form of a refusal: code, domain and message are what clients look at.

    The texts beside them are as libvirt has them: the message with a hole in it, and what is in the hole; for flags
    that are not known, who did not know them.
    """
    # A name of 4 MiB that names nothing need not come back whole.
    message = exc.message[:MAX_MESSAGE]
    flags = _UNKNOWN_FLAGS.fullmatch(message)
    template, detail = _taken_apart(message, exc.detail) if flags is None else (flags[1], "flags")
    number = -1 if flags is None else 0
    return v.virt_error(
        code=exc.code,
        domain=exc.domain,
        message=message,
        level=ERROR_LEVEL,
        dom=None,
        str1=template,
        str2=detail,
        str3=None,
        int1=number,
        int2=number,
        net=None,
    )


_UNKNOWN_FLAGS: Final = re.compile(r"unsupported flags \(0x[0-9a-f]+\) in function (\w+)")


def _taken_apart(message: str, detail: str | None) -> tuple[str, str | None]:
    """Return a message with "%s" for its detail, and the detail; without one what follows the first colon is it."""
    part = detail or message.partition(": ")[2]
    if part and part != message and message.endswith(part):
        return message.removesuffix(part) + "%s", part
    return message, None


def chars(text: str, most: int) -> list[int]:
    """Return the wire form of a text in an array of C chars, ended by a NUL; at most `most` of them."""
    letters = text.encode("utf-8", "replace")[: most - 1] + b"\0"
    # A C char is signed where these clients run.
    return [byte - 256 if byte > 127 else byte for byte in letters]


def node_info(info: model.NodeInfo) -> v.virt_node_get_info_ret:
    """Return the wire form; the model is 32 chars, NUL-filled, so at most 31 bytes of it are kept."""
    letters = info.model.encode("utf-8", "replace")[: v.VIRT_MODEL_LEN - 1].ljust(v.VIRT_MODEL_LEN, b"\0")
    # A C char is signed where these clients run.
    chars = [byte - 256 if byte > 127 else byte for byte in letters]
    return v.virt_node_get_info_ret(
        chars, info.memory_kib, info.cpus, info.mhz, info.nodes, info.sockets, info.cores, info.threads
    )


def vcpu_info(info: model.VcpuInfo) -> v.virt_vcpu_info:
    """Return the wire form of one vcpu."""
    return v.virt_vcpu_info(*info)


def typed_param(param: model.TypedParam) -> v.virt_typed_param:
    """Return the wire form; libvirt's numbers of the kinds are the union's discriminants."""
    return v.virt_typed_param(param.field, v.virt_typed_param_value(param.kind, param.value))


def typed_params(params: list[v.virt_typed_param]) -> list[model.TypedParam]:
    """Return typed parameters from the wire. Raises InvalidArgument for an empty or repeated name."""
    found: dict[str, model.TypedParam] = {}
    for param in params:
        if not param.field or param.field in found:
            raise InvalidArgument(f"typed parameter {param.field[:80]!r}: empty name, or given twice")
        found[param.field] = model.TypedParam(param.field, param.value.discriminant, param.value.value)
    return list(found.values())


def cursor(wire: v.virt_cursor) -> Cursor:
    """Return a cursor from the wire."""
    return Cursor(wire.epoch, wire.next)


def wire_cursor(here: Cursor) -> v.virt_cursor:
    """Return a cursor for the wire."""
    return v.virt_cursor(here.epoch, here.next)


Body = tuple[int, Callable[[Any], Any]]

_BODIES: Final[dict[type, Body]] = {
    model.LifecycleEvent: (
        v.VIRT_EVENT_LIFECYCLE,
        lambda e: v.virt_event_lifecycle(NO_CALLBACK, domain(e.dom), e.event, e.detail),
    ),
    model.RebootEvent: (v.VIRT_EVENT_REBOOT, lambda e: v.virt_event_reboot(NO_CALLBACK, domain(e.dom))),
    model.RtcChangeEvent: (
        v.VIRT_EVENT_RTC_CHANGE,
        lambda e: v.virt_event_rtc_change(NO_CALLBACK, domain(e.dom), e.offset_s),
    ),
    model.WatchdogEvent: (
        v.VIRT_EVENT_WATCHDOG,
        lambda e: v.virt_event_watchdog(NO_CALLBACK, domain(e.dom), e.action),
    ),
    model.IoErrorEvent: (
        v.VIRT_EVENT_IO_ERROR_REASON,
        lambda e: v.virt_event_io_error_reason(NO_CALLBACK, domain(e.dom), e.path, e.alias, e.action, e.reason),
    ),
    model.BalloonEvent: (
        v.VIRT_EVENT_BALLOON_CHANGE,
        lambda e: v.virt_event_balloon_change(NO_CALLBACK, domain(e.dom), e.actual_kib),
    ),
    model.DeviceRemovedEvent: (
        v.VIRT_EVENT_DEVICE_REMOVED,
        lambda e: v.virt_event_device_removed(NO_CALLBACK, domain(e.dom), e.alias),
    ),
    model.DeviceAddedEvent: (
        v.VIRT_EVENT_DEVICE_ADDED,
        lambda e: v.virt_event_device_added(NO_CALLBACK, domain(e.dom), e.alias),
    ),
    **convert_storage.BODIES,
    model.MetadataChangeEvent: (
        v.VIRT_EVENT_METADATA_CHANGE,
        lambda e: v.virt_event_metadata_change(NO_CALLBACK, domain(e.dom), e.kind, e.uri),
    ),
    **convert_network.BODIES,
}


def event_body(entry: Entry) -> tuple[int, bytes]:
    """Return an event's kind and its encoded body: libvirt's callback message with callback id -1.

    The last one is kept: a bus tells many connections of the same event.
    """
    global _last_body
    if _last_body[0] is not entry:
        kind, make = _BODIES[type(entry.event)]
        body: bytes = make(entry.event).to_xdr()
        _last_body = (entry, int(kind), body)
    return _last_body[1:]


_last_body: tuple[Entry | None, int, bytes] = (None, 0, b"")


def event(entry: Entry) -> v.virt_event:
    """Return the wire form of an event."""
    kind, body = event_body(entry)
    return v.virt_event(entry.number, entry.time_us, kind, body)
