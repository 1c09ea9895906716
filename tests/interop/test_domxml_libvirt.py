"""Libvirt itself is the judge of our domain XML: its schema, and its parser behind virsh and its own test driver."""

from __future__ import annotations

import asyncio
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from domxml_rows import DEVICES, MACHINES, machine
from interop.programs import need
from lxml import etree

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.domxml import format_domain, parse_domain
from virtrpcd.drivers.qemu import capabilities
from virtrpcd.drivers.qemu.probe import Emulator
from virtrpcd.drivers.test import driver as in_memory
from virtrpcd.drivers.test.definitions import first_machine
from virtrpcd.drivers.test.host import capabilities_xml
from virtrpcd.events import EventBus

SCHEMAS = Path("/usr/share/libvirt/schemas")
VECTORS = Path(__file__).parent.parent / "vectors" / "virt_install"
UUID = bytes.fromhex("11111111222233334444555555555555")

pytestmark = pytest.mark.interop


def schema(name: str) -> etree.RelaxNG:
    need(SCHEMAS)
    return etree.RelaxNG(etree.parse(str(SCHEMAS / name)))


SMALL = DomainDef(
    "qemu", "small", UUID, memory_kib=65536, current_memory_kib=65536, os=OsDef(arch="x86_64", boot=["hd"])
)
LARGE = DomainDef(
    "kvm",
    "l<&'\">e \u00e9",
    UUID,
    title='a <title> & "more"',
    description="several\n\tlines",
    memory_kib=4 << 20,
    current_memory_kib=1 << 20,
    max_vcpus=4,
    vcpus=2,
    vcpu_pins={0: "0-1,3", 3: "1"},
    os=OsDef("hvm", "x86_64", "pc", "/boot/vmlinuz", "/boot/initrd", 'console=ttyS0 a="b" & <c>', ["cdrom", "hd"]),
    features=["acpi", "apic", "pae"],
    clock_offset="localtime",
    on_poweroff="preserve",
    on_reboot="destroy",
    on_crash="coredump-restart",
    emulator="/usr/bin/qemu-system-x86_64",
    disks=[
        DiskDef("vda", "virtio", source="/images/a & b.qcow2", format="qcow2", serial="disk-1"),
        DiskDef("hdc", "ide", "cdrom", readonly=True),
    ],
    interfaces=[InterfaceDef("user", "52:54:00:ab:cd:ef", "virtio")],
    serials=[SerialDef("file", "/log/web", 0, append=True), SerialDef("null", None, 1)],
    graphics=[GraphicsDef("vnc", 5903, False, "127.0.0.1", "geheim")],
    memballoon="none",
)
DEFINITIONS = [SMALL, LARGE, replace(LARGE, graphics=[GraphicsDef()], serials=[SerialDef("null")], vcpu_pins={})]


@pytest.mark.parametrize("definition", [first_machine(), *DEFINITIONS], ids=lambda definition: definition.name)
def test_our_xml_is_valid_by_libvirts_schema(definition: DomainDef) -> None:
    judge = schema("domain.rng")
    for id in (None, 7):
        judge.assertValid(etree.fromstring(format_domain(definition, id=id, secure=True)))


def test_our_capabilities_are_valid_by_libvirts_schema() -> None:
    schema("capability.rng").assertValid(etree.fromstring(capabilities_xml()))


def virsh(commands: str) -> str:
    need("virsh")
    run = subprocess.run(
        ["virsh", "-q", "-c", "test:///default", commands], capture_output=True, text=True, timeout=60, check=True
    )
    return run.stdout


def without_what_libvirt_adds(xml: str) -> str:
    """Take out of libvirt's XML what its test driver fills in and we refuse."""
    root = etree.fromstring(xml)
    for path in (".//address", ".//controller", ".//video", ".//input", "./devices/interface/target", ".//alias"):
        for element in root.findall(path):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
    return etree.tostring(root, encoding="unicode")


def without_lines(found: DomainDef) -> DomainDef:
    devices: list[DiskDef | InterfaceDef | SerialDef | GraphicsDef] = []
    devices += [*found.disks, *found.interfaces, *found.serials, *found.graphics]
    for device in devices:
        device.line = 0
    return found


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_libvirt_reads_our_xml_as_we_do_and_we_read_libvirts(definition: DomainDef, tmp_path: Path) -> None:
    ours = tmp_path / "ours.xml"
    ours.write_text(format_domain(definition, id=None, secure=True))
    uuid = "11111111-2222-3333-4444-555555555555"
    theirs = virsh(f"define {ours}; dumpxml --security-info {uuid}")
    found = parse_domain(without_what_libvirt_adds(theirs), types=frozenset({"qemu", "kvm"}))
    assert without_lines(found) == definition


