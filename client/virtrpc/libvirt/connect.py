"""virConnect, and the ways to get one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

from oncrpc.errors import OncRpcError
from virtproto import virt as v
from virtrpc.errors import NotReached, UriError, VirtError
from virtrpc.libvirt import calls
from virtrpc.libvirt.calls import TYPED_STRINGS, Method, bits, chars, first, lost, pairs, params, typed
from virtrpc.libvirt.connect_events import ConnectEvents
from virtrpc.libvirt.errors import (
    FROM_DOMAIN,
    FROM_NETWORK,
    FROM_REMOTE,
    FROM_RPC,
    FROM_STORAGE,
    SYSTEM,
    bad_uuid,
    closed,
    refused,
)
from virtrpc.libvirt.loop import current
from virtrpc.libvirt.stream import virStream
from virtrpc.libvirt.uris import find
from virtrpc.libvirt_blocking import BlockingLibvirtWire, connect_link
from virtrpc.operation import run_now

READ_ONLY: Final = 1
CONNECT_TIMEOUT_S: Final = 30.0
LIB_VERSION: Final = 9_000_000
"""The release of libvirt whose Python module this one is like: 1,000,000 times major, 1000 times minor, release."""
_KIB_IN_MIB: Final = 1024


def _node_info(conn: virConnect, found: v.virt_node_get_info_ret) -> list[Any]:
    memory_mib = found.memory // _KIB_IN_MIB
    return [
        chars(found.model),
        memory_mib,
        found.cpus,
        found.mhz,
        found.nodes,
        found.sockets,
        found.cores,
        found.threads,
    ]


def _security_model(conn: virConnect, found: v.virt_node_get_security_model_ret) -> list[str]:
    return [chars(found.model), chars(found.doi)]


class virConnect(ConnectEvents):
    """A connection, as libvirt's Python module shows it. Threads may share it."""

    def __init__(self, wire: BlockingLibvirtWire, uri: str) -> None:
        super().__init__()
        self._wire = wire
        self._link = wire.link
        self._uri = uri
        self._conn = self
        self._closed = False

    def _call(self, name: str, *args: Any) -> Any:
        if self._closed:
            raise closed(calls.api_name(name))
        return calls.call(self, name, args)

    def _cpus(self) -> int:
        found: int = self._call("node_get_cpu_map", 0, 0, 0).ret
        return found

    # -- the connection
    def close(self) -> int:
        """Close it; again is no error."""
        self._closed = True
        self._detach()
        run_now(self._wire.close())
        return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def isAlive(self) -> int:
        """Return 1 while calls can be made."""
        return int(self._link.broken is None)

    def isEncrypted(self) -> int:
        """Return 1 when nobody between can read."""
        return int(self._wire.encrypted)

    def isSecure(self) -> int:
        """Return 1 when nobody between can read or change anything."""
        return int((self._wire.encrypted or self._wire.local) and bool(self._call("connect_is_secure").secure))

    def getURI(self) -> str:
        """Return the URI that it was opened with."""
        return self._uri or str(self._call("connect_get_uri").uri)

    def setKeepAlive(self, interval: int, count: int) -> int:
        """Return 0: the daemon's questions whether we are there are answered; this side asks none."""
        return 0

    def newStream(self, flags: int = 0) -> virStream:
        """Return a stream for a call that takes one."""
        return virStream(self, flags)

    getType = Method("connect_get_type")
    getVersion = Method("connect_get_version")
    getLibVersion = Method("connect_get_lib_version")
    getHostname = Method("connect_get_hostname")
    getCapabilities = Method("connect_get_capabilities")
    getDomainCapabilities = Method(
        "connect_get_domain_capabilities", "emulatorbin=None, arch=None, machine=None, virttype=None, flags=0"
    )
    getStoragePoolCapabilities = Method("connect_get_storage_pool_capabilities", "flags=0")
    getSysinfo = Method("connect_get_sysinfo", "flags=0")
    getMaxVcpus = Method("connect_get_max_vcpus", "type")
    compareCPU = Method("connect_compare_cpu", "xmlDesc, flags=0")
    baselineCPU = Method("connect_baseline_cpu", "xmlCPUs, flags=0")
    domainXMLFromNative = Method("connect_domain_xml_from_native", "nativeFormat, nativeConfig, flags=0")
    domainXMLToNative = Method("connect_domain_xml_to_native", "nativeFormat, domainXml, flags=0")
    findStoragePoolSources = Method("connect_find_storage_pool_sources", "type, srcSpec, flags=0")

    # -- the host
    getInfo = Method("node_get_info", "", _node_info)
    getFreeMemory = Method("node_get_free_memory")
    getCellsFreeMemory = Method("node_get_cells_free_memory", "startCell, maxCells")
    getSecurityModel = Method("node_get_security_model", "", _security_model)

    def getCPUMap(self, flags: int = 0) -> tuple[int, list[bool], int]:
        """Return how many cpus there are, which are online, and how many those are."""
        found = self._call("node_get_cpu_map", 1, 1, flags)
        return found.ret, list(bits(found.cpumap or b"", found.ret)), found.online

    def getCPUModelNames(self, arch: str, flags: int = 0) -> list[str]:
        """Return the names of cpu models."""
        found: list[str] = self._call("connect_get_cpu_model_names", arch, 1, flags).models
        return found

    def getCPUStats(self, cpuNum: int, flags: int = 0) -> dict[str, int]:
        """Return times of one cpu, or (-1) of all."""
        count = self._call("node_get_cpu_stats", cpuNum, 0, flags).nparams
        return pairs(self, self._call("node_get_cpu_stats", cpuNum, count, flags)) if count else {}

    def getMemoryStats(self, cellNum: int, flags: int = 0) -> dict[str, int]:
        """Return the memory of one cell, or (-1) of all, in KiB."""
        count = self._call("node_get_memory_stats", 0, cellNum, flags).nparams
        return pairs(self, self._call("node_get_memory_stats", count, cellNum, flags)) if count else {}

    def getMemoryParameters(self, flags: int = 0) -> dict[str, Any]:
        """Return how the host shares memory between machines."""
        return params(self._memory_params(flags))

    def setMemoryParameters(self, params: Mapping[str, Any], flags: int = 0) -> int:
        """Change how the host shares memory between machines."""
        self._call("node_set_memory_parameters", typed(params, self._memory_params(flags)), flags)
        return 0

    def _memory_params(self, flags: int) -> list[v.virt_typed_param]:
        flags |= TYPED_STRINGS
        count = self._call("node_get_memory_parameters", 0, flags).nparams
        found: list[v.virt_typed_param] = self._call("node_get_memory_parameters", count, flags).params if count else []
        return found

    def getFreePages(
        self, pages: list[int], startCell: int, maxCells: int, flags: int = 0
    ) -> dict[int, dict[int, int]]:
        """Return by cell and size of page how many are free."""
        counts = self._call("node_get_free_pages", pages, startCell, maxCells, flags).counts
        size = len(pages)
        rows = [counts[at : at + size] for at in range(0, len(counts), size)]
        return {startCell + at: dict(zip(pages, row, strict=False)) for at, row in enumerate(rows)}

    # -- machines
    createXML = Method("domain_create_xml", "xmlDesc, flags=0")
    defineXML = Method("domain_define_xml", "xml")
    defineXMLFlags = Method("domain_define_xml_flags", "xml, flags=0")
    lookupByID = Method("domain_lookup_by_id", "id")
    lookupByName = Method("domain_lookup_by_name", "name")
    lookupByUUID = Method("domain_lookup_by_uuid", "uuid")
    numOfDomains = Method("connect_num_of_domains")
    numOfDefinedDomains = Method("connect_num_of_defined_domains")
    restore = Method("domain_restore", "frm")
    restoreFlags = Method("domain_restore_flags", "frm, dxml=None, flags=0")
    saveImageGetXMLDesc = Method("domain_save_image_get_xml_desc", "file, flags=0")
    saveImageDefineXML = Method("domain_save_image_define_xml", "file, dxml, flags=0")

    def createLinux(self, xmlDesc: str, flags: int = 0) -> Any:
        """As createXML, by its old name."""
        return self.createXML(xmlDesc, flags)

    def lookupByUUIDString(self, uuidstr: str) -> Any:
        """Return the machine with a uuid."""
        return self.lookupByUUID(_uuid(uuidstr, "virDomainLookupByUUIDString", FROM_DOMAIN))

    def listDomainsID(self) -> list[int]:
        """Return the ids of those that run."""
        found: list[int] = self._call("connect_list_domains", self.numOfDomains()).ids
        return found

    def listDefinedDomains(self) -> list[str]:
        """Return the names of those that are off."""
        return self._names("connect_list_defined_domains", self.numOfDefinedDomains())

    def listAllDomains(self, flags: int = 0) -> list[Any]:
        """Return machines: all, or those that flags say."""
        return self._all("connect_list_all_domains", flags)

    def getAllDomainStats(self, stats: int = 0, flags: int = 0) -> list[tuple[Any, dict[str, Any]]]:
        """Return machines and their statistics."""
        return self._stats([], stats, flags)

    def domainListGetStats(
        self, doms: Iterable[Any], stats: int = 0, flags: int = 0
    ) -> list[tuple[Any, dict[str, Any]]]:
        """Return statistics of these machines."""
        return self._stats([dom._ref for dom in doms], stats, flags)

    def _stats(self, refs: list[Any], stats: int, flags: int) -> list[tuple[Any, dict[str, Any]]]:
        found = self._call("connect_get_all_domain_stats", refs, stats, flags).ret_stats
        return [(calls.converted(self, record.dom), params(record.params)) for record in found]

    def _names(self, name: str, most: int) -> list[str]:
        found: list[str] = self._call(name, most).names
        return found

    def _all(self, name: str, flags: int) -> list[Any]:
        found: list[Any] = first(self, self._call(name, 1, flags))
        return found

    # -- networks
    networkCreateXML = Method("network_create_xml", "xmlDesc")
    networkCreateXMLFlags = Method("network_create_xml_flags", "xmlDesc, flags=0")
    networkDefineXML = Method("network_define_xml", "xml")
    networkDefineXMLFlags = Method("network_define_xml_flags", "xml, flags=0")
    networkLookupByName = Method("network_lookup_by_name", "name")
    networkLookupByUUID = Method("network_lookup_by_uuid", "uuid")
    numOfNetworks = Method("connect_num_of_networks")
    numOfDefinedNetworks = Method("connect_num_of_defined_networks")

    def networkLookupByUUIDString(self, uuidstr: str) -> Any:
        """Return the network with a uuid."""
        return self.networkLookupByUUID(_uuid(uuidstr, "virNetworkLookupByUUIDString", FROM_NETWORK))

    def listNetworks(self) -> list[str]:
        """Return the names of those that are active."""
        return self._names("connect_list_networks", self.numOfNetworks())

    def listDefinedNetworks(self) -> list[str]:
        """Return the names of those that are not."""
        return self._names("connect_list_defined_networks", self.numOfDefinedNetworks())

    def listAllNetworks(self, flags: int = 0) -> list[Any]:
        """Return networks."""
        return self._all("connect_list_all_networks", flags)

    # -- storage
    storagePoolCreateXML = Method("storage_pool_create_xml", "xmlDesc, flags=0")
    storagePoolDefineXML = Method("storage_pool_define_xml", "xml, flags=0")
    storagePoolLookupByName = Method("storage_pool_lookup_by_name", "name")
    storagePoolLookupByUUID = Method("storage_pool_lookup_by_uuid", "uuid")
    storagePoolLookupByTargetPath = Method("storage_pool_lookup_by_target_path", "path")
    storageVolLookupByKey = Method("storage_vol_lookup_by_key", "key")
    storageVolLookupByPath = Method("storage_vol_lookup_by_path", "path")
    numOfStoragePools = Method("connect_num_of_storage_pools")
    numOfDefinedStoragePools = Method("connect_num_of_defined_storage_pools")

    def storagePoolLookupByUUIDString(self, uuidstr: str) -> Any:
        """Return the pool with a uuid."""
        return self.storagePoolLookupByUUID(_uuid(uuidstr, "virStoragePoolLookupByUUIDString", FROM_STORAGE))

    def listStoragePools(self) -> list[str]:
        """Return the names of those that are active."""
        return self._names("connect_list_storage_pools", self.numOfStoragePools())

    def listDefinedStoragePools(self) -> list[str]:
        """Return the names of those that are not."""
        return self._names("connect_list_defined_storage_pools", self.numOfDefinedStoragePools())

    def listAllStoragePools(self, flags: int = 0) -> list[Any]:
        """Return storage pools."""
        return self._all("connect_list_all_storage_pools", flags)

    # -- interfaces and devices of the host
    interfaceDefineXML = Method("interface_define_xml", "xml, flags=0")
    interfaceLookupByName = Method("interface_lookup_by_name", "name")
    interfaceLookupByMACString = Method("interface_lookup_by_mac_string", "macstr")
    numOfInterfaces = Method("connect_num_of_interfaces")
    numOfDefinedInterfaces = Method("connect_num_of_defined_interfaces")
    changeBegin = Method("interface_change_begin", "flags=0")
    changeCommit = Method("interface_change_commit", "flags=0")
    changeRollback = Method("interface_change_rollback", "flags=0")
    nodeDeviceCreateXML = Method("node_device_create_xml", "xmlDesc, flags=0")
    nodeDeviceLookupByName = Method("node_device_lookup_by_name", "name")
    numOfDevices = Method("node_num_of_devices", "cap, flags=0")

    def listInterfaces(self) -> list[str]:
        """Return the names of those that are up."""
        return self._names("connect_list_interfaces", self.numOfInterfaces())

    def listDefinedInterfaces(self) -> list[str]:
        """Return the names of those that are not."""
        return self._names("connect_list_defined_interfaces", self.numOfDefinedInterfaces())

    def listAllInterfaces(self, flags: int = 0) -> list[Any]:
        """Return network interfaces."""
        return self._all("connect_list_all_interfaces", flags)

    def listDevices(self, cap: str | None, flags: int = 0) -> list[str]:
        """Return the names of devices: all, or those of a kind."""
        found: list[str] = self._call("node_list_devices", cap, self.numOfDevices(cap, flags), flags).names
        return found

    def listAllDevices(self, flags: int = 0) -> list[Any]:
        """Return devices."""
        return self._all("connect_list_all_node_devices", flags)


