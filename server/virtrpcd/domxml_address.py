"""<address>, <alias> and <boot order> of devices: read and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from virtrpcd.domxml_node import Node
from virtrpcd.domxml_values import parse_number, parse_whole
from virtrpcd.hardware_def import Address, Device, DriveAddress, PciAddress, UsbAddress, VirtioSerialAddress

CHILDREN: Final = ("address", "alias")
"""What read_device reads of a device."""

MAX_CONTROLLER: Final = 255

_TYPES: Final = dict.fromkeys(("pci", "drive", "usb", "virtio-serial"), True) | dict.fromkeys(
    ("ccid", "ccw", "dimm", "isa", "mdev", "spapr-vio", "unassigned", "virtio-mmio", "virtio-s390"), False
)
_ON_OFF: Final = {"on": True, "off": True}
_USB_PORT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}\Z", re.ASCII)
_ALIAS: Final = re.compile(r"ua-[A-Za-z0-9_-]{1,60}\Z", re.ASCII)


def read_device(node: Node, device: Device) -> None:
    """Set what all devices have from their element: line, address, alias."""
    device.line = node.line
    address = node.child("address")
    device.address = None if address is None else _read_address(address)
    alias = node.child("alias")
    if alias is not None:
        name = alias.only(attributes=("name",)).needed("name", str)
        if name.startswith("ua-"):
            device.alias = alias.convert(name, _alias, f"{alias.path}/@name")
        # any other is the name that a driver gave it in an earlier run; as in libvirt, it is not kept


def _alias(text: str) -> str:
    if not _ALIAS.match(text):
        raise ValueError("it is not ua- with letters, digits, _ and -")
    return text


def read_boot_order(node: Node) -> int | None:
    """Return the order of a device's <boot>, None without one."""
    boot = node.child("boot")
    return (
        None
        if boot is None
        else boot.only(attributes=("order",)).needed("order", lambda text: parse_number(text, 1, 255))
    )


def _read_address(node: Node) -> Address:
    kind = node.chosen("type", _TYPES, None)
    if kind == "pci":
        return _read_pci(node)
    if kind == "drive":
        node.only(attributes=("type", "controller", "bus", "target", "unit"))
        return DriveAddress(
            _part(node, "controller", MAX_CONTROLLER), _part(node, "bus", 255), _part(node, "target", 255),
            _part(node, "unit", 16383),
        )  # fmt: skip
    if kind == "usb":
        node.only(attributes=("type", "bus", "port"))
        return UsbAddress(_part(node, "bus", MAX_CONTROLLER), node.attribute("port", _usb_port))
    node.only(attributes=("type", "controller", "bus", "port"))
    return VirtioSerialAddress(
        _part(node, "controller", MAX_CONTROLLER), _part(node, "bus", 255), _part(node, "port", 255)
    )


def _part(node: Node, name: str, high: int) -> int:
    found = node.attribute(name, lambda text: parse_whole(text, 0, high))
    return 0 if found is None else found


def _usb_port(text: str) -> str:
    if not _USB_PORT.match(text):
        raise ValueError("it is not a number, or numbers with dots between them")
    return text


def _read_pci(node: Node) -> PciAddress:
    node.only(attributes=("type", "domain", "bus", "slot", "function", "multifunction"))
    several = node.chosen("multifunction", _ON_OFF, "") if "multifunction" in node.element.attrib else None
    domain = _part(node, "domain", 0xFFFF)
    if domain:
        raise node.unsupported("pci domain other than 0:", f"{node.path}/@domain")
    return PciAddress(
        _part(node, "bus", 0xFF),
        _part(node, "slot", 0x1F),
        _part(node, "function", 7),
        None if several is None else several == "on",
    )


def format_device(device: Device, indent: str = "      ") -> Iterator[str]:
    """Write alias and address; libvirt has them last."""
    if device.alias is not None:
        yield f"{indent}<alias name='{device.alias}'/>"
    if device.address is not None:
        yield f"{indent}<address {_attributes(device.address)}/>"


def _attributes(address: Address) -> str:
    if isinstance(address, PciAddress):
        text = f"type='pci' domain='0x{address.domain:04x}' bus='0x{address.bus:02x}' slot='0x{address.slot:02x}'"
        text += f" function='0x{address.function:x}'"
        if address.multifunction is not None:
            text += f" multifunction='{'on' if address.multifunction else 'off'}'"
        return text
    if isinstance(address, DriveAddress):
        return (
            f"type='drive' controller='{address.controller}' bus='{address.bus}'"
            f" target='{address.target}' unit='{address.unit}'"
        )
    if isinstance(address, UsbAddress):
        return f"type='usb' bus='{address.bus}'" + (f" port='{address.port}'" if address.port is not None else "")
    return f"type='virtio-serial' controller='{address.controller}' bus='{address.bus}' port='{address.port}'"


def element(name: str, attributes: str, inner: list[str], indent: str = "    ") -> Iterator[str]:
    """Write an element, closed at once when there is nothing in it."""
    head = f"{indent}<{name}{' ' if attributes else ''}{attributes}"
    if not inner:
        yield f"{head}/>"
        return
    yield f"{head}>"
    yield from inner
    yield f"{indent}</{name}>"
