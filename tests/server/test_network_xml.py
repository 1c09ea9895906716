"""Network and interface XML comes out as libvirt writes it, or is refused with its number and words.

The judge is libvirt itself: what its test driver answered is in tests/vectors.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from virtrpcd.errors import SchemaError, VirtError, XmlDetail, XmlError
from virtrpcd.ifacexml import format_interface, parse_interface
from virtrpcd.model_network import NetworkUpdate
from virtrpcd.netxml import format_network, parse_network
from virtrpcd.netxml_update import update_network
from virtrpcd.nodedev_def import parse_new_port

VECTORS = Path(__file__).parents[1] / "vectors"

# what is written and reads back as less, with libvirt, too: a limit of 0, parameters of which none is left
NOT_KEPT = ("average='0'", "floor='0'", "type='midonet'><parameters profileid")


def vectors(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / name).read_text())
    return found


NETWORKS = vectors("network_xml.json")["cases"]
INTERFACES = vectors("interface_xml.json")["cases"]
UPDATES = vectors("network_update.json")


def refusal(error: VirtError) -> list[Any]:
    return [error.code, error.domain, error.message]


@pytest.mark.parametrize(("xml", "wanted"), NETWORKS)
def test_a_network_is_answered_as_by_libvirt(xml: str, wanted: Any) -> None:
    try:
        found: Any = format_network(parse_network(xml))
    except VirtError as error:
        found = refusal(error)
    assert found == wanted


@pytest.mark.parametrize(
    "wanted", [w for xml, w in NETWORKS if isinstance(w, str) and not any(less in xml for less in NOT_KEPT)]
)
def test_what_is_written_reads_back_as_the_same_network(wanted: str) -> None:
    network = parse_network(wanted)
    assert format_network(network) == wanted
    assert parse_network(format_network(network)) == network


@pytest.mark.parametrize(("xml", "wanted"), INTERFACES)
def test_an_interface_is_answered_as_by_libvirt(xml: str, wanted: Any) -> None:
    try:
        interface = parse_interface(xml)
        found: Any = format_interface(interface)
        assert parse_interface(found) == interface
    except VirtError as error:
        found = refusal(error)
    assert found == wanted


@pytest.mark.parametrize(("base", "command", "section", "index", "xml", "wanted"), UPDATES["cases"])
def test_an_update_does_what_it_does_with_libvirt(
    base: int, command: int, section: int, index: int, xml: str, wanted: Any
) -> None:
    network = parse_network(UPDATES["bases"][base])
    try:
        update_network(network, NetworkUpdate(command, section, index, xml))
        found: Any = format_network(network)
        parse_network(found)
    except VirtError as error:
        found = refusal(error)
    assert found == wanted


def test_a_name_that_libvirt_would_write_raw_is_escaped() -> None:
    """libvirt writes the name of a DHCP host as it stands, which no reader takes back."""
    host = "<ip address='10.0.0.1' prefix='24'><dhcp><host name='a&lt;b' ip='10.0.0.2'/></dhcp></ip>"
    written = format_network(parse_network(f"<network><name>n</name>{host}</network>"))
    assert "<host name='a&lt;b' ip='10.0.0.2'/>" in written
    assert format_network(parse_network(written)) == written


HOSTILE = {
    "doctype": "<!DOCTYPE x><{0}/>",
    "entities": "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><{0}>&b;</{0}>",
    "depth": "<{0}>" + "<a>" * 100 + "</a>" * 100 + "</{0}>",
    "length": "<{0}>" + " " * (1 << 20) + "</{0}>",
    "elements": "<{0}>" + "<a/>" * 17000 + "</{0}>",
}
READERS = {"network": parse_network, "interface": parse_interface, "device": parse_new_port}


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("root", READERS)
def test_what_could_cost_more_than_its_size_is_refused(root: str, attack: str) -> None:
    with pytest.raises(XmlError):
        READERS[root](HOSTILE[attack].format(root))


@pytest.mark.parametrize("root", READERS)
def test_text_that_is_not_well_formed_is_refused_where_it_breaks(root: str) -> None:
    with pytest.raises(XmlDetail, match=r"^\(\w+_definition\):2: ") as caught:
        READERS[root](f"<{root}>\n<a></b></{root}>")
    lines = caught.value.message.split("\n")
    assert lines[1] == f"<a></b></{root}>"
    assert lines[2].strip("-") == "^"


def test_a_long_line_is_shown_in_part_only() -> None:
    with pytest.raises(XmlDetail) as caught:
        parse_network("<network>" + "<a/>" * 1000 + "</b>")
    assert len(caught.value.message) < 2048  # all of it fits an answer


@pytest.mark.parametrize(
    "xml",
    [
        "<network><name>n</name><foo/></network>",
        "<network><name>n</name><bridge name='b' color='red'/></network>",
        "<network><name>n</name><ip address='1.2.3.4'><x/></ip></network>",
    ],
)
def test_what_nothing_reads_is_refused_when_asked(xml: str) -> None:
    assert parse_network(xml).name == "n"
    with pytest.raises(SchemaError) as caught:
        parse_network(xml, strict=True)
    assert (caught.value.code, caught.value.domain) == (92, 5)


@pytest.mark.parametrize("written", [w for _, w in NETWORKS if isinstance(w, str)])
def test_all_that_is_written_is_known_to_the_strict_reader(written: str) -> None:
    assert parse_network(written, strict=True) == parse_network(written)


@pytest.mark.parametrize("written", [w for _, w in INTERFACES if isinstance(w, str)])
def test_all_that_is_written_of_interfaces_is_known_to_the_strict_reader(written: str) -> None:
    assert parse_interface(written, strict=True) == parse_interface(written)
