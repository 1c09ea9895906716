"""Events as libvirt's Python module gives them: which message is which, and what a callback is given of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oncrpc import xdr
from virtproto import libvirt as remote
from virtproto import virt as v
from virtrpc.libvirt.calls import converted, params

if TYPE_CHECKING:
    from virtrpc.libvirt.connect import virConnect

CLOSED: Final = 362
"""The message that says why the daemon ends the connection."""


class Family(NamedTuple):
    """What events are about: how to register and to end it, and the argument of registering."""

    register: int
    deregister: int
    args: Callable[[int, Any], bytes]


def _domain(event_id: int, dom: Any) -> bytes:
    ref = None if dom is None else remote.remote_domain(dom._ref.name, dom._ref.uuid, dom._ref.id)
    return remote.remote_domain_event_register_args(event_id, ref).to_xdr()


def _named(event_id: int, thing: Any) -> bytes:
    ref = None if thing is None else remote.remote_named(thing._ref.name, thing._ref.uuid)
    return remote.remote_named_event_register_args(event_id, ref).to_xdr()


def _device(event_id: int, device: Any) -> bytes:
    ref = None if device is None else remote.remote_node_device(device._ref.name)
    return remote.remote_node_device_event_register_args(event_id, ref).to_xdr()


DOMAIN: Final = Family(
    remote.REMOTE_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
    remote.REMOTE_CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY,
    _domain,
)
NETWORK: Final = Family(
    remote.REMOTE_CONNECT_NETWORK_EVENT_REGISTER_ANY, remote.REMOTE_CONNECT_NETWORK_EVENT_DEREGISTER_ANY, _named
)
POOL: Final = Family(
    remote.REMOTE_CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY,
    remote.REMOTE_CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY,
    _named,
)
DEVICE: Final = Family(
    remote.REMOTE_CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY,
    remote.REMOTE_CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY,
    _device,
)

_MESSAGES: Final[dict[int, tuple[Family, type[xdr.Record], str]]] = {
    v.VIRT_EVENT_NETWORK_LIFECYCLE: (NETWORK, v.virt_event_network_lifecycle, "net"),
    v.VIRT_EVENT_LIFECYCLE: (DOMAIN, v.virt_event_lifecycle, "dom"),
    v.VIRT_EVENT_REBOOT: (DOMAIN, v.virt_event_reboot, "dom"),
    v.VIRT_EVENT_RTC_CHANGE: (DOMAIN, v.virt_event_rtc_change, "dom"),
    v.VIRT_EVENT_WATCHDOG: (DOMAIN, v.virt_event_watchdog, "dom"),
    v.VIRT_EVENT_IO_ERROR: (DOMAIN, v.virt_event_io_error, "dom"),
    v.VIRT_EVENT_GRAPHICS: (DOMAIN, v.virt_event_graphics, "dom"),
    v.VIRT_EVENT_IO_ERROR_REASON: (DOMAIN, v.virt_event_io_error_reason, "dom"),
    v.VIRT_EVENT_CONTROL_ERROR: (DOMAIN, v.virt_event_control_error, "dom"),
    v.VIRT_EVENT_BLOCK_JOB: (DOMAIN, v.virt_event_block_job, "dom"),
    v.VIRT_EVENT_DISK_CHANGE: (DOMAIN, v.virt_event_disk_change, "dom"),
    v.VIRT_EVENT_TRAY_CHANGE: (DOMAIN, v.virt_event_tray_change, "dom"),
    v.VIRT_EVENT_PMWAKEUP: (DOMAIN, v.virt_event_pmwakeup, "dom"),
    v.VIRT_EVENT_PMSUSPEND: (DOMAIN, v.virt_event_pmsuspend, "dom"),
    v.VIRT_EVENT_BALLOON_CHANGE: (DOMAIN, v.virt_event_balloon_change, "dom"),
    v.VIRT_EVENT_PMSUSPEND_DISK: (DOMAIN, v.virt_event_pmsuspend_disk, "dom"),
    v.VIRT_EVENT_DEVICE_REMOVED: (DOMAIN, v.virt_event_device_removed, "dom"),
    v.VIRT_EVENT_BLOCK_JOB_2: (DOMAIN, v.virt_event_block_job_2, "dom"),
    v.VIRT_EVENT_TUNABLE: (DOMAIN, v.virt_event_tunable, "dom"),
    v.VIRT_EVENT_AGENT_LIFECYCLE: (DOMAIN, v.virt_event_agent_lifecycle, "dom"),
    v.VIRT_EVENT_DEVICE_ADDED: (DOMAIN, v.virt_event_device_added, "dom"),
    v.VIRT_EVENT_MIGRATION_ITERATION: (DOMAIN, v.virt_event_migration_iteration, "dom"),
    v.VIRT_EVENT_JOB_COMPLETED: (DOMAIN, v.virt_event_job_completed, "dom"),
    v.VIRT_EVENT_DEVICE_REMOVAL_FAILED: (DOMAIN, v.virt_event_device_removal_failed, "dom"),
    v.VIRT_EVENT_STORAGE_POOL_LIFECYCLE: (POOL, v.virt_event_storage_pool_lifecycle, "pool"),
    v.VIRT_EVENT_STORAGE_POOL_REFRESH: (POOL, v.virt_event_storage_pool_refresh, "pool"),
    v.VIRT_EVENT_NODE_DEVICE_LIFECYCLE: (DEVICE, v.virt_event_node_device_lifecycle, "dev"),
    v.VIRT_EVENT_NODE_DEVICE_UPDATE: (DEVICE, v.virt_event_node_device_update, "dev"),
    v.VIRT_EVENT_METADATA_CHANGE: (DOMAIN, v.virt_event_metadata_change, "dom"),
    v.VIRT_EVENT_BLOCK_THRESHOLD: (DOMAIN, v.virt_event_block_threshold, "dom"),
    v.VIRT_EVENT_MEMORY_FAILURE: (DOMAIN, v.virt_event_memory_failure, "dom"),
    v.VIRT_EVENT_MEMORY_DEVICE_SIZE_CHANGE: (DOMAIN, v.virt_event_memory_device_size_change, "dom"),
}


class Told(NamedTuple):
    """A message: whose registration it answers (family and the daemon's number), and what the callback is given."""

    family: Family
    callback_id: int
    args: tuple[Any, ...]


def read(conn: virConnect, procedure: int, body: bytes) -> Told | None:
    """Return what a message says; None for one that is not known here. Raises XdrError."""
    known = _MESSAGES.get(procedure)
    if known is None:
        return None
    family, record, subject = known
    found = record.from_xdr(body)
    slots: tuple[str, ...] = type(found).__slots__
    others = [name for name in slots if name not in ("callback_id", subject)]
    args = (converted(conn, getattr(found, subject)), *(_shown(getattr(found, name)) for name in others))
    return Told(family, getattr(found, "callback_id"), args)  # noqa: B009 - each record has one, the base has none


def _shown(value: Any) -> Any:
    if isinstance(value, v.virt_event_graphics_address):
        return {"family": value.family, "node": value.node, "service": value.service}
    if isinstance(value, list):
        if value and isinstance(value[0], v.virt_typed_param):
            return params(value)
        return [(item.type, item.name) if isinstance(item, v.virt_event_graphics_identity) else item for item in value]
    return value


class Registration:
    """One registration at the daemon, and the callbacks that share it by their numbers here."""

    def __init__(self, callback_id: int) -> None:
        self.callback_id = callback_id
        self.callbacks: dict[int, tuple[Callable[..., Any], Any]] = {}
