"""How a network reaches the world, read from XML, and which bridge settings go with which way."""

from __future__ import annotations

from typing import Final

from virtrpcd.errors import FROM_NETWORK, FROM_NONE, XmlDetail, XmlError
from virtrpcd.network_def import ForwardDef, IpAddress, NatDef, NetworkDef, PciAddress
from virtrpcd.netxml_values import check_range, parse_address
from virtrpcd.xmlread import (
    Element,
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

MODES: Final = ("none", "nat", "route", "open", "bridge", "private", "vepa", "passthrough", "hostdev")
BRIDGED_BY_US: Final = ("none", "nat", "route", "open")
"""Modes in which the network has a bridge of its own, and addresses."""

DRIVERS: Final = ("kvm", "vfio")
MAX_PORT: Final = 65535


def _bad(why: str) -> XmlError:
    return xml_error(why, FROM_NETWORK)


def read_forward(element: Element, network: str) -> ForwardDef:
    """Return what <forward> says; `network` is the name, for errors."""
    forward = ForwardDef(attribute(element, "mode") or "nat")
    if forward.mode not in MODES:
        raise unsupported(f"unknown forwarding type '{forward.mode}'", FROM_NETWORK)
    forward.managed = element.get("managed") == "yes"
    driver = child(element, "driver")
    forward.driver = attribute(driver, "name")
    if forward.driver not in (None, *DRIVERS):
        raise unsupported(f"Unknown forward <driver name='{forward.driver}'/> in network {network}", FROM_NETWORK)
    nats = children(element, "nat")
    if len(nats) > 1:
        raise _bad(f"Only one <nat> element is allowed in <forward> of network {network}")
    if nats:
        if forward.mode != "nat":
            why = f"The <nat> element can only be used when <forward> 'mode' is 'nat' in network {network}"
            raise _bad(why)
        forward.nat = _read_nat(nats[0], network)
    _read_devices(element, forward, network)
    return forward


def _read_nat(element: Element, network: str) -> NatDef:
    nat = NatDef(yes_no(element, "ipv6"))
    where = f"in <nat> in <forward> in network {network}"
    found = children(element, "address")
    if len(found) > 1:
        raise _bad(f"Only one <address> element is allowed {where}")
    if found:
        nat.addresses = _read_nat_addresses(found[0], network)
    found = children(element, "port")
    if len(found) > 1:
        raise _bad(f"Only one <port> element is allowed {where}")
    if found:
        start, end = (number(found[0].get(name, ""), MAX_PORT) for name in ("start", "end"))
        if start is None:
            raise XmlDetail(f"Missing or invalid 'start' attribute in <port> {where}", domain=FROM_NETWORK)
        if end is None or end < start:
            raise XmlDetail(f"Missing or invalid 'end' attribute in <port> {where}", domain=FROM_NETWORK)
        nat.ports = (start, end)
    return nat


def _read_nat_addresses(element: Element, network: str) -> tuple[IpAddress, IpAddress]:
    texts = []
    for name in ("start", "end"):
        text = element.get(name)
        if text is None:
            why = f"missing '{name}' attribute in <address> element in <nat> in <forward> in network {network}"
            raise _bad(why)
        texts.append((name, text))
    ends: list[IpAddress] = []
    for name, text in texts:
        address = parse_address(text)
        if address is None or address.version != 4:
            raise _bad(f"Bad ipv4 {name} address '{text}' in <nat> in <forward> in network '{network}'")
        ends.append(address)
    check_range(ends[0], ends[1])
    return ends[0], ends[1]


def _read_devices(element: Element, forward: ForwardDef, network: str) -> None:
    """Read what the network goes out through: interfaces, or else addresses, or else a physical function."""
    interfaces, addresses, pfs = (children(element, name) for name in ("interface", "address", "pf"))
    dev = attribute(element, "dev")
    if dev is not None and (addresses or pfs):
        raise _bad(
            "the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in "
            f"network {network}"
        )
    if interfaces:
        _read_interfaces(interfaces, forward, dev, network)
    elif addresses:
        for address in addresses:
            _add_address(address, forward, network)
    elif dev is not None:
        forward.interfaces = [dev]
    elif pfs:
        if len(pfs) > 1:
            raise _bad(f"Only one <pf> element is allowed in <forward> of network {network}")
        forward.pf = pfs[0].get("dev")
        if forward.pf is None:
            raise _bad(f"Missing required dev attribute in <pf> element of network '{network}'")


def read_forward_interface(element: Element, network: str) -> str:
    """Return the name of an interface that the network goes out through."""
    name = element.get("dev")
    if name is None:
        raise _bad(f"Missing required dev attribute in <forward> <interface> element of network {network}")
    return name


def _read_interfaces(found: list[Element], forward: ForwardDef, dev: str | None, network: str) -> None:
    for element in found:
        name = read_forward_interface(element, network)
        if dev is not None and not forward.interfaces and name != dev:
            raise _bad(f"<forward dev='{dev}'> must match first <interface dev='{name}'/> in network {network}")
        if name in forward.interfaces:
            raise _bad(f"interface '{name}' can only be listed once in network {network}")
        forward.interfaces.append(name)


def _add_address(element: Element, forward: ForwardDef, network: str) -> None:
    kind = element.get("type")
    if kind is None:
        raise _bad(f"missing address type in network {network}")
    if kind != "pci":
        raise unsupported(f"unknown address type '{kind}' in network {network}", FROM_NETWORK)
    address = _read_pci(element)
    if address in forward.addresses:
        raise _bad(f"PCI device '{address}' can only be listed once in network {network}")
    forward.addresses.append(address)


def _read_pci(element: Element) -> PciAddress:
    domain, bus, slot, function = (
        uint(element, name, any_base=True) or 0 for name in ("domain", "bus", "slot", "function")
    )
    choice(element, "multifunction", ("on", "off"))
    if bus > 0xFF:
        raise xml_error(f"Invalid PCI address bus='0x{bus:x}', must be <= 0xFF", FROM_NONE)
    if slot > 0x1F:
        raise xml_error(f"Invalid PCI address slot='0x{slot:x}', must be <= 0x1F", FROM_NONE)
    if function > 7:
        raise xml_error(f"Invalid PCI address function=0x{function:x}, must be <= 7", FROM_NONE)
    return PciAddress(domain, bus, slot, function)


def check_forward(network: NetworkDef, *, bridge_options: bool) -> None:
    """Raise for settings that do not go with the mode. bridge_options: stp, delay or zone was given."""
    forward, name, mode = network.forward, network.name, network.forward.mode
    if mode in BRIDGED_BY_US:
        if mode != "none" and not network.ips:
            raise _bad(f"{mode} forwarding requested, but no IP address provided for network '{name}'")
        devices = len(forward.interfaces) + len(forward.addresses)
        if mode != "none" and devices > 1:
            raise _bad(f"multiple forwarding interfaces specified for network '{name}', only one is supported")
        if mode == "open" and devices:
            raise _bad(f"forward dev not allowed for network '{name}' with forward mode='open'")
        return
    where = f"(network '{name}')"
    if mode != "bridge":
        if network.bridge.name is not None:
            raise _bad(f"bridge name not allowed in {mode} mode {where}")
        if network.bridge.zone is not None:
            raise _bad(f"bridge zone not allowed in {mode} mode {where}")
        if network.bridge.mac_table_manager is not None:
            raise _bad(f"bridge macTableManager setting not allowed in {mode} mode {where}")
    if bridge_options:
        allowed = "bridge delay/stp/zone options only allowed in route, nat, and isolated mode"
        raise _bad(f"{allowed}, not in {mode} {where}")
    if network.bridge.name is not None and (forward.interfaces or forward.pf is not None):
        raise _bad(
            f"A network with forward mode='{mode}' can specify a bridge name or a forward dev, but not both {where}"
        )
    if network.mtu:
        raise _bad(f"mtu size only allowed in open, route, nat, and isolated mode, not in {mode} {where}")
