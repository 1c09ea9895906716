"""Devices of the test driver's host: a computer with two fibre channel adapters, and virtual ones made on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from virtrpcd.drivers.nodedevs import NodeDevices
from virtrpcd.drivers.test.refusals import only_flags
from virtrpcd.errors import FROM_NODEDEV, FROM_NONE, FROM_TEST, NoNodeDevice, VirtError
from virtrpcd.events import EventBus
from virtrpcd.model_network import DefineFlag, NodeDeviceEvent, NodeDeviceLifecycle
from virtrpcd.nodedev_def import (
    CAPABILITIES,
    NewPort,
    NodeDeviceDef,
    ScsiHostDef,
    SystemDef,
    format_device,
    parse_new_port,
)
from virtrpcd.xmlread import internal

COMPUTER: Final = "computer"
MADE: Final = "scsi_host12"
"""The name of every virtual adapter that is made: a second one takes the place of the first."""

_TEMPLATE: Final = "scsi_host11"
_ALL_BITS: Final = (1 << len(CAPABILITIES)) - 1
_FABRIC: Final = "2000000043214321"
_SYSTEM: Final = SystemDef(
    hardware=(
        ("vendor", "Libvirt"),
        ("version", "Test driver"),
        ("serial", "123456"),
        ("uuid", "11111111-2222-3333-4444-555555555555"),
    ),
    firmware=(("vendor", "Libvirt"), ("version", "Test Driver"), ("release_date", "01/22/2007")),
)
_FIRST: Final = (
    NodeDeviceDef(COMPUTER, None, _SYSTEM),
    NodeDeviceDef(
        "scsi_host1", COMPUTER, ScsiHostDef(1, 0, "2000000012341234", "1000000012341234", _FABRIC, max_vports=0)
    ),
    NodeDeviceDef(
        "scsi_host2",
        COMPUTER,
        ScsiHostDef(2, 1, "2000000056785678", "1000000056785678", "2000000087658765", max_vports=0),
    ),
    NodeDeviceDef(_TEMPLATE, "scsi_host1", ScsiHostDef(11, 10, "2000000034563456", "1000000034563456", _FABRIC)),
)


class TestNodeDevices(NodeDevices):
    """All devices, in the order in which they came."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._by_name = {device.name: device for device in _FIRST}

    def names(self, capability: str | None) -> list[str]:
        return [
            name
            for name, device in self._by_name.items()
            if capability is None or capability in device.all_capabilities()
        ]

    def filtered(self, flags: int) -> list[str]:
        only_flags(flags, _ALL_BITS, "testConnectListAllNodeDevices")
        wanted = {name for bit, name in enumerate(CAPABILITIES) if flags & 1 << bit}
        return [
            name
            for name, device in self._by_name.items()
            if not flags or wanted.intersection(device.all_capabilities())
        ]

    def lookup_by_name(self, name: str) -> str:
        return self._find(name).name

    def xml(self, name: str, flags: int) -> str:
        only_flags(flags, 0, "testNodeDeviceGetXMLDesc")
        return format_device(self._find(name))

    def parent(self, name: str) -> str | None:
        return self._find(name).parent

    def capabilities(self, name: str) -> list[str]:
        return [self._find(name).capability()]

    async def create_xml(self, xml: str, flags: int) -> str:
        """Make a virtual adapter; as libvirt's, it is like scsi_host11 but for its world wide names."""
        only_flags(flags, DefineFlag.VALIDATE, "testNodeDeviceCreateXML")
        new = parse_new_port(xml, strict=bool(flags & DefineFlag.VALIDATE))
        parent = self._parent_of(new)
        if not _makes_ports(parent):
            raise internal(f"Parent device {parent.name} is not capable of vport operations", FROM_NODEDEV)
        template = self._by_name.get(_TEMPLATE)
        if template is None or not isinstance(template.what, ScsiHostDef):
            # libvirt refuses it, too, and forgets to say why
            raise VirtError("An error occurred, but the cause is unknown", domain=FROM_NONE)
        adapter = replace(template.what, wwnn=new.wwnn, wwpn=new.wwpn)
        self._by_name[MADE] = replace(template, name=MADE, what=adapter)
        self._publish(MADE, NodeDeviceLifecycle.CREATED)
        return MADE

    async def destroy(self, name: str) -> None:
        """Remove an adapter whose parent is there; as with libvirt's, nothing happens to anything else."""
        device = self._find(name)
        if not isinstance(device.what, ScsiHostDef) or device.parent not in self._by_name:
            return
        del self._by_name[name]
        self._publish(name, NodeDeviceLifecycle.DELETED)

    def _find(self, name: str) -> NodeDeviceDef:
        device = self._by_name.get(name)
        if device is None:
            raise NoNodeDevice(f"Node device not found: no node device with matching name '{name}'", domain=FROM_TEST)
        return device

    def _parent_of(self, new: NewPort) -> NodeDeviceDef:
        """Return the adapter that is meant: by name, by world wide names, by fabric, or any that makes ports."""
        found = next((device for device in self._by_name.values() if _is_meant(device, new)), None)
        if found is None:
            raise internal("Could not find parent device for 'new device'", FROM_NODEDEV)
        return found

    def _publish(self, name: str, event: NodeDeviceLifecycle) -> None:
        self._bus.publish(NodeDeviceEvent(name, int(event)))


def _makes_ports(device: NodeDeviceDef) -> bool:
    return isinstance(device.what, ScsiHostDef) and device.what.max_vports is not None


def _is_meant(device: NodeDeviceDef, new: NewPort) -> bool:
    if new.parent is not None:
        return device.name == new.parent
    adapter = device.what
    if not isinstance(adapter, ScsiHostDef):
        return False
    if new.parent_wwnn is not None:
        return (adapter.wwnn, adapter.wwpn) == (new.parent_wwnn, new.parent_wwpn)
    if new.parent_fabric_wwn is not None:
        return adapter.fabric_wwn == new.parent_fabric_wwn and _makes_ports(device)
    return _makes_ports(device)
