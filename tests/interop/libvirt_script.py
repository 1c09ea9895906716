"""A program written for libvirt-python: it prints what some 180 calls give. Run by both modules, it prints the same.

libvirt_script.py ours|libvirt URI
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from typing import Any

if sys.argv[1] == "ours":
    import virtrpc.libvirt as libvirt
else:
    import libvirt  # type: ignore[import-not-found, no-redef]

LONG = 200
DOMAIN_EVENTS = 27
"""Kinds of events of machines, numbered from 0."""
QUIET_S = 0.5
"""When so long none has come, all have."""
CONNECTION = """
    getType getVersion getLibVersion getHostname getCapabilities getInfo getFreeMemory isAlive isEncrypted isSecure
    numOfDomains numOfDefinedDomains listDomainsID listDefinedDomains listAllDomains numOfNetworks listNetworks
    listAllNetworks listDefinedNetworks listStoragePools listAllStoragePools listDefinedStoragePools listInterfaces
    listAllInterfaces numOfInterfaces listAllDevices getCPUMap getSysinfo getSecurityModel listDefinedInterfaces
    getMemoryParameters getDomainCapabilities
"""
DOMAIN = """
    ID UUIDString UUID name OSType XMLDesc state isActive isPersistent isUpdated autostart maxMemory maxVcpus
    memoryStats vcpuPinInfo emulatorPinInfo schedulerType schedulerParameters schedulerParametersFlags memoryParameters
    blkioParameters numaParameters jobInfo jobStats controlInfo hostname messages hasManagedSaveImage listAllSnapshots
    snapshotNum snapshotListNames hasCurrentSnapshot listAllCheckpoints diskErrors fsInfo getTime guestInfo
    securityLabel ioThreadInfo perfEvents
