"""Networks of the test driver: definitions and states in memory, no bridge is ever made."""

from __future__ import annotations

import copy
import os
from ipaddress import ip_address
from typing import Final

from virtrpcd.drivers.networks import Networks
from virtrpcd.drivers.test.refusals import not_now, only_flags
from virtrpcd.errors import FROM_NETWORK, FROM_TEST, NoNetwork, OperationFailed
from virtrpcd.events import EventBus
from virtrpcd.model import Affect
from virtrpcd.model_network import DefineFlag, NetworkEvent, NetworkLifecycle, NetworkRef, NetworkUpdate
from virtrpcd.network_def import BridgeDef, DhcpRangeDef, ForwardDef, IpDef, NetworkDef
from virtrpcd.netxml import format_network, parse_network
from virtrpcd.netxml_update import update_network
from virtrpcd.xmlread import internal
from virtrpcd.xmlwrite import uuid_text

MAX_NETWORKS: Final = 16384
"""No more than a list of networks can hold on any wire."""

_DEFAULT_UUID: Final = bytes.fromhex("dd8fe8846c02601e7551cca97df1c5df")


def first_network() -> NetworkDef:
    """Return the network that the driver begins with."""
    lent = DhcpRangeDef(ip_address("192.168.122.2"), ip_address("192.168.122.254"))
    ip = IpDef(ip_address("192.168.122.1"), netmask=ip_address("255.255.255.0"), ranges=[lent])
    return NetworkDef("default", _DEFAULT_UUID, forward=ForwardDef("nat"), bridge=BridgeDef("virbr0"), ips=[ip])


class _Network:
    """A network: `definition` is what is shown, `later` what was defined while it ran."""

    __slots__ = ("active", "autostart", "definition", "later", "persistent", "ref")

    def __init__(self, ref: NetworkRef, definition: NetworkDef) -> None:
        self.ref = ref
        self.definition = definition
        self.later: NetworkDef | None = None
        self.active = self.persistent = self.autostart = False


