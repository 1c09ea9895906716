"""Storage of the qemu driver: what calls do with the volumes of its pools."""

from __future__ import annotations

import logging
import os
from typing import Final

from virtrpcd.drivers.qemu.storage_pool import Pool
from virtrpcd.drivers.qemu.storage_pools import StoragePools, clash
from virtrpcd.drivers.qemu.storage_queries import only
from virtrpcd.drivers.qemu.volume_scan import MAX_SIZE_BYTES
from virtrpcd.drivers.qemu.volume_streams import Upload, download
from virtrpcd.drivers.qemu.volumes import check_new
from virtrpcd.drivers.streams import Sink, Source
from virtrpcd.errors import (
    FROM_NONE,
    FROM_STORAGE,
    ArgumentUnsupported,
    InvalidArgument,
    OperationUnsupported,
    SystemCallFailed,
    VirtError,
    VolumeExists,
)
from virtrpcd.model_storage import PoolRef, VolumeRef
from virtrpcd.storage_def import VolumeDef
from virtrpcd.storagexml import check_volume, parse_volume

log = logging.getLogger(__name__)

_VOLUME_PREALLOCATE: Final = 0x1
_VOLUME_REFLINK: Final = 0x2
_VOLUME_VALIDATE: Final = 0x4
_RESIZE_ALLOCATE: Final = 0x1
_RESIZE_DELTA: Final = 0x2
_RESIZE_SHRINK: Final = 0x4
_SPARSE: Final = 0x1
_WIPES: Final = (
    "zero",
    "nnsa",
    "dod",
    "bsi",
    "gutmann",
    "schneier",
    "pfitzner7",
    "pfitzner33",
    "random",
    "trim",
)


