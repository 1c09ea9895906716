"""Making, changing and removing the volumes of a pool.

What is made is a raw file or a qcow2 image, and stands alone: an image that names another file is refused, as machines
may not have one either. A volume that is not whole is removed. Nothing is refused because a machine uses a volume:
QEMU's own locks do that, as with libvirt.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from virtrpcd.drivers.qemu import qcow2, qemu_img
from virtrpcd.drivers.qemu.files import FilePool, OpenFile
from virtrpcd.drivers.qemu.volume_scan import look_again, may_be_named, scan_volume
from virtrpcd.drivers.qemu.volume_streams import overwrite
from virtrpcd.errors import (
    FROM_NONE,
    FROM_STORAGE,
    ConfigUnsupported,
    InvalidArgument,
    OperationInvalid,
    SystemCallFailed,
)
from virtrpcd.paths import PathRules
from virtrpcd.storage_def import VolumeDef

_PREALLOCATE: Final = 1
_REFLINK: Final = 2
_MODE: Final = 0o600
_ALLOCATE_BYTES: Final = 1 << 30
"""Room that is taken on disk at a time, so that a cancelled call ends soon."""
_COPY_BYTES: Final = 1 << 20
_RAW: Final = ("raw", "iso")
"""Formats whose content is what the guest sees."""
_MADE: Final = ("raw", "qcow2")


class VolumeFiles:
    """The files of volumes, below the folders of `paths`; blocking work is done in `pool`."""

    def __init__(self, paths: PathRules, pool: FilePool) -> None:
        self._paths = paths
        self._pool = pool

    def open(self, volume: VolumeDef, flags: int) -> OpenFile:
        """Return the open file of a volume. Raises VirtError for what is none, or is not there."""
        return OpenFile(self._paths.open(volume.path, "volume", flags))

    async def look(self, volume: VolumeDef) -> None:
        """Bring a volume's sizes up to date, its format stays. Raises OSError and VirtError."""
        await self._pool.run(look_again, self._paths, volume)

    async def scan(self, path: str) -> VolumeDef:
        """Return the volume at a path as it is now. Raises OSError and VirtError."""
        return await self._pool.run(scan_volume, self._paths, path)

    # -- making -------------------------------------------------------------------------------------------------------

    async def make(self, target: str, volume: VolumeDef, flags: int) -> None:
        """Make a volume's file in folder `target`, and say in `volume` where it is and how large."""
        check_new(volume)
        preallocate = bool(flags & _PREALLOCATE)
        if preallocate and volume.format == "raw":
            raise _unsupported("metadata preallocation is not supported for raw volumes")
        async with self._new_file(target, volume) as file:
            if volume.format == "qcow2":
                options = _options(volume, preallocate=preallocate)
                await qemu_img.create(file, volume.path, volume.capacity, options)
            else:
                await self._extend(file, volume, volume.capacity)
                await self._allocate(file, volume, min(volume.allocation, volume.capacity))

    async def copy(self, target: str, volume: VolumeDef, source: VolumeDef, flags: int) -> None:
        """Make a volume's file with what is in another one."""
        check_new(volume)
        source_format = "raw" if source.format in _RAW else source.format or ""
        if source.type != "file" or source_format not in _MADE:
            raise _unsupported(f"volumes of format '{source.format}' cannot be copied by this driver")
        origin = self.open(source, os.O_RDONLY)
        try:
            if source_format == "qcow2":
                qcow2.check_alone(origin.fileno(), source.path)
            volume.capacity = max(volume.capacity, source.capacity)
            async with self._new_file(target, volume) as file:
                if volume.format == "qcow2":
                    options = _options(volume, preallocate=bool(flags & _PREALLOCATE))
                    await qemu_img.convert(origin, source_format, file, volume.path, options)
                elif source_format == "qcow2":
                    await qemu_img.convert(origin, source_format, file, volume.path, None)
                else:
                    await self._copy_raw(origin, source, file, volume, reflink=bool(flags & _REFLINK))
        finally:
            self._pool.let_go(origin)

    async def _copy_raw(
        self, origin: OpenFile, source: VolumeDef, file: OpenFile, volume: VolumeDef, *, reflink: bool
    ) -> None:
        if reflink:
            await self._clone_extents(origin, source, file)
        else:
            await self._copy_data(origin, file)
        await self._extend(file, volume, volume.capacity)

    async def _clone_extents(self, origin: OpenFile, source: VolumeDef, file: OpenFile) -> None:
        try:
            await self._pool.run(file.clone_from, origin)
        except OSError as error:
            why = f"failed to clone files from '{source.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_STORAGE) from error

    async def _copy_data(self, origin: OpenFile, file: OpenFile) -> None:
        """Copy what is no hole and not zero."""
        at, end = 0, await self._pool.run(lambda: origin.size)
        zeros = bytes(_COPY_BYTES)
        while at < end:
            is_data, until = await self._pool.run(origin.extent, at, end)
            while is_data and at < until:
                chunk = await self._pool.run(origin.read, min(_COPY_BYTES, until - at), at)
                if not chunk:
                    return
                if chunk != zeros[: len(chunk)]:
                    await self._pool.run(file.write, chunk, at)
                at += len(chunk)
            at = max(at, until)

    @asynccontextmanager
    async def _new_file(self, target: str, volume: VolumeDef) -> AsyncIterator[OpenFile]:
        """Make an empty file for a volume; it is removed again when the body fails, else described in `volume`."""
        volume.path = volume.key = f"{target}/{volume.name}"
        file = await self._pool.run(self._create, target, volume)
        try:
            yield file
            await self._pool.run(_set_permissions, file, volume)
            await self._pool.run(file.sync)
            await self.look(volume)
        except BaseException:
            await asyncio.shield(self._pool.run(self._unlink, target, volume))
            raise
        finally:
            self._pool.let_go(file)

    def _create(self, target: str, volume: VolumeDef) -> OpenFile:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            folder = self._paths.open_folder(target, "storage pool")
            try:
                return OpenFile(os.open(volume.name, flags, _MODE, dir_fd=folder))
            finally:
                os.close(folder)
        except FileExistsError as error:
            why = f"Requested operation is not valid: volume target path '{volume.path}' already exists"
            raise OperationInvalid(why, domain=FROM_STORAGE) from error
        except OSError as error:
            why = f"Failed to create file '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_STORAGE) from error

    async def _extend(self, file: OpenFile, volume: VolumeDef, capacity: int) -> None:
        try:
            await self._pool.run(file.truncate, capacity)
        except OSError as error:
            why = f"cannot extend file '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_STORAGE) from error

    async def _allocate(self, file: OpenFile, volume: VolumeDef, length: int) -> None:
        try:
            for at in range(0, length, _ALLOCATE_BYTES):
                await self._pool.run(file.allocate, at, min(_ALLOCATE_BYTES, length - at))
        except OSError as error:
            why = f"cannot allocate {length} bytes in file '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_STORAGE) from error

    # -- changing -----------------------------------------------------------------------------------------------------

    async def resize(self, volume: VolumeDef, capacity: int, *, allocate: bool, shrink: bool) -> None:
        """Change what a volume holds."""
        file = self.open(volume, os.O_RDWR)
        try:
            if volume.format in _RAW:
                await self._truncate(file, volume, capacity)
                if allocate:
                    await self._allocate(file, volume, capacity)
            elif volume.format == "qcow2":
                qcow2.check_alone(file.fileno(), volume.path)
                await qemu_img.resize(file, volume.path, capacity, shrink=shrink)
            else:
                raise _unsupported(f"volumes of format '{volume.format}' cannot be resized by this driver")
        finally:
            self._pool.let_go(file)
        await self.look(volume)

    async def _truncate(self, file: OpenFile, volume: VolumeDef, capacity: int) -> None:
        try:
            await self._pool.run(file.truncate, capacity)
        except OSError as error:
            why = f"Failed to truncate file '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_NONE) from error

    async def wipe(self, volume: VolumeDef) -> None:
        """Overwrite the whole file with zeros; one with holes is emptied and made as long as it was."""
        file = self.open(volume, os.O_RDWR)
        try:
            await self.look(volume)
            if volume.allocation < volume.physical:
                await self._pool.run(file.truncate, 0)
                await self._pool.run(file.truncate, volume.physical)
            else:
                await overwrite(self._pool, file, 0, volume.physical)
            await self._pool.run(file.sync)
        except OSError as error:
            why = f"Failed to wipe storage volume with path '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_STORAGE) from error
        finally:
            self._pool.let_go(file)

    async def remove(self, target: str, volume: VolumeDef) -> None:
        """Remove a volume's file or empty folder; one that is gone already is no error."""
        try:
            await self._pool.run(self._unlink, target, volume)
        except OSError as error:
            what = "remove directory" if volume.type == "dir" else "unlink file"
            why = f"cannot {what} '{volume.path}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_STORAGE) from error

    def _unlink(self, target: str, volume: VolumeDef) -> None:
        folder = self._paths.open_folder(target, "storage pool")
        try:
            if volume.type == "dir":
                os.rmdir(volume.name, dir_fd=folder)
            else:
                os.unlink(volume.name, dir_fd=folder)
        except FileNotFoundError:
            return
        finally:
            os.close(folder)


