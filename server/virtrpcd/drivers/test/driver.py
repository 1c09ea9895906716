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
from virtrpcd.domxml import check_name
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.test import host, image
from virtrpcd.drivers.test.checkpoints import TestCheckpoints
from virtrpcd.drivers.test.definitions import PathCheck, first_machine, read_definition
from virtrpcd.drivers.test.machine import Machine
from virtrpcd.drivers.test.moments import Means
from virtrpcd.drivers.test.queries import DEFAULT_WEIGHT, TestQueries
from virtrpcd.drivers.test.snapshots import TestSnapshots
from virtrpcd.errors import FROM_TEST, OperationFailed, XmlError
from virtrpcd.events import EventBus
from virtrpcd.lifecycle import Action, Move, move
from virtrpcd.model import (
    Affect,
    BalloonEvent,
    CreateFlag,
    DefinedDetail,
    DomainRef,
    DomainState,
    Lifecycle,
    LifecycleEvent,
    MemoryFlag,
    ParamKind,
    RebootEvent,
    RunningReason,
    TypedParam,
    UndefinedDetail,
    VcpuFlag,
)

MAX_MACHINES: Final = 16384
"""No more than a list of machines can hold on any wire."""

_UNDEFINE_MANAGED_SAVE: Final = 1
_UNDEFINE_SNAPSHOTS: Final = 2
_SHUTDOWN_ACPI: Final = 1
_SAVE_RUNNING: Final = 2
_SAVE_PAUSED: Final = 4
_DUMP_CRASH: Final = 1
_DUMP_LIVE: Final = 2
_DUMP_RESET: Final = 8
_RESTARTS: Final = ("restart", "rename-restart")
_BOOTED: Final = Move(int(DomainState.RUNNING), int(RunningReason.BOOTED), ())


