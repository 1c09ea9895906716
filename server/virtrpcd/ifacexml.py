"""Interface XML: libvirt's text to a HostInterfaceDef and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from virtrpcd.errors import FROM_INTERFACE, FROM_NONE, VirtError, XmlError
from virtrpcd.interface_def import HostInterfaceDef, LinkDef, MonitorDef, PortsDef, ProtocolDef, VlanLinkDef
from virtrpcd.xmlread import (
    UINT_MAX,
    Element,
    Known,
    attribute,
    child,
    children,
    choice,
    invalid_value,
    missing,
    number,
    parse_root,
    refuse_unknown,
    uint,
    xml_error,
    yes_no,
)
from virtrpcd.xmlwrite import attributes
from virtrpcd.xmlwrite import yes_no as yes_no_text

TYPES: Final = ("ethernet", "bridge", "bond", "vlan")
MAX_MTU: Final = 100000

_STARTS: Final = ("none", "onboot", "hotplug")
_MODES: Final = (*("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"),)
_LINK_STATES: Final = ("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up")
_INT = re.compile(r"[ \t\r\n]*[+-]?[0-9]{1,10}\Z", re.ASCII)
_INT_MAX: Final = (1 << 31) - 1
_INSIDE: Final = ("start", "mtu", "protocol", "link", "mac", "bridge", "bond", "vlan")

KNOWN: Final[Known] = {
    "interface": (("type", "name"), _INSIDE),
    "start": (("mode",), ()),
    "mtu": (("size",), ()),
    "protocol": (("family",), ("autoconf", "dhcp", "ip", "route")),
    "dhcp": (("peerdns",), ()),
    "ip": (("address", "prefix"), ()),
    "route": (("gateway",), ()),
    "link": (("speed", "state"), ()),
    "mac": (("address",), ()),
    "bridge": (("stp", "delay"), ("interface",)),
    "bond": (("mode",), ("miimon", "arpmon", "interface")),
    "miimon": (("freq", "downdelay", "updelay", "carrier"), ()),
    "arpmon": (("interval", "target", "validate"), ()),
    "vlan": (("tag",), ("interface",)),
}


def parse_interface(xml: str, *, strict: bool = False) -> HostInterfaceDef:
    """Return the interface that libvirt interface XML describes.

    strict: raise SchemaError for what is not read. Raises XmlError or XmlDetail for what makes no sense.
    """
    root = parse_root(xml, "interface", "(interface_definition)", FROM_INTERFACE)
    if strict:
        refuse_unknown(root, KNOWN, "interface.rng")
    found = _read_names(root, TYPES)
    found.start = attribute(child(root, "start"), "mode")
    if found.start not in (None, *_STARTS):
        raise _bad(f"unknown interface startmode {found.start}")
    found.mtu = _read_mtu(child(root, "mtu"))
    found.protocols = [_read_protocol(element) for element in children(root, "protocol")]
    _read_kind(root, found)
    return found


def _bad(why: str) -> XmlError:
    return xml_error(why, FROM_INTERFACE)


def _read_inner(element: Element, types: tuple[str, ...]) -> HostInterfaceDef:
    """Return an interface in a bridge or a bond, which has no addresses of its own."""
    found = _read_names(element, types)
    _read_kind(element, found)
    return found


def _read_names(element: Element, types: tuple[str, ...]) -> HostInterfaceDef:
    kind = element.get("type")
    if kind is None:
        raise missing(element, "type")
    if kind not in TYPES:
        raise invalid_value(element, "type")
    if kind not in types:
        raise _bad(f"interface has unsupported type '{kind}'")
    name = element.get("name")
    if name is None:
        raise _bad("interface has no name")
    return HostInterfaceDef(kind, name)


def _read_kind(element: Element, found: HostInterfaceDef) -> None:
    """Add what an interface of its type has."""
    kind = found.type
    if kind != "bridge":
        found.link = _read_link(child(element, "link"))
    if kind == "ethernet":
        found.mac = attribute(child(element, "mac"), "address")
        return
    inside = child(element, kind)
    if inside is None:
        raise _bad(f"{kind} interface misses the {kind} element")
    if kind == "vlan":
        found.vlan = _read_vlan(inside)
    elif kind == "bond":
        found.ports = _read_bond(inside)
    else:
        found.ports = _read_bridge(inside)


def _read_link(element: Element | None) -> LinkDef | None:
    if element is None:
        return None
    state = choice(element, "state", _LINK_STATES)
    return LinkDef(uint(element, "speed") or 0, state)


def _read_mtu(element: Element | None) -> int:
    text = attribute(element, "size")
    size = 0 if text is None else number(text, UINT_MAX)
    if size is not None and size > MAX_MTU:
        raise _bad(f"value of the 'size' attribute of 'mtu' element must be at most {MAX_MTU}")
    if size is None:
        # libvirt refuses it, too, and forgets to say why
        raise VirtError("An error occurred, but the cause is unknown", domain=FROM_NONE)
    return size


def _read_protocol(element: Element) -> ProtocolDef:
    family = element.get("family")
    if family is None:
        raise _bad("protocol misses the family attribute")
    if family not in ("ipv4", "ipv6"):
        raise _bad(f"unsupported protocol family '{family}'")
    dhcp = child(element, "dhcp")
    found = ProtocolDef(family, family == "ipv6" and child(element, "autoconf") is not None, dhcp is not None)
    found.peer_dns = None if dhcp is None else yes_no(dhcp, "peerdns")
    for ip in children(element, "ip"):
        address = ip.get("address")
        if address is not None:
            found.addresses.append((address, _int(ip, "prefix")))
    found.gateway = attribute(child(element, "route"), "gateway")
    return found


def _int(element: Element, name: str) -> int:
    text = element.get(name)
    if text is None:
        return 0
    if not _INT.match(text) or abs(int(text)) > _INT_MAX:
        raise invalid_value(element, name, " Expected integer value")
    return int(text)


def _read_bridge(element: Element) -> PortsDef:
    ports = PortsDef()
    stp, delay = element.get("stp"), element.get("delay")
    if stp not in (None, "on", "off"):
        return ports  # libvirt's reader stops here, too, without a word
    if stp is not None:
        ports.settings["stp"] = stp
    if delay is not None:
        ports.settings["delay"] = delay
    ports.interfaces = [_read_inner(found, ("ethernet", "bond", "vlan")) for found in children(element, "interface")]
    return ports


def _read_bond(element: Element) -> PortsDef:
    ports = PortsDef()
    mode = attribute(element, "mode")
    if mode is not None:
        if mode not in _MODES:
            raise _bad(f"unknown bonding mode {mode}")
        ports.settings["mode"] = mode
    ports.interfaces = [_read_inner(found, ("ethernet",)) for found in children(element, "interface")]
    for kind, read in (("miimon", _read_miimon), ("arpmon", _read_arpmon)):
        found = child(element, kind)
        if found is not None:
            ports.monitor = MonitorDef(kind, read(found))
            break
    return ports


def _monitor_number(element: Element, name: str, what: str, *, needed: bool) -> int:
    text = attribute(element, name)
    if text is None and not needed:
        return 0
    if text is None or not _INT.match(text) or abs(int(text)) > _INT_MAX:
        raise _bad(f"bond interface {element.tag!s} {name} {what}")
    return int(text)


def _read_miimon(element: Element) -> dict[str, str | int]:
    settings: dict[str, str | int] = {"freq": _monitor_number(element, "freq", "missing or invalid", needed=True)}
    for name in ("downdelay", "updelay"):
        delay = _monitor_number(element, name, "invalid", needed=False)
        if delay:
            settings[name] = delay
    carrier = attribute(element, "carrier")
    if carrier is not None:
        if carrier not in ("ioctl", "netif"):
            raise _bad(f"unknown mii bonding carrier {carrier}")
        settings["carrier"] = carrier
    return settings


def _read_arpmon(element: Element) -> dict[str, str | int]:
    interval = _monitor_number(element, "interval", "missing or invalid", needed=True)
    target = attribute(element, "target")
    if target is None:
        raise _bad("bond interface arpmon target missing")
    settings: dict[str, str | int] = {"interval": interval, "target": target}
    validate = attribute(element, "validate")
    if validate is not None:
        if validate not in ("none", "active", "backup", "all"):
            raise _bad(f"unknown arp bonding validate {validate}")
        settings["validate"] = validate
    return settings


def _read_vlan(element: Element) -> VlanLinkDef:
    tag = attribute(element, "tag")
    if tag is None:
        raise _bad("vlan interface misses the tag attribute")
    device = attribute(child(element, "interface"), "name")
    if device is None:
        raise _bad("vlan interface misses name attribute")
    return VlanLinkDef(tag, device)


def format_interface(interface: HostInterfaceDef) -> str:
    """Return the XML of an interface; parse_interface gives the same interface back."""
    return "\n".join([*_lines(interface), ""])


def _lines(interface: HostInterfaceDef) -> Iterator[str]:
    yield f"<interface{attributes(type=interface.type, name=interface.name)}>"
    yield from (f"  {line}" for line in _inside(interface))
    yield "</interface>"


def _inside(interface: HostInterfaceDef) -> Iterator[str]:
    if interface.start is not None:
        yield f"<start{attributes(mode=interface.start)}/>"
    if interface.mtu:
        yield f"<mtu size='{interface.mtu}'/>"
    for protocol in interface.protocols:
        yield from _protocol(protocol)
    link = interface.link
    if link is not None and (link.speed or link.state is not None):
        yield f"<link{attributes(speed=link.speed or None, state=link.state)}/>"
    if interface.mac is not None:
        yield f"<mac{attributes(address=interface.mac)}/>"
    if interface.ports is not None:
        yield from _ports(interface.type, interface.ports)
    if interface.vlan is not None:
        yield f"<vlan{attributes(tag=interface.vlan.tag)}>"
        yield f"  <interface{attributes(name=interface.vlan.device)}/>"
        yield "</vlan>"


def _protocol(protocol: ProtocolDef) -> Iterator[str]:
    yield f"<protocol{attributes(family=protocol.family)}>"
    if protocol.autoconf:
        yield "  <autoconf/>"
    if protocol.dhcp:
        yield f"  <dhcp{attributes(peerdns=yes_no_text(protocol.peer_dns))}/>"
    for address, prefix in protocol.addresses:
        yield f"  <ip{attributes(address=address, prefix=prefix or None)}/>"
    if protocol.gateway is not None:
        yield f"  <route{attributes(gateway=protocol.gateway)}/>"
    yield "</protocol>"


def _ports(name: str, ports: PortsDef) -> Iterator[str]:
    yield f"<{name}{attributes(**ports.settings)}>"
    if ports.monitor is not None:
        yield f"  <{ports.monitor.kind}{attributes(**ports.monitor.settings)}/>"
    for inner in ports.interfaces:
        yield from (f"  {line}" for line in _lines(inner))
    yield f"</{name}>"
