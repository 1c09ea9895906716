"""What the daemon knows of hosts and machines, in its own terms: no wire types, no driver details.

Numbers are libvirt's, so that no layer has to translate them. Memory is in KiB, time in ns, unless a name says
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import NamedTuple

from virtrpcd.model_network import NetworkEvent, NodeDeviceEvent
from virtrpcd.model_storage import PoolLifecycleEvent, PoolRefreshEvent


class DomainState(IntEnum):
    """What a machine is doing (virDomainState)."""

    NOSTATE = 0
    RUNNING = 1
    BLOCKED = 2
    PAUSED = 3
    SHUTDOWN = 4
    SHUTOFF = 5
    CRASHED = 6
    PMSUSPENDED = 7


class RunningReason(IntEnum):
    """Why a machine runs (virDomainRunningReason)."""

    UNKNOWN = 0
    BOOTED = 1
    MIGRATED = 2
    RESTORED = 3
    FROM_SNAPSHOT = 4
    UNPAUSED = 5
    MIGRATION_CANCELED = 6
    SAVE_CANCELED = 7
    WAKEUP = 8
    CRASHED = 9
    POSTCOPY = 10


class PausedReason(IntEnum):
    """Why a machine is paused (virDomainPausedReason)."""

    UNKNOWN = 0
    USER = 1
    MIGRATION = 2
    SAVE = 3
    DUMP = 4
    IOERROR = 5
    WATCHDOG = 6
    FROM_SNAPSHOT = 7
    SHUTTING_DOWN = 8
    SNAPSHOT = 9
    CRASHED = 10
    STARTING_UP = 11


class ShutdownReason(IntEnum):
    """Why a machine is going down (virDomainShutdownReason)."""

    UNKNOWN = 0
    USER = 1


class ShutoffReason(IntEnum):
    """Why a machine is off (virDomainShutoffReason)."""

    UNKNOWN = 0
    SHUTDOWN = 1
    DESTROYED = 2
    CRASHED = 3
    MIGRATED = 4
    SAVED = 5
    FAILED = 6
    FROM_SNAPSHOT = 7
    DAEMON = 8


class CrashedReason(IntEnum):
    """Why a machine crashed (virDomainCrashedReason)."""

    UNKNOWN = 0
    PANICKED = 1


class Lifecycle(IntEnum):
    """What happened to a machine (virDomainEventType)."""

    DEFINED = 0
    UNDEFINED = 1
    STARTED = 2
    SUSPENDED = 3
    RESUMED = 4
    STOPPED = 5
    SHUTDOWN = 6
    PMSUSPENDED = 7
    CRASHED = 8


class DefinedDetail(IntEnum):
    """Detail of DEFINED."""

    ADDED = 0
    UPDATED = 1
    RENAMED = 2
    FROM_SNAPSHOT = 3


class UndefinedDetail(IntEnum):
    """Detail of UNDEFINED."""

    REMOVED = 0
    RENAMED = 1


class StartedDetail(IntEnum):
    """Detail of STARTED."""

    BOOTED = 0
    MIGRATED = 1
    RESTORED = 2
    FROM_SNAPSHOT = 3
    WAKEUP = 4


class SuspendedDetail(IntEnum):
    """Detail of SUSPENDED."""

    PAUSED = 0
    MIGRATED = 1
    IOERROR = 2
    WATCHDOG = 3
    RESTORED = 4
    FROM_SNAPSHOT = 5
    API_ERROR = 6


class ResumedDetail(IntEnum):
    """Detail of RESUMED."""

    UNPAUSED = 0
    MIGRATED = 1
    FROM_SNAPSHOT = 2


class StoppedDetail(IntEnum):
    """Detail of STOPPED."""

    SHUTDOWN = 0
    DESTROYED = 1
    CRASHED = 2
    MIGRATED = 3
    SAVED = 4
    FAILED = 5
    FROM_SNAPSHOT = 6


class ShutdownDetail(IntEnum):
    """Detail of SHUTDOWN."""

    FINISHED = 0
    GUEST = 1
    HOST = 2


class CrashedDetail(IntEnum):
    """Detail of CRASHED."""

    PANICKED = 0
    CRASHLOADED = 1


class Affect(IntFlag):
    """Which configuration a change is for (virDomainModificationImpact)."""

    CURRENT = 0
    LIVE = 1
    CONFIG = 2


class VcpuFlag(IntFlag):
    """Flags of the vcpu count calls, beside Affect (virDomainVcpuFlags)."""

    MAXIMUM = 4
    GUEST = 8
    HOTPLUGGABLE = 16


class MemoryFlag(IntFlag):
    """Flags of set_memory, beside Affect (virDomainMemoryModFlags)."""

    MAXIMUM = 4


class XmlFlag(IntFlag):
    """Flags of domain_xml (virDomainXMLFlags)."""

    SECURE = 1
    INACTIVE = 2
    UPDATE_CPU = 4
    MIGRATABLE = 8


class CreateFlag(IntFlag):
    """Flags of start and create_xml (virDomainCreateFlags)."""

    PAUSED = 1
    AUTODESTROY = 2
    BYPASS_CACHE = 4
    FORCE_BOOT = 8
    VALIDATE = 16


class ParamKind(IntEnum):
    """How a typed parameter is stored (virTypedParameterType)."""

    INT = 1
    UINT = 2
    LLONG = 3
    ULLONG = 4
    DOUBLE = 5
    BOOLEAN = 6
    STRING = 7


class TypedParam(NamedTuple):
    """A named value with its type; `value` is int, float or str as `kind` says."""

    field: str
    kind: int
    value: int | float | str


class DomainRef(NamedTuple):
    """How a machine is named on every wire: name, uuid (16 bytes), id (-1 when it does not run)."""

    name: str
    uuid: bytes
    id: int


class DomainInfo(NamedTuple):
    """State, memory limits in KiB, number of vcpus, cpu time used in ns."""

    state: int
    max_memory_kib: int
    memory_kib: int
    vcpus: int
    cpu_time_ns: int


class VcpuInfo(NamedTuple):
    """One vcpu:

    Its number, state (0 offline, 1 running, 2 blocked), cpu time in ns, host cpu it last ran on (-1 unknown).
    """

    number: int
    state: int
    cpu_time_ns: int
    cpu: int


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """The host: cpu model (at most 31 bytes), memory, cpus, frequency, topology."""

    model: str
    memory_kib: int
    cpus: int
    mhz: int
    nodes: int
    sockets: int
    cores: int
    threads: int


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """A machine came, went or changed its state; `event` is a Lifecycle, `detail` its detail."""

    dom: DomainRef
    event: int
    detail: int


@dataclass(frozen=True, slots=True)
class RebootEvent:
    """The guest was reset or rebooted."""

    dom: DomainRef


@dataclass(frozen=True, slots=True)
class RtcChangeEvent:
    """The guest set its clock; offset from UTC in seconds."""

    dom: DomainRef
    offset_s: int


@dataclass(frozen=True, slots=True)
class WatchdogEvent:
    """The guest's watchdog fired; action as virDomainEventWatchdogAction."""

    dom: DomainRef
    action: int


