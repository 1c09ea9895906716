"""Snapshot and checkpoint XML; what is expected is what libvirt 9.0's test driver answered to the same XML."""

from __future__ import annotations

import pytest

from virtrpcd.checkpoint_xml import align_disks as align_checkpoint
from virtrpcd.checkpoint_xml import format_checkpoint, parse_checkpoint
from virtrpcd.domain_def import DiskDef, DomainDef, GraphicsDef, OsDef
from virtrpcd.domxml import parse_domain
from virtrpcd.errors import SchemaError, VirtError, XmlError
from virtrpcd.model_snapshot import CheckpointDef, SnapshotDef
from virtrpcd.snapshot_xml import align_disks, format_snapshot, parse_snapshot

UUID = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
DOMAIN_XML = (
    "<domain type='test'><name>test</name><memory>1024</memory><os><type>hvm</type></os>"
    "<devices><disk type='file'><source file='/a/b.img'/><target dev='hda' bus='ide'/></disk></devices></domain>"
)
OLD = "<creationTime>5</creationTime><state>running</state>"


def machine() -> DomainDef:
    """Return a machine with a disk, an empty cdrom, a disk that is only read, and another disk."""
    return DomainDef(
        "test",
        "test",
        UUID,
        memory_kib=1024,
        current_memory_kib=1024,
        os=OsDef(),
        disks=[
            DiskDef("hda", "ide", source="/a/b.img"),
            DiskDef("hdc", "ide", device="cdrom", readonly=True),
            DiskDef("sdb", "scsi", source="/a/c.img", readonly=True),
            DiskDef("sdc", "scsi", source="/a/d.img"),
        ],
    )


def snapshot(inner: str, *, redefine: bool = False, strict: bool = False) -> SnapshotDef:
    return parse_snapshot(
        f"<domainsnapshot>{inner}</domainsnapshot>", redefine=redefine, read_domain=read, now_s=77, strict=strict
    )


def checkpoint(inner: str, *, redefine: bool = False) -> CheckpointDef:
    return parse_checkpoint(
        f"<domaincheckpoint>{inner}</domaincheckpoint>", redefine=redefine, read_domain=read, now_s=77
    )


def read(xml: str) -> DomainDef:
    return parse_domain(xml, types=frozenset({"test"}))


def refusal(error: VirtError) -> tuple[int, int, str]:
    return error.code, error.domain, error.message


def test_snapshot_without_name_is_called_by_its_time() -> None:
    assert snapshot("").name == "77"
    assert snapshot("<name></name>").name == "77"
    assert snapshot("<name>a/b</name><name>c</name>").name == "a/b"


def test_what_a_new_snapshot_cannot_know_is_left_out() -> None:
    found = snapshot(f"<name>a</name><parent><name>p</name></parent><creationTime>5</creationTime><foo/>{DOMAIN_XML}")
    assert (found.created_s, found.parent, found.state, found.domain) == (77, None, "", None)


@pytest.mark.parametrize(
    ("inner", "redefine", "wanted"),
    [
        ("<memory snapshot='foo'/>", False,
         (27, 5, "XML error: Invalid value for attribute 'snapshot' in element 'memory': 'foo'.")),
        ("<memory snapshot='external'/>", False, (27, 35, "XML error: external memory snapshots require a filename")),
        ("<memory snapshot='internal' file='/x'/>", False,
         (27, 35, "XML error: memory filename '/x' requires external snapshot")),
        ("<memory file='x'/>", False, (27, 35, "XML error: memory snapshot file path (x) must be absolute")),
        ("<disks><disk/></disks>", False, (1, 35, "internal error: missing name from disk snapshot element")),
        ("<disks><disk name='a' snapshot='x'/></disks>", False,
         (27, 5, "XML error: Invalid value for attribute 'snapshot' in element 'disk': 'x'.")),
        ("<disks><disk name='a' type='x'/></disks>", False,
         (27, 5, "XML error: Invalid value for attribute 'type' in element 'disk': 'x'.")),
        ("<disks><disk name='a'><source file='n'/></disk></disks>", False,
         (27, 35, "XML error: disk snapshot image path 'n' must be absolute")),
        ("", True, (27, 35, "XML error: a redefined snapshot must have a name")),
        ("<name>a</name>", True, (1, 35, "internal error: missing creationTime from existing snapshot")),
        ("<name>a</name><creationTime>x</creationTime>", True,
         (1, 35, "internal error: missing creationTime from existing snapshot")),
        ("<name>a</name><creationTime>5</creationTime>", True,
         (27, 35, "XML error: missing state from existing snapshot")),
        ("<name>a</name><creationTime>5</creationTime><state>foo</state>", True,
         (67, 35, "unsupported configuration: Invalid state 'foo' in domain snapshot XML")),
        ("<name>a</name><creationTime>5</creationTime><state>shutoff</state><memory snapshot='internal'/>", True,
         (27, 35, "XML error: memory state cannot be saved with offline or disk-only snapshot")),
    ],
)  # fmt: skip
def test_snapshot_that_makes_no_sense_is_refused_as_libvirt_does(
    inner: str, redefine: bool, wanted: tuple[int, int, str]
) -> None:
    with pytest.raises(VirtError) as caught:
        snapshot(inner, redefine=redefine)
    assert refusal(caught.value) == wanted