def check_new(volume: VolumeDef) -> None:
    """Raise ConfigUnsupported or another VirtError for a volume that cannot be made here."""
    if "/" in volume.name:
        why = f"Requested operation is not valid: volume name '{volume.name}' cannot contain '/'"
        raise OperationInvalid(why, domain=FROM_STORAGE)
    if not may_be_named(volume.name):
        raise InvalidArgument(f"invalid argument: a volume cannot be called {volume.name!r}", domain=FROM_STORAGE)
    if volume.format not in _MADE:
        raise _unsupported(f"volumes of format '{volume.format}' cannot be made by this driver")
    if volume.backing is not None:
        raise _unsupported("volumes with a backing file are not supported by this driver")
    if volume.encryption is not None:
        raise _unsupported("encrypted volumes are not supported by this driver")
    volume.type = "file"


def _options(volume: VolumeDef, *, preallocate: bool) -> list[str]:
    """Return what qemu-img is to do otherwise than by default; libvirt, too, asks for the older format unless told."""
    options = [f"compat={volume.compat or '0.10'}"]
    if volume.cluster_size:
        options.append(f"cluster_size={volume.cluster_size}")
    options += [f"{feature}=on" for feature in volume.features or ()]
    if preallocate:
        whole = volume.allocation >= volume.capacity
        options.append("preallocation=falloc" if whole else "preallocation=metadata")
    return options


def _set_permissions(file: OpenFile, volume: VolumeDef) -> None:
    wanted = volume.permissions
    try:
        file.set_permissions(wanted.mode, wanted.owner, wanted.group)
    except OSError as error:
        why = f"cannot set permissions of '{volume.path}': {error.strerror}"
        raise SystemCallFailed(why, domain=FROM_STORAGE) from error


def _unsupported(why: str) -> ConfigUnsupported:
    return ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_STORAGE)
