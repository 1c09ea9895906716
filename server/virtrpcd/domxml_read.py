"""Domain XML -> DomainDef, strictly. domxml_devices.py reads what is in <devices>."""

from __future__ import annotations

from functools import partial
from typing import Final

from virtrpcd import domxml_tuning
from virtrpcd.cpuset import format_cpuset, parse_cpuset
from virtrpcd.domain_def import DomainDef, OsDef
from virtrpcd.domxml_devices import read_devices
from virtrpcd.domxml_machine import read_machine
from virtrpcd.domxml_node import Node, plain
from virtrpcd.domxml_values import (
    check_name,
    check_path,
    check_text,
    parse_memory_kib,
    parse_number,
    parse_uuid,
)
from virtrpcd.errors import FROM_DOM, XmlError
from virtrpcd.metadata import pieces_of
from virtrpcd.xmlread import parse_any

MAX_VCPUS: Final = 255
MAX_VCPUS_IN_XML: Final = 16384

_OS_TYPES: Final = {"hvm": True, "linux": True, "xen": True, "exe": False, "uml": False, "xenpvh": False}
_BOOT: Final = {"fd": True, "hd": True, "cdrom": True, "network": True}
_PLACEMENT: Final = {"static": True, "auto": False}
_YES_NO: Final = {"yes": True, "no": True}
_ENDINGS: Final = {"destroy": True, "restart": True, "preserve": True, "rename-restart": True}
_CRASHES: Final = {**_ENDINGS, "coredump-destroy": True, "coredump-restart": True}
_DOMAIN_CHILDREN: Final = (
    "name", "uuid", "title", "description", "metadata", "memory", "currentMemory", "vcpu", *domxml_tuning.CHILDREN,
    "os", "features", "cpu", "clock", "on_poweroff", "on_reboot", "on_crash", "pm", "devices",
)  # fmt: skip


def parse_domain(xml: str, *, types: frozenset[str], tuned: bool = False) -> DomainDef:
    """Return the definition that libvirt domain XML describes; what it leaves out has DomainDef's defaults.

    types: the values of <domain type=..> that are accepted. tuned: whether tuning (domxml_tuning.py) is accepted.
    Raises ConfigUnsupported with path and line for an element, attribute or value that we do not do; XmlDetail for XML
    that is not well formed; XmlError for what xmlguard refuses and for values that are missing or make no sense.
    """
    element = parse_any(xml, "(domain_definition)", FROM_DOM)
    if element.tag != "domain":
        raise XmlError(f"the root element is not <domain> (line {element.sourceline})")
    root = Node(element, "")
    root.only(attributes=("type", "id"), children=_DOMAIN_CHILDREN)
    kind = root.needed("type", plain)
    if kind not in types:
        raise root.unsupported(f"type (only {', '.join(sorted(types))}) in", f"{root.path}/@type '{kind}'")
    if not tuned:
        domxml_tuning.refuse_tuning(root)
    name = root.leaf("name", check_name)
    if name is None:
        raise root.bad("<name> is missing", root.path)
    found = DomainDef(kind, name, root.leaf("uuid", parse_uuid))
    found.title = root.leaf("title", check_text)
    found.description = root.leaf("description", partial(check_text, lines=True))
    metadata = root.child("metadata")
    found.metadata = None if metadata is None else pieces_of(metadata.element)
    _read_memory(root, found)
    _read_vcpus(root, found)
    found.tuning = domxml_tuning.read_tuning(root)
    found.os = _read_os(root)
    read_machine(root, found)
    found.on_poweroff = _read_ending(root, "on_poweroff", _ENDINGS, found.on_poweroff)
    found.on_reboot = _read_ending(root, "on_reboot", _ENDINGS, found.on_reboot)
    found.on_crash = _read_ending(root, "on_crash", _CRASHES, found.on_crash)
    devices = root.child("devices")
    if devices is not None:
        read_devices(devices, found)
    return found


