"""DomainDef -> QEMU's arguments. Pure: no file is looked at, nothing is run.

Values from outside reach QEMU as JSON (-blockdev, -device, -netdev) or, where QEMU 7.2 takes no JSON, with each comma
doubled, or as a whole argument of their own. There is no shell anywhere. QEMU starts stopped (-S).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef
from virtrpcd.drivers.base import format_uuid
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, InvalidArgument

BALLOON_ID: Final = "balloon0"
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

_BOOT_LETTERS: Final = {"fd": "a", "hd": "c", "cdrom": "d", "network": "n"}
_CONTROLLERS: Final = {"scsi": "virtio-scsi-pci", "sata": "ahci", "usb": "qemu-xhci"}
_SANDBOX: Final = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
_IDE_UNITS: Final = 4
_SATA_UNITS: Final = 6


@dataclass(frozen=True, slots=True)
class Launch:
    """What a start adds to the definition.

    accel: "tcg" or "kvm". token: letters and digits by which this process can be found. monitor_fd: the listening QMP
    socket. serial_fds: open files, in the order of the definition's serial ports of type file. files: for each path in
    the definition, the path to open. incoming: wait for a saved machine instead of booting.
    """

    accel: str
    token: str
    monitor_fd: int
    serial_fds: list[int] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    incoming: bool = False


def monitor_id(token: str) -> str:
    """Return the name that QEMU's command line gives the QMP socket; no other process has it."""
    return f"qmp-{token}"


def check_argument(text: str, what: str) -> str:
    """Return text that may become part of an argument; InvalidArgument if NUL or a line feed is in it."""
    if "\0" in text or "\n" in text or "\r" in text:
        raise InvalidArgument(f"{what} has a NUL or a line end in it", domain=FROM_QEMU)
    return text


def escape(text: str, what: str) -> str:
    """Return text as the value of an option of the form name=value,name=value."""
    return check_argument(text, what).replace(",", ",,")


def arguments(definition: DomainDef, launch: Launch) -> list[str]:
    """Return the argument list, emulator first, of a definition with all filled in (uuid, emulator, machine, ...).

    Raises InvalidArgument for text that cannot be an argument, ConfigUnsupported for devices QEMU cannot have.
    """
    if definition.uuid is None or definition.emulator is None or definition.os.machine is None:
        raise InvalidArgument("the definition is not complete", domain=FROM_QEMU)
    args = [definition.emulator]
    args += ["-name", f"guest={escape(definition.name, 'the name')},debug-threads=on"]
    args += ["-nodefaults", "-no-user-config", "-S", "-no-shutdown", "-sandbox", _SANDBOX]
    machine = escape(definition.os.machine, "the machine type")
    args += ["-machine", f"{machine},accel={launch.accel},usb=off,dump-guest-core=off"]
    args += ["-m", f"size={definition.memory_kib}k"]
    args += ["-smp", f"cpus={definition.vcpus},maxcpus={definition.max_vcpus}"]
    args += ["-uuid", format_uuid(definition.uuid)]
    args += ["-rtc", f"base={'localtime' if definition.clock_offset == 'localtime' else 'utc'}"]
    args += ["-chardev", f"socket,id={monitor_id(launch.token)},fd={launch.monitor_fd},server=on,wait=off"]
    args += ["-mon", f"chardev={monitor_id(launch.token)},mode=control"]
    if definition.on_reboot != "restart":
        # a guest that reboots is then told of as one that shuts down
        args += ["-action", "reboot=shutdown"]
    args += _boot(definition, launch)
    args += _controllers(definition)
    args += _disks(definition, launch)
    args += _networks(definition)
    args += _serials(definition, launch)
    args += _display(definition)
    if definition.memballoon != "none":
        args += ["-device", _json(driver="virtio-balloon-pci", id=BALLOON_ID)]
    if launch.incoming:
        args += ["-incoming", "defer"]
    return args


def _json(**options: object) -> str:
    return json.dumps(options, separators=(",", ":"))


def _boot(definition: DomainDef, launch: Launch) -> Iterator[str]:
    os = definition.os
    if os.boot:
        yield from ("-boot", f"order={''.join(_BOOT_LETTERS[device] for device in os.boot)},strict=on")
    for option, path in (("-kernel", os.kernel), ("-initrd", os.initrd)):
        if path is not None:
            yield from (option, escape_initrd(launch.files.get(path, path), option))
    if os.cmdline:
        if os.kernel is None:
            raise ConfigUnsupported("a kernel command line needs a kernel", domain=FROM_QEMU)
        yield from ("-append", check_argument(os.cmdline, "the kernel command line"))


