"""What the service asks a driver about the host's network interfaces; a driver without them keeps these defaults.

An interface is named by its name; NoInterface when there is none.
"""

from __future__ import annotations

from typing import NoReturn

from virtrpcd.errors import FROM_INTERFACE, NotSupported
from virtrpcd.model_network import InterfaceRef


def _lacks(api: str) -> NoReturn:
    raise NotSupported(api, domain=FROM_INTERFACE)


class Interfaces:
    """The interfaces of a driver's host, and one transaction of changes at a time."""

    def refs(self) -> list[InterfaceRef]:
        """Return all interfaces."""
        _lacks("virConnectListAllInterfaces")

    def lookup_by_name(self, name: str) -> InterfaceRef:
        """Return the interface called `name`."""
        _lacks("virInterfaceLookupByName")

    def lookup_by_mac(self, mac: str) -> InterfaceRef:
        """Return the interface with that hardware address; MultipleInterfaces if more than one has it."""
        _lacks("virInterfaceLookupByMACString")

    def xml(self, name: str, flags: int) -> str:
        """Return the interface's XML; flag 1 asks for what is kept, not what is."""
        _lacks("virInterfaceGetXMLDesc")

    def is_active(self, name: str) -> bool:
        """Return whether the interface is up."""
        _lacks("virInterfaceIsActive")

    async def define(self, xml: str, flags: int) -> InterfaceRef:
        """Keep a definition, new or in place of that of the same name."""
        _lacks("virInterfaceDefineXML")

    async def undefine(self, name: str) -> None:
        """Forget an interface."""
        _lacks("virInterfaceUndefine")

    async def start(self, name: str, flags: int) -> None:
        """Bring an interface up; OperationInvalid when it is."""
        _lacks("virInterfaceCreate")

    async def destroy(self, name: str, flags: int) -> None:
        """Take an interface down; OperationInvalid when it is."""
        _lacks("virInterfaceDestroy")

    async def change_begin(self, flags: int) -> None:
        """Begin a transaction; OperationInvalid when there is one."""
        _lacks("virInterfaceChangeBegin")

    async def change_commit(self, flags: int) -> None:
        """End the transaction and keep what was changed; OperationInvalid without one."""
        _lacks("virInterfaceChangeCommit")

    async def change_rollback(self, flags: int) -> None:
        """End the transaction and go back to what was; OperationInvalid without one."""
        _lacks("virInterfaceChangeRollback")