class TestNetworks(Networks):
    """All networks, in the order in which they came."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._by_uuid: dict[bytes, _Network] = {}
        self._by_name: dict[str, _Network] = {}
        network = self._add(first_network())
        network.active = network.persistent = True

    # -- queries ------------------------------------------------------------------------------------------------------

    def refs(self) -> list[NetworkRef]:
        return [network.ref for network in self._by_uuid.values()]

    def lookup_by_name(self, name: str) -> NetworkRef:
        network = self._by_name.get(name)
        if network is None:
            raise _no_network(f"name '{name}'")
        return network.ref

    def lookup_by_uuid(self, uuid: bytes) -> NetworkRef:
        return self._find_uuid(uuid).ref

    def xml(self, net: NetworkRef, flags: int) -> str:
        only_flags(flags, 0, "testNetworkGetXMLDesc")
        return format_network(self._find(net).definition)

    def bridge_name(self, net: NetworkRef) -> str:
        name = self._find(net).definition.bridge.name
        if name is None:
            raise internal(f"network '{net.name}' does not have a bridge name.", FROM_TEST)
        return name

    def is_active(self, net: NetworkRef) -> bool:
        return self._find_uuid(net.uuid).active

    def is_persistent(self, net: NetworkRef) -> bool:
        return self._find_uuid(net.uuid).persistent

    def autostart(self, net: NetworkRef) -> bool:
        return self._find(net).autostart

    # -- changes ------------------------------------------------------------------------------------------------------

    async def define(self, xml: str, flags: int) -> NetworkRef:
        only_flags(flags, DefineFlag.VALIDATE, "testNetworkDefineXMLFlags")
        definition = parse_network(xml, strict=bool(flags & DefineFlag.VALIDATE))
        network = self._match(definition)
        if network is None:
            network = self._add(definition)
        elif network.active:
            network.later = definition
        else:
            network.definition, network.later = definition, None
        network.persistent = True
        self._publish(network, NetworkLifecycle.DEFINED)
        return network.ref

    async def create_xml(self, xml: str, flags: int) -> NetworkRef:
        only_flags(flags, DefineFlag.VALIDATE, "testNetworkCreateXMLFlags")
        definition = parse_network(xml, strict=bool(flags & DefineFlag.VALIDATE))
        network = self._match(definition)
        if network is None:
            network = self._add(definition)
        elif network.active:
            raise not_now(f"network is already active as '{network.ref.name}'", domain=FROM_NETWORK)
        else:
            if network.later is None:
                network.later = network.definition
            network.definition = definition
        network.active = True
        self._publish(network, NetworkLifecycle.STARTED)
        return network.ref

    async def start(self, net: NetworkRef) -> None:
        network = self._find(net)
        if network.active:
            raise not_now(f"Network '{network.ref.name}' is already running", domain=FROM_TEST)
        network.active = True
        self._publish(network, NetworkLifecycle.STARTED)

    async def destroy(self, net: NetworkRef) -> None:
        """As libvirt's, this stops a network that is stopped, event and all."""
        network = self._find(net)
        network.active = False
        if not network.persistent:
            self._forget(network)
        self._publish(network, NetworkLifecycle.STOPPED)

    async def undefine(self, net: NetworkRef) -> None:
        network = self._find(net)
        if network.active:
            raise not_now(f"Network '{network.ref.name}' is still running", domain=FROM_TEST)
        self._forget(network)
        self._publish(network, NetworkLifecycle.UNDEFINED)

    async def set_autostart(self, net: NetworkRef, autostart: bool) -> None:
        self._find(net).autostart = autostart

    async def update(self, net: NetworkRef, update: NetworkUpdate, flags: int) -> None:
        only_flags(flags, Affect.LIVE | Affect.CONFIG, "testNetworkUpdate")
        network = self._find_uuid(net.uuid)
        live, kept = bool(flags & Affect.LIVE), bool(flags & Affect.CONFIG)
        if not live and not kept:
            live, kept = network.active, not network.active
        if live and not network.active:
            raise not_now("network is not running", domain=FROM_NETWORK)
        if kept and not network.persistent:
            raise not_now("cannot change persistent config of a transient network", domain=FROM_NETWORK)
        changed_kept = _changed(network.later or network.definition, update) if kept else None
        if live:
            network.definition = _changed(network.definition, update)
        if changed_kept is not None and network.active:
            network.later = changed_kept
        elif changed_kept is not None:
            network.definition, network.later = changed_kept, None

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _find(self, net: NetworkRef) -> _Network:
        network = self._by_uuid.get(net.uuid)
        if network is None:
            raise _no_network(f"name '{net.name}'")
        return network

    def _find_uuid(self, uuid: bytes) -> _Network:
        network = self._by_uuid.get(uuid)
        if network is None:
            raise _no_network(f"uuid '{uuid_text(uuid)}'")
        return network

    def _match(self, definition: NetworkDef) -> _Network | None:
        """Return the network that a definition is for, None for a new one; refuse a clash of name and uuid."""
        by_name = self._by_name.get(definition.name)
        if definition.uuid is None:
            definition.uuid = os.urandom(16)
        by_uuid = self._by_uuid.get(definition.uuid)
        if by_uuid is not None and by_uuid is not by_name:
            shown = uuid_text(definition.uuid)
            raise _clash(f"network '{by_uuid.ref.name}' is already defined with uuid {shown}")
        if by_name is not None and by_name is not by_uuid:
            raise _clash(f"network '{definition.name}' already exists with uuid {uuid_text(by_name.ref.uuid)}")
        return by_uuid

    def _add(self, definition: NetworkDef) -> _Network:
        if len(self._by_uuid) >= MAX_NETWORKS:
            raise OperationFailed(f"there are {MAX_NETWORKS} networks already", domain=FROM_TEST)
        if definition.uuid is None:
            definition.uuid = os.urandom(16)
        network = _Network(NetworkRef(definition.name, definition.uuid), definition)
        self._by_uuid[network.ref.uuid] = self._by_name[network.ref.name] = network
        return network

    def _forget(self, network: _Network) -> None:
        del self._by_uuid[network.ref.uuid]
        del self._by_name[network.ref.name]

    def _publish(self, network: _Network, event: NetworkLifecycle) -> None:
        self._bus.publish(NetworkEvent(network.ref, int(event)))


def _changed(definition: NetworkDef, update: NetworkUpdate) -> NetworkDef:
    """Return a changed copy that still makes sense as a whole."""
    changed = copy.deepcopy(definition)
    update_network(changed, update)
    parse_network(format_network(changed))
    return changed


def _no_network(what: str) -> NoNetwork:
    return NoNetwork(f"Network not found: no network with matching {what}", domain=FROM_TEST)


def _clash(why: str) -> OperationFailed:
    return OperationFailed(f"operation failed: {why}", domain=FROM_NETWORK)
