"""The test driver: every call of the driver contract on machines that exist in memory only.

It begins with one running machine called "test", as libvirt's test:///default does. No method waits, so each change is
complete before anybody else sees it. Cpu time follows the clock that the driver was given, in running machines only.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

from virtrpcd.cpuset import cpus_of_map, format_cpuset
from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import check_name, format_domain
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.test import host, image
from virtrpcd.drivers.test.checkpoints import TestCheckpoints
from virtrpcd.drivers.test.definitions import PathCheck, first_machine, read_definition
from virtrpcd.drivers.test.details import TestDetails
from virtrpcd.drivers.test.guest import TestGuest
from virtrpcd.drivers.test.hosts import TestHost
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.drivers.test.moments import Means
from virtrpcd.drivers.test.refusals import invalid, not_done, not_now, only_flags, wrong_state
from virtrpcd.drivers.test.screen import TestScreen
from virtrpcd.drivers.test.snapshots import TestSnapshots
from virtrpcd.drivers.test.storage import TestStorage
from virtrpcd.drivers.test.tuning import TestTuning
from virtrpcd.errors import FROM_DOM, FROM_TEST, OperationFailed, XmlError
from virtrpcd.events import EventBus
from virtrpcd.lifecycle import Action, Move, move
from virtrpcd.model import (
    Affect,
    CreateFlag,
    DefinedDetail,
    DomainRef,
    DomainState,
    Lifecycle,
    LifecycleEvent,
    MemoryFlag,
    RunningReason,
    UndefinedDetail,
    VcpuFlag,
    XmlFlag,
)

MAX_MACHINES: Final = 16384
"""No more than a list of machines can hold on any wire."""

_UNDEFINE_MANAGED_SAVE: Final = 1
_UNDEFINE_SNAPSHOTS: Final = 2
_UNDEFINE: Final = 0x3
_DESTROY_GRACEFUL: Final = 1
_REBOOT: Final = 0x1F
_SAVE_RUNNING: Final = 2
_SAVE_PAUSED: Final = 4
_DUMP_CRASH: Final = 1
_DUMP_RAW: Final = 0
_RESTARTS: Final = ("restart", "rename-restart")
_BOOTED: Final = Move(int(DomainState.RUNNING), int(RunningReason.BOOTED), ())


class TestDriver(TestTuning, TestDetails, TestGuest, TestHost, TestScreen):
    """An in-memory hypervisor. paths: which files domain XML may name; None: any, as none of them is opened."""

    def __init__(
        self, bus: EventBus, *, clock_ns: Callable[[], int] = time.monotonic_ns, paths: PathCheck | None = None
    ) -> None:
        super().__init__(bus, clock_ns=clock_ns)
        self._paths = paths
        means = Means(self._find, self._leave, self._begin, self._publish, paths)
        self.snapshots = TestSnapshots(means)
        self.checkpoints = TestCheckpoints(means)
        self._next_id = 1
        self.storage = TestStorage(bus)
        definition = first_machine()
        machine = self._add(definition)
        machine.config = definition
        self._begin(machine, definition, Move(int(DomainState.RUNNING), int(RunningReason.UNKNOWN), ()))

    # -- definitions ------------------------------------------------------------------------------------------------

    async def define(self, xml: str, flags: int) -> DomainRef:
        definition = read_definition(xml, self._paths)
        machine = self._match(definition)
        detail = DefinedDetail.ADDED if machine is None or machine.config is None else DefinedDetail.UPDATED
        if machine is None:
            machine = self._add(definition)
        machine.config = definition
        machine.changed([definition])
        self._publish(machine.ref, Lifecycle.DEFINED, detail)
        return machine.ref

    async def undefine(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        only_flags(flags, _UNDEFINE, "testDomainUndefineFlags")
        machine.need_config("undefine")
        if machine.managed is not None and not flags & _UNDEFINE_MANAGED_SAVE:
            raise machine.invalid("Refusing to undefine while domain managed save image exists")
        count = len(machine.snapshots)
        if count and not machine.active and not flags & _UNDEFINE_SNAPSHOTS:
            raise machine.invalid(f"cannot delete inactive domain with {count} snapshots")
        machine.config = None
        machine.autostart = False
        machine.updated = False
        if not machine.active:
            self._forget(machine)
        self._publish(machine.ref, Lifecycle.UNDEFINED, UndefinedDetail.REMOVED)

    async def rename(self, uuid: bytes, name: str) -> None:
        machine = self._find(uuid)
        definition = machine.need_config("rename")
        if machine.active:
            raise machine.invalid("cannot rename active domain")
        if machine.managed is not None:
            raise machine.invalid("cannot rename domain with managed save image")
        try:
            check_name(name)
        except ValueError as error:
            why = f"name {name[:80]} cannot contain '/'" if "/" in name else f"invalid name: {error}"
            raise XmlError(f"XML error: {why}", domain=FROM_TEST, detail=why) from error
        if name == machine.name:
            raise not_now("Can't rename domain to itself")
        if name in self._by_name:
            raise not_now(f"domain with name '{name}' already exists")
        old = machine.ref
        del self._by_name[old.name]
        definition.name = name
        machine.ref = DomainRef(name, uuid, -1)
        self._by_name[name] = machine
        machine.changed()
        self._publish(old, Lifecycle.UNDEFINED, UndefinedDetail.RENAMED)
        self._publish(machine.ref, Lifecycle.DEFINED, DefinedDetail.RENAMED)

    async def set_autostart(self, uuid: bytes, autostart: bool) -> None:
        machine = self._find(uuid)
        machine.need_config("set autostart of")
        machine.autostart = autostart

    # -- life ---------------------------------------------------------------------------------------------------------

    async def create_xml(self, xml: str, flags: int) -> DomainRef:
        only_flags(flags, CreateFlag.PAUSED | CreateFlag.VALIDATE, "testDomainCreateXML")
        definition = read_definition(xml, self._paths)
        machine = self._match_other(definition)
        if machine.active:
            raise not_now(f"domain '{machine.name}' is already active")
        self._start(machine, definition, Action.START_PAUSED if flags & CreateFlag.PAUSED else Action.START)
        return machine.ref

    async def start_domain(self, uuid: bytes, flags: int) -> DomainRef:
        machine = self._find(uuid)
        only_flags(flags, CreateFlag.PAUSED | CreateFlag.FORCE_BOOT, "testDomainCreateWithFlags")
        if machine.active:
            raise wrong_state(f"Domain '{machine.name}' is already running")
        action = Action.START_PAUSED if flags & CreateFlag.PAUSED else Action.START
        kept = machine.managed
        if kept is None or flags & CreateFlag.FORCE_BOOT:
            self._start(machine, machine.current(), action)
        else:
            # as libvirt's test driver has it, this is called a boot
            self._start(machine, read_definition(kept.xml, None), action, kept.cpu_time_ns)
        machine.managed = None
        return machine.ref

    async def destroy(self, uuid: bytes, flags: int) -> None:
        only_flags(flags, _DESTROY_GRACEFUL, "testDomainDestroyFlags")
        machine = self._find(uuid)
        machine.need_active()
        self._stop(machine, Action.DESTROY)

    async def suspend(self, uuid: bytes) -> None:
        machine = self._find(uuid)
        if machine.state != DomainState.RUNNING:
            raise wrong_state(f"domain '{machine.name}' not running")
        self._move(machine, Action.SUSPEND)

    async def resume(self, uuid: bytes) -> None:
        machine = self._find(uuid)
        if machine.state != DomainState.PAUSED:
            raise wrong_state(f"domain '{machine.name}' not paused")
        self._move(machine, Action.RESUME)

    async def shutdown(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        only_flags(flags, 0, "testDomainShutdownFlags")
        live = machine.live
        if live is None:
            raise wrong_state(f"domain '{machine.name}' not running")
        self._guest_ends(machine, live.on_poweroff)

    async def reboot(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        only_flags(flags, _REBOOT, "testDomainReboot")
        live = machine.need_active()
        self._guest_ends(machine, live.on_reboot)

    async def reset(self, uuid: bytes) -> None:
        """Change nothing that could be seen, and say nothing of it."""
        self._find(uuid).need_active()

    # -- resources -----------------------------------------------------------------------------------------------------

    async def set_memory(self, uuid: bytes, kib: int, flags: int) -> None:
        machine = self._find(uuid)
        if not 0 < kib < 1 << 53:
            self._refuse(f"{kib} KiB of memory is not possible")
        definitions = machine.affected(flags)
        if flags & MemoryFlag.MAXIMUM:
            if machine.live in definitions and machine.live is not None:
                raise machine.invalid("cannot resize the maximum memory on an active domain")
            for definition in definitions:
                definition.memory_kib = kib
                definition.current_memory_kib = min(definition.current_memory_kib, kib)
        else:
            if any(kib > definition.memory_kib for definition in definitions):
                raise invalid("cannot set memory higher than max memory")
            for definition in definitions:
                definition.current_memory_kib = kib
        machine.changed(definitions)

    async def set_vcpus(self, uuid: bytes, count: int, flags: int) -> None:
        machine = self._find(uuid)
        only_flags(flags, ~(VcpuFlag.GUEST | VcpuFlag.HOTPLUGGABLE), "testDomainSetVcpusFlags")
        if not 1 <= count <= host.MAX_VCPUS:
            raise invalid(f"requested cpu amount exceeds maximum supported amount ({count} > {host.MAX_VCPUS})")
        if flags & VcpuFlag.MAXIMUM and (flags & Affect.LIVE or (machine.active and not flags & Affect.CONFIG)):
            self._refuse("the maximum of vcpus can change in the persistent definition only")
        definitions = machine.affected(flags)
        for definition in definitions:
            if not flags & VcpuFlag.MAXIMUM and count > definition.max_vcpus:
                raise invalid(f"requested cpu amount exceeds maximum ({count} > {definition.max_vcpus})")
        for definition in definitions:
            if flags & VcpuFlag.MAXIMUM:
                definition.max_vcpus = count
                definition.vcpus = min(definition.vcpus, count)
                definition.vcpu_pins = {vcpu: pin for vcpu, pin in definition.vcpu_pins.items() if vcpu < count}
            else:
                definition.vcpus = count
        machine.changed(definitions)

    async def pin_vcpu(self, uuid: bytes, vcpu: int, cpumap: bytes, flags: int) -> None:
        machine = self._find(uuid)
        if flags & Affect.LIVE and not machine.active:
            raise machine.invalid("cannot pin vcpus on an inactive domain")
        cpus = {cpu for cpu in cpus_of_map(cpumap) if cpu < host.HOST_CPUS}
        if not cpus:
            self._refuse("the cpu map names no cpu of this host")
        definitions = machine.affected(flags)
        if any(not 0 <= vcpu < definition.max_vcpus for definition in definitions):
            raise invalid(f"requested vcpu '{vcpu}' is not present in the domain")
        for definition in definitions:
            definition.vcpu_pins[vcpu] = format_cpuset(cpus)
        machine.changed(definitions)

    # -- files ---------------------------------------------------------------------------------------------------------

    async def save(self, uuid: bytes, path: str, flags: int) -> None:
        only_flags(flags, 0, "testDomainSaveFlags")
        machine = self._find(uuid)
        machine.need_active()
        what = f"saving domain '{machine.name}' to '{path}': open failed"
        image.write_image(path, machine.image(self._clock_ns()), what)
        self._stop(machine, Action.SAVE)

    async def restore(self, path: str, flags: int) -> None:
        """Start the machine in a file; as in libvirt's test driver it runs then, also when it was saved paused."""
        only_flags(flags, 0, "testDomainRestoreFlags")
        kept = image.read_image(path)
        definition = read_definition(kept.xml, self._paths)
        machine = self._match_other(definition)
        if machine.active:
            raise not_now(f"domain '{machine.name}' is already active")
        self._start(machine, definition, Action.RESTORE, kept.cpu_time_ns)

    async def saved_xml(self, path: str, flags: int) -> str:
        only_flags(flags, XmlFlag.SECURE, "testDomainSaveImageGetXMLDesc")
        definition = read_definition(image.read_image(path).xml, None)
        return format_domain(definition, id=None, secure=bool(flags & XmlFlag.SECURE))

    async def change_saved_xml(self, path: str, xml: str, flags: int) -> None:
        only_flags(flags, _SAVE_RUNNING | _SAVE_PAUSED, "testDomainSaveImageDefineXML")
        kept = image.read_image(path)
        definition = read_definition(xml, self._paths)
        changed = kept._replace(xml=format_domain(definition, id=None, secure=True))
        image.write_image(path, changed, f"cannot write domain image '{path}'")

    async def core_dump(self, uuid: bytes, path: str, flags: int) -> None:
        await self.core_dump_format(uuid, path, _DUMP_RAW, flags)

    async def core_dump_format(self, uuid: bytes, path: str, kind: int, flags: int) -> None:
        only_flags(flags, _DUMP_CRASH, "testDomainCoreDumpWithFormat")
        machine = self._find(uuid)
        machine.need_active()
        if kind != _DUMP_RAW:
            raise not_done("kdump-compressed format is not supported here")
        image.write_core(path, machine.describe(0), f"domain '{machine.name}' coredump: failed to open {path}")
        if flags & _DUMP_CRASH:
            self._stop(machine, Action.CRASH)

    async def managed_save(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        machine.need_active()
        if machine.config is None:
            raise machine.invalid("cannot do managed save for transient domain")
        machine.managed = machine.image(self._clock_ns())
        self._stop(machine, Action.SAVE)

    async def managed_save_remove(self, uuid: bytes) -> None:
        self._find(uuid).managed = None

    # -- how it is done ------------------------------------------------------------------------------------------------

    def _match(self, definition: DomainDef) -> Machine | None:
        """Return the machine of a definition, None for a new one; OperationFailed if only name or uuid agrees."""
        by_uuid = self._by_uuid.get(definition.uuid or b"")
        by_name = self._by_name.get(definition.name)
        if by_uuid is not None and by_uuid.name != definition.name:
            raise _clash(f"domain '{by_uuid.name}' is already defined with uuid {format_uuid(by_uuid.uuid)}")
        if by_name is not None and by_uuid is None:
            raise _clash(f"domain '{by_name.name}' already exists with uuid {format_uuid(by_name.uuid)}")
        return by_uuid

    def _match_other(self, definition: DomainDef) -> Machine:
        """Return the machine of a definition that is to run instead of the one kept, or a new one."""
        machine = self._match(definition)
        if machine is None:
            return self._add(definition)
        if machine.managed is not None:
            # its memory would not fit its disks any more
            raise machine.invalid("domain has a managed save image; start it from that or remove it first")
        return machine

    def _add(self, definition: DomainDef) -> Machine:
        if len(self._by_uuid) >= MAX_MACHINES:
            raise OperationFailed(f"there are {MAX_MACHINES} domains already", domain=FROM_TEST)
        uuid = definition.uuid or os.urandom(16)
        machine = Machine(uuid, definition.name)
        self._by_uuid[uuid] = machine
        self._by_name[definition.name] = machine
        return machine

    def _forget(self, machine: Machine) -> None:
        del self._by_uuid[machine.uuid]
        del self._by_name[machine.name]

    def _publish(self, ref: DomainRef, event: int, detail: int) -> None:
        self.bus.publish(LifecycleEvent(ref, int(event), int(detail)))

    def _begin(self, machine: Machine, definition: DomainDef, to: Move, cpu_ns: int = 0) -> None:
        machine.begin(definition, self._next_id, cpu_ns)
        self._by_id[self._next_id] = machine
        self._next_id += 1
        self._enter(machine, to)

    def _start(self, machine: Machine, definition: DomainDef, action: Action, cpu_ns: int = 0) -> None:
        self._begin(machine, definition, move(machine.state, action, domain=FROM_TEST), cpu_ns)

    def _move(self, machine: Machine, action: Action) -> None:
        self._enter(machine, move(machine.state, action, domain=FROM_TEST))

    def _stop(self, machine: Machine, action: Action) -> None:
        self._leave(machine, move(machine.state, action, domain=FROM_TEST))

    def _leave(self, machine: Machine, to: Move, keep: bool = False) -> None:
        """End an active machine; a transient one is then forgotten, unless it is kept to start again at once."""
        del self._by_id[machine.ref.id]
        machine.enter(to, self._clock_ns())
        machine.end()
        if machine.config is None and not keep:
            self._forget(machine)
        self._tell(machine, to)

    def _enter(self, machine: Machine, to: Move) -> None:
        machine.enter(to, self._clock_ns())
        self._tell(machine, to)

    def _tell(self, machine: Machine, to: Move) -> None:
        for event, detail in to.events:
            self._publish(machine.ref, event, detail)

    def _guest_ends(self, machine: Machine, then: str) -> None:
        """Do what <on_poweroff> or <on_reboot> says; a guest that restarts keeps its id, and is not told of."""
        if then in _RESTARTS:
            if machine.state == DomainState.PAUSED:
                # libvirt's test driver says nothing here, and who follows the events would think it paused for ever
                self._move(machine, Action.RESUME)
            machine.enter(_BOOTED, self._clock_ns())
        else:
            self._stop(machine, Action.SHUT_DOWN)


def _clash(why: str) -> OperationFailed:
    return OperationFailed(f"operation failed: {why}", domain=FROM_DOM, detail=why)
