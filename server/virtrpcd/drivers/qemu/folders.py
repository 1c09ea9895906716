"""The folders that machines may use, shown as storage pools, and the images in them as volumes; nothing is changed.

So much is needed for virt-install and virt-manager, which ask a pool for each disk. Folders are looked at when asked:
there is nothing to refresh.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from virtrpcd.drivers.qemu import qcow2
from virtrpcd.drivers.storage import Storage
from virtrpcd.errors import FROM_STORAGE, InvalidArgument, NoStoragePool, NoStorageVolume
from virtrpcd.model_storage import POOL_TYPE_BITS, PoolFilter, PoolInfo, PoolRef, PoolState, VolumeInfo, VolumeRef
from virtrpcd.paths import PathRules
from virtrpcd.storage_def import Permissions, PoolDef, VolumeDef
from virtrpcd.storagexml import format_pool, format_volume

MAX_VOLUMES: Final = 16384
"""No more than a list of volumes can hold on any wire."""

_FILE: Final = 0
_BLOCK: Final = 512
_ALL_TYPES: Final = sum(POOL_TYPE_BITS.values())


class FolderStorage(Storage):
    """A running pool of type dir for each folder of the path rules that is there."""

    def __init__(self, paths: PathRules) -> None:
        self._paths = paths

    # -- which pools there are ----------------------------------------------------------------------------------------

    def _folders(self) -> dict[str, str]:
        """Return the folder of each pool by name: its last part, with a number where that is taken."""
        found: dict[str, str] = {}
        for folder in self._paths.folders:
            if not os.path.isdir(folder) or folder in found.values():
                continue
            name = wanted = os.path.basename(folder.rstrip("/")) or "root"
            number = 2
            while name in found:
                name, number = f"{wanted}-{number}", number + 1
            found[name] = folder
        return found

    def pool_names(self, active: bool) -> list[str]:
        return list(self._folders()) if active else []

    def pool_count(self, active: bool) -> int:
        return len(self.pool_names(active))

    def pools(self, flags: int) -> list[PoolRef]:
        running = not flags & PoolFilter.INACTIVE or bool(flags & PoolFilter.ACTIVE)
        kept = not flags & PoolFilter.TRANSIENT or bool(flags & PoolFilter.PERSISTENT)
        starts = not flags & PoolFilter.NO_AUTOSTART or bool(flags & PoolFilter.AUTOSTART)
        folders = not flags & _ALL_TYPES or bool(flags & POOL_TYPE_BITS["dir"])
        shown = running and kept and starts and folders
        return [_ref(name, folder) for name, folder in self._folders().items()] if shown else []

    def pool_by_name(self, name: str) -> PoolRef:
        return _ref(name, self._folder_named(name))

    def pool_by_uuid(self, uuid: bytes) -> PoolRef:
        for ref in self.pools(0):
            if ref.uuid == uuid:
                return ref
        raise _no_pool("uuid", uuid.hex())

    def pool_by_volume(self, volume: VolumeRef) -> PoolRef:
        return self.pool_by_name(volume.pool)

    def pool_by_target_path(self, path: str) -> PoolRef:
        for name, folder in self._folders().items():
            if folder == path.rstrip("/"):
                return _ref(name, folder)
        raise _no_pool("target path", path[:200])

    # -- one pool -----------------------------------------------------------------------------------------------------

    def _folder_named(self, name: str) -> str:
        folder = self._folders().get(name)
        if folder is None:
            raise _no_pool("name", name[:200])
        return folder

    def _folder(self, pool: PoolRef) -> str:
        return self._folder_named(self.pool_by_uuid(pool.uuid).name)

    def pool_info(self, pool: PoolRef) -> PoolInfo:
        space = os.statvfs(self._folder(pool))
        size, free = space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize
        return PoolInfo(int(PoolState.RUNNING), size, size - free, free)

    def pool_xml(self, pool: PoolRef, flags: int) -> str:
        folder = self._folder(pool)
        definition = PoolDef("dir", pool.name, pool.uuid, target=folder, permissions=_permissions(os.stat(folder)))
        return format_pool(definition, self.pool_info(pool))

    def pool_autostart(self, pool: PoolRef) -> bool:
        self._folder(pool)
        return True

    def pool_is_active(self, pool: PoolRef) -> bool:
        self._folder(pool)
        return True

    def pool_is_persistent(self, pool: PoolRef) -> bool:
        self._folder(pool)
        return True

    async def refresh_pool(self, pool: PoolRef, flags: int) -> None:
        if flags:
            raise InvalidArgument(f"flags {flags:#x} are not supported by this driver", domain=FROM_STORAGE)
        self._folder(pool)

    # -- volumes ------------------------------------------------------------------------------------------------------

    def volume_names(self, pool: PoolRef) -> list[str]:
        with os.scandir(self._folder(pool)) as entries:
            names = [entry.name for entry in entries if _is_volume(entry)]
        return sorted(names)[:MAX_VOLUMES]

    def volume_count(self, pool: PoolRef) -> int:
        return len(self.volume_names(pool))

    def volumes(self, pool: PoolRef, flags: int) -> list[VolumeRef]:
        folder = self._folder(pool)
        return [VolumeRef(pool.name, name, f"{folder}/{name}") for name in self.volume_names(pool)]

    def volume_by_name(self, pool: PoolRef, name: str) -> VolumeRef:
        return self._volume(self.pool_by_uuid(pool.uuid).name, name)

    def _volume(self, pool: str, name: str) -> VolumeRef:
        path = Path(self._folder_named(pool)) / name
        if "/" in name or name.startswith(".") or path.is_symlink() or not path.is_file():
            raise _no_volume("name", name)
        return VolumeRef(pool, name, os.fspath(path))

    def volume_by_key(self, key: str) -> VolumeRef:
        return self._at(key, "key")

    def volume_by_path(self, path: str) -> VolumeRef:
        return self._at(path, "path")

    def _at(self, path: str, what: str) -> VolumeRef:
        folder, _, name = path.rpartition("/")
        try:
            return self._volume(self.pool_by_target_path(folder).name, name)
        except (NoStoragePool, NoStorageVolume) as error:
            raise _no_volume(what, path) from error

    def volume_info(self, volume: VolumeRef) -> VolumeInfo:
        found = self._describe(volume)
        return VolumeInfo(_FILE, found.capacity, found.allocation)

    def volume_info_flags(self, volume: VolumeRef, flags: int) -> VolumeInfo:
        if flags & ~1:
            raise InvalidArgument(f"flags {flags:#x} are not supported by this driver", domain=FROM_STORAGE)
        found = self._describe(volume)
        physical = os.stat(found.path).st_size
        return VolumeInfo(_FILE, found.capacity, physical if flags else found.allocation)

    def volume_xml(self, volume: VolumeRef, flags: int) -> str:
        return format_volume(self._describe(volume), "dir")

    def volume_path(self, volume: VolumeRef) -> str:
        return self._volume(volume.pool, volume.name).key

    def _describe(self, volume: VolumeRef) -> VolumeDef:
        path = self.volume_path(volume)
        handle = self._paths.open(path, "volume", os.O_RDONLY)
        try:
            status = os.fstat(handle)
            size = qcow2.virtual_size(handle)
        finally:
            os.close(handle)
        return VolumeDef(
            volume.name,
            path=path,
            key=path,
            capacity=status.st_size if size is None else size,
            allocation=status.st_blocks * _BLOCK,
            format="raw" if size is None else "qcow2",
            permissions=_permissions(status),
        )


def _ref(name: str, folder: str) -> PoolRef:
    return PoolRef(name, hashlib.sha256(folder.encode(errors="surrogateescape")).digest()[:16])


def _is_volume(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False) and entry.name.isprintable()


def _permissions(status: os.stat_result) -> Permissions:
    return Permissions(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)


def _no_pool(what: str, value: str) -> NoStoragePool:
    why = f"no storage pool with matching {what} '{value}'"
    return NoStoragePool(f"Storage pool not found: {why}", domain=FROM_STORAGE, detail=why)


def _no_volume(what: str, value: str) -> NoStorageVolume:
    why = f"no storage vol with matching {what} '{value[:200]}'"
    return NoStorageVolume(f"Storage volume not found: {why}", domain=FROM_STORAGE, detail=why)