def escape_initrd(path: str, option: str) -> str:
    """Return a path for -kernel or -initrd; QEMU takes a comma in the latter for the end of a file name."""
    if option == "-initrd":
        return escape(path, "the initrd's path")
    return check_argument(path, "the kernel's path")


def is_q35(machine: str) -> bool:
    """Return whether a machine type has q35's devices (SATA on board, no IDE)."""
    return machine == "q35" or machine.startswith("pc-q35-")


def _controllers(definition: DomainDef) -> Iterator[str]:
    buses = {disk.bus for disk in definition.disks}
    for bus in sorted(buses & _CONTROLLERS.keys()):
        if bus == "sata" and is_q35(definition.os.machine or ""):
            continue
        yield from ("-device", _json(driver=_CONTROLLERS[bus], id=f"{bus}0"))


def _unit(target: str) -> int:
    """Return the number of a target name: hda 0, vdb 1, sdaa 26."""
    letters = target.rstrip("0123456789").removeprefix("xv")[1 if target.startswith("x") else 2 :]
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1


def _disks(definition: DomainDef, launch: Launch) -> Iterator[str]:
    for disk in definition.disks:
        node = f"disk-{disk.target}"
        if disk.source is not None:
            path = launch.files.get(disk.source, disk.source)
            check_argument(path, "the disk's path")
            file: dict[str, object] = {"driver": "file", "filename": path, "node-name": f"{node}-file"}
            image: dict[str, object] = {"driver": disk.format, "node-name": node, "file": f"{node}-file"}
            if disk.readonly:
                file["read-only"] = image["read-only"] = True
            if disk.format == "qcow2":
                # an image must not pull in other files, whatever its header says
                image["backing"] = None
            yield from ("-blockdev", _json(**file))
            yield from ("-blockdev", _json(**image))
        device = _disk_device(definition, disk)
        if disk.source is not None:
            device["drive"] = node
        if disk.serial is not None:
            device["serial"] = check_argument(disk.serial, "the disk's serial number")
        yield from ("-device", _json(**device))


def _disk_device(definition: DomainDef, disk: DiskDef) -> dict[str, object]:
    unit = _unit(disk.target)
    device: dict[str, object] = {"id": f"dev-{disk.target}"}
    q35 = is_q35(definition.os.machine or "")
    cdrom = disk.device == "cdrom"
    if disk.bus == "virtio" and not cdrom:
        device["driver"] = "virtio-blk-pci"
    elif disk.bus == "ide" and not q35 and unit < _IDE_UNITS:
        device |= {"driver": "ide-cd" if cdrom else "ide-hd", "bus": f"ide.{unit // 2}", "unit": unit % 2}
    elif disk.bus == "sata" and unit < _SATA_UNITS:
        device |= {"driver": "ide-cd" if cdrom else "ide-hd", "bus": f"ide.{unit}" if q35 else f"sata0.{unit}"}
    elif disk.bus == "scsi" and unit < 256:
        device |= {"driver": "scsi-cd" if cdrom else "scsi-hd", "bus": "scsi0.0", "scsi-id": unit}
    elif disk.bus == "usb" and not cdrom:
        device |= {"driver": "usb-storage", "bus": "usb0.0"}
    else:
        where = f"{disk.device} {disk.target} on bus '{disk.bus}' of a {definition.os.machine} machine"
        raise ConfigUnsupported(f"unsupported disk: {where} (line {disk.line})", domain=FROM_QEMU)
    return device


def _networks(definition: DomainDef) -> Iterator[str]:
    for number, interface in enumerate(definition.interfaces):
        yield from ("-netdev", _json(type="user", id=f"hostnet{number}"))
        model = "virtio-net-pci" if interface.model == "virtio" else interface.model
        yield from ("-device", _json(driver=model, netdev=f"hostnet{number}", id=f"net{number}", mac=interface.mac))


def _serials(definition: DomainDef, launch: Launch) -> Iterator[str]:
    files = iter(launch.serial_fds)
    for serial in sorted(definition.serials, key=lambda serial: serial.port):
        id = f"serial{serial.port}"
        if serial.type == "file":
            # QEMU is handed the open file: the path might lead elsewhere by the time it looks
            yield from ("-add-fd", f"set={serial.port + 1},fd={next(files)}")
            yield from ("-chardev", f"file,id={id},path=/dev/fdset/{serial.port + 1},append=on")
        else:
            yield from ("-chardev", f"null,id={id}")
        yield from ("-device", _json(driver="isa-serial", chardev=id, id=f"{id}-dev", index=serial.port))


def _display(definition: DomainDef) -> Iterator[str]:
    if not definition.graphics:
        yield from ("-display", "none", "-vga", "none")
        return
    for graphics in definition.graphics:
        yield from ("-vnc", _vnc(graphics))
    yield from ("-vga", "std")


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
