"""Handlers about the host's devices."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd.drivers.nodedevs import NodeDevices
from virtrpcd.errors import FROM_NODEDEV, OperationFailed
from virtrpcd.service.context import Handlers, at_most, driver_of


def _devices(call: Call) -> NodeDevices:
    return driver_of(call).nodedevs


class NodeDeviceHandlers(Handlers):
    """Devices of the host."""

    def virt_node_num_of_devices(
        self, args: v.virt_node_num_of_devices_args, call: Call
    ) -> v.virt_node_num_of_devices_ret:
        return v.virt_node_num_of_devices_ret(len(_devices(call).names(args.cap)))

    def virt_node_list_devices(self, args: v.virt_node_list_devices_args, call: Call) -> v.virt_node_list_devices_ret:
        most = at_most(args.maxnames, v.VIRT_NODE_DEVICE_LIST_MAX, "maxnames")
        return v.virt_node_list_devices_ret(_devices(call).names(args.cap)[:most])

    def virt_connect_list_all_node_devices(
        self, args: v.virt_connect_list_all_node_devices_args, call: Call
    ) -> v.virt_connect_list_all_node_devices_ret:
        names = _devices(call).filtered(args.flags)
        if len(names) > v.VIRT_NODE_DEVICE_LIST_MAX:
            why = f"{len(names)} devices are more than the {v.VIRT_NODE_DEVICE_LIST_MAX} that fit a list"
            raise OperationFailed(why, domain=FROM_NODEDEV)
        found = [v.virt_node_device(name) for name in names] if args.need_results else []
        return v.virt_connect_list_all_node_devices_ret(found, len(names))

    def virt_node_device_lookup_by_name(
        self, args: v.virt_node_device_lookup_by_name_args, call: Call
    ) -> v.virt_node_device_lookup_by_name_ret:
        return v.virt_node_device_lookup_by_name_ret(v.virt_node_device(_devices(call).lookup_by_name(args.name)))

    def virt_node_device_get_xml_desc(
        self, args: v.virt_node_device_get_xml_desc_args, call: Call
    ) -> v.virt_node_device_get_xml_desc_ret:
        return v.virt_node_device_get_xml_desc_ret(_devices(call).xml(args.name, args.flags))

    def virt_node_device_get_parent(
        self, args: v.virt_node_device_get_parent_args, call: Call
    ) -> v.virt_node_device_get_parent_ret:
        return v.virt_node_device_get_parent_ret(_devices(call).parent(args.name))

    def virt_node_device_num_of_caps(
        self, args: v.virt_node_device_num_of_caps_args, call: Call
    ) -> v.virt_node_device_num_of_caps_ret:
        return v.virt_node_device_num_of_caps_ret(len(_devices(call).capabilities(args.name)))

    def virt_node_device_list_caps(
        self, args: v.virt_node_device_list_caps_args, call: Call
    ) -> v.virt_node_device_list_caps_ret:
        most = at_most(args.maxnames, v.VIRT_NODE_DEVICE_CAPS_LIST_MAX, "maxnames")
        return v.virt_node_device_list_caps_ret(_devices(call).capabilities(args.name)[:most])

    async def virt_node_device_create_xml(
        self, args: v.virt_node_device_create_xml_args, call: Call
    ) -> v.virt_node_device_create_xml_ret:
        name = await _devices(call).create_xml(args.xml_desc, args.flags)
        return v.virt_node_device_create_xml_ret(v.virt_node_device(name))

    async def virt_node_device_destroy(self, args: v.virt_node_device_destroy_args, call: Call) -> None:
        await _devices(call).destroy(args.name)