@pytest.mark.parametrize(
    ("text", "unit"), [("1", "b"), ("1000", "KB"), ("3", "k"), ("7", "MB"), ("2", "GiB"), ("1", "T"), (" 9", "KiB")]
)
def test_memory_units_mean_what_libvirt_means(text: str, unit: str, tmp_path: Path) -> None:
    xml = format_domain(SMALL, id=None).replace("<memory unit='KiB'>65536", f"<memory unit='{unit}'>{text}")
    ours = tmp_path / "ours.xml"
    ours.write_text(xml)
    theirs = virsh(f"define {ours}; dumpxml {SMALL.name}")
    types = frozenset({"qemu"})
    assert (
        parse_domain(without_what_libvirt_adds(theirs), types=types).memory_kib
        == parse_domain(xml, types=types).memory_kib
    )


def libvirt_keeps(xml: str, folder: Path) -> str:
    """What libvirt's test driver shows of a definition called m."""
    file = folder / "asked.xml"
    file.write_text(xml)
    return virsh(f"define {file}; dumpxml --security-info m").rstrip() + "\n"


def we_keep(xml: str) -> str:
    """What ours shows of it."""

    async def body() -> str:
        driver = in_memory.TestDriver(EventBus())
        ref = await driver.define(xml, 0)
        return driver.domain_xml(ref.uuid, 1)

    return asyncio.run(body())


def settled(xml: str) -> str:
    """XML with what a driver would make up at random."""
    uuid = "<uuid>11111111-2222-3333-4444-555555555555</uuid>"
    xml = xml if "<uuid>" in xml else xml.replace("</name>", f"</name>{uuid}", 1)
    mac = "<mac address='52:54:00:11:22:33'/>"
    return re.sub(r"(<interface type=['\"]\w+['\"]>)(?!\s*<mac)", rf"\1{mac}", xml)


# memory in a qxl card's XML is a matter of its driver, and what a machine has only when it runs is no definition
ROWS = [machine(part) for part in MACHINES] + [machine(devices=device) for device in DEVICES]


@pytest.mark.parametrize("xml", ROWS, ids=[row[100:160] for row in ROWS])
def test_our_test_driver_keeps_what_libvirts_does(xml: str, tmp_path: Path) -> None:
    xml = settled(xml)
    assert we_keep(xml) == libvirt_keeps(xml, tmp_path)


@pytest.mark.parametrize("name", sorted(path.name for path in VECTORS.glob("*.xml")))
def test_our_test_driver_keeps_what_virt_install_writes_as_libvirts_does(name: str, tmp_path: Path) -> None:
    xml = (VECTORS / name).read_text()
    xml = re.sub(r"<domain type=.qemu.>", "<domain type='test'>", xml)
    xml = re.sub(r"<name>.*</name>", "<name>m</name>", xml)
    assert we_keep(xml) == libvirt_keeps(xml, tmp_path)


EMULATOR = Emulator(
    "/usr/bin/qemu-system-x86_64",
    7_002_000,
    {"pc": "pc-i440fx-7.2", "q35": "pc-q35-7.2", "pc-q35-7.2": "pc-q35-7.2"},
    ("qemu64", "EPYC"),
    frozenset(("VGA", "virtio-vga")),
)


@pytest.mark.parametrize("kvm", [False, True])
def test_the_qemu_drivers_capabilities_are_valid_by_libvirts_schema(kvm: bool) -> None:
    found = capabilities.capabilities(EMULATOR, kvm)
    schema("capability.rng").assertValid(etree.fromstring(found))
    assert ("<domain type='kvm'/>" in found) == kvm


@pytest.mark.parametrize(("machine", "kind"), [(None, None), ("pc", "qemu"), ("q35", "kvm")])
def test_the_capabilities_of_machines_are_valid_by_libvirts_schema(machine: str | None, kind: str | None) -> None:
    found = capabilities.domain_capabilities(EMULATOR, True, None, None, machine, kind)
    schema("domaincaps.rng").assertValid(etree.fromstring(found))
    assert "<value>vnc</value>" in found
    assert "cirrus" not in found