@pytest.mark.parametrize(("xml", "code", "domain"), [("<foo/>", 27, 5), ("<foo", 35, 35), ("", 35, 35)])
def test_other_root_and_broken_xml(xml: str, code: int, domain: int) -> None:
    with pytest.raises(VirtError) as caught:
        parse_snapshot(xml, redefine=False, read_domain=read, now_s=1)
    assert refusal(caught.value)[:2] == (code, domain)


def test_broken_xml_is_shown_as_libvirt_shows_it() -> None:
    with pytest.raises(VirtError) as caught:
        parse_snapshot("<domainsnapshot><name>s3</name>\n", redefine=False, read_domain=read, now_s=1)
    why = "Premature end of data in tag domainsnapshot line 1\n(null)\n^"
    assert refusal(caught.value) == (35, 35, f"(domain_snapshot):2: {why}")


@pytest.mark.parametrize("name", ["domainsnapshot", "domaincheckpoint"])
def test_the_guard_stands_before_it(name: str) -> None:
    bomb = f"<!DOCTYPE {name} [<!ENTITY a 'b'>]><{name}><name>&a;</name></{name}>"
    deep = f"<{name}>" + "<disks>" * 100 + "</disks>" * 100 + f"</{name}>"
    for xml in (bomb, deep):
        with pytest.raises(XmlError):
            parse_snapshot(xml, redefine=False, read_domain=read, now_s=1)
        with pytest.raises(XmlError):
            parse_checkpoint(xml, redefine=False, read_domain=read, now_s=1)


@pytest.mark.parametrize(
    "inner",
    [
        "<foo/>", "<memory foo='1'/>", "<memory/>", "<disks><disk/></disks>", "<name>a</name><name>b</name>", "text",
        "<description>a</description><description>b</description>", "<parent/>", "<state>foo</state>",
        "<disks><disk name='hda' snapshot='no'><source file='/q'/></disk></disks>",
    ],
)  # fmt: skip
def test_strictly_read_snapshot_has_nothing_unknown(inner: str) -> None:
    with pytest.raises(SchemaError) as caught:
        snapshot(inner, strict=True)
    assert refusal(caught.value)[:2] == (92, 5)


@pytest.mark.parametrize(
    "inner",
    [
        "", "<name/>", "<disks/>", "<memory snapshot='internal'/>", "<memory file='/q'/>", "<cookie><a/></cookie>",
        "<state>running</state><parent><name>x</name></parent>", "<creationTime>-4</creationTime>",
        "<active>0</active>", "<disks><disk name='hda'/></disks>", f"<name>a</name>{OLD}{DOMAIN_XML}",
    ],
)  # fmt: skip
def test_strictly_read_snapshot_that_is_as_it_should_be(inner: str) -> None:
    assert snapshot(inner, strict=True).name in ("77", "a")


