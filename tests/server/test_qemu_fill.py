"""What the qemu driver makes of a definition: filled in as libvirt's does, or refused; and where devices sit."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import format_domain
from virtrpcd.drivers.qemu.definition import read_definition
from virtrpcd.drivers.qemu.probe import Emulator
from virtrpcd.errors import AccessDenied, ConfigUnsupported, XmlError
from virtrpcd.hardware_def import PciAddress, UsbAddress, VirtioSerialAddress
from virtrpcd.paths import PathRules

VECTORS = Path(__file__).parent.parent / "vectors" / "virt_install"
EMULATOR = Emulator(
    "/usr/bin/qemu-system-x86_64",
    7_002_000,
    {"pc": "pc-i440fx-7.2", "pc-i440fx-7.2": "pc-i440fx-7.2", "q35": "pc-q35-7.2", "pc-q35-7.2": "pc-q35-7.2"},
    ("qemu64",),
    frozenset(("VGA", "cirrus-vga", "virtio-vga", "bochs-display")),
)
PATHS = PathRules([Path("/images")])


def read(xml: str) -> DomainDef:
    return read_definition(xml, EMULATOR, PATHS)


def machine(devices: str = "", *, more: str = "", kind: str = "qemu", type: str = "q35", os: str = "") -> str:
    return (
        f"<domain type='{kind}'><name>m</name><memory>65536</memory><vcpu>4</vcpu>"
        f"<os><type machine='{type}'>hvm</type>{os}</os>{more}<devices>{devices}</devices></domain>"
    )


@pytest.mark.parametrize("name", ["linux2022-q35", "linux2022-pc", "generic-pc", "win10-q35"])
def test_what_virt_install_writes_is_kept_as_libvirtd_keeps_it(name: str) -> None:
    asked = (VECTORS / f"{name}.xml").read_text()
    _, kept = (VECTORS / f"{name}.kept.xml").read_text().split("\n", 1)
    assert format_domain(read(asked), id=None) == kept
    assert format_domain(read(kept), id=None) == kept


PCI_DISK = "<disk><source file='/images/a'/><target dev='vd{letter}'/>{address}</disk>"


def disk(letter: str, address: str = "") -> str:
    return PCI_DISK.format(letter=letter, address=address)


def pci(bus: int, slot: int, function: int = 0) -> str:
    return f"<address type='pci' bus='{bus}' slot='{slot}' function='{function}'/>"


def test_given_addresses_are_kept_and_others_go_round_them() -> None:
    found = read(machine(disk("a", pci(0, 3)) + disk("b"), type="pc"))
    assert [one.address for one in found.disks] == [PciAddress(0, 3), PciAddress(0, 4)]


def test_express_devices_get_a_root_port_each_and_one_is_left_free() -> None:
    found = read(machine(disk("a") + disk("b")))
    ports = {one.index for one in found.controllers if one.model == "pcie-root-port"}
    used = {one.address.bus for one in (*found.disks, found.balloon_device) if isinstance(one.address, PciAddress)}
    assert len(used) == 3
    assert used < ports
    places = [one.address for one in found.controllers if one.model == "pcie-root-port"]
    assert places[:2] == [PciAddress(0, 2, 0, True), PciAddress(0, 2, 1)]


def test_many_devices_get_ports_in_several_slots() -> None:
    found = read(machine("".join(disk(letter) for letter in "abcdefghijkl")))
    places = [one.address for one in found.controllers if one.model == "pcie-root-port"]
    assert len(set(places)) == len(places) > 12
    assert PciAddress(0, 3, 0, True) in places


def test_usb_and_channels_have_their_places() -> None:
    devices = "<input type='tablet' bus='usb'/><input type='mouse' bus='usb'/>" + "".join(
        f"<channel type='unix'><target type='virtio' name='c{n}'/></channel>" for n in range(2)
    )
    found = read(machine(devices))
    assert [one.address for one in found.inputs if one.bus == "usb"] == [UsbAddress(0, "1"), UsbAddress(0, "2")]
    assert [one.address for one in found.channels] == [VirtioSerialAddress(0, 0, 1), VirtioSerialAddress(0, 0, 2)]


def test_a_usb_bus_that_is_full_is_refused() -> None:
    with pytest.raises(ConfigUnsupported, match="all ports are taken"):
        read(machine("<input type='tablet' bus='usb'/>" * 3, type="pc"))


CLASHES = [
    (disk("a", pci(0, 5)) + disk("b", pci(0, 5)), "00:05.0 is in use"),
    (disk("a", pci(0, 0)), "00:00.0 is in use"),
    (disk("a", pci(9, 0)), "no pci controller with index 9"),
    ("<controller type='usb' model='none'/><input type='tablet' bus='usb'/>", "the machine has none"),
    ("<input type='tablet'><address type='usb' bus='7' port='1'/></input>", "no usb controller with index 7"),
    (
        "<channel type='unix'><target type='virtio'/><address type='virtio-serial' port='1'/></channel>" * 2,
        "port 1 of virtio-serial controller 0 is in use",
    ),
]


@pytest.mark.parametrize(("devices", "why"), CLASHES)
def test_addresses_that_cannot_be_are_refused(devices: str, why: str) -> None:
    with pytest.raises(XmlError, match=why):
        read(machine(devices))


def test_a_bus_that_is_full_is_refused() -> None:
    cards = "<interface type='user'><model type='e1000'/></interface>" * 32
    with pytest.raises(ConfigUnsupported, match="pci bus is full"):
        read(machine(cards, type="pc"))


TOPOLOGY = "<cpu><topology sockets='1' cores='2' threads='1'/></cpu>"
REFUSED = [
    (machine("<interface type='network'><source network='default'/></interface>"), "interface/@type"),
    (machine("<interface type='user'><target dev='vnet0'/></interface>"), "interface/target"),
    (machine("<channel type='unix'><source path='/x'/><target type='virtio'/></channel>"), "channel/source"),
    (machine("<video><model type='qxl'/></video>"), "video type 'qxl'"),
    (machine("<watchdog model='i6300esb' action='dump'/>"), "action 'dump'"),
    (machine("<controller type='ide'/>"), "ide controller 0"),
    (machine("<controller type='pci' model='pci-root'/>"), "pci controller 'pci-root'"),
    (machine(more="<cpu mode='host-passthrough'/>"), "host-passthrough"),
    (machine(more=TOPOLOGY), "CPU topology doesn't match maximum vcpu count"),
    (machine(more="<features><hap/></features>"), "hap"),
    (machine(more="<clock><timer name='rtc' tickpolicy='merge'/></clock>"), "tickpolicy 'merge' of timer rtc"),
    (machine(more="<clock><timer name='tsc' mode='native'/></clock>"), "mode or track of timer tsc"),
    (
        machine("<disk device='cdrom'><target dev='sda' bus='sata'/><boot order='1'/></disk>", os="<boot dev='hd'/>"),
        "per-device boot elements",
    ),
]


@pytest.mark.parametrize(("xml", "why"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_this_driver_does_not_do_is_named(xml: str, why: str) -> None:
    with pytest.raises(ConfigUnsupported) as caught:
        read(xml)
    assert why in caught.value.message


def test_two_devices_cannot_be_booted_from_first() -> None:
    first = "<disk device='cdrom'><target dev='{}' bus='sata'/><boot order='1'/></disk>"
    with pytest.raises(ConfigUnsupported, match="boot order '1' used for more than one device"):
        read(machine(first.format("sda") + first.format("sdb")))


def test_cpus_are_filled_in_as_libvirt_does() -> None:
    rows = {
        "": "<cpu mode='custom' match='exact' check='none'>",
        "<cpu mode='host-model'/>": "<cpu mode='host-model' check='partial'/>",
        "<cpu mode='host-passthrough'/>": "<cpu mode='host-passthrough' check='none' migratable='on'/>",
        "<cpu mode='maximum'/>": "<cpu mode='maximum' check='none' migratable='on'/>",
    }
    for given, wanted in rows.items():
        assert wanted in format_domain(read(machine(more=given, kind="kvm")), id=None)


def test_files_of_a_definition_are_still_held_to_the_rules() -> None:
    with pytest.raises(AccessDenied, match="not under a folder"):
        read(machine("<disk><source file='/etc/shadow'/><target dev='vda'/></disk>"))