@dataclass(frozen=True, slots=True)
class IoErrorEvent:
    """A disk failed; action 0 none, 1 pause, 2 report."""

    dom: DomainRef
    path: str
    alias: str
    action: int
    reason: str


@dataclass(frozen=True, slots=True)
class BalloonEvent:
    """The guest's memory is now `actual_kib`."""

    dom: DomainRef
    actual_kib: int


@dataclass(frozen=True, slots=True)
class DeviceRemovedEvent:
    """The guest let go of a device."""

    dom: DomainRef
    alias: str


@dataclass(frozen=True, slots=True)
class DeviceAddedEvent:
    """A device was plugged in."""

    dom: DomainRef
    alias: str


@dataclass(frozen=True, slots=True)
class MetadataChangeEvent:
    """Description (0), title (1) or the element of name space `uri` (2) changed."""

    dom: DomainRef
    kind: int
    uri: str | None


DomainEvent = (
    LifecycleEvent
    | RebootEvent
    | RtcChangeEvent
    | WatchdogEvent
    | IoErrorEvent
    | BalloonEvent
    | DeviceRemovedEvent
    | DeviceAddedEvent
    | PoolLifecycleEvent
    | PoolRefreshEvent
    | MetadataChangeEvent
    | NetworkEvent
    | NodeDeviceEvent
)
