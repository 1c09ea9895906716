"""Storage XML is read and written as libvirt's test driver does it: its own answers are the rows."""

from __future__ import annotations

import pytest
from storage_rows import Refused, Shown, pool_answer, pool_xml, refused, shown, volume_answer, volume_xml

from virtrpcd.errors import ConfigUnsupported, SchemaError, VirtError, XmlDetail, XmlError
from virtrpcd.model_storage import PoolInfo
from virtrpcd.storage_def import PoolDef, PoolSource, SourceHost
from virtrpcd.storagexml import (
    check_pool,
    check_volume,
    format_pool,
    format_sources,
    format_volume,
    parse_pool,
    parse_source,
    parse_volume,
)
from virtrpcd.storagexml_kinds import KINDS
from virtrpcd.storagexml_values import clean_path, parse_uuid
from virtrpcd.xmlguard import MAX_XML_BYTES

EMPTY = PoolInfo(0, 107374182400, 0, 107374182400)
TARGET = "<target><path>/a</path></target>"


def test_the_rows_have_every_type_of_pool() -> None:
    assert {row.type for row in shown("pool")} == set(KINDS)


@pytest.mark.parametrize("row", shown("pool"), ids=lambda row: f"{row.type} {row.given[:60]}")
def test_a_pool_is_shown_as_libvirt_shows_it(row: Shown) -> None:
    assert format_pool(parse_pool(pool_xml(row)), EMPTY) == pool_answer(row)


@pytest.mark.parametrize(
    "row",
    # libvirt shows the highest account numbers as negative, and does not take them so
    [row for row in shown("pool") if "<owner>-" not in row.answer],
    ids=lambda row: f"{row.type} {row.given[:60]}",
)
def test_a_pool_reads_back_as_it_is_written(row: Shown) -> None:
    written = format_pool(parse_pool(pool_xml(row)), EMPTY)
    assert format_pool(parse_pool(written), EMPTY) == written


@pytest.mark.parametrize("row", refused("pool"), ids=lambda row: row.given[:90])
def test_a_pool_is_refused_as_libvirt_refuses_it(row: Refused) -> None:
    with pytest.raises(VirtError) as caught:
        parse_pool(row.given)
    error = caught.value
    assert (error.code, error.domain, error.message) == (row.code, row.domain, row.message)


@pytest.mark.parametrize("row", shown("volume"), ids=lambda row: f"{row.type} {row.given[:60]}")
def test_a_volume_is_shown_as_libvirt_shows_it(row: Shown) -> None:
    found = parse_volume(volume_xml(row), row.type)
    path = row.answer.partition("<key>")[2].partition("</key>")[0]  # the driver's to say
    found.path = found.key = path
    assert format_volume(found, row.type) == volume_answer(row)


@pytest.mark.parametrize("row", refused("volume"), ids=lambda row: row.given[:90])
def test_a_volume_is_refused_as_libvirt_refuses_it(row: Refused) -> None:
    with pytest.raises(VirtError) as caught:
        parse_volume(row.given, "dir")
    error = caught.value
    assert (error.code, error.domain, error.message) == (row.code, row.domain, row.message)


def test_names_are_escaped_wherever_they_are_shown() -> None:
    pool = PoolDef("netfs", "a<&'\">", source=PoolSource([SourceHost("h'/>")], dir="/d<", format="nfs"), target="/t&")
    text = format_pool(pool, EMPTY)
    assert "<name>a&lt;&amp;&apos;&quot;&gt;</name>" in text
    assert "<host name='h&apos;/&gt;'/>" in text
    assert parse_pool(text) == pool


def test_sources_are_listed_with_what_their_type_has() -> None:
    source = PoolSource([SourceHost("h")], dir="/d", format="nfs", name="not of this type")
    assert format_sources("netfs", [source, PoolSource([SourceHost("i", 5)], dir="/e", format="auto")]) == (
        "<sources>\n"
        "  <source>\n    <host name='h'/>\n    <dir path='/d'/>\n    <format type='nfs'/>\n  </source>\n"
        "  <source>\n    <host name='i' port='5'/>\n    <dir path='/e'/>\n    <format type='auto'/>\n  </source>\n"
        "</sources>\n"
    )
    assert format_sources("logical", []) == "<sources>\n</sources>\n"


def test_a_source_of_no_known_type_is_an_internal_error_as_in_libvirt() -> None:
    with pytest.raises(VirtError, match="internal error: missing backend for pool type -1") as caught:
        parse_source("<source/>", "usb")
    assert (caught.value.code, caught.value.domain) == (1, 18)


