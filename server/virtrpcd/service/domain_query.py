"""Handlers that ask about machines: answered in place, from memory."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.drivers.base import Driver
from virtrpcd.errors import ArgumentUnsupported, OperationFailed
from virtrpcd.model import Affect, DomainRef, VcpuFlag
from virtrpcd.service.arguments import one_definition
from virtrpcd.service.context import Handlers, at_most, driver_of
from virtrpcd.service.filters import matching

STATS_FILTERS = 0xFF
STATS_BLOCK = 0x20
STATS_ENFORCE = 0x80000000


def _listable(refs: list[DomainRef]) -> list[DomainRef]:
    if len(refs) > v.VIRT_DOMAIN_LIST_MAX:
        raise OperationFailed(f"{len(refs)} machines are more than the {v.VIRT_DOMAIN_LIST_MAX} that fit a list")
    return refs


def _fit(maps: list[bytes], count: int, size: int) -> bytes:
    """Return `count` maps of `size` bytes each, one after the other, cut or filled with zeros."""
    return b"".join(one[:size].ljust(size, b"\0") for one in maps[:count]).ljust(count * size, b"\0")


def _asked_for(driver: Driver, args: v.virt_connect_get_all_domain_stats_args) -> list[DomainRef]:
    refs = matching(driver, args.flags & STATS_FILTERS)
    if args.doms:
        wanted = {dom.uuid for dom in args.doms}
        refs = [ref for ref in refs if ref.uuid in wanted]
    return refs


class DomainListHandlers(Handlers):
    """Which machines there are."""

    def virt_connect_num_of_domains(self, call: Call) -> v.virt_connect_num_of_domains_ret:
        return v.virt_connect_num_of_domains_ret(sum(ref.id >= 0 for ref in driver_of(call).domains()))

    def virt_connect_list_domains(
        self, args: v.virt_connect_list_domains_args, call: Call
    ) -> v.virt_connect_list_domains_ret:
        most = at_most(args.maxids, v.VIRT_DOMAIN_LIST_MAX, "maxids")
        ids = sorted(ref.id for ref in driver_of(call).domains() if ref.id >= 0)
        return v.virt_connect_list_domains_ret(ids[:most])

    def virt_connect_num_of_defined_domains(self, call: Call) -> v.virt_connect_num_of_defined_domains_ret:
        return v.virt_connect_num_of_defined_domains_ret(sum(ref.id < 0 for ref in driver_of(call).domains()))

    def virt_connect_list_defined_domains(
        self, args: v.virt_connect_list_defined_domains_args, call: Call
    ) -> v.virt_connect_list_defined_domains_ret:
        most = at_most(args.maxnames, v.VIRT_DOMAIN_LIST_MAX, "maxnames")
        names = sorted(ref.name for ref in driver_of(call).domains() if ref.id < 0)
        return v.virt_connect_list_defined_domains_ret(names[:most])

    def virt_connect_list_all_domains(
        self, args: v.virt_connect_list_all_domains_args, call: Call
    ) -> v.virt_connect_list_all_domains_ret:
        refs = _listable(matching(driver_of(call), args.flags))
        found = [convert.domain(ref) for ref in refs] if args.need_results else []
        return v.virt_connect_list_all_domains_ret(found, len(refs))

    async def virt_connect_get_all_domain_stats(
        self, args: v.virt_connect_get_all_domain_stats_args, call: Call
    ) -> v.virt_connect_get_all_domain_stats_ret:
        driver = driver_of(call)
        beyond = args.stats & ~driver.stats_groups
        if args.flags & STATS_ENFORCE and beyond:
            why = f"Stats types bits 0x{beyond:x} are not supported by this daemon"
            raise ArgumentUnsupported(f"argument unsupported: {why}", domain=driver.error_domain, detail=why)
        if STATS_BLOCK & driver.stats_groups & (args.stats or ~0):
            await driver.learn_details([ref.uuid for ref in _asked_for(driver, args)])
        refs = _asked_for(driver, args)
        records = [
            v.virt_domain_stats_record(
                convert.domain(ref),
                [convert.typed_param(param) for param in driver.domain_stats(ref.uuid, args.stats)],
            )
            for ref in _listable(refs)
        ]
        return v.virt_connect_get_all_domain_stats_ret(records)

    def virt_domain_lookup_by_id(
        self, args: v.virt_domain_lookup_by_id_args, call: Call
    ) -> v.virt_domain_lookup_by_id_ret:
        return v.virt_domain_lookup_by_id_ret(convert.domain(driver_of(call).lookup_by_id(args.id)))

    def virt_domain_lookup_by_name(
        self, args: v.virt_domain_lookup_by_name_args, call: Call
    ) -> v.virt_domain_lookup_by_name_ret:
        return v.virt_domain_lookup_by_name_ret(convert.domain(driver_of(call).lookup_by_name(args.name)))

    def virt_domain_lookup_by_uuid(
        self, args: v.virt_domain_lookup_by_uuid_args, call: Call
    ) -> v.virt_domain_lookup_by_uuid_ret:
        return v.virt_domain_lookup_by_uuid_ret(convert.domain(driver_of(call).lookup_by_uuid(args.uuid)))


class DomainQueryHandlers(Handlers):
    """What one machine is and does."""

    def virt_domain_get_info(self, args: v.virt_domain_get_info_args, call: Call) -> v.virt_domain_get_info_ret:
        return v.virt_domain_get_info_ret(*call.peer.driver.domain_info(args.dom.uuid))

    def virt_domain_get_state(self, args: v.virt_domain_get_state_args, call: Call) -> v.virt_domain_get_state_ret:
        return v.virt_domain_get_state_ret(*driver_of(call).domain_state(args.dom.uuid))

    def virt_domain_get_control_info(
        self, args: v.virt_domain_get_control_info_args, call: Call
    ) -> v.virt_domain_get_control_info_ret:
        return v.virt_domain_get_control_info_ret(*driver_of(call).control_info(args.dom.uuid))

    def virt_domain_get_xml_desc(
        self, args: v.virt_domain_get_xml_desc_args, call: Call
    ) -> v.virt_domain_get_xml_desc_ret:
        return v.virt_domain_get_xml_desc_ret(driver_of(call).domain_xml(args.dom.uuid, args.flags))

    def virt_domain_get_os_type(
        self, args: v.virt_domain_get_os_type_args, call: Call
    ) -> v.virt_domain_get_os_type_ret:
        return v.virt_domain_get_os_type_ret(driver_of(call).os_type(args.dom.uuid))

    def virt_domain_get_max_memory(
        self, args: v.virt_domain_get_max_memory_args, call: Call
    ) -> v.virt_domain_get_max_memory_ret:
        return v.virt_domain_get_max_memory_ret(driver_of(call).max_memory_kib(args.dom.uuid))

    def virt_domain_get_max_vcpus(
        self, args: v.virt_domain_get_max_vcpus_args, call: Call
    ) -> v.virt_domain_get_max_vcpus_ret:
        return v.virt_domain_get_max_vcpus_ret(driver_of(call).vcpu_count(args.dom.uuid, VcpuFlag.MAXIMUM))

    def virt_domain_get_vcpus_flags(
        self, args: v.virt_domain_get_vcpus_flags_args, call: Call
    ) -> v.virt_domain_get_vcpus_flags_ret:
        one_definition(args.flags)
        return v.virt_domain_get_vcpus_flags_ret(driver_of(call).vcpu_count(args.dom.uuid, args.flags))

    def virt_domain_get_vcpus(self, args: v.virt_domain_get_vcpus_args, call: Call) -> v.virt_domain_get_vcpus_ret:
        count = at_most(args.maxinfo, v.VIRT_VCPUINFO_MAX, "maxinfo")
        size = at_most(args.maplen, v.VIRT_CPUMAPS_MAX // max(count, 1), "maplen")
        driver = driver_of(call)
        found = driver.vcpus(args.dom.uuid)[:count]
        maps = _fit(driver.vcpu_pins(args.dom.uuid, Affect.LIVE), count, size) if size else b""
        return v.virt_domain_get_vcpus_ret([convert.vcpu_info(info) for info in found], maps)

    def virt_domain_get_vcpu_pin_info(
        self, args: v.virt_domain_get_vcpu_pin_info_args, call: Call
    ) -> v.virt_domain_get_vcpu_pin_info_ret:
        count = at_most(args.ncpumaps, v.VIRT_VCPUINFO_MAX, "ncpumaps")
        size = at_most(args.maplen, v.VIRT_CPUMAPS_MAX // max(count, 1), "maplen")
        one_definition(args.flags)
        pins = driver_of(call).vcpu_pins(args.dom.uuid, args.flags)[:count]
        return v.virt_domain_get_vcpu_pin_info_ret(_fit(pins, len(pins), size), len(pins))

    def virt_domain_get_autostart(
        self, args: v.virt_domain_get_autostart_args, call: Call
    ) -> v.virt_domain_get_autostart_ret:
        return v.virt_domain_get_autostart_ret(int(driver_of(call).autostart(args.dom.uuid)))

    def virt_domain_is_active(self, args: v.virt_domain_is_active_args, call: Call) -> v.virt_domain_is_active_ret:
        return v.virt_domain_is_active_ret(int(driver_of(call).lookup_by_uuid(args.dom.uuid).id >= 0))

    def virt_domain_is_persistent(
        self, args: v.virt_domain_is_persistent_args, call: Call
    ) -> v.virt_domain_is_persistent_ret:
        return v.virt_domain_is_persistent_ret(int(driver_of(call).is_persistent(args.dom.uuid)))

    def virt_domain_is_updated(self, args: v.virt_domain_is_updated_args, call: Call) -> v.virt_domain_is_updated_ret:
        return v.virt_domain_is_updated_ret(int(driver_of(call).is_updated(args.dom.uuid)))

    def virt_domain_has_managed_save_image(
        self, args: v.virt_domain_has_managed_save_image_args, call: Call
    ) -> v.virt_domain_has_managed_save_image_ret:
        return v.virt_domain_has_managed_save_image_ret(int(driver_of(call).has_managed_save(args.dom.uuid)))

    def virt_domain_memory_stats(
        self, args: v.virt_domain_memory_stats_args, call: Call
    ) -> v.virt_domain_memory_stats_ret:
        pairs = driver_of(call).memory_stats(args.dom.uuid)[: args.max_stats]
        return v.virt_domain_memory_stats_ret([v.virt_domain_memory_stat(tag, value) for tag, value in pairs])

    def virt_domain_get_scheduler_type(
        self, args: v.virt_domain_get_scheduler_type_args, call: Call
    ) -> v.virt_domain_get_scheduler_type_ret:
        return v.virt_domain_get_scheduler_type_ret(*driver_of(call).scheduler_type(args.dom.uuid))

    def virt_domain_get_scheduler_parameters(
        self, args: v.virt_domain_get_scheduler_parameters_args, call: Call
    ) -> v.virt_domain_get_scheduler_parameters_ret:
        most = at_most(args.nparams, v.VIRT_SCHEDULER_PARAMETERS_MAX, "nparams")
        found = driver_of(call).scheduler_parameters(args.dom.uuid)[:most]
        return v.virt_domain_get_scheduler_parameters_ret([convert.typed_param(param) for param in found])