@pytest.mark.parametrize(
    ("disks", "default", "match", "wanted"),
    [
        ("", "internal", True, ["hda internal", "hdc no", "sdb no", "sdc internal"]),
        ("<disk name='hdc' snapshot='internal'/>", "internal", True,
         ["hda internal", "hdc internal", "sdb no", "sdc internal"]),
        ("<disk name='sdb' snapshot='no'/><disk name='/a/b.img'/>", "internal", True,
         ["hda internal", "hdc no", "sdb no", "sdc internal"]),
        ("<disk name='hda' snapshot='external'><source file='/x'/></disk><disk name='sdc'><source file='/y'/></disk>",
         "external", False, ["hda external", "hdc no", "sdb no", "sdc external"]),
        ("<disk name='sdb' snapshot='external'/>", "internal", True, "disk 'sdb' must use snapshot mode 'internal'"),
        ("<disk name='hda' snapshot='no'/>", "internal", True, "disk 'hda' must use snapshot mode 'internal'"),
        ("<disk name='xyz'/>", "internal", True, "no disk named 'xyz'"),
        ("<disk name='hda'/><disk name='hda'/>", "internal", True, "disk 'hda' specified twice"),
        ("<disk name='hda'/>" * 5, "internal", True, "too many disk snapshot requests for domain"),
        ("", "external", False,
         "source for disk 'hda' is not a regular file; refusing to generate external snapshot name"),
        ("<disk name='hda' snapshot='internal'><source file='/x'/></disk>", "internal", True,
         "file '/x' for disk 'hda' requires use of external snapshot mode"),
    ],
)  # fmt: skip
def test_disks_are_brought_into_line(disks: str, default: str, match: bool, wanted: list[str] | str) -> None:
    found = snapshot(f"<disks>{disks}</disks>")
    if isinstance(wanted, list):
        align_disks(found, machine(), default, match=match)
        assert [f"{disk.name} {disk.location}" for disk in found.disks] == wanted
        return
    with pytest.raises(VirtError) as caught:
        align_disks(found, machine(), default, match=match)
    assert refusal(caught.value) == (67, 35, f"unsupported configuration: {wanted}")


def test_snapshot_is_written_as_libvirt_writes_it() -> None:
    xml = (
        "<name>r</name><description>hi &amp; \"you\" &lt;</description><state>running</state>"
        "<parent><name>p'q</name></parent><creationTime>5</creationTime><memory file='/m'/>"
        "<disks><disk name='hda'><driver type='qcow2'/><source file='/x'/></disk>"
        "<disk name='sdc' type='block'><source dev='/dev/x'/></disk></disks>"
    )
    found = snapshot(xml, redefine=True)
    align_disks(found, machine(), "external", match=False)
    assert format_snapshot(found, secure=False) == (
        "<domainsnapshot>\n"
        "  <name>r</name>\n"
        "  <description>hi &amp; &quot;you&quot; &lt;</description>\n"
        "  <state>running</state>\n"
        "  <parent>\n"
        "    <name>p&apos;q</name>\n"
        "  </parent>\n"
        "  <creationTime>5</creationTime>\n"
        "  <memory snapshot='external' file='/m'/>\n"
        "  <disks>\n"
        "    <disk name='hda' snapshot='external' type='file'>\n"
        "      <driver type='qcow2'/>\n"
        "      <source file='/x'/>\n"
        "    </disk>\n"
        "    <disk name='hdc' snapshot='no'/>\n"
        "    <disk name='sdb' snapshot='no'/>\n"
        "    <disk name='sdc' snapshot='external' type='block'>\n"
        "      <source dev='/dev/x'/>\n"
        "    </disk>\n"
        "  </disks>\n"
        "</domainsnapshot>\n"
    )


def test_machines_within_are_indented_and_their_text_is_not() -> None:
    found = snapshot(f"<name>a</name>{OLD}{DOMAIN_XML}", redefine=True)
    found.domain = machine()
    found.domain.description = "one\n  two <b>\n\nthree"
    found.domain.graphics = [GraphicsDef(passwd="secret")]
    found.inactive_domain = machine()
    text = format_snapshot(found, secure=False)
    assert "  <domain type='test'>\n    <name>test</name>\n" in text
    assert "    <description>one\n  two &lt;b&gt;\n\nthree</description>\n    <memory" in text
    assert "\n  </domain>\n  <inactiveDomain type='test'>\n    <name>test</name>\n" in text
    assert text.endswith("\n  </inactiveDomain>\n</domainsnapshot>\n")
    assert "secret" not in text
    assert "passwd='secret'" in format_snapshot(found, secure=True)


