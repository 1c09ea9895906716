"""virDomain: a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from virtproto import libvirt as remote
from virtproto import virt as v
from virtrpc.libvirt.calls import (
    Method,
    Named,
    as_list,
    as_params,
    as_tuple,
    chars,
    fields,
    first,
    params,
    typed,
    wraps,
)
from virtrpc.libvirt.domain_params import DomainParams

if TYPE_CHECKING:
    from virtrpc.libvirt.connect import virConnect
    from virtrpc.libvirt.stream import virStream

_MEMORY_TAGS: Final = (
    "swap_in", "swap_out", "major_fault", "minor_fault", "unused", "available", "actual", "rss", "usable",
    "last_update", "disk_caches", "hugetlb_pgalloc", "hugetlb_pgfail",
)  # fmt: skip


def _memory_stats(conn: virConnect, found: Any) -> dict[str, int]:
    return {_MEMORY_TAGS[stat.tag]: stat.val for stat in found.stats if stat.tag < len(_MEMORY_TAGS)}


def _block_info(conn: virConnect, found: Any) -> list[int]:
    return [found.capacity, found.allocation, found.physical]


def _block_job(conn: virConnect, found: Any) -> dict[str, int]:
    names = ("type", "bandwidth", "cur", "end")
    return {name: getattr(found, name) for name in names} if found.found else {}


def _time(conn: virConnect, found: Any) -> dict[str, int]:
    return {"seconds": found.seconds, "nseconds": found.nseconds}


def _label(conn: virConnect, found: Any) -> list[Any]:
    return [chars(found.label), bool(found.enforcing)]


def _labels(conn: virConnect, found: Any) -> list[list[Any]]:
    return [_label(conn, label) for label in found.labels]


def _job_stats(conn: virConnect, found: Any) -> dict[str, Any]:
    return {"type": found.type, **params(found.params)}


def _addresses(conn: virConnect, found: Any) -> dict[str, Any]:
    return {
        iface.name: {
            "addrs": [{"addr": a.addr, "prefix": a.prefix, "type": a.type} for a in iface.addrs] or None,
            "hwaddr": iface.hwaddr,
        }
        for iface in found.ifaces
    }


def _file_systems(conn: virConnect, found: Any) -> list[tuple[Any, ...]]:
    return [tuple(fields(item)) for item in found.info]


def _disk_errors(conn: virConnect, found: Any) -> dict[str, int]:
    return {item.disk: item.error for item in found.errors}


@wraps(v.virt_domain)
class virDomain(DomainParams, Named):
    """A machine, as libvirt's Python module shows it."""

    def __init__(self, conn: virConnect, _obj: v.virt_domain) -> None:
        super().__init__(conn, _obj)

    def ID(self) -> int:
        """Return the id while it runs, else -1."""
        found: int = self._ref.id
        return found

    # -- life
    def create(self) -> int:
        """Start it."""
        self._call("domain_create")
        self._look_again()
        return 0

    def createWithFlags(self, flags: int = 0) -> int:
        """Start it, in a way that flags say."""
        self._ref.id = self._call("domain_create_with_flags", flags).dom.id
        return 0

    def destroy(self) -> int:
        """Stop it at once."""
        self._call("domain_destroy")
        self._ref.id = -1
        return 0

    def destroyFlags(self, flags: int = 0) -> int:
        """Stop it, in a way that flags say."""
        self._call("domain_destroy_flags", flags)
        self._ref.id = -1
        return 0

    def rename(self, new_name: str, flags: int = 0) -> int:
        """Give it another name."""
        found = self._call("domain_rename", new_name, flags)
        self._ref.name = new_name
        code: int = found.retcode
        return code

    def _look_again(self) -> None:
        self._ref.id = self._conn._call("domain_lookup_by_uuid", self._ref.uuid).dom.id

    suspend = Method("domain_suspend")
    resume = Method("domain_resume")
    shutdown = Method("domain_shutdown")
    shutdownFlags = Method("domain_shutdown_flags", "flags=0")
    reboot = Method("domain_reboot", "flags=0")
    reset = Method("domain_reset", "flags=0")
    undefine = Method("domain_undefine")
    undefineFlags = Method("domain_undefine_flags", "flags=0")
    save = Method("domain_save", "to")
    saveFlags = Method("domain_save_flags", "to, dxml=None, flags=0")
    coreDump = Method("domain_core_dump", "to, flags=0")
    coreDumpWithFormat = Method("domain_core_dump_with_format", "to, dumpformat, flags=0")
    managedSave = Method("domain_managed_save", "flags=0")
    managedSaveRemove = Method("domain_managed_save_remove", "flags=0")
    hasManagedSaveImage = Method("domain_has_managed_save_image", "flags=0")
    abortJob = Method("domain_abort_job")
    abortJobFlags = Method("domain_abort_job_flags", "flags=0")
    injectNMI = Method("domain_inject_nmi", "flags=0")
    setLifecycleAction = Method("domain_set_lifecycle_action", "type, action, flags=0")
    sendProcessSignal = Method("domain_send_process_signal", "pid_value, signum, flags=0")

    # -- what it is
    OSType = Method("domain_get_os_type")
    XMLDesc = Method("domain_get_xml_desc", "flags=0")
    info = Method("domain_get_info", "", as_list)
    state = Method("domain_get_state", "flags=0", as_list)
    isActive = Method("domain_is_active")
    isPersistent = Method("domain_is_persistent")
    isUpdated = Method("domain_is_updated")
    autostart = Method("domain_get_autostart")
    setAutostart = Method("domain_set_autostart", "autostart")
    maxMemory = Method("domain_get_max_memory")
    maxVcpus = Method("domain_get_max_vcpus")
    hostname = Method("domain_get_hostname", "flags=0")
    messages = Method("domain_get_messages", "flags=0")
    metadata = Method("domain_get_metadata", "type, uri, flags=0")
    setMetadata = Method("domain_set_metadata", "type, metadata, key, uri, flags=0")
    controlInfo = Method("domain_get_control_info", "flags=0", as_list)
    jobInfo = Method("domain_get_job_info", "", as_list)
    jobStats = Method("domain_get_job_stats", "flags=0", _job_stats)
    securityLabel = Method("domain_get_security_label", "", _label)
    securityLabelList = Method("domain_get_security_label_list", "", _labels)
    schedulerType = Method("domain_get_scheduler_type", "", as_tuple)

    # -- memory and cpus
    setMaxMemory = Method("domain_set_max_memory", "memory")
    setMemory = Method("domain_set_memory", "memory")
    setMemoryFlags = Method("domain_set_memory_flags", "memory, flags=0")
    setMemoryStatsPeriod = Method("domain_set_memory_stats_period", "period, flags=0")
    setVcpus = Method("domain_set_vcpus", "nvcpus")
    setVcpusFlags = Method("domain_set_vcpus_flags", "nvcpus, flags=0")
    vcpusFlags = Method("domain_get_vcpus_flags", "flags=0")
    addIOThread = Method("domain_add_iothread", "iothread_id, flags=0")
    delIOThread = Method("domain_del_iothread", "iothread_id, flags=0")
    setGuestVcpus = Method("domain_set_guest_vcpus", "cpumap, state, flags=0")
    guestVcpus = Method("domain_get_guest_vcpus", "flags=0", as_params)
    perfEvents = Method("domain_get_perf_events", "flags=0", as_params)
    launchSecurityInfo = Method("domain_get_launch_security_info", "flags=0", as_params)
    guestInfo = Method("domain_get_guest_info", "types=0, flags=0", as_params)

    def memoryStats(self) -> dict[str, int]:
        """Return figures of its memory, in KiB."""
        return _memory_stats(self._conn, self._call("domain_memory_stats", len(_MEMORY_TAGS), 0))

    # -- devices
    attachDevice = Method("domain_attach_device", "xml")
    attachDeviceFlags = Method("domain_attach_device_flags", "xml, flags=0")
    detachDevice = Method("domain_detach_device", "xml")
    detachDeviceFlags = Method("domain_detach_device_flags", "xml, flags=0")
    detachDeviceAlias = Method("domain_detach_device_alias", "alias, flags=0")
    updateDeviceFlags = Method("domain_update_device_flags", "xml, flags=0")
    blockStats = Method("domain_block_stats", "path", as_tuple)
    blockInfo = Method("domain_get_block_info", "path, flags=0", _block_info)
    blockPeek = Method("domain_block_peek", "disk, offset, size, flags=0")
    blockResize = Method("domain_block_resize", "disk, size, flags=0")
    blockPull = Method("domain_block_pull", "disk, bandwidth=0, flags=0")
    blockRebase = Method("domain_block_rebase", "disk, base, bandwidth=0, flags=0")
    blockCommit = Method("domain_block_commit", "disk, base, top, bandwidth=0, flags=0")
    blockJobAbort = Method("domain_block_job_abort", "disk, flags=0")
    blockJobSetSpeed = Method("domain_block_job_set_speed", "disk, bandwidth, flags=0")
    blockJobInfo = Method("domain_get_block_job_info", "path, flags=0", _block_job)
    interfaceStats = Method("domain_interface_stats", "path", as_tuple)
    interfaceAddresses = Method("domain_interface_addresses", "source, flags=0", _addresses)
    memoryPeek = Method("domain_memory_peek", "start, size, flags=0")
    fSTrim = Method("domain_fstrim", "mountPoint, minimum, flags=0")
    fsInfo = Method("domain_get_fsinfo", "flags=0", _file_systems)
    getTime = Method("domain_get_time", "flags=0", _time)
    setUserPassword = Method("domain_set_user_password", "user, password, flags=0")

    def blockCopy(self, disk: str, destxml: str, params: dict[str, Any] | None = None, flags: int = 0) -> int:
        """Copy a disk to another place while it is used."""
        self._call("domain_block_copy", disk, destxml, typed(params or {}), flags)
        return 0

    # -- streams
    def openConsole(self, dev_name: str | None, st: virStream, flags: int = 0) -> int:
        """Open a console as a stream, both ways."""
        args = remote.remote_domain_open_console_args(self._remote_ref(), dev_name, flags)
        st._open(remote.REMOTE_DOMAIN_OPEN_CONSOLE, args.to_xdr())
        return 0

    def openChannel(self, name: str | None, st: virStream, flags: int = 0) -> int:
        """Open a channel into the guest as a stream, both ways."""
        args = remote.remote_domain_open_channel_args(self._remote_ref(), name, flags)
        st._open(remote.REMOTE_DOMAIN_OPEN_CHANNEL, args.to_xdr())
        return 0

    def screenshot(self, stream: virStream, screen: int, flags: int = 0) -> str | None:
        """Open a stream that brings a picture of a screen; return what kind of picture."""
        args = remote.remote_domain_screenshot_args(self._remote_ref(), screen, flags)
        found = stream._open(remote.REMOTE_DOMAIN_SCREENSHOT, args.to_xdr())
        return remote.remote_domain_screenshot_ret.from_xdr(found).mime

    def _remote_ref(self) -> remote.remote_domain:
        return remote.remote_domain(self._ref.name, self._ref.uuid, self._ref.id)

    def diskErrors(self, flags: int = 0) -> dict[str, int]:
        """Return the disks that have failed, and how."""
        return _disk_errors(self._conn, self._call("domain_get_disk_errors", 256, flags))

    def fsFreeze(self, mountpoints: list[str] | None = None, flags: int = 0) -> int:
        """Have the guest hold back writes; return how many file systems."""
        found: int = self._call("domain_fsfreeze", mountpoints or [], flags).filesystems
        return found

    def fsThaw(self, mountpoints: list[str] | None = None, flags: int = 0) -> int:
        """Have the guest go on writing; return how many file systems."""
        found: int = self._call("domain_fsthaw", mountpoints or [], flags).filesystems
        return found

    def setTime(self, time: dict[str, int] | None = None, flags: int = 0) -> int:
        """Set the guest's clock."""
        time = time or {}
        self._call("domain_set_time", time.get("seconds", 0), time.get("nseconds", 0), flags)
        return 0

    def sendKey(self, codeset: int, holdtime: int, keycodes: list[int], nkeycodes: int, flags: int = 0) -> int:
        """Press keys."""
        self._call("domain_send_key", codeset, holdtime, keycodes[:nkeycodes], flags)
        return 0

    # -- snapshots and checkpoints
    snapshotCreateXML = Method("domain_snapshot_create_xml", "xmlDesc, flags=0")
    snapshotCurrent = Method("domain_snapshot_current", "flags=0")
    snapshotLookupByName = Method("domain_snapshot_lookup_by_name", "name, flags=0")
    snapshotNum = Method("domain_snapshot_num", "flags=0")
    hasCurrentSnapshot = Method("domain_has_current_snapshot", "flags=0")
    checkpointCreateXML = Method("domain_checkpoint_create_xml", "xmlDesc, flags=0")
    checkpointLookupByName = Method("domain_checkpoint_lookup_by_name", "name, flags=0")

    def snapshotListNames(self, flags: int = 0) -> list[str]:
        """Return the names of its snapshots."""
        found: list[str] = self._call("domain_snapshot_list_names", self.snapshotNum(flags), flags).names
        return found

    def listAllSnapshots(self, flags: int = 0) -> list[Any]:
        """Return its snapshots."""
        found: list[Any] = first(self._conn, self._call("domain_list_all_snapshots", 1, flags))
        return found

    def listAllCheckpoints(self, flags: int = 0) -> list[Any]:
        """Return its checkpoints."""
        found: list[Any] = first(self._conn, self._call("domain_list_all_checkpoints", 1, flags))
        return found

    def revertToSnapshot(self, snap: Any, flags: int = 0) -> int:
        """Go back to a snapshot."""
        self._conn._call("domain_revert_to_snapshot", snap._ref, flags)
        self._look_again()
        return 0
