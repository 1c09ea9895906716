"""<devices> of domain XML -> the lists of a DomainDef, strictly."""

from __future__ import annotations

import re
from typing import Final

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, SerialDef
from virtrpcd.domxml_node import Node
from virtrpcd.domxml_tuning import read_bandwidth, read_io_tune
from virtrpcd.domxml_values import check_path, check_text, parse_mac, parse_number

_DEVICES: Final = ("emulator", "disk", "interface", "serial", "console", "graphics", "memballoon")
_YES_NO: Final = {"yes": True, "no": True}
_ON_OFF: Final = {"on": True, "off": True}
_BUS_OF_PREFIX: Final = {"hd": "ide", "sd": "scsi", "vd": "virtio", "xvd": "xen", "fd": "fdc", "ubd": "uml"}
_TARGET: Final = re.compile(r"(hd|sd|vd|xvd|fd|ubd)[a-z]{1,3}[0-9]{0,3}\Z", re.ASCII)
_SERIAL_NUMBER: Final = re.compile(r"[A-Za-z0-9_.+ -]{1,255}\Z", re.ASCII)
_MODEL: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z", re.ASCII)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_.:%-]{1,255}\Z", re.ASCII)


def _choices(done: str, refused: str) -> dict[str, bool]:
    """Return a table for Node.choose: what we do, and what libvirt knows beside it."""
    return dict.fromkeys(done.split(), True) | dict.fromkeys(refused.split(), False)


_DISK_TYPES: Final = _choices("file", "block dir network volume nvme vhostuser vhostvdpa")
_DISK_DEVICES: Final = _choices("disk cdrom", "floppy lun")
_DISK_DRIVERS: Final = _choices("qemu", "tap tap2 phy file loop nbd ploop")
_DISK_FORMATS: Final = _choices("raw qcow2", "bochs cloop cow dir dmg fat iso ploop qcow qed vdi vhd vmdk vpc")
_DISK_BUSES: Final = _choices("ide scsi virtio usb sata", "fdc none sd uml xen")
_INTERFACE_TYPES: Final = _choices(
    "user", "bridge client direct ethernet hostdev internal mcast network null server udp vdpa vds vhostuser"
)
_CHAR_TYPES: Final = _choices(
    "file null", "dbus dev nmdm pipe pty qemu-vdagent spiceport spicevmc stdio tcp udp unix vc"
)
_CONSOLE_TARGETS: Final = _choices("serial", "lxc openvz sclp sclplm uml virtio xen")
_GRAPHICS_TYPES: Final = _choices("vnc", "dbus desktop egl-headless rdp sdl spice")
_LISTEN_TYPES: Final = _choices("address", "network none socket")
_BALLOONS: Final = _choices("virtio none", "virtio-non-transitional virtio-transitional xen")


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
    balloon = node.child("memballoon")
    if balloon is not None:
        balloon.only(attributes=("model",), children=("stats",))
        found.memballoon = balloon.chosen("model", _BALLOONS, None)
        stats = balloon.child("stats")
        if stats is not None:
            period_s = stats.only(attributes=("period",)).attribute("period", _period_s)
            found.tuning.balloon_period_s = period_s or 0


def _matching(pattern: re.Pattern[str], what: str, text: str) -> str:
    if not pattern.match(text):
        raise ValueError(f"it is not {what}")
    return text


def _period_s(text: str) -> int:
    return parse_number(text, 0, (1 << 31) - 1)


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


def _read_disk(node: Node, taken: set[str]) -> DiskDef:
    node.only(attributes=("type", "device"), children=("driver", "source", "target", "iotune", "readonly", "serial"))
    node.chosen("type", _DISK_TYPES, "file")
    device = node.chosen("device", _DISK_DEVICES, "disk")
    target = node.child("target")
    if target is None:
        raise node.bad("<target> is missing", node.path)
    name = target.only(attributes=("dev", "bus")).needed("dev", _target)
    if name in taken:
        raise target.bad(f"target '{name}' is there twice", f"{target.path}/@dev")
    bus = target.chosen("bus", _DISK_BUSES, _bus_of(name))
    driver = node.child("driver")
    disk_format = "raw"
    if driver is not None:
        driver.only(attributes=("name", "type")).chosen("name", _DISK_DRIVERS, "qemu")
        disk_format = driver.chosen("type", _DISK_FORMATS, "raw")
    source = node.child("source")
    path = None if source is None else source.only(attributes=("file",)).attribute("file", check_path)
    if path is None and device != "cdrom":
        raise node.bad("<source file=..> is missing", node.path)
    return DiskDef(
        target=name,
        bus=bus,
        device=device,
        source=path,
        format=disk_format,
        readonly=node.flag("readonly") or device == "cdrom",
        serial=node.leaf("serial", _serial_number),
        line=node.line,
        iotune=read_io_tune(node.child("iotune")),
    )


def _read_interface(node: Node) -> InterfaceDef:
    node.only(attributes=("type",), children=("mac", "model", "bandwidth"))
    kind = node.chosen("type", _INTERFACE_TYPES, None)
    mac = node.child("mac")
    model = node.child("model")
    return InterfaceDef(
        type=kind,
        mac=None if mac is None else mac.only(attributes=("address",)).needed("address", parse_mac),
        model=None if model is None else model.only(attributes=("type",)).needed("type", _model),
        line=node.line,
        bandwidth=read_bandwidth(node.child("bandwidth")),
    )


def _port(text: str) -> int:
    return parse_number(text, 0, 255)


def _read_char(node: Node, target: Node | None) -> SerialDef:
    """Read what <serial> and <console> have in common; the port is -1 when not given."""
    kind = node.chosen("type", _CHAR_TYPES, None)
    found = SerialDef(kind, line=node.line, port=-1)
    source = node.child("source")
    if kind == "file":
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
    node.only(attributes=("type",), children=("source", "target"))
    target = node.child("target")
    if target is not None:
        target.only(attributes=("port",))
    found = _read_char(node, target)
    if found.port < 0:
        found.port = next(port for port in range(len(taken) + 1) if port not in taken)
    if found.port in taken:
        raise node.bad(f"port {found.port} is there twice", node.path)
    return found


def _fold_console(node: Node, serials: list[SerialDef]) -> None:
    """Take <console> for what libvirt shows it to be: serial port 0 again, or serial port 0 when nothing else is."""
    node.only(attributes=("type",), children=("source", "target"))
    target = node.child("target")
    if target is not None:
        target.only(attributes=("type", "port")).chosen("type", _CONSOLE_TARGETS, "serial")
    found = _read_char(node, target)
    if found.port > 0:
        raise node.unsupported(f"port {found.port} of", node.path)
    found.port = 0
    first = next((serial for serial in serials if serial.port == 0), None)
    if first is None:
        serials.insert(0, found)
    elif (first.type, first.path, first.append) != (found.type, found.path, found.append):
        raise node.unsupported("console other than serial port 0:", node.path)


def _vnc_port(text: str) -> int:
    if text.strip() in ("-1", "0"):
        return -1
    return parse_number(text, 5900, 65535)


def _read_graphics(node: Node) -> GraphicsDef:
    node.only(attributes=("type", "port", "autoport", "listen", "passwd"), children=("listen",))
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
        line=node.line,
    )
