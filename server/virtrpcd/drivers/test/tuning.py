"""Tuning in the test driver: parameters are kept in the definitions and have no other effect."""

from __future__ import annotations

from typing import Final

from virtrpcd.cpuset import cpus_of_map, format_cpuset, map_of_cpus, parse_cpuset
from virtrpcd.domain_def import DiskDef, DomainDef, InterfaceDef
from virtrpcd.drivers.test import blkio, host
from virtrpcd.drivers.test.queries import DEFAULT_WEIGHT, TestQueries
from virtrpcd.drivers.test.refusals import check_params, internal, invalid, not_now, only_flags, unsupported
from virtrpcd.errors import FROM_DOM, FROM_NONE, FROM_TEST, ConfigUnsupported
from virtrpcd.model import Affect, ParamKind, TypedParam
from virtrpcd.model_details import IoThread
from virtrpcd.tuning_def import BANDWIDTH, IO_TUNE, MEMORY_UNLIMITED_KIB, NUMA_MODES, PERF_EVENTS, IoTune

_AFFECT: Final = int(Affect.LIVE | Affect.CONFIG)
_STRINGS_FIT: Final = 4
_ASKED: Final = _AFFECT | _STRINGS_FIT
_MEMORY: Final = dict.fromkeys(("hard_limit", "soft_limit", "swap_hard_limit"), ParamKind.ULLONG)
_NUMA: Final = {"numa_mode": ParamKind.INT, "numa_nodeset": ParamKind.STRING}
_IO_TUNE: Final = {name: ParamKind.STRING if name == "group_name" else ParamKind.ULLONG for name in IO_TUNE}
_BANDWIDTH: Final = {f"{way}.{name}": ParamKind.UINT for way, names in BANDWIDTH.items() for name in names}
_PERF: Final = dict.fromkeys(PERF_EVENTS, ParamKind.BOOLEAN)
_POLLING: Final = {
    "poll_max_ns": ParamKind.ULLONG,
    "poll_grow": ParamKind.UINT,
    "poll_shrink": ParamKind.UINT,
}
_MAX_IO: Final = 1000000000000000


