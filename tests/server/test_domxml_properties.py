"""Whatever the definition, what is written of it reads back as the same; whatever the text, it is answered."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from virtrpcd.cpuset import format_cpuset
from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.domxml import format_domain, parse_domain
from virtrpcd.domxml_hardware import USB2_COMPANIONS
from virtrpcd.domxml_machine import HYPERV, POLICIES, STATES
from virtrpcd.errors import ConfigUnsupported, XmlError
from virtrpcd.hardware_def import (
    Address,
    ChannelDef,
    ControllerDef,
    Device,
    DriveAddress,
    InputDef,
    PanicDef,
    PciAddress,
    RngDef,
    UsbAddress,
    VideoDef,
    VirtioSerialAddress,
    WatchdogDef,
)
from virtrpcd.machine_def import CpuDef, TimerDef, Topology

TYPES = frozenset({"qemu", "kvm", "test"})

plain_characters = st.characters(
    exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff", include_characters="&<>'\"]"
)
text = st.text(plain_characters, min_size=1, max_size=40)
lines = st.text(plain_characters | st.sampled_from("\n\t"), min_size=1, max_size=60)
names = st.text(plain_characters, min_size=1, max_size=60).filter(lambda name: "/" not in name and name.strip())
paths = st.text(plain_characters, max_size=40).map("/{}".format)
tokens = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=20)
endings = st.sampled_from(("destroy", "restart", "preserve", "rename-restart"))
cpusets = st.frozensets(st.integers(0, 300), min_size=1, max_size=20).map(format_cpuset)


def maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | values


small = st.integers(0, 255)
addresses: st.SearchStrategy[Address] = st.one_of(
    st.builds(
        PciAddress, small, st.integers(0, 31), st.integers(0, 7), st.sampled_from((None, True, False)), st.just(0)
    ),
    st.builds(DriveAddress, small, small, small, small),
    st.builds(UsbAddress, small, st.sampled_from((None, "1", "1.2.3"))),
    st.builds(VirtioSerialAddress, small, small, small),
)
models = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)


def placed(draw: st.DrawFn, device: Device) -> None:
    """Give a device what any may have."""
    device.address = draw(st.none() | addresses)
    device.alias = draw(st.none() | models.map("ua-{}".format))


@st.composite
def cpus(draw: st.DrawFn) -> CpuDef:
    mode = draw(st.sampled_from((None, "custom", "host-model", "host-passthrough", "maximum")))
    topology = draw(st.none() | st.builds(Topology, *(st.integers(1, 8) for _ in range(4))))
    if mode is None:
        return CpuDef(topology=topology or Topology(1, 1, 1, 1))
    migratable = draw(st.sampled_from((None, "on", "off"))) if mode in ("host-passthrough", "maximum") else None
    found = CpuDef(mode, check=draw(st.sampled_from((None, "none", "full"))), migratable=migratable, topology=topology)
    found.features = draw(st.dictionaries(models, st.sampled_from(POLICIES), max_size=3))
    if mode == "custom":
        found.match, found.model, found.fallback = "exact", draw(models), draw(st.sampled_from(("allow", "forbid")))
    return found


@st.composite
def timers(draw: st.DrawFn, name: str) -> TimerDef:
    policy = draw(st.sampled_from((None, "delay", "catchup", "merge", "discard")))
    track = draw(st.sampled_from((None, "boot", "guest", "wall", "realtime")))
    return TimerDef(
        name, draw(st.sampled_from((None, True, False))), policy, track, draw(st.none() | st.integers(1, 99))
    )


@st.composite
def hyperv(draw: st.DrawFn, name: str) -> dict[str, str]:
    if draw(st.booleans()):
        return {"state": "off"}
    more = {"spinlocks": {"retries": "8191"}, "vendor_id": {"value": "a b"}, "stimer": {"direct": "on"}}
    return {"state": "on", **more.get(name, {})}


@st.composite
def videos(draw: st.DrawFn) -> list[VideoDef]:
    kinds = draw(st.lists(st.sampled_from(("vga", "qxl", "virtio", "cirrus", "bochs")), max_size=3))
    found = [
        VideoDef(kind, draw(st.none() | st.integers(1, 1 << 20)), heads=draw(st.none() | st.just(2))) for kind in kinds
    ]
    for card in found:
        card.primary = card is found[0]
        card.accel3d = draw(st.sampled_from((None, False)))
        if card.type == "qxl":
            card.ram, card.vgamem = draw(st.none() | st.just(65536)), draw(st.none() | st.just(16384))
        placed(draw, card)
    return found


@st.composite
def controllers(draw: st.DrawFn) -> list[ControllerDef]:
    found = []
    for index, kind in enumerate(
        draw(st.lists(st.sampled_from(("usb", "pci", "scsi", "sata", "virtio-serial")), max_size=4))
    ):
        one = ControllerDef(kind, index)
        if kind == "usb":
            one.model = draw(st.sampled_from((None, "qemu-xhci", "none", *USB2_COMPANIONS)))
            one.ports, one.startport = draw(st.none() | st.just(15)), draw(st.none() | st.just(2))
        elif kind == "pci":
            one.model, one.model_name = "pcie-root-port", draw(st.sampled_from((None, "pcie-root-port")))
            one.chassis, one.port = draw(st.none() | small), draw(st.none() | small)
        elif kind == "virtio-serial":
            one.ports, one.vectors = draw(st.none() | st.just(31)), draw(st.none() | st.integers(0, 9))
        placed(draw, one)
        found.append(one)
    return found


def add_hardware(draw: st.DrawFn, definition: DomainDef) -> None:
    """Put the smaller devices, features and timers into a definition."""
    definition.cpu = draw(st.none() | cpus())
    definition.feature_states = {name: draw(st.sampled_from(("on", "off"))) for name in STATES if draw(st.booleans())}
    definition.hyperv = {name: draw(hyperv(name)) for name in HYPERV if draw(st.booleans())}
    definition.kvm_hidden = draw(st.sampled_from((None, True, False)))
    definition.timers = [draw(timers(name)) for name in ("rtc", "pit", "hpet", "tsc") if draw(st.booleans())]
    definition.suspend_to_mem = draw(st.sampled_from((None, True, False)))
    definition.suspend_to_disk = draw(st.sampled_from((None, True, False)))
    definition.controllers = draw(controllers())
    definition.videos = draw(videos())
    definition.channels = [ChannelDef("unix", name, draw(maybe(paths))) for name in draw(st.lists(models, max_size=2))]
    kinds = st.sampled_from((("tablet", "usb"), ("mouse", "ps2"), ("keyboard", "virtio")))
    definition.inputs = [InputDef(*pair) for pair in draw(st.lists(kinds, max_size=3))]
    definition.audios = draw(st.sampled_from(([], ["1"])))
    definition.watchdog = draw(st.none() | st.builds(WatchdogDef, st.just("i6300esb"), st.just("pause")))
    definition.panic = draw(st.none() | st.builds(PanicDef, st.just("isa")))
    rates = st.sampled_from(((None, None), (1024, None), (1024, 1000)))
    definition.rngs = [RngDef("/dev/urandom", *pair) for pair in draw(st.lists(rates, max_size=2))]
    if definition.memballoon is not None:
        placed(draw, definition.balloon_device)
    devices: list[Device] = [*definition.disks, *definition.interfaces, *definition.channels, *definition.inputs]
    for device in devices + list(definition.rngs):
        placed(draw, device)


@st.composite
def disks(draw: st.DrawFn, target: str) -> DiskDef:
    device = draw(st.sampled_from(("disk", "cdrom")))
    return DiskDef(
        target,
        draw(st.sampled_from(("ide", "scsi", "virtio", "usb", "sata"))),
        device,
        draw(paths if device == "disk" else maybe(paths)),
        draw(st.sampled_from((None, "raw", "qcow2"))),
        device == "cdrom" or draw(st.booleans()),
        draw(maybe(st.text(string.ascii_letters + "_.+ -", min_size=1, max_size=20))),
    )


@st.composite
def serials(draw: st.DrawFn, port: int) -> SerialDef:
    if draw(st.booleans()):
        return SerialDef(
            draw(st.sampled_from(("null", "pty"))), None, port, target_type=draw(st.none() | st.just("isa-serial"))
        )
    return SerialDef("file", draw(paths), port, draw(st.booleans()))


@st.composite
def graphics(draw: st.DrawFn) -> GraphicsDef:
    port = draw(st.just(-1) | st.integers(5900, 65535))
    listen = draw(maybe(st.ip_addresses().map(str)))
    return GraphicsDef("vnc", port, port == -1, listen, draw(maybe(text)))


macs = st.binary(min_size=6, max_size=6).map(lambda octets: bytes([octets[0] & 0xFE]) + octets[1:])


@st.composite
def definitions(draw: st.DrawFn) -> DomainDef:
    memory_kib = draw(st.integers(1, (1 << 53) - 1))
    max_vcpus = draw(st.integers(1, 255))
    targets = draw(st.lists(st.sampled_from(("vda", "vdb", "sda", "hda", "hdc")), unique=True, max_size=4))
    ports = draw(st.lists(st.integers(0, 3), unique=True, max_size=3))
    definition = DomainDef(
        type=draw(st.sampled_from(sorted(TYPES))),
        name=draw(names),
        uuid=draw(st.none() | st.binary(min_size=16, max_size=16)),
        title=draw(maybe(text)),
        description=draw(maybe(lines)),
        memory_kib=memory_kib,
        current_memory_kib=draw(st.integers(1, memory_kib)),
        max_vcpus=max_vcpus,
        vcpus=draw(st.integers(1, max_vcpus)),
        vcpu_pins=draw(st.dictionaries(st.integers(0, max_vcpus - 1), cpusets, max_size=4)),
        os=OsDef(
            draw(st.sampled_from(("hvm", "linux", "xen"))),
            draw(maybe(tokens)),
            draw(maybe(tokens)),
            draw(maybe(paths)),
            draw(maybe(paths)),
            draw(maybe(text)),
            draw(st.lists(st.sampled_from(("fd", "hd", "cdrom", "network")), unique=True)),
        ),
        features=[name for name in ("acpi", "apic", "pae") if draw(st.booleans())],
        clock_offset=draw(st.sampled_from(("utc", "localtime"))),
        on_poweroff=draw(endings),
        on_reboot=draw(endings),
        on_crash=draw(endings | st.sampled_from(("coredump-destroy", "coredump-restart"))),
        emulator=draw(maybe(paths)),
        disks=[draw(disks(target)) for target in targets],
        interfaces=[
            InterfaceDef("user", draw(maybe(macs.map(lambda mac: mac.hex(":")))), draw(maybe(tokens.filter(_is_model))))
            for _ in range(draw(st.integers(0, 2)))
        ],
        serials=[draw(serials(port)) for port in ports],
        graphics=[draw(graphics())] if draw(st.booleans()) else [],
        memballoon=draw(st.sampled_from((None, "virtio", "none"))),
    )
    add_hardware(draw, definition)
    return definition


def _is_model(token: str) -> bool:
    return "." not in token


def without_lines(found: DomainDef) -> DomainDef:
    devices: list[Device] = [
        *found.disks, *found.controllers, *found.interfaces, *found.serials, *found.channels, *found.inputs,
        *found.graphics, *found.videos, *found.rngs, *(one for one in (found.watchdog, found.panic) if one is not None),
    ]  # fmt: skip
    for device in devices:
        device.line = 0
    for timer in found.timers:
        timer.line = 0
    return found


def read_or_refused(xml: str) -> DomainDef | None:
    """Return what is read, None when it is refused as XML may be refused; anything else is an error."""
    try:
        return parse_domain(xml, types=TYPES)
    except (XmlError, ConfigUnsupported):
        return None


damage = st.sampled_from(("<a/>", " a='b'", "<!--", "&#10;", "&x;", "</domain>", "<?", "'", "<![CDATA["))


@given(definitions(), st.none() | st.integers(1, 1 << 31))
def test_what_is_written_reads_back_as_the_same(definition: DomainDef, id: int | None) -> None:
    written = format_domain(definition, id=id, secure=True)
    assert without_lines(parse_domain(written, types=TYPES)) == definition


@given(definitions())
def test_what_is_written_without_secrets_lacks_only_them(definition: DomainDef) -> None:
    written = format_domain(definition, id=None, secure=False)
    for one in definition.graphics:
        one.passwd = None
    assert without_lines(parse_domain(written, types=TYPES)) == definition


@given(definitions(), st.data())
def test_damaged_xml_is_read_or_refused_and_nothing_else(definition: DomainDef, data: st.DataObject) -> None:
    written = format_domain(definition, id=None, secure=True)
    at = data.draw(st.integers(0, len(written)))
    cut = data.draw(st.integers(0, 20))
    put = data.draw(st.text(max_size=5) | damage)
    found = read_or_refused(written[:at] + put + written[at + cut :])
    if found is not None:
        again = format_domain(found, id=None, secure=True)
        assert without_lines(parse_domain(again, types=TYPES)) == without_lines(found)


@given(st.text())
def test_any_text_is_answered(anything: str) -> None:
    read_or_refused(anything)
