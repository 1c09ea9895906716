"""Handlers of what the host has beyond its description."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.service.arguments import counted, not_zero, refuse
from virtrpcd.service.context import Handlers, at_most, driver_of


class NodeHandlers(Handlers):
    """NUMA nodes, statistics, cpu models, firmware, security."""

    def virt_node_get_cells_free_memory(
        self, args: v.virt_node_get_cells_free_memory_args, call: Call
    ) -> v.virt_node_get_cells_free_memory_ret:
        most = at_most(args.maxcells, v.VIRT_NODE_MAX_CELLS, "maxcells")
        if not most:
            raise refuse("maxCells in virNodeGetCellsFreeMemory must be greater than zero", "maxCells")
        return v.virt_node_get_cells_free_memory_ret(driver_of(call).cells_free_memory(args.start_cell, most))

    def virt_node_get_free_pages(
        self, args: v.virt_node_get_free_pages_args, call: Call
    ) -> v.virt_node_get_free_pages_ret:
        not_zero(len(args.pages), "npages", "virNodeGetFreePages")
        not_zero(args.cell_count, "cellCount", "virNodeGetFreePages")
        at_most(args.cell_count * len(args.pages), v.VIRT_NODE_MAX_CELLS, "the number of counts")
        found = driver_of(call).free_pages(args.pages, args.start_cell, args.cell_count, args.flags)
        return v.virt_node_get_free_pages_ret(found)

    def virt_node_get_cpu_stats(
        self, args: v.virt_node_get_cpu_stats_args, call: Call
    ) -> v.virt_node_get_cpu_stats_ret:
        most = at_most(args.nparams, v.VIRT_NODE_CPU_STATS_MAX, "nparams")
        if args.cpu_num < -1:
            raise refuse("cpuNum in virNodeGetCPUStats only accepts -1 as a negative value", "cpuNum")
        found = driver_of(call).node_cpu_stats(args.cpu_num, args.flags)
        shown = [v.virt_node_cpu_stat(field, ns) for field, ns in found[:most]]
        return v.virt_node_get_cpu_stats_ret(shown, 0 if most else len(found))

    def virt_node_get_memory_stats(
        self, args: v.virt_node_get_memory_stats_args, call: Call
    ) -> v.virt_node_get_memory_stats_ret:
        most = at_most(args.nparams, v.VIRT_NODE_MEMORY_STATS_MAX, "nparams")
        if args.cell_num < -1:
            raise refuse("cellNum in virNodeGetMemoryStats only accepts -1 as a negative value", "cellNum")
        found = driver_of(call).node_memory_stats(args.cell_num, args.flags)
        shown = [v.virt_node_memory_stat(field, kib) for field, kib in found[:most]]
        return v.virt_node_get_memory_stats_ret(shown, 0 if most else len(found))

    def virt_node_get_memory_parameters(
        self, args: v.virt_node_get_memory_parameters_args, call: Call
    ) -> v.virt_node_get_memory_parameters_ret:
        found = driver_of(call).node_memory_parameters(args.flags)
        answer = counted(found, args.nparams, args.flags, v.VIRT_NODE_MEMORY_PARAMETERS_MAX)
        return v.virt_node_get_memory_parameters_ret(*answer)

    async def virt_node_set_memory_parameters(self, args: v.virt_node_set_memory_parameters_args, call: Call) -> None:
        await driver_of(call).set_node_memory_parameters(convert.typed_params(args.params), args.flags)

    def virt_node_get_security_model(self, call: Call) -> v.virt_node_get_security_model_ret:
        model, doi = driver_of(call).security_model()
        return v.virt_node_get_security_model_ret(
            convert.chars(model, v.VIRT_SECURITY_MODEL_MAX), convert.chars(doi, v.VIRT_SECURITY_DOI_MAX)
        )

    def virt_connect_get_sysinfo(
        self, args: v.virt_connect_get_sysinfo_args, call: Call
    ) -> v.virt_connect_get_sysinfo_ret:
        return v.virt_connect_get_sysinfo_ret(driver_of(call).sysinfo(args.flags))

    def virt_connect_get_cpu_model_names(
        self, args: v.virt_connect_get_cpu_model_names_args, call: Call
    ) -> v.virt_connect_get_cpu_model_names_ret:
        names = driver_of(call).cpu_model_names(args.arch, args.flags)
        return v.virt_connect_get_cpu_model_names_ret(names if args.need_results else [], len(names))

    def virt_connect_baseline_cpu(
        self, args: v.virt_connect_baseline_cpu_args, call: Call
    ) -> v.virt_connect_baseline_cpu_ret:
        return v.virt_connect_baseline_cpu_ret(driver_of(call).baseline_cpu(args.xml_cpus, args.flags))

    def virt_connect_compare_cpu(
        self, args: v.virt_connect_compare_cpu_args, call: Call
    ) -> v.virt_connect_compare_cpu_ret:
        return v.virt_connect_compare_cpu_ret(driver_of(call).compare_cpu(args.xml, args.flags))

    def virt_connect_get_domain_capabilities(
        self, args: v.virt_connect_get_domain_capabilities_args, call: Call
    ) -> v.virt_connect_get_domain_capabilities_ret:
        found = driver_of(call).domain_capabilities(
            args.emulatorbin, args.arch, args.machine, args.virttype, args.flags
        )
        return v.virt_connect_get_domain_capabilities_ret(found)
