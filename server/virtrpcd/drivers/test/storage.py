"""Storage of the test driver: pools and volumes that exist in memory only, as libvirt's test driver has them.

It begins with one running pool called "default-pool". Where libvirt's own arithmetic would fall below zero (a volume is
removed after its pool was defined anew, which sets the pool's allocation to 0) the allocation stays 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from virtrpcd.drivers.storage import ALL_POOL_FILTERS, Storage, pool_passes
from virtrpcd.drivers.test.storage_pool import CAPACITY_BYTES, Pool, conflict, no_volume
from virtrpcd.errors import (
    FROM_STORAGE,
    FROM_TEST,
    InvalidArgument,
    NoStoragePool,
    NotSupported,
    OperationFailed,
    OperationInvalid,
    VirtError,
)
from virtrpcd.events import EventBus
from virtrpcd.model_storage import (
    PoolInfo,
    PoolLifecycle,
    PoolLifecycleEvent,
    PoolRef,
    PoolRefreshEvent,
    VolumeInfo,
    VolumeRef,
)
from virtrpcd.storage_def import PoolDef, PoolSource, SourceDevice, SourceHost, VolumeDef
from virtrpcd.storagexml import (
    check_pool,
    check_volume,
    format_pool,
    format_sources,
    format_volume,
    parse_pool,
    parse_source,
    parse_volume,
)
from virtrpcd.storagexml_values import format_uuid

MAX_POOLS: Final = 16384
"""No more than a list of pools can hold on any wire."""
MAX_VOLUMES: Final = 16384
"""No more in one pool than a list of volumes can hold on any wire."""

_DEFAULT_NAME: Final = "default-pool"
_DEFAULT_UUID: Final = bytes.fromhex("dfe224cb28fb8dd0c4b264eb3f0f4566")
_DEFAULT_TARGET: Final = "/default-pool"

_DEFINE_VALIDATE: Final = 0x1
_CREATE_VOLUME_VALIDATE: Final = 0x4


def _only(flags: int, known: int, function: str) -> None:
    """Refuse the flags that libvirt's function of that name does not know."""
    if flags & ~known:
        raise InvalidArgument(f"unsupported flags ({flags & ~known:#x}) in function {function}", domain=FROM_TEST)


