"""The qemu driver's face: every change a client can ask for.

Each change holds its machine's job lock, is on disk before it returns, and runs to its end once it has begun.
"""

from __future__ import annotations

from typing import Final

from virtrpcd.cpuset import cpus_of_map, format_cpuset
from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import check_name
from virtrpcd.drivers.qemu import definition as definitions
from virtrpcd.drivers.qemu import host, probe
from virtrpcd.drivers.qemu.details import QemuDetails
from virtrpcd.drivers.qemu.machine import Machine
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.drivers.qemu.saving import QemuSaving
from virtrpcd.drivers.qemu.screen import QemuScreen
from virtrpcd.errors import FROM_QEMU, InvalidArgument, OperationFailed, OperationInvalid, XmlError
from virtrpcd.lifecycle import Action, move
from virtrpcd.model import (
    CreateFlag,
    DefinedDetail,
    DomainRef,
    Lifecycle,
    MemoryFlag,
    UndefinedDetail,
    VcpuFlag,
)

_UNDEFINE_MANAGED_SAVE: Final = 1
_DESTROY_GRACEFUL: Final = 1
_ACPI: Final = 1
_KNOWN_CREATE: Final = int(CreateFlag.PAUSED | CreateFlag.FORCE_BOOT | CreateFlag.VALIDATE)
_MAX_KIB: Final = 1 << 53


