"""<devices> of domain XML -> the lists of a DomainDef, strictly."""

from __future__ import annotations

import re
from typing import Final

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, SerialDef
from virtrpcd.domxml_address import CHILDREN, read_boot_order, read_device
from virtrpcd.domxml_hardware import ELEMENTS, read_hardware
from virtrpcd.domxml_node import Node, choices
from virtrpcd.domxml_tuning import read_bandwidth, read_io_tune
from virtrpcd.domxml_values import check_path, check_text, parse_mac, parse_number

_DEVICES: Final = ("emulator", "disk", "interface", "serial", "console", "graphics", *ELEMENTS)
_YES_NO: Final = {"yes": True, "no": True}
_ON_OFF: Final = {"on": True, "off": True}
_UP_DOWN: Final = {"up": True, "down": True}
_BUS_OF_PREFIX: Final = {"hd": "ide", "sd": "scsi", "vd": "virtio", "xvd": "xen", "fd": "fdc", "ubd": "uml"}
_TARGET: Final = re.compile(r"(hd|sd|vd|xvd|fd|ubd)[a-z]{1,3}[0-9]{0,3}\Z", re.ASCII)
_SERIAL_NUMBER: Final = re.compile(r"[A-Za-z0-9_.+ -]{1,255}\Z", re.ASCII)
_MODEL: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z", re.ASCII)
_SOURCE_NAME: Final = re.compile(r"[A-Za-z0-9_.:+-]{1,64}\Z", re.ASCII)
_KEYMAP: Final = re.compile(r"[a-z]{2}(?:-[a-z]{2})?\Z", re.ASCII)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_.:%-]{1,255}\Z", re.ASCII)


_DISK_TYPES: Final = choices("file", "block dir network volume nvme vhostuser vhostvdpa")
_DISK_DEVICES: Final = choices("disk cdrom", "floppy lun")
_DISK_DRIVERS: Final = choices("qemu", "tap tap2 phy file loop nbd ploop")
_DISK_FORMATS: Final = choices("raw qcow2", "bochs cloop cow dir dmg fat iso ploop qcow qed vdi vhd vmdk vpc")
_DISK_BUSES: Final = choices("ide scsi virtio usb sata", "fdc none sd uml xen")
_INTERFACE_TYPES: Final = choices(
    "user network bridge", "client direct ethernet hostdev internal mcast null server udp vdpa vds vhostuser"
)
_CHAR_TYPES: Final = choices(
    "file null pty", "dbus dev nmdm pipe qemu-vdagent spiceport spicevmc stdio tcp udp unix vc"
)
_CONSOLE_TARGETS: Final = choices("serial", "lxc openvz sclp sclplm uml virtio xen")
_GRAPHICS_TYPES: Final = choices("vnc", "dbus desktop egl-headless rdp sdl spice")
_LISTEN_TYPES: Final = choices("address", "network none socket")
_SERIAL_TARGETS: Final = choices("isa-serial", "pci-serial sclp-serial spapr-vio-serial system-serial usb-serial")
_SERIAL_MODELS: Final = choices("isa-serial", "16550a isa-debugcon pci-serial pl011 sclpconsole usb-serial")
_DRIVER_OPTIONS: Final = {
    "cache": choices("default none writethrough writeback directsync unsafe"),
    "io": choices("threads", "io_uring native"),
    "discard": choices("unmap ignore"),
    "detect_zeroes": choices("off on unmap"),
}


def read_devices(node: Node, found: DomainDef) -> None:
    """Fill the emulator and the device lists of `found` from <devices>."""
    node.only(children=_DEVICES)
    found.emulator = node.leaf("emulator", check_path)
    for disk in node.children("disk"):
        found.disks.append(_read_disk(disk, {known.target for known in found.disks}))
    found.interfaces = [_read_interface(interface) for interface in node.children("interface")]
    for serial in node.children("serial"):
        found.serials.append(_read_serial(serial, {known.port for known in found.serials}))
    console = node.child("console")
    if console is not None:
        _fold_console(console, found.serials)
    graphics = node.child("graphics")
    if graphics is not None:
        found.graphics.append(_read_graphics(graphics))
    read_hardware(node, found)


