"""The calls of snapshots and checkpoints through the door: every one, and what it refuses by its flags alone."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd.access import Peer, Right
from virtrpcd.door import Door
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.snapshots import Checkpoints, Snapshots
from virtrpcd.drivers.test import driver as test_driver
from virtrpcd.errors import NotSupported
from virtrpcd.events import EventBus
from virtrpcd.paths import PathRules
from virtrpcd.service import VirtService
from virtrpcd.service.context import Context

TABLE: Final = v.VIRT_V2_TABLE
UUID: Final = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
DOM: Final = v.virt_domain("test", UUID, 1)


class House:
    """A door on a test driver, and calls through it."""

    def __init__(self) -> None:
        self.driver = test_driver.TestDriver(EventBus())
        registry = Registry(self.driver, lambda: test_driver.TestDriver(EventBus()))
        self.door = Door(VirtService(Context(registry.open_for, PathRules([]), 1000)), max_reply_bytes=1 << 20)

    def call(self, number: int, args: Any, right: Right = Right.ADMIN) -> Any:
        """Return the result, or (code, domain, message)."""
        procedure = TABLE.procedure(number)
        peer = Peer(right, self.driver, "unix uid 0")
        call = Call(1, v.VIRT_PROGRAM, 2, number, procedure.args.encode(args), 0, peer=peer)
        result = self.door.endpoints[number](call)
        answer = procedure.result.unpack(result if isinstance(result, bytes) else asyncio.run(_wait(result)))
        if answer.discriminant == v.VIRT_OK:
            return answer.value
        return answer.error.code, answer.error.domain, answer.error.message

    def take(self, name: str, flags: int = 0) -> Any:
        xml = f"<domainsnapshot><name>{name}</name></domainsnapshot>"
        args = v.virt_domain_snapshot_create_xml_args(DOM, xml, flags)
        return self.call(v.VIRT_DOMAIN_SNAPSHOT_CREATE_XML, args)

    def check(self, name: str, flags: int = 0) -> Any:
        xml = f"<domaincheckpoint><name>{name}</name></domaincheckpoint>"
        args = v.virt_domain_checkpoint_create_xml_args(DOM, xml, flags)
        return self.call(v.VIRT_DOMAIN_CHECKPOINT_CREATE_XML, args)


async def _wait(work: Any) -> bytes:
    result: bytes = await work
    return result


def test_every_snapshot_call() -> None:
    house = House()
    a, b, c = (house.take(name).snap for name in "abc")
    assert (a.name, a.dom) == ("a", DOM)
    call = house.call
    assert call(v.VIRT_DOMAIN_SNAPSHOT_NUM, v.virt_domain_snapshot_num_args(DOM, 0)).num == 3
    names = call(v.VIRT_DOMAIN_SNAPSHOT_LIST_NAMES, v.virt_domain_snapshot_list_names_args(DOM, 2, 0))
    assert names.names == ["a", "b"]
    every = call(v.VIRT_DOMAIN_LIST_ALL_SNAPSHOTS, v.virt_domain_list_all_snapshots_args(DOM, 1, 0))
    assert (every.snapshots, every.ret) == ([a, b, c], 3)
    counted = call(v.VIRT_DOMAIN_LIST_ALL_SNAPSHOTS, v.virt_domain_list_all_snapshots_args(DOM, 0, 4))
    assert (counted.snapshots, counted.ret) == ([], 1)
    assert call(v.VIRT_DOMAIN_SNAPSHOT_NUM_CHILDREN, v.virt_domain_snapshot_num_children_args(a, 1)).num == 2
    below = v.virt_domain_snapshot_list_children_names_args(a, 10, 1)
    assert call(v.VIRT_DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES, below).names == ["b", "c"]
    children = v.virt_domain_snapshot_list_all_children_args(a, 1, 0)
    assert call(v.VIRT_DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN, children).snapshots == [b]
    named = v.virt_domain_snapshot_lookup_by_name_args(DOM, "b", 0)
    assert call(v.VIRT_DOMAIN_SNAPSHOT_LOOKUP_BY_NAME, named).snap == b
    assert call(v.VIRT_DOMAIN_HAS_CURRENT_SNAPSHOT, v.virt_domain_has_current_snapshot_args(DOM, 0)).result == 1
    assert call(v.VIRT_DOMAIN_SNAPSHOT_CURRENT, v.virt_domain_snapshot_current_args(DOM, 0)).snap == c
    assert call(v.VIRT_DOMAIN_SNAPSHOT_GET_PARENT, v.virt_domain_snapshot_get_parent_args(c, 0)).snap == b
    assert call(v.VIRT_DOMAIN_SNAPSHOT_IS_CURRENT, v.virt_domain_snapshot_is_current_args(c, 0)).current == 1
    assert call(v.VIRT_DOMAIN_SNAPSHOT_HAS_METADATA, v.virt_domain_snapshot_has_metadata_args(c, 0)).metadata == 1
    xml = call(v.VIRT_DOMAIN_SNAPSHOT_GET_XML_DESC, v.virt_domain_snapshot_get_xml_desc_args(c, 1)).xml
    assert xml.startswith("<domainsnapshot>\n  <name>c</name>\n")
    assert call(v.VIRT_DOMAIN_REVERT_TO_SNAPSHOT, v.virt_domain_revert_to_snapshot_args(a, 2)) is None
    assert house.driver.domain_state(UUID) == (3, 7)
    assert call(v.VIRT_DOMAIN_SNAPSHOT_DELETE, v.virt_domain_snapshot_delete_args(b, 1)) is None
    assert call(v.VIRT_DOMAIN_SNAPSHOT_NUM, v.virt_domain_snapshot_num_args(DOM, 0)).num == 1


def test_every_checkpoint_call() -> None:
    house = House()
    a, b = (house.check(name).checkpoint for name in "ab")
    assert (a.name, a.dom) == ("a", DOM)
    call = house.call
    every = call(v.VIRT_DOMAIN_LIST_ALL_CHECKPOINTS, v.virt_domain_list_all_checkpoints_args(DOM, 1, 0))
    assert (every.checkpoints, every.ret) == ([a, b], 2)
    children = v.virt_domain_checkpoint_list_all_children_args(a, 1, 0)
    assert call(v.VIRT_DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN, children).checkpoints == [b]
    named = v.virt_domain_checkpoint_lookup_by_name_args(DOM, "b", 0)
    assert call(v.VIRT_DOMAIN_CHECKPOINT_LOOKUP_BY_NAME, named).checkpoint == b
    above = v.virt_domain_checkpoint_get_parent_args(b, 0)
    assert call(v.VIRT_DOMAIN_CHECKPOINT_GET_PARENT, above).parent == a
    xml = call(v.VIRT_DOMAIN_CHECKPOINT_GET_XML_DESC, v.virt_domain_checkpoint_get_xml_desc_args(b, 2)).xml
    assert xml.startswith("<domaincheckpoint>\n  <name>b</name>\n")
    assert call(v.VIRT_DOMAIN_CHECKPOINT_DELETE, v.virt_domain_checkpoint_delete_args(a, 1)) is None
    assert call(v.VIRT_DOMAIN_LIST_ALL_CHECKPOINTS, v.virt_domain_list_all_checkpoints_args(DOM, 0, 0)).ret == 0


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (0x2, "Flag '{0}REDEFINE' is required by flag '{0}CURRENT'"),
        (0x5, "Flags '{0}REDEFINE' and '{0}NO_METADATA' are mutually exclusive"),
        (0x9, "Flags '{0}REDEFINE' and '{0}HALT' are mutually exclusive"),
    ],
)
def test_flags_of_a_snapshot_that_contradict_each_other(flags: int, message: str) -> None:
    house = House()
    assert house.take("a", flags) == (8, 35, message.format("VIR_DOMAIN_SNAPSHOT_CREATE_"))


def test_flags_of_other_calls_that_contradict_each_other() -> None:
    house = House()
    snap = house.take("a").snap
    refused = house.call(v.VIRT_DOMAIN_REVERT_TO_SNAPSHOT, v.virt_domain_revert_to_snapshot_args(snap, 3))
    assert refused[:2] == (8, 35)
    assert "REVERT_RUNNING' and 'VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED' are mutually exclusive" in refused[2]
    refused = house.call(v.VIRT_DOMAIN_SNAPSHOT_DELETE, v.virt_domain_snapshot_delete_args(snap, 5))
    assert refused[:2] == (8, 35)
    checkpoint = v.virt_checkpoint("a", DOM)
    refused = house.call(v.VIRT_DOMAIN_CHECKPOINT_DELETE, v.virt_domain_checkpoint_delete_args(checkpoint, 5))
    assert refused[:2] == (8, 69)
    assert house.check("a", 3)[:2] == (8, 69)
    assert house.check("a", 4)[2].startswith("Flag 'VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE' is required")


def test_secrets_in_a_snapshot_are_not_for_readers() -> None:
    house = House()
    snap = house.take("a").snap
    args = v.virt_domain_snapshot_get_xml_desc_args(snap, 1)
    assert house.call(v.VIRT_DOMAIN_SNAPSHOT_GET_XML_DESC, args, Right.READ)[0] in (29, 88)
    args = v.virt_domain_snapshot_get_xml_desc_args(snap, 0)
    assert house.call(v.VIRT_DOMAIN_SNAPSHOT_GET_XML_DESC, args, Right.READ).xml


def test_names_are_asked_for_by_a_number_that_makes_sense() -> None:
    house = House()
    for most in (-1, 16385):
        args = v.virt_domain_snapshot_list_names_args(DOM, most, 0)
        assert house.call(v.VIRT_DOMAIN_SNAPSHOT_LIST_NAMES, args)[0] == 8


def test_driver_without_them_says_so_and_has_none() -> None:
    snapshots, checkpoints = Snapshots(), Checkpoints()
    assert not snapshots.exist(UUID)
    assert not checkpoints.exist(UUID)
    with pytest.raises(NotSupported) as caught:
        snapshots.all(UUID, 0)
    assert (caught.value.code, caught.value.domain) == (3, 35)
    with pytest.raises(NotSupported) as caught:
        asyncio.run(checkpoints.create(UUID, "", 0))
    assert (caught.value.code, caught.value.domain) == (3, 69)