class TestStorage(Storage):
    """The pools of a test driver; their events go to `bus`."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._by_uuid: dict[bytes, Pool] = {}
        self._by_name: dict[str, Pool] = {}
        first = self._add(PoolDef("dir", _DEFAULT_NAME, _DEFAULT_UUID, target=_DEFAULT_TARGET))
        first.active = first.persistent = True

    # -- which pools there are ------------------------------------------------------------------------------------

    def pool_names(self, active: bool) -> list[str]:
        return [pool.ref.name for pool in self._by_uuid.values() if pool.active == active]

    def pool_count(self, active: bool) -> int:
        return sum(pool.active == active for pool in self._by_uuid.values())

    def pools(self, flags: int) -> list[PoolRef]:
        _only(flags, ALL_POOL_FILTERS, "testConnectListAllStoragePools")
        return [pool.ref for pool in self._by_uuid.values() if _passes(pool, flags)]

    def pool_by_name(self, name: str) -> PoolRef:
        return self._named(name).ref

    def pool_by_uuid(self, uuid: bytes) -> PoolRef:
        return self._with_uuid(uuid).ref

    def pool_by_volume(self, volume: VolumeRef) -> PoolRef:
        return self._named(volume.pool).ref

    def find_sources(self, kind: str, spec: str | None, flags: int) -> str:
        _only(flags, 0, "testConnectFindStoragePoolSources")
        if kind == "dir":
            raise VirtError(f"internal error: unknown storage pool type {kind}", domain=FROM_TEST)
        source = None if spec is None else parse_source(spec, kind)
        if kind == "logical":
            return format_sources(kind, _VOLUME_GROUPS)
        if kind != "netfs":
            raise NotSupported(f"pool type '{kind}' does not support source discovery", domain=FROM_TEST)
        if source is None or not source.hosts:
            raise InvalidArgument("invalid argument: hostname must be specified for netfs sources", domain=FROM_TEST)
        share = PoolSource([SourceHost(source.hosts[0].name)], dir="/testshare", format="nfs")
        return format_sources(kind, [share])

    # -- one pool -------------------------------------------------------------------------------------------------

    def pool_info(self, pool: PoolRef) -> PoolInfo:
        return self._find(pool).info

    def pool_xml(self, pool: PoolRef, flags: int) -> str:
        _only(flags, 0, "testStoragePoolGetXMLDesc")
        found = self._find(pool)
        return format_pool(found.definition, found.info)

    def pool_autostart(self, pool: PoolRef) -> bool:
        found = self._find(pool)
        return found.persistent and found.autostart

    def pool_is_active(self, pool: PoolRef) -> bool:
        return self._with_uuid(pool.uuid).active

    def pool_is_persistent(self, pool: PoolRef) -> bool:
        return self._with_uuid(pool.uuid).persistent

    async def define_pool(self, xml: str, flags: int) -> PoolRef:
        _only(flags, _DEFINE_VALIDATE, "testStoragePoolDefineXML")
        if flags & _DEFINE_VALIDATE:
            check_pool(xml)
        pool = self._take(parse_pool(xml))
        pool.persistent = True
        pool.allocation = 0
        self._tell(pool, PoolLifecycle.DEFINED)
        return pool.ref

    async def create_pool(self, xml: str, flags: int) -> PoolRef:
        _only(flags, 0, "testStoragePoolCreateXML")
        pool = self._take(parse_pool(xml), off=True)
        pool.persistent = False
        pool.allocation = 0
        pool.active = True
        self._tell(pool, PoolLifecycle.STARTED)
        return pool.ref

    async def start_pool(self, pool: PoolRef, flags: int) -> None:
        _only(flags, 0, "testStoragePoolCreate")
        found = self._find(pool, active=False)
        found.active = True
        self._tell(found, PoolLifecycle.STARTED)

    async def build_pool(self, pool: PoolRef, flags: int) -> None:
        _only(flags, 0, "testStoragePoolBuild")
        self._tell(self._find(pool, active=False), PoolLifecycle.CREATED)

    async def stop_pool(self, pool: PoolRef) -> None:
        found = self._find(pool, active=True)
        found.active = False
        if not found.persistent:
            self._forget(found)
        self._tell(found, PoolLifecycle.STOPPED)

    async def delete_pool(self, pool: PoolRef, flags: int) -> None:
        _only(flags, 0, "testStoragePoolDelete")
        self._tell(self._find(pool, active=False), PoolLifecycle.DELETED)

    async def undefine_pool(self, pool: PoolRef) -> None:
        found = self._find(pool, active=False)
        self._forget(found)
        self._tell(found, PoolLifecycle.UNDEFINED)

    async def refresh_pool(self, pool: PoolRef, flags: int) -> None:
        _only(flags, 0, "testStoragePoolRefresh")
        self._bus.publish(PoolRefreshEvent(self._find(pool, active=True).ref))

    async def set_pool_autostart(self, pool: PoolRef, autostart: bool) -> None:
        found = self._find(pool)
        if not found.persistent:
            raise InvalidArgument("invalid argument: pool has no config file", domain=FROM_TEST)
        found.autostart = autostart

    # -- volumes --------------------------------------------------------------------------------------------------

    def volume_names(self, pool: PoolRef) -> list[str]:
        return list(self._find(pool, active=True).volumes)

    def volume_count(self, pool: PoolRef) -> int:
        return len(self._find(pool, active=True).volumes)

    def volumes(self, pool: PoolRef, flags: int) -> list[VolumeRef]:
        _only(flags, 0, "testStoragePoolListAllVolumes")
        found = self._with_uuid(pool.uuid)
        if not found.active:
            raise OperationInvalid("Requested operation is not valid: storage pool is not active", domain=FROM_TEST)
        return [found.named(volume) for volume in found.volumes.values()]

    def volume_by_name(self, pool: PoolRef, name: str) -> VolumeRef:
        found = self._find(pool, active=True)
        return found.named(found.volume(name))

    def volume_by_key(self, key: str) -> VolumeRef:
        return self._search("key", key, lambda volume: volume.key == key)

    def volume_by_path(self, path: str) -> VolumeRef:
        return self._search("path", path, lambda volume: volume.path == path)

    def volume_info(self, volume: VolumeRef) -> VolumeInfo:
        pool, found = self._volume(volume)
        return pool.volume_info(found)

    def volume_xml(self, volume: VolumeRef, flags: int) -> str:
        _only(flags, 0, "testStorageVolGetXMLDesc")
        pool, found = self._volume(volume)
        return format_volume(found, pool.definition.type)

    def volume_path(self, volume: VolumeRef) -> str:
        return self._volume(volume)[1].path

    async def create_volume(self, pool: PoolRef, xml: str, flags: int) -> VolumeRef:
        _only(flags, _CREATE_VOLUME_VALIDATE, "testStorageVolCreateXML")
        found = self._find(pool, active=True)
        if flags & _CREATE_VOLUME_VALIDATE:
            check_volume(xml)
        return _add_volume(found, _new_volume(found, xml))

    async def clone_volume(self, pool: PoolRef, xml: str, source: VolumeRef, flags: int) -> VolumeRef:
        _only(flags, 0, "testStorageVolCreateXMLFrom")
        found = self._find(pool, active=True)
        definition = _new_volume(found, xml)
        found.volume(source.name)
        return _add_volume(found, definition)

    async def delete_volume(self, volume: VolumeRef, flags: int) -> None:
        _only(flags, 0, "testStorageVolDelete")
        pool, found = self._volume(volume)
        pool.allocation = max(pool.allocation - found.allocation, 0)
        del pool.volumes[found.name]

    # -- how it is done -------------------------------------------------------------------------------------------

    def _find(self, ref: PoolRef, *, active: bool | None = None) -> Pool:
        """Return a pool; it must run, or must not, unless `active` is None."""
        found = self._by_uuid.get(ref.uuid)
        if found is None:
            raise _no_pool("name", ref.name)
        if active is not None:
            found.need(active)
        return found

    def _named(self, name: str) -> Pool:
        found = self._by_name.get(name)
        if found is None:
            raise _no_pool("name", name)
        return found

    def _with_uuid(self, uuid: bytes) -> Pool:
        found = self._by_uuid.get(uuid)
        if found is None:
            raise _no_pool("uuid", format_uuid(uuid))
        return found

    def _volume(self, ref: VolumeRef) -> tuple[Pool, VolumeDef]:
        pool = self._named(ref.pool)
        pool.need(True)
        return pool, pool.volume(ref.name)

    def _search(self, what: str, value: str, wanted: Callable[[VolumeDef], bool]) -> VolumeRef:
        for pool in self._by_uuid.values():
            if pool.active:
                for volume in pool.volumes.values():
                    if wanted(volume):
                        return pool.named(volume)
        raise no_volume(what, value)

    def _take(self, definition: PoolDef, *, off: bool = False) -> Pool:
        """Return the pool of a definition, a new one or the one that has it; with `off` that one must not run.

        A pool that runs goes on with the definition that it was started with.
        """
        for other in self._by_uuid.values():
            if other.ref.name != definition.name and conflict(other.definition, definition):
                raise _clash(f"Storage source conflict with pool: '{other.ref.name}'")
        number = definition.uuid or uuid4().bytes
        found = self._by_uuid.get(number)
        if found is None:
            same_name = self._by_name.get(definition.name)
            if same_name is not None:
                shown = format_uuid(same_name.ref.uuid)
                raise _clash(f"pool '{definition.name}' already exists with uuid {shown}")
            definition.uuid = number
            return self._add(definition)
        if found.ref.name != definition.name:
            raise _clash(f"pool '{found.ref.name}' is already defined with uuid {format_uuid(number)}")
        if off and found.active:
            why = f"Requested operation is not valid: pool is already active as '{found.ref.name}'"
            raise OperationInvalid(why, domain=FROM_STORAGE)
        if not found.active:
            found.definition = definition
        return found

    def _add(self, definition: PoolDef) -> Pool:
        if len(self._by_uuid) >= MAX_POOLS:
            raise _clash(f"there are {MAX_POOLS} storage pools already")
        pool = Pool(definition, PoolRef(definition.name, definition.uuid or b""))
        self._by_uuid[pool.ref.uuid] = pool
        self._by_name[pool.ref.name] = pool
        return pool

    def _forget(self, pool: Pool) -> None:
        del self._by_uuid[pool.ref.uuid]
        del self._by_name[pool.ref.name]

    def _tell(self, pool: Pool, event: PoolLifecycle) -> None:
        self._bus.publish(PoolLifecycleEvent(pool.ref, int(event)))


_VOLUME_GROUPS: Final = [
    PoolSource(devices=[SourceDevice("/dev/sda20")], name="testvg1", format="lvm2"),
    PoolSource(devices=[SourceDevice("/dev/sda21")], name="testvg2", format="lvm2"),
]


def _clash(why: str) -> OperationFailed:
    return OperationFailed(f"operation failed: {why}", domain=FROM_STORAGE)


def _no_pool(what: str, value: str) -> NoStoragePool:
    return NoStoragePool(f"Storage pool not found: no storage pool with matching {what} '{value}'", domain=FROM_TEST)


def _passes(pool: Pool, flags: int) -> bool:
    return pool_passes(
        flags, pool.definition.type, active=pool.active, persistent=pool.persistent, autostart=pool.autostart
    )


def _new_volume(pool: Pool, xml: str) -> VolumeDef:
    """Return a volume for a pool that does not have one of that name."""
    definition = parse_volume(xml, pool.definition.type)
    if definition.name in pool.volumes:
        raise OperationFailed("operation failed: storage vol already exists", domain=FROM_TEST)
    return definition


def _add_volume(pool: Pool, definition: VolumeDef) -> VolumeRef:
    """Keep a volume if there is room for it; its path is that of the pool and its name, its key the same."""
    if pool.allocation + definition.allocation > CAPACITY_BYTES or len(pool.volumes) >= MAX_VOLUMES:
        why = f"internal error: Not enough free space in pool for volume '{definition.name}'"
        raise VirtError(why, domain=FROM_TEST)
    # pools without a target have no better path in libvirt either
    definition.path = definition.key = f"{pool.definition.target or '(null)'}/{definition.name}"
    pool.allocation += definition.allocation
    pool.volumes[definition.name] = definition
    return pool.named(definition)
