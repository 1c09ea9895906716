"""What the qemu driver answers without changing anything: from memory and /proc, never by asking QEMU."""

from __future__ import annotations

from typing import ClassVar, Final, NoReturn

from virtrpcd.cpuset import map_of_cpus, parse_cpuset
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.qemu import capabilities, host, probe
from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.settings import QemuSettings
from virtrpcd.errors import FROM_QEMU, InvalidArgument, NoConnect, NoDomain
from virtrpcd.events import EventBus
from virtrpcd.model import Affect, DomainInfo, DomainRef, NodeInfo, VcpuFlag, VcpuInfo

_GUEST: Final = int(VcpuFlag.GUEST)
_MAXIMUM: Final = int(VcpuFlag.MAXIMUM)
_VCPU_RUNNING: Final = 1
_STAT_ACTUAL: Final = 6
_STAT_RSS: Final = 7


class QemuQueries(Driver):
    """The machines and the questions about them."""

    name: ClassVar[str] = "qemu"
    error_domain: ClassVar[int] = FROM_QEMU

    def __init__(self, bus: EventBus, settings: QemuSettings) -> None:
        super().__init__(bus)
        self.settings = settings
        self._by_uuid: dict[bytes, Machine] = {}
        self._by_name: dict[str, Machine] = {}
        self._emulator: probe.Emulator | None = None
        self._kvm = False

    # -- the host ---------------------------------------------------------------------------------------------------

    @property
    def emulator(self) -> probe.Emulator:
        """The QEMU in use. NoConnect before `start`."""
        if self._emulator is None:
            raise NoConnect("the qemu driver is not started", domain=FROM_QEMU)
        return self._emulator

    def hypervisor_type(self) -> str:
        return "QEMU"

    def hypervisor_version(self) -> int:
        return self.emulator.version

    def uri(self) -> str:
        return self.settings.uri

    def max_vcpus(self, kind: str | None) -> int:
        if kind not in (None, "qemu", "kvm"):
            raise InvalidArgument(f"unknown type '{kind}'", domain=FROM_QEMU)
        return probe.MAX_VCPUS

    def node_info(self) -> NodeInfo:
        return host.node_info()

    def free_memory_bytes(self) -> int:
        return host.memory_kib("MemFree") * 1024

    def cpu_map(self) -> list[bool]:
        return host.cpu_map()

    def capabilities(self) -> str:
        return capabilities.capabilities(self.emulator, self._kvm)

    def domain_capabilities(
        self, emulator: str | None, arch: str | None, machine: str | None, kind: str | None, flags: int
    ) -> str:
        if flags:
            self._refuse(f"flags {flags:#x} are not supported by this driver")
        return capabilities.domain_capabilities(self.emulator, self._kvm, emulator, arch, machine, kind)

    def cpu_model_names(self, arch: str, flags: int) -> list[str]:
        if arch != probe.ARCH:
            self._refuse(f"invalid argument: cannot find architecture {arch[:80]}")
        return list(self.emulator.cpus)

    # -- which machines there are -----------------------------------------------------------------------------------

    def domains(self) -> list[DomainRef]:
        return [machine.ref for machine in self._by_uuid.values() if machine.visible]

    def lookup_by_uuid(self, uuid: bytes) -> DomainRef:
        return self._find(uuid).ref

    def lookup_by_name(self, name: str) -> DomainRef:
        machine = self._by_name.get(name)
        if machine is None or not machine.visible:
            raise NoDomain(f"Domain not found: no domain with matching name '{name}'", domain=FROM_QEMU)
        return machine.ref

    def _find(self, uuid: bytes) -> Machine:
        machine = self._by_uuid.get(uuid)
        if machine is None or not machine.visible:
            raise self.no_domain(uuid)
        return machine

    # -- asking about one machine -----------------------------------------------------------------------------------

    def domain_info(self, uuid: bytes) -> DomainInfo:
        machine = self._find(uuid)
        run = machine.run
        cpu_ns = 0 if run is None else run.process.cpu_time_ns()
        return DomainInfo(machine.state, machine.max_memory_kib, machine.memory_kib, machine.vcpus, cpu_ns)

    def domain_state(self, uuid: bytes) -> tuple[int, int]:
        machine = self._find(uuid)
        return machine.state, machine.reason

    def domain_xml(self, uuid: bytes, flags: int) -> str:
        return self._find(uuid).describe(flags)

    def os_type(self, uuid: bytes) -> str:
        return self._find(uuid).current().os.type

    def max_memory_kib(self, uuid: bytes) -> int:
        return self._find(uuid).max_memory_kib

    def vcpu_count(self, uuid: bytes, flags: int) -> int:
        machine = self._find(uuid)
        if flags & _GUEST:
            raise InvalidArgument("there is no guest agent to ask for vcpus", domain=FROM_QEMU)
        definition = machine.chosen(flags)
        return definition.max_vcpus if flags & _MAXIMUM else definition.vcpus

    def vcpus(self, uuid: bytes) -> list[VcpuInfo]:
        run = self._find(uuid).need_run()
        infos: list[VcpuInfo] = []
        for number, tid in sorted(run.threads.items()):
            thread = run.process.thread(tid)
            time_ns, cpu = (0, -1) if thread is None else thread
            infos.append(VcpuInfo(number, _VCPU_RUNNING, time_ns, cpu))
        return infos

    def vcpu_pins(self, uuid: bytes, flags: int) -> list[bytes]:
        definition = self._find(uuid).chosen(flags)
        cpus = len(host.cpu_map())
        free = frozenset(range(cpus))
        pins = definition.vcpu_pins
        return [
            map_of_cpus(parse_cpuset(pins[vcpu]) if vcpu in pins else free, cpus)
            for vcpu in range(definition.max_vcpus)
        ]

    def autostart(self, uuid: bytes) -> bool:
        return self._find(uuid).autostart

    def is_persistent(self, uuid: bytes) -> bool:
        machine = self._find(uuid)
        return machine.config is not None or machine.damage is not None

    def is_updated(self, uuid: bytes) -> bool:
        return self._find(uuid).updated

    def has_managed_save(self, uuid: bytes) -> bool:
        return self._find(uuid).managed

    def memory_stats(self, uuid: bytes) -> list[tuple[int, int]]:
        machine = self._find(uuid)
        run = machine.need_run()
        return [(_STAT_ACTUAL, machine.memory_kib), (_STAT_RSS, run.process.resident_kib())]

    # -- helpers ----------------------------------------------------------------------------------------------------

    def _refuse(self, why: str) -> NoReturn:
        raise InvalidArgument(why, domain=FROM_QEMU)

    def _check_affect(self, flags: int, known: int) -> None:
        beyond = flags & ~(int(Affect.LIVE | Affect.CONFIG) | known)
        if beyond:
            self._refuse(f"flags {beyond:#x} are not supported by this driver")
