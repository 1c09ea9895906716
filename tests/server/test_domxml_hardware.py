"""Devices, cpu, timers and features in domain XML: what libvirt writes of them is read and written the same."""

from __future__ import annotations

import pytest
from domxml_rows import DEVICES, MACHINES, machine

from virtrpcd.domain_def import DomainDef
from virtrpcd.domain_fill import fill_in_common
from virtrpcd.domxml import format_domain, parse_domain
from virtrpcd.errors import XmlError

TYPES = frozenset({"test"})


def parse(xml: str) -> DomainDef:
    return parse_domain(xml, types=TYPES, tuned=True)


def packed(xml: str) -> str:
    """XML without the blanks between elements."""
    return "".join(line.strip() for line in xml.splitlines())


@pytest.mark.parametrize("part", MACHINES, ids=lambda part: part[:40])
def test_what_a_machine_is_is_kept(part: str) -> None:
    assert part in packed(format_domain(parse(machine(part)), id=None))


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device[:40])
def test_devices_are_kept(device: str) -> None:
    written = packed(format_domain(parse(machine(devices=device)), id=None))
    assert f"<devices>{device}</devices>" in written


# what is told of a machine that runs, and is another the next time
TOLD = [
    ("<input type='mouse' bus='ps2'><alias name='input0'/></input>", "<input type='mouse' bus='ps2'/>"),
    (
        ("<serial type='pty'><source path='/dev/pts/1'/></serial><console type='pty' tty='/dev/pts/1'>"
        "<source path='/dev/pts/1'/></console>"),
        "<serial type='pty'><target port='0'/></serial><console type='pty'><target type='serial' port='0'/></console>",
    ),
    (
        "<channel type='unix'><target type='virtio' state='disconnected'/></channel>",
        "<channel type='unix'><target type='virtio'/></channel>",
    ),
    (
        "<disk device='cdrom'><source file='/a' index='3'/><target dev='sda'/></disk>",
        "<disk type='file' device='cdrom'><source file='/a'/><target dev='sda' bus='scsi'/><readonly/></disk>",
    ),
]


@pytest.mark.parametrize(("device", "kept"), TOLD)
def test_what_only_a_running_machine_has_is_not_kept(device: str, kept: str) -> None:
    assert kept in packed(format_domain(parse(machine(devices=device)), id=None))


WRONG_MACHINES = [
    "<features><vmport state='maybe'/></features>",
    "<features><hyperv><spinlocks state='on' retries='1'/></hyperv></features>",
    "<features><hyperv><spinlocks state='on'/></hyperv></features>",
    "<features><hyperv><vendor_id state='on' value='a,b'/></hyperv></features>",
    "<features><kvm><hidden/></kvm></features>",
    "<cpu mode='dream'/>",
    "<cpu><model>a,b</model></cpu>",
    "<cpu><vendor>Intel</vendor></cpu>",
    "<cpu><topology sockets='1' cores='2'/></cpu>",
    "<cpu><topology sockets='0' cores='2' threads='1'/></cpu>",
    "<cpu migratable='on'><model>qemu64</model></cpu>",
    "<cpu mode='maximum'><feature name='a'/><feature name='a'/></cpu>",
    "<cpu mode='maximum'><feature name='a,b=c'/></cpu>",
    "<clock><timer/></clock>",
    "<clock><timer name='sundial'/></clock>",
    "<clock><timer name='rtc'/><timer name='rtc'/></clock>",
    "<clock><timer name='tsc' frequency='fast'/></clock>",
    "<pm><suspend-to-mem/></pm>",
]
WRONG_DEVICES = [
    "<controller/>",
    "<controller type='pci'/>",
    "<controller type='usb' index='256'/>",
    "<controller type='usb' index='1'/><controller type='usb' index='1'/>",
    "<controller type='usb' model='ich9-uhci1'><master/></controller>",
    "<channel type='unix'/>",
    "<channel type='unix'><target type='virtio' name='a,b'/></channel>",
    "<channel type='unix'><source path='x'/><target type='virtio'/></channel>",
    "<input type='tablet' bus='ps2'/>",
    "<input/>",
    "<input type='mouse'><address/></input>",
    "<input type='mouse'><address type='usb' port='1,x'/></input>",
    "<input type='mouse'><address type='pci' slot='0x20'/></input>",
    "<input type='mouse'><address type='pci' slot='x'/></input>",
    "<input type='mouse'><alias name='ua-a b'/></input>",
    "<video><model/></video>",
    "<video><model type='vga' vram='-1'/></video>",
    "<video><model type='vga' ram='1'/></video>",
    "<video><model type='vga' primary='yes'/></video>" * 2,
    "<watchdog/>",
    "<watchdog model='i6300esb' action='bark'/>",
    "<watchdog model='i6300esb'/><watchdog model='i6300esb'/>",
    "<rng model='virtio'/>",
    "<rng model='virtio'><rate/><backend model='random'/></rng>",
    "<audio id='0' type='none'/>",
    "<interface type='network'/>",
    "<interface type='network'><source network='a/b'/></interface>",
    "<interface type='user'><link/></interface>",
    "<interface type='user'><boot order='0'/></interface>",
    "<graphics type='vnc' keymap='../x'/>",
    "<disk device='cdrom'><driver cache='maybe'/><target dev='hda'/></disk>",
]


