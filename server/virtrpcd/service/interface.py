"""Handlers about the host's network interfaces."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert_network as convert
from virtrpcd.drivers.interfaces import Interfaces
from virtrpcd.errors import FROM_INTERFACE, OperationFailed
from virtrpcd.model_network import InterfaceRef
from virtrpcd.service.context import Handlers, at_most, driver_of

LIST_INACTIVE = 0x1
LIST_ACTIVE = 0x2


def _interfaces(call: Call) -> Interfaces:
    return driver_of(call).interfaces


def _refs(interfaces: Interfaces, *, active: bool) -> list[InterfaceRef]:
    return [ref for ref in interfaces.refs() if interfaces.is_active(ref.name) == active]


def _matching(interfaces: Interfaces, flags: int) -> list[InterfaceRef]:
    """Return the interfaces that pass the filter; neither bit is as both."""
    wanted = flags & (LIST_INACTIVE | LIST_ACTIVE)
    if wanted in (0, LIST_INACTIVE | LIST_ACTIVE):
        return interfaces.refs()
    return _refs(interfaces, active=wanted == LIST_ACTIVE)


class InterfaceHandlers(Handlers):
    """Interfaces of the host, and transactions of changes to them."""

    def virt_connect_num_of_interfaces(self, call: Call) -> v.virt_connect_num_of_interfaces_ret:
        return v.virt_connect_num_of_interfaces_ret(len(_refs(_interfaces(call), active=True)))

    def virt_connect_list_interfaces(
        self, args: v.virt_connect_list_interfaces_args, call: Call
    ) -> v.virt_connect_list_interfaces_ret:
        most = at_most(args.maxnames, v.VIRT_INTERFACE_LIST_MAX, "maxnames")
        names = [ref.name for ref in _refs(_interfaces(call), active=True)]
        return v.virt_connect_list_interfaces_ret(names[:most])

    def virt_connect_num_of_defined_interfaces(self, call: Call) -> v.virt_connect_num_of_defined_interfaces_ret:
        return v.virt_connect_num_of_defined_interfaces_ret(len(_refs(_interfaces(call), active=False)))

    def virt_connect_list_defined_interfaces(
        self, args: v.virt_connect_list_defined_interfaces_args, call: Call
    ) -> v.virt_connect_list_defined_interfaces_ret:
        most = at_most(args.maxnames, v.VIRT_INTERFACE_LIST_MAX, "maxnames")
        names = [ref.name for ref in _refs(_interfaces(call), active=False)]
        return v.virt_connect_list_defined_interfaces_ret(names[:most])

    def virt_connect_list_all_interfaces(
        self, args: v.virt_connect_list_all_interfaces_args, call: Call
    ) -> v.virt_connect_list_all_interfaces_ret:
        refs = _matching(_interfaces(call), args.flags)
        if len(refs) > v.VIRT_INTERFACE_LIST_MAX:
            why = f"{len(refs)} interfaces are more than the {v.VIRT_INTERFACE_LIST_MAX} that fit a list"
            raise OperationFailed(why, domain=FROM_INTERFACE)
        found = [convert.interface(ref) for ref in refs] if args.need_results else []
        return v.virt_connect_list_all_interfaces_ret(found, len(refs))

    def virt_interface_lookup_by_name(
        self, args: v.virt_interface_lookup_by_name_args, call: Call
    ) -> v.virt_interface_lookup_by_name_ret:
        return v.virt_interface_lookup_by_name_ret(convert.interface(_interfaces(call).lookup_by_name(args.name)))

    def virt_interface_lookup_by_mac_string(
        self, args: v.virt_interface_lookup_by_mac_string_args, call: Call
    ) -> v.virt_interface_lookup_by_mac_string_ret:
        return v.virt_interface_lookup_by_mac_string_ret(convert.interface(_interfaces(call).lookup_by_mac(args.mac)))

    def virt_interface_get_xml_desc(
        self, args: v.virt_interface_get_xml_desc_args, call: Call
    ) -> v.virt_interface_get_xml_desc_ret:
        return v.virt_interface_get_xml_desc_ret(_interfaces(call).xml(args.iface.name, args.flags))

    def virt_interface_is_active(
        self, args: v.virt_interface_is_active_args, call: Call
    ) -> v.virt_interface_is_active_ret:
        return v.virt_interface_is_active_ret(int(_interfaces(call).is_active(args.iface.name)))

    async def virt_interface_define_xml(
        self, args: v.virt_interface_define_xml_args, call: Call
    ) -> v.virt_interface_define_xml_ret:
        ref = await _interfaces(call).define(args.xml, args.flags)
        return v.virt_interface_define_xml_ret(convert.interface(ref))

    async def virt_interface_undefine(self, args: v.virt_interface_undefine_args, call: Call) -> None:
        await _interfaces(call).undefine(args.iface.name)

    async def virt_interface_create(self, args: v.virt_interface_create_args, call: Call) -> None:
        await _interfaces(call).start(args.iface.name, args.flags)

    async def virt_interface_destroy(self, args: v.virt_interface_destroy_args, call: Call) -> None:
        await _interfaces(call).destroy(args.iface.name, args.flags)

    async def virt_interface_change_begin(self, args: v.virt_interface_change_begin_args, call: Call) -> None:
        await _interfaces(call).change_begin(args.flags)

    async def virt_interface_change_commit(self, args: v.virt_interface_change_commit_args, call: Call) -> None:
        await _interfaces(call).change_commit(args.flags)

    async def virt_interface_change_rollback(self, args: v.virt_interface_change_rollback_args, call: Call) -> None:
        await _interfaces(call).change_rollback(args.flags)
