"""The contract of storage pools and volumes, a part of a driver: every call of it refuses, a driver that can overrides.

A pool is named by a PoolRef, of which the uuid decides: NoStoragePool when there is none. A volume is named by a
VolumeRef: NoStorageVolume when its pool has none of that name. Volumes can be seen in running pools only
(OperationInvalid otherwise). What changes something is `async def`, and its events are on the bus when it returns.
"""

from __future__ import annotations

from typing import Final, NoReturn

from virtrpcd.drivers.streams import Sink, Source
from virtrpcd.errors import FROM_STORAGE, NotSupported
from virtrpcd.model_storage import POOL_TYPE_BITS, PoolFilter, PoolInfo, PoolRef, VolumeInfo, VolumeRef

ALL_POOL_TYPES: Final = sum(POOL_TYPE_BITS.values())
ALL_POOL_FILTERS: Final = ALL_POOL_TYPES | sum(PoolFilter)


def pool_passes(flags: int, kind: str, *, active: bool, persistent: bool, autostart: bool) -> bool:
    """Return whether a pool passes a filter: bits of one group are alternatives, the groups must all hold."""
    for wanted, unwanted, holds in (
        (PoolFilter.ACTIVE, PoolFilter.INACTIVE, active),
        (PoolFilter.PERSISTENT, PoolFilter.TRANSIENT, persistent),
        (PoolFilter.AUTOSTART, PoolFilter.NO_AUTOSTART, autostart),
    ):
        if flags & (wanted | unwanted) and not flags & (wanted if holds else unwanted):
            return False
    return not flags & ALL_POOL_TYPES or bool(flags & POOL_TYPE_BITS[kind])


