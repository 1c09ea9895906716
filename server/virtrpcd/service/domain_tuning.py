"""Handlers of what a machine may use of its host."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.service.arguments import counted, fitting, not_zero, one_definition, refuse
from virtrpcd.service.context import Handlers, at_most, driver_of


class DomainParameterHandlers(Handlers):
    """Typed parameters: memory, disks, NUMA nodes, networks, scheduler, performance counters."""

    def virt_domain_get_memory_parameters(
        self, args: v.virt_domain_get_memory_parameters_args, call: Call
    ) -> v.virt_domain_get_memory_parameters_ret:
        one_definition(args.flags)
        found = driver_of(call).memory_parameters(args.dom.uuid, args.flags)
        answer = counted(found, args.nparams, args.flags, v.VIRT_MEMORY_PARAMETERS_MAX)
        return v.virt_domain_get_memory_parameters_ret(*answer)

    async def virt_domain_set_memory_parameters(
        self, args: v.virt_domain_set_memory_parameters_args, call: Call
    ) -> None:
        await driver_of(call).set_memory_parameters(args.dom.uuid, convert.typed_params(args.params), args.flags)

    def virt_domain_get_blkio_parameters(
        self, args: v.virt_domain_get_blkio_parameters_args, call: Call
    ) -> v.virt_domain_get_blkio_parameters_ret:
        one_definition(args.flags)
        found = driver_of(call).blkio_parameters(args.dom.uuid, args.flags)
        answer = counted(found, args.nparams, args.flags, v.VIRT_BLKIO_PARAMETERS_MAX)
        return v.virt_domain_get_blkio_parameters_ret(*answer)

    async def virt_domain_set_blkio_parameters(self, args: v.virt_domain_set_blkio_parameters_args, call: Call) -> None:
        await driver_of(call).set_blkio_parameters(args.dom.uuid, convert.typed_params(args.params), args.flags)

    def virt_domain_get_numa_parameters(
        self, args: v.virt_domain_get_numa_parameters_args, call: Call
    ) -> v.virt_domain_get_numa_parameters_ret:
        one_definition(args.flags)
        found = driver_of(call).numa_parameters(args.dom.uuid, args.flags)
        answer = counted(found, args.nparams, args.flags, v.VIRT_NUMA_PARAMETERS_MAX)
        return v.virt_domain_get_numa_parameters_ret(*answer)

    async def virt_domain_set_numa_parameters(self, args: v.virt_domain_set_numa_parameters_args, call: Call) -> None:
        await driver_of(call).set_numa_parameters(args.dom.uuid, convert.typed_params(args.params), args.flags)

    def virt_domain_get_block_io_tune(
        self, args: v.virt_domain_get_block_io_tune_args, call: Call
    ) -> v.virt_domain_get_block_io_tune_ret:
        one_definition(args.flags)
        found = driver_of(call).block_io_tune(args.dom.uuid, args.disk, args.flags)
        answer = counted(found, args.nparams, args.flags, v.VIRT_BLOCK_IO_TUNE_PARAMETERS_MAX)
        return v.virt_domain_get_block_io_tune_ret(*answer)

    async def virt_domain_set_block_io_tune(
        self, args: v.virt_domain_set_block_io_tune_args, call: Call
    ) -> None:
        params = convert.typed_params(args.params)
        await driver_of(call).set_block_io_tune(args.dom.uuid, args.disk, params, args.flags)

    def virt_domain_get_interface_parameters(
        self, args: v.virt_domain_get_interface_parameters_args, call: Call
    ) -> v.virt_domain_get_interface_parameters_ret:
        one_definition(args.flags)
        found = driver_of(call).interface_parameters(args.dom.uuid, args.device, args.flags)
        answer = counted(found, args.nparams, args.flags, v.VIRT_INTERFACE_PARAMETERS_MAX)
        return v.virt_domain_get_interface_parameters_ret(*answer)

    async def virt_domain_set_interface_parameters(
        self, args: v.virt_domain_set_interface_parameters_args, call: Call
    ) -> None:
        params = convert.typed_params(args.params)
        await driver_of(call).set_interface_parameters(args.dom.uuid, args.device, params, args.flags)

    def virt_domain_get_scheduler_parameters_flags(
        self, args: v.virt_domain_get_scheduler_parameters_flags_args, call: Call
    ) -> v.virt_domain_get_scheduler_parameters_flags_ret:
        most = at_most(args.nparams, v.VIRT_SCHEDULER_PARAMETERS_MAX, "nparams")
        found = driver_of(call).scheduler_parameters_flags(args.dom.uuid, args.flags)
        return v.virt_domain_get_scheduler_parameters_flags_ret(fitting(found[:most], args.flags))

    async def virt_domain_set_scheduler_parameters_flags(
        self, args: v.virt_domain_set_scheduler_parameters_flags_args, call: Call
    ) -> None:
        params = convert.typed_params(args.params)
        await driver_of(call).set_scheduler_parameters_flags(args.dom.uuid, params, args.flags)

    def virt_domain_get_perf_events(
        self, args: v.virt_domain_get_perf_events_args, call: Call
    ) -> v.virt_domain_get_perf_events_ret:
        found = driver_of(call).perf_events(args.dom.uuid, args.flags)
        return v.virt_domain_get_perf_events_ret(fitting(found, args.flags))

    async def virt_domain_set_perf_events(self, args: v.virt_domain_set_perf_events_args, call: Call) -> None:
        await driver_of(call).set_perf_events(args.dom.uuid, convert.typed_params(args.params), args.flags)


class DomainThreadHandlers(Handlers):
    """The emulator's own threads, iothreads, the balloon's statistics."""

    def virt_domain_get_emulator_pin_info(
        self, args: v.virt_domain_get_emulator_pin_info_args, call: Call
    ) -> v.virt_domain_get_emulator_pin_info_ret:
        size = at_most(args.maplen, v.VIRT_CPUMAPS_MAX, "maplen")
        one_definition(args.flags)
        cpumap = driver_of(call).emulator_pin(args.dom.uuid, args.flags)
        return v.virt_domain_get_emulator_pin_info_ret(cpumap[:size].ljust(size, b"\0"), 1)

    async def virt_domain_pin_emulator(self, args: v.virt_domain_pin_emulator_args, call: Call) -> None:
        await driver_of(call).pin_emulator(args.dom.uuid, args.cpumap, args.flags)

    def virt_domain_get_iothread_info(
        self, args: v.virt_domain_get_iothread_info_args, call: Call
    ) -> v.virt_domain_get_iothread_info_ret:
        one_definition(args.flags)
        found = driver_of(call).iothreads(args.dom.uuid, args.flags)
        shown = [v.virt_domain_iothread_info(*thread) for thread in found]
        return v.virt_domain_get_iothread_info_ret(shown, len(shown))

    async def virt_domain_pin_iothread(self, args: v.virt_domain_pin_iothread_args, call: Call) -> None:
        await driver_of(call).pin_iothread(args.dom.uuid, args.iothreads_id, args.cpumap, args.flags)

    async def virt_domain_add_iothread(self, args: v.virt_domain_add_iothread_args, call: Call) -> None:
        await driver_of(call).add_iothread(args.dom.uuid, args.iothread_id, args.flags)

    async def virt_domain_del_iothread(self, args: v.virt_domain_del_iothread_args, call: Call) -> None:
        not_zero(args.iothread_id, "iothread_id", "virDomainDelIOThread")
        await driver_of(call).delete_iothread(args.dom.uuid, args.iothread_id, args.flags)

    async def virt_domain_set_iothread_params(self, args: v.virt_domain_set_iothread_params_args, call: Call) -> None:
        not_zero(args.iothread_id, "iothread_id", "virDomainSetIOThreadParams")
        params = convert.typed_params(args.params)
        await driver_of(call).set_iothread_params(args.dom.uuid, args.iothread_id, params, args.flags)

    async def virt_domain_set_memory_stats_period(
        self, args: v.virt_domain_set_memory_stats_period_args, call: Call
    ) -> None:
        if args.period < 0:
            raise refuse("period in virDomainSetMemoryStatsPeriod must be zero or greater", "period")
        await driver_of(call).set_memory_stats_period(args.dom.uuid, args.period, args.flags)
