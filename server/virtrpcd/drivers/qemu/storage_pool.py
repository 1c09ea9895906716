"""A storage pool of the qemu driver: a folder, and the volumes that were found in it."""

from __future__ import annotations

import os
from typing import Final

from virtrpcd.errors import FROM_STORAGE, NoStorageVolume, OperationFailed, OperationInvalid
from virtrpcd.model_storage import PoolInfo, PoolRef, PoolState, VolumeRef
from virtrpcd.storage_def import PoolDef, VolumeDef
from virtrpcd.storagexml import format_pool
from virtrpcd.store import Definition

_UNKNOWN: Final = PoolInfo(0, 0, 0, 0)


class Pool:
    """A pool. `definition` is what it runs with, or would; `config` what is kept, None for a transient one.

    busy: the volumes that are being made or changed; while there are some, the pool stays as it is.
    """

    def __init__(self, definition: PoolDef, ref: PoolRef) -> None:
        self.ref = ref
        self.definition = definition
        self.config: PoolDef | None = None
        self.active = False
        self.autostart = False
        self.volumes: dict[str, VolumeDef] = {}
        self.busy: set[str] = set()
        self._sizes = _UNKNOWN

    @property
    def target(self) -> str:
        """The folder."""
        return self.definition.target or ""

    @property
    def info(self) -> PoolInfo:
        """State and sizes: those of now when it runs, otherwise the last ones known."""
        if self.active:
            try:
                self._sizes = _sizes(self.target)
            except OSError:
                return self._sizes._replace(state=int(PoolState.INACCESSIBLE))
        return self._sizes._replace(state=int(PoolState.RUNNING if self.active else PoolState.INACTIVE))

    def row(self, definition: PoolDef, *, autostart: bool) -> Definition:
        """Return what is kept of the pool."""
        return Definition(self.ref.uuid, self.ref.name, format_pool(definition, _UNKNOWN), autostart)

    # -- states -------------------------------------------------------------------------------------------------------

    def need_active(self) -> None:
        """Raise OperationInvalid unless the pool runs."""
        if not self.active:
            raise invalid_now(f"storage pool '{self.ref.name}' is not active")

    def need_off(self, how: str) -> None:
        """Raise OperationInvalid if the pool runs; how: "already" or "still", as libvirt says it."""
        if self.active:
            raise invalid_now(f"storage pool '{self.ref.name}' is {how} active")

    def need_idle(self) -> None:
        """Raise OperationFailed while volumes are being made or changed."""
        if self.busy:
            why = f"operation failed: pool '{self.ref.name}' has asynchronous jobs running."
            raise OperationFailed(why, domain=FROM_STORAGE)

    def end(self) -> None:
        """Stop: what the folder holds is forgotten, and what was kept is what it would run with."""
        self.active = False
        self.volumes = {}
        self.definition = self.config or self.definition

    # -- volumes ------------------------------------------------------------------------------------------------------

    def volume(self, name: str) -> VolumeDef:
        """Return the volume called `name` of a running pool. Raises NoStorageVolume."""
        self.need_active()
        found = self.volumes.get(name)
        if found is None:
            raise no_volume(f"name '{name}'")
        return found

    def add(self, volume: VolumeDef) -> VolumeRef:
        """Have a volume from now on."""
        self.volumes[volume.name] = volume
        return self.named(volume)

    def named(self, volume: VolumeDef) -> VolumeRef:
        """Return how calls name a volume of this pool."""
        return VolumeRef(self.ref.name, volume.name, volume.key)


def no_volume(which: str) -> NoStorageVolume:
    """Return the error for a volume that is not there."""
    return NoStorageVolume(f"Storage volume not found: no storage vol with matching {which}", domain=FROM_STORAGE)


def invalid_now(why: str) -> OperationInvalid:
    """Return the error for what cannot be done in the present state."""
    return OperationInvalid(f"Requested operation is not valid: {why}", domain=FROM_STORAGE)


def _sizes(folder: str) -> PoolInfo:
    space = os.statvfs(folder)
    capacity, available = space.f_blocks * space.f_frsize, space.f_bfree * space.f_frsize
    return PoolInfo(0, capacity, capacity - available, available)
