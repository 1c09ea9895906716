"""Networks, storage pools and volumes, host interfaces, node devices, snapshots and checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from virtproto import libvirt as remote
from virtproto import virt as v
from virtrpc.libvirt.calls import Method, Named, Thing, as_list, fields, first, wraps

if TYPE_CHECKING:
    from virtrpc.libvirt.connect import virConnect
    from virtrpc.libvirt.domain import virDomain
    from virtrpc.libvirt.stream import virStream


@wraps(v.virt_network)
class virNetwork(Named):
    """A virtual network."""

    create = Method("network_create")
    destroy = Method("network_destroy")
    undefine = Method("network_undefine")
    XMLDesc = Method("network_get_xml_desc", "flags=0")
    bridgeName = Method("network_get_bridge_name")
    autostart = Method("network_get_autostart")
    setAutostart = Method("network_set_autostart", "autostart")
    isActive = Method("network_is_active")
    isPersistent = Method("network_is_persistent")

    def update(self, command: int, section: int, parentIndex: int, xml: str, flags: int = 0) -> int:
        """Change a part of its definition."""
        self._call("network_update", command, section, parentIndex, xml, flags)
        return 0

    def DHCPLeases(self, mac: str | None = None, flags: int = 0) -> list[dict[str, Any]]:
        """Return the addresses that it has lent."""
        found = self._call("network_get_dhcp_leases", mac, 1, flags).leases
        return [dict(zip(type(lease).__slots__, fields(lease), strict=True)) for lease in found]


@wraps(v.virt_storage_pool)
class virStoragePool(Named):
    """A storage pool."""

    create = Method("storage_pool_create", "flags=0")
    build = Method("storage_pool_build", "flags=0")
    destroy = Method("storage_pool_destroy")
    delete = Method("storage_pool_delete", "flags=0")
    undefine = Method("storage_pool_undefine")
    refresh = Method("storage_pool_refresh", "flags=0")
    XMLDesc = Method("storage_pool_get_xml_desc", "flags=0")
    info = Method("storage_pool_get_info", "", as_list)
    autostart = Method("storage_pool_get_autostart")
    setAutostart = Method("storage_pool_set_autostart", "autostart")
    isActive = Method("storage_pool_is_active")
    isPersistent = Method("storage_pool_is_persistent")
    numOfVolumes = Method("storage_pool_num_of_volumes")
    createXML = Method("storage_vol_create_xml", "xmlDesc, flags=0")
    storageVolLookupByName = Method("storage_vol_lookup_by_name", "name")

    def createXMLFrom(self, xmlDesc: str, clonevol: virStorageVol, flags: int = 0) -> Any:
        """Make a volume that begins as a copy of another."""
        return first(self._conn, self._call("storage_vol_create_xml_from", xmlDesc, clonevol._ref, flags))

    def listVolumes(self) -> list[str]:
        """Return the names of its volumes."""
        found: list[str] = self._call("storage_pool_list_volumes", self.numOfVolumes()).names
        return found

    def listAllVolumes(self, flags: int = 0) -> list[virStorageVol]:
        """Return its volumes."""
        found: list[virStorageVol] = first(self._conn, self._call("storage_pool_list_all_volumes", 1, flags))
        return found


@wraps(v.virt_storage_vol)
class virStorageVol(Thing):
    """A volume in a storage pool."""

    delete = Method("storage_vol_delete", "flags=0")
    info = Method("storage_vol_get_info", "", as_list)
    infoFlags = Method("storage_vol_get_info_flags", "flags=0", as_list)
    XMLDesc = Method("storage_vol_get_xml_desc", "flags=0")
    path = Method("storage_vol_get_path")
    resize = Method("storage_vol_resize", "capacity, flags=0")
    wipe = Method("storage_vol_wipe", "flags=0")
    wipePattern = Method("storage_vol_wipe_pattern", "algorithm, flags=0")
    storagePoolLookupByVolume = Method("storage_pool_lookup_by_volume")

    def name(self) -> str:
        """Return the name, which is unique in its pool."""
        found: str = self._ref.name
        return found

    def key(self) -> str:
        """Return the key, which is unique on the host."""
        found: str = self._ref.key
        return found

    def upload(self, stream: virStream, offset: int, length: int, flags: int = 0) -> int:
        """Open a stream to write it; length in bytes, 0: to the end."""
        stream._open(remote.REMOTE_STORAGE_VOL_UPLOAD, self._stream_args(offset, length, flags))
        return 0

    def download(self, stream: virStream, offset: int, length: int, flags: int = 0) -> int:
        """Open a stream to read it; length in bytes, 0: to the end."""
        stream._open(remote.REMOTE_STORAGE_VOL_DOWNLOAD, self._stream_args(offset, length, flags))
        return 0

    def _stream_args(self, offset: int, length: int, flags: int) -> bytes:
        vol = remote.remote_storage_vol(self._ref.pool, self._ref.name, self._ref.key)
        return remote.remote_storage_vol_stream_args(vol, offset, length, flags).to_xdr()


@wraps(v.virt_interface)
class virInterface(Thing):
    """A network interface of the host."""

    create = Method("interface_create", "flags=0")
    destroy = Method("interface_destroy", "flags=0")
    undefine = Method("interface_undefine")
    XMLDesc = Method("interface_get_xml_desc", "flags=0")
    isActive = Method("interface_is_active")

    def name(self) -> str:
        """Return the name."""
        found: str = self._ref.name
        return found

    def MACString(self) -> str:
        """Return the hardware address."""
        found: str = self._ref.mac
        return found


@wraps(v.virt_node_device)
class virNodeDevice(Thing):
    """A device of the host."""

    @property
    def _subject(self) -> Any:
        return self._ref.name

    destroy = Method("node_device_destroy")
    XMLDesc = Method("node_device_get_xml_desc", "flags=0")
    parent = Method("node_device_get_parent")
    numOfCaps = Method("node_device_num_of_caps")

    def name(self) -> str:
        """Return the name."""
        found: str = self._ref.name
        return found

    def listCaps(self) -> list[str]:
        """Return what kinds of device it is."""
        found: list[str] = self._call("node_device_list_caps", self.numOfCaps()).names
        return found


class _OfDomain(Thing):
    """What belongs to a machine."""

    def getDomain(self) -> virDomain:
        """Return the machine."""
        from virtrpc.libvirt.domain import virDomain

        return virDomain(self._conn, self._ref.dom)

    domain = getDomain

    def getConnect(self) -> virConnect:
        """Return the connection."""
        return self._conn

    def getName(self) -> str:
        """Return the name."""
        found: str = self._ref.name
        return found


@wraps(v.virt_snapshot)
class virDomainSnapshot(_OfDomain):
    """A snapshot of a machine."""

    delete = Method("domain_snapshot_delete", "flags=0")
    getXMLDesc = Method("domain_snapshot_get_xml_desc", "flags=0")
    getParent = Method("domain_snapshot_get_parent", "flags=0")
    isCurrent = Method("domain_snapshot_is_current", "flags=0")
    hasMetadata = Method("domain_snapshot_has_metadata", "flags=0")
    numChildren = Method("domain_snapshot_num_children", "flags=0")

    def listChildrenNames(self, flags: int = 0) -> list[str]:
        """Return the names of those that were taken after it."""
        count = self.numChildren(flags)
        found: list[str] = self._call("domain_snapshot_list_children_names", count, flags).names
        return found

    def listAllChildren(self, flags: int = 0) -> list[virDomainSnapshot]:
        """Return those that were taken after it."""
        found: list[virDomainSnapshot] = first(self._conn, self._call("domain_snapshot_list_all_children", 1, flags))
        return found


@wraps(v.virt_checkpoint)
class virDomainCheckpoint(_OfDomain):
    """A checkpoint of a machine."""

    delete = Method("domain_checkpoint_delete", "flags=0")
    getXMLDesc = Method("domain_checkpoint_get_xml_desc", "flags=0")
    getParent = Method("domain_checkpoint_get_parent", "flags=0")

    def listAllChildren(self, flags: int = 0) -> list[virDomainCheckpoint]:
        """Return those that were made after it."""
        found: list[virDomainCheckpoint] = first(
            self._conn, self._call("domain_checkpoint_list_all_children", 1, flags)
        )
        return found