@pytest.mark.parametrize("more", WRONG_MACHINES)
def test_what_makes_no_sense_is_refused(more: str) -> None:
    with pytest.raises(XmlError):
        parse(machine(more))


@pytest.mark.parametrize("device", WRONG_DEVICES)
def test_devices_that_make_no_sense_are_refused(device: str) -> None:
    with pytest.raises(XmlError):
        parse(machine(devices=device))


def filled(devices: str, *, wide_scsi: bool = False) -> str:
    found = parse(machine(devices=devices))
    fill_in_common(found, wide_scsi=wide_scsi, video="cirrus")
    return packed(format_domain(found, id=None))


def disk(target: str) -> str:
    return f"<disk><source file='/{target}'/><target dev='{target}'/></disk>"


def test_disks_of_one_bus_are_put_together_in_order() -> None:
    written = filled("".join(disk(target) for target in ("hdc", "sdz", "hdd", "sdb", "hda")))
    places = {target: written.index(f"dev='{target}'") for target in ("hda", "hdc", "hdd", "sdb", "sdz")}
    assert list(places.values()) == sorted(places.values())


@pytest.mark.parametrize(
    ("target", "wide", "controller", "bus", "unit"),
    [
        ("hda", False, 0, 0, 0),
        ("hdd", False, 0, 1, 1),
        ("hde", False, 1, 0, 0),
        ("sdz", False, 3, 0, 4),
        ("sdg", True, 0, 0, 6),
        ("sdh", True, 0, 0, 8),
        ("sdo", True, 0, 0, 15),
        ("sdp", True, 1, 0, 0),
    ],
)
def test_a_disks_name_says_where_it_is(target: str, wide: bool, controller: int, bus: int, unit: int) -> None:
    place = f"<address type='drive' controller='{controller}' bus='{bus}' target='0' unit='{unit}'/>"
    written = filled(disk(target), wide_scsi=wide)
    assert place in written
    assert written.count("<controller ") == controller + 1


def test_usb_companions_share_the_index_of_their_master() -> None:
    models = ("ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "qemu-xhci", "ich9-ehci1", "ich9-uhci1")
    written = filled("".join(f"<controller type='usb' model='{model}'/>" for model in models))
    indices = [part.split("'")[1] for part in written.split("<controller type='usb' index=")[1:]]
    assert indices == ["0", "0", "0", "1", "2", "2"]


def test_graphics_bring_a_video_card() -> None:
    written = filled("<graphics type='vnc'/>")
    assert "<video><model type='cirrus' vram='16384' heads='1' primary='yes'/></video>" in written
    assert "<video>" not in filled("")
