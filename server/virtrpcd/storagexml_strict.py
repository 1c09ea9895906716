"""Storage XML of which every element and attribute must be known: what callers ask for with a validate flag.

Reading ignores what it does not know, as libvirt does. This is the check against misspelt names that libvirt's schemas
also make; that what is known has a sensible value is the reader's to say.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from virtrpcd.errors import SchemaError
from virtrpcd.storagexml_values import root_of

_SIZES: Final = {"capacity": "@unit", "allocation": "@unit", "available": "@unit", "physical": "@unit"}
_PERMISSIONS: Final = {"permissions": "mode owner group label"}
_SECRET: Final = {"secret": "@type @uuid @usage"}

_POOL: Final = {
    "": "@type name uuid capacity allocation available features source target refresh",
    "features": "cow",
    "cow": "@state",
    "source": "host device dir adapter name initiator format auth protocol vendor product",
    "host": "@name @port",
    "device": "@path @part_separator freeExtent",
    "freeExtent": "@start @end",
    "dir": "@path",
    "adapter": "@type @name @parent @managed @wwnn @wwpn @parent_wwnn @parent_wwpn @parent_fabric_wwn parentaddr",
    "parentaddr": "@unique_id address",
    "address": "@domain @bus @slot @function @multifunction",
    "initiator": "iqn",
    "iqn": "@name",
    "format": "@type",
    "auth": "@type @username secret",
    "protocol": "@ver",
    "vendor": "@name",
    "product": "@name",
    "target": "path permissions",
    "refresh": "volume",
    "volume": "@allocation",
    **_SIZES,
    **_PERMISSIONS,
    **_SECRET,
}
_VOLUME: Final = {
    "": "@type name key source capacity allocation physical target backingStore",
    "source": "device",
    "device": "@path extent",
    "extent": "@start @end",
    "target": "path format permissions timestamps encryption compat nocow clusterSize features",
    "backingStore": "path format permissions timestamps",
    "format": "@type",
    "timestamps": "atime mtime ctime btime",
    "encryption": "@format @engine secret cipher ivgen",
    "cipher": "@name @size @mode @hash",
    "ivgen": "@name @hash",
    "clusterSize": "@unit",
    "features": "lazy_refcounts extended_l2",
    **_SIZES,
    **_PERMISSIONS,
    **_SECRET,
}
"""Element ("" for the root) -> the attributes (@) and elements that it may have; none for those not named."""


def check_pool(xml: str) -> None:
    """Raise SchemaError for the first thing in a pool's XML that is not known."""
    _check(root_of(xml, "pool"), "", _POOL)


def check_volume(xml: str) -> None:
    """Raise SchemaError for the first thing in a volume's XML that is not known."""
    _check(root_of(xml, "volume"), "", _VOLUME)


def _check(element: etree._Element, name: str, table: dict[str, str]) -> None:
    known = table.get(name, "").split()
    for attribute in element.attrib:
        if f"@{attribute!s}" not in known:
            raise _mismatch(element, f"attribute {attribute!s}")
    for child in element:
        tag = str(child.tag)
        if tag.startswith("{"):
            continue  # another namespace is another program's business
        if tag not in known:
            raise _mismatch(child, f"element {tag}")
        _check(child, tag, table)


def _mismatch(element: etree._Element, what: str) -> SchemaError:
    why = f"XML document failed to validate against schema: {what} is not known here (line {element.sourceline})"
    return SchemaError(why)
