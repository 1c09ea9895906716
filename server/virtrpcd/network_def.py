"""A virtual network as data: what network XML says, without the XML.

Addresses are `ipaddress` values, so they are written the same way whatever way they were given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

IpAddress = IPv4Address | IPv6Address


@dataclass(slots=True)
class RateDef:
    """A limit of traffic in one direction: average and peak in KiB/s, burst in KiB; 0 is none."""

    average: int = 0
    peak: int = 0
    burst: int = 0


@dataclass(slots=True)
class BandwidthDef:
    """Limits of traffic into and out of the host."""

    inbound: RateDef | None = None
    outbound: RateDef | None = None


@dataclass(slots=True)
class VlanDef:
    """Tags of a vlan; `native` is the position in `tags` of the native one, `native_mode` "tagged" or "untagged"."""

    tags: list[int]
    trunk: bool
    native: int | None = None
    native_mode: str | None = None


@dataclass(slots=True)
class VirtualPortDef:
    """How a port of a switch is set up: its type, if it is said, and its parameters (None: without any) in order."""

    type: str | None
    parameters: dict[str, str] | None = None


@dataclass(slots=True)
class PortGroupDef:
    """A named set of port settings."""

    name: str
    default: bool = False
    trust_guest_rx_filters: bool | None = None
    vlan: VlanDef | None = None
    virtualport: VirtualPortDef | None = None
    bandwidth: BandwidthDef | None = None


@dataclass(frozen=True, slots=True)
class PciAddress:
    """Where a device stands on a PCI bus."""

    domain: int
    bus: int
    slot: int
    function: int

    def __str__(self) -> str:
        return f"{self.domain:04x}:{self.bus:02x}:{self.slot:02x}.{self.function:x}"


@dataclass(slots=True)
class NatDef:
    """What NAT uses: addresses and ports, first and last."""

    ipv6: bool | None = None
    addresses: tuple[IpAddress, IpAddress] | None = None
    ports: tuple[int, int] | None = None


@dataclass(slots=True)
class ForwardDef:
    """How the network reaches the world; of interfaces, physical functions and addresses one kind is used."""

    mode: str = "none"
    managed: bool = False
    driver: str | None = None
    nat: NatDef = field(default_factory=NatDef)
    interfaces: list[str] = field(default_factory=list)
    pf: str | None = None
    addresses: list[PciAddress] = field(default_factory=list)


@dataclass(slots=True)
class BridgeDef:
    """The bridge of the host that the network is."""

    name: str | None = None
    zone: str | None = None
    stp: bool = True
    delay: int = 0
    mac_table_manager: str | None = None


@dataclass(slots=True)
class LeaseDef:
    """How long an address is lent; 0 is for ever."""

    expiry: int
    unit: str


@dataclass(slots=True)
class DhcpRangeDef:
    """Addresses that are lent, first and last."""

    start: IpAddress
    end: IpAddress
    lease: LeaseDef | None = None


@dataclass(slots=True)
class DhcpHostDef:
    """The address of one host."""

    mac: str | None = None
    id: str | None = None
    name: str | None = None
    ip: IpAddress | None = None
    lease: LeaseDef | None = None


@dataclass(slots=True)
class BootpDef:
    """What a host without a disk loads, and where from."""

    file: str
    server: IpAddress | None = None


@dataclass(slots=True)
class IpDef:
    """An address of the bridge, and what is handed out in its net. `prefix` 0: not given."""

    address: IpAddress
    family: str | None = None
    netmask: IpAddress | None = None
    prefix: int = 0
    local_ptr: bool | None = None
    tftp: str | None = None
    ranges: list[DhcpRangeDef] = field(default_factory=list)
    hosts: list[DhcpHostDef] = field(default_factory=list)
    bootp: BootpDef | None = None

    @property
    def is_ipv6(self) -> bool:
        """Whether it is of family ipv6."""
        return self.family == "ipv6"


@dataclass(slots=True)
class RouteDef:
    """A route of the host through the bridge."""

    address: IpAddress
    gateway: IpAddress
    family: str | None = None
    netmask: IpAddress | None = None
    prefix: int | None = None
    metric: int | None = None


@dataclass(slots=True)
class ForwarderDef:
    """A name server that is asked, for one domain or for all."""

    domain: str | None = None
    address: IpAddress | None = None


@dataclass(slots=True)
class DnsTxtDef:
    """A TXT record."""

    name: str
    value: str | None = None


@dataclass(slots=True)
class DnsSrvDef:
    """An SRV record; a number of 0 is not given."""

    service: str | None = None
    protocol: str | None = None
    domain: str | None = None
    target: str | None = None
    port: int = 0
    priority: int = 0
    weight: int = 0


@dataclass(slots=True)
class DnsHostDef:
    """Names of an address."""

    ip: IpAddress | None = None
    names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DnsDef:
    """What the network's name server does."""

    enable: bool | None = None
    forward_plain_names: bool | None = None
    forwarders: list[ForwarderDef] = field(default_factory=list)
    txts: list[DnsTxtDef] = field(default_factory=list)
    srvs: list[DnsSrvDef] = field(default_factory=list)
    hosts: list[DnsHostDef] = field(default_factory=list)


@dataclass(slots=True)
class NetworkDef:
    """A network. uuid None: whoever keeps it makes one. `metadata`: the lines inside <metadata>, None without it."""

    name: str
    uuid: bytes | None = None
    ipv6: bool = False
    trust_guest_rx_filters: bool | None = None
    metadata: list[str] | None = None
    forward: ForwardDef = field(default_factory=ForwardDef)
    bridge: BridgeDef = field(default_factory=BridgeDef)
    mtu: int = 0
    mac: str | None = None
    domain: str | None = None
    domain_local_only: bool | None = None
    dns: DnsDef = field(default_factory=DnsDef)
    vlan: VlanDef | None = None
    bandwidth: BandwidthDef | None = None
    port_isolated: bool | None = None
    ips: list[IpDef] = field(default_factory=list)
    routes: list[RouteDef] = field(default_factory=list)
    virtualport: VirtualPortDef | None = None
    portgroups: list[PortGroupDef] = field(default_factory=list)
