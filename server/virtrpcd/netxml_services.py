"""What a network serves, read from XML: name service and DHCP. `network` is its name, for errors.

`partial`: the XML only has to say which entry is meant.
"""

from __future__ import annotations

import re
from typing import Final

from virtrpcd.errors import FROM_NETWORK, XmlDetail
from virtrpcd.network_def import (
    BootpDef,
    DhcpHostDef,
    DhcpRangeDef,
    DnsDef,
    DnsHostDef,
    DnsSrvDef,
    DnsTxtDef,
    ForwarderDef,
    IpDef,
    LeaseDef,
)
from virtrpcd.netxml_values import check_range, need_address, parse_address, parse_mac_octets
from virtrpcd.xmlread import (
    UINT_MAX,
    ULONG_MAX,
    Element,
    all_text,
    attribute,
    child,
    children,
    choice,
    number,
    uint,
    unsupported,
    xml_error,
    yes_no,
)

MAX_SRV_NAME: Final = 482
"""Bytes of a service name that leave room for the rest of its record."""

MAX_SRV_NUMBER: Final = 65535
MIN_LEASE: Final = {"seconds": 120, "minutes": 2, "hours": 0}

_SRV_NAME = re.compile(r"[a-zA-Z0-9_+/-]*\Z", re.ASCII)
_PROTOCOL = re.compile(r"[a-zA-Z0-9+/-]*\Z", re.ASCII)
_NOT_IN_ID = re.compile(r"[^0-9a-fA-F:]", re.ASCII)
_HOST_NAME = re.compile(r"[a-zA-Z0-9]", re.ASCII)


def _detail(why: str) -> XmlDetail:
    return XmlDetail(why, domain=FROM_NETWORK)


def read_dns(element: Element, network: str) -> DnsDef:
    """Return what <dns> says."""
    dns = DnsDef(yes_no(element, "enable"), yes_no(element, "forwardPlainNames"))
    for forwarder in children(element, "forwarder"):
        address, domain = forwarder.get("addr"), forwarder.get("domain")
        if address is None and domain is None:
            why = "Invalid forwarder element, must contain at least one of addr or domain"
            raise xml_error(why, FROM_NETWORK)
        found = None if address is None else parse_address(address)
        if address is not None and found is None:
            raise xml_error(f"Invalid forwarder IP address '{address}' in network '{network}'", FROM_NETWORK)
        dns.forwarders.append(ForwarderDef(domain, found))
    dns.hosts = [read_dns_host(host, network) for host in children(element, "host")]
    dns.srvs = [read_dns_srv(srv, network) for srv in children(element, "srv")]
    dns.txts = [read_dns_txt(txt, network) for txt in children(element, "txt")]
    if dns.enable is False and (dns.forwarders or dns.hosts or dns.srvs or dns.txts):
        raise xml_error(f"Extra data in disabled network '{network}'", FROM_NETWORK)
    return dns


def read_dns_txt(element: Element, network: str, *, partial: bool = False) -> DnsTxtDef:
    """Return a TXT record."""
    name, value = element.get("name"), element.get("value")
    if name is None:
        raise _detail(f"missing required name attribute in DNS TXT record of network {network}")
    if " " in name:
        raise _detail(f"prohibited character in DNS TXT record name '{name}' of network {network}")
    if value is None and not partial:
        raise _detail(f"missing required value attribute in DNS TXT record named '{name}' of network {network}")
    return DnsTxtDef(name, value)


def read_dns_srv(element: Element, network: str, *, partial: bool = False) -> DnsSrvDef:
    """Return an SRV record."""
    srv = DnsSrvDef(element.get("service"), element.get("protocol"), element.get("domain"), element.get("target"))
    where = f"in DNS SRV record of network '{network}'"
    if srv.service is None and not partial:
        raise _detail(f"missing required service attribute {where}")
    if srv.service is not None:
        if len(srv.service.encode()) > MAX_SRV_NAME:
            raise _detail(
                f"service attribute '{srv.service}' in network '{network}' is too long, limit is {MAX_SRV_NAME} bytes"
            )
        if not _SRV_NAME.match(srv.service):
            raise _detail(f"invalid character in service attribute '{srv.service}' {where}")
    if srv.protocol is None and not partial:
        what = f"DNS SRV record '{srv.service}' of network '{network}'"
        raise _detail(f"missing required protocol attribute in {what}")
    if srv.protocol is not None and not _PROTOCOL.match(srv.protocol):
        raise _detail(f"invalid character in protocol attribute '{srv.protocol}' {where}")
    srv.port = _srv_number(element, "port", 1, "invalid", srv, network)
    srv.priority = _srv_number(element, "priority", 0, "Invalid", srv, network)
    srv.weight = _srv_number(element, "weight", 0, "invalid", srv, network)
    return srv


