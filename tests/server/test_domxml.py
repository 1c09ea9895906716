"""Domain XML is read as libvirt reads it, or refused by path and line."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, InterfaceDef, OsDef, SerialDef
from virtrpcd.domxml import format_domain, parse_domain
from virtrpcd.errors import ConfigUnsupported, XmlError

TYPES = frozenset({"qemu", "kvm"})

WHOLE = """<?xml version='1.0'?>
<!-- made by hand -->
<domain type='kvm' id='7'>
  <name>web-1</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <title>the web</title>
  <description>two
lines</description>
  <memory unit='MiB'>1024</memory>
  <currentMemory>524288</currentMemory>
  <vcpu placement='static' current='2'>4</vcpu>
  <cputune>
    <vcpupin vcpu='0' cpuset='0-3,^2'/>
    <vcpupin vcpu='3' cpuset='1'/>
  </cputune>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <kernel>/boot/vmlinuz</kernel>
    <initrd>/boot/initrd</initrd>
    <cmdline>console=ttyS0 a="b" &amp; c</cmdline>
    <boot dev='cdrom'/>
    <boot dev='hd'/>
  </os>
  <features><pae/><acpi/></features>
  <clock offset='localtime'/>
  <on_poweroff>preserve</on_poweroff>
  <on_reboot>destroy</on_reboot>
  <on_crash>coredump-restart</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/images/a &amp; b.qcow2'/>
      <target dev='vda' bus='virtio'/>
      <readonly/>
      <serial>disk-1</serial>
    </disk>
    <disk type='file' device='cdrom'>
      <target dev='hdc'/>
    </disk>
    <interface type='user'>
      <mac address='52:54:0:AB:cd:EF'/>
      <model type='virtio'/>
    </interface>
    <serial type='file'>
      <source path='/log/web' append='on'/>
      <target port='0'/>
    </serial>
    <serial type='null'/>
    <console type='file'>
      <source path='/log/web' append='on'/>
      <target type='serial' port='0'/>
    </console>
    <graphics type='vnc' port='5903' autoport='no' listen='127.0.0.1' passwd='geheim'>
      <listen type='address' address='127.0.0.1'/>
    </graphics>
    <memballoon model='none'/>
  </devices>