def _read_everywhere(xml: str, error: type[VirtError]) -> list[VirtError]:
    """Give `xml` to all that reads XML of storage; return the errors, all of that class."""
    found: list[VirtError] = []
    for read in (parse_pool, check_pool, check_volume):
        with pytest.raises(error) as caught:
            read(xml)
        found.append(caught.value)
    for read_for in (parse_source, parse_volume):
        with pytest.raises(error) as caught:
            read_for(xml, "dir")
        found.append(caught.value)
    return found


@pytest.mark.parametrize(
    "xml",
    [
        f"<!DOCTYPE pool [<!ENTITY a 'b'>]><pool type='dir'><name>&a;</name>{TARGET}</pool>",
        "<pool>" + "<a>" * 100 + "</a>" * 100 + "</pool>",
        "<pool type='dir'><name>" + "n" * MAX_XML_BYTES + "</name></pool>",
        "<pool><name>\ud800</name></pool>",
    ],
    ids=["doctype", "deep", "long", "surrogate"],
)
def test_what_the_guard_refuses_is_refused_everywhere(xml: str) -> None:
    _read_everywhere(xml, XmlError)


@pytest.mark.parametrize("xml", ["", "<pool", "<pool type='dir'>"])
def test_what_is_not_well_formed_is_named_as_libvirt_names_it(xml: str) -> None:
    errors = _read_everywhere(xml, XmlDetail)
    assert {(error.code, error.domain) for error in errors} == {(35, 18)}
    assert [error.message.partition(":")[0] for error in errors] == [
        "(storage_pool_definition)",
        "(storage_pool_definition)",
        "(storage_volume_definition)",
        "(storage_source_specification)",
        "(storage_volume_definition)",
    ]


@pytest.mark.parametrize(
    "row", [row for row in shown("pool") if "unknown/" not in row.given and "<b>" not in row.given]
)
def test_the_strict_check_knows_all_that_is_shown_of_pools(row: Shown) -> None:
    check_pool(pool_answer(row))


@pytest.mark.parametrize("row", shown("volume"))
def test_the_strict_check_knows_all_that_is_shown_of_volumes(row: Shown) -> None:
    check_volume(volume_answer(row))


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        ("<pool type='dir'><nmae>x</nmae></pool>", "Element pool has extra content: nmae"),
        ("<pool typ='dir'/>", "Invalid attribute typ for element pool"),
        (
            "<pool><target><permissions><mod/></permissions></target></pool>",
            "Element permissions has extra content: mod",
        ),
        ("<pool><name><b/></name></pool>", "Element name has extra content: b"),
    ],
)
def test_the_strict_check_names_what_it_does_not_know(xml: str, what: str) -> None:
    with pytest.raises(SchemaError) as caught:
        check_pool(xml)
    text = "XML document failed to validate against schema: Unable to validate doc against storagepool.rng"
    assert caught.value.message == f"{text}\n{what}\n"
    assert (caught.value.code, caught.value.domain) == (92, 5)


def test_the_strict_check_knows_the_options_of_a_pools_file_system() -> None:
    space = "http://libvirt.org/schemas/storagepool/fs/1.0"
    options = "<fs:mount_opts><fs:option name='sync'/></fs:mount_opts>"
    check_pool(f"<pool type='netfs' xmlns:fs='{space}'>{options}</pool>")
    with pytest.raises(SchemaError):
        check_pool(f"<pool type='netfs' xmlns:fs='urn:x'>{options}</pool>")


@pytest.mark.parametrize(
    ("path", "clean"),
    [("/", "/"), ("//", "//"), ("///", "/"), ("/a", "/a"), ("//a/", "//a"), ("///a//b//", "/a/b"), ("a//b/", "a/b")],
)
def test_paths_lose_slashes_that_mean_nothing(path: str, clean: str) -> None:
    assert clean_path(path) == clean


@pytest.mark.parametrize("text", ["", "1" * 31, "1" * 33, "g" * 32, "1" * 32 + "x", "\u0661" * 32])
def test_what_is_no_uuid_is_none(text: str) -> None:
    assert parse_uuid(text) is None


def test_a_uuid_may_have_hyphens_anywhere_and_blanks_around_it() -> None:
    assert parse_uuid(" 1111-1111222233334444-555555555555\n") == bytes.fromhex("11111111222233334444555555555555")


def test_protocol_versions_are_refused_by_the_number_of_the_format_as_libvirt_does_it() -> None:
    source = "<source><device path='d'/><format type='ufs'/><protocol ver='4'/></source>"
    xml = f"<pool type='fs'><name>n</name>{source}{TARGET}</pool>"
    with pytest.raises(ConfigUnsupported, match=r"ver unsupported for pool type '\(null\)'"):
        parse_pool(xml)
