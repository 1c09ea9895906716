"""Changes of single entries of a network's definition, as update_network asks for them, in place.

What comes out may make no sense as a whole: callers change a copy, write it and read it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from virtrpcd.errors import FROM_NETWORK, OperationInvalid, OperationUnsupported, XmlError
from virtrpcd.model_network import NetworkUpdate, UpdateCommand, UpdateSection
from virtrpcd.network_def import DhcpHostDef, DnsHostDef, DnsSrvDef, IpDef, NetworkDef
from virtrpcd.netxml_ports import read_portgroup
from virtrpcd.netxml_services import read_dhcp_host, read_dhcp_range, read_dns_host, read_dns_srv, read_dns_txt
from virtrpcd.netxml_values import format_address
from virtrpcd.xmlread import Element, parse_any, xml_error

T = TypeVar("T")

_ADDS: Final = (UpdateCommand.ADD_FIRST, UpdateCommand.ADD_LAST)
_NOT_UPDATED: Final = {
    UpdateSection.BRIDGE: "bridge",
    UpdateSection.DOMAIN: "domain",
    UpdateSection.IP: "ip",
    UpdateSection.FORWARD: "forward",
    UpdateSection.FORWARD_PF: "forward pf",
}


def update_network(network: NetworkDef, update: NetworkUpdate) -> None:
    """Change a definition. Raises OperationUnsupported, OperationInvalid, XmlError and XmlDetail as libvirt does."""
    element = parse_any(update.xml, "network_update_xml", FROM_NETWORK)
    change = _SECTIONS.get(update.section)
    if change is None:
        name = _NOT_UPDATED.get(update.section)  # type: ignore[call-overload] # an int names no other section
        what = "unrecognized section of network" if name is None else f"'{name}' section of network '{network.name}'"
        raise _never(f"can't update {what}")
    change(network, update, element)


def _never(why: str) -> OperationUnsupported:
    return OperationUnsupported(f"Operation not supported: {why}", domain=FROM_NETWORK)


def _invalid(why: str) -> OperationInvalid:
    return OperationInvalid(f"Requested operation is not valid: {why}", domain=FROM_NETWORK)


def _bad(why: str) -> XmlError:
    return xml_error(why, FROM_NETWORK)


def _expect(element: Element, name: str, network: NetworkDef) -> None:
    if element.tag != name:
        why = f"unexpected element <{element.tag}>, expecting <{name}>, while updating network '{network.name}'"
        raise _bad(why)


def _add(entries: list[T], entry: T, command: int) -> None:
    entries.insert(0 if command == UpdateCommand.ADD_FIRST else len(entries), entry)


def _unknown_command(command: int) -> OperationUnsupported:
    return _never(f"unrecognized network update command code {command}")


# -- DHCP -------------------------------------------------------------------------------------------------------------


def _pick_ip(network: NetworkDef, index: int) -> IpDef:
    """Return the <ip> at an index; for -1 the one with DHCP, else the first that is IPv4, else the first."""
    if 0 <= index < len(network.ips):
        return network.ips[index]
    if index >= 0:
        raise _invalid(
            f"couldn't update dhcp host entry - no <ip> element found at index {index} in network '{network.name}'"
        )
    found = next((ip for ip in network.ips if ip.ranges or ip.hosts), None)
    found = found or next((ip for ip in network.ips if not ip.is_ipv6), None)
    found = found or next(iter(network.ips), None)
    if found is None:
        raise _invalid(f"couldn't update dhcp host entry - no <ip> element found in network '{network.name}'")
    return found


def _check_single_dhcp(network: NetworkDef, ip: IpDef) -> None:
    """Raise if another address of the family of `ip` has DHCP already."""
    others = [other for other in network.ips if other is not ip and (other.ranges or other.hosts)]
    if any(other.is_ipv6 == ip.is_ipv6 for other in others):
        family = "IPv6" if ip.is_ipv6 else "IPv4"
        raise _invalid(f"dhcp is supported only for a single {family} address on each network")


def _dhcp_host(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    name, command = network.name, update.command
    _expect(element, "host", network)
    ip = _pick_ip(network, update.parent_index)
    host = read_dhcp_host(element, ip, name, partial=command == UpdateCommand.DELETE)
    if command == UpdateCommand.MODIFY:
        place = next((at for at, other in enumerate(ip.hosts) if _touches(host, other)), None)
        if place is None:
            raise _invalid(
                f"couldn't locate an existing dhcp host entry with \"mac='{host.mac or 'unknown'}'\" "
                f"\"name='{_shown(host.name)}'\" \"ip='{_shown_ip(host)}'\" in network '{name}'"
            )
        ip.hosts[place] = host
    elif command in _ADDS:
        _check_single_dhcp(network, ip)
        if any(_touches(host, other) for other in ip.hosts):
            shown = f"<host mac='{host.mac or 'unknown'}' name='{_shown(host.name)}' ip='{_shown_ip(host)}'/>"
            raise _invalid(f"there is an existing dhcp host entry in network '{name}' that matches \"{shown}\"")
        _add(ip.hosts, host, command)
    elif command == UpdateCommand.DELETE:
        place = next((at for at, other in enumerate(ip.hosts) if _names(host, other)), None)
        if place is None:
            raise _invalid(f"couldn't locate a matching dhcp host entry in network '{name}'")
        del ip.hosts[place]
    else:
        raise _unknown_command(command)


def _shown(text: str | None) -> str:
    return "(null)" if text is None else text


def _shown_ip(host: DhcpHostDef) -> str:
    return "unknown" if host.ip is None else format_address(host.ip)


def _same_mac(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.lower() == other.lower()


def _touches(host: DhcpHostDef, other: DhcpHostDef) -> bool:
    """Return whether two entries have anything in common that may be there once."""
    return (
        _same_mac(host.mac, other.mac)
        or (host.id is not None and host.id == other.id)
        or (host.name is not None and host.name == other.name)
        or (host.ip is not None and host.ip == other.ip)
    )


def _names(host: DhcpHostDef, other: DhcpHostDef) -> bool:
    """Return whether all that `host` says holds for `other`."""
    return (
        (host.mac is None or _same_mac(host.mac, other.mac))
        and (host.name is None or host.name == other.name)
        and (host.ip is None or host.ip == other.ip)
    )


def _dhcp_range(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    name, command = network.name, update.command
    _expect(element, "range", network)
    ip = _pick_ip(network, update.parent_index)
    if command == UpdateCommand.MODIFY:
        raise _never("dhcp ranges cannot be modified, only added or deleted")
    given = read_dhcp_range(element, ip, name)
    place = next(
        (at for at, other in enumerate(ip.ranges) if (other.start, other.end) == (given.start, given.end)), None
    )
    if command in _ADDS:
        _check_single_dhcp(network, ip)
        if place is not None:
            shown = f"<range start='{format_address(given.start)}' end='{format_address(given.end)}'/>"
            raise _invalid(f"there is an existing dhcp range entry in network '{name}' that matches \"{shown}\"")
        _add(ip.ranges, given, command)
    elif command == UpdateCommand.DELETE:
        if place is None:
            raise _invalid(f"couldn't locate a matching dhcp range entry in network '{name}'")
        del ip.ranges[place]
    else:
        raise _unknown_command(command)


# -- ways out, groups of ports ----------------------------------------------------------------------------------------


def _forward_interface(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    name, command, found = network.name, update.command, network.forward.interfaces
    _expect(element, "interface", network)
    if command == UpdateCommand.MODIFY:
        raise _never("forward interface entries cannot be modified, only added or deleted")
    dev = element.get("dev")
    if dev is None:
        raise _bad("missing dev attribute in <interface> element")
    if command in _ADDS:
        if dev in found:
            why = f"there is an existing interface entry in network '{name}' that matches \"<interface dev='{dev}'>\""
            raise _invalid(why)
        _add(found, dev, command)
    elif command == UpdateCommand.DELETE:
        if dev not in found:
            raise _invalid(f"couldn't find an interface entry in network '{name}' matching <interface dev='{dev}'>")
        found.remove(dev)
    else:
        raise _unknown_command(command)


def _portgroup(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    name, command, groups = network.name, update.command, network.portgroups
    _expect(element, "portgroup", network)
    group = read_portgroup(element)
    place = next((at for at, other in enumerate(groups) if other.name == group.name), None)
    if place is None and command in (UpdateCommand.MODIFY, UpdateCommand.DELETE):
        raise _invalid(f"couldn't find a portgroup entry in network '{name}' matching <portgroup name='{group.name}'>")
    if place is not None and command in _ADDS:
        shown = f"<portgroup name='{group.name}'>"
        raise _invalid(f"there is an existing portgroup entry in network '{name}' that matches \"{shown}\"")
    another = any(other.default and other.name != group.name for other in groups)
    if group.default and another and command != UpdateCommand.DELETE:
        raise _invalid(
            f"a different portgroup entry in network '{name}' is already set as the default. "
            "Only one default is allowed."
        )
    if command in _ADDS:
        _add(groups, group, command)
    elif command == UpdateCommand.MODIFY and place is not None:
        groups[place] = group
    elif command == UpdateCommand.DELETE and place is not None:
        del groups[place]
    else:
        raise _unknown_command(command)


# -- names ------------------------------------------------------------------------------------------------------------


def _dns(
    entries: list[T],
    what: str,
    update: NetworkUpdate,
    network: NetworkDef,
    *,
    entry: Callable[[], T],
    same: Callable[[T, T], bool],
    taken: Callable[[T], str],
) -> None:
    """Add or delete a record. `entry` reads it, `same` compares a given record with one there, `taken` says it is."""
    command = update.command
    given = entry()
    found = [at for at, other in enumerate(entries) if same(given, other)]
    if command in _ADDS:
        if found:
            raise _invalid(f"{taken(given)} in network {network.name}")
        _add(entries, given, command)
    elif command == UpdateCommand.DELETE:
        if not found:
            raise _invalid(f"couldn't locate a matching DNS {what} record in network {network.name}")
        if len(found) > 1:
            raise _invalid(f"multiple matching DNS {what} records were found in network {network.name}")
        del entries[found[0]]
    else:
        raise _unknown_command(command)


def _dns_record(network: NetworkDef, update: NetworkUpdate, element: Element, what: str, tag: str) -> bool:
    if update.command == UpdateCommand.MODIFY:
        raise _never(f"DNS {what} records cannot be modified, only added or deleted")
    _expect(element, tag, network)
    return update.command not in _ADDS


def _dns_host(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    partial = _dns_record(network, update, element, "HOST", "host")
    adding = not partial

    def same(given: DnsHostDef, other: DnsHostDef) -> bool:
        by_ip = given.ip is not None and given.ip == other.ip
        # the same name may stand for several addresses
        return by_ip or (not adding and any(name in other.names for name in given.names))

    _dns(
        network.dns.hosts,
        "HOST",
        update,
        network,
        entry=lambda: read_dns_host(element, network.name, partial=partial),
        same=same,
        taken=lambda _: "there is already at least one DNS HOST record with a matching field",
    )


def _dns_txt(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    partial = _dns_record(network, update, element, "TXT", "txt")
    _dns(
        network.dns.txts,
        "TXT",
        update,
        network,
        entry=lambda: read_dns_txt(element, network.name, partial=partial),
        same=lambda given, other: given.name == other.name,
        taken=lambda given: f"there is already a DNS TXT record with name '{given.name}'",
    )


def _dns_srv(network: NetworkDef, update: NetworkUpdate, element: Element) -> None:
    partial = _dns_record(network, update, element, "SRV", "srv")

    def same(given: DnsSrvDef, other: DnsSrvDef) -> bool:
        pairs = (
            (given.domain, other.domain),
            (given.service, other.service),
            (given.protocol, other.protocol),
            (given.target, other.target),
        )
        return all(asked is None or asked == there for asked, there in pairs)

    _dns(
        network.dns.srvs,
        "SRV",
        update,
        network,
        entry=lambda: read_dns_srv(element, network.name, partial=partial),
        same=same,
        taken=lambda _: "there is already at least one DNS SRV record matching all specified fields",
    )


_SECTIONS: Final[dict[int, Callable[[NetworkDef, NetworkUpdate, Element], None]]] = {
    UpdateSection.IP_DHCP_HOST: _dhcp_host,
    UpdateSection.IP_DHCP_RANGE: _dhcp_range,
    UpdateSection.FORWARD_INTERFACE: _forward_interface,
    UpdateSection.PORTGROUP: _portgroup,
    UpdateSection.DNS_HOST: _dns_host,
    UpdateSection.DNS_TXT: _dns_txt,
    UpdateSection.DNS_SRV: _dns_srv,
}
