"""<adapter> of a storage pool's source: a SCSI host or a Fibre Channel host, read, checked and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from virtrpcd.errors import FROM_NONE, VirtError
from virtrpcd.storage_def import FcHost, PciAddress, ScsiHost
from virtrpcd.storagexml_values import (
    attribute_at,
    attributes,
    decimal,
    xml_error,
    yes_no,
)
from virtrpcd.xmlread import choice, uint

_TYPES: Final = ("scsi_host", "fc_host")
_LEGACY: Final = ("wwnn", "wwpn", "parent")
_WORLD_WIDE_NAME: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{16}\Z", re.ASCII)
_MAX_BUS: Final = 0xFF
_MAX_SLOT: Final = 0x1F
_MAX_FUNCTION: Final = 7
_MAX_INT: Final = (1 << 31) - 1


def read_adapter(node: etree._Element) -> ScsiHost | FcHost | None:
    """Return the adapter, None for one that says neither its type nor its name. check_adapter looks for what lacks."""
    kind = choice(node, "type", _TYPES)
    if kind is None:
        return _read_untyped(node)
    return _read_fc_host(node) if kind == "fc_host" else _read_scsi_host(node)


def _read_untyped(node: etree._Element) -> ScsiHost | None:
    """Return what XML from before types were: a SCSI host by its name."""
    if any(node.get(name) is not None for name in _LEGACY):
        raise xml_error("Use of 'wwnn', 'wwpn', and 'parent' attributes requires use of the adapter 'type'")
    if node.find("parentaddr") is not None:
        raise xml_error("Use of 'parentaddr' element requires use of the adapter 'type'")
    name = node.get("name")
    return None if name is None else ScsiHost(name)


def _read_fc_host(node: etree._Element) -> FcHost:
    return FcHost(
        managed=yes_no(node, "managed"),
        parent=node.get("parent"),
        parent_wwnn=node.get("parent_wwnn"),
        parent_wwpn=node.get("parent_wwpn"),
        parent_fabric_wwn=node.get("parent_fabric_wwn"),
        wwpn=node.get("wwpn"),
        wwnn=node.get("wwnn"),
    )


def _read_scsi_host(node: etree._Element) -> ScsiHost:
    found = ScsiHost(node.get("name"))
    if node.find("parentaddr") is None:
        return found
    address = node.find("parentaddr/address")
    if address is None:
        raise xml_error("Missing scsi_host PCI address element")
    found.parent = _read_address(address)
    unique = decimal(attribute_at(node, "parentaddr", "unique_id") or "")
    if unique is None or not 0 <= unique <= _MAX_INT:
        raise xml_error("Missing or invalid scsi adapter 'unique_id' value")
    found.unique_id = unique
    return found


def _read_address(node: etree._Element) -> PciAddress:
    numbers = [uint(node, name, any_base=True) or 0 for name in ("domain", "bus", "slot", "function")]
    choice(node, "multifunction", ("on", "off"))
    found = PciAddress(*numbers)
    if not (found.domain or found.bus or found.slot):
        return found  # taken as it is, whatever its function
    if found.bus > _MAX_BUS:
        raise xml_error(f"Invalid PCI address bus='{found.bus:#x}', must be <= 0xFF", FROM_NONE)
    if found.slot > _MAX_SLOT:
        raise xml_error(f"Invalid PCI address slot='{found.slot:#x}', must be <= 0x1F", FROM_NONE)
    if found.function > _MAX_FUNCTION:
        raise xml_error(f"Invalid PCI address function={found.function:#x}, must be <= 7", FROM_NONE)
    return found


def check_adapter(adapter: ScsiHost | FcHost | None) -> None:
    """Raise XmlError for an adapter that is not there or cannot be told from others, VirtError for a bad name."""
    if adapter is None:
        raise xml_error("missing storage pool source adapter")
    if isinstance(adapter, FcHost):
        _check_fc_host(adapter)
    elif adapter.name is None and adapter.parent is None:
        raise xml_error("Either 'name' or 'parent' must be specified for the 'scsi_host' adapter")
    elif adapter.name is not None and adapter.parent is not None:
        raise xml_error("Both 'name' and 'parent' cannot be specified for the 'scsi_host' adapter")


def _check_fc_host(adapter: FcHost) -> None:
    if adapter.wwnn is None or adapter.wwpn is None:
        raise xml_error("'wwnn' and 'wwpn' must be specified for adapter type 'fchost'")
    _check_names(adapter.wwnn, adapter.wwpn)
    pair = (("parent_wwnn", adapter.parent_wwnn, "parent_wwpn", adapter.parent_wwpn),)
    for name, value, other, other_value in (*pair, *((c, d, a, b) for a, b, c, d in pair)):
        if value is not None and other_value is None:
            raise xml_error(f"when providing {name}='{value}', the {other} must also be provided")
    _check_names(adapter.parent_wwnn, adapter.parent_wwpn, adapter.parent_fabric_wwn)


def _check_names(*names: str | None) -> None:
    for name in names:
        if name is not None and not _WORLD_WIDE_NAME.match(name):
            raise VirtError(f"internal error: Malformed wwn: {name}", domain=FROM_NONE)


def format_adapter(adapter: ScsiHost | FcHost) -> Iterator[str]:
    """Give the lines of <adapter>."""
    if isinstance(adapter, FcHost):
        shown = attributes(
            parent=adapter.parent,
            parent_wwnn=adapter.parent_wwnn,
            parent_wwpn=adapter.parent_wwpn,
            parent_fabric_wwn=adapter.parent_fabric_wwn,
            managed=adapter.managed,
            wwnn=adapter.wwnn,
            wwpn=adapter.wwpn,
        )
        yield f"<adapter type='fc_host'{shown}/>"
    elif adapter.parent is None:
        yield f"<adapter type='scsi_host'{attributes(name=adapter.name)}/>"
    else:
        at = adapter.parent
        yield "<adapter type='scsi_host'>"
        yield f"  <parentaddr unique_id='{adapter.unique_id}'>"
        where = f"domain='0x{at.domain:04x}' bus='0x{at.bus:02x}' slot='0x{at.slot:02x}' function='{at.function:#x}'"
        yield f"    <address {where}/>"
        yield "  </parentaddr>"
        yield "</adapter>"
