"""The portmapper (rpcbind): its client, blocking and asyncio, and one to embed. RFC 1833; program 100000."""

from oncrpc.portmap.aclient import AsyncPortmapClient
from oncrpc.portmap.chooser import NoPortmap, Portmap, SystemPortmap, keep_registered, open_portmap, parse_mode
from oncrpc.portmap.client import LOCAL_SOCKET, PortmapClient, locate, lookup
from oncrpc.portmap.embedded import EmbeddedPortmap
from oncrpc.portmap.entries import (
    Entry,
    Lookups,
    NetworkAddress,
    NotRegistered,
    Registration,
    RegistrationRefused,
    VersionStatistics,
)
from oncrpc.portmap.types import PMAP_PORT, PMAP_PROG

__all__ = [
    "AsyncPortmapClient", "EmbeddedPortmap", "Entry", "LOCAL_SOCKET", "Lookups", "NetworkAddress", "NoPortmap",
    "NotRegistered", "PMAP_PORT", "PMAP_PROG", "Portmap", "PortmapClient", "Registration", "RegistrationRefused",
    "SystemPortmap", "VersionStatistics", "locate", "keep_registered", "lookup", "open_portmap", "parse_mode",
]  # fmt: skip
