"""The names in a verified certificate, as access rules see them."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_ALTERNATIVE: Final = {"DNS": "DNS", "IP Address": "IP", "URI": "URI", "email": "email"}
"""What alternative names are called by the ssl module, and here."""
NAME_KINDS: Final = ("CN", *_ALTERNATIVE.values())


@dataclass(frozen=True, slots=True)
class Certificate:
    """A verified certificate of the peer.

    names: its common name and alternative names, each with its kind: "CN:alice", "DNS:host.example", "IP:10.0.0.1",
    "URI:...", "email:...". serial (hexadecimal) and issuer together are unique (RFC 9289 section 5.2.1).
    """

    names: frozenset[str]
    serial: str
    issuer: str

    def __str__(self) -> str:
        return " ".join(sorted(self.names)) or f"serial {self.serial}"

    def has_host(self, host: str) -> bool:
        """Return whether a DNS name or IP address stands in it in full; a wildcard or a common name does not count."""
        wanted = host.rstrip(".").lower()
        return any(name.rstrip(".").lower() in (f"dns:{wanted}", f"ip:{wanted}") for name in self.names)


def from_peercert(found: Mapping[str, Any] | None) -> Certificate | None:
    """Return the certificate that ssl's getpeercert() tells of, None for none."""
    if not found:
        return None
    names = {f"CN:{value}" for part in found.get("subject", ()) for key, value in part if key == "commonName"}
    names.update(_alternative(kind, value) for kind, value in found.get("subjectAltName", ()) if kind in _ALTERNATIVE)
    issuer = ", ".join(f"{key}={value}" for part in found.get("issuer", ()) for key, value in part)
    return Certificate(frozenset(names), str(found.get("serialNumber", "")), issuer)


def _alternative(kind: str, value: str) -> str:
    if kind == "IP Address":
        # OpenSSL writes IPv6 addresses in full and in capitals; we as everybody does.
        try:
            value = str(ipaddress.ip_address(value.strip()))
        except ValueError:
            return f"IP:{value}"
    return f"{_ALTERNATIVE[kind]}:{value}"
