"""What the service asks a driver about the host's devices; a driver without them keeps these defaults.

A device is named by its name; NoNodeDevice when there is none. What makes or removes one puts its NodeDeviceEvent on
the bus before it returns.
"""

from __future__ import annotations

from typing import NoReturn

from virtrpcd.errors import FROM_NODEDEV, NotSupported


def _lacks(api: str) -> NoReturn:
    raise NotSupported(api, domain=FROM_NODEDEV)


class NodeDevices:
    """The devices of a driver's host."""

    def names(self, capability: str | None) -> list[str]:
        """Return the devices that have a capability, all for None."""
        _lacks("virNodeListDevices")

    def filtered(self, flags: int) -> list[str]:
        """Return the devices that one of the filter bits names (virConnectListAllNodeDeviceFlags), all for 0."""
        _lacks("virConnectListAllNodeDevices")

    def lookup_by_name(self, name: str) -> str:
        """Return the name of a device that there is."""
        _lacks("virNodeDeviceLookupByName")

    def xml(self, name: str, flags: int) -> str:
        """Return the device's XML."""
        _lacks("virNodeDeviceGetXMLDesc")

    def parent(self, name: str) -> str | None:
        """Return what the device hangs on, None for the first of all."""
        _lacks("virNodeDeviceGetParent")

    def capabilities(self, name: str) -> list[str]:
        """Return what the device can be."""
        _lacks("virNodeDeviceListCaps")

    async def create_xml(self, xml: str, flags: int) -> str:
        """Make a device and return its name. Event CREATED."""
        _lacks("virNodeDeviceCreateXML")

    async def destroy(self, name: str) -> None:
        """Remove a device. Event DELETED."""
        _lacks("virNodeDeviceDestroy")
