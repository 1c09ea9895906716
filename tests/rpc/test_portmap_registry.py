"""Who may change what in the set of registrations, and its bounds."""

from __future__ import annotations

import pytest

from oncrpc.portmap.entries import SUPERUSER, UNKNOWN, Entry, Registration
from oncrpc.portmap.registry import Registry

VIRT = 0x20070125
ADDRESS = "127.0.0.1.156.187"
OTHER = "127.0.0.1.156.188"


def test_a_second_set_is_done_already_with_the_same_address_and_refused_with_another() -> None:
    registry = Registry()
    assert registry.set(VIRT, 2, "tcp", ADDRESS, "1000")
    assert registry.set(VIRT, 2, "tcp", ADDRESS, "1000")
    assert not registry.set(VIRT, 2, "tcp", OTHER, "1000")
    assert not registry.set(VIRT, 2, "tcp", OTHER, SUPERUSER)
    assert registry.entries() == [Entry(VIRT, 2, "tcp", ADDRESS, "1000")]


@pytest.mark.parametrize(
    ("asker", "goes"),
    [("1000", True), (SUPERUSER, True), ("500", True), ("1001", False), (UNKNOWN, False), ("", False)],
)
def test_only_the_owner_and_the_trusted_unset(asker: str, goes: bool) -> None:
    registry = Registry(trusted=("500",))
    registry.set(VIRT, 2, "tcp", ADDRESS, "1000")
    assert registry.unset(VIRT, 2, "tcp", asker) is goes
    assert len(registry) == (0 if goes else 1)


def test_what_unknown_registered_no_other_unknown_removes() -> None:
    registry = Registry()
    assert registry.set(VIRT, 2, "tcp", ADDRESS, UNKNOWN)
    assert not registry.unset(VIRT, 2, "tcp", UNKNOWN)
    assert registry.unset(VIRT, 2, "", SUPERUSER)


def test_unset_without_a_network_removes_only_ones_own() -> None:
    registry = Registry()
    registry.set(VIRT, 2, "tcp", ADDRESS, "1000")
    registry.set(VIRT, 2, "udp", ADDRESS, "1001")
    assert not registry.unset(VIRT, 2, "", "1000")
    assert [entry.netid for entry in registry.entries()] == ["udp"]


def test_unset_of_what_is_not_there_is_done_already() -> None:
    assert Registry().unset(VIRT, 2, "tcp", "1000")
    assert not Registry().unset(100000, 2, "tcp", SUPERUSER)


@pytest.mark.parametrize("owner", ["1000", UNKNOWN])
def test_low_ports_and_assigned_programs_are_the_superusers(owner: str) -> None:
    registry = Registry()
    assert not registry.set(VIRT, 2, "tcp", "127.0.0.1.3.255", owner)
    assert not registry.set(100003, 3, "tcp", ADDRESS, owner)
    assert registry.set(VIRT, 2, "tcp", "127.0.0.1.4.0", owner)
    assert registry.set(100003, 3, "tcp", "0.0.0.0.8.1", SUPERUSER)


def test_the_portmapper_itself_is_neither_replaced_nor_removed() -> None:
    registry = Registry()
    registry.add_own(Registration(100000, 2, "tcp", ("127.0.0.1", 111)), SUPERUSER)
    assert not registry.unset(100000, 2, "tcp", SUPERUSER)
    assert not registry.set(100000, 2, "udp", ADDRESS, SUPERUSER)
    assert registry.unset_all(SUPERUSER) == 0
    assert len(registry) == 1


@pytest.mark.parametrize(
    ("netid", "uaddr"),
    [
        ("", ADDRESS),
        ("sctp", ADDRESS),
        ("tcp", ""),
        ("tcp", "127.0.0.1.0.0"),
        ("tcp", "nonsense"),
        ("tcp6", ADDRESS),
        ("local", "relative"),
        ("local", "/" + "x" * 300),
        ("x" * 40, ADDRESS),
    ],
)
def test_what_is_no_address_is_not_registered(netid: str, uaddr: str) -> None:
    registry = Registry()
    assert not registry.set(VIRT, 2, netid, uaddr, SUPERUSER)
    assert not registry.set(VIRT, 2, netid, uaddr, "1000")


def test_owner_texts_are_bounded() -> None:
    assert not Registry().set(VIRT, 2, "tcp", ADDRESS, "9" * 65)


def test_the_table_is_bounded_in_all_and_by_owner() -> None:
    registry = Registry(max_entries=4, max_per_owner=2)
    assert registry.set(VIRT, 1, "tcp", ADDRESS, "1000")
    assert registry.set(VIRT, 2, "tcp", ADDRESS, "1000")
    assert not registry.set(VIRT, 3, "tcp", ADDRESS, "1000")
    for version in (4, 5):
        assert registry.set(VIRT, version, "tcp", ADDRESS, SUPERUSER)
    assert not registry.set(VIRT, 6, "tcp", ADDRESS, SUPERUSER)
    assert registry.unset(VIRT, 1, "tcp", "1000")
    assert registry.set(VIRT, 6, "tcp", ADDRESS, "1000")
    assert len(registry) == 4


def test_find_any_prefers_the_version_asked_for_then_the_last_registered() -> None:
    registry = Registry()
    registry.set(VIRT, 2, "tcp", OTHER, "1000")
    registry.set(VIRT, 1, "tcp", ADDRESS, "1000")
    found = [registry.find_any(VIRT, version, "tcp") for version in (1, 2, 3)]
    assert [entry.uaddr if entry else None for entry in found] == [ADDRESS, OTHER, ADDRESS]
    assert registry.find_any(VIRT, 1, "udp") is None
    assert registry.find(VIRT, 3, "tcp") is None


def test_unset_all_removes_one_owners_registrations() -> None:
    registry = Registry()
    registry.set(VIRT, 1, "tcp", ADDRESS, "1000")
    registry.set(VIRT, 2, "tcp", ADDRESS, "1001")
    assert registry.unset_all("1000") == 1
    assert [entry.owner for entry in registry.entries()] == ["1001"]
