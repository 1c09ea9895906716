"""The driver contract: what the service asks of a hypervisor, in model terms.

Rules every driver keeps (tests/drivers/contract.py holds them to it):
- A machine is named by its uuid (16 bytes); NoDomain when there is none. Calls on a machine in the wrong state raise
  OperationInvalid and change nothing.
- Queries are plain `def` and answer from memory or /proc, never by waiting. What changes a machine is `async def`.
- A change is durable (where the driver has durable state) before the call returns, and its events are on the bus by
  then.
- `flags` are checked for unknown bits by the service; a driver refuses those it knows but cannot do (InvalidArgument).
- What a driver does not have raises NotSupported, which is what the defaults here do.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from virtrpcd.drivers.details import DetailMethods
from virtrpcd.drivers.guest import GuestMethods
from virtrpcd.drivers.hosts import HostMethods
from virtrpcd.drivers.interfaces import Interfaces
from virtrpcd.drivers.networks import Networks
from virtrpcd.drivers.nodedevs import NodeDevices
from virtrpcd.drivers.screens import ScreenMethods
from virtrpcd.drivers.snapshots import Checkpoints, Snapshots
from virtrpcd.drivers.storage import Storage
from virtrpcd.drivers.tuning import TuningMethods
from virtrpcd.errors import NoDomain
from virtrpcd.events import EventBus
from virtrpcd.model import DomainInfo, DomainRef, NodeInfo, TypedParam, VcpuInfo


def format_uuid(uuid: bytes) -> str:
    """Return 16 bytes as 8-4-4-4-12 hex digits."""
    text = uuid.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Driver(HostMethods, TuningMethods, DetailMethods, GuestMethods, ScreenMethods):
    """A hypervisor. `bus` carries its events; `error_domain` is the virErrorDomain of its errors.

    What not every driver has stands in groups of its own: hosts.py, tuning.py, details.py, guest.py. Nouns beside
    the machine have contracts of their own: `networks`, `interfaces`, `nodedevs`, `storage`, `snapshots`,
    `checkpoints`.
    """

    name: ClassVar[str]
    error_domain: ClassVar[int]
    stats_groups: ClassVar[int] = 0xF
    """The virDomainStatsTypes that domain_stats can give."""

    def __init__(self, bus: EventBus) -> None:
        self.bus = bus
        self.networks = Networks()
        self.interfaces = Interfaces()
        self.nodedevs = NodeDevices()
        self.storage = Storage()
        self.snapshots: Snapshots = Snapshots()
        self.checkpoints: Checkpoints = Checkpoints()

    # -- life -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Get ready: read state, find running machines. Called once, before any other call."""

    async def stop(self) -> None:
        """Let go without stopping machines that can outlive us. No call comes after it."""

    # -- the host ---------------------------------------------------------------------------------------------

    @abstractmethod
    def hypervisor_type(self) -> str:
        """Return the hypervisor's name as libvirt spells it ("QEMU", "Test")."""

    @abstractmethod
    def hypervisor_version(self) -> int:
        """Return major * 1,000,000 + minor * 1,000 + release of the hypervisor."""

    @abstractmethod
    def uri(self) -> str:
        """Return the libvirt URI of this driver ("qemu:///system", "test:///default")."""

    @abstractmethod
    def max_vcpus(self, kind: str | None) -> int:
        """Return the most vcpus a machine of domain type `kind` (None: the default one) can have."""

    @abstractmethod
    def node_info(self) -> NodeInfo:
        """Return what the host is."""

    @abstractmethod
    def free_memory_bytes(self) -> int:
        """Return the host's free memory in bytes."""

    @abstractmethod
    def cpu_map(self) -> list[bool]:
        """Return, for each host cpu, whether it is online."""

    @abstractmethod
    def capabilities(self) -> str:
        """Return the capabilities XML."""

    def supports_feature(self, feature: int) -> bool:
        """Return whether the driver has virDrvFeature number `feature`."""
        return False

    # -- which machines there are -------------------------------------------------------------------------------

    @abstractmethod
    def domains(self) -> list[DomainRef]:
        """Return all machines, running and defined, in no promised order."""

    @abstractmethod
    def lookup_by_uuid(self, uuid: bytes) -> DomainRef:
        """Return the machine, its present name and id."""

    def lookup_by_name(self, name: str) -> DomainRef:
        """Return the machine called `name`."""
        for ref in self.domains():
            if ref.name == name:
                return ref
        raise NoDomain(f"Domain not found: no domain with matching name '{name}'", domain=self.error_domain)

    def lookup_by_id(self, id: int) -> DomainRef:
        """Return the running machine with that id."""
        for ref in self.domains():
            if ref.id == id and id >= 0:
                return ref
        raise NoDomain(f"Domain not found: no domain with matching id {id}", domain=self.error_domain)

    # -- asking about one machine ---------------------------------------------------------------------------------

    @abstractmethod
    def domain_info(self, uuid: bytes) -> DomainInfo:
        """Return state, memory, vcpus and cpu time; for one that is off, what it would start with and 0 ns."""

    @abstractmethod
    def domain_state(self, uuid: bytes) -> tuple[int, int]:
        """Return (DomainState, reason)."""

    @abstractmethod
    def domain_xml(self, uuid: bytes, flags: int) -> str:
        """Return the XML with all that was filled in; XmlFlag.SECURE adds secrets, INACTIVE gives the next start's."""

    @abstractmethod
    def os_type(self, uuid: bytes) -> str:
        """Return <os><type>: "hvm", "linux"."""

    @abstractmethod
    def max_memory_kib(self, uuid: bytes) -> int:
        """Return the memory the machine may grow to."""

    @abstractmethod
    def vcpu_count(self, uuid: bytes, flags: int) -> int:
        """Return the number of vcpus; VcpuFlag.MAXIMUM for the most, Affect.LIVE or CONFIG for which definition."""

    @abstractmethod
    def vcpus(self, uuid: bytes) -> list[VcpuInfo]:
        """Return the vcpus of a running machine (OperationInvalid when it is off)."""

    @abstractmethod
    def vcpu_pins(self, uuid: bytes, flags: int) -> list[bytes]:
        """Return for each vcpu the host cpus it may run on: bit 0 of byte 0 is cpu 0, (cpus + 7) // 8 bytes each."""

    @abstractmethod
    def autostart(self, uuid: bytes) -> bool:
        """Return whether the machine starts with the daemon."""

    @abstractmethod
    def is_persistent(self, uuid: bytes) -> bool:
        """Return whether a definition stays when the machine stops."""

    @abstractmethod
    def is_updated(self, uuid: bytes) -> bool:
        """Return whether the definition differs from what runs."""

    def has_managed_save(self, uuid: bytes) -> bool:
        """Return whether there is a saved image that the next start uses."""
        self.lookup_by_uuid(uuid)
        return False

    def memory_stats(self, uuid: bytes) -> list[tuple[int, int]]:
        """Return (virDomainMemoryStatTags tag, value) pairs of a running machine."""
        self._unsupported("virDomainMemoryStats")

    def domain_stats(self, uuid: bytes, groups: int) -> list[TypedParam]:
        """Return the statistics of virConnectGetAllDomainStats; groups is a mask of virDomainStatsTypes, 0 all.

        Groups the driver does not know are left out. Default: state, cpu, balloon and vcpu from the queries above.
        """
        return default_stats(self, uuid, groups)

    def scheduler_type(self, uuid: bytes) -> tuple[str, int]:
        """Return (name of the scheduler, number of parameters)."""
        self._unsupported("virDomainGetSchedulerType")

    def scheduler_parameters(self, uuid: bytes) -> list[TypedParam]:
        """Return the scheduler's parameters."""
        self._unsupported("virDomainGetSchedulerParameters")

    # -- changing machines ------------------------------------------------------------------------------------------

    @abstractmethod
    async def define(self, xml: str, flags: int) -> DomainRef:
        """Keep a definition; one with the same name and uuid is replaced, a clash of only one is OperationFailed."""

    @abstractmethod
    async def create_xml(self, xml: str, flags: int) -> DomainRef:
        """Start a machine from XML without keeping a definition: gone when it stops. flags: CreateFlag."""

    @abstractmethod
    async def start_domain(self, uuid: bytes, flags: int) -> DomainRef:
        """Start a defined machine: SHUTOFF -> RUNNING (PAUSED with CreateFlag.PAUSED)."""

    @abstractmethod
    async def undefine(self, uuid: bytes, flags: int) -> None:
        """Forget the definition; a running machine becomes transient."""

    @abstractmethod
    async def destroy(self, uuid: bytes, flags: int) -> None:
        """Pull the plug: active -> SHUTOFF (DESTROYED)."""

    @abstractmethod
    async def suspend(self, uuid: bytes) -> None:
        """RUNNING -> PAUSED (USER)."""

    @abstractmethod
    async def resume(self, uuid: bytes) -> None:
        """PAUSED -> RUNNING (UNPAUSED)."""

    @abstractmethod
    async def shutdown(self, uuid: bytes, flags: int) -> None:
        """Ask the guest to power off; returns when asked, not when it is off."""

    @abstractmethod
    async def reboot(self, uuid: bytes, flags: int) -> None:
        """Ask the guest to reboot."""

    async def reset(self, uuid: bytes) -> None:
        """Press the reset button."""
        self._unsupported("virDomainReset")

    @abstractmethod
    async def set_memory(self, uuid: bytes, kib: int, flags: int) -> None:
        """Set the memory (balloon), or with MemoryFlag.MAXIMUM the most; Affect says which definition."""

    @abstractmethod
    async def set_vcpus(self, uuid: bytes, count: int, flags: int) -> None:
        """Set the number of vcpus, or with VcpuFlag.MAXIMUM the most; Affect says which definition."""

    @abstractmethod
    async def pin_vcpu(self, uuid: bytes, vcpu: int, cpumap: bytes, flags: int) -> None:
        """Let a vcpu run only on the host cpus of `cpumap`."""

    @abstractmethod
    async def set_autostart(self, uuid: bytes, autostart: bool) -> None:
        """Start the machine with the daemon, or not (OperationInvalid for a transient one)."""

    @abstractmethod
    async def save(self, uuid: bytes, path: str, flags: int) -> None:
        """Write the machine to a file and stop it: SHUTOFF (SAVED). The service has checked the path."""

    @abstractmethod
    async def restore(self, path: str, flags: int) -> None:
        """Start the machine in a file again."""

    @abstractmethod
    async def core_dump(self, uuid: bytes, path: str, flags: int) -> None:
        """Write the guest's memory to a file."""

    async def managed_save(self, uuid: bytes, flags: int) -> None:
        """Save to a file of the driver's own, which the next start uses."""
        self._unsupported("virDomainManagedSave")

    async def managed_save_remove(self, uuid: bytes) -> None:
        """Throw the saved image away."""
        self._unsupported("virDomainManagedSaveRemove")

    async def rename(self, uuid: bytes, name: str) -> None:
        """Give a machine that is off another name."""
        self._unsupported("virDomainRename")

    async def attach_device(self, uuid: bytes, xml: str) -> None:
        """Plug a device into a running machine."""
        self._unsupported("virDomainAttachDevice")

    async def detach_device(self, uuid: bytes, xml: str) -> None:
        """Unplug a device."""
        self._unsupported("virDomainDetachDevice")

    async def set_scheduler_parameters(self, uuid: bytes, params: list[TypedParam]) -> None:
        """Set the scheduler's parameters."""
        self._unsupported("virDomainSetSchedulerParameters")

    # -- helpers ----------------------------------------------------------------------------------------------------

    def no_domain(self, uuid: bytes) -> NoDomain:
        """Return the error for a uuid that names no machine."""
        text = f"Domain not found: no domain with matching uuid '{format_uuid(uuid)}'"
        return NoDomain(text, domain=self.error_domain)


STATS_STATE = 0x1
STATS_CPU = 0x2
STATS_BALLOON = 0x4
STATS_VCPU = 0x8


def default_stats(driver: Driver, uuid: bytes, groups: int) -> list[TypedParam]:
    """Return the state, cpu, balloon and vcpu groups, from the driver's own queries."""
    wanted = groups or ~0
    state, reason = driver.domain_state(uuid)
    info = driver.domain_info(uuid)
    params: list[TypedParam] = []
    if wanted & STATS_STATE:
        params += [TypedParam("state.state", 1, state), TypedParam("state.reason", 1, reason)]
    if wanted & STATS_CPU:
        params.append(TypedParam("cpu.time", 4, info.cpu_time_ns))
    if wanted & STATS_BALLOON:
        params.append(TypedParam("balloon.current", 4, info.memory_kib))
        params.append(TypedParam("balloon.maximum", 4, info.max_memory_kib))
    if wanted & STATS_VCPU:
        params.append(TypedParam("vcpu.current", 2, driver.vcpu_count(uuid, 0)))
        params.append(TypedParam("vcpu.maximum", 2, driver.vcpu_count(uuid, 4)))
    return params