"""
NETWORK = "name UUIDString bridgeName isActive isPersistent autostart XMLDesc DHCPLeases"
POOL = "name UUIDString info isActive isPersistent autostart numOfVolumes listVolumes listAllVolumes XMLDesc"
INTERFACE = "name MACString isActive XMLDesc"
DEVICE = "name parent numOfCaps listCaps XMLDesc"
X1 = (
    "<domain type='test'><name>x1</name><uuid>11111111-2222-3333-4444-555555555555</uuid><memory>65536</memory>"
    "<os><type>hvm</type></os></domain>"
)
VOLUME = "<volume><name>v1</name><capacity>1048576</capacity></volume>"


def shown(value: Any) -> Any:
    """A value as it is printed: things by class and name, long texts by a digest."""
    if isinstance(value, list | tuple):
        return type(value)([shown(item) for item in value])
    if isinstance(value, dict):
        return {shown(key): shown(item) for key, item in value.items()}
    kind = type(value).__name__
    if kind.startswith("vir"):
        return f"<{kind} {value.name() if hasattr(value, 'name') else value.getName()}>"
    if isinstance(value, str) and len(value) > LONG:
        return hashlib.sha256(value.encode()).hexdigest()
    return value


def say(label: str, call: Callable[[], Any]) -> None:
    """Print what a call gives, or all of its error."""
    try:
        print(label, shown(call()))
    except libvirt.libvirtError as exc:
        where = (exc.get_error_code(), exc.get_error_domain(), exc.get_error_level())
        print(label, "error", *where, exc.get_str1(), exc.get_str2(), exc.get_int1(), exc.get_error_message(), exc)


def say_all(label: str, thing: Any, names: str) -> None:
    """Print what each of some methods without arguments gives."""
    for name in names.split():
        say(f"{label} {name}", getattr(thing, name))


def connection(conn: Any) -> None:
    say_all("conn", conn, CONNECTION)
    say("stats", lambda: [dom for dom, _ in conn.getAllDomainStats()])
    say("vcpus", lambda: conn.getMaxVcpus("test"))
    say("cells", lambda: conn.getCellsFreeMemory(0, 2))
    say("memory", lambda: conn.getMemoryStats(-1))
    say("cpu", lambda: conn.getCPUStats(-1))
    say("devices", lambda: conn.listDevices("system"))
    for api in ("lookupByName", "networkLookupByName", "storagePoolLookupByName", "nodeDeviceLookupByName"):
        say(api, lambda api=api: getattr(conn, api)("nobody"))  # type: ignore[misc]
    say("path", lambda: conn.storageVolLookupByPath("/nothing"))
    say("uuid", lambda: conn.lookupByUUIDString("zz"))
    say("id", lambda: conn.lookupByID(77))


def machine(conn: Any) -> None:
    dom = conn.lookupByName("test")
    say_all("dom", dom, DOMAIN)
    say("info", lambda: dom.info()[:4])
    say("vcpus", lambda: ([row[:2] + row[3:] for row in dom.vcpus()[0]], dom.vcpus()[1]))
    say("cpu", lambda: dom.getCPUStats(True))
    say("block", lambda: dom.blockInfo("/x"))
    say("interface", lambda: dom.interfaceStats("eth0"))
    say("addresses", lambda: dom.interfaceAddresses(0))
    say("tune", lambda: dom.interfaceParameters("testnet0"))
    say("keyword", lambda: dom.vcpusFlags(flags=2))
    say("vcpus", lambda: dom.setVcpus(1))
    say("memory", lambda: dom.setMemory(1000000))
    say("memory", lambda: dom.setMemoryFlags(900000, flags=1))
    say("weight", lambda: (dom.setSchedulerParameters({"weight": 60}), dom.schedulerParameters()))
    say("limit", lambda: (dom.setMemoryParameters({"hard_limit": 2000000}, 2), dom.memoryParameters(2)))
    for name in ("suspend", "suspend", "resume", "resume"):
        say(name, getattr(dom, name))
    say("pin", lambda: (dom.pinVcpu(0, (True, False)), dom.vcpuPinInfo()))
    say("title", lambda: dom.metadata(1, None))
    say("title", lambda: (dom.setMetadata(1, "hello", None, None), dom.metadata(1, None)))
    say("flag", lambda: dom.XMLDesc(1 << 20))
    say("keys", lambda: dom.sendKey(0, 0, [1, 2], 2))
    say("autostart", lambda: (dom.setAutostart(1), dom.autostart()))


def snapshots(conn: Any) -> None:
    dom = conn.lookupByName("test")
    say("snapshot", lambda: dom.snapshotCreateXML("<domainsnapshot><name>s1</name></domainsnapshot>"))
    say("all", dom.listAllSnapshots)
    say("current", lambda: dom.snapshotLookupByName("s1").isCurrent())
    say("parent", lambda: dom.snapshotCurrent().getParent())
    say("revert", lambda: dom.revertToSnapshot(dom.snapshotCurrent()))
    say("delete", lambda: (dom.snapshotCurrent().delete(), dom.snapshotListNames()))


def others(conn: Any) -> None:
    say_all("net", conn.networkLookupByName("default"), NETWORK)
    pool = conn.storagePoolLookupByName("default-pool")
    say_all("pool", pool, POOL)
    say("volume", lambda: pool.createXML(VOLUME, 0))
    vol = pool.storageVolLookupByName("v1")
    say_all("vol", vol, "name key path info storagePoolLookupByVolume")
    say("delete", lambda: vol.delete(0))
    say_all("interface", conn.interfaceLookupByName("eth1"), INTERFACE)
    say_all("device", conn.nodeDeviceLookupByName("computer"), DEVICE)


def life(conn: Any) -> None:
    say("define", lambda: conn.defineXML(X1))
    dom = conn.lookupByName("x1")
    for name in ("ID", "create", "ID", "create", "destroy", "ID", "create", "undefine", "destroy", "state"):
        say(name, getattr(dom, name))
    say("create", lambda: conn.createXML(X1, 0))


def register_all(conn: Any, told: list[Any]) -> int:
    """Register for every kind of event there is; return the callback id of the first."""

    def tell(family: str, kind: int) -> Callable[..., None]:
        return lambda conn, *rest: told.append((family, kind, shown(rest)))

    numbers = [conn.domainEventRegisterAny(None, kind, tell("domain", kind), kind) for kind in range(DOMAIN_EVENTS)]
    conn.networkEventRegisterAny(None, 0, tell("network", 0), 7)
    for kind in range(2):
        conn.storagePoolEventRegisterAny(None, kind, tell("pool", kind), None)
        conn.nodeDeviceEventRegisterAny(None, kind, tell("device", kind), "x")
    return int(numbers[0])


def causes(conn: Any) -> None:
    """Do what events come of."""
    dom = conn.lookupByName("test")
    say("suspend", lambda: (dom.suspend(), dom.resume()))
    say("title", lambda: dom.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, "a title", None, None, 0))
    element = libvirt.VIR_DOMAIN_METADATA_ELEMENT
    say("element", lambda: dom.setMetadata(element, "<x/>", "k", "http://x.example/", 0))
    pool = conn.storagePoolLookupByName("default-pool")
    say("pool", lambda: (pool.refresh(), pool.destroy(), pool.create()))
    net = conn.networkLookupByName("default")
    say("net", lambda: (net.destroy(), net.create()))
    say("shutdown", lambda: (dom.shutdown(), dom.state()))


def main() -> None:
    libvirt.registerErrorHandler(lambda ctx, error: None, None)
    libvirt.virEventRegisterDefaultImpl()
    conn = libvirt.open(sys.argv[2])
    told: list[Any] = []
    number = register_all(conn, told)
    for part in (connection, machine, snapshots, others, life, causes):
        print(f"# {part.__name__}")
        part(conn)
    libvirt.virEventAddTimeout(50, lambda timer, opaque: None, None)
    count, since = 0, time.monotonic()
    while time.monotonic() - since < QUIET_S:
        libvirt.virEventRunDefaultImpl()
        if len(told) > count:
            count, since = len(told), time.monotonic()
    for event in told:
        print("event", event)
    say("end", lambda: conn.domainEventDeregisterAny(number))
    say("again", lambda: conn.domainEventDeregisterAny(number + 50))
    conn.close()
    say("closed", conn.numOfDomains)


main()