</domain>
"""
READ = DomainDef(
    type="kvm",
    name="web-1",
    uuid=bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"),
    title="the web",
    description="two\nlines",
    memory_kib=1024 * 1024,
    current_memory_kib=524288,
    max_vcpus=4,
    vcpus=2,
    vcpu_pins={0: "0-1,3", 3: "1"},
    os=OsDef(
        "hvm",
        "x86_64",
        "pc-q35-7.2",
        "/boot/vmlinuz",
        "/boot/initrd",
        'console=ttyS0 a="b" & c',
        ["cdrom", "hd"],
    ),
    features=["acpi", "pae"],
    clock_offset="localtime",
    on_poweroff="preserve",
    on_reboot="destroy",
    on_crash="coredump-restart",
    emulator="/usr/bin/qemu-system-x86_64",
    disks=[
        DiskDef(
            "vda", "virtio", "disk", "/images/a & b.qcow2", "qcow2", True, "disk-1", options={"name": "qemu"}, line=31
        ),
        DiskDef("hdc", "ide", "cdrom", readonly=True, line=38),
    ],
    interfaces=[InterfaceDef("user", "52:54:00:ab:cd:ef", "virtio", line=41)],
    serials=[SerialDef("file", "/log/web", 0, True, line=45), SerialDef("null", None, 1, line=49)],
    graphics=[GraphicsDef("vnc", 5903, False, "127.0.0.1", "geheim", line=54)],
    memballoon="none",
)


def domain(inside: str = "", *, devices: str = "", os: str = "<os><type>hvm</type></os>", memory: str = "1024") -> str:
    """Return the XML of a small machine with more in it."""
    return (
        f"<domain type='qemu'><name>m</name><memory>{memory}</memory>{os}{inside}<devices>{devices}</devices></domain>"
    )


def parse(xml: str) -> DomainDef:
    return parse_domain(xml, types=TYPES)


def test_everything_we_do_is_read() -> None:
    assert parse(WHOLE) == READ


def test_what_is_left_out_has_defaults() -> None:
    found = parse(domain())
    assert found == DomainDef("qemu", "m", memory_kib=1024, current_memory_kib=1024)


def without_lines(found: DomainDef) -> DomainDef:
    return replace(
        found,
        disks=[replace(one, line=0) for one in found.disks],
        interfaces=[replace(one, line=0) for one in found.interfaces],
        serials=[replace(one, line=0) for one in found.serials],
        graphics=[replace(one, line=0) for one in found.graphics],
    )


def test_what_is_written_reads_back() -> None:
    text = format_domain(READ, id=7, secure=True)
    assert without_lines(parse(text)) == without_lines(READ)
    assert format_domain(parse(text), id=7, secure=True) == text


def test_the_written_form_is_libvirts() -> None:
    text = format_domain(READ, id=7, secure=False)
    assert text.startswith("<domain type='kvm' id='7'>\n  <name>web-1</name>\n  <uuid>6695eb01-f6a4-8304-79aa-")
    assert text.endswith("  </devices>\n</domain>\n")
    assert "geheim" not in text
    order = re.findall(r"^  <(\w+)", text, re.MULTILINE)
    assert order == [
        *("name", "uuid", "title", "description", "memory", "currentMemory", "vcpu", "cputune", "os", "features"),
        *("clock", "on_poweroff", "on_reboot", "on_crash", "devices"),
    ]
    devices = re.findall(r"^    <(\w+)", text.partition("<devices>")[2], re.MULTILINE)
    assert devices == [
        *("emulator", "disk", "disk", "interface", "serial", "serial", "console", "graphics", "memballoon")
    ]


@pytest.mark.parametrize(
    ("text", "unit", "kib"),
    [
        ("1024", None, 1024),
        (" 1024\n", None, 1024),
        ("1", "b", 1),
        ("1025", "bytes", 2),
        ("1000", "KB", 977),
        ("1000", "kb", 977),
        ("3", "k", 3),
        ("3", "KiB", 3),
        ("1", "MB", 977),
        ("1", "M", 1024),
        ("1", "MiB", 1024),
        ("1", "GB", 976563),
        ("1", "G", 1 << 20),
        ("1", "GiB", 1 << 20),
        ("1", "TB", 976562500),
        ("1", "T", 1 << 30),
        ("1", "TiB", 1 << 30),
        (str((1 << 63) - 1), "b", 1 << 53),
    ],
)
def test_memory_has_libvirts_units(text: str, unit: str | None, kib: int) -> None:
    attribute = "" if unit is None else f" unit='{unit}'"
    xml = domain().replace("<memory>1024", f"<memory{attribute}>{text}")
    assert parse(xml).memory_kib == kib


def test_current_memory_above_the_maximum_is_the_maximum() -> None:
    assert parse(domain("<currentMemory>4096</currentMemory>")).current_memory_kib == 1024


@pytest.mark.parametrize(
    "text",
    [
        "6695eb01-f6a4-8304-79aa-97f2502e193f",
        "6695EB01F6A4830479AA97F2502E193F",
        " 66-95-eb-01f6a4830479aa97f2502e193f\n",
        "6695eb01--f6a4830479aa97f2502e193f",
    ],
)
def test_a_uuid_has_the_forms_that_libvirt_takes(text: str) -> None:
    assert parse(domain(f"<uuid>{text}</uuid>")).uuid == READ.uuid


@pytest.mark.parametrize(
    ("target", "bus"), [("hda", "ide"), ("sdb", "scsi"), ("vdaa", "virtio"), ("vda1", "virtio"), ("hdc", "ide")]
)
def test_the_bus_follows_from_the_target(target: str, bus: str) -> None:
    found = parse(domain(devices=f"<disk type='file' device='cdrom'><target dev='{target}'/></disk>"))
    assert found.disks[0].bus == bus


@pytest.mark.parametrize(
    ("attributes", "port", "autoport"),
    [
        ("", -1, True),
        ("port='-1'", -1, True),
        ("port='0'", -1, True),
        ("autoport='yes'", -1, True),
        ("port='5901' autoport='yes'", -1, True),
        ("port='5901'", 5901, False),
        ("port='5901' autoport='no'", 5901, False),
    ],
)
def test_a_vnc_port_is_given_or_any(attributes: str, port: int, autoport: bool) -> None:
    found = parse(domain(devices=f"<graphics type='vnc' {attributes}/>")).graphics[0]
    assert (found.port, found.autoport, found.listen) == (port, autoport, None)


@pytest.mark.parametrize(
    "graphics",
    [
        "<graphics type='vnc' listen='::1'/>",
        "<graphics type='vnc'><listen type='address' address='::1'/></graphics>",
        "<graphics type='vnc' listen='::1'><listen type='address'/></graphics>",
    ],
)
def test_the_listen_address_stands_in_either_place(graphics: str) -> None:
    assert parse(domain(devices=graphics)).graphics[0].listen == "::1"


def test_a_console_alone_is_serial_port_0() -> None:
    console = "<console type='file'><source path='/log'/></console>"
    assert parse(domain(devices=console)).serials == [SerialDef("file", "/log", 0, False, line=1)]
    found = parse(domain(devices="<serial type='null'><target port='1'/></serial>" + console))
    assert [serial.port for serial in found.serials] == [0, 1]


def test_comments_and_processing_instructions_count_for_nothing() -> None:
    xml = domain(" <!-- <watchdog/> --> <?php watchdog ?> ", devices="<!-- none -->")
    assert parse(xml.replace(">m<", ">m<!-- y -->n<![CDATA[&]]><")).name == "mn&"


UNSUPPORTED = [
    ("<seclabel/>", "element /domain/seclabel"),
    ("<vcpu cpuset='0-1'>2</vcpu>", "attribute /domain/vcpu/@cpuset"),
    ("<vcpu placement='auto'>2</vcpu>", "value 'auto' of /domain/vcpu/@placement"),
    ("<vcpu>256</vcpu>", "number of vcpus, more than 255, in /domain/vcpu"),
    ("<clock offset='variable'/>", "value 'variable' of /domain/clock/@offset"),
    ("<features><apic eoi='on'/></features>", "attribute /domain/features/apic/@eoi"),
    ("<cpu mode='host-model'><model>qemu64</model></cpu>", "model with mode 'host-model': /domain/cpu/model"),
    ("<cpu match='strict'><model>qemu64</model></cpu>", "value 'strict' of /domain/cpu/@match"),
    ("<cpu><numa/></cpu>", "element /domain/cpu/numa"),
    ("<clock offset='utc'><timer name='platform'/></clock>", "value 'platform' of /domain/clock/timer/@name"),
    ("<clock offset='utc'><timer name='rtc'><catchup/></timer></clock>", "element /domain/clock/timer/catchup"),
    ("<features><hyperv><xmm_input state='on'/></hyperv></features>", "element /domain/features/hyperv/xmm_input"),
    ("<features><hyperv mode='passthrough'/></features>", "value 'passthrough' of /domain/features/hyperv/@mode"),
    ("<features><smm state='on'><tseg/></smm></features>", "element /domain/features/smm/tseg"),
    ("<pm><suspend-to-mem enabled='no' a='b'/></pm>", "attribute /domain/pm/suspend-to-mem/@a"),
    ("<cputune><shares>1</shares></cputune>", "element /domain/cputune/shares"),
    ("<on_poweroff a='b'>destroy</on_poweroff>", "attribute /domain/on_poweroff/@a"),
]
UNSUPPORTED_DEVICES = [
    ("<tpm model='tpm-crb'/>", "element /domain/devices/tpm"),
    ("<sound model='ich9'/>", "element /domain/devices/sound"),
    ("<redirdev bus='usb' type='spicevmc'/>", "element /domain/devices/redirdev"),
    ("<watchdog model='itco'/>", "value 'itco' of /domain/devices/watchdog/@model"),
    ("<video><model type='ramfb'/></video>", "value 'ramfb' of /domain/devices/video/model/@type"),
    (
        "<video><model type='virtio'><acceleration accel3d='yes'/></model></video>",
        "value 'yes' of /domain/devices/video/model/acceleration/@accel3d",
    ),
    ("<channel type='spicevmc'><target type='virtio'/></channel>", "value 'spicevmc' of /domain/devices/channel/@type"),
    ("<controller type='ccid'/>", "value 'ccid' of /domain/devices/controller/@type"),
    ("<controller type='scsi' model='buslogic'/>", "value 'buslogic' of /domain/devices/controller/@model"),
    ("<controller type='sata' ports='3'/>", "attribute /domain/devices/controller/@ports"),
    ("<rng model='virtio'><backend model='egd'/></rng>", "value 'egd' of /domain/devices/rng/backend/@model"),
    (
        "<rng model='virtio'><backend model='random'>/etc/shadow</backend></rng>",
        "source (only /dev/urandom, /dev/random, /dev/hwrng) of /domain/devices/rng/backend",
    ),
    ("<audio id='1' type='file'/>", "value 'file' of /domain/devices/audio/@type"),
    ("<input type='evdev'/>", "value 'evdev' of /domain/devices/input/@type"),
    (
        "<input type='mouse'><address type='ccw'/></input>",
        "value 'ccw' of /domain/devices/input/address/@type",
    ),
    ("<disk type='block'><target dev='vda'/></disk>", "value 'block' of /domain/devices/disk/@type"),
    ("<disk device='floppy'><target dev='fda'/></disk>", "value 'floppy' of /domain/devices/disk/@device"),
    (
        "<disk device='cdrom'><driver type='vmdk'/><target dev='hda'/></disk>",
        "value 'vmdk' of /domain/devices/disk/driver/@type",
    ),
    ("<disk device='cdrom'><target dev='xvda'/></disk>", "value 'xen' of /domain/devices/disk/target/@bus"),
    ("<disk device='cdrom' snapshot='no'><target dev='hda'/></disk>", "attribute /domain/devices/disk/@snapshot"),
    ("<interface type='user'><source dev='e'/></interface>", "element /domain/devices/interface/source"),
    ("<serial type='null'><source path='/x'/></serial>", "element /domain/devices/serial/source"),
    ("<console type='null' tty='/dev/pts/1'/>", "attribute /domain/devices/console/@tty"),
    ("<console type='null'><target type='virtio'/></console>", "value 'virtio' of"),
    ("<console type='null'><target port='1'/></console>", "port 1 of /domain/devices/console"),
    (
        "<serial type='null'/><console type='file'><source path='/x'/></console>",
        "console other than serial port 0: /domain/devices/console",
    ),
    ("<graphics type='spice'/>", "value 'spice' of /domain/devices/graphics/@type"),
    ("<graphics type='vnc'><listen type='network'/></graphics>", "value 'network' of"),
    ("<memballoon model='xen'/>", "value 'xen' of /domain/devices/memballoon/@model"),
    ("<memballoon model='none' autodeflate='on'/>", "attribute /domain/devices/memballoon/@autodeflate"),
]


@pytest.mark.parametrize(("inside", "what"), UNSUPPORTED)
def test_what_we_do_not_do_is_named(inside: str, what: str) -> None:
    with pytest.raises(ConfigUnsupported) as caught:
        parse(domain("\n\n" + inside))
    assert caught.value.message.startswith("unsupported " + what)
    assert caught.value.message.endswith("(line 3)")


@pytest.mark.parametrize(("device", "what"), UNSUPPORTED_DEVICES)
def test_a_device_we_do_not_do_is_named(device: str, what: str) -> None:
    with pytest.raises(ConfigUnsupported) as caught:
        parse(domain(devices="\n" + device))
    assert caught.value.message.startswith("unsupported " + what)
    assert caught.value.message.endswith("(line 2)")


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        (domain().replace("'qemu'", "'xen'"), "/domain/@type 'xen'"),
        (domain().replace("'qemu'", "'qemu' xmlns='urn:x'"), ""),
        (domain().replace("'qemu'", "'qemu' xmlns:q='urn:x'"), "XML namespace in /domain"),
        (domain("<q:commandline xmlns:q='urn:x'/>"), "element /domain/{urn:x}commandline"),
        (domain(os="<os firmware='efi'><type>hvm</type></os>"), "attribute /domain/os/@firmware"),
        (domain(os="<os><type>hvm</type><loader/></os>"), "element /domain/os/loader"),
        (domain(os="<os><type>exe</type></os>"), "value 'exe' of /domain/os/type"),
        (domain(f"<{'x' * 1000}/>"), "element /domain/" + "x" * 109 + "..."),
    ],
)
def test_what_we_do_not_do_elsewhere_is_named(xml: str, what: str) -> None:
    error = XmlError if not what else ConfigUnsupported
    with pytest.raises(error) as caught:
        parse(xml)
    assert what in caught.value.message
    assert len(caught.value.message) < 300


WRONG = [
    "<uuid>6695eb01</uuid>",
    "<uuid>6695eb01-f6a4-8304-79aa-97f2502e193g</uuid>",
    "<title>two\nlines</title>",
    "<description>a&#13;</description>",
    "<description>&#x7f;</description>",
    "<description>&#x85;</description>",
    "<memory>1</memory>",
    "<currentMemory>0</currentMemory>",
    "<currentMemory unit='parsec'>1</currentMemory>",
    "<currentMemory unit='ib'>1</currentMemory>",
    "<vcpu>0</vcpu>",
    "<vcpu>-1</vcpu>",
    "<vcpu>two</vcpu>",
    "<vcpu>\u0662</vcpu>",
    "<vcpu/>",
    "<vcpu>16385</vcpu>",
    "<vcpu current='3'>2</vcpu>",
    "<vcpu current='0'>2</vcpu>",
    "<vcpu placement='here'>2</vcpu>",
    "<cputune><vcpupin vcpu='1' cpuset='0'/></cputune>",
    "<cputune><vcpupin vcpu='0' cpuset=''/></cputune>",
    "<cputune><vcpupin vcpu='0' cpuset='0,^0'/></cputune>",
    "<cputune><vcpupin vcpu='0' cpuset='0-99999'/></cputune>",
    "<cputune><vcpupin vcpu='0'/></cputune>",
    "<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='0' cpuset='0'/></cputune>",
    "<clock offset='lunar'/>",
    "<on_reboot>explode</on_reboot>",
    "<on_reboot>coredump-destroy</on_reboot>",
    "<on_reboot/>",
    "<features>acpi</features>",
    "<features><acpi/><acpi/></features>",
    "text",
]
WRONG_DEVICES = [
    "<emulator>qemu</emulator>",
    "<emulator>/usr/bin/a&#10;b</emulator>",
    "<disk/>",
    "<disk type='file'><target dev='vda'/></disk>",
    "<disk type='file'><source file='relative'/><target dev='vda'/></disk>",
    "<disk type='file'><source file='/a&#10;b'/><target dev='vda'/></disk>",
    f"<disk type='file'><source file='/{'a' * 4096}'/><target dev='vda'/></disk>",
    "<disk device='cdrom'><source file=''/><target dev='vda'/></disk>",
    "<disk device='cdrom'/>",
    "<disk device='cdrom'><target/></disk>",
    "<disk device='cdrom'><target dev='vda,x=y'/></disk>",
    "<disk device='cdrom'><target dev='vda&#10;'/></disk>",
    "<disk device='cdrom'><target dev='../vda'/></disk>",
    "<disk device='cdrom'><target dev='vda' bus='pigeon'/></disk>",
    "<disk device='cdrom'><target dev='vda'/><serial>a,b</serial></disk>",
    "<disk device='cdrom'><target dev='vda'/><readonly>yes</readonly></disk>",
    "<disk device='cdrom'><target dev='vda'/></disk><disk device='cdrom'><target dev='vda'/></disk>",
    "<interface/>",
    "<interface type='user'><mac/></interface>",
    "<interface type='user'><mac address='01:00:00:00:00:01'/></interface>",
    "<interface type='user'><mac address='52:54:00:00:00'/></interface>",
    "<interface type='user'><model type='virtio,mac=x'/></interface>",
    "<serial type='file'/>",
    "<serial type='file'><source/></serial>",
    "<serial type='file'><source path='log'/></serial>",
    "<serial type='file'><source path='/log' append='yes'/></serial>",
    "<serial type='null'><target port='256'/></serial>",
    "<serial type='null'><target port='0'/></serial><serial type='null'><target port='0'/></serial>",
    "<console/>",
    "<console type='null'/><console type='null'/>",
    "<graphics/>",
    "<graphics type='vnc' port='80'/>",
    "<graphics type='vnc' port='65536'/>",
    "<graphics type='vnc' port='5900' autoport='maybe'/>",
    "<graphics type='vnc' listen='a,b'/>",
    "<graphics type='vnc' listen=''/>",
    "<graphics type='vnc' passwd='&#10;'/>",
    "<graphics type='vnc' listen='::1'><listen type='address' address='::2'/></graphics>",
    "<graphics type='vnc'/><graphics type='vnc'/>",
    "<memballoon/>",
]


@pytest.mark.parametrize("inside", WRONG)
def test_nonsense_is_refused_with_its_line(inside: str) -> None:
    with pytest.raises(XmlError, match=r"\(line [1-9]"):
        parse(domain(inside))


@pytest.mark.parametrize("device", WRONG_DEVICES)
def test_nonsense_in_devices_is_refused_with_its_line(device: str) -> None:
    with pytest.raises(XmlError, match=r"/domain/devices.*\(line 1\)"):
        parse(domain(devices=device))


def test_a_password_is_not_shown_in_an_error() -> None:
    with pytest.raises(XmlError) as caught:
        parse(domain(devices="<graphics type='vnc' passwd='geheim&#10;'/>"))
    assert "geheim" not in caught.value.message
    assert "/domain/devices/graphics/@passwd" in caught.value.message


def test_an_error_shows_no_control_characters_and_no_more_than_needed() -> None:
    with pytest.raises(XmlError) as caught:
        parse(domain(devices=f"<disk device='cdrom'><target dev='\u202e&#10;{'x' * 1000}'/></disk>"))
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 1000


@pytest.mark.parametrize("memory", ["", "0", "-1", "1.5", "1e3", "0x400", str(1 << 53), "9" * 30, "1 2"])
def test_memory_that_cannot_be_is_refused(memory: str) -> None:
    with pytest.raises(XmlError, match="/domain/memory"):
        parse(domain(memory=memory))


@pytest.mark.parametrize("name", ["", " ", "a/b", "a&#10;b", "a&#9;b", "x" * 256, "\u00e9" * 128, "&#x9f;"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(XmlError, match="name"):
        parse(domain().replace("<name>m</name>", f"<name>{name}</name>"))


@pytest.mark.parametrize("name", [" m ", "x" * 255, "\u00e9" * 127, "a&amp;b", "-", "a b,c=d", "\u65e5\u672c"])
def test_any_other_name_is_kept_as_it_is(name: str) -> None:
    found = parse(domain().replace("<name>m</name>", f"<name>{name}</name>"))
    assert found.name == name.replace("&amp;", "&")


@pytest.mark.parametrize(
    "xml",
    [
        "<network/>",
        "<domain/>",
        domain().replace(" type='qemu'", ""),
        domain().replace("<name>m</name>", ""),
        domain().replace("<memory>1024</memory>", ""),
        domain(os=""),
        domain(os="<os/>"),
        domain(os="<os><type/></os>"),
        domain(os="<os><type> hvm </type></os>"),
        domain(os="<os><type>hvm</type><type>hvm</type></os>"),
        domain(os="<os><type arch='a b'>hvm</type></os>"),
        domain(os="<os><type machine='pc,accel=kvm'>hvm</type></os>"),
        domain(os="<os><type>hvm</type><kernel>vmlinuz</kernel></os>"),
        domain(os="<os><type>hvm</type><cmdline>a&#10;b</cmdline></os>"),
        domain(os="<os><type>hvm</type><boot/></os>"),
        domain(os="<os><type>hvm</type><boot dev='hd'/><boot dev='hd'/></os>"),
        domain(os="<os><type>hvm</type><boot dev='usb'/></os>"),
    ],
)
def test_what_a_machine_must_have_is_asked_for(xml: str) -> None:
    with pytest.raises(XmlError, match=r"\(line 1\)"):
        parse(xml)
