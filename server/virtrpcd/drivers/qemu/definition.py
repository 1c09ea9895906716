"""Domain XML -> a definition this driver can run: what it lacks is refused, what it leaves open is filled in."""

from __future__ import annotations

import os
from typing import Final

from virtrpcd.cpuset import parse_cpuset
from virtrpcd.domain_def import DomainDef
from virtrpcd.domain_fill import fill_in_common
from virtrpcd.domxml import parse_domain
from virtrpcd.drivers.qemu import cmdline, qcow2
from virtrpcd.drivers.qemu.addresses import ROOTS, Places
from virtrpcd.drivers.qemu.cmdline_cpu import DEFAULT_MODEL
from virtrpcd.drivers.qemu.cmdline_devices import PRIMARY_CARDS
from virtrpcd.drivers.qemu.launch import Launch, is_q35
from virtrpcd.drivers.qemu.probe import ARCH, MAX_VCPUS, Emulator
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, InvalidArgument
from virtrpcd.hardware_def import ControllerDef, InputDef
from virtrpcd.machine_def import CpuDef
from virtrpcd.paths import PathRules

TYPES: Final = frozenset({"qemu", "kvm"})
MAX_VNC_PASSWORD: Final = 8
MIN_MEMORY_KIB: Final = 1024

_MODELS: Final = ("virtio", "e1000", "e1000e", "rtl8139")
_ENDINGS: Final = ("destroy", "restart", "preserve")
_DEFAULT_MODEL: Final = "virtio"
_DEFAULT_VIDEO: Final = "vga"
_MAX_SERIALS: Final = 4
_TIMER_POLICIES: Final = {"rtc": (None, "delay", "catchup"), "pit": (None, "delay", "discard")}


def read_definition(xml: str, emulator: Emulator, paths: PathRules) -> DomainDef:
    """Parse domain XML, check it against this driver and the path rules, and fill it in; the uuid is then set.

    Raises what parse_domain and `paths` raise, ConfigUnsupported for what this driver does not do.
    """
    definition = parse_domain(xml, types=TYPES)
    fill_in(definition, emulator)
    check(definition)
    _check_cards(definition, emulator)
    check_files(definition, paths)
    # a definition that QEMU could not be told of is refused now, not at its first start
    some = [0] * (len(definition.serials) + len(definition.channels))
    cmdline.arguments(definition, Launch("tcg", "0", 3, serial_fds=some, socket_fds=some))
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
    if not definition.os.boot and definition.os.kernel is None and not definition.boot_orders:
        definition.os.boot = ["hd"]
    _fill_cpu(definition)
    _add_controllers(definition)
    fill_in_common(definition, wide_scsi=True, video=_DEFAULT_VIDEO)
    _fill_devices(definition)
    Places(definition, q35=is_q35(machine)).assign()


def _fill_cpu(definition: DomainDef) -> None:
    cpu = definition.cpu = definition.cpu or CpuDef()
    if cpu.mode is None:
        cpu.mode, cpu.match, cpu.check = "custom", "exact", "none"
        cpu.model, cpu.fallback = DEFAULT_MODEL, "forbid"
    elif cpu.mode in ("host-passthrough", "maximum"):
        cpu.check, cpu.migratable = cpu.check or "none", cpu.migratable or "on"
    else:
        cpu.check = cpu.check or "partial"


def _add_controllers(definition: DomainDef) -> None:
    """Add what each machine of its type has."""
    q35 = is_q35(definition.os.machine)
    kinds = {one.type for one in definition.controllers}
    if "usb" not in kinds:
        definition.controllers.append(ControllerDef("usb", 0, model="qemu-xhci" if q35 else "piix3-uhci"))
    if q35 and not any(one.type == "sata" and one.index in (-1, 0) for one in definition.controllers):
        definition.controllers.append(ControllerDef("sata", 0))
    roots = [one for one in definition.controllers if one.model in ROOTS]
    root = ROOTS[1] if q35 else ROOTS[0]
    for one in roots:
        if one.model != root or one.index not in (-1, 0):
            raise _unsupported(f"pci controller '{one.model}' with index {one.index} (line {one.line})")
        one.index = 0
    if not roots:
        definition.controllers.append(ControllerDef("pci", 0, model=root))


def _fill_devices(definition: DomainDef) -> None:
    for one in definition.controllers:
        if one.type == "usb":
            one.model = one.model or ("qemu-xhci" if is_q35(definition.os.machine) else "piix3-uhci")
        elif one.type == "scsi":
            one.model = one.model or "virtio-scsi"
    for disk in definition.disks:
        disk.format = disk.format or "raw"
        disk.options.setdefault("name", "qemu")
    for interface in definition.interfaces:
        interface.mac = interface.mac or "52:54:00:" + os.urandom(3).hex(":")
        interface.model = interface.model or _DEFAULT_MODEL
    for serial in definition.serials:
        serial.target_type = serial.target_type or "isa-serial"
    if definition.graphics:
        definition.audios = definition.audios or ["1"]
        for kind in ("mouse", "keyboard"):
            if not any((one.type, one.bus) == (kind, "ps2") for one in definition.inputs):
                definition.inputs.append(InputDef(kind, "ps2"))
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
    _check_machine(definition)
    for interface in definition.interfaces:
        if interface.type != "user":
            raise _unsupported(f"value '{interface.type}' of /domain/devices/interface/@type (line {interface.line})")
        if interface.target is not None:
            raise _unsupported(f"element /domain/devices/interface/target (line {interface.line})")
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


def _check_machine(definition: DomainDef) -> None:
    """Refuse what QEMU has no words for, or has under KVM only."""
    if definition.cpu is not None:
        if definition.type == "qemu" and definition.cpu.mode == "host-passthrough":
            raise _unsupported("CPU mode 'host-passthrough' for a domain of type qemu, which is emulated")
        levels = definition.cpu.topology
        if levels is not None and levels.vcpus != definition.max_vcpus:
            why = "CPU topology doesn't match maximum vcpu count"
            raise ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_QEMU, detail=why)
    if "hap" in definition.feature_states:
        raise _unsupported("element /domain/features/hap")
    for timer in definition.timers:
        known = _TIMER_POLICIES.get(timer.name, (None,))
        if timer.tickpolicy not in known:
            raise _unsupported(f"tickpolicy '{timer.tickpolicy}' of timer {timer.name} (line {timer.line})")
        if timer.mode is not None or (timer.track is not None and timer.name != "rtc"):
            raise _unsupported(f"mode or track of timer {timer.name} (line {timer.line})")
    for channel in definition.channels:
        if channel.path is not None:
            raise _unsupported(f"path of /domain/devices/channel/source (line {channel.line})")
    if definition.watchdog is not None and definition.watchdog.action == "dump":
        raise _unsupported(f"action 'dump' of /domain/devices/watchdog (line {definition.watchdog.line})")
    for one in definition.controllers:
        if one.type == "ide" and (one.index != 0 or is_q35(definition.os.machine)):
            raise _unsupported(f"ide controller {one.index} (line {one.line})")


def _check_cards(definition: DomainDef, emulator: Emulator) -> None:
    for card in definition.videos:
        if card.type != "none" and PRIMARY_CARDS[card.type] not in emulator.devices:
            raise _unsupported(f"video type '{card.type}': this host's QEMU does not have it (line {card.line})")


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
