"""What the daemon knows of storage pools and volumes, in its own terms; numbers are libvirt's, sizes are in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final, NamedTuple


class PoolState(IntEnum):
    """What a pool is doing (virStoragePoolState)."""

    INACTIVE = 0
    BUILDING = 1
    RUNNING = 2
    DEGRADED = 3
    INACCESSIBLE = 4


class PoolLifecycle(IntEnum):
    """What happened to a pool (virStoragePoolEventLifecycleType)."""

    DEFINED = 0
    UNDEFINED = 1
    STARTED = 2
    STOPPED = 3
    CREATED = 4
    DELETED = 5


class PoolFilter(IntFlag):
    """Which pools to list (virConnectListAllStoragePoolsFlags), but for the bits of the types."""

    INACTIVE = 0x1
    ACTIVE = 0x2
    PERSISTENT = 0x4
    TRANSIENT = 0x8
    AUTOSTART = 0x10
    NO_AUTOSTART = 0x20


POOL_TYPE_BITS: Final = {
    "dir": 0x40,
    "fs": 0x80,
    "netfs": 0x100,
    "logical": 0x200,
    "disk": 0x400,
    "iscsi": 0x800,
    "scsi": 0x1000,
    "mpath": 0x2000,
    "rbd": 0x4000,
    "sheepdog": 0x8000,
    "gluster": 0x10000,
    "zfs": 0x20000,
    "vstorage": 0x40000,
    "iscsi-direct": 0x80000,
}
"""The bit of each type of pool in a list's filter."""

VOLUME_TYPES: Final = ("file", "block", "dir", "network", "netdir", "ploop")
"""The words for virStorageVolType's numbers."""


class PoolRef(NamedTuple):
    """Names a pool. The uuid (16 bytes) decides; the name is for people."""

    name: str
    uuid: bytes


class VolumeRef(NamedTuple):
    """Names a volume: the name of its pool and its own decide; the key is unique everywhere."""

    pool: str
    name: str
    key: str


class PoolInfo(NamedTuple):
    """State and sizes of a pool."""

    state: int
    capacity: int
    allocation: int
    available: int


class VolumeInfo(NamedTuple):
    """Type (its number) and sizes of a volume."""

    type: int
    capacity: int
    allocation: int


@dataclass(frozen=True, slots=True)
class PoolLifecycleEvent:
    """A pool came, went, started or stopped, or what it stands on was made or removed."""

    pool: PoolRef
    event: int
    detail: int = 0


@dataclass(frozen=True, slots=True)
class PoolRefreshEvent:
    """The volumes of a pool were looked for anew."""

    pool: PoolRef
