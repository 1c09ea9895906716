"""Storage XML: libvirt's text to a PoolDef or VolumeDef and back."""

from __future__ import annotations

from virtrpcd.storagexml_pool import parse_pool, parse_source
from virtrpcd.storagexml_strict import check_pool, check_volume
from virtrpcd.storagexml_volume import parse_volume
from virtrpcd.storagexml_write import format_pool, format_pool_capabilities, format_sources, format_volume

__all__ = [
    "check_pool",
    "check_volume",
    "format_pool",
    "format_pool_capabilities",
    "format_sources",
    "format_volume",
    "parse_pool",
    "parse_source",
    "parse_volume",
]
