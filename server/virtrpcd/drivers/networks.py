"""What the service asks a driver about virtual networks; a driver without them keeps these defaults.

A network is named by its NetworkRef, of which the uuid decides; NoNetwork when there is none. What defines, starts or
stops a network puts its NetworkEvent on the bus before it returns.
"""

from __future__ import annotations

from typing import NoReturn

from virtrpcd.errors import FROM_NETWORK, NotSupported
from virtrpcd.model_network import DhcpLease, NetworkRef, NetworkUpdate


def _lacks(api: str) -> NoReturn:
    raise NotSupported(api, domain=FROM_NETWORK)


class Networks:
    """The networks of a driver."""

    def refs(self) -> list[NetworkRef]:
        """Return all networks."""
        _lacks("virConnectListAllNetworks")

    def lookup_by_name(self, name: str) -> NetworkRef:
        """Return the network called `name`."""
        _lacks("virNetworkLookupByName")

    def lookup_by_uuid(self, uuid: bytes) -> NetworkRef:
        """Return the network with that uuid."""
        _lacks("virNetworkLookupByUUID")

    def xml(self, net: NetworkRef, flags: int) -> str:
        """Return the network's XML; flag 1 asks for what the next start would use."""
        _lacks("virNetworkGetXMLDesc")

    def bridge_name(self, net: NetworkRef) -> str:
        """Return the name of the network's bridge."""
        _lacks("virNetworkGetBridgeName")

    def is_active(self, net: NetworkRef) -> bool:
        """Return whether the network runs."""
        _lacks("virNetworkIsActive")

    def is_persistent(self, net: NetworkRef) -> bool:
        """Return whether the network stays when it is stopped."""
        _lacks("virNetworkIsPersistent")

    def autostart(self, net: NetworkRef) -> bool:
        """Return whether the network starts with the daemon."""
        _lacks("virNetworkGetAutostart")

    def dhcp_leases(self, net: NetworkRef, mac: str | None) -> list[DhcpLease]:
        """Return the addresses that the network has lent, to `mac` or to all."""
        _lacks("virNetworkGetDHCPLeases")

    def ports(self, net: NetworkRef) -> list[bytes]:
        """Return the uuids of the network's ports."""
        _lacks("virNetworkListAllPorts")

    async def define(self, xml: str, flags: int) -> NetworkRef:
        """Keep a definition, new or in place of that with its uuid; what runs goes on as it is. Event DEFINED."""
        _lacks("virNetworkDefineXML")

    async def create_xml(self, xml: str, flags: int) -> NetworkRef:
        """Start a network that is gone when it stops, unless it was defined. Event STARTED."""
        _lacks("virNetworkCreateXML")

    async def start(self, net: NetworkRef) -> None:
        """Start a defined network; OperationInvalid when it runs. Event STARTED."""
        _lacks("virNetworkCreate")

    async def destroy(self, net: NetworkRef) -> None:
        """Stop a network. Event STOPPED."""
        _lacks("virNetworkDestroy")

    async def undefine(self, net: NetworkRef) -> None:
        """Forget a network; OperationInvalid when it runs. Event UNDEFINED."""
        _lacks("virNetworkUndefine")

    async def set_autostart(self, net: NetworkRef, autostart: bool) -> None:
        """Say whether the network starts with the daemon."""
        _lacks("virNetworkSetAutostart")

    async def update(self, net: NetworkRef, update: NetworkUpdate, flags: int) -> None:
        """Change one entry of what runs (flag 1), of what is kept (2), or of what counts now (0)."""
        _lacks("virNetworkUpdate")
