"""Domain XML -> a definition this driver can run: what it lacks is refused, what it leaves open is filled in."""

from __future__ import annotations

import os
from typing import Final

from virtrpcd.cpuset import parse_cpuset
from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import parse_domain
from virtrpcd.drivers.qemu import cmdline, qcow2
from virtrpcd.drivers.qemu.probe import ARCH, MAX_VCPUS, Emulator
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, InvalidArgument
from virtrpcd.paths import PathRules

TYPES: Final = frozenset({"qemu", "kvm"})
MAX_VNC_PASSWORD: Final = 8
MIN_MEMORY_KIB: Final = 1024

_MODELS: Final = ("virtio", "e1000", "e1000e", "rtl8139")
_ENDINGS: Final = ("destroy", "restart", "preserve")
_DEFAULT_MODEL: Final = "virtio"
_MAX_SERIALS: Final = 4


def read_definition(xml: str, emulator: Emulator, paths: PathRules) -> DomainDef:
    """Parse domain XML, check it against this driver and the path rules, and fill it in; the uuid is then set.

    Raises what parse_domain and `paths` raise, ConfigUnsupported for what this driver does not do.
    """
    definition = parse_domain(xml, types=TYPES)
    fill_in(definition, emulator)
    check(definition)
    check_files(definition, paths)
    # a definition that QEMU could not be told of is refused now, not at its first start
    cmdline.arguments(definition, cmdline.Launch("tcg", "0", 3, serial_fds=[0] * len(definition.serials)))
    return definition


def fill_in(definition: DomainDef, emulator: Emulator) -> None:
    """Set what was left open, in place. Raises ConfigUnsupported for another emulator, arch or machine type."""
    if definition.emulator not in (None, emulator.path):
        raise _unsupported(f"emulator '{definition.emulator}': this host's is {emulator.path}")
    if definition.os.arch not in (None, ARCH):
        raise _unsupported(f"architecture '{definition.os.arch}'")
    machine = emulator.machines.get(definition.os.machine or "pc")
    if machine is None:
        raise _unsupported(f"machine type '{definition.os.machine}'")
    definition.uuid = definition.uuid or os.urandom(16)
    definition.emulator = emulator.path
    definition.os.arch = ARCH
    definition.os.machine = machine
    # QEMU wants whole MiB, as guests do
    definition.memory_kib = whole_mib(definition.memory_kib)
    definition.current_memory_kib = min(definition.current_memory_kib, definition.memory_kib)
    if not definition.os.boot and definition.os.kernel is None:
        definition.os.boot = ["hd"]
    for interface in definition.interfaces:
        interface.mac = interface.mac or "52:54:00:" + os.urandom(3).hex(":")
        interface.model = interface.model or _DEFAULT_MODEL
    for graphics in definition.graphics:
        graphics.listen = graphics.listen or cmdline.LOOPBACK[0]
    definition.memballoon = definition.memballoon or "virtio"


def check(definition: DomainDef) -> None:
    """Refuse, with ConfigUnsupported or InvalidArgument, what this driver does not do."""
    if definition.os.type != "hvm":
        raise _unsupported(f"os type '{definition.os.type}'")
    if definition.max_vcpus > MAX_VCPUS:
        raise InvalidArgument(f"a machine may have at most {MAX_VCPUS} vcpus", domain=FROM_QEMU)
    for element in ("on_poweroff", "on_reboot", "on_crash"):
        value = getattr(definition, element)
        if value not in _ENDINGS:
            raise _unsupported(f"element /domain/{element} '{value}'")
    for interface in definition.interfaces:
        if interface.model not in _MODELS:
            raise _unsupported(f"model '{interface.model}' of /domain/devices/interface (line {interface.line})")
    if any(serial.port >= _MAX_SERIALS for serial in definition.serials):
        raise _unsupported(f"/domain/devices/serial: more than {_MAX_SERIALS} ports")
    for graphics in definition.graphics:
        if graphics.passwd is not None and not 0 < len(graphics.passwd.encode()) <= MAX_VNC_PASSWORD:
            # vnc looks at the first 8 bytes only, so a longer one would promise what it does not keep
            raise InvalidArgument(f"a vnc password has 1 to {MAX_VNC_PASSWORD} bytes", domain=FROM_QEMU)
    if definition.os.initrd is not None and definition.os.kernel is None:
        raise _unsupported("/domain/os/initrd without a kernel")
    for pin in definition.vcpu_pins.values():
        parse_cpuset(pin)


def files_of(definition: DomainDef) -> list[tuple[str, str]]:
    """Return (what for, path) of each file that a definition names."""
    named = [("kernel", definition.os.kernel), ("initrd", definition.os.initrd)]
    named += [("disk", disk.source) for disk in definition.disks]
    named += [("serial output", serial.path) for serial in definition.serials]
    return [(what, path) for what, path in named if path is not None]


def check_files(definition: DomainDef, paths: PathRules) -> dict[str, str]:
    """Check every file that a definition names; return where each really leads. Raises what `paths` raises."""
    return {path: paths.check(path, what) for what, path in files_of(definition)}


def check_disks(definition: DomainDef, paths: PathRules) -> None:
    """Look into the disks before a start. Raises SystemCallFailed for one that cannot be opened, ConfigUnsupported
    for an image that would pull in other files."""
    for disk in definition.disks:
        if disk.source is None:
            continue
        handle = paths.open(disk.source, "disk", os.O_RDONLY if disk.readonly else os.O_RDWR)
        try:
            if disk.format == "qcow2":
                qcow2.check_alone(handle, disk.source)
        finally:
            os.close(handle)


def whole_mib(kib: int) -> int:
    """Return memory as QEMU can give it."""
    return max(MIN_MEMORY_KIB, (kib + 1023) // 1024 * 1024)


def _unsupported(what: str) -> ConfigUnsupported:
    return ConfigUnsupported(f"unsupported {what}", domain=FROM_QEMU)