def test_what_is_written_reads_back() -> None:
    found = snapshot(f"<name>a</name><description>d</description>{OLD}{DOMAIN_XML}", redefine=True)
    assert found.domain is not None
    found.inactive_domain = read(DOMAIN_XML)
    align_disks(found, found.domain, "internal", match=True)
    text = format_snapshot(found, secure=True)
    again = parse_snapshot(text, redefine=True, read_domain=read, now_s=1, strict=True)
    assert format_snapshot(again, secure=True) == text
    assert again.domain is not None
    assert again.domain.disks[0].source == "/a/b.img"


def test_domain_without_type_counts_as_not_there() -> None:
    found = snapshot(f"<name>a</name>{OLD}<domain><name>q</name></domain>", redefine=True)
    assert found.domain is None


# -- checkpoints --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inner",
    [
        "<name>a/b</name>", "<name>.a</name>", "<foo/>", "<disks/>", "<disks><disk/></disks>", "<parent/>",
        "<disks><disk name='hda' checkpoint='x'/></disks>", "<creationTime>x</creationTime>",
        "<disks><disk name='hda' checkpoint='no' bitmap='x'/></disks>",
    ],
)  # fmt: skip
def test_checkpoint_is_always_read_strictly(inner: str) -> None:
    with pytest.raises(SchemaError) as caught:
        checkpoint(inner)
    assert refusal(caught.value)[:2] == (92, 5)


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("<creationTime>5</creationTime>", (27, 69, "XML error: a redefined checkpoint must have a name")),
        ("<name>a</name>", (1, 69, "internal error: missing creationTime from existing checkpoint")),
    ],
)
def test_redefined_checkpoint_says_all(inner: str, wanted: tuple[int, int, str]) -> None:
    with pytest.raises(VirtError) as caught:
        checkpoint(inner, redefine=True)
    assert refusal(caught.value) == wanted


@pytest.mark.parametrize(
    ("disks", "wanted"),
    [
        ("", ["hda bitmap a", "hdc no None", "sdb no None", "sdc bitmap a"]),
        ("<disk name='hda'/>", ["hda bitmap a", "hdc no None", "sdb no None", "sdc no None"]),
        ("<disk name='hda' bitmap='bm'/>", ["hda bitmap bm", "hdc no None", "sdb no None", "sdc no None"]),
        ("<disk name='sdb'/>", "disk 'sdb' is empty or readonly"),
        ("<disk name='hdc' checkpoint='bitmap'/>", "disk 'hdc' is empty or readonly"),
        ("<disk name='vdb'/>", "no disk named 'vdb'"),
        ("<disk name='hda'/>" * 5, "too many disk checkpoint requests for domain"),
    ],
)
def test_disks_of_a_checkpoint(disks: str, wanted: list[str] | str) -> None:
    found = checkpoint("<name>a</name>" + (f"<disks>{disks}</disks>" if disks else ""))
    if isinstance(wanted, list):
        align_checkpoint(found, machine())
        assert [f"{disk.name} {disk.kind} {disk.bitmap}" for disk in found.disks] == wanted
        return
    with pytest.raises(VirtError) as caught:
        align_checkpoint(found, machine())
    assert refusal(caught.value) == (67, 69, f"unsupported configuration: {wanted}")


def test_checkpoint_is_written_as_libvirt_writes_it() -> None:
    found = checkpoint(f"<name>q</name><parent><name>a</name></parent><creationTime>5</creationTime>{DOMAIN_XML}",
                       redefine=True)  # fmt: skip
    assert found.domain is not None
    align_checkpoint(found, found.domain)
    head = (
        "<domaincheckpoint>\n"
        "  <name>q</name>\n"
        "  <parent>\n"
        "    <name>a</name>\n"
        "  </parent>\n"
        "  <creationTime>5</creationTime>\n"
        "  <disks>\n"
        "    <disk name='hda' checkpoint='bitmap' bitmap='q'/>\n"
        "  </disks>\n"
    )
    assert format_checkpoint(found, secure=False, with_domain=False) == head + "</domaincheckpoint>\n"
    whole = format_checkpoint(found, secure=False, with_domain=True)
    assert whole.startswith(head + "  <domain type='test'>\n    <name>test</name>\n")
    assert whole.endswith("\n  </domain>\n</domaincheckpoint>\n")
