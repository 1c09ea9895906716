"""How ports of a network are set up, read from XML: vlan, limits of traffic, virtual ports, groups of ports."""

from __future__ import annotations

from typing import Final

from virtrpcd.domxml_values import parse_uuid
from virtrpcd.errors import FROM_NET, FROM_NETWORK, FROM_NONE, XmlDetail, XmlError
from virtrpcd.network_def import BandwidthDef, PortGroupDef, RateDef, VirtualPortDef, VlanDef
from virtrpcd.xmlread import (
    ULONG_MAX,
    Element,
    attribute,
    child,
    children,
    choice,
    missing,
    number,
    uint,
    unsupported,
    wrapping_number,
    xml_error,
    yes_no,
)

MAX_VLAN_TAG: Final = 4095
MAX_PROFILE_ID: Final = 39
"""Characters of a profile's name."""

_UUIDS: Final = ("instanceid", "interfaceid")
_NUMBERS: Final = {"managerid": 0xFF, "typeid": 0xFFFFFF, "typeidversion": 0xFF}
# type of virtual port -> what is said of it, in the order in which it is written
_PARAMETERS: Final = {
    "802.1Qbg": ("managerid", "typeid", "typeidversion", "instanceid"),
    "802.1Qbh": ("profileid",),
    "openvswitch": ("interfaceid", "profileid"),
    "midonet": ("interfaceid",),
}
# what a type may have beside that, though it is not written
_BESIDE: Final = {"midonet": ("profileid",)}


def _bad(why: str) -> XmlError:
    return xml_error(why, FROM_NONE)


def read_vlan(parent: Element) -> VlanDef | None:
    """Return what <vlan> in `parent` says, None without it."""
    element = child(parent, "vlan")
    if element is None:
        return None
    tags = children(element, "tag")
    if not tags:
        raise _bad("missing tag id - each <vlan> must have at least one <tag id='n'/> subelement")
    vlan = VlanDef([], False)
    for tag in tags:
        _read_tag(tag, vlan)
    trunk = attribute(element, "trunk")
    vlan.trunk = trunk == "yes" or len(tags) > 1
    if trunk in (None, "yes"):
        return vlan
    if len(tags) > 1:
        raise _bad(f"invalid \"trunk='{trunk}'\" in <vlan> - trunk='yes' is required for more than one vlan tag")
    if vlan.native is not None:
        raise _bad("invalid configuration in <vlan> - \"trunk='no'\" is not allowed with a native vlan id")
    if trunk != "no":
        raise _bad(f"invalid \"trunk='{trunk}'\" in <vlan> - must be yes or no")
    return vlan


def _read_tag(tag: Element, vlan: VlanDef) -> None:
    id = uint(tag, "id")
    if id is None:
        raise missing(tag, "id")
    if id > MAX_VLAN_TAG:
        raise _bad(f"vlan tag id {id} too large (maximum {MAX_VLAN_TAG})")
    mode = choice(tag, "nativeMode", ("tagged", "untagged"))
    if mode is not None:
        if vlan.native is not None:
            raise _bad("duplicate native vlan setting")
        vlan.native, vlan.native_mode = len(vlan.tags), mode
    vlan.tags.append(id)


def read_bandwidth(parent: Element) -> BandwidthDef | None:
    """Return the limits of traffic in `parent`, None without any."""
    element = child(parent, "bandwidth")
    if element is None:
        return None
    directions = ("inbound", "outbound")
    for name in directions:
        if len(children(element, name)) > 1:
            raise XmlDetail(f"Only one child <{name}> element allowed", domain=FROM_NONE)
    given = [child(element, name) for name in directions]
    rates = [None if found is None else _read_rate(found) for found in given]
    return BandwidthDef(*rates) if any(rates) else None


def _read_rate(element: Element) -> RateDef:
    average = _rate(element, "average")
    if element.get("average") is None and element.get("floor") is None:
        raise XmlDetail("Missing mandatory average or floor attributes", domain=FROM_NONE)
    rate = RateDef(average, _rate(element, "peak"), _rate(element, "burst"))
    floor = _rate(element, "floor")
    if element.get("floor") is not None and element.tag != "inbound":
        raise unsupported("'floor' attribute allowed only in <inbound> element", FROM_NONE)
    if floor:
        raise unsupported("floor attribute is not supported for this config", FROM_NONE)
    return rate


def _rate(element: Element, name: str) -> int:
    text = element.get(name)
    value = 0 if text is None else number(text, ULONG_MAX)
    if value is None:
        raise unsupported(f"could not convert bandwidth {name} value '{text}'", FROM_NONE)
    return value


def read_virtualport(parent: Element, *, typed: bool = True) -> VirtualPortDef | None:
    """Return what <virtualport> in `parent` says, None without it. typed: it must say its type."""
    element = child(parent, "virtualport")
    if element is None:
        return None
    kind = element.get("type")
    if kind is None and typed:
        raise _bad("missing required virtualport type")
    if kind is not None and kind not in _PARAMETERS:
        raise unsupported(f"unknown virtualport type {kind}", FROM_NONE)
    given = child(element, "parameters")
    found = {} if given is None else _read_parameters(given)
    if kind is None:
        return VirtualPortDef(None, found) if found else None
    for name in found:
        if name not in _PARAMETERS[kind] + _BESIDE.get(kind, ()):
            raise xml_error(f"extra {name} unsupported in <virtualport type='{kind}'>", FROM_NET)
    if not found:
        return VirtualPortDef(kind)
    return VirtualPortDef(kind, {name: found[name] for name in _PARAMETERS[kind] if name in found})


def _read_parameters(element: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, most in _NUMBERS.items():
        text = element.get(name)
        if text is None:
            continue
        value = number(text, ULONG_MAX, any_base=True)
        if value is None and wrapping_number(text) is None:
            raise _bad(f"cannot parse value of {name} parameter")
        if value is None or value > most:
            raise _bad(f"value for {name} out of range" if name == "typeid" else f"value of {name} out of range")
        found[name] = str(value)
    for name in _UUIDS:
        text = element.get(name)
        if text is not None:
            found[name] = _uuid(text, name)
    profile = element.get("profileid")
    if profile and len(profile.encode()) > MAX_PROFILE_ID:
        raise _bad("profileid parameter too long")
    if profile:
        found["profileid"] = profile
    return found


def _uuid(text: str, name: str) -> str:
    try:
        digits = parse_uuid(text).hex()
    except ValueError as error:
        raise _bad(f"cannot parse {name} parameter as a uuid") from error
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def read_portgroup(element: Element) -> PortGroupDef:
    """Return a group of ports."""
    name = attribute(element, "name")
    if name is None:
        raise xml_error("Missing required name attribute in portgroup", FROM_NETWORK)
    return PortGroupDef(
        name,
        element.get("default") == "yes",
        yes_no(element, "trustGuestRxFilters"),
        virtualport=read_virtualport(element, typed=False),
        bandwidth=read_bandwidth(element),
        vlan=read_vlan(element),
    )
