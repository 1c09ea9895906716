"""Pools of the qemu driver: of type dir, as libvirt's storage driver has them, below the allowed folders.

Definitions are in the driver's store; whether a pool runs is not, so that after a start of the daemon those run that
start with it. Changes of pools come one after another; a volume that is being made or changed keeps its pool as it is.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar
from uuid import uuid4

from virtrpcd.drivers.qemu.files import FilePool
from virtrpcd.drivers.qemu.storage_pool import Pool, invalid_now
from virtrpcd.drivers.qemu.storage_queries import StorageQueries, no_pool, only
from virtrpcd.drivers.qemu.volume_scan import permissions_of, scan_folder
from virtrpcd.drivers.qemu.volumes import VolumeFiles
from virtrpcd.errors import (
    FROM_NONE,
    FROM_STORAGE,
    ConfigUnsupported,
    OperationFailed,
    OperationInvalid,
    SystemCallFailed,
    VirtError,
)
from virtrpcd.events import EventBus
from virtrpcd.jobs import JobLock
from virtrpcd.model_storage import PoolLifecycle, PoolLifecycleEvent, PoolRef, PoolRefreshEvent
from virtrpcd.paths import PathRules
from virtrpcd.storage_def import PoolDef
from virtrpcd.storagexml import check_pool, parse_pool
from virtrpcd.storagexml_values import format_uuid
from virtrpcd.store import Definition, Store

log = logging.getLogger(__name__)

MAX_POOLS: Final = 16384
"""No more than a list of pools can hold on any wire."""
JOB_WAIT_S: Final = 30.0

_VALIDATE: Final = 0x1
_BUILD: Final = 0x1
_OVERWRITE: Final = 0x2 | 0x4
_BUILD_FORMATS: Final = 0x4 | 0x8
_POOL_MODE: Final = 0o711
_T = TypeVar("_T")
Keep = Callable[[Callable[[Store], None]], Awaitable[None]]
"""Lets the driver's store do something, in the thread that may; it is on disk when that returns."""