def _memory(root: Node, name: str) -> int | None:
    node = root.child(name)
    if node is None:
        return None
    node.only(attributes=("unit",), text=True)
    unit = node.attribute("unit", plain)
    return node.convert(node.text(), lambda text: parse_memory_kib(text, unit), node.path)


def _read_memory(root: Node, found: DomainDef) -> None:
    memory_kib = _memory(root, "memory")
    if memory_kib is None:
        raise root.bad("<memory> is missing", root.path)
    current_kib = _memory(root, "currentMemory")
    found.memory_kib = memory_kib
    # libvirt, too, takes a current memory above the maximum for the maximum
    found.current_memory_kib = memory_kib if current_kib is None else min(current_kib, memory_kib)


def _vcpu_number(text: str) -> int:
    return parse_number(text, 1, MAX_VCPUS_IN_XML)


def _read_vcpus(root: Node, found: DomainDef) -> None:
    node = root.child("vcpu")
    if node is not None:
        node.only(attributes=("placement", "current"), text=True)
        node.chosen("placement", _PLACEMENT, "static")
        found.max_vcpus = node.convert(node.text(), _vcpu_number, node.path)
        if found.max_vcpus > MAX_VCPUS:
            raise node.unsupported(f"number of vcpus, more than {MAX_VCPUS}, in", node.path)
        current = node.attribute("current", _vcpu_number)
        found.vcpus = found.max_vcpus if current is None else current
        if found.vcpus > found.max_vcpus:
            raise node.bad(f"it is more than the maximum, {found.max_vcpus}", f"{node.path}/@current")
    tune = root.child("cputune")
    if tune is None:
        return
    for pin in tune.children("vcpupin"):
        pin.only(attributes=("vcpu", "cpuset"))
        vcpu = pin.needed("vcpu", lambda text: parse_number(text, 0, found.max_vcpus - 1))
        if vcpu in found.vcpu_pins:
            raise pin.bad(f"vcpu {vcpu} is pinned twice", pin.path)
        found.vcpu_pins[vcpu] = format_cpuset(pin.needed("cpuset", parse_cpuset))


def _token(text: str) -> str:
    if not text or not all(c.isascii() and (c.isalnum() or c in "._-") for c in text):
        raise ValueError("it is not a plain name")
    return text


def _menu_timeout(text: str) -> int:
    return parse_number(text, 0, 65535)


def _read_os(root: Node) -> OsDef:
    node = root.child("os")
    kind = None if node is None else node.child("type")
    if node is None or kind is None:
        raise root.bad("<os> with <type> is missing", root.path)
    node.only(children=("type", "kernel", "initrd", "cmdline", "boot", "bootmenu"))
    kind.only(attributes=("arch", "machine"), text=True)
    boot: list[str] = []
    for entry in node.children("boot"):
        device = entry.only(attributes=("dev",)).chosen("dev", _BOOT, None)
        if device in boot:
            raise entry.bad(f"'{device}' is given twice", entry.path)
        boot.append(device)
    menu = node.child("bootmenu")
    if menu is not None:
        menu.only(attributes=("enable", "timeout"))
    return OsDef(
        type=kind.choose(kind.text(), _OS_TYPES, kind.path),
        arch=kind.attribute("arch", _token),
        machine=kind.attribute("machine", _token),
        kernel=node.leaf("kernel", check_path),
        initrd=node.leaf("initrd", check_path),
        cmdline=node.leaf("cmdline", check_text),
        boot=boot,
        boot_menu=None if menu is None else menu.chosen("enable", _YES_NO, None) == "yes",
        boot_menu_timeout_ms=None if menu is None else menu.attribute("timeout", _menu_timeout),
    )


def _read_ending(root: Node, name: str, choices: dict[str, bool], default: str) -> str:
    node = root.child(name)
    if node is None:
        return default
    return node.only(text=True).choose(node.text(), choices, node.path)
