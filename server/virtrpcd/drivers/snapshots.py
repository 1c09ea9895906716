"""The part of the driver contract that is about snapshots and checkpoints; the defaults are a driver without them.

A snapshot (checkpoint) is named by its machine's uuid and its name; NoDomain, NoSnapshot or NoCheckpoint say that there
is none. Lists give parents before their children.
"""

from __future__ import annotations

from typing import NoReturn

from virtrpcd.errors import FROM_CHECKPOINT, FROM_SNAPSHOT, NotSupported
from virtrpcd.model_snapshot import CheckpointRef, SnapshotRef


class Snapshots:
    """The snapshots of a driver's machines."""

    def exist(self, uuid: bytes) -> bool:
        """Return whether a machine has any; never NotSupported."""
        return False

    def all(self, uuid: bytes, flags: int) -> list[SnapshotRef]:
        """Return a machine's snapshots that SnapshotList flags let through; ROOTS: only those without a parent."""
        self._unsupported("virDomainListAllSnapshots")

    def children(self, uuid: bytes, name: str, flags: int) -> list[SnapshotRef]:
        """Return the children that SnapshotList flags let through; with DESCENDANTS theirs too, and so on."""
        self._unsupported("virDomainSnapshotListAllChildren")

    def lookup(self, uuid: bytes, name: str) -> SnapshotRef:
        """Return the snapshot called `name`."""
        self._unsupported("virDomainSnapshotLookupByName")

    def xml(self, uuid: bytes, name: str, flags: int) -> str:
        """Return the XML; XmlFlag.SECURE adds the secrets of the machine within it."""
        self._unsupported("virDomainSnapshotGetXMLDesc")

    def has_current(self, uuid: bytes) -> bool:
        """Return whether one of a machine's snapshots is the current one."""
        self._unsupported("virDomainHasCurrentSnapshot")

    def current(self, uuid: bytes) -> SnapshotRef:
        """Return the current one: made or gone back to last. NoSnapshot when there is none."""
        self._unsupported("virDomainSnapshotCurrent")

    def parent(self, uuid: bytes, name: str) -> SnapshotRef:
        """Return the parent; NoSnapshot for a root."""
        self._unsupported("virDomainSnapshotGetParent")

    def is_current(self, uuid: bytes, name: str) -> bool:
        """Return whether that one is the current one."""
        self._unsupported("virDomainSnapshotIsCurrent")

    def has_metadata(self, uuid: bytes, name: str) -> bool:
        """Return whether the driver keeps a description of it, not only the disks do."""
        self._unsupported("virDomainSnapshotHasMetadata")

    async def create(self, uuid: bytes, xml: str, flags: int) -> SnapshotRef:
        """Make a snapshot, a child of the current one, which it then is; SnapshotCreate.REDEFINE: describe one."""
        self._unsupported("virDomainSnapshotCreateXML")

    async def revert(self, uuid: bytes, name: str, flags: int) -> None:
        """Bring the machine back to what it was, running or not as it was or as SnapshotRevert flags say."""
        self._unsupported("virDomainRevertToSnapshot")

    async def delete(self, uuid: bytes, name: str, flags: int) -> None:
        """Remove it; its children become its parent's, or go too (MomentDelete flags)."""
        self._unsupported("virDomainSnapshotDelete")

    def _unsupported(self, api: str) -> NoReturn:
        raise NotSupported(api, domain=FROM_SNAPSHOT)


class Checkpoints:
    """The checkpoints of a driver's machines."""

    def exist(self, uuid: bytes) -> bool:
        """Return whether a machine has any; never NotSupported."""
        return False

    def all(self, uuid: bytes, flags: int) -> list[CheckpointRef]:
        """Return a machine's checkpoints that CheckpointList flags let through; ROOTS: only those without a parent."""
        self._unsupported("virDomainListAllCheckpoints")

    def children(self, uuid: bytes, name: str, flags: int) -> list[CheckpointRef]:
        """Return the children that CheckpointList flags let through; with DESCENDANTS theirs too, and so on."""
        self._unsupported("virDomainCheckpointListAllChildren")

    def lookup(self, uuid: bytes, name: str) -> CheckpointRef:
        """Return the checkpoint called `name`."""
        self._unsupported("virDomainCheckpointLookupByName")

    def parent(self, uuid: bytes, name: str) -> CheckpointRef:
        """Return the parent; NoCheckpoint for a root."""
        self._unsupported("virDomainCheckpointGetParent")

    def xml(self, uuid: bytes, name: str, flags: int) -> str:
        """Return the XML; CheckpointXml flags add secrets or sizes, or leave the machine out."""
        self._unsupported("virDomainCheckpointGetXMLDesc")

    async def create(self, uuid: bytes, xml: str, flags: int) -> CheckpointRef:
        """Make a checkpoint, a child of the current one, which it then is; CheckpointCreate.REDEFINE: describe one."""
        self._unsupported("virDomainCheckpointCreateXML")

    async def delete(self, uuid: bytes, name: str, flags: int) -> None:
        """Remove it; its children become its parent's, or go too (MomentDelete flags)."""
        self._unsupported("virDomainCheckpointDelete")

    def _unsupported(self, api: str) -> NoReturn:
        raise NotSupported(api, domain=FROM_CHECKPOINT)
