"""What libvirt fills into a definition whatever the driver: the order of disks, where they sit, controllers, video."""

from __future__ import annotations

import re
from typing import Final

from virtrpcd.domain_def import DiskDef, DomainDef
from virtrpcd.domxml_hardware import MAX_CONTROLLERS, USB2_COMPANIONS
from virtrpcd.errors import ConfigUnsupported
from virtrpcd.hardware_def import ControllerDef, DriveAddress, VideoDef

_LETTERS: Final = re.compile(r"(?:hd|sd|vd|xvd|fd|ubd)([a-z]+)")
_VIDEO_MEMORY_KIB: Final = 16384
_QXL_MEMORY_KIB: Final = 65536
_IDE_UNITS: Final = 2
_IDE_BUSES: Final = 2
_SATA_UNITS: Final = 6
_OF_DISKS: Final = ("scsi", "ide", "sata")
_UNIT_OF_CONTROLLER: Final = 7
"""On a wide SCSI bus this is the controller itself."""


def fill_in_common(definition: DomainDef, *, wide_scsi: bool, video: str) -> None:
    """Fill in, in place. wide_scsi: disks 16 to a controller, not 7. video: the type of a card that has none said.

    Raises ConfigUnsupported for more controllers than there can be.
    """
    _check_boot(definition)
    definition.disks = _in_order(definition.disks)
    for disk in definition.disks:
        if disk.address is None:
            disk.address = place_of(disk, wide_scsi=wide_scsi)
    _number(definition.controllers)
    _add_controllers(definition)
    if definition.graphics and not definition.videos:
        definition.videos.append(VideoDef("default", primary=True))
    for card in definition.videos:
        _fill_video(card, video)


def _check_boot(definition: DomainDef) -> None:
    orders = definition.boot_orders
    if orders and definition.os.boot:
        why = "per-device boot elements cannot be used together with os/boot elements"
        raise ConfigUnsupported(f"unsupported configuration: {why}", detail=why)
    for order in orders:
        if orders.count(order) > 1:
            why = f"boot order '{order}' used for more than one device"
            raise ConfigUnsupported(f"unsupported configuration: {why}", detail=why)


def disk_number(target: str) -> int:
    """Return the number of a target name: hda 0, vdb 1, sdaa 26."""
    match = _LETTERS.match(target)
    number = 0
    for letter in match[1] if match else "a":
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1


def _in_order(disks: list[DiskDef]) -> list[DiskDef]:
    """Return disks with those of one bus together, by number, where the first of that bus stood."""
    ordered: list[DiskDef] = []
    for disk in disks:
        same = [place for place, known in enumerate(ordered) if known.bus == disk.bus]
        before = [place for place in same if disk_number(ordered[place].target) <= disk_number(disk.target)]
        ordered.insert(before[-1] + 1 if before else same[0] if same else len(ordered), disk)
    return ordered


def place_of(disk: DiskDef, *, wide_scsi: bool) -> DriveAddress | None:
    """Return where the name of a disk on an ide, sata or scsi bus puts it, None for other buses."""
    number = disk_number(disk.target)
    if disk.bus == "scsi":
        if not wide_scsi:
            return DriveAddress(number // 7, 0, 0, number % 7)
        unit = number % 15
        return DriveAddress(number // 15, 0, 0, unit if unit < _UNIT_OF_CONTROLLER else unit + 1)
    if disk.bus == "ide":
        each = _IDE_UNITS * _IDE_BUSES
        return DriveAddress(number // each, number % each // _IDE_UNITS, 0, number % _IDE_UNITS)
    if disk.bus == "sata":
        return DriveAddress(number // _SATA_UNITS, 0, 0, number % _SATA_UNITS)
    return None


def _number(controllers: list[ControllerDef]) -> None:
    """Give each controller that has no index one: companions that of the usb2 controller before them."""
    for place, one in enumerate(controllers):
        if one.index >= 0:
            continue
        taken = {known.index for known in controllers if known.type == one.type and known.index >= 0}
        if one.type == "usb" and one.model in USB2_COMPANIONS:
            masters = [known.index for known in controllers[:place] if known.model == "ich9-ehci1"]
            one.index = masters[-1] if masters else 0
        else:
            one.index = next(index for index in range(len(controllers) + len(taken) + 1) if index not in taken)


def _add_controllers(definition: DomainDef) -> None:
    """Add the controllers that disks and channels sit on."""
    most = dict.fromkeys((*_OF_DISKS, "virtio-serial"), -1)
    for disk in definition.disks:
        if isinstance(disk.address, DriveAddress) and disk.bus in most:
            most[disk.bus] = max(most[disk.bus], disk.address.controller)
    if definition.channels:
        most["virtio-serial"] = 0
    for kind, last in most.items():
        if last >= MAX_CONTROLLERS:
            raise ConfigUnsupported(f"unsupported {kind} controller {last}: more than there can be")
        known = {one.index for one in definition.controllers if one.type == kind}
        definition.controllers += [ControllerDef(kind, index) for index in range(last + 1) if index not in known]


def _fill_video(card: VideoDef, video: str) -> None:
    if card.type == "default":
        card.type = video
    if card.type == "none":
        return
    if card.type == "qxl":
        card.ram = _power_of_two(card.ram or _QXL_MEMORY_KIB)
        card.vram = _power_of_two(card.vram or _QXL_MEMORY_KIB)
    elif card.type != "virtio":
        card.vram = _power_of_two(card.vram or _VIDEO_MEMORY_KIB)
    card.heads = card.heads or 1


def _power_of_two(kib: int) -> int:
    return 1 << (kib - 1).bit_length()