class TestTuning(TestQueries):
    """The optional methods of drivers/tuning.py."""

    # -- memory, disks, NUMA ----------------------------------------------------------------------------------------

    def memory_parameters(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, _ASKED, "testDomainGetMemoryParameters")
        limits = self._find(uuid).one(flags).tuning.memory_kib
        kind = int(ParamKind.ULLONG)
        return [TypedParam(name, kind, limits.get(name, MEMORY_UNLIMITED_KIB)) for name in _MEMORY]

    async def set_memory_parameters(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetMemoryParameters")
        check_params(params, _MEMORY)
        machine = self._find(uuid)
        definition = machine.one(flags)
        wanted = dict(definition.tuning.memory_kib)
        for param in params:
            wanted[param.field] = int(param.value)
        named = {param.field for param in params}
        hard = wanted.get("hard_limit", MEMORY_UNLIMITED_KIB)
        if named & {"hard_limit", "swap_hard_limit"} and hard > wanted.get("swap_hard_limit", MEMORY_UNLIMITED_KIB):
            raise invalid("memory hard_limit tunable value must be lower than or equal to swap_hard_limit")
        definition.tuning.memory_kib = {name: kib for name, kib in wanted.items() if kib < MEMORY_UNLIMITED_KIB}
        machine.changed([definition])

    def blkio_parameters(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, _ASKED, "testDomainGetBlkioParameters")
        return blkio.parameters(self._find(uuid).one(flags).tuning)

    async def set_blkio_parameters(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetBlkioParameters")
        check_params(params, blkio.KINDS)
        machine = self._find(uuid)
        definition = machine.one(flags)
        blkio.change(definition.tuning, params)
        machine.changed([definition])

    def numa_parameters(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, _ASKED, "testDomainGetNumaParameters")
        tuning = self._find(uuid).one(flags).tuning
        mode = NUMA_MODES.index(tuning.numa_mode) if tuning.numa_mode else 0
        return [
            TypedParam("numa_mode", int(ParamKind.INT), mode),
            TypedParam("numa_nodeset", int(ParamKind.STRING), tuning.numa_nodeset or ""),
        ]

    async def set_numa_parameters(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetNumaParameters")
        check_params(params, _NUMA)
        machine = self._find(uuid)
        definition = machine.one(flags)
        tuning = definition.tuning
        mode, nodeset = tuning.numa_mode, tuning.numa_nodeset
        for param in params:
            if param.field == "numa_mode":
                if not 0 <= int(param.value) < len(NUMA_MODES):
                    raise invalid(f"unsupported numatune mode: '{param.value}'")
                mode = NUMA_MODES[int(param.value)]
            else:
                nodeset = _nodes(str(param.value))
        if definition is machine.live and (mode or NUMA_MODES[0]) != (tuning.numa_mode or NUMA_MODES[0]):
            raise not_now("can't change numatune mode for running domain", domain=FROM_TEST)
        if nodeset is None and mode is not None:
            why = "nodeset for NUMA memory tuning must be set if 'placement' is 'static'"
            raise ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_DOM, detail=why)
        tuning.numa_mode, tuning.numa_nodeset = mode, nodeset
        machine.changed([definition])

    def block_io_tune(self, uuid: bytes, disk: str | None, flags: int) -> list[TypedParam]:
        only_flags(flags, _ASKED, "testDomainGetBlockIoTune")
        definition = self._find(uuid).one(flags)
        limits = {} if disk is None else _disk(definition, disk).iotune
        empty: dict[ParamKind, int | str] = {ParamKind.ULLONG: 0, ParamKind.STRING: ""}
        return [TypedParam(name, int(kind), limits.get(name, empty[kind])) for name, kind in _IO_TUNE.items()]

    async def set_block_io_tune(self, uuid: bytes, disk: str, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetBlockIoTune")
        check_params(params, _IO_TUNE)
        machine = self._find(uuid)
        definition = machine.one(flags)
        found = _disk(definition, disk)
        wanted: IoTune = dict(found.iotune)
        for param in params:
            if isinstance(param.value, int) and param.value > _MAX_IO:
                raise unsupported(f"block I/O throttle limit value must be no more than {_MAX_IO}")
            wanted[param.field] = str(param.value) if param.kind == ParamKind.STRING else int(param.value)
        _check_io(wanted)
        found.iotune = {name: value for name, value in wanted.items() if value}
        machine.changed([definition])

    def interface_parameters(self, uuid: bytes, device: str, flags: int) -> list[TypedParam]:
        only_flags(flags, _ASKED, "testDomainGetInterfaceParameters")
        limits = interface_of(self._find(uuid).one(flags), device).bandwidth
        return [TypedParam(name, int(kind), limits.get(name, 0)) for name, kind in _BANDWIDTH.items()]

    async def set_interface_parameters(self, uuid: bytes, device: str, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetInterfaceParameters")
        check_params(params, _BANDWIDTH)
        machine = self._find(uuid)
        definition = machine.one(flags)
        found = interface_of(definition, device)
        values = {param.field: int(param.value) for param in params}
        for way in BANDWIDTH:
            leading = {f"{way}.average", f"{way}.floor"}
            if leading & values.keys():  # peak and burst alone say nothing
                kept = {name: value for name, value in found.bandwidth.items() if not name.startswith(way)}
                given = {name: value for name, value in values.items() if name.startswith(way) and value}
                found.bandwidth = {**kept, **(given if leading & given.keys() else {})}
        machine.changed([definition])

    def perf_events(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, _ASKED, "testDomainGetPerfEvents")
        perf = self._find(uuid).one(flags).tuning.perf
        return [TypedParam(name, int(kind), int(perf.get(name, False))) for name, kind in _PERF.items()]

    async def set_perf_events(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetPerfEvents")
        check_params(params, _PERF)
        machine = self._find(uuid)
        definition = machine.one(flags)
        definition.tuning.perf.update({param.field: bool(param.value) for param in params})
        machine.changed([definition])

    # -- cpus ---------------------------------------------------------------------------------------------------------

    def scheduler_parameters_flags(self, uuid: bytes, flags: int) -> list[TypedParam]:
        only_flags(flags, 0, "testDomainGetSchedulerParametersFlags")
        return self.scheduler_parameters(uuid)

    async def set_scheduler_parameters(self, uuid: bytes, params: list[TypedParam]) -> None:
        """Accept the weight and, as libvirt's test driver, go on as before."""
        self._find(uuid)
        check_params(params, {"weight": ParamKind.UINT})

    async def set_scheduler_parameters_flags(self, uuid: bytes, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, 0, "testDomainSetSchedulerParametersFlags")
        await self.set_scheduler_parameters(uuid, params)

    def emulator_pin(self, uuid: bytes, flags: int) -> bytes:
        only_flags(flags, _AFFECT, "testDomainGetEmulatorPinInfo")
        pin = self._find(uuid).one(flags).tuning.emulator_pin
        return map_of_cpus(host.ALL_CPUS if pin is None else parse_cpuset(pin), host.HOST_CPUS)

    async def pin_emulator(self, uuid: bytes, cpumap: bytes, flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainPinEmulator")
        machine = self._find(uuid)
        definition = machine.one(flags)
        definition.tuning.emulator_pin = _pin(cpumap, "Empty cpu list for pinning")
        machine.changed([definition])

    def iothreads(self, uuid: bytes, flags: int) -> list[IoThread]:
        only_flags(flags, _AFFECT, "testDomainGetIOThreadInfo")
        definition = self._find(uuid).one(flags)
        # one that is not pinned has as many cpus as the machine has vcpus: libvirt's test driver says so
        free = map_of_cpus(frozenset(range(definition.vcpus)), host.HOST_CPUS)
        pins = definition.tuning.iothread_pins
        return [
            IoThread(number, map_of_cpus(parse_cpuset(pins[number]), host.HOST_CPUS) if number in pins else free)
            for number in definition.tuning.iothreads
        ]

    async def pin_iothread(self, uuid: bytes, iothread: int, cpumap: bytes, flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainPinIOThread")
        machine = self._find(uuid)
        definition = machine.one(flags)
        if iothread not in definition.tuning.iothreads:
            raise invalid(f"iothreadid {iothread} not found")
        definition.tuning.iothread_pins[iothread] = _pin(cpumap, "Empty iothread cpumap list for pinning")
        machine.changed([definition])

    async def add_iothread(self, uuid: bytes, iothread: int, flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainChgIOThread")
        machine = self._find(uuid)
        definition = machine.one(flags)
        if iothread == 0:
            raise invalid("invalid value of 0 for iothread_id")
        if iothread in definition.tuning.iothreads:
            raise invalid(f"an IOThread is already using iothread_id '{iothread}'", domain=FROM_DOM)
        if len(definition.tuning.iothreads) >= host.MAX_IOTHREADS:
            raise invalid(f"there are {host.MAX_IOTHREADS} iothreads already")
        definition.tuning.iothreads.append(iothread)
        machine.changed([definition])

    async def delete_iothread(self, uuid: bytes, iothread: int, flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainChgIOThread")
        machine = self._find(uuid)
        definition = machine.one(flags)
        if iothread not in definition.tuning.iothreads:
            raise invalid(f"cannot find IOThread '{iothread}' in iothreadids list", domain=FROM_DOM)
        definition.tuning.iothreads.remove(iothread)
        definition.tuning.iothread_pins.pop(iothread, None)
        machine.changed([definition])

    async def set_iothread_params(self, uuid: bytes, iothread: int, params: list[TypedParam], flags: int) -> None:
        only_flags(flags, int(Affect.LIVE), "testDomainSetIOThreadParams")
        definition = self._find(uuid).one(flags)
        if iothread not in definition.tuning.iothreads:
            raise invalid(f"cannot find IOThread '{iothread}' in iothreadids")
        check_params(params, _POLLING)

    async def set_memory_stats_period(self, uuid: bytes, period_s: int, flags: int) -> None:
        only_flags(flags, _AFFECT, "testDomainSetMemoryStatsPeriod")
        machine = self._find(uuid)
        definition = machine.one(flags)
        if definition.memballoon in (None, "none"):
            raise internal("No memory balloon device configured, can not set the collection period")
        definition.tuning.balloon_period_s = period_s
        machine.changed([definition])

    def scheduler_parameters(self, uuid: bytes) -> list[TypedParam]:
        self._find(uuid)
        return [TypedParam("weight", int(ParamKind.UINT), DEFAULT_WEIGHT)]


def interface_of(definition: DomainDef, device: str) -> InterfaceDef:
    """Return the interface with that MAC address or name on the host."""
    for index, interface in enumerate(definition.interfaces):
        if device in (interface.mac, interface_name(interface, index)):
            return interface
    raise invalid(f"'{device}' is not a known interface", domain=FROM_DOM)


def interface_name(interface: InterfaceDef, index: int) -> str:
    """Return an interface's name on the host that this driver pretends to be."""
    return interface.target or f"testnet{index}"


def _disk(definition: DomainDef, name: str) -> DiskDef:
    found = find_disk(definition, name)
    if found is None:
        raise invalid(f"disk '{name}' was not found in the domain config")
    return found


def find_disk(definition: DomainDef, name: str) -> DiskDef | None:
    """Return the disk with that target or source, None if there is none."""
    for disk in definition.disks:
        if name in (disk.target, disk.source):
            return disk
    return None


def _nodes(text: str) -> str:
    try:
        return format_cpuset(parse_cpuset(text))
    except ValueError as error:
        raise invalid(f"Failed to parse bitmap '{text[:80]}'", domain=FROM_NONE) from error


def _pin(cpumap: bytes, when_empty: str) -> str:
    cpus = {cpu for cpu in cpus_of_map(cpumap) if cpu < host.HOST_CPUS}
    if not cpus:
        raise invalid(when_empty)
    return format_cpuset(cpus)


def _check_io(wanted: IoTune) -> None:
    for what in ("bytes_sec", "iops_sec", "bytes_sec_max", "iops_sec_max"):
        if wanted.get(f"total_{what}") and (wanted.get(f"read_{what}") or wanted.get(f"write_{what}")):
            raise invalid(f"total and read/write of {what} cannot be set at the same time")
    for name in IO_TUNE[:6]:
        if int(wanted.get(name) or 0) > int(wanted.get(f"{name}_max") or 0):
            raise invalid(f"{name} cannot be set higher than {name}_max ")
