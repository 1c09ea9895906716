"""The devices of a definition -> QEMU's arguments: controllers, disks, networks, ports, input, video, the rest.

Values from outside are JSON, as in cmdline.py. A device with an address is put there; QEMU finds a place for others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, SerialDef
from virtrpcd.domain_fill import place_of
from virtrpcd.drivers.qemu.launch import LOOPBACK, Launch, check_argument, is_q35
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported
from virtrpcd.hardware_def import (
    ControllerDef,
    Device,
    DriveAddress,
    PciAddress,
    UsbAddress,
    VideoDef,
    VirtioSerialAddress,
)

BALLOON_ID: Final = "balloon0"

_USB: Final = {
    "qemu-xhci": "qemu-xhci", "nec-xhci": "nec-usb-xhci", "piix3-uhci": "piix3-usb-uhci",
    "piix4-uhci": "piix4-usb-uhci", "ehci": "usb-ehci", "ich9-ehci1": "ich9-usb-ehci1",
    "ich9-uhci1": "ich9-usb-uhci1", "ich9-uhci2": "ich9-usb-uhci2", "ich9-uhci3": "ich9-usb-uhci3",
}  # fmt: skip
_PCI: Final = {
    "pcie-root-port": "pcie-root-port", "pci-bridge": "pci-bridge", "pcie-to-pci-bridge": "pcie-pci-bridge",
}  # fmt: skip
_SCSI: Final = {"virtio-scsi": "virtio-scsi-pci", "lsilogic": "lsi"}
PRIMARY_CARDS: Final = {
    "vga": "VGA", "cirrus": "cirrus-vga", "qxl": "qxl-vga", "virtio": "virtio-vga", "bochs": "bochs-display",
}  # fmt: skip
_OTHER_CARDS: Final = {**PRIMARY_CARDS, "vga": "secondary-vga", "qxl": "qxl", "virtio": "virtio-gpu-pci"}
_INPUTS: Final = {
    ("tablet", "usb"): "usb-tablet", ("mouse", "usb"): "usb-mouse", ("keyboard", "usb"): "usb-kbd",
    ("tablet", "virtio"): "virtio-tablet-pci", ("mouse", "virtio"): "virtio-mouse-pci",
    ("keyboard", "virtio"): "virtio-keyboard-pci",
}  # fmt: skip
_CACHES: Final = {
    # (direct, no flush, whether the guest sees a write cache)
    "none": (True, False, True), "writethrough": (False, False, False), "writeback": (False, False, True),
    "directsync": (True, False, False), "unsafe": (False, True, True),
}  # fmt: skip
_IDE_UNITS: Final = 2
_SATA_UNITS: Final = 6
_SCSI_UNITS: Final = 256


def arguments_of_devices(definition: DomainDef, launch: Launch) -> Iterator[str]:
    """Yield the arguments of all devices, each after what it sits on."""
    q35 = is_q35(definition.os.machine)
    root = "pcie.0" if q35 else "pci.0"
    for one in sorted(definition.controllers, key=_order_of_controller):
        yield from _controller(one, root, definition)
    for disk in definition.disks:
        yield from _disk(definition, disk, launch, root)
    yield from _networks(definition, root)
    sockets = iter(launch.socket_fds)
    yield from _serials(definition, launch, sockets)
    yield from _channels(definition, sockets)
    for number, input in enumerate(definition.inputs):
        if input.bus != "ps2":
            yield from _device(_INPUTS[input.type, input.bus], f"input{number}", input, root)
    yield from _display(definition)
    for number, card in enumerate(definition.videos):
        yield from _video(number, card, root)
    if definition.watchdog is not None:
        yield from _device("i6300esb", "watchdog0", definition.watchdog, root)
        yield from ("-action", f"watchdog={definition.watchdog.action}")
    if definition.memballoon != "none":
        yield from _device("virtio-balloon-pci", BALLOON_ID, definition.balloon_device, root)
    yield from _rngs(definition, root)
    if definition.panic is not None:
        yield from ("-device", _json(driver="pvpanic"))
    if definition.feature_states.get("vmcoreinfo") == "on":
        yield from ("-device", _json(driver="vmcoreinfo"))


def _json(**options: object) -> str:
    return json.dumps(options, separators=(",", ":"))


def _device(driver: str, id: str, device: Device, root: str, **options: object) -> Iterator[str]:
    yield from ("-device", _json(driver=driver, id=id, **options, **place(device, root)))


def place(device: Device, root: str) -> dict[str, object]:
    """Return the options that put a device where its address says; none without one."""
    address = device.address
    if isinstance(address, PciAddress):
        where: dict[str, object] = {"bus": root if address.bus == 0 else f"pci.{address.bus}"}
        where["addr"] = f"0x{address.slot:x}.0x{address.function:x}"
        if address.multifunction is not None:
            where["multifunction"] = address.multifunction
        return where
    if isinstance(address, UsbAddress):
        port = {} if address.port is None else {"port": address.port}
        return {"bus": f"usb{address.bus}.0", **port}
    if isinstance(address, VirtioSerialAddress):
        return {"bus": f"virtio-serial{address.controller}.0", "nr": address.port}
    return {}


def _order_of_controller(one: ControllerDef) -> tuple[int, int]:
    """Order controllers so that each comes after what it sits on: root ports first, usb companions last."""
    if one.type == "pci":
        return 0, one.index
    return (1, 0) if one.startport is None else (2, 0)


def _controller(one: ControllerDef, root: str, definition: DomainDef) -> Iterator[str]:
    id = f"{one.type}{one.index}"
    more: dict[str, object] = {}
    if one.type == "pci":
        if one.model not in _PCI:
            return
        id, driver = f"pci.{one.index}", _PCI[one.model]
        if one.model == "pcie-root-port":
            more = {"chassis": one.chassis or one.index, "port": one.port or 0}
        elif one.model == "pci-bridge":
            more = {"chassis_nr": one.index}
    elif one.type == "usb":
        if one.model not in _USB:
            return
        driver = _USB[one.model]
        if one.ports is not None:
            more = {"p2": one.ports, "p3": one.ports}
        if one.startport is not None:
            id = f"{id}-{one.model}"
            more = {"masterbus": f"usb{one.index}.0", "firstport": one.startport}
    elif one.type == "scsi":
        driver = _SCSI[one.model or "virtio-scsi"]
    elif one.type == "virtio-serial":
        driver = "virtio-serial-pci"
        said = (("max_ports", one.ports), ("vectors", one.vectors))
        more = {name: value for name, value in said if value is not None}
    elif one.type == "sata" and not _on_board(one, definition):
        driver = "ahci"
    else:
        return
    yield from _device(driver, id, one, root, **more)


def _on_board(one: ControllerDef, definition: DomainDef) -> bool:
    return one.index == 0 and is_q35(definition.os.machine)


# -- disks ----------------------------------------------------------------------------------------------------------


def _disk(definition: DomainDef, disk: DiskDef, launch: Launch, root: str) -> Iterator[str]:
    node = f"disk-{disk.target}"
    cache = _CACHES.get(disk.options.get("cache", ""))
    if disk.source is not None:
        yield from _image(disk, node, launch)
    device = _disk_device(definition, disk, root)
    if disk.source is not None:
        device["drive"] = node
    if disk.serial is not None:
        device["serial"] = check_argument(disk.serial, "the disk's serial number")
    if disk.boot_order is not None:
        device["bootindex"] = disk.boot_order
    if cache is not None and disk.device != "cdrom":
        device["write-cache"] = "on" if cache[2] else "off"
    yield from ("-device", _json(**device))


def _image(disk: DiskDef, node: str, launch: Launch) -> Iterator[str]:
    source = disk.source or ""
    path = launch.files.get(source, source)
    check_argument(path, "the disk's path")
    file: dict[str, object] = {"driver": "file", "filename": path, "node-name": f"{node}-file"}
    image: dict[str, object] = {"driver": disk.format or "raw", "node-name": node, "file": f"{node}-file"}
    cache = _CACHES.get(disk.options.get("cache", ""))
    if cache is not None:
        file["cache"] = image["cache"] = {"direct": cache[0], "no-flush": cache[1]}
    for option, name in (("discard", "discard"), ("detect_zeroes", "detect-zeroes")):
        if option in disk.options:
            image[name] = disk.options[option]
    if disk.options.get("discard") == "unmap":
        file["discard"] = "unmap"
    if "io" in disk.options:
        file["aio"] = disk.options["io"]
    if disk.readonly:
        file["read-only"] = image["read-only"] = True
    if disk.format == "qcow2":
        # an image must not pull in other files, whatever its header says
        image["backing"] = None
    yield from ("-blockdev", _json(**file))
    yield from ("-blockdev", _json(**image))


def _disk_device(definition: DomainDef, disk: DiskDef, root: str) -> dict[str, object]:
    device: dict[str, object] = {"id": f"dev-{disk.target}"}
    q35 = is_q35(definition.os.machine)
    cdrom = disk.device == "cdrom"
    address = disk.address if disk.address is not None else place_of(disk, wide_scsi=True)
    if disk.bus == "virtio" and not cdrom and not isinstance(address, DriveAddress):
        device |= {"driver": "virtio-blk-pci", **place(disk, root)}
    elif disk.bus == "usb" and not cdrom and not isinstance(address, DriveAddress):
        device |= {"driver": "usb-storage", "bus": "usb0.0", **place(disk, root)}
    elif isinstance(address, DriveAddress) and (where := _drive(disk.bus, address, q35)) is not None:
        kind = "scsi" if disk.bus == "scsi" else "ide"
        device |= {"driver": f"{kind}-cd" if cdrom else f"{kind}-hd", **where}
    else:
        what = f"{disk.device} {disk.target} on bus '{disk.bus}' of a {definition.os.machine} machine"
        raise ConfigUnsupported(f"unsupported disk: {what} (line {disk.line})", domain=FROM_QEMU)
    return device


def _drive(bus: str, at: DriveAddress, q35: bool) -> dict[str, object] | None:
    """Return where a drive goes, None where it cannot."""
    if bus == "scsi" and at.bus == 0 and at.target < _SCSI_UNITS:
        return {"bus": f"scsi{at.controller}.0", "channel": 0, "scsi-id": at.target, "lun": at.unit}
    if at.target != 0:
        return None
    if bus == "ide" and not q35 and at.controller == 0 and at.bus < _IDE_UNITS and at.unit < _IDE_UNITS:
        return {"bus": f"ide.{at.bus}", "unit": at.unit}
    if bus == "sata" and at.bus == 0 and at.unit < _SATA_UNITS:
        return {"bus": f"ide.{at.unit}" if q35 and at.controller == 0 else f"sata{at.controller}.{at.unit}"}
    return None


# -- networks, ports ------------------------------------------------------------------------------------------------


def _networks(definition: DomainDef, root: str) -> Iterator[str]:
    for number, interface in enumerate(definition.interfaces):
        yield from ("-netdev", _json(type="user", id=f"hostnet{number}"))
        model = "virtio-net-pci" if interface.model == "virtio" else interface.model or ""
        boot = {} if interface.boot_order is None else {"bootindex": interface.boot_order}
        yield from _device(
            model, f"net{number}", interface, root, netdev=f"hostnet{number}", mac=interface.mac, **boot
        )


def serials_in_order(definition: DomainDef) -> list[SerialDef]:
    """Return the serial ports by number."""
    return sorted(definition.serials, key=lambda serial: serial.port)


def _serials(definition: DomainDef, launch: Launch, sockets: Iterator[int]) -> Iterator[str]:
    files = iter(launch.serial_fds)
    for serial in serials_in_order(definition):
        id = f"serial{serial.port}"
        if serial.type == "file":
            # QEMU is handed the open file: the path might lead elsewhere by the time it looks
            yield from ("-add-fd", f"set={serial.port + 1},fd={next(files)}")
            yield from ("-chardev", f"file,id={id},path=/dev/fdset/{serial.port + 1},append=on")
        elif serial.type == "pty":
            yield from _socket(id, next(sockets))
        else:
            yield from ("-chardev", f"null,id={id}")
        yield from ("-device", _json(driver="isa-serial", chardev=id, id=f"{id}-dev", index=serial.port))


def _socket(id: str, fd: int) -> Iterator[str]:
    yield from ("-chardev", f"socket,id={id},fd={fd},server=on,wait=off")


def _channels(definition: DomainDef, sockets: Iterator[int]) -> Iterator[str]:
    for number, channel in enumerate(definition.channels):
        id = f"channel{number}"
        yield from _socket(id, next(sockets))
        name = {} if channel.name is None else {"name": channel.name}
        yield from _device("virtserialport", f"{id}-dev", channel, "", chardev=id, **name)


# -- screens --------------------------------------------------------------------------------------------------------


def _display(definition: DomainDef) -> Iterator[str]:
    yield from ("-vga", "none")
    if not definition.graphics:
        yield from ("-display", "none")
    for graphics in definition.graphics:
        yield from ("-vnc", _vnc(graphics))
        if graphics.keymap is not None:
            yield from ("-k", graphics.keymap)


def _vnc(graphics: GraphicsDef) -> str:
    listen = graphics.listen or LOOPBACK[0]
    if listen not in LOOPBACK:
        why = f"vnc may listen on this host only ({', '.join(LOOPBACK)}), not on '{listen}' (line {graphics.line})"
        raise ConfigUnsupported(why, domain=FROM_QEMU)
    host = f"[{listen}]" if ":" in listen else listen
    secret = ",password=on" if graphics.passwd is not None else ""
    if graphics.autoport or graphics.port < 0:
        return f"{host}:0,to=99{secret}"
    return f"{host}:{graphics.port - 5900}{secret}"


def _video(number: int, card: VideoDef, root: str) -> Iterator[str]:
    if card.type == "none":
        return
    options: dict[str, object] = {}
    if card.type == "qxl":
        options = {"ram_size": (card.ram or 65536) * 1024, "vram_size": (card.vram or 65536) * 1024}
        options["vgamem_mb"] = max(1, (card.vgamem or 16384) // 1024)
    elif card.type == "vga" and card.vram is not None:
        options = {"vgamem_mb": max(1, card.vram // 1024)}
    if card.type in ("qxl", "virtio") and card.heads is not None:
        options["max_outputs"] = card.heads
    cards = PRIMARY_CARDS if number == 0 else _OTHER_CARDS
    yield from _device(cards[card.type], f"video{number}", card, root, **options)


def _rngs(definition: DomainDef, root: str) -> Iterator[str]:
    for number, rng in enumerate(definition.rngs):
        yield from ("-object", _json(**{"qom-type": "rng-random", "id": f"objrng{number}", "filename": rng.source}))
        limits = {} if rng.rate_bytes is None else {"max-bytes": rng.rate_bytes, "period": rng.rate_period_ms or 1000}
        yield from _device("virtio-rng-pci", f"rng{number}", rng, root, rng=f"objrng{number}", **limits)
