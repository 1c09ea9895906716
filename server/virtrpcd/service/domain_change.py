"""Handlers that change machines: each waits for its driver."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.drivers.base import Driver
from virtrpcd.errors import ArgumentUnsupported
from virtrpcd.model import Affect, MemoryFlag
from virtrpcd.service.arguments import not_zero, refuse
from virtrpcd.service.context import Handlers, driver_of
from virtrpcd.service.domain_details import check_dump_flags


def _other_xml(driver: Driver) -> ArgumentUnsupported:
    why = "xml modification unsupported"
    return ArgumentUnsupported(f"argument unsupported: {why}", domain=driver.error_domain, detail=why)


class DomainLifeHandlers(Handlers):
    """Define, start, stop."""

    async def virt_domain_define_xml(
        self, args: v.virt_domain_define_xml_args, call: Call
    ) -> v.virt_domain_define_xml_ret:
        return v.virt_domain_define_xml_ret(convert.domain(await driver_of(call).define(args.xml, 0)))

    async def virt_domain_define_xml_flags(
        self, args: v.virt_domain_define_xml_flags_args, call: Call
    ) -> v.virt_domain_define_xml_flags_ret:
        return v.virt_domain_define_xml_flags_ret(convert.domain(await driver_of(call).define(args.xml, args.flags)))

    async def virt_domain_create_xml(
        self, args: v.virt_domain_create_xml_args, call: Call
    ) -> v.virt_domain_create_xml_ret:
        return v.virt_domain_create_xml_ret(convert.domain(await driver_of(call).create_xml(args.xml_desc, args.flags)))

    async def virt_domain_create(self, args: v.virt_domain_create_args, call: Call) -> None:
        await driver_of(call).start_domain(args.dom.uuid, 0)

    async def virt_domain_create_with_flags(
        self, args: v.virt_domain_create_with_flags_args, call: Call
    ) -> v.virt_domain_create_with_flags_ret:
        ref = await driver_of(call).start_domain(args.dom.uuid, args.flags)
        return v.virt_domain_create_with_flags_ret(convert.domain(ref))

    async def virt_domain_undefine(self, args: v.virt_domain_undefine_args, call: Call) -> None:
        await driver_of(call).undefine(args.dom.uuid, 0)

    async def virt_domain_undefine_flags(self, args: v.virt_domain_undefine_flags_args, call: Call) -> None:
        await driver_of(call).undefine(args.dom.uuid, args.flags)

    async def virt_domain_destroy(self, args: v.virt_domain_destroy_args, call: Call) -> None:
        await driver_of(call).destroy(args.dom.uuid, 0)

    async def virt_domain_destroy_flags(self, args: v.virt_domain_destroy_flags_args, call: Call) -> None:
        await driver_of(call).destroy(args.dom.uuid, args.flags)

    async def virt_domain_suspend(self, args: v.virt_domain_suspend_args, call: Call) -> None:
        await driver_of(call).suspend(args.dom.uuid)

    async def virt_domain_resume(self, args: v.virt_domain_resume_args, call: Call) -> None:
        await driver_of(call).resume(args.dom.uuid)

    async def virt_domain_shutdown(self, args: v.virt_domain_shutdown_args, call: Call) -> None:
        await driver_of(call).shutdown(args.dom.uuid, 0)

    async def virt_domain_shutdown_flags(self, args: v.virt_domain_shutdown_flags_args, call: Call) -> None:
        await driver_of(call).shutdown(args.dom.uuid, args.flags)

    async def virt_domain_reboot(self, args: v.virt_domain_reboot_args, call: Call) -> None:
        await driver_of(call).reboot(args.dom.uuid, args.flags)

    async def virt_domain_reset(self, args: v.virt_domain_reset_args, call: Call) -> None:
        await driver_of(call).reset(args.dom.uuid)

    async def virt_domain_rename(self, args: v.virt_domain_rename_args, call: Call) -> v.virt_domain_rename_ret:
        if not args.new_name:
            raise refuse("string new_name in virDomainRename must not be empty", "new_name")
        await driver_of(call).rename(args.dom.uuid, args.new_name)
        return v.virt_domain_rename_ret(0)


class DomainConfigHandlers(Handlers):
    """Memory, vcpus, autostart, devices, scheduler."""

    async def virt_domain_set_max_memory(self, args: v.virt_domain_set_max_memory_args, call: Call) -> None:
        not_zero(args.memory, "memory", "virDomainSetMaxMemory")
        await driver_of(call).set_memory(args.dom.uuid, args.memory, MemoryFlag.MAXIMUM)

    async def virt_domain_set_memory(self, args: v.virt_domain_set_memory_args, call: Call) -> None:
        not_zero(args.memory, "memory", "virDomainSetMemory")
        await driver_of(call).set_memory(args.dom.uuid, args.memory, Affect.LIVE)

    async def virt_domain_set_memory_flags(self, args: v.virt_domain_set_memory_flags_args, call: Call) -> None:
        not_zero(args.memory, "memory", "virDomainSetMemoryFlags")
        await driver_of(call).set_memory(args.dom.uuid, args.memory, args.flags)

    async def virt_domain_set_vcpus(self, args: v.virt_domain_set_vcpus_args, call: Call) -> None:
        not_zero(args.nvcpus, "nvcpus", "virDomainSetVcpus")
        await driver_of(call).set_vcpus(args.dom.uuid, args.nvcpus, Affect.LIVE)

    async def virt_domain_set_vcpus_flags(self, args: v.virt_domain_set_vcpus_flags_args, call: Call) -> None:
        not_zero(args.nvcpus, "nvcpus", "virDomainSetVcpusFlags")
        await driver_of(call).set_vcpus(args.dom.uuid, args.nvcpus, args.flags)

    async def virt_domain_pin_vcpu(self, args: v.virt_domain_pin_vcpu_args, call: Call) -> None:
        await driver_of(call).pin_vcpu(args.dom.uuid, args.vcpu, args.cpumap, Affect.LIVE)

    async def virt_domain_pin_vcpu_flags(self, args: v.virt_domain_pin_vcpu_flags_args, call: Call) -> None:
        await driver_of(call).pin_vcpu(args.dom.uuid, args.vcpu, args.cpumap, args.flags)

    async def virt_domain_set_autostart(self, args: v.virt_domain_set_autostart_args, call: Call) -> None:
        await driver_of(call).set_autostart(args.dom.uuid, args.autostart != 0)

    async def virt_domain_attach_device(self, args: v.virt_domain_attach_device_args, call: Call) -> None:
        await driver_of(call).attach_device(args.dom.uuid, args.xml)

    async def virt_domain_detach_device(self, args: v.virt_domain_detach_device_args, call: Call) -> None:
        await driver_of(call).detach_device(args.dom.uuid, args.xml)

    async def virt_domain_set_scheduler_parameters(
        self, args: v.virt_domain_set_scheduler_parameters_args, call: Call
    ) -> None:
        await driver_of(call).set_scheduler_parameters(args.dom.uuid, convert.typed_params(args.params))


class DomainImageHandlers(Handlers):
    """Save, restore, dump: every path is checked here, before a driver sees it."""

    async def virt_domain_save(self, args: v.virt_domain_save_args, call: Call) -> None:
        path = self.context.paths.check(args.to, "save")
        await driver_of(call).save(args.dom.uuid, path, 0)

    async def virt_domain_save_flags(self, args: v.virt_domain_save_flags_args, call: Call) -> None:
        if args.dxml is not None:
            raise _other_xml(driver_of(call))
        path = self.context.paths.check(args.to, "save")
        await driver_of(call).save(args.dom.uuid, path, args.flags)

    async def virt_domain_restore(self, args: v.virt_domain_restore_args, call: Call) -> None:
        await driver_of(call).restore(self.context.paths.check(args.path, "restore"), 0)

    async def virt_domain_restore_flags(self, args: v.virt_domain_restore_flags_args, call: Call) -> None:
        if args.dxml is not None:
            raise _other_xml(driver_of(call))
        await driver_of(call).restore(self.context.paths.check(args.path, "restore"), args.flags)

    async def virt_domain_core_dump(self, args: v.virt_domain_core_dump_args, call: Call) -> None:
        check_dump_flags(args.flags)
        path = self.context.paths.check(args.to, "dump")
        await driver_of(call).core_dump(args.dom.uuid, path, args.flags)

    async def virt_domain_managed_save(self, args: v.virt_domain_managed_save_args, call: Call) -> None:
        await driver_of(call).managed_save(args.dom.uuid, args.flags)

    async def virt_domain_managed_save_remove(self, args: v.virt_domain_managed_save_remove_args, call: Call) -> None:
        await driver_of(call).managed_save_remove(args.dom.uuid)
