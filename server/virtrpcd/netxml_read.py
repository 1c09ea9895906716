"""Network XML -> NetworkDef, as leniently as libvirt: what is not known is left out."""

from __future__ import annotations

import copy

from lxml import etree

from virtrpcd.domxml_values import parse_uuid
from virtrpcd.errors import FROM_NETWORK, FROM_XML, NameMissing, XmlDetail, XmlError
from virtrpcd.network_def import BridgeDef, IpAddress, IpDef, NetworkDef, RouteDef
from virtrpcd.netxml_forward import check_forward, read_forward
from virtrpcd.netxml_known import KNOWN
from virtrpcd.netxml_ports import read_bandwidth, read_portgroup, read_virtualport, read_vlan
from virtrpcd.netxml_services import read_dhcp, read_dns
from virtrpcd.netxml_values import (
    format_address,
    format_mac,
    ip_prefix,
    netmask_bits,
    parse_address,
    parse_mac_octets,
    same_net,
)
from virtrpcd.xmlread import (
    ULONG_MAX,
    Element,
    attribute,
    child,
    children,
    internal,
    number,
    parse_root,
    refuse_unknown,
    text_of,
    uint,
    unsupported,
    wrapping_number,
    xml_error,
    yes_no,
)

_BITS = {4: 32, 6: 128}


def parse_network(xml: str, *, strict: bool = False) -> NetworkDef:
    """Return the network that libvirt network XML describes.

    strict: raise SchemaError for what is not read. Raises XmlError, XmlDetail, ConfigUnsupported and others with
    libvirt's numbers and words for what makes no sense.
    """
    root = parse_root(xml, "network", "(network_definition)", FROM_NETWORK)
    if strict:
        refuse_unknown(root, KNOWN, "network.rng")
    network = NetworkDef(_read_name(root), _read_uuid(root))
    ipv6 = attribute(root, "ipv6")
    if ipv6 not in (None, "yes", "no"):
        raise _bad(f"Invalid ipv6 setting '{ipv6}' in network '{network.name}'")
    network.ipv6 = ipv6 == "yes"
    network.trust_guest_rx_filters = yes_no(root, "trustGuestRxFilters")
    domain = child(root, "domain")
    if domain is not None:
        network.domain = domain.get("name")
        network.domain_local_only = yes_no(domain, "localOnly")
    network.bandwidth = read_bandwidth(root)
    network.vlan = read_vlan(root)
    port = child(root, "port")
    network.port_isolated = None if port is None else yes_no(port, "isolated")
    bridge = child(root, "bridge")
    if bridge is not None:
        network.bridge = _read_bridge(bridge, network.name)
    network.mac = _read_mac(root, network.name)
    network.mtu = _read_mtu(root, network.name)
    dns = child(root, "dns")
    if dns is not None:
        network.dns = read_dns(dns, network.name)
    network.virtualport = read_virtualport(root)
    network.portgroups = [read_portgroup(found) for found in children(root, "portgroup")]
    network.ips = [read_ip(found, network.name) for found in children(root, "ip")]
    network.routes = [_read_route(found, network.name) for found in children(root, "route")]
    for route in network.routes:
        _check_gateway(route, network)
    forward = child(root, "forward")
    if forward is not None:
        network.forward = read_forward(forward, network.name)
    options = bridge is not None and bool(network.bridge.delay or attribute(bridge, "stp") or attribute(bridge, "zone"))
    check_forward(network, bridge_options=options)
    network.metadata = _read_metadata(root)
    return network


def _bad(why: str) -> XmlError:
    return xml_error(why, FROM_NETWORK)


def _read_name(root: Element) -> str:
    name = text_of(root, "name")
    if name is None:
        raise NameMissing("missing name information", domain=FROM_NETWORK)
    for char in "/\n":
        if char in name:
            raise XmlDetail(f"invalid char in name: {char}", domain=FROM_XML)
    return name


def _read_uuid(root: Element) -> bytes | None:
    text = text_of(root, "uuid")
    if text is None:
        return None
    try:
        return parse_uuid(text)
    except ValueError as error:
        raise internal("malformed uuid element", FROM_NETWORK) from error