def _matching(pattern: re.Pattern[str], what: str, text: str) -> str:
    if not pattern.match(text):
        raise ValueError(f"it is not {what}")
    return text


def _target(text: str) -> str:
    return _matching(_TARGET, "a disk name like vda, sdb or hdc", text)


def _bus_of(target: str) -> str:
    match = _TARGET.match(target)
    return "none" if match is None else _BUS_OF_PREFIX[match[1]]


def _serial_number(text: str) -> str:
    return _matching(_SERIAL_NUMBER, "a serial number of letters, digits and _.+ -", text)


def _model(text: str) -> str:
    return _matching(_MODEL, "a model name of letters, digits, _ and -", text)


def _address(text: str) -> str:
    return _matching(_ADDRESS, "an address or host name", text)


def _network(text: str) -> str:
    return _matching(_SOURCE_NAME, "a name of letters, digits and _.:+-", text)


def _read_disk(node: Node, taken: set[str]) -> DiskDef:
    node.only(
        attributes=("type", "device"),
        children=("driver", "source", "backingStore", "target", "iotune", "readonly", "serial", "boot", *CHILDREN),
    )
    node.chosen("type", _DISK_TYPES, "file")
    device = node.chosen("device", _DISK_DEVICES, "disk")
    target = node.child("target")
    if target is None:
        raise node.bad("<target> is missing", node.path)
    name = target.only(attributes=("dev", "bus")).needed("dev", _target)
    if name in taken:
        raise target.bad(f"target '{name}' is there twice", f"{target.path}/@dev")
    bus = target.chosen("bus", _DISK_BUSES, _bus_of(name))
    source = node.child("source")
    path = None if source is None else source.only(attributes=("file", "index")).attribute("file", check_path)
    if path is None and device != "cdrom":
        raise node.bad("<source file=..> is missing", node.path)
    found = DiskDef(
        target=name,
        bus=bus,
        device=device,
        source=path,
        readonly=node.flag("readonly") or device == "cdrom",
        serial=node.leaf("serial", _serial_number),
        iotune=read_io_tune(node.child("iotune")),
        alone=node.flag("backingStore"),
        boot_order=read_boot_order(node),
    )
    driver = node.child("driver")
    if driver is not None:
        _read_disk_driver(driver, found)
    read_device(node, found)
    return found


def _read_disk_driver(driver: Node, found: DiskDef) -> None:
    driver.only(attributes=("name", "type", *_DRIVER_OPTIONS))
    said = driver.element.attrib
    if "type" in said:
        found.format = driver.chosen("type", _DISK_FORMATS, None)
    if "name" in said:
        found.options["name"] = driver.chosen("name", _DISK_DRIVERS, None)
    for name, known in _DRIVER_OPTIONS.items():
        if name in said:
            found.options[name] = driver.chosen(name, known, None)


def _read_interface(node: Node) -> InterfaceDef:
    kind = node.chosen("type", _INTERFACE_TYPES, None)
    inner = ("source",) if kind != "user" else ()
    node.only(
        attributes=("type",),
        children=("mac", *inner, "target", "model", "bandwidth", "link", "boot", *CHILDREN),
    )
    mac = node.child("mac")
    model = node.child("model")
    found = InterfaceDef(
        type=kind,
        mac=None if mac is None else mac.only(attributes=("address",)).needed("address", parse_mac),
        model=None if model is None else model.only(attributes=("type",)).needed("type", _model),
        bandwidth=read_bandwidth(node.child("bandwidth")),
        boot_order=read_boot_order(node),
    )
    if kind != "user":
        source = node.child("source")
        if source is None:
            raise node.bad(f"<source {kind}=..> is missing", node.path)
        found.source = source.only(attributes=(kind,)).needed(kind, _network)
    target = node.child("target")
    if target is not None:
        found.target = target.only(attributes=("dev",)).attribute("dev", _network)
    link = node.child("link")
    if link is not None:
        found.link_up = link.only(attributes=("state",)).chosen("state", _UP_DOWN, None) == "up"
    read_device(node, found)
    return found


def _port(text: str) -> int:
    return parse_number(text, 0, 255)


