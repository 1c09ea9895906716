"""Storage XML of which every element and attribute must be known: what callers ask for with a validate flag.

Reading ignores what it does not know, as libvirt does. This is the check against misspelt names that libvirt's schemas
also make; that what is known has a sensible value is the reader's to say.
"""

from __future__ import annotations

from typing import Final

from virtrpcd.storagexml_values import POOL_TEXT, VOLUME_TEXT, root_of
from virtrpcd.xmlread import Known, refuse_unknown

_OPTIONS: Final = (
    "{http://libvirt.org/schemas/storagepool/fs/1.0}mount_opts",
    "{http://libvirt.org/schemas/storagepool/rbd/1.0}config_opts",
)
"""What a pool may tell programs that mount it or speak to Ceph; nothing here reads what is in them."""


def _known(table: str) -> Known:
    """Return the table that lines like "host @name @port" stand for: an element, its attributes (@) and children.

    Elements that are children only have neither.
    """
    found: Known = {}
    for line in filter(None, table.splitlines()):
        element, *words = line.split()
        attributes = tuple(word[1:] for word in words if word.startswith("@"))
        found[element] = (attributes, tuple(word for word in words if not word.startswith("@")))
    leaves = {child for _, children in found.values() for child in children} - found.keys()
    return found | dict.fromkeys(leaves, ((), ()))


_SHARED: Final = """
capacity @unit
allocation @unit
available @unit
physical @unit
permissions mode owner group label
secret @type @uuid @usage
format @type
"""
_POOL: Final = _known(
    f"""{_SHARED}
pool @type name uuid capacity allocation available features source target refresh
features cow
cow @state
source host device dir adapter name initiator format auth protocol vendor product
host @name @port
device @path @part_separator freeExtent
freeExtent @start @end
dir @path
adapter @type @name @parent @managed @wwnn @wwpn @parent_wwnn @parent_wwpn @parent_fabric_wwn parentaddr
parentaddr @unique_id address
address @domain @bus @slot @function @multifunction
initiator iqn
iqn @name
auth @type @username secret
protocol @ver
vendor @name
product @name
target path permissions
refresh volume
volume @allocation
"""
)
_VOLUME: Final = _known(
    f"""{_SHARED}
volume @type name key source capacity allocation physical target backingStore
source device
device @path extent
extent @start @end
target path format permissions timestamps encryption compat nocow clusterSize features
backingStore path format permissions timestamps
timestamps atime mtime ctime btime
encryption @format @engine secret cipher ivgen
cipher @name @size @mode @hash
ivgen @name @hash
clusterSize @unit
features lazy_refcounts extended_l2
"""
)
_POOL["pool"] = (_POOL["pool"][0], (*_POOL["pool"][1], *_OPTIONS))


def check_pool(xml: str) -> None:
    """Raise SchemaError for the first thing in a pool's XML that is not known."""
    refuse_unknown(root_of(xml, "pool", POOL_TEXT), _POOL, "storagepool.rng")


def check_volume(xml: str) -> None:
    """Raise SchemaError for the first thing in a volume's XML that is not known."""
    refuse_unknown(root_of(xml, "volume", VOLUME_TEXT), _VOLUME, "storagevol.rng")
