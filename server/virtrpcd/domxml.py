"""Domain XML: libvirt's text to a DomainDef and back.

What is read is what the drivers can do: an element, attribute or value that libvirt knows and we do not is refused by
name and line, never dropped. What is written reads back as the same definition.
"""

from __future__ import annotations

from virtrpcd.domxml_read import parse_domain
from virtrpcd.domxml_values import check_name, parse_uuid
from virtrpcd.domxml_write import format_domain

__all__ = ["parse_domain", "format_domain", "check_name", "parse_uuid"]