class Storage:
    """Storage of a driver that has none."""

    # -- which pools there are ------------------------------------------------------------------------------------

    def pool_names(self, active: bool) -> list[str]:
        """Return the names of the pools that run, or of those that do not."""
        self._unsupported("virConnectListStoragePools" if active else "virConnectListDefinedStoragePools")

    def pool_count(self, active: bool) -> int:
        """Return how many pools run, or do not."""
        self._unsupported("virConnectNumOfStoragePools" if active else "virConnectNumOfDefinedStoragePools")

    def pools(self, flags: int) -> list[PoolRef]:
        """Return the pools that pass a filter (PoolFilter and the bits of types), all for 0."""
        self._unsupported("virConnectListAllStoragePools")

    def pool_by_name(self, name: str) -> PoolRef:
        """Return the pool called `name`."""
        self._unsupported("virStoragePoolLookupByName")

    def pool_by_uuid(self, uuid: bytes) -> PoolRef:
        """Return the pool with that uuid."""
        self._unsupported("virStoragePoolLookupByUUID")

    def pool_by_volume(self, volume: VolumeRef) -> PoolRef:
        """Return the pool that a volume names as its own."""
        self._unsupported("virStoragePoolLookupByVolume")

    def pool_by_target_path(self, path: str) -> PoolRef:
        """Return the pool whose target is `path`."""
        self._unsupported("virStoragePoolLookupByTargetPath")

    def find_sources(self, kind: str, spec: str | None, flags: int) -> str:
        """Return <sources> XML: what pools of type `kind` could be made of, at the place that `spec` (XML) tells."""
        self._unsupported("virConnectFindStoragePoolSources")

    def pool_capabilities(self, flags: int) -> str:
        """Return the XML of what pools and volumes there can be."""
        self._unsupported("virConnectGetStoragePoolCapabilities")

    # -- one pool -------------------------------------------------------------------------------------------------

    def pool_info(self, pool: PoolRef) -> PoolInfo:
        """Return state and sizes."""
        self._unsupported("virStoragePoolGetInfo")

    def pool_xml(self, pool: PoolRef, flags: int) -> str:
        """Return the pool's XML."""
        self._unsupported("virStoragePoolGetXMLDesc")

    def pool_autostart(self, pool: PoolRef) -> bool:
        """Return whether the pool starts with the daemon; a transient one does not."""
        self._unsupported("virStoragePoolGetAutostart")

    def pool_is_active(self, pool: PoolRef) -> bool:
        """Return whether the pool runs."""
        self._unsupported("virStoragePoolIsActive")

    def pool_is_persistent(self, pool: PoolRef) -> bool:
        """Return whether a definition stays when the pool stops."""
        self._unsupported("virStoragePoolIsPersistent")

    async def define_pool(self, xml: str, flags: int) -> PoolRef:
        """Keep a definition; a clash in name, uuid or source with another pool is OperationFailed."""
        self._unsupported("virStoragePoolDefineXML")

    async def create_pool(self, xml: str, flags: int) -> PoolRef:
        """Start a pool from XML without keeping a definition: gone when it stops."""
        self._unsupported("virStoragePoolCreateXML")

    async def start_pool(self, pool: PoolRef, flags: int) -> None:
        """INACTIVE -> RUNNING."""
        self._unsupported("virStoragePoolCreate")

    async def build_pool(self, pool: PoolRef, flags: int) -> None:
        """Make what an INACTIVE pool stands on."""
        self._unsupported("virStoragePoolBuild")

    async def stop_pool(self, pool: PoolRef) -> None:
        """RUNNING -> INACTIVE; what is in it stays."""
        self._unsupported("virStoragePoolDestroy")

    async def delete_pool(self, pool: PoolRef, flags: int) -> None:
        """Remove what an INACTIVE pool stands on."""
        self._unsupported("virStoragePoolDelete")

    async def undefine_pool(self, pool: PoolRef) -> None:
        """Forget the definition of an INACTIVE pool."""
        self._unsupported("virStoragePoolUndefine")

    async def refresh_pool(self, pool: PoolRef, flags: int) -> None:
        """Look anew for the volumes of a RUNNING pool."""
        self._unsupported("virStoragePoolRefresh")

    async def set_pool_autostart(self, pool: PoolRef, autostart: bool) -> None:
        """Start the pool with the daemon, or not (InvalidArgument for a transient one)."""
        self._unsupported("virStoragePoolSetAutostart")

    # -- volumes --------------------------------------------------------------------------------------------------

    def volume_names(self, pool: PoolRef) -> list[str]:
        """Return the names of a pool's volumes."""
        self._unsupported("virStoragePoolListVolumes")

    def volume_count(self, pool: PoolRef) -> int:
        """Return how many volumes a pool has."""
        self._unsupported("virStoragePoolNumOfVolumes")

    def volumes(self, pool: PoolRef, flags: int) -> list[VolumeRef]:
        """Return a pool's volumes."""
        self._unsupported("virStoragePoolListAllVolumes")

    def volume_by_name(self, pool: PoolRef, name: str) -> VolumeRef:
        """Return the volume of a pool called `name`."""
        self._unsupported("virStorageVolLookupByName")

    def volume_by_key(self, key: str) -> VolumeRef:
        """Return the volume with that key in any running pool."""
        self._unsupported("virStorageVolLookupByKey")

    def volume_by_path(self, path: str) -> VolumeRef:
        """Return the volume with that path in any running pool."""
        self._unsupported("virStorageVolLookupByPath")

    def volume_info(self, volume: VolumeRef) -> VolumeInfo:
        """Return type and sizes."""
        self._unsupported("virStorageVolGetInfo")

    def volume_info_flags(self, volume: VolumeRef, flags: int) -> VolumeInfo:
        """Return type and sizes; flag 1 asks for what it takes on its storage instead of the allocation."""
        self._unsupported("virStorageVolGetInfoFlags")

    def volume_xml(self, volume: VolumeRef, flags: int) -> str:
        """Return the volume's XML."""
        self._unsupported("virStorageVolGetXMLDesc")

    def volume_path(self, volume: VolumeRef) -> str:
        """Return where the volume is."""
        self._unsupported("virStorageVolGetPath")

    async def create_volume(self, pool: PoolRef, xml: str, flags: int) -> VolumeRef:
        """Make a volume."""
        self._unsupported("virStorageVolCreateXML")

    async def clone_volume(self, pool: PoolRef, xml: str, source: VolumeRef, flags: int) -> VolumeRef:
        """Make a volume with what is in another."""
        self._unsupported("virStorageVolCreateXMLFrom")

    async def delete_volume(self, volume: VolumeRef, flags: int) -> None:
        """Remove a volume and what is in it."""
        self._unsupported("virStorageVolDelete")

    async def wipe_volume(self, volume: VolumeRef, flags: int) -> None:
        """Overwrite what is in a volume with zeros."""
        self._unsupported("virStorageVolWipe")

    async def wipe_volume_pattern(self, volume: VolumeRef, algorithm: int, flags: int) -> None:
        """Overwrite what is in a volume by a method (virStorageVolWipeAlgorithm)."""
        self._unsupported("virStorageVolWipePattern")

    async def resize_volume(self, volume: VolumeRef, capacity: int, flags: int) -> None:
        """Change what a volume can hold, in bytes."""
        self._unsupported("virStorageVolResize")

    async def open_upload(self, volume: VolumeRef, offset: int, length: int, flags: int) -> Sink:
        """Return what takes a volume's new content from `offset` on, at most `length` bytes (0: any number).

        Flag 1: zeros may come as holes.
        """
        self._unsupported("virStorageVolUpload")

    async def open_download(self, volume: VolumeRef, offset: int, length: int, flags: int) -> Source:
        """Return what gives a volume's content from `offset` on, at most `length` bytes (0: all).

        Flag 1: what takes no room on its storage is given as holes.
        """
        self._unsupported("virStorageVolDownload")

    def _unsupported(self, api: str) -> NoReturn:
        raise NotSupported(api, domain=FROM_STORAGE)
