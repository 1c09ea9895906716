"""What the test driver answers without changing anything, from dictionaries and fields that are kept ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, NoReturn

from virtrpcd.cpuset import map_of_cpus, parse_cpuset
from virtrpcd.drivers.base import STATS_STATE, Driver
from virtrpcd.drivers.test import host
from virtrpcd.drivers.test.interfaces import TestInterfaces
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.drivers.test.networks import TestNetworks
from virtrpcd.drivers.test.nodedevs import TestNodeDevices
from virtrpcd.drivers.test.refusals import not_now
from virtrpcd.errors import FROM_TEST, InvalidArgument, NoDomain
from virtrpcd.events import EventBus
from virtrpcd.model import DomainInfo, DomainRef, NodeInfo, ParamKind, TypedParam, VcpuFlag, VcpuInfo

OS_TYPE = "linux"
"""What libvirt's test driver says of every machine."""

SCHEDULER = "fair"
DEFAULT_WEIGHT = 50

_GUEST = int(VcpuFlag.GUEST)
_MAXIMUM = int(VcpuFlag.MAXIMUM)
_VCPU_RUNNING = 1
# what DomainInfo(...) does, without the Python function in between: half its time, and nothing is asked more often
_new_tuple = tuple.__new__
_ALL_CPUS = host.ALL_CPUS
_ALL_CPUS_MAP = map_of_cpus(_ALL_CPUS, host.HOST_CPUS)

# virDomainMemoryStatTags
_SWAP_IN, _SWAP_OUT, _MAJOR_FAULT, _MINOR_FAULT, _UNUSED, _AVAILABLE, _ACTUAL, _RSS, _USABLE = range(9)
_LAST_UPDATE = 9
_DISK_CACHES = 10
_HUGETLB_PGALLOC = 11
_HUGETLB_PGFAIL = 12
_LAST_UPDATE_S = 627319920