def open(name: str | None = None) -> virConnect:
    """Connect to a daemon, to read and to change. name: libvirt's URI, or one of virtrpc's that begin by libvirt+."""
    return _connect(name, 0)


def openReadOnly(name: str | None = None) -> virConnect:
    """Connect to a daemon, to read."""
    return _connect(name, READ_ONLY)


def openAuth(uri: str | None, auth: list[Any] | None = None, flags: int = 0) -> virConnect:
    """Connect as `open` does; nothing is asked of `auth`: daemons that want a name and a password are refused."""
    return _connect(uri, flags)


def getVersion(name: str | None = None) -> int | tuple[int, int]:
    """Return the release of libvirt that this module is like; with a name also that of a driver, which is the same."""
    return LIB_VERSION if name is None else (LIB_VERSION, LIB_VERSION)


def virInitialize() -> int:
    """Nothing is to be prepared."""
    return 0


def _connect(uri: str | None, flags: int) -> virConnect:
    place = _tried(lambda: find(uri))
    link = _tried(lambda: connect_link(place.address, place.address.path, CONNECT_TIMEOUT_S))
    loop = current()
    wire = BlockingLibvirtWire(link, None)
    wire.encrypted, wire.local = place.address.kind == "tls", place.address.kind == "unix"
    try:
        _tried(lambda: run_now(wire.open(place.name, flags, keepalive=loop is not None)))
    except BaseException:
        with contextlib.suppress(OncRpcError):
            run_now(wire.close())
        raise
    conn = virConnect(wire, uri or "")
    conn._attach(loop)
    return conn


def _tried(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except VirtError as exc:
        raise refused(exc.code, exc.domain, exc.message, exc.detail) from exc
    except UriError as exc:
        raise refused(SYSTEM, FROM_REMOTE, str(exc)) from exc
    except NotReached as exc:
        raise refused(SYSTEM, FROM_RPC, str(exc)) from exc
    except OncRpcError as exc:
        if isinstance(exc.__cause__, OSError):
            raise refused(SYSTEM, FROM_RPC, str(exc)) from exc
        raise lost(exc) from exc


def _uuid(text: str, api: str, domain: int) -> bytes:
    try:
        found = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        found = b""
    if len(found) != v.VIRT_UUID_LEN:
        raise bad_uuid(api, domain)
    return found
