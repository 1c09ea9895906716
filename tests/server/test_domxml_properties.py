"""Whatever the definition, what is written of it reads back as the same; whatever the text, it is answered."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from virtrpcd.cpuset import format_cpuset
from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.domxml import format_domain, parse_domain
from virtrpcd.errors import ConfigUnsupported, XmlError

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


@st.composite
def disks(draw: st.DrawFn, target: str) -> DiskDef:
    device = draw(st.sampled_from(("disk", "cdrom")))
    return DiskDef(
        target,
        draw(st.sampled_from(("ide", "scsi", "virtio", "usb", "sata"))),
        device,
        draw(paths if device == "disk" else maybe(paths)),
        draw(st.sampled_from(("raw", "qcow2"))),
        device == "cdrom" or draw(st.booleans()),
        draw(maybe(st.text(string.ascii_letters + "_.+ -", min_size=1, max_size=20))),
    )


@st.composite
def serials(draw: st.DrawFn, port: int) -> SerialDef:
    if draw(st.booleans()):
        return SerialDef("null", None, port)
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
    return DomainDef(
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


def _is_model(token: str) -> bool:
    return "." not in token


def without_lines(found: DomainDef) -> DomainDef:
    devices: list[DiskDef | InterfaceDef | SerialDef | GraphicsDef] = []
    devices += [*found.disks, *found.interfaces, *found.serials, *found.graphics]
    for device in devices:
        device.line = 0
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