class TestQueries(Driver):
    """The machines and the questions about them; TestDriver adds the changes.

    clock_ns: what cpu time is measured with, nanoseconds from anywhere.
    """

    name: ClassVar[str] = "test"
    error_domain: ClassVar[int] = FROM_TEST
    stats_groups: ClassVar[int] = STATS_STATE

    def __init__(self, bus: EventBus, *, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__(bus)
        self.networks = TestNetworks(bus)
        self.interfaces = TestInterfaces()
        self.nodedevs = TestNodeDevices(bus)
        self._clock_ns = clock_ns
        self._by_uuid: dict[bytes, Machine] = {}
        self._by_name: dict[str, Machine] = {}
        self._by_id: dict[int, Machine] = {}

    # -- the host ---------------------------------------------------------------------------------------------

    def hypervisor_type(self) -> str:
        return "TEST"

    def hypervisor_version(self) -> int:
        return 2

    def uri(self) -> str:
        return "test:///default"

    def max_vcpus(self, kind: str | None) -> int:
        return host.MAX_VCPUS

    def node_info(self) -> NodeInfo:
        return host.NODE_INFO

    def free_memory_bytes(self) -> int:
        return host.FREE_MEMORY_BYTES

    def cpu_map(self) -> list[bool]:
        return list(host.CPU_MAP)

    def capabilities(self) -> str:
        return host.capabilities_xml()

    # -- which machines there are -------------------------------------------------------------------------------

    def domains(self) -> list[DomainRef]:
        return [machine.ref for machine in self._by_uuid.values()]

    def lookup_by_uuid(self, uuid: bytes) -> DomainRef:
        machine = self._by_uuid.get(uuid)
        if machine is None:
            raise self.no_domain(uuid)
        return machine.ref

    def lookup_by_name(self, name: str) -> DomainRef:
        machine = self._by_name.get(name)
        if machine is None:
            raise NoDomain(f"Domain not found: no domain with matching name '{name}'", domain=FROM_TEST)
        return machine.ref

    def lookup_by_id(self, id: int) -> DomainRef:
        machine = self._by_id.get(id)
        if machine is None:
            raise NoDomain(f"Domain not found: no domain with matching id {id}", domain=FROM_TEST)
        return machine.ref

    # -- asking about one machine ---------------------------------------------------------------------------------

    def _find(self, uuid: bytes) -> Machine:
        machine = self._by_uuid.get(uuid)
        if machine is None:
            raise self.no_domain(uuid)
        return machine

    def domain_info(self, uuid: bytes) -> DomainInfo:
        machine = self._by_uuid.get(uuid)
        if machine is None:
            raise self.no_domain(uuid)
        cpu_ns = machine.cpu_ns
        since_ns = machine.since_ns
        if since_ns >= 0:
            cpu_ns += self._clock_ns() - since_ns
        values = (machine.state, machine.max_memory_kib, machine.memory_kib, machine.vcpus, cpu_ns)
        return _new_tuple(DomainInfo, values)

    def domain_state(self, uuid: bytes) -> tuple[int, int]:
        machine = self._by_uuid.get(uuid)
        if machine is None:
            raise self.no_domain(uuid)
        return machine.state, machine.reason

    def domain_xml(self, uuid: bytes, flags: int) -> str:
        machine = self._by_uuid.get(uuid)
        if machine is None:
            raise self.no_domain(uuid)
        return machine.describe(flags)

    def os_type(self, uuid: bytes) -> str:
        self._find(uuid)
        return OS_TYPE

    def max_memory_kib(self, uuid: bytes) -> int:
        return self._find(uuid).max_memory_kib

    def vcpu_count(self, uuid: bytes, flags: int) -> int:
        if flags & _GUEST:
            raise InvalidArgument("unsupported flags (0x8) in function testDomainGetVcpusFlags", domain=FROM_TEST)
        definition = self._find(uuid).one(flags)
        return definition.max_vcpus if flags & _MAXIMUM else definition.vcpus

    def vcpus(self, uuid: bytes) -> list[VcpuInfo]:
        machine = self._find(uuid)
        live = machine.live
        if live is None:
            raise not_now("cannot list vcpus for an inactive domain", domain=FROM_TEST)
        # the time used is shared evenly; each vcpu runs on the last of the cpus that it may use
        each_ns = self.domain_info(uuid).cpu_time_ns // live.vcpus
        infos: list[VcpuInfo] = []
        for number in range(live.vcpus):
            pin = live.vcpu_pins.get(number)
            cpus = _ALL_CPUS & parse_cpuset(pin) if pin else _ALL_CPUS
            infos.append(VcpuInfo(number, _VCPU_RUNNING, each_ns, max(cpus, default=-1)))
        return infos

    def vcpu_pins(self, uuid: bytes, flags: int) -> list[bytes]:
        definition = self._find(uuid).one(flags)
        pins = definition.vcpu_pins
        return [
            map_of_cpus(parse_cpuset(pins[vcpu]), host.HOST_CPUS) if vcpu in pins else _ALL_CPUS_MAP
            for vcpu in range(definition.max_vcpus)
        ]

    def autostart(self, uuid: bytes) -> bool:
        return self._find(uuid).autostart

    def is_persistent(self, uuid: bytes) -> bool:
        return self._find(uuid).config is not None

    def is_updated(self, uuid: bytes) -> bool:
        return self._find(uuid).updated

    def has_managed_save(self, uuid: bytes) -> bool:
        return self._find(uuid).managed is not None

    def memory_stats(self, uuid: bytes) -> list[tuple[int, int]]:
        live = self._find(uuid).need_active()
        actual_kib = live.current_memory_kib
        return [
            (_ACTUAL, actual_kib),
            (_SWAP_IN, 0),
            (_SWAP_OUT, 0),
            (_MAJOR_FAULT, 0),
            (_MINOR_FAULT, 0),
            (_UNUSED, actual_kib // 2),
            (_AVAILABLE, actual_kib),
            (_USABLE, actual_kib // 2),
            (_LAST_UPDATE, _LAST_UPDATE_S),
            (_DISK_CACHES, actual_kib // 8),
            (_HUGETLB_PGALLOC, 0),
            (_HUGETLB_PGFAIL, 0),
            (_RSS, actual_kib // 2),
        ]

    def domain_stats(self, uuid: bytes, groups: int) -> list[TypedParam]:
        """Return the state, the only group that libvirt's test driver has."""
        state, reason = self.domain_state(uuid)
        if groups and not groups & STATS_STATE:
            return []
        kind = int(ParamKind.INT)
        return [TypedParam("state.state", kind, state), TypedParam("state.reason", kind, reason)]

    def scheduler_type(self, uuid: bytes) -> tuple[str, int]:
        self._find(uuid)
        return SCHEDULER, 1

    # -- helpers ----------------------------------------------------------------------------------------------------

    def _refuse(self, why: str) -> NoReturn:
        raise InvalidArgument(why, domain=FROM_TEST)