class QemuDriver(QemuSaving, QemuScreen, QemuDetails):
    """Machines as QEMU processes. `settings` says where its files are and how long things may take."""

    # -- definitions ------------------------------------------------------------------------------------------------

    async def define(self, xml: str, flags: int) -> DomainRef:
        return await self._whole(self._define(xml))

    async def _define(self, xml: str) -> DomainRef:
        definition = definitions.read_definition(xml, self.emulator, self.settings.paths)
        async with self._place_for(definition, "define") as machine:
            added = machine.config is None
            await self._in_pool(self._store.put_definition, machine.definition_row(definition))
            machine.set_config(definition)
            self._publish(machine.ref, Lifecycle.DEFINED, DefinedDetail.ADDED if added else DefinedDetail.UPDATED)
            return machine.ref

    async def undefine(self, uuid: bytes, flags: int) -> None:
        await self._whole(self._undefine(uuid, flags))

    async def _undefine(self, uuid: bytes, flags: int) -> None:
        async with self._job(uuid, "undefine") as machine:
            if machine.damage is None:
                machine.need_config("undefine")
            if machine.managed and not flags & _UNDEFINE_MANAGED_SAVE:
                why = "domain has a managed save image; remove it first or ask for both"
                raise OperationInvalid(why, domain=FROM_QEMU)
            await self._in_pool(self._store.remove_definition, uuid)
            if machine.managed:
                self._remove_managed(machine)
            machine.config = machine.damage = None
            machine.autostart = machine.updated = False
            machine.refresh()
            if not machine.visible:
                self._forget(machine)
            self._publish(machine.ref, Lifecycle.UNDEFINED, UndefinedDetail.REMOVED)

    async def rename(self, uuid: bytes, name: str) -> None:
        await self._whole(self._rename(uuid, name))

    async def _rename(self, uuid: bytes, name: str) -> None:
        async with self._job(uuid, "rename") as machine:
            changed = machine.copy_of_config("rename")
            if machine.run is not None or machine.managed:
                raise OperationInvalid("cannot rename a domain that is active or saved", domain=FROM_QEMU)
            try:
                changed.name = check_name(name)
            except ValueError as error:
                raise XmlError(f"invalid name: {error}", domain=FROM_QEMU) from error
            if name in self._by_name:
                raise OperationInvalid(f"there is a domain called '{name}' already", domain=FROM_QEMU)
            # the name is taken before the wait for the disk, and given back if that fails
            self._by_name[name] = machine
            try:
                await self._in_pool(self._store.put_definition, machine.definition_row(changed))
            except BaseException:
                del self._by_name[name]
                raise
            old = machine.ref
            del self._by_name[old.name]
            machine.rename(name)
            machine.set_config(changed)
            self._publish(old, Lifecycle.UNDEFINED, UndefinedDetail.RENAMED)
            self._publish(machine.ref, Lifecycle.DEFINED, DefinedDetail.RENAMED)

    async def set_autostart(self, uuid: bytes, autostart: bool) -> None:
        await self._whole(self._set_autostart(uuid, autostart))

    async def _set_autostart(self, uuid: bytes, autostart: bool) -> None:
        async with self._job(uuid, "set autostart of") as machine:
            config = machine.need_config("set autostart of")
            await self._in_pool(self._store.put_definition, machine.definition_row(config, autostart=autostart))
            machine.autostart = autostart

    # -- life -------------------------------------------------------------------------------------------------------

    async def create_xml(self, xml: str, flags: int) -> DomainRef:
        return await self._whole(self._create(xml, flags))

    async def _create(self, xml: str, flags: int) -> DomainRef:
        definition = definitions.read_definition(xml, self.emulator, self.settings.paths)
        async with self._place_for(definition, "start") as machine:
            machine.need_off()
            self._check_create(flags)
            await self._start_machine(machine, definition, _start_action(flags))
            return machine.ref

    async def start_domain(self, uuid: bytes, flags: int) -> DomainRef:
        return await self._whole(self._start_defined(uuid, flags))

    async def _start_defined(self, uuid: bytes, flags: int) -> DomainRef:
        async with self._job(uuid, "start") as machine:
            machine.need_off()
            self._check_create(flags)
            config = machine.need_config("start")
            if machine.managed and not flags & CreateFlag.FORCE_BOOT:
                await self._restore_managed(machine, paused=bool(flags & CreateFlag.PAUSED))
            else:
                await self._start_machine(machine, config, _start_action(flags))
            if machine.managed:
                self._remove_managed(machine)
            return machine.ref

    async def destroy(self, uuid: bytes, flags: int) -> None:
        await self._whole(self._destroy(uuid, flags))

    async def _destroy(self, uuid: bytes, flags: int) -> None:
        async with self._job(uuid, "destroy") as machine:
            await self._end(machine.need_run(), Action.DESTROY, gracefully=bool(flags & _DESTROY_GRACEFUL))

    async def suspend(self, uuid: bytes) -> None:
        await self._whole(self._pause(uuid, Action.SUSPEND, "suspend", "stop"))

    async def resume(self, uuid: bytes) -> None:
        await self._whole(self._pause(uuid, Action.RESUME, "resume", "cont"))

    async def _pause(self, uuid: bytes, action: Action, job: str, command: str) -> None:
        async with self._job(uuid, job) as machine:
            to = move(machine.state, action, domain=FROM_QEMU)
            run = machine.need_run()
            await self._quietly(run, command)
            if machine.run is not run:
                raise OperationFailed("domain ended meanwhile", domain=FROM_QEMU)
            self._enter(machine, to)

    async def shutdown(self, uuid: bytes, flags: int) -> None:
        await self._whole(self._press_power(uuid, flags, reboot=False))

    async def reboot(self, uuid: bytes, flags: int) -> None:
        await self._whole(self._press_power(uuid, flags, reboot=True))

    async def _press_power(self, uuid: bytes, flags: int, *, reboot: bool) -> None:
        async with self._job(uuid, "reboot" if reboot else "shut down") as machine:
            run = machine.need_run()
            if flags & ~_ACPI:
                self._refuse("only ACPI can ask the guest here")
            await run.command("system_powerdown")
            # there is no button for a reboot: the guest powers off and is then reset
            run.fake_reboot = reboot

    async def reset(self, uuid: bytes) -> None:
        await self._whole(self._reset(uuid))

    async def _reset(self, uuid: bytes) -> None:
        async with self._job(uuid, "reset") as machine:
            await machine.need_run().reset()

    # -- resources --------------------------------------------------------------------------------------------------

    async def set_memory(self, uuid: bytes, kib: int, flags: int) -> None:
        await self._whole(self._set_memory(uuid, kib, flags))

    async def _set_memory(self, uuid: bytes, kib: int, flags: int) -> None:
        async with self._job(uuid, "set the memory of") as machine:
            self._check_affect(flags, MemoryFlag.MAXIMUM)
            if not 0 < kib < _MAX_KIB:
                self._refuse(f"{kib} KiB of memory is not possible")
            run, config = machine.affected(flags)
            if flags & MemoryFlag.MAXIMUM:
                if run is not None:
                    raise OperationInvalid("the maximum memory of an active domain cannot change", domain=FROM_QEMU)
                await self._change_config(machine, _with_max_memory(machine, kib))
                return
            for definition in (run.live if run else None, config):
                if definition is not None and kib > definition.memory_kib:
                    self._refuse("memory cannot be higher than the maximum memory")
            if run is not None:
                if run.live.memballoon == "none":
                    raise OperationInvalid("domain has no memory balloon", domain=FROM_QEMU)
                await run.balloon(kib)
            if config is not None:
                changed = machine.copy_of_config("set the memory of")
                changed.current_memory_kib = kib
                await self._change_config(machine, changed)

    async def set_vcpus(self, uuid: bytes, count: int, flags: int) -> None:
        await self._whole(self._set_vcpus(uuid, count, flags))

    async def _set_vcpus(self, uuid: bytes, count: int, flags: int) -> None:
        async with self._job(uuid, "set the vcpus of") as machine:
            self._check_affect(flags, VcpuFlag.MAXIMUM)
            run, config = machine.affected(flags)
            if not 1 <= count <= probe.MAX_VCPUS:
                self._refuse(f"the number of vcpus must be within 1 to {probe.MAX_VCPUS}, not {count}")
            if flags & VcpuFlag.MAXIMUM:
                if run is not None:
                    self._refuse("the maximum of vcpus can change in the persistent definition only")
                await self._change_config(machine, _with_max_vcpus(machine, count))
                return
            for definition in (run.live if run else None, config):
                if definition is not None and count > definition.max_vcpus:
                    self._refuse(f"{count} vcpus are more than the maximum, {definition.max_vcpus}")
            if run is not None:
                await self._plug_vcpus(machine, run, count)
            if config is not None:
                changed = machine.copy_of_config("set the vcpus of")
                changed.vcpus = count
                await self._change_config(machine, changed)

    async def _plug_vcpus(self, machine: Machine, run: Run, count: int) -> None:
        if count < run.live.vcpus:
            self._refuse("vcpus of a running domain can only be added")
        try:
            await run.plug_vcpus(count)
        finally:
            # also when only some could be plugged in
            machine.refresh()
            await self._in_pool(self._store.put_run, machine.run_row(run))

    async def pin_vcpu(self, uuid: bytes, vcpu: int, cpumap: bytes, flags: int) -> None:
        await self._whole(self._pin_vcpu(uuid, vcpu, cpumap, flags))

    async def _pin_vcpu(self, uuid: bytes, vcpu: int, cpumap: bytes, flags: int) -> None:
        async with self._job(uuid, "pin a vcpu of") as machine:
            self._check_affect(flags, 0)
            run, config = machine.affected(flags)
            cpus = cpus_of_map(cpumap) & host.online_cpus()
            if not cpus:
                self._refuse("the cpu map names no cpu of this host that is online")
            for definition in (run.live if run else None, config):
                if definition is not None and not 0 <= vcpu < definition.max_vcpus:
                    self._refuse(f"the domain has no vcpu {vcpu}")
            if run is not None:
                run.pin_vcpu(vcpu, cpus)
                run.live.vcpu_pins[vcpu] = format_cpuset(cpus)
                machine.refresh()
                await self._in_pool(self._store.put_run, machine.run_row(run))
            if config is not None:
                changed = machine.copy_of_config("pin a vcpu of")
                changed.vcpu_pins[vcpu] = format_cpuset(cpus)
                await self._change_config(machine, changed)

    async def _change_config(self, machine: Machine, changed: DomainDef) -> None:
        await self._in_pool(self._store.put_definition, machine.definition_row(changed))
        machine.set_config(changed)

    def _check_create(self, flags: int) -> None:
        if flags & ~_KNOWN_CREATE:
            self._refuse("this driver cannot destroy a domain when its client goes away, nor bypass the cache")


def _start_action(flags: int) -> Action:
    return Action.START_PAUSED if flags & CreateFlag.PAUSED else Action.START


def _with_max_memory(machine: Machine, kib: int) -> DomainDef:
    changed = machine.copy_of_config("set the maximum memory of")
    changed.memory_kib = definitions.whole_mib(kib)
    changed.current_memory_kib = min(changed.current_memory_kib, changed.memory_kib)
    return changed


def _with_max_vcpus(machine: Machine, count: int) -> DomainDef:
    changed = machine.copy_of_config("set the maximum of vcpus of")
    if changed.cpu is not None and changed.cpu.topology is not None and changed.cpu.topology.vcpus != count:
        raise InvalidArgument("CPU topology doesn't match the desired vcpu count", domain=FROM_QEMU)
    changed.max_vcpus = count
    changed.vcpus = min(changed.vcpus, count)
    changed.vcpu_pins = {vcpu: pin for vcpu, pin in changed.vcpu_pins.items() if vcpu < count}
    return changed
