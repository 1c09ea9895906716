"""model <-> virtproto for networks, interfaces and devices of the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from virtproto import virt as v
from virtrpcd.model_network import DhcpLease, InterfaceRef, NetworkEvent, NetworkRef, NodeDeviceEvent

_NO_CALLBACK: Final = -1
_NO_DETAIL: Final = 0


def network(ref: NetworkRef) -> v.virt_network:
    """Return the wire form of a network's names."""
    return v.virt_network(*ref)


def network_ref(wire: v.virt_network) -> NetworkRef:
    """Return a network's names from the wire."""
    return NetworkRef(wire.name, wire.uuid)


def interface(ref: InterfaceRef) -> v.virt_interface:
    """Return the wire form of an interface's names."""
    return v.virt_interface(*ref)


def dhcp_lease(lease: DhcpLease) -> v.virt_network_dhcp_lease:
    """Return the wire form of an address that is lent."""
    return v.virt_network_dhcp_lease(
        lease.interface,
        lease.expiry_time_s,
        lease.kind,
        lease.mac,
        lease.iaid,
        lease.address,
        lease.prefix,
        lease.host_name,
        lease.client_id,
    )


BODIES: Final[dict[type, tuple[int, Callable[[Any], Any]]]] = {
    NetworkEvent: (
        v.VIRT_EVENT_NETWORK_LIFECYCLE,
        lambda e: v.virt_event_network_lifecycle(_NO_CALLBACK, network(e.net), e.event, _NO_DETAIL),
    ),
    NodeDeviceEvent: (
        v.VIRT_EVENT_NODE_DEVICE_LIFECYCLE,
        lambda e: v.virt_event_node_device_lifecycle(_NO_CALLBACK, v.virt_node_device(e.name), e.event, _NO_DETAIL),
    ),
}
"""Kinds and bodies of the events; convert.py has all of them."""
