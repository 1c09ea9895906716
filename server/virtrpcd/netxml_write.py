"""NetworkDef -> network XML, in libvirt's order and with its indentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from virtrpcd.network_def import (
    BandwidthDef,
    BridgeDef,
    DhcpHostDef,
    DnsDef,
    DnsSrvDef,
    ForwardDef,
    IpAddress,
    IpDef,
    LeaseDef,
    NetworkDef,
    PortGroupDef,
    RouteDef,
    VirtualPortDef,
    VlanDef,
)
from virtrpcd.netxml_forward import BRIDGED_BY_US
from virtrpcd.netxml_values import format_address
from virtrpcd.xmlwrite import attributes, block, leaf, uuid_text, yes_no

Lines = Iterable[str]


def format_network(network: NetworkDef) -> str:
    """Return the XML of a network; parse_network gives the same network back."""
    given = attributes(ipv6="yes" if network.ipv6 else None, trustGuestRxFilters=yes_no(network.trust_guest_rx_filters))
    return "\n".join([f"<network{given}>", *_indented(_network(network)), "</network>", ""])


def _indented(lines: Lines) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _network(network: NetworkDef) -> Iterator[str]:
    yield leaf("name", network.name)
    if network.uuid is not None:
        yield leaf("uuid", uuid_text(network.uuid))
    if network.metadata is not None:
        yield from block("metadata", "", network.metadata)
    mode = network.forward.mode
    if mode != "none":
        yield from _forward(network.forward)
    yield from _bridge(network.bridge, ours=mode in BRIDGED_BY_US)
    if network.mtu:
        yield f"<mtu size='{network.mtu}'/>"
    if network.mac is not None:
        yield f"<mac{attributes(address=network.mac)}/>"
    if network.domain is not None:
        yield f"<domain{attributes(name=network.domain, localOnly=yes_no(network.domain_local_only))}/>"
    yield from _dns(network.dns)
    yield from _vlan(network.vlan)
    yield from _bandwidth(network.bandwidth)
    if network.port_isolated is not None:
        yield f"<port isolated='{yes_no(network.port_isolated)}'/>"
    for ip in network.ips:
        yield from _ip(ip)
    for route in network.routes:
        yield _route(route)
    yield from _virtualport(network.virtualport)
    for group in network.portgroups:
        yield from _portgroup(group)


def _forward(forward: ForwardDef) -> Iterator[str]:
    managed = yes_no(forward.managed) if forward.mode == "hostdev" else None
    dev = forward.interfaces[0] if forward.interfaces and forward.pf is None else None
    yield from block("forward", attributes(dev=dev, mode=forward.mode, managed=managed), _forward_inside(forward))


def _forward_inside(forward: ForwardDef) -> Iterator[str]:
    if forward.driver is not None:
        yield f"<driver{attributes(name=forward.driver)}/>"
    nat, inside = forward.nat, []
    if nat.addresses is not None:
        inside.append(f"<address{_ends(*nat.addresses)}/>")
    # port 0 to 0 is no limit
    if nat.ports is not None and any(nat.ports):
        inside.append(f"<port{attributes(start=nat.ports[0], end=nat.ports[1])}/>")
    if inside or nat.ipv6 is not None:
        yield from block("nat", attributes(ipv6=yes_no(nat.ipv6)), inside)
    if forward.pf is not None:
        yield f"<pf{attributes(dev=forward.pf)}/>"
    for name in forward.interfaces:
        yield f"<interface{attributes(dev=name)}/>"
    for pci in forward.addresses:
        where = (
            f"domain='0x{pci.domain:04x}' bus='0x{pci.bus:02x}' slot='0x{pci.slot:02x}' function='0x{pci.function:x}'"
        )
        yield f"<address type='pci' {where}/>"


def _ends(start: IpAddress, end: IpAddress) -> str:
    return attributes(start=format_address(start), end=format_address(end))


def _bridge(bridge: BridgeDef, *, ours: bool) -> Iterator[str]:
    manager = bridge.mac_table_manager
    if ours:
        stp = "on" if bridge.stp else "off"
        given = attributes(name=bridge.name, zone=bridge.zone, stp=stp, delay=bridge.delay, macTableManager=manager)
        yield f"<bridge{given}/>"
    elif bridge.name is not None or manager is not None:
        yield f"<bridge{attributes(name=bridge.name, macTableManager=manager)}/>"


def _dns(dns: DnsDef) -> Iterator[str]:
    inside = list(_dns_inside(dns))
    if inside or dns.enable is not None or dns.forward_plain_names is not None:
        given = attributes(enable=yes_no(dns.enable), forwardPlainNames=yes_no(dns.forward_plain_names))
        yield from block("dns", given, inside)


def _dns_inside(dns: DnsDef) -> Iterator[str]:
    for forwarder in dns.forwarders:
        address = None if forwarder.address is None else format_address(forwarder.address)
        yield f"<forwarder{attributes(domain=forwarder.domain, addr=address)}/>"
    for txt in dns.txts:
        yield f"<txt{attributes(name=txt.name, value=txt.value)}/>"
    for srv in dns.srvs:
        yield _srv(srv)
    for host in dns.hosts:
        ip = None if host.ip is None else format_address(host.ip)
        yield from block("host", attributes(ip=ip), (leaf("hostname", name) for name in host.names))


def _srv(srv: DnsSrvDef) -> str:
    given = attributes(
        service=srv.service,
        protocol=srv.protocol,
        domain=srv.domain,
        target=srv.target,
        port=srv.port or None,
        priority=srv.priority or None,
        weight=srv.weight or None,
    )
    return f"<srv{given}/>"


def _vlan(vlan: VlanDef | None) -> Iterator[str]:
    if vlan is None:
        return
    tags = (
        f"<tag{attributes(id=tag, nativeMode=vlan.native_mode if place == vlan.native else None)}/>"
        for place, tag in enumerate(vlan.tags)
    )
    yield from block("vlan", attributes(trunk="yes" if vlan.trunk else None), tags)


def _bandwidth(bandwidth: BandwidthDef | None) -> Iterator[str]:
    if bandwidth is None:
        return
    yield "<bandwidth>"
    for name, rate in (("inbound", bandwidth.inbound), ("outbound", bandwidth.outbound)):
        if rate is not None and rate.average:
            given = attributes(average=rate.average, peak=rate.peak or None, burst=rate.burst or None)
            yield f"  <{name}{given}/>"
    yield "</bandwidth>"


def _virtualport(port: VirtualPortDef | None) -> Iterator[str]:
    if port is None:
        return
    inside = [] if port.parameters is None else [f"<parameters{attributes(**port.parameters)}/>"]
    yield from block("virtualport", attributes(type=port.type), inside)


def _portgroup(group: PortGroupDef) -> Iterator[str]:
    default = "yes" if group.default else None
    given = attributes(name=group.name, default=default, trustGuestRxFilters=yes_no(group.trust_guest_rx_filters))
    yield f"<portgroup{given}>"
    yield from _indented(_vlan(group.vlan))
    yield from _indented(_virtualport(group.virtualport))
    yield from _indented(_bandwidth(group.bandwidth))
    yield "</portgroup>"


def _ip(ip: IpDef) -> Iterator[str]:
    given = attributes(
        family=ip.family,
        address=format_address(ip.address),
        netmask=None if ip.netmask is None else format_address(ip.netmask),
        prefix=ip.prefix or None,
        localPtr=yes_no(ip.local_ptr),
    )
    yield f"<ip{given}>"
    if ip.tftp is not None:
        yield f"  <tftp{attributes(root=ip.tftp)}/>"
    if ip.ranges or ip.hosts:
        yield "  <dhcp>"
        yield from _indented(_indented(_dhcp(ip)))
        yield "  </dhcp>"
    yield "</ip>"


def _dhcp(ip: IpDef) -> Iterator[str]:
    for lent in ip.ranges:
        yield from block("range", _ends(lent.start, lent.end), _lease(lent.lease))
    for host in ip.hosts:
        yield from _host(host)
    if ip.bootp is not None:
        server = None if ip.bootp.server is None else format_address(ip.bootp.server)
        yield f"<bootp{attributes(file=ip.bootp.file, server=server)}/>"


def _host(host: DhcpHostDef) -> Iterator[str]:
    ip = None if host.ip is None else format_address(host.ip)
    yield from block("host", attributes(mac=host.mac, id=host.id, name=host.name, ip=ip), _lease(host.lease))


def _lease(lease: LeaseDef | None) -> Iterator[str]:
    if lease is not None:
        yield f"<lease{attributes(expiry=lease.expiry, unit=lease.unit if lease.expiry else None)}/>"


def _route(route: RouteDef) -> str:
    given = attributes(
        family=route.family,
        address=format_address(route.address),
        netmask=None if route.netmask is None else format_address(route.netmask),
        prefix=route.prefix,
        gateway=format_address(route.gateway),
        metric=route.metric,
    )
    return f"<route{given}/>"
