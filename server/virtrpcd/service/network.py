"""Handlers about virtual networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert_network as convert
from virtrpcd.drivers.networks import Networks
from virtrpcd.errors import FROM_NETWORK, OperationFailed
from virtrpcd.model_network import NetworkRef, NetworkUpdate
from virtrpcd.service.context import Handlers, at_most, driver_of

Test = Callable[[Networks, NetworkRef], bool]

GROUPS: Final[tuple[tuple[tuple[int, Test], ...], ...]] = (
    ((0x1, lambda n, r: not n.is_active(r)), (0x2, lambda n, r: n.is_active(r))),
    ((0x4, lambda n, r: n.is_persistent(r)), (0x8, lambda n, r: not n.is_persistent(r))),
    ((0x10, lambda n, r: n.autostart(r)), (0x20, lambda n, r: not n.autostart(r))),
)
"""The filter bits of list_all_networks: bits of one group are alternatives, the groups must all hold."""


def _networks(call: Call) -> Networks:
    return driver_of(call).networks


def _matching(networks: Networks, flags: int) -> list[NetworkRef]:
    refs = networks.refs()
    for group in GROUPS:
        tests = [test for bit, test in group if flags & bit]
        if tests and len(tests) < len(group):
            refs = [ref for ref in refs if any(test(networks, ref) for test in tests)]
    return refs


def _names(networks: Networks, *, active: bool) -> list[str]:
    return [ref.name for ref in networks.refs() if networks.is_active(ref) == active]


class NetworkQueryHandlers(Handlers):
    """Which networks there are, and what they are."""

    def virt_connect_num_of_networks(self, call: Call) -> v.virt_connect_num_of_networks_ret:
        return v.virt_connect_num_of_networks_ret(len(_names(_networks(call), active=True)))

    def virt_connect_list_networks(
        self, args: v.virt_connect_list_networks_args, call: Call
    ) -> v.virt_connect_list_networks_ret:
        most = at_most(args.maxnames, v.VIRT_NETWORK_LIST_MAX, "maxnames")
        return v.virt_connect_list_networks_ret(_names(_networks(call), active=True)[:most])

    def virt_connect_num_of_defined_networks(self, call: Call) -> v.virt_connect_num_of_defined_networks_ret:
        return v.virt_connect_num_of_defined_networks_ret(len(_names(_networks(call), active=False)))

    def virt_connect_list_defined_networks(
        self, args: v.virt_connect_list_defined_networks_args, call: Call
    ) -> v.virt_connect_list_defined_networks_ret:
        most = at_most(args.maxnames, v.VIRT_NETWORK_LIST_MAX, "maxnames")
        return v.virt_connect_list_defined_networks_ret(_names(_networks(call), active=False)[:most])

    def virt_connect_list_all_networks(
        self, args: v.virt_connect_list_all_networks_args, call: Call
    ) -> v.virt_connect_list_all_networks_ret:
        refs = _matching(_networks(call), args.flags)
        if len(refs) > v.VIRT_NETWORK_LIST_MAX:
            why = f"{len(refs)} networks are more than the {v.VIRT_NETWORK_LIST_MAX} that fit a list"
            raise OperationFailed(why, domain=FROM_NETWORK)
        found = [convert.network(ref) for ref in refs] if args.need_results else []
        return v.virt_connect_list_all_networks_ret(found, len(refs))

    def virt_network_lookup_by_name(
        self, args: v.virt_network_lookup_by_name_args, call: Call
    ) -> v.virt_network_lookup_by_name_ret:
        return v.virt_network_lookup_by_name_ret(convert.network(_networks(call).lookup_by_name(args.name)))

    def virt_network_lookup_by_uuid(
        self, args: v.virt_network_lookup_by_uuid_args, call: Call
    ) -> v.virt_network_lookup_by_uuid_ret:
        return v.virt_network_lookup_by_uuid_ret(convert.network(_networks(call).lookup_by_uuid(args.uuid)))

    def virt_network_get_xml_desc(
        self, args: v.virt_network_get_xml_desc_args, call: Call
    ) -> v.virt_network_get_xml_desc_ret:
        return v.virt_network_get_xml_desc_ret(_networks(call).xml(convert.network_ref(args.net), args.flags))

    def virt_network_get_bridge_name(
        self, args: v.virt_network_get_bridge_name_args, call: Call
    ) -> v.virt_network_get_bridge_name_ret:
        return v.virt_network_get_bridge_name_ret(_networks(call).bridge_name(convert.network_ref(args.net)))

    def virt_network_get_autostart(
        self, args: v.virt_network_get_autostart_args, call: Call
    ) -> v.virt_network_get_autostart_ret:
        return v.virt_network_get_autostart_ret(int(_networks(call).autostart(convert.network_ref(args.net))))

    def virt_network_is_active(self, args: v.virt_network_is_active_args, call: Call) -> v.virt_network_is_active_ret:
        return v.virt_network_is_active_ret(int(_networks(call).is_active(convert.network_ref(args.net))))

    def virt_network_is_persistent(
        self, args: v.virt_network_is_persistent_args, call: Call
    ) -> v.virt_network_is_persistent_ret:
        return v.virt_network_is_persistent_ret(int(_networks(call).is_persistent(convert.network_ref(args.net))))

    def virt_network_get_dhcp_leases(
        self, args: v.virt_network_get_dhcp_leases_args, call: Call
    ) -> v.virt_network_get_dhcp_leases_ret:
        leases = _networks(call).dhcp_leases(convert.network_ref(args.net), args.mac)
        found = [convert.dhcp_lease(lease) for lease in leases] if args.need_results else []
        return v.virt_network_get_dhcp_leases_ret(found, len(leases))

    def virt_network_list_all_ports(
        self, args: v.virt_network_list_all_ports_args, call: Call
    ) -> v.virt_network_list_all_ports_ret:
        uuids = _networks(call).ports(convert.network_ref(args.network))
        found = [v.virt_network_port(args.network, uuid) for uuid in uuids] if args.need_results else []
        return v.virt_network_list_all_ports_ret(found, len(uuids))


class NetworkChangeHandlers(Handlers):
    """What changes networks."""

    async def virt_network_define_xml(
        self, args: v.virt_network_define_xml_args, call: Call
    ) -> v.virt_network_define_xml_ret:
        return v.virt_network_define_xml_ret(convert.network(await _networks(call).define(args.xml, 0)))

    async def virt_network_define_xml_flags(
        self, args: v.virt_network_define_xml_flags_args, call: Call
    ) -> v.virt_network_define_xml_flags_ret:
        ref = await _networks(call).define(args.xml, args.flags)
        return v.virt_network_define_xml_flags_ret(convert.network(ref))

    async def virt_network_create_xml(
        self, args: v.virt_network_create_xml_args, call: Call
    ) -> v.virt_network_create_xml_ret:
        return v.virt_network_create_xml_ret(convert.network(await _networks(call).create_xml(args.xml, 0)))

    async def virt_network_create_xml_flags(
        self, args: v.virt_network_create_xml_flags_args, call: Call
    ) -> v.virt_network_create_xml_flags_ret:
        ref = await _networks(call).create_xml(args.xml, args.flags)
        return v.virt_network_create_xml_flags_ret(convert.network(ref))

    async def virt_network_create(self, args: v.virt_network_create_args, call: Call) -> None:
        await _networks(call).start(convert.network_ref(args.net))

    async def virt_network_destroy(self, args: v.virt_network_destroy_args, call: Call) -> None:
        await _networks(call).destroy(convert.network_ref(args.net))

    async def virt_network_undefine(self, args: v.virt_network_undefine_args, call: Call) -> None:
        await _networks(call).undefine(convert.network_ref(args.net))

    async def virt_network_set_autostart(self, args: v.virt_network_set_autostart_args, call: Call) -> None:
        await _networks(call).set_autostart(convert.network_ref(args.net), args.autostart != 0)

    async def virt_network_update(self, args: v.virt_network_update_args, call: Call) -> None:
        update = NetworkUpdate(args.command, args.section, args.parent_index, args.xml)
        await _networks(call).update(convert.network_ref(args.net), update, args.flags)
