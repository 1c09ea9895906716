"""Where devices sit: an address for each that has none, the same at every start, much as libvirt gives them.

On a pc machine devices are in slots of the one pci bus; on q35 those that are PCI Express have a root port each (which
is added when there is none free), others are on the root bus.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml_hardware import MAX_CONTROLLERS, USB2_COMPANIONS
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, XmlError
from virtrpcd.hardware_def import (
    ControllerDef,
    Device,
    PciAddress,
    UsbAddress,
    VirtioSerialAddress,
)

ROOTS: Final = ("pci-root", "pcie-root")
PORT: Final = "pcie-root-port"

_SLOTS: Final = 32
_LAST_OF_Q35: Final = 0x1F
"""The ISA bridge, the disk controller and SMBus are in this slot."""

_USB2_SLOT_OF_Q35: Final = 0x1D
_FUNCTIONS: Final = {"ich9-ehci1": 7, "ich9-uhci1": 0, "ich9-uhci2": 1, "ich9-uhci3": 2}
_EXPRESS_USB: Final = ("qemu-xhci", "nec-xhci")
_EXPRESS_CARDS: Final = ("virtio", "e1000e")
_USB_PORTS: Final = {"piix3-uhci": 2, "piix4-uhci": 2, "ich9-ehci1": 6, "ehci": 6}
_XHCI_PORTS: Final = 4


class Places:
    """The addresses of one definition: those that are taken, and those that are given out."""

    def __init__(self, definition: DomainDef, *, q35: bool) -> None:
        self._definition = definition
        self._q35 = q35
        self._taken: set[tuple[int, int, int]] = set()

    def assign(self) -> None:
        """Give each device without an address one, in place. Raises XmlError for an address that is there twice."""
        self._take_given()
        self._take_fixed()
        self._place_ports()
        for device, express in list(_devices_in_order(self._definition)):
            self._give(device, express=express)
        if self._q35 and not self._free_ports():
            # one place more, for a device that comes later
            self._add_port()
        self._place_ports()
        self._assign_usb()
        self._assign_channels()

    # -- pci ---------------------------------------------------------------------------------------------------------

    def _take_given(self) -> None:
        buses = {one.index for one in self._definition.controllers if one.type == "pci"}
        for device in _all_devices(self._definition):
            address = device.address
            if not isinstance(address, PciAddress):
                continue
            if address.bus not in buses:
                raise _wrong(device, f"there is no pci controller with index {address.bus}")
            self._take(device, address)

    def _take(self, device: Device, address: PciAddress) -> None:
        place = (address.bus, address.slot, address.function)
        if place in self._taken or (address.bus == 0 and address.slot == 0):
            raise _wrong(device, f"pci address {address.bus:02x}:{address.slot:02x}.{address.function:x} is in use")
        self._taken.add(place)
        device.address = address

    def _take_fixed(self) -> None:
        """Give those devices their places that are part of the machine, and the first video card its own."""
        if self._q35:
            self._taken |= {(0, _LAST_OF_Q35, 0), (0, _LAST_OF_Q35, 3)}
        else:
            self._taken |= {(0, 1, 0), (0, 1, 3)}
        for one in self._definition.controllers:
            fixed = self._fixed(one)
            if one.address is None and fixed is not None:
                self._take(one, fixed)
        slot = 1 if self._q35 else 2
        for card in self._definition.videos[:1]:
            if card.address is None and card.type != "none" and not self._slot_taken(0, slot):
                self._take(card, PciAddress(0, slot))
        # kept for a card that comes later
        self._taken.add((0, slot, 7))

    def _fixed(self, one: ControllerDef) -> PciAddress | None:
        if one.type == "sata" and one.index == 0 and self._q35:
            return PciAddress(0, _LAST_OF_Q35, 2)
        if one.type == "ide" and not self._q35:
            return PciAddress(0, 1, 1)
        if one.type == "usb" and one.index == 0 and one.model == "piix3-uhci" and not self._q35:
            return PciAddress(0, 1, 2)
        return None

    def _slot_taken(self, bus: int, slot: int) -> bool:
        return any((bus, slot, function) in self._taken for function in range(8))

    def _give(self, device: Device, *, express: bool) -> None:
        if device.address is not None:
            return
        if isinstance(device, ControllerDef) and device.model in _FUNCTIONS:
            self._give_usb2(device)
        elif express and self._q35:
            free = self._free_ports() or [self._add_port()]
            self._take(device, PciAddress(free[0].index, 0))
        else:
            self._take(device, PciAddress(0, self._free_slot()))

    def _give_usb2(self, device: ControllerDef) -> None:
        """Put a usb2 controller and its companions together into the functions of one slot."""
        together = [
            one.address
            for one in self._definition.controllers
            if one.index == device.index and one.model in _FUNCTIONS and isinstance(one.address, PciAddress)
        ]
        wanted = _USB2_SLOT_OF_Q35 if self._q35 else self._free_slot()
        slot = together[0].slot if together else self._free_slot() if self._slot_taken(0, wanted) else wanted
        function = _FUNCTIONS[device.model or ""]
        self._take(device, PciAddress(0, slot, function, True if function == 0 else None))

    def _free_slot(self) -> int:
        last = _USB2_SLOT_OF_Q35 if self._q35 else _SLOTS
        first = 2 if self._q35 else 3
        for slot in range(first, last):
            if not self._slot_taken(0, slot):
                return slot
        raise ConfigUnsupported("unsupported number of devices: the pci bus is full", domain=FROM_QEMU)

    # -- root ports --------------------------------------------------------------------------------------------------

    def _free_ports(self) -> list[ControllerDef]:
        ports = [one for one in self._definition.controllers if one.model == PORT]
        return [one for one in ports if not self._slot_taken(one.index, 0)]

    def _add_port(self) -> ControllerDef:
        taken = {one.index for one in self._definition.controllers if one.type == "pci"}
        index = next(index for index in range(1, MAX_CONTROLLERS + 2) if index not in taken)
        if index > MAX_CONTROLLERS:
            raise ConfigUnsupported("unsupported number of devices: there are no more root ports", domain=FROM_QEMU)
        port = ControllerDef("pci", index, model=PORT)
        self._definition.controllers.append(port)
        return port

    def _place_ports(self) -> None:
        """Put root ports eight to a slot, one in each function."""
        for one in self._definition.controllers:
            if one.type != "pci" or one.model in ROOTS:
                continue
            if one.model == PORT and one.address is None:
                self._take(one, self._place_of_port())
            elif one.address is None:
                self._take(one, PciAddress(0, self._free_slot()))
            if one.model == PORT and isinstance(one.address, PciAddress):
                one.model_name = one.model_name or PORT
                one.chassis = one.index if one.chassis is None else one.chassis
                one.port = (one.address.slot << 3) + one.address.function if one.port is None else one.port

    def _place_of_port(self) -> PciAddress:
        for other in self._definition.controllers:
            at = other.address
            if other.model != PORT or not isinstance(at, PciAddress) or not at.multifunction:
                continue
            for function in range(1, 8):
                if (0, at.slot, function) not in self._taken:
                    return PciAddress(0, at.slot, function)
        return PciAddress(0, self._free_slot(), 0, True)

    # -- other buses -------------------------------------------------------------------------------------------------

    def _assign_usb(self) -> None:
        rooms = {
            one.index: (one.ports or _XHCI_PORTS) if one.model in _EXPRESS_USB else _USB_PORTS.get(one.model or "", 1)
            for one in self._definition.controllers
            if one.type == "usb" and one.model not in (*USB2_COMPANIONS, "none")
        }
        devices: list[Device] = [disk for disk in self._definition.disks if disk.bus == "usb"]
        devices += [one for one in self._definition.inputs if one.bus == "usb"]
        if devices and not rooms:
            raise _wrong(devices[0], "it is on a usb bus, and the machine has none")
        taken = {(one.address.bus, one.address.port) for one in devices if isinstance(one.address, UsbAddress)}
        for device in devices:
            if isinstance(device.address, UsbAddress):
                if device.address.bus not in rooms:
                    raise _wrong(device, f"there is no usb controller with index {device.address.bus}")
                continue
            free = ((bus, str(port)) for bus, ports in sorted(rooms.items()) for port in range(1, ports + 1))
            place = next((place for place in free if place not in taken), None)
            if place is None:
                raise ConfigUnsupported("unsupported number of usb devices: all ports are taken", domain=FROM_QEMU)
            device.address = UsbAddress(*place)
            taken.add(place)

    def _assign_channels(self) -> None:
        taken = set()
        for channel in self._definition.channels:
            if isinstance(channel.address, VirtioSerialAddress):
                place = channel.address[0], channel.address[2]
                if place in taken:
                    raise _wrong(channel, f"port {place[1]} of virtio-serial controller {place[0]} is in use")
                taken.add(place)
        for channel in self._definition.channels:
            if channel.address is None:
                port = next(port for port in range(1, len(taken) + 2) if (0, port) not in taken)
                taken.add((0, port))
                channel.address = VirtioSerialAddress(0, 0, port)


def _wrong(device: Device, why: str) -> XmlError:
    return XmlError(f"invalid address of a device: {why} (line {device.line})", domain=FROM_QEMU)


def _is_pci(one: ControllerDef) -> bool:
    return one.type in ("usb", "scsi", "sata", "virtio-serial") and one.model != "none"


def _devices_in_order(d: DomainDef) -> Iterator[tuple[Device, bool]]:
    """Yield the devices that are on a pci bus, and whether each is PCI Express, in the order of their places."""
    for interface in d.interfaces:
        yield interface, interface.model in _EXPRESS_CARDS
    for one in d.controllers:
        if _is_pci(one):
            yield one, one.model in _EXPRESS_USB or one.type in ("scsi", "virtio-serial")
    for disk in d.disks:
        if disk.bus == "virtio":
            yield disk, True
    if d.memballoon != "none":
        yield d.balloon_device, True
    for rng in d.rngs:
        yield rng, True
    if d.watchdog is not None:
        yield d.watchdog, False
    for card in d.videos:
        if card.type != "none":
            yield card, card.type == "virtio"
    for input in d.inputs:
        if input.bus == "virtio":
            yield input, True


def _all_devices(d: DomainDef) -> Iterator[Device]:
    yield from (*d.controllers, *d.interfaces, *d.disks, d.balloon_device, *d.rngs, *d.videos, *d.inputs)
    if d.watchdog is not None:
        yield d.watchdog
