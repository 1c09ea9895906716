"""A network interface of the host as data: what interface XML says, without the XML."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ProtocolDef:
    """Addresses of one family. dhcp: whether it is used; peer_dns: whether it also sets the name servers."""

    family: str
    autoconf: bool = False
    dhcp: bool = False
    peer_dns: bool | None = None
    addresses: list[tuple[str, int]] = field(default_factory=list)
    gateway: str | None = None


@dataclass(slots=True)
class LinkDef:
    """Speed in Mbit/s (0: not known) and state of a link."""

    speed: int = 0
    state: str | None = None


@dataclass(slots=True)
class MonitorDef:
    """How the links of a bond are watched: "miimon" or "arpmon", and its attributes as they are written."""

    kind: str
    settings: dict[str, str | int]


@dataclass(slots=True)
class PortsDef:
    """A bridge or a bond and the interfaces in it."""

    settings: dict[str, str] = field(default_factory=dict)
    monitor: MonitorDef | None = None
    interfaces: list[HostInterfaceDef] = field(default_factory=list)


@dataclass(slots=True)
class VlanLinkDef:
    """The tag of a vlan interface and what it stands on."""

    tag: str
    device: str


@dataclass(slots=True)
class HostInterfaceDef:
    """An interface; of `ports` (bridge, bond) and `vlan` it has what its type says."""

    type: str
    name: str
    start: str | None = None
    mtu: int = 0
    protocols: list[ProtocolDef] = field(default_factory=list)
    link: LinkDef | None = None
    mac: str | None = None
    ports: PortsDef | None = None
    vlan: VlanLinkDef | None = None