class QemuStorage(StoragePools):
    """The pools of a qemu driver and their volumes."""

    # -- volumes ------------------------------------------------------------------------------------------------------

    async def create_volume(self, pool: PoolRef, xml: str, flags: int) -> VolumeRef:
        only(flags, _VOLUME_PREALLOCATE | _VOLUME_VALIDATE, "storageVolCreateXML")
        found = self._find(pool)
        found.need_active()
        if flags & _VOLUME_VALIDATE:
            check_volume(xml)
        volume = parse_volume(xml, found.definition.type)
        check_new(volume)
        if volume.name in found.volumes:
            raise VolumeExists(f"storage volume '{volume.name}' exists already", domain=FROM_STORAGE)
        async with self._working(found, volume.name):
            await self._volumes.make(found.target, volume, flags)
            return found.add(volume)

    async def clone_volume(self, pool: PoolRef, xml: str, source: VolumeRef, flags: int) -> VolumeRef:
        only(flags, _VOLUME_PREALLOCATE | _VOLUME_REFLINK | _VOLUME_VALIDATE, "storageVolCreateXMLFrom")
        found = self._find(pool)
        found.need_active()
        _, origin = self._volume(source)
        if flags & _VOLUME_VALIDATE:
            check_volume(xml)
        volume = parse_volume(xml, found.definition.type)
        check_new(volume)
        if volume.name in found.volumes:
            raise VirtError(f"internal error: storage volume name '{volume.name}' already in use.", domain=FROM_STORAGE)
        async with self._working(found, volume.name):
            await self._look(origin)
            await self._volumes.copy(found.target, volume, origin, flags)
            return found.add(volume)

    async def delete_volume(self, volume: VolumeRef, flags: int) -> None:
        pool, found = self._volume(volume)
        only(flags, 0, "virStorageBackendVolDeleteLocal")
        async with self._working(pool, found.name):
            await self._volumes.remove(pool.target, found)
            pool.volumes.pop(found.name, None)

    async def wipe_volume(self, volume: VolumeRef, flags: int) -> None:
        await self.wipe_volume_pattern(volume, 0, flags)

    async def wipe_volume_pattern(self, volume: VolumeRef, algorithm: int, flags: int) -> None:
        only(flags, 0, "storageVolWipePattern")
        if not 0 <= algorithm < len(_WIPES):
            raise InvalidArgument(f"invalid argument: wiping algorithm {algorithm} not supported", domain=FROM_STORAGE)
        pool, found = self._volume(volume)
        if algorithm:
            why = f"argument unsupported: '{_WIPES[algorithm]}' algorithm not supported"
            raise ArgumentUnsupported(why, domain=FROM_STORAGE)
        async with self._working(pool, found.name):
            await self._volumes.wipe(found)
            pool.volumes[found.name] = await self._volumes.scan(found.path)

    async def resize_volume(self, volume: VolumeRef, capacity: int, flags: int) -> None:
        only(flags, _RESIZE_ALLOCATE | _RESIZE_DELTA | _RESIZE_SHRINK, "storageVolResize")
        if not capacity and not flags & (_RESIZE_DELTA | _RESIZE_SHRINK):
            why = "capacity in virStorageVolResize cannot be zero without 'delta' or 'shrink' flags set"
            raise InvalidArgument(why, domain=FROM_STORAGE)
        pool, found = self._volume(volume)
        async with self._working(pool, found.name):
            await self._look(found)
            wanted = _resized(pool, found, capacity, flags)
            await self._volumes.resize(
                found, wanted, allocate=bool(flags & _RESIZE_ALLOCATE), shrink=bool(flags & _RESIZE_SHRINK)
            )

    # -- streams ------------------------------------------------------------------------------------------------------

    async def open_upload(self, volume: VolumeRef, offset: int, length: int, flags: int) -> Sink:
        only(flags, _SPARSE, "storageVolUpload")
        pool, found = self._volume(volume)
        _check_part(offset, length)
        file = await self._files.run(self._volumes.open, found, os.O_WRONLY)
        return Upload(self._files, file, offset, length, lambda: self._whole(self._uploaded(pool, found)))

    async def open_download(self, volume: VolumeRef, offset: int, length: int, flags: int) -> Source:
        only(flags, _SPARSE, "storageVolDownload")
        _, found = self._volume(volume)
        _check_part(offset, length)
        file = await self._files.run(self._volumes.open, found, os.O_RDONLY)
        return download(self._files, file, offset, length, sparse=bool(flags & _SPARSE))

    async def _uploaded(self, pool: Pool, volume: VolumeDef) -> None:
        """Look anew at what was uploaded: it may have another format now. libvirt, too, refreshes the pool."""
        try:
            if not pool.busy:
                await self._refresh(pool.ref)
                return
            found = await self._volumes.scan(volume.path)
            if pool.volumes.get(volume.name) is volume and volume.name not in pool.busy:
                pool.volumes[volume.name] = found
        except (VirtError, OSError) as error:
            log.info("after an upload to %s: %s", volume.path, error)

    async def _look(self, volume: VolumeDef) -> None:
        try:
            await self._volumes.look(volume)
        except OSError as error:
            why = f"Unable to open '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_NONE) from error


def _resized(pool: Pool, volume: VolumeDef, capacity: int, flags: int) -> int:
    """Return the capacity that a volume is to get. Raises for what it cannot get, in libvirt's order."""
    shrink = bool(flags & _RESIZE_SHRINK)
    if flags & _RESIZE_DELTA:
        capacity = max(volume.capacity - capacity, 0) if shrink else volume.capacity + capacity
    if capacity < volume.allocation:
        why = "invalid argument: can't shrink capacity below existing allocation"
        raise InvalidArgument(why, domain=FROM_STORAGE)
    if capacity < volume.capacity and not shrink:
        why = "invalid argument: Can't shrink capacity below current capacity unless shrink flag explicitly specified"
        raise InvalidArgument(why, domain=FROM_STORAGE)
    if capacity > MAX_SIZE_BYTES:
        raise InvalidArgument(f"invalid argument: {capacity} bytes are more than a file holds", domain=FROM_STORAGE)
    if flags & _RESIZE_ALLOCATE:
        if capacity - volume.capacity > pool.info.available:
            raise clash("Not enough space left in storage pool")
        if volume.format != "raw":
            why = "Operation not supported: preallocate is only supported for raw type volume"
            raise OperationUnsupported(why, domain=FROM_STORAGE)
    return capacity


def _check_part(offset: int, length: int) -> None:
    if offset + length > MAX_SIZE_BYTES:
        raise InvalidArgument(f"invalid argument: no file has a byte {offset + length}", domain=FROM_STORAGE)