class TestDriver(TestQueries):
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
        machine.need_config("undefine")
        if machine.managed is not None and not flags & _UNDEFINE_MANAGED_SAVE:
            raise machine.invalid("domain has a managed save image; remove it first or ask for both")
        count = len(machine.snapshots)
        if count and not machine.active and not flags & _UNDEFINE_SNAPSHOTS:
            why = f"Requested operation is not valid: cannot delete inactive domain with {count} snapshots"
            raise machine.invalid(why)
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
            raise machine.invalid("cannot rename an active domain")
        if machine.managed is not None:
            raise machine.invalid("cannot rename a domain with a managed save image")
        try:
            check_name(name)
        except ValueError as error:
            raise XmlError(f"invalid name: {error}", domain=FROM_TEST) from error
        if name in self._by_name:
            raise machine.invalid(f"there is a domain called '{name}' already")
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
        definition = read_definition(xml, self._paths)
        self._check_create(flags)
        machine = self._match_other(definition)
        self._start(machine, definition, Action.START_PAUSED if flags & CreateFlag.PAUSED else Action.START)
        return machine.ref

    async def start_domain(self, uuid: bytes, flags: int) -> DomainRef:
        machine = self._find(uuid)
        self._check_create(flags)
        kept = machine.managed
        if kept is not None and not flags & CreateFlag.FORCE_BOOT:
            running = kept.running and not flags & CreateFlag.PAUSED
            definition = read_definition(kept.xml, None)
            self._start(machine, definition, Action.RESTORE if running else Action.RESTORE_PAUSED, kept.cpu_time_ns)
        else:
            action = Action.START_PAUSED if flags & CreateFlag.PAUSED else Action.START
            self._start(machine, machine.current(), action)
        machine.managed = None
        return machine.ref

    async def destroy(self, uuid: bytes, flags: int) -> None:
        self._stop(self._find(uuid), Action.DESTROY)

    async def suspend(self, uuid: bytes) -> None:
        self._move(self._find(uuid), Action.SUSPEND)

    async def resume(self, uuid: bytes) -> None:
        self._move(self._find(uuid), Action.RESUME)

    async def shutdown(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        live = machine.need_active()
        if flags & ~_SHUTDOWN_ACPI:
            self._refuse("only ACPI can ask the guest to shut down here")
        self._guest_ends(machine, live.on_poweroff)

    async def reboot(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        live = machine.need_active()
        if flags & ~_SHUTDOWN_ACPI:
            self._refuse("only ACPI can ask the guest to reboot here")
        self._guest_ends(machine, live.on_reboot)

    async def reset(self, uuid: bytes) -> None:
        machine = self._find(uuid)
        machine.need_active()
        self.bus.publish(RebootEvent(machine.ref))

    # -- resources -----------------------------------------------------------------------------------------------------

    async def set_memory(self, uuid: bytes, kib: int, flags: int) -> None:
        machine = self._find(uuid)
        if not 0 < kib < 1 << 53:
            self._refuse(f"{kib} KiB of memory is not possible")
        definitions = machine.affected(flags)
        if flags & MemoryFlag.MAXIMUM:
            if machine.live in definitions and machine.live is not None:
                raise machine.invalid("the maximum memory of an active domain cannot change")
            for definition in definitions:
                definition.memory_kib = kib
                definition.current_memory_kib = min(definition.current_memory_kib, kib)
        else:
            if any(kib > definition.memory_kib for definition in definitions):
                self._refuse("memory cannot be higher than the maximum memory")
            for definition in definitions:
                definition.current_memory_kib = kib
        machine.changed(definitions)
        if machine.live is not None and definitions[0] is machine.live:
            self.bus.publish(BalloonEvent(machine.ref, kib))

    async def set_vcpus(self, uuid: bytes, count: int, flags: int) -> None:
        machine = self._find(uuid)
        if flags & (VcpuFlag.GUEST | VcpuFlag.HOTPLUGGABLE):
            self._refuse("there is no guest agent and no vcpu that can be told apart")
        if not 1 <= count <= host.MAX_VCPUS:
            self._refuse(f"the number of vcpus must be within 1 to {host.MAX_VCPUS}, not {count}")
        if flags & VcpuFlag.MAXIMUM and (flags & Affect.LIVE or (machine.active and not flags & Affect.CONFIG)):
            self._refuse("the maximum of vcpus can change in the persistent definition only")
        definitions = machine.affected(flags)
        for definition in definitions:
            if not flags & VcpuFlag.MAXIMUM and count > definition.max_vcpus:
                self._refuse(f"{count} vcpus are more than the maximum, {definition.max_vcpus}")
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
        cpus = {cpu for cpu in cpus_of_map(cpumap) if cpu < host.HOST_CPUS}
        if not cpus:
            self._refuse("the cpu map names no cpu of this host")
        definitions = machine.affected(flags)
        if any(not 0 <= vcpu < definition.max_vcpus for definition in definitions):
            self._refuse(f"the domain has no vcpu {vcpu}")
        for definition in definitions:
            definition.vcpu_pins[vcpu] = format_cpuset(cpus)
        machine.changed(definitions)

    async def set_scheduler_parameters(self, uuid: bytes, params: list[TypedParam]) -> None:
        machine = self._find(uuid)
        weight = machine.weight
        for param in params:
            if param.field != "weight":
                self._refuse(f"the scheduler has no parameter '{param.field}'")
            if param.kind != ParamKind.UINT or not isinstance(param.value, int):
                self._refuse("weight must be an unsigned int")
            weight = param.value
        machine.weight = weight

    # -- files ---------------------------------------------------------------------------------------------------------

    async def save(self, uuid: bytes, path: str, flags: int) -> None:
        machine = self._find(uuid)
        machine.need_active()
        image.write_image(path, self._image(machine, flags))
        self._stop(machine, Action.SAVE)

    async def restore(self, path: str, flags: int) -> None:
        kept = image.read_image(path)
        definition = read_definition(kept.xml, self._paths)
        running = self._runs_after(kept.running, flags)
        machine = self._match_other(definition)
        self._start(machine, definition, Action.RESTORE if running else Action.RESTORE_PAUSED, kept.cpu_time_ns)

    async def core_dump(self, uuid: bytes, path: str, flags: int) -> None:
        machine = self._find(uuid)
        machine.need_active()
        if (flags & (_DUMP_CRASH | _DUMP_LIVE | _DUMP_RESET)).bit_count() > 1:
            self._refuse("crash, live and reset exclude each other")
        image.write_core(path, machine.describe(0))
        if flags & _DUMP_CRASH:
            self._stop(machine, Action.CRASH)
        elif flags & _DUMP_RESET:
            self.bus.publish(RebootEvent(machine.ref))

    async def managed_save(self, uuid: bytes, flags: int) -> None:
        machine = self._find(uuid)
        machine.need_active()
        machine.need_config("do a managed save of")
        machine.managed = self._image(machine, flags)
        self._stop(machine, Action.SAVE)

    async def managed_save_remove(self, uuid: bytes) -> None:
        self._find(uuid).managed = None

    # -- how it is done ------------------------------------------------------------------------------------------------

    def _match(self, definition: DomainDef) -> Machine | None:
        """Return the machine of a definition, None for a new one; OperationFailed if only name or uuid agrees."""
        by_uuid = self._by_uuid.get(definition.uuid or b"")
        by_name = self._by_name.get(definition.name)
        if by_uuid is not None and by_uuid.name != definition.name:
            why = f"domain '{by_uuid.name}' is already defined with uuid {format_uuid(by_uuid.uuid)}"
            raise OperationFailed(why, domain=FROM_TEST)
        if by_name is not None and by_uuid is None:
            why = f"domain '{by_name.name}' already exists with uuid {format_uuid(by_name.uuid)}"
            raise OperationFailed(why, domain=FROM_TEST)
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
        machine = Machine(uuid, definition.name, weight=DEFAULT_WEIGHT)
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
        """Do what <on_poweroff> or <on_reboot> says; a guest that restarts keeps its id."""
        if then in _RESTARTS:
            if machine.state == DomainState.PAUSED:
                self._move(machine, Action.RESUME)
            machine.enter(_BOOTED, self._clock_ns())
            self.bus.publish(RebootEvent(machine.ref))
        else:
            self._stop(machine, Action.SHUT_DOWN)

    def _check_create(self, flags: int) -> None:
        if flags & CreateFlag.AUTODESTROY:
            self._refuse("this driver cannot destroy a domain when its client goes away")

    def _runs_after(self, running: bool, flags: int) -> bool:
        if flags & _SAVE_RUNNING and flags & _SAVE_PAUSED:
            self._refuse("running and paused exclude each other")
        return bool(flags & _SAVE_RUNNING) or (running and not flags & _SAVE_PAUSED)

    def _image(self, machine: Machine, flags: int) -> image.Image:
        now = machine.image(self._clock_ns())
        return now._replace(running=self._runs_after(now.running, flags))
