"""What the qemu driver's storage answers without changing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from virtrpcd.drivers.qemu.storage_pool import Pool, no_volume
from virtrpcd.drivers.qemu.volume_scan import look_again
from virtrpcd.drivers.storage import ALL_POOL_FILTERS, Storage, pool_passes
from virtrpcd.errors import FROM_STORAGE, InvalidArgument, NoStoragePool, NotSupported, SystemCallFailed, VirtError
from virtrpcd.model_storage import VOLUME_TYPES, PoolInfo, PoolRef, VolumeInfo, VolumeRef
from virtrpcd.paths import PathRules
from virtrpcd.storage_def import VolumeDef
from virtrpcd.storagexml import format_pool, format_pool_capabilities, format_volume
from virtrpcd.storagexml_kinds import KINDS
from virtrpcd.storagexml_values import clean_path, format_uuid

_INACTIVE: Final = 0x1
_PHYSICAL: Final = 0x1


class StorageQueries(Storage):
    """Pools and volumes, looked at. A volume's file is looked at when it is asked for, which is one short read."""

    def __init__(self, paths: PathRules) -> None:
        self._paths = paths
        self._by_uuid: dict[bytes, Pool] = {}
        self._by_name: dict[str, Pool] = {}

    # -- which pools there are ----------------------------------------------------------------------------------------

    def pool_names(self, active: bool) -> list[str]:
        return [pool.ref.name for pool in self._by_uuid.values() if pool.active == active]

    def pool_count(self, active: bool) -> int:
        return sum(pool.active == active for pool in self._by_uuid.values())

    def pools(self, flags: int) -> list[PoolRef]:
        only(flags, ALL_POOL_FILTERS, "storageConnectListAllStoragePools")
        return [pool.ref for pool in self._by_uuid.values() if _passes(pool, flags)]

    def pool_by_name(self, name: str) -> PoolRef:
        return self._named(name).ref

    def pool_by_uuid(self, uuid: bytes) -> PoolRef:
        found = self._by_uuid.get(uuid)
        if found is None:
            raise no_pool(f"uuid '{format_uuid(uuid)}'")
        return found.ref

    def pool_by_volume(self, volume: VolumeRef) -> PoolRef:
        return self._named(volume.pool).ref

    def pool_by_target_path(self, path: str) -> PoolRef:
        wanted = clean_path(path)
        for pool in self._by_uuid.values():
            if pool.active and pool.target == wanted:
                return pool.ref
        raise no_pool(f"target path '{path}'")

    def find_sources(self, kind: str, spec: str | None, flags: int) -> str:
        if kind not in KINDS:
            raise VirtError(f"internal error: unknown storage pool type {kind}", domain=FROM_STORAGE)
        raise NotSupported(f"pool type '{kind}' does not support source discovery", domain=FROM_STORAGE)

    def pool_capabilities(self, flags: int) -> str:
        only(flags, 0, "storageConnectGetStoragePoolCapabilities")
        return format_pool_capabilities({"dir"})

    # -- one pool -----------------------------------------------------------------------------------------------------

    def pool_info(self, pool: PoolRef) -> PoolInfo:
        return self._find(pool).info

    def pool_xml(self, pool: PoolRef, flags: int) -> str:
        only(flags, _INACTIVE, "storagePoolGetXMLDesc")
        found = self._find(pool)
        kept = found.config if flags & _INACTIVE else None
        return format_pool(kept or found.definition, found.info)

    def pool_autostart(self, pool: PoolRef) -> bool:
        return self._find(pool).autostart

    def pool_is_active(self, pool: PoolRef) -> bool:
        return self._find(pool).active

    def pool_is_persistent(self, pool: PoolRef) -> bool:
        return self._find(pool).config is not None

    # -- volumes ------------------------------------------------------------------------------------------------------

    def volume_names(self, pool: PoolRef) -> list[str]:
        return list(self._running(pool).volumes)

    def volume_count(self, pool: PoolRef) -> int:
        return len(self._running(pool).volumes)

    def volumes(self, pool: PoolRef, flags: int) -> list[VolumeRef]:
        only(flags, 0, "storagePoolListAllVolumes")
        found = self._running(pool)
        return [found.named(volume) for volume in found.volumes.values()]

    def volume_by_name(self, pool: PoolRef, name: str) -> VolumeRef:
        found = self._running(pool)
        return found.named(found.volume(name))

    def volume_by_key(self, key: str) -> VolumeRef:
        return self._search(f"key {key}", lambda volume: volume.key == key)

    def volume_by_path(self, path: str) -> VolumeRef:
        wanted = clean_path(path)
        return self._search(f"path '{wanted}'", lambda volume: volume.path == wanted)

    def volume_info(self, volume: VolumeRef) -> VolumeInfo:
        return self.volume_info_flags(volume, 0)

    def volume_info_flags(self, volume: VolumeRef, flags: int) -> VolumeInfo:
        only(flags, _PHYSICAL, "storageVolGetInfoFlags")
        found = self._seen(volume)
        size = found.physical if flags & _PHYSICAL else found.allocation
        return VolumeInfo(VOLUME_TYPES.index(found.type), found.capacity, size)

    def volume_xml(self, volume: VolumeRef, flags: int) -> str:
        only(flags, 0, "storageVolGetXMLDesc")
        return format_volume(self._seen(volume), "dir")

    def volume_path(self, volume: VolumeRef) -> str:
        return self._volume(volume)[1].path

    # -- finding ------------------------------------------------------------------------------------------------------

    def _find(self, ref: PoolRef) -> Pool:
        found = self._by_uuid.get(ref.uuid)
        if found is None:
            raise no_pool(f"uuid '{format_uuid(ref.uuid)}' ({ref.name})")
        return found

    def _running(self, ref: PoolRef) -> Pool:
        found = self._find(ref)
        found.need_active()
        return found

    def _named(self, name: str) -> Pool:
        found = self._by_name.get(name)
        if found is None:
            raise no_pool(f"name '{name}'")
        return found

    def _volume(self, ref: VolumeRef) -> tuple[Pool, VolumeDef]:
        pool = self._named(ref.pool)
        return pool, pool.volume(ref.name)

    def _seen(self, ref: VolumeRef) -> VolumeDef:
        """Return a volume as its file is now. Raises NoStorageVolume when that is gone."""
        _, found = self._volume(ref)
        try:
            look_again(self._paths, found)
        except FileNotFoundError as error:
            raise no_volume(f"path '{found.path}'") from error
        except OSError as error:
            raise SystemCallFailed(
                f"cannot open volume '{found.path}': {error.strerror}", domain=FROM_STORAGE
            ) from error
        return found

    def _search(self, which: str, wanted: Callable[[VolumeDef], bool]) -> VolumeRef:
        for pool in self._by_uuid.values():
            if pool.active:
                for volume in pool.volumes.values():
                    if wanted(volume):
                        return pool.named(volume)
        raise no_volume(which)


def no_pool(which: str) -> NoStoragePool:
    """Return the error for a pool that is not there."""
    return NoStoragePool(f"Storage pool not found: no storage pool with matching {which}", domain=FROM_STORAGE)


def only(flags: int, known: int, function: str) -> None:
    """Refuse the flags that libvirt's function of that name does not know."""
    if flags & ~known:
        why = f"unsupported flags ({flags & ~known:#x}) in function {function}"
        raise InvalidArgument(why, domain=FROM_STORAGE)


def _passes(pool: Pool, flags: int) -> bool:
    persistent = pool.config is not None
    return pool_passes(flags, pool.definition.type, active=pool.active, persistent=persistent, autostart=pool.autostart)