def _read_bridge(element: Element, network: str) -> BridgeDef:
    bridge = BridgeDef(attribute(element, "name"), attribute(element, "zone"), element.get("stp") != "off")
    delay = attribute(element, "delay")
    if delay is not None:
        seconds = number(delay, ULONG_MAX)
        if seconds is None:
            raise _bad(f"Invalid delay value in network '{network}'")
        bridge.delay = seconds
    bridge.mac_table_manager = attribute(element, "macTableManager")
    if bridge.mac_table_manager not in (None, "kernel", "libvirt"):
        setting = bridge.mac_table_manager
        raise _bad(f"Invalid macTableManager setting '{setting}' in network '{network}'")
    return bridge


def _read_mac(root: Element, network: str) -> str | None:
    text = attribute(child(root, "mac"), "address")
    if text is None:
        return None
    octets = parse_mac_octets(text)
    if octets is None:
        raise _bad(f"Invalid bridge mac address '{text}' in network '{network}'")
    if octets[0] & 1:
        raise _bad(f"Invalid multicast bridge mac address '{text}' in network '{network}'")
    return format_mac(octets)


def _read_mtu(root: Element, network: str) -> int:
    text = attribute(child(root, "mtu"), "size")
    if text is None:
        return 0
    size = wrapping_number(text)
    if size is None:
        raise _bad(f"Invalid mtu size '{text}' in network '{network}'")
    return size


def read_ip(element: Element, network: str) -> IpDef:
    """Return an address of a network with what is handed out in its net."""
    text = attribute(element, "address")
    if text is None:
        raise _bad(f"Missing required address attribute in network '{network}'")
    address = parse_address(text)
    if address is None:
        raise _bad(f"Invalid address '{text}' in network '{network}'")
    ip = IpDef(address, attribute(element, "family"))
    netmask = attribute(element, "netmask")
    if netmask is not None:
        ip.netmask = parse_address(netmask)
        if ip.netmask is None:
            raise _bad(f"Invalid netmask '{netmask}' in network '{network}'")
    ip.prefix = uint(element, "prefix") or 0
    ip.local_ptr = yes_no(element, "localPtr")
    _check_ip(ip, text, netmask, network)
    tftp = attribute(child(element, "tftp"), "root")
    if tftp is not None:
        if ip.is_ipv6:
            raise unsupported(f"Unsupported <tftp> element in an IPv6 element in network '{network}'", FROM_NETWORK)
        ip.tftp = tftp
    dhcp = child(element, "dhcp")
    if dhcp is not None:
        read_dhcp(dhcp, ip, network)
    return ip


def _check_ip(ip: IpDef, text: str, netmask: str | None, network: str) -> None:
    if ip.family in (None, "ipv4"):
        if ip.address.version != 4:
            given = "no" if ip.family is None else "ipv4"
            why = f"{given} family specified for non-IPv4 address '{text}' in network '{network}'"
            raise unsupported(why, FROM_NETWORK)
        if ip.netmask is not None and ip.netmask.version != 4:
            why = f"Invalid netmask '{netmask}' for address '{text}' in network '{network}' (both must be IPv4)"
            raise unsupported(why, FROM_NETWORK)
        if ip.netmask is not None and ip.prefix:
            why = f"Network '{network}' IP address cannot have both a prefix and a netmask"
            raise unsupported(why, FROM_NETWORK)
        if ip.prefix > 32:
            raise unsupported(f"Invalid IPv4 prefix '{ip.prefix}' in network '{network}'", FROM_NETWORK)
    elif ip.family == "ipv6":
        if ip.address.version != 6:
            why = f"Family 'ipv6' specified for non-IPv6 address '{text}' in network '{network}'"
            raise unsupported(why, FROM_NETWORK)
        if ip.netmask is not None:
            why = f"netmask not allowed for IPv6 address '{text}' in network '{network}'"
            raise unsupported(why, FROM_NETWORK)
        if ip.prefix > 128:
            raise unsupported(f"Invalid IPv6 prefix '{ip.prefix}' in network '{network}'", FROM_NETWORK)
    else:
        raise _bad(f"Unrecognized family '{ip.family}' in network '{network}'")


