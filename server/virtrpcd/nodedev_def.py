"""Devices of a host as data, as far as the test driver has them, and their XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from virtrpcd.errors import FROM_NODEDEV, VirtError
from virtrpcd.xmlread import (
    Element,
    Known,
    child,
    children,
    internal,
    invalid_value,
    missing,
    parse_root,
    refuse_unknown,
    text_of,
    xml_error,
)
from virtrpcd.xmlwrite import block, leaf

CAPABILITIES: Final = (
    *("system", "pci", "usb_device", "usb", "net", "scsi_host", "scsi_target", "scsi", "storage", "fc_host", "vports"),
    *("scsi_generic", "drm", "mdev_types", "mdev", "ccw", "css", "vdpa", "ap_card", "ap_queue", "ap_matrix", "vpd"),
)
"""Names of what a device can be, in the order of the bits of virConnectListAllNodeDeviceFlags."""

_NEW: Final = "new device"

KNOWN: Final[Known] = {"device": ((), ("name", "path", "devnode", "parent", "driver", "capability"))}


@dataclass(frozen=True, slots=True)
class SystemDef:
    """The host itself: lines of its <hardware> and <firmware>, as pairs of name and text."""

    hardware: tuple[tuple[str, str], ...]
    firmware: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ScsiHostDef:
    """A fibre channel adapter. max_vports None: it makes no virtual ones."""

    host: int
    unique_id: int
    wwnn: str
    wwpn: str
    fabric_wwn: str
    max_vports: int | None = None


@dataclass(frozen=True, slots=True)
class NodeDeviceDef:
    """A device and what it hangs on."""

    name: str
    parent: str | None
    what: SystemDef | ScsiHostDef

    def capability(self) -> str:
        """Return the kind of device."""
        return "system" if isinstance(self.what, SystemDef) else "scsi_host"

    def all_capabilities(self) -> tuple[str, ...]:
        """Return the kind and what is said inside it, by which devices are looked for."""
        if isinstance(self.what, SystemDef):
            return ("system",)
        return ("scsi_host", "fc_host") if self.what.max_vports is None else ("scsi_host", "fc_host", "vports")


@dataclass(frozen=True, slots=True)
class NewPort:
    """What XML asks for: a virtual adapter with these world wide names, on the adapter that it names somehow."""

    wwnn: str
    wwpn: str
    parent: str | None
    parent_wwnn: str | None
    parent_wwpn: str | None
    parent_fabric_wwn: str | None


def format_device(device: NodeDeviceDef) -> str:
    """Return the XML of a device."""
    return "\n".join([*block("device", "", _device(device)), ""])


def _device(device: NodeDeviceDef) -> Iterator[str]:
    yield leaf("name", device.name)
    if device.parent is not None:
        yield leaf("parent", device.parent)
    inside = _system(device.what) if isinstance(device.what, SystemDef) else _scsi_host(device.what)
    yield from block("capability", f" type='{device.capability()}'", inside)


def _system(system: SystemDef) -> Iterator[str]:
    for name, pairs in (("hardware", system.hardware), ("firmware", system.firmware)):
        yield from block(name, "", (leaf(what, text) for what, text in pairs))


def _scsi_host(adapter: ScsiHostDef) -> Iterator[str]:
    yield leaf("host", str(adapter.host))
    yield leaf("unique_id", str(adapter.unique_id))
    names = (("wwnn", adapter.wwnn), ("wwpn", adapter.wwpn), ("fabric_wwn", adapter.fabric_wwn))
    yield from block("capability", " type='fc_host'", (leaf(name, text) for name, text in names))
    if adapter.max_vports is not None:
        ports = (leaf("max_vports", str(adapter.max_vports)), leaf("vports", "0"))
        yield from block("capability", " type='vport_ops'", ports)


def parse_new_port(xml: str, *, strict: bool = False) -> NewPort:
    """Return the virtual adapter that node device XML asks for, the only device that can be made.

    Raises XmlError, XmlDetail or an internal error for what makes no sense or is no such adapter.
    """
    root = parse_root(xml, "device", "(node_device_definition)", FROM_NODEDEV)
    if strict:
        refuse_unknown(root, KNOWN, "nodedev.rng")
    found = children(root, "capability")
    if not found:
        raise internal(f"no device capabilities for '{_NEW}'", FROM_NODEDEV)
    adapters = [_read_capability(capability) for capability in found]
    parent = child(root, "parent")
    wwnn, wwpn = (None if parent is None else parent.get(name) for name in ("wwnn", "wwpn"))
    if wwnn is not None and wwpn is None:
        why = f"when providing parent wwnn='{wwnn}', the wwpn must also be provided"
        raise xml_error(why, FROM_NODEDEV)
    if wwpn is not None and wwnn is None:
        why = f"when providing parent wwpn='{wwpn}', the wwnn must also be provided"
        raise xml_error(why, FROM_NODEDEV)
    names = next((names for names in adapters if names is not None), None)
    if names is None:
        raise internal("Device is not a fibre channel HBA", FROM_NODEDEV)
    fabric = None if parent is None else parent.get("fabric_wwn")
    return NewPort(*names, text_of(root, "parent"), wwnn, wwpn, fabric)


def _read_capability(element: Element) -> tuple[str, str] | None:
    """Return the world wide names of an adapter, None for a capability that has none."""
    kind = element.get("type")
    if kind is None:
        raise missing(element, "type")
    if kind not in CAPABILITIES:
        raise invalid_value(element, "type")
    if kind == "system":
        raise internal(f"no system UUID supplied for '{_NEW}'", FROM_NODEDEV)
    if kind != "scsi_host":
        return None
    names = None
    for inner in children(element, "capability"):
        what = inner.get("type")
        if what is None:
            raise internal(f"missing SCSI host capability type for '{_NEW}'", FROM_NODEDEV)
        if what == "fc_host":
            names = (_need(inner, "wwnn"), _need(inner, "wwpn"))
        elif what != "vport_ops":
            raise internal(f"unknown SCSI host capability type '{what}' for '{_NEW}'", FROM_NODEDEV)
    return names


def _need(element: Element, name: str) -> str:
    text = text_of(element, name)
    if text is None:
        raise _not_generated(name)
    return text


def _not_generated(name: str) -> VirtError:
    return internal(f"no {name.upper()} supplied for '{_NEW}', and auto-generation failed", FROM_NODEDEV)
