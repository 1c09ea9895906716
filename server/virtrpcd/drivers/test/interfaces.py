"""Interfaces of the test driver's host, in memory; one transaction of changes at a time."""

from __future__ import annotations

import copy
from typing import Final, NamedTuple

from virtrpcd.drivers.interfaces import Interfaces
from virtrpcd.drivers.test.refusals import not_now, only_flags
from virtrpcd.errors import FROM_TEST, MultipleInterfaces, NoInterface, OperationFailed, OperationInvalid
from virtrpcd.ifacexml import format_interface, parse_interface
from virtrpcd.interface_def import HostInterfaceDef, ProtocolDef
from virtrpcd.model_network import DefineFlag, InterfaceRef

MAX_INTERFACES: Final = 16384
"""No more than a list of interfaces can hold on any wire."""


def first_interface() -> HostInterfaceDef:
    """Return the interface that the driver begins with."""
    addresses = ProtocolDef("ipv4", addresses=[("192.168.0.5", 24)], gateway="192.168.0.1")
    return HostInterfaceDef("ethernet", "eth1", "onboot", 1492, [addresses], mac="aa:bb:cc:dd:ee:ff")


class _Interface(NamedTuple):
    definition: HostInterfaceDef
    active: bool

    @property
    def ref(self) -> InterfaceRef:
        return InterfaceRef(self.definition.name, self.definition.mac or "")


class TestInterfaces(Interfaces):
    """All interfaces; `_backup`: the definitions from before the transaction, None without one."""

    def __init__(self) -> None:
        first = first_interface()
        self._by_name = {first.name: _Interface(first, True)}
        self._backup: list[HostInterfaceDef] | None = None

    def refs(self) -> list[InterfaceRef]:
        return [interface.ref for interface in self._by_name.values()]

    def lookup_by_name(self, name: str) -> InterfaceRef:
        return self._find(name).ref

    def lookup_by_mac(self, mac: str) -> InterfaceRef:
        wanted = mac.lower()
        found = [interface.ref for interface in self._by_name.values() if interface.ref.mac.lower() == wanted]
        found = [ref for ref in found if ref.mac]
        if not found:
            raise NoInterface(f"Interface not found: no interface with matching mac '{mac}'", domain=FROM_TEST)
        if len(found) > 1:
            raise MultipleInterfaces("multiple matching interfaces found", domain=FROM_TEST)
        return found[0]

    def xml(self, name: str, flags: int) -> str:
        only_flags(flags, 0, "testInterfaceGetXMLDesc")
        return format_interface(self._find(name).definition)

    def is_active(self, name: str) -> bool:
        return self._find(name).active

    async def define(self, xml: str, flags: int) -> InterfaceRef:
        only_flags(flags, DefineFlag.VALIDATE, "testInterfaceDefineXML")
        definition = parse_interface(xml, strict=bool(flags & DefineFlag.VALIDATE))
        there = self._by_name.get(definition.name)
        if there is None and len(self._by_name) >= MAX_INTERFACES:
            raise OperationFailed(f"there are {MAX_INTERFACES} interfaces already", domain=FROM_TEST)
        interface = _Interface(definition, there is not None and there.active)
        self._by_name[definition.name] = interface
        return interface.ref

    async def undefine(self, name: str) -> None:
        self._find(name)
        del self._by_name[name]

    async def start(self, name: str, flags: int) -> None:
        only_flags(flags, 0, "testInterfaceCreate")
        self._switch(name, True)

    async def destroy(self, name: str, flags: int) -> None:
        only_flags(flags, 0, "testInterfaceDestroy")
        self._switch(name, False)

    async def change_begin(self, flags: int) -> None:
        only_flags(flags, 0, "testInterfaceChangeBegin")
        if self._backup is not None:
            raise not_now("there is another transaction running.", domain=FROM_TEST)
        self._backup = [copy.deepcopy(interface.definition) for interface in self._by_name.values()]

    async def change_commit(self, flags: int) -> None:
        only_flags(flags, 0, "testInterfaceChangeCommit")
        if self._backup is None:
            raise not_now("no transaction running, nothing to be committed.", domain=FROM_TEST)
        self._backup = None

    async def change_rollback(self, flags: int) -> None:
        """As with libvirt's, what comes back is down."""
        only_flags(flags, 0, "testInterfaceChangeRollback")
        if self._backup is None:
            raise not_now("no transaction running, nothing to rollback.", domain=FROM_TEST)
        self._by_name = {definition.name: _Interface(definition, False) for definition in self._backup}
        self._backup = None

    def _find(self, name: str) -> _Interface:
        interface = self._by_name.get(name)
        if interface is None:
            raise NoInterface(f"Interface not found: no interface with matching name '{name}'", domain=FROM_TEST)
        return interface

    def _switch(self, name: str, active: bool) -> None:
        interface = self._find(name)
        if interface.active == active:
            raise OperationInvalid("Requested operation is not valid", domain=FROM_TEST)
        self._by_name[name] = interface._replace(active=active)
