"""Snapshots and checkpoints of machines in the daemon's own terms; numbers are libvirt's.

A snapshot is what a machine was at a moment, to go back to. A checkpoint is a moment from which on what changes on the
disks is written down. Both have a name that is unique among those of the machine, and a parent or none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import NamedTuple

from virtrpcd.domain_def import DomainDef
from virtrpcd.model import DomainRef

DISK_SNAPSHOT = "disk-snapshot"
SHUTOFF = "shutoff"
RUNNING = "running"
PAUSED = "paused"


class SnapshotRef(NamedTuple):
    """How a snapshot is named on every wire: its name and its machine."""

    name: str
    dom: DomainRef


class CheckpointRef(NamedTuple):
    """How a checkpoint is named on every wire: its name and its machine."""

    name: str
    dom: DomainRef


class SnapshotCreate(IntFlag):
    """Flags of Snapshots.create (virDomainSnapshotCreateFlags)."""

    REDEFINE = 0x1
    CURRENT = 0x2
    NO_METADATA = 0x4
    HALT = 0x8
    DISK_ONLY = 0x10
    REUSE_EXT = 0x20
    QUIESCE = 0x40
    ATOMIC = 0x80
    LIVE = 0x100
    VALIDATE = 0x200


class SnapshotList(IntFlag):
    """Flags of the lists of snapshots (virDomainSnapshotListFlags); ROOTS is DESCENDANTS in a list of children."""

    ROOTS = 0x1
    METADATA = 0x2
    LEAVES = 0x4
    NO_LEAVES = 0x8
    NO_METADATA = 0x10
    INACTIVE = 0x20
    ACTIVE = 0x40
    DISK_ONLY = 0x80
    INTERNAL = 0x100
    EXTERNAL = 0x200
    TOPOLOGICAL = 0x400


class SnapshotRevert(IntFlag):
    """Flags of Snapshots.revert (virDomainSnapshotRevertFlags)."""

    RUNNING = 0x1
    PAUSED = 0x2
    FORCE = 0x4
    RESET_NVRAM = 0x8


class MomentDelete(IntFlag):
    """Flags of Snapshots.delete and Checkpoints.delete, the same for both (virDomainSnapshotDeleteFlags)."""

    CHILDREN = 0x1
    METADATA_ONLY = 0x2
    CHILDREN_ONLY = 0x4


class CheckpointCreate(IntFlag):
    """Flags of Checkpoints.create (virDomainCheckpointCreateFlags)."""

    REDEFINE = 0x1
    QUIESCE = 0x2
    REDEFINE_VALIDATE = 0x4


class CheckpointXml(IntFlag):
    """Flags of Checkpoints.xml (virDomainCheckpointXMLFlags)."""

    SECURE = 0x1
    NO_DOMAIN = 0x2
    SIZE = 0x4


class CheckpointList(IntFlag):
    """Flags of the lists of checkpoints (virDomainCheckpointListFlags); ROOTS is DESCENDANTS in a list of children."""

    ROOTS = 0x1
    TOPOLOGICAL = 0x2
    LEAVES = 0x4
    NO_LEAVES = 0x8


@dataclass(slots=True)
class SnapshotDisk:
    """One disk in a snapshot: where it is kept ("no", "internal", "external"; "" not said), in which file."""

    name: str
    location: str = ""
    type: str = "file"
    source: str | None = None
    format: str | None = None


@dataclass(slots=True)
class CheckpointDisk:
    """One disk in a checkpoint: whether changes are written down ("no", "bitmap"; "" not said), under which name."""

    name: str
    kind: str = ""
    bitmap: str | None = None


@dataclass(slots=True)
class MomentDef:
    """What snapshots and checkpoints have in common. created_s: seconds since 1970, None before it is known."""

    name: str
    description: str | None = None
    created_s: int | None = None
    parent: str | None = None
    domain: DomainDef | None = None


@dataclass(slots=True)
class SnapshotDef(MomentDef):
    """A snapshot. state: "running", "shutoff", "disk-snapshot", ...; memory as SnapshotDisk.location."""

    state: str = ""
    memory: str = ""
    memory_file: str | None = None
    disks: list[SnapshotDisk] = field(default_factory=list)
    inactive_domain: DomainDef | None = None

    @property
    def external(self) -> bool:
        """Whether any of it is kept in a file of its own."""
        return self.memory == "external" or any(disk.location == "external" for disk in self.disks)


@dataclass(slots=True)
class CheckpointDef(MomentDef):
    """A checkpoint."""

    disks: list[CheckpointDisk] = field(default_factory=list)
