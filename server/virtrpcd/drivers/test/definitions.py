"""Definitions of the test driver: the machine it begins with, and XML read with what this driver fills in."""

from __future__ import annotations

import os
from itertools import count
from typing import Final, Protocol

from virtrpcd.domain_def import DiskDef, DomainDef, InterfaceDef, OsDef
from virtrpcd.domain_fill import fill_in_common
from virtrpcd.domxml import parse_domain
from virtrpcd.drivers.test import host
from virtrpcd.errors import FROM_TEST, InvalidArgument
from virtrpcd.hardware_def import Device, PciAddress

DOMAIN_TYPES: Final = frozenset({"test"})

_TEST_UUID: Final = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")


class PathCheck(Protocol):
    """What says which files a call may name (virtrpcd.paths.PathRules)."""

    def check(self, path: str, what: str) -> str:
        """Return the path to use, or raise AccessDenied."""
        ...


def first_machine() -> DomainDef:
    """Return the definition of the machine that the driver begins with."""
    return DomainDef(
        type="test",
        name="test",
        uuid=_TEST_UUID,
        memory_kib=8388608,
        current_memory_kib=2097152,
        max_vcpus=2,
        vcpus=2,
        os=OsDef(arch=host.ARCH, boot=["hd"]),
        disks=[DiskDef(target="vda", bus="virtio", source="/guest/diskimage1", address=PciAddress(bus=1, slot=0))],
        interfaces=[
            InterfaceDef(
                type="network",
                mac="aa:bb:cc:dd:ee:ff",
                source="default",
                target="testnet0",
                address=PciAddress(bus=0, slot=1),
            )
        ],
        memballoon="virtio",
        balloon_device=Device(address=PciAddress(bus=0, slot=2)),
    )


def read_definition(xml: str, paths: PathCheck | None) -> DomainDef:
    """Parse domain XML and fill in what this driver decides; the uuid is then set.

    Raises what parse_domain and `paths` raise, and InvalidArgument for more vcpus than the driver has.
    """
    definition = parse_domain(xml, types=DOMAIN_TYPES, tuned=True)
    if definition.max_vcpus > host.MAX_VCPUS:
        why = f"{definition.max_vcpus} vcpus are more than the {host.MAX_VCPUS} that a domain may have"
        raise InvalidArgument(why, domain=FROM_TEST)
    if definition.uuid is None:
        definition.uuid = os.urandom(16)
    definition.os.arch = definition.os.arch or host.ARCH
    unsaid = not definition.os.boot and not definition.boot_orders
    if definition.os.type == "hvm" and unsaid and definition.os.kernel is None:
        definition.os.boot = ["hd"]
    fill_in_common(definition, wide_scsi=False, video="cirrus")
    for interface in definition.interfaces:
        interface.mac = interface.mac or "52:54:00:" + os.urandom(3).hex(":")
    _name_interfaces(definition)
    if paths is not None:
        _check_paths(definition, paths)
    return definition


def _name_interfaces(definition: DomainDef) -> None:
    taken = {interface.target for interface in definition.interfaces}
    free = (name for name in map("testnet{}".format, count()) if name not in taken)
    for interface in definition.interfaces:
        interface.target = interface.target or next(free)


def _check_paths(definition: DomainDef, paths: PathCheck) -> None:
    named = [("kernel", definition.os.kernel), ("initrd", definition.os.initrd)]
    named += [("disk", disk.source) for disk in definition.disks]
    named += [("serial", serial.path) for serial in definition.serials]
    named += [("channel", channel.path) for channel in definition.channels]
    for what, path in named:
        if path is not None:
            paths.check(path, what)
