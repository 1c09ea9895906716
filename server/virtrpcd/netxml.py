"""Network XML: libvirt's text to a NetworkDef and back."""

from __future__ import annotations

from virtrpcd.netxml_read import parse_network
from virtrpcd.netxml_write import format_network

__all__ = ["format_network", "parse_network"]