def _read_char(node: Node, target: Node | None) -> SerialDef:
    """Read what <serial> and <console> have in common; the port is -1 when not given."""
    kind = node.chosen("type", _CHAR_TYPES, None)
    found = SerialDef(kind, port=-1)
    read_device(node, found)
    source = node.child("source")
    if kind == "pty":
        # where the terminal is of a machine that runs, told and never taken: the next one is another
        if source is not None:
            source.only(attributes=("path",))
    elif kind == "file":
        if source is None:
            raise node.bad("<source path=..> is missing", node.path)
        source.only(attributes=("path", "append"))
        found.path = source.needed("path", check_path)
        found.append = source.chosen("append", _ON_OFF, "off") == "on"
    elif source is not None:
        raise source.unsupported("element", source.path)
    if target is not None:
        port = target.attribute("port", _port)
        found.port = -1 if port is None else port
    return found


def _read_serial(node: Node, taken: set[int]) -> SerialDef:
    node.only(attributes=("type",), children=("source", "target", *CHILDREN))
    target = node.child("target")
    if target is not None:
        target.only(attributes=("type", "port"), children=("model",))
    found = _read_char(node, target)
    if target is not None and "type" in target.element.attrib:
        found.target_type = target.chosen("type", _SERIAL_TARGETS, None)
    model = None if target is None else target.child("model")
    if model is not None:
        model.only(attributes=("name",)).chosen("name", _SERIAL_MODELS, None)
        found.target_type = found.target_type or "isa-serial"
    if found.port < 0:
        found.port = next(port for port in range(len(taken) + 1) if port not in taken)
    if found.port in taken:
        raise node.bad(f"port {found.port} is there twice", node.path)
    return found


def _fold_console(node: Node, serials: list[SerialDef]) -> None:
    """Take <console> for what libvirt shows it to be: serial port 0 again, or serial port 0 when nothing else is."""
    node.only(attributes=("type", "tty"), children=("source", "target", *CHILDREN))
    if "tty" in node.element.attrib and node.element.get("type") != "pty":
        raise node.unsupported("attribute", f"{node.path}/@tty")
    target = node.child("target")
    if target is not None:
        target.only(attributes=("type", "port")).chosen("type", _CONSOLE_TARGETS, "serial")
    found = _read_char(node, target)
    if found.port > 0:
        raise node.unsupported(f"port {found.port} of", node.path)
    found.port = 0
    first = next((serial for serial in serials if serial.port == 0), None)
    if first is None:
        found.address = None
        serials.insert(0, found)
    elif (first.type, first.path, first.append) != (found.type, found.path, found.append):
        raise node.unsupported("console other than serial port 0:", node.path)


def _keymap(text: str) -> str:
    return _matching(_KEYMAP, "a keymap like de or en-us", text)


def _vnc_port(text: str) -> int:
    if text.strip() in ("-1", "0"):
        return -1
    return parse_number(text, 5900, 65535)


def _read_graphics(node: Node) -> GraphicsDef:
    node.only(attributes=("type", "port", "autoport", "listen", "passwd", "keymap"), children=("listen",))
    kind = node.chosen("type", _GRAPHICS_TYPES, None)
    port = node.attribute("port", _vnc_port)
    if port is None:
        port = -1
    # as libvirt: without a port, any port, whatever autoport says; and then the one of an earlier run is not kept
    autoport = port == -1 or node.chosen("autoport", _YES_NO, "no") == "yes"
    address = node.attribute("listen", _address)
    listen = node.child("listen")
    if listen is not None:
        listen.only(attributes=("type", "address")).chosen("type", _LISTEN_TYPES, None)
        inner = listen.attribute("address", _address)
        if inner is not None and address is not None and inner != address:
            raise listen.bad(f"it differs from {node.path}/@listen", f"{listen.path}/@address")
        address = inner if address is None else address
    return GraphicsDef(
        type=kind,
        port=-1 if autoport else port,
        autoport=autoport,
        listen=address,
        passwd=node.attribute("passwd", check_text, secret=True),
        keymap=node.attribute("keymap", _keymap),
        line=node.line,
    )
