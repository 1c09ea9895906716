"""A pool of the test driver and its volumes, and when two pools would use the same storage."""

from __future__ import annotations

import re
from typing import Final

from virtrpcd.errors import FROM_TEST, NoStorageVolume, OperationInvalid
from virtrpcd.model_storage import VOLUME_TYPES, PoolInfo, PoolRef, PoolState, VolumeInfo, VolumeRef
from virtrpcd.storage_def import FcHost, PoolDef, PoolSource, ScsiHost, VolumeDef

CAPACITY_BYTES: Final = 100 << 30
"""Every pool has room for 100 GiB."""

_TYPE_OF_VOLUMES: Final = {
    **dict.fromkeys(("dir", "fs", "netfs", "vstorage"), "file"),
    **dict.fromkeys(("sheepdog", "gluster", "rbd", "iscsi-direct"), "network"),
}
_BLOCK_TYPES: Final = ("fs", "logical", "disk", "zfs")
_HOST_NUMBER: Final = re.compile(r"(?:scsi_|fc_)?host([0-9]{1,9})", re.ASCII)


class Pool:
    """A pool. persistent: whether its definition stays when it stops."""

    __slots__ = ("active", "allocation", "autostart", "definition", "persistent", "ref", "volumes")

    def __init__(self, definition: PoolDef, ref: PoolRef) -> None:
        self.ref = ref
        self.definition = definition
        self.active = False
        self.persistent = False
        self.autostart = False
        self.allocation = 0
        self.volumes: dict[str, VolumeDef] = {}

    @property
    def info(self) -> PoolInfo:
        """State and sizes."""
        state = PoolState.RUNNING if self.active else PoolState.INACTIVE
        return PoolInfo(int(state), CAPACITY_BYTES, self.allocation, CAPACITY_BYTES - self.allocation)

    def need(self, active: bool) -> None:
        """Raise OperationInvalid unless the pool runs, or does not."""
        if self.active != active:
            state = "is not active" if active else "is active"
            why = f"Requested operation is not valid: storage pool '{self.ref.name}' {state}"
            raise OperationInvalid(why, domain=FROM_TEST)

    def volume(self, name: str) -> VolumeDef:
        """Return the volume called `name`, of a pool that may be off. Raises NoStorageVolume."""
        found = self.volumes.get(name)
        if found is None:
            raise no_volume("name", name)
        return found

    def volume_info(self, volume: VolumeDef) -> VolumeInfo:
        """Return type and sizes; the type is that of the pool's volumes, whatever the XML of this one said."""
        kind = _TYPE_OF_VOLUMES.get(self.definition.type, "block")
        return VolumeInfo(VOLUME_TYPES.index(kind), volume.capacity, volume.allocation)

    def named(self, volume: VolumeDef) -> VolumeRef:
        """Return how calls name a volume of this pool."""
        return VolumeRef(self.ref.name, volume.name, volume.key)


def no_volume(what: str, value: str) -> NoStorageVolume:
    """Return the error for a name, key or path that no volume has."""
    return NoStorageVolume(f"Storage volume not found: no storage vol with matching {what} '{value}'", domain=FROM_TEST)


def conflict(kept: PoolDef, new: PoolDef) -> bool:
    """Return whether two pools would use the same storage, as far as their definitions tell."""
    if kept.type in _BLOCK_TYPES and new.type in _BLOCK_TYPES:
        return _same_device(kept.source, new.source)
    if kept.type != new.type:
        return False
    a, b = kept.source, new.source
    same = {
        "dir": kept.target == new.target,
        "gluster": (a.name, a.dir) == (b.name, b.dir) and _same_host(a, b),
        "netfs": a.dir == b.dir and _same_host(a, b),
        "iscsi": a.initiator == b.initiator and _same_device(a, b),
        "scsi": _same_adapter(a.adapter, b.adapter),
        "sheepdog": _same_host(a, b),
        "mpath": True,
        "vstorage": a.name == b.name,
    }
    return same.get(kept.type, False)


def _same_device(kept: PoolSource, new: PoolSource) -> bool:
    return not {device.path for device in kept.devices}.isdisjoint(device.path for device in new.devices)


def _same_host(kept: PoolSource, new: PoolSource) -> bool:
    """Look at the first host only, and not at all when both have several; no port in the new one matches any."""
    if not kept.hosts or not new.hosts or (len(kept.hosts) != 1 and len(new.hosts) != 1):
        return False
    a, b = kept.hosts[0], new.hosts[0]
    return a.name == b.name and b.port in (0, a.port)


def _same_adapter(kept: ScsiHost | FcHost | None, new: ScsiHost | FcHost | None) -> bool:
    if isinstance(kept, FcHost) and isinstance(new, FcHost):
        return (kept.wwnn, kept.wwpn) == (new.wwnn, new.wwpn)
    if isinstance(kept, ScsiHost) and isinstance(new, ScsiHost) and kept.parent is not None and new.parent is not None:
        return (kept.parent, kept.unique_id) == (new.parent, new.unique_id)
    number = _host_number(kept)
    return number is not None and number == _host_number(new)


def _host_number(adapter: ScsiHost | FcHost | None) -> int | None:
    """Return N of the hostN that an adapter is, or of the one that carries it."""
    if adapter is None:
        return None
    name = adapter.parent if isinstance(adapter, FcHost) else adapter.name
    match = None if name is None else _HOST_NUMBER.match(name)
    return None if match is None else int(match[1])
