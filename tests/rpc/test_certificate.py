"""The names in certificates, as the ssl module tells them and as access rules see them."""

from __future__ import annotations

import pytest

from oncrpc.certificate import NAME_KINDS, Certificate, from_peercert

FOUND = {
    "subject": ((("countryName", "DE"),), (("commonName", "alice"),)),
    "issuer": ((("organizationName", "A firm"),), (("commonName", "A CA"),)),
    "serialNumber": "0A1B",
    "subjectAltName": (
        ("DNS", "Host.Example"),
        ("IP Address", "10.0.0.1"),
        ("IP Address", "FE80:0:0:0:0:0:0:1"),
        ("URI", "spiffe://example/alice"),
        ("email", "alice@example.org"),
        ("DirName", "what nobody asked for"),
        ("IP Address", "<invalid>"),
    ),
}


def test_each_name_has_its_kind() -> None:
    made = from_peercert(FOUND)
    assert made is not None
    assert made.names == {
        "CN:alice",
        "DNS:Host.Example",
        "IP:10.0.0.1",
        "IP:fe80::1",
        "IP:<invalid>",
        "URI:spiffe://example/alice",
        "email:alice@example.org",
    }
    assert {name.partition(":")[0] for name in made.names} == set(NAME_KINDS)
    assert (made.serial, made.issuer) == ("0A1B", "organizationName=A firm, commonName=A CA")


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_certificate_is_none(nothing: dict[str, str] | None) -> None:
    assert from_peercert(nothing) is None


@pytest.mark.parametrize(
    ("host", "there"),
    [("host.example", True), ("HOST.example.", True), ("10.0.0.1", True), ("alice", False), ("x.host.example", False)],
)
def test_a_host_is_a_dns_name_or_an_address_in_full(host: str, there: bool) -> None:
    made = from_peercert(FOUND)
    assert made is not None
    assert made.has_host(host) is there
    assert not Certificate(frozenset({"DNS:*.example"}), "1", "").has_host("host.example")


def test_a_certificate_without_names_is_told_by_its_serial() -> None:
    assert str(Certificate(frozenset(), "0A1B", "")) == "serial 0A1B"