class StoragePools(StorageQueries):
    """The part that changes pools; their events go to `bus`."""

    def __init__(self, bus: EventBus, paths: PathRules, keep: Keep) -> None:
        super().__init__(paths)
        self._bus = bus
        self._keep = keep
        self._files = FilePool()
        self._volumes = VolumeFiles(paths, self._files)
        self._lock = JobLock("storage pools", wait_s=JOB_WAIT_S, error_domain=FROM_STORAGE)
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- life ---------------------------------------------------------------------------------------------------------

    async def start(self, kept: list[Definition]) -> None:
        """Take up what was kept, and start the pools that start with the daemon."""
        for row in kept:
            try:
                definition = parse_pool(row.xml)
            except VirtError as error:
                log.error("the definition of storage pool %.100r is damaged: %s", row.name, error.message)
                continue
            pool = self._add(definition, row.uuid)
            pool.config, pool.autostart = definition, row.autostart
        for pool in list(self._by_uuid.values()):
            if pool.autostart:
                try:
                    await self.start_pool(pool.ref, 0)
                except VirtError as error:
                    log.error("storage pool %.100r could not be started: %s", pool.ref.name, error.message)

    async def stop(self) -> None:
        """Wait for what is under way."""
        if self._tasks:
            await asyncio.wait(set(self._tasks))
        await asyncio.to_thread(self._files.stop)

    # -- pools --------------------------------------------------------------------------------------------------------

    async def define_pool(self, xml: str, flags: int) -> PoolRef:
        only(flags, _VALIDATE, "storagePoolDefineXML")
        if flags & _VALIDATE:
            check_pool(xml)
        return await self._whole(self._define(self._read(xml)))

    async def _define(self, definition: PoolDef) -> PoolRef:
        async with self._lock.hold("define"):
            pool = self._match(definition) or self._new(definition)
            definition.uuid = pool.ref.uuid
            await self._keep(lambda store: store.put_pool(pool.row(definition, autostart=pool.autostart)))
            pool.config = definition
            if not pool.active:
                pool.definition = definition
            self._by_uuid[pool.ref.uuid] = self._by_name[pool.ref.name] = pool
            self._tell(pool, PoolLifecycle.DEFINED)
            return pool.ref

    async def create_pool(self, xml: str, flags: int) -> PoolRef:
        only(flags, _BUILD | _OVERWRITE, "storagePoolCreateXML")
        return await self._whole(self._create(self._read(xml), flags))

    async def _create(self, definition: PoolDef, flags: int) -> PoolRef:
        async with self._lock.hold("create"):
            pool = self._match(definition) or self._new(definition)
            if pool.active:
                raise invalid_now(f"pool is already active as '{pool.ref.name}'")
            definition.uuid = pool.ref.uuid
            before, pool.definition = pool.definition, definition
            try:
                await self._start(pool, flags)
            except BaseException:
                pool.definition = before
                raise
            self._by_uuid[pool.ref.uuid] = self._by_name[pool.ref.name] = pool
            self._tell(pool, PoolLifecycle.STARTED)
            return pool.ref

    async def start_pool(self, pool: PoolRef, flags: int) -> None:
        only(flags, _BUILD | _OVERWRITE, "storagePoolCreate")
        await self._whole(self._start_defined(pool, flags))

    async def _start_defined(self, ref: PoolRef, flags: int) -> None:
        async with self._changing(ref, "start") as pool:
            pool.need_off("already")
            await self._start(pool, flags)
            self._tell(pool, PoolLifecycle.STARTED)

    async def _start(self, pool: Pool, flags: int) -> None:
        if flags & _OVERWRITE:
            raise _nothing_to_format(pool)
        if flags & _BUILD:
            await self._build(pool)
        await self._scan(pool)
        pool.active = True

    async def build_pool(self, pool: PoolRef, flags: int) -> None:
        only(flags, _BUILD_FORMATS, "virStorageBackendFileSystemBuild")
        await self._whole(self._build_defined(pool, flags))

    async def _build_defined(self, ref: PoolRef, flags: int) -> None:
        async with self._changing(ref, "build") as pool:
            pool.need_off("already")
            if flags & _BUILD_FORMATS:
                raise _nothing_to_format(pool)
            await self._build(pool)
            self._tell(pool, PoolLifecycle.CREATED)

    async def _build(self, pool: Pool) -> None:
        wanted = pool.definition.permissions
        mode = _POOL_MODE if wanted.mode is None else wanted.mode
        owner = -1 if wanted.owner is None else wanted.owner
        group = -1 if wanted.group is None else wanted.group
        try:
            await self._files.run(self._paths.make_folder, pool.target, "storage pool", mode, owner, group)
        except OSError as error:
            why = f"cannot create path '{pool.target}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_NONE) from error

    async def stop_pool(self, pool: PoolRef) -> None:
        await self._whole(self._stop(pool))

    async def _stop(self, ref: PoolRef) -> None:
        async with self._changing(ref, "stop") as pool:
            pool.need_active()
            pool.need_idle()
            pool.end()
            if pool.config is None:
                self._forget(pool)
            self._tell(pool, PoolLifecycle.STOPPED)

    async def delete_pool(self, pool: PoolRef, flags: int) -> None:
        only(flags, 0, "virStorageBackendDeleteLocal")
        await self._whole(self._delete(pool))

    async def _delete(self, ref: PoolRef) -> None:
        async with self._changing(ref, "delete") as pool:
            pool.need_off("still")
            try:
                await self._files.run(self._paths.remove_folder, pool.target, "storage pool")
            except OSError as error:
                why = f"failed to remove pool '{pool.target}': {error.strerror}"
                raise SystemCallFailed(why, domain=FROM_STORAGE) from error
            self._tell(pool, PoolLifecycle.DELETED)

    async def undefine_pool(self, pool: PoolRef) -> None:
        await self._whole(self._undefine(pool))

    async def _undefine(self, ref: PoolRef) -> None:
        async with self._changing(ref, "undefine") as pool:
            pool.need_off("still")
            await self._keep(lambda store: store.remove_pool(pool.ref.uuid))
            self._forget(pool)
            self._tell(pool, PoolLifecycle.UNDEFINED)

    async def refresh_pool(self, pool: PoolRef, flags: int) -> None:
        only(flags, 0, "storagePoolRefresh")
        await self._whole(self._refresh(pool))

    async def _refresh(self, ref: PoolRef) -> None:
        async with self._changing(ref, "refresh") as pool:
            pool.need_active()
            pool.need_idle()
            try:
                await self._scan(pool)
            except VirtError:
                # its folder is gone: libvirt, too, stops such a pool
                pool.end()
                if pool.config is None:
                    self._forget(pool)
                self._tell(pool, PoolLifecycle.STOPPED)
                raise
            self._bus.publish(PoolRefreshEvent(pool.ref))

    async def set_pool_autostart(self, pool: PoolRef, autostart: bool) -> None:
        await self._whole(self._set_autostart(pool, autostart))

    async def _set_autostart(self, ref: PoolRef, autostart: bool) -> None:
        async with self._changing(ref, "set autostart of") as pool:
            config = pool.config
            if config is None:
                raise VirtError("internal error: pool has no config file", domain=FROM_STORAGE)
            await self._keep(lambda store: store.put_pool(pool.row(config, autostart=autostart)))
            pool.autostart = autostart

    async def _scan(self, pool: Pool) -> None:
        """Look for a pool's volumes and who may use its folder. What was known stays when that fails."""
        try:
            pool.volumes = await self._files.run(scan_folder, self._paths, pool.target)
            pool.definition.permissions = permissions_of(await self._files.run(os.stat, pool.target))
        except OSError as error:
            why = f"cannot open directory '{pool.target}': {error.strerror}"
            raise SystemCallFailed(why, domain=FROM_NONE) from error

    # -- how it is done -----------------------------------------------------------------------------------------------

    def _read(self, xml: str) -> PoolDef:
        """Return the pool that XML describes, of a type that this driver has, in a folder that it may use."""
        definition = parse_pool(xml)
        if definition.type != "dir":
            why = (
                f"unsupported configuration: storage pools of type '{definition.type}' are not supported by this driver"
            )
            raise ConfigUnsupported(why, domain=FROM_STORAGE)
        self._paths.check_folder(definition.target or "", "storage pool")
        return definition

    def _match(self, definition: PoolDef) -> Pool | None:
        """Return the pool of a definition, None for a new one. Raises OperationFailed for a clash with another."""
        by_uuid = self._by_uuid.get(definition.uuid or b"")
        by_name = self._by_name.get(definition.name)
        if by_uuid is not None and by_uuid.ref.name != definition.name:
            shown = format_uuid(by_uuid.ref.uuid)
            raise clash(f"pool '{by_uuid.ref.name}' is already defined with uuid {shown}")
        if by_name is not None and by_uuid is None:
            raise clash(f"pool '{by_name.ref.name}' already exists with uuid {format_uuid(by_name.ref.uuid)}")
        for other in self._by_uuid.values():
            if other is not by_uuid and other.target == definition.target:
                raise clash(f"Storage source conflict with pool: '{other.ref.name}'")
        return by_uuid

    def _new(self, definition: PoolDef) -> Pool:
        """Return a pool that is not yet among the others."""
        if len(self._by_uuid) >= MAX_POOLS:
            raise clash(f"there are {MAX_POOLS} storage pools already")
        return Pool(definition, PoolRef(definition.name, definition.uuid or uuid4().bytes))

    def _add(self, definition: PoolDef, uuid: bytes) -> Pool:
        pool = Pool(definition, PoolRef(definition.name, uuid))
        self._by_uuid[uuid] = self._by_name[definition.name] = pool
        return pool

    def _forget(self, pool: Pool) -> None:
        del self._by_uuid[pool.ref.uuid]
        del self._by_name[pool.ref.name]

    @asynccontextmanager
    async def _changing(self, ref: PoolRef, job: str) -> AsyncIterator[Pool]:
        """Keep others from changing any pool in the body."""
        async with self._lock.hold(job):
            yield self._find(ref)

    @asynccontextmanager
    async def _working(self, pool: Pool, name: str) -> AsyncIterator[None]:
        """Keep others from changing a volume, and its pool from stopping, in the body."""
        async with self._lock.hold("change a volume of"):
            if self._by_uuid.get(pool.ref.uuid) is not pool:
                raise no_pool(f"uuid '{format_uuid(pool.ref.uuid)}' ({pool.ref.name})")
            pool.need_active()
            if name in pool.busy:
                raise invalid_now(f"volume '{name}' is still in use.")
            pool.busy.add(name)
        try:
            yield
        finally:
            pool.busy.discard(name)

    def _tell(self, pool: Pool, event: PoolLifecycle) -> None:
        self._bus.publish(PoolLifecycleEvent(pool.ref, int(event)))

    async def _whole(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run a change to its end, also when who asked for it goes away meanwhile."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)


def _nothing_to_format(pool: Pool) -> OperationInvalid:
    return invalid_now(f"No source device specified when formatting pool '{pool.ref.name}'")


def clash(why: str) -> OperationFailed:
    """Return the error for what clashes with what there is."""
    return OperationFailed(f"operation failed: {why}", domain=FROM_STORAGE)
