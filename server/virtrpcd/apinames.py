"""What libvirt calls a procedure of virt.x: its function, and the part of the system that its refusals name."""

from __future__ import annotations

from typing import Any, Final

from oncrpc.procedure import Procedure
from virtrpcd.errors import FROM_DOM

_SPELLINGS: Final = {
    "FSFREEZE": "FSFreeze",
    "FSINFO": "FSInfo",
    "FSTHAW": "FSThaw",
    "FSTRIM": "FSTrim",
    "IOTHREAD": "IOThread",
    **{word: word for word in ("CPU", "DHCP", "ID", "MAC", "NMI", "OS", "URI", "UUID", "XML")},
}
"""Words of a procedure's name that libvirt does not write with one capital."""

_NOUNS: Final = (
    ("SNAPSHOT", 35),
    ("CHECKPOINT", 69),
    ("DOMAIN", FROM_DOM),
    ("NETWORK", 19),
    ("STORAGE", 18),
    ("DEVICE", 22),
    ("INTERFACE", 26),
)
"""Words of a procedure's name, and the virt_error_domain of calls on such things; the first that is there counts."""


def api_name(procedure: Procedure[Any]) -> str:
    """Return the libvirt function that a procedure stands for: VIRT_DOMAIN_GET_FSINFO -> virDomainGetFSInfo."""
    words = procedure.name.removeprefix("VIRT_").removeprefix("REMOTE_").split("_")
    return "vir" + "".join(_SPELLINGS.get(word) or word.capitalize() for word in words)


def error_domain(procedure: Procedure[Any]) -> int:
    """Return the virt_error_domain of a procedure's own refusals; calls on the host have that of calls on machines."""
    return next((domain for noun, domain in _NOUNS if noun in procedure.name), FROM_DOM)