def _srv_number(element: Element, name: str, least: int, bad: str, srv: DnsSrvDef, network: str) -> int:
    text = element.get(name)
    if text is None:
        return 0
    where = f"for service '{srv.service}' in network '{network}'"
    value = number(text, UINT_MAX)
    if value is None or (srv.target is not None and not least <= value <= MAX_SRV_NUMBER):
        raise _detail(f"{bad} DNS SRV {name} attribute {where}")
    if srv.target is None:
        raise _detail(f"DNS SRV {name} attribute not permitted without target {where}")
    return value


def read_dns_host(element: Element, network: str, *, partial: bool = False) -> DnsHostDef:
    """Return the names of an address."""
    where = f"in network '{network}' DNS HOST record"
    ip = element.get("ip")
    if ip is None and not partial:
        raise _detail(f"Missing IP address {where}")
    address = None if ip is None else parse_address(ip)
    if ip is not None and address is None:
        raise _detail(f"Invalid IP address {where}")
    names = [all_text(name) for name in children(element, "hostname")]
    if "" in names or (not names and not partial):
        raise _detail(f"Missing hostname {where}")
    if not names and address is None:
        raise _detail(f"Missing ip and hostname {where}")
    return DnsHostDef(address, names)


def read_dhcp(element: Element, ip: IpDef, network: str) -> None:
    """Add what <dhcp> says to an address of the network."""
    ip.ranges = [read_dhcp_range(found, ip, network) for found in children(element, "range")]
    ip.hosts = [read_dhcp_host(found, ip, network) for found in children(element, "host")]
    for bootp in children(element, "bootp"):
        file = attribute(bootp, "file")
        if file is None or ip.is_ipv6:
            continue
        server = bootp.get("server")
        ip.bootp = BootpDef(file, None if server is None else need_address(server))


def read_dhcp_range(element: Element, ip: IpDef, network: str) -> DhcpRangeDef:
    """Return a range of addresses that are lent; they must be in the net of `ip`."""
    ends = []
    for name in ("start", "end"):
        text = element.get(name)
        if text is None:
            raise xml_error(f"Missing '{name}' attribute in dhcp range for network '{network}'", FROM_NETWORK)
        ends.append(need_address(text))
    check_range(ends[0], ends[1], ip)
    return DhcpRangeDef(ends[0], ends[1], _read_lease(element))


def _read_lease(element: Element) -> LeaseDef | None:
    lease = child(element, "lease")
    expiry = None if lease is None else uint(lease, "expiry", most=ULONG_MAX, any_base=True)
    if lease is None or expiry is None:
        return None
    unit = choice(lease, "unit", MIN_LEASE) or "minutes"
    if 0 < expiry < MIN_LEASE[unit]:
        raise unsupported("The minimum lease time should be greater than 2 minutes", FROM_NETWORK)
    return LeaseDef(expiry, unit)


def read_dhcp_host(element: Element, ip: IpDef, network: str, *, partial: bool = False) -> DhcpHostDef:
    """Return the address of one host, known by hardware address, client id or name."""
    host = DhcpHostDef(_read_mac(element, ip, network), element.get("id") or None, element.get("name"))
    stray = _NOT_IN_ID.search(host.id or "")
    if stray is not None:
        raise xml_error(f"Invalid character '{stray[0]}' in id '{host.id}' of network '{network}'", FROM_NETWORK)
    if host.name is not None and not _HOST_NAME.match(host.name):
        raise xml_error(f"Cannot use host name '{host.name}' in network '{network}'", FROM_NETWORK)
    text = element.get("ip")
    host.ip = None if text is None else parse_address(text)
    if text is not None and host.ip is None:
        raise xml_error(f"Invalid IP address in static host definition for network '{network}'", FROM_NETWORK)
    _check_host(host, ip, network, partial)
    host.lease = _read_lease(element)
    return host


def _check_host(host: DhcpHostDef, ip: IpDef, network: str, partial: bool) -> None:
    """Raise unless it says which host is meant, and (unless partial) its address."""
    family, key = ("IPv6", "id") if ip.is_ipv6 else ("IPv4", "mac")
    known = (host.id if ip.is_ipv6 else host.mac) or host.name
    if partial:
        if not known and host.ip is None:
            what = "At least one of name, mac, or ip attribute must be specified for static host definition"
            raise xml_error(f"{what} in network '{network}' ", FROM_NETWORK)
        return
    if not known:
        why = f"Static host definition in {family} network '{network}' must have {key} or name attribute"
        raise xml_error(why, FROM_NETWORK)
    if host.ip is None:
        raise xml_error(f"Missing IP address in static host definition for network '{network}'", FROM_NETWORK)


def _read_mac(element: Element, ip: IpDef, network: str) -> str | None:
    mac = element.get("mac")
    if mac is None:
        return None
    if ip.is_ipv6:
        why = f"Invalid to specify MAC address '{mac}' in network '{network}' IPv6 static host definition"
        raise xml_error(why, FROM_NETWORK)
    octets = parse_mac_octets(mac)
    if octets is None:
        raise xml_error(f"Cannot parse MAC address '{mac}' in network '{network}'", FROM_NETWORK)
    if octets[0] & 1:
        why = f"expected unicast mac address, found multicast '{mac}' in network '{network}'"
        raise xml_error(why, FROM_NETWORK)
    return mac