def _read_route(element: Element, name: str) -> RouteDef:
    """Return a route of the network called `name`."""
    prefix, metric = uint(element, "prefix"), uint(element, "metric")
    if metric == 0:
        why = "Invalid value for attribute 'metric' in element 'route': Zero is not permitted"
        raise xml_error(why, FROM_XML)
    for what in ("address", "gateway"):
        if element.get(what) is None:
            raise _bad(f"{name}: Missing required {what} attribute in route definition")
    route = RouteDef(
        _route_address(element, "address", name),
        _route_address(element, "gateway", name),
        element.get("family"),
        prefix=prefix,
        metric=metric,
    )
    if route.family not in (None, "ipv4", "ipv6"):
        raise _bad(f"{name}: Unrecognized family '{route.family}' in route definition")
    netmask = element.get("netmask")
    if netmask is not None:
        route.netmask = parse_address(netmask)
        if route.netmask is None:
            raise _bad(f"{name}: Bad netmask address '{netmask}' in route definition")
    _check_route(route, element, name)
    if not _is_net(route):
        shown = element.get("address")
        raise _bad(f"{name}: Address '{shown}' in route definition is not a network address")
    return route


def _check_gateway(route: RouteDef, network: NetworkDef) -> None:
    """Raise unless the gateway is in the net of an address of the network."""
    prefixes = ((ip.address, ip_prefix(ip)) for ip in network.ips)
    if not any(prefix >= 0 and same_net(address, route.gateway, prefix) for address, prefix in prefixes):
        shown = format_address(route.gateway)
        why = f"unreachable static route gateway '{shown}' specified for network '{network.name}'"
        raise unsupported(why, FROM_NETWORK)


def _route_address(element: Element, what: str, network: str) -> IpAddress:
    text = element.get(what, "")
    found = parse_address(text)
    if found is None:
        shown = "network" if what == "address" else what
        raise _bad(f"{network}: Bad {shown} address '{text}' in route definition")
    return found


def _check_route(route: RouteDef, element: Element, network: str) -> None:
    address, gateway = element.get("address"), element.get("gateway")
    if route.family in (None, "ipv4"):
        given = "No family" if route.family is None else "IPv4 family"
        if route.address.version != 4:
            raise _bad(f"{network}: {given} specified for non-IPv4 address '{address}' in route definition")
        if route.gateway.version != 4:
            # it is the address that libvirt shows here
            raise _bad(f"{network}: {given} specified for non-IPv4 gateway '{address}' in route definition")
        if route.netmask is not None and route.netmask.version != 4:
            mask = element.get("netmask")
            raise _bad(f"{network}: Invalid netmask '{mask}' for address '{address}' (both must be IPv4)")
        if route.netmask is not None and route.prefix is not None:
            raise _bad(f"{network}: Route definition cannot have both a prefix and a netmask")
    else:
        if route.address.version != 6:
            raise _bad(f"{network}: ipv6 family specified for non-IPv6 address '{address}' in route definition")
        if route.netmask is not None:
            raise _bad(f"{network}: Specifying netmask invalid for IPv6 address '{address}' in route definition")
        if route.gateway.version != 6:
            raise _bad(f"{network}: ipv6 specified for non-IPv6 gateway address '{gateway}' in route definition")
    most = _BITS[route.address.version]
    if route.prefix is not None and route.prefix > most:
        raise _bad(f"{network}: Invalid prefix {route.prefix} specified in route definition, must be 0 - {most}")


def _is_net(route: RouteDef) -> bool:
    """Return whether the address has no bits after its prefix; without a prefix only 0.0.0.0 and :: are nets."""
    prefix = route.prefix
    if prefix is None:
        prefix = 0 if route.netmask is None else netmask_bits(route.netmask)
    return prefix >= 0 and int(route.address) & ((1 << (route.address.max_prefixlen - prefix)) - 1) == 0


def _read_metadata(root: Element) -> list[str] | None:
    """Return the lines of <metadata>: of each namespace its first element, laid out as libvirt does."""
    element = child(root, "metadata")
    if element is None:
        return None
    kept = etree.Element("metadata")
    seen: set[str] = set()
    for found in element:
        namespace = etree.QName(found).namespace
        if namespace is not None and namespace not in seen:
            seen.add(namespace)
            one = copy.deepcopy(found)
            one.tail = None
            kept.append(one)
    for inner in kept.iterdescendants():
        _drop_layout(inner)
    lines: list[str] = []
    for found in kept:
        lines += etree.tostring(found, encoding="unicode", pretty_print=True).rstrip("\n").split("\n")
    return lines


def _drop_layout(element: Element) -> None:
    """Drop text that is only blanks between elements."""
    texts = [element.text, *(inner.tail for inner in element)]
    if len(element) and not any(text and text.strip() for text in texts):
        element.text = None
        for inner in element:
            inner.tail = None
