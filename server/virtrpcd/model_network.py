"""What the daemon knows of networks, interfaces and devices of the host, in its own terms. Numbers are libvirt's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import NamedTuple


class NetworkRef(NamedTuple):
    """How a network is named on every wire; the uuid (16 bytes) decides, the name is for people."""

    name: str
    uuid: bytes


class InterfaceRef(NamedTuple):
    """How an interface of the host is named: the name decides, the hardware address ("" without one) goes with it."""

    name: str
    mac: str


class NetworkLifecycle(IntEnum):
    """What happened to a network (virNetworkEventLifecycleType)."""

    DEFINED = 0
    UNDEFINED = 1
    STARTED = 2
    STOPPED = 3


class NodeDeviceLifecycle(IntEnum):
    """What happened to a device of the host (virNodeDeviceEventLifecycleType)."""

    CREATED = 0
    DELETED = 1


class UpdateCommand(IntEnum):
    """How update_network changes an entry (virNetworkUpdateCommand)."""

    NONE = 0
    MODIFY = 1
    DELETE = 2
    ADD_LAST = 3
    ADD_FIRST = 4


class UpdateSection(IntEnum):
    """What update_network changes (virNetworkUpdateSection)."""

    NONE = 0
    BRIDGE = 1
    DOMAIN = 2
    IP = 3
    IP_DHCP_HOST = 4
    IP_DHCP_RANGE = 5
    FORWARD = 6
    FORWARD_INTERFACE = 7
    FORWARD_PF = 8
    PORTGROUP = 9
    DNS_HOST = 10
    DNS_TXT = 11
    DNS_SRV = 12


class DefineFlag(IntFlag):
    """Flags of what reads XML of networks, interfaces and devices (VIR_NETWORK_DEFINE_VALIDATE and the like)."""

    VALIDATE = 1


@dataclass(frozen=True, slots=True)
class NetworkUpdate:
    """One change of an entry of a network's definition; `parent_index`: which <ip>, -1 the one that fits."""

    command: int
    section: int
    parent_index: int
    xml: str


@dataclass(frozen=True, slots=True)
class DhcpLease:
    """An address that a network has lent; `kind` 0 is IPv4, 1 IPv6."""

    interface: str
    expiry_time_s: int
    kind: int
    mac: str | None
    iaid: str | None
    address: str
    prefix: int
    host_name: str | None
    client_id: str | None


@dataclass(frozen=True, slots=True)
class NetworkEvent:
    """A network came, went, started or stopped; `event` is a NetworkLifecycle."""

    net: NetworkRef
    event: int


@dataclass(frozen=True, slots=True)
class NodeDeviceEvent:
    """A device of the host came or went; `event` is a NodeDeviceLifecycle."""

    name: str
    event: int
