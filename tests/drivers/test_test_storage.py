"""Pools of the test driver: rules, errors and events, as libvirt's test driver has them.

What is expected here was asked of libvirt 9.0 through its own library.
"""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from drivers.storage_house import DEFAULT, GIB, UUID, House, pool_xml, refuses, run

from virtrpcd.errors import OperationFailed, VirtError
from virtrpcd.model_storage import PoolRef, VolumeRef

NOWHERE: Final = PoolRef("nowhere", bytes(16))
OTHER_UUID: Final = "11111111-2222-3333-4444-555555555556"
NOT_ACTIVE: Final = "Requested operation is not valid: storage pool 'default-pool' is not active"
ACTIVE: Final = "Requested operation is not valid: storage pool 'default-pool' is active"

DEFAULT_XML: Final = """\
<pool type='dir'>
  <name>default-pool</name>
  <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>
  <capacity unit='bytes'>107374182400</capacity>
  <allocation unit='bytes'>0</allocation>
  <available unit='bytes'>107374182400</available>
  <source>
  </source>
  <target>
    <path>/default-pool</path>
  </target>
</pool>
"""


def test_it_begins_with_libvirts_default_pool() -> None:
    storage = House().storage
    assert storage.pools(0) == [DEFAULT]
    assert storage.pool_by_name("default-pool") == storage.pool_by_uuid(DEFAULT.uuid) == DEFAULT
    assert storage.pool_xml(DEFAULT, 0) == DEFAULT_XML
    assert storage.pool_info(DEFAULT) == (2, 100 * GIB, 0, 100 * GIB)
    assert storage.pool_is_active(DEFAULT)
    assert storage.pool_is_persistent(DEFAULT)
    assert not storage.pool_autostart(DEFAULT)
    assert storage.volumes(DEFAULT, 0) == []


def test_a_life_of_a_kept_pool_and_its_events() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.define_pool(pool_xml(), 0)
        assert storage.pool_info(ref).state == 0
        await storage.build_pool(ref, 0)
        await storage.start_pool(ref, 0)
        assert storage.pool_info(ref).state == 2
        await storage.refresh_pool(ref, 0)
        await storage.stop_pool(ref)
        await storage.delete_pool(ref, 0)
        await storage.undefine_pool(ref)
        assert storage.pools(0) == [DEFAULT]
        assert house.events() == [("n", 0), ("n", 4), ("n", 2), ("n", "refresh"), ("n", 3), ("n", 5), ("n", 1)]

    run(check)


def test_a_transient_pool_is_gone_when_it_stops() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.create_pool(pool_xml(uuid=None), 0)
        assert storage.pool_is_active(ref)
        assert not storage.pool_is_persistent(ref)
        assert not storage.pool_autostart(ref)
        with pytest.raises(VirtError, match="invalid argument: pool has no config file"):
            await storage.set_pool_autostart(ref, True)
        await storage.stop_pool(ref)
        assert storage.pools(0) == [DEFAULT]
        assert house.events() == [("n", 2), ("n", 3)]

    run(check)


def test_a_started_pool_that_is_defined_too_is_kept_with_what_it_was_started_with() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        await storage.define_pool(pool_xml(path="/first"), 0)
        ref = await storage.create_pool(pool_xml(path="/second"), 0)
        assert not storage.pool_is_persistent(ref)
        await storage.define_pool(pool_xml(path="/third"), 0)
        assert storage.pool_is_persistent(ref)
        assert "<path>/second</path>" in storage.pool_xml(ref, 0)
        await storage.stop_pool(ref)
        assert "<path>/second</path>" in storage.pool_xml(ref, 0)

    run(check)


def test_autostart_stays_when_a_pool_is_defined_anew() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.define_pool(pool_xml(), 0)
        await storage.set_pool_autostart(ref, True)
        await storage.define_pool(pool_xml(path="/other"), 0)
        assert storage.pool_autostart(ref)
        assert "<path>/other</path>" in storage.pool_xml(ref, 0)

    run(check)


@pytest.mark.parametrize(
    ("xml", "code", "message"),
    [
        (pool_xml(uuid=OTHER_UUID), 9, f"operation failed: pool 'n' already exists with uuid {UUID}"),
        (pool_xml(uuid=None), 9, f"operation failed: pool 'n' already exists with uuid {UUID}"),
        (pool_xml("m", path="/m"), 9, f"operation failed: pool 'n' is already defined with uuid {UUID}"),
        (pool_xml("m", OTHER_UUID), 9, "operation failed: Storage source conflict with pool: 'n'"),
        (
            pool_xml("m", None, "/default-pool/"),
            9,
            "operation failed: Storage source conflict with pool: 'default-pool'",
        ),
    ],
)
def test_a_pool_that_clashes_with_another_is_refused(xml: str, code: int, message: str) -> None:
    house = House()
    asyncio.run(house.storage.define_pool(pool_xml(), 0))
    refuses(code, 18, message, lambda: house.storage.define_pool(xml, 0))
    refuses(code, 18, message, lambda: house.storage.create_pool(xml, 0))
    assert house.events() == [("n", 0)]


def test_a_running_pool_is_not_created_again() -> None:
    house = House()
    asyncio.run(house.storage.create_pool(pool_xml(), 0))
    message = "Requested operation is not valid: pool is already active as 'n'"
    refuses(55, 18, message, lambda: house.storage.create_pool(pool_xml(), 0))


HOST: Final = "<host name='h'/>"
FC: Final = "<adapter type='fc_host' wwnn='20000000c9831b4b' wwpn='10000000c9831b4b'/>"
BY_PARENT: Final = (
    "<adapter type='scsi_host'><parentaddr unique_id='2'><address bus='1' slot='2'/></parentaddr></adapter>"
)


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (("fs", "<device path='/dev/a'/>"), ("fs", "<device path='/dev/a'/>"), True),
        (("fs", "<device path='/dev/a'/>"), ("disk", "<device path='/dev/a'/>"), True),
        (("fs", "<device path='/dev/a'/>"), ("logical", "<device path='/dev/b'/><device path='/dev/a'/>"), True),
        (("zfs", "<device path='/dev/a'/>"), ("fs", "<device path='/dev/b'/>"), False),
        (("zfs", "<name>z</name>"), ("zfs", "<name>z</name>"), False),
        (("netfs", HOST + "<dir path='/x'/>"), ("netfs", HOST + "<dir path='/x'/>"), True),
        (("netfs", HOST + "<dir path='/x'/>"), ("netfs", HOST + "<dir path='/y'/>"), False),
        (("netfs", HOST + "<dir path='/x'/>"), ("netfs", "<host name='k'/><dir path='/x'/>"), False),
        (("netfs", HOST + "<dir path='/x'/>"), ("netfs", "<host name='h' port='5'/><dir path='/x'/>"), False),
        (("netfs", "<host name='h' port='5'/><dir path='/x'/>"), ("netfs", HOST + "<dir path='/x'/>"), True),
        (("netfs", HOST + HOST + "<dir path='/x'/>"), ("netfs", HOST + HOST + "<dir path='/x'/>"), False),
        (("iscsi", HOST + "<device path='i'/>"), ("iscsi", "<host name='k'/><device path='i'/>"), True),
        (("iscsi", HOST + "<device path='i'/>"), ("iscsi", HOST + "<device path='j'/>"), False),
        (("iscsi", HOST), ("iscsi", HOST), False),
        (
            ("iscsi", HOST + "<device path='i'/>"),
            ("iscsi", HOST + "<device path='i'/><initiator><iqn name='q'/></initiator>"),
            False,
        ),
        (("iscsi", HOST + "<device path='/dev/a'/>"), ("fs", "<device path='/dev/a'/>"), False),
        (("mpath", ""), ("mpath", ""), True),
        (("sheepdog", HOST + "<name>x</name>"), ("sheepdog", HOST + "<name>y</name>"), True),
        (("rbd", HOST + "<name>x</name>"), ("rbd", HOST + "<name>x</name>"), False),
        (("gluster", HOST + "<name>x</name>"), ("gluster", HOST + "<name>x</name><dir path='/'/>"), True),
        (("gluster", HOST + "<name>x</name>"), ("gluster", HOST + "<name>x</name><dir path='/q'/>"), False),
        (("vstorage", "<name>x</name>"), ("vstorage", "<name>x</name>"), True),
        (("vstorage", "<name>x</name>"), ("vstorage", "<name>y</name>"), False),
        (("scsi", "<adapter name='host1'/>"), ("scsi", "<adapter name='scsi_host1'/>"), True),
        (("scsi", "<adapter name='host1'/>"), ("scsi", "<adapter name='host2'/>"), False),
        (("scsi", FC), ("scsi", FC), True),
        (("scsi", FC), ("scsi", FC.replace("wwpn='1", "wwpn='2")), False),
        (("scsi", "<adapter name='host1'/>"), ("scsi", FC.replace("/>", " parent='scsi_host1'/>")), True),
        (("scsi", FC.replace("/>", " parent='scsi_host2'/>")), ("scsi", "<adapter name='host1'/>"), False),
        (("scsi", BY_PARENT), ("scsi", BY_PARENT), True),
        (("scsi", BY_PARENT), ("scsi", BY_PARENT.replace("='2'><a", "='3'><a")), False),
        (("dir", ""), ("dir", ""), True),
        (("dir", ""), ("mpath", ""), False),
    ],
)
def test_pools_on_the_same_storage_clash(first: tuple[str, str], second: tuple[str, str], clash: bool) -> None:
    async def check(house: House) -> None:
        await house.storage.define_pool(pool_xml("a", None, "/t", first[0], f"<source>{first[1]}</source>"), 0)
        again = pool_xml("b", None, "/t", second[0], f"<source>{second[1]}</source>")
        if clash:
            with pytest.raises(OperationFailed, match="Storage source conflict with pool: 'a'"):
                await house.storage.define_pool(again, 0)
        else:
            await house.storage.define_pool(again, 0)

    run(check)


def test_what_needs_a_pool_that_is_off_refuses_one_that_runs() -> None:
    storage = House().storage
    refuses(55, 12, ACTIVE, lambda: storage.start_pool(DEFAULT, 0))
    refuses(55, 12, ACTIVE, lambda: storage.build_pool(DEFAULT, 0))
    refuses(55, 12, ACTIVE, lambda: storage.delete_pool(DEFAULT, 0))
    refuses(55, 12, ACTIVE, lambda: storage.undefine_pool(DEFAULT))


def test_what_needs_a_running_pool_refuses_one_that_is_off() -> None:
    house = House()
    storage = house.storage
    volume = asyncio.run(house.volume("a", "<capacity>1</capacity>"))
    asyncio.run(storage.stop_pool(DEFAULT))
    xml = "<volume><name>q</name><capacity>1</capacity></volume>"
    for call in (
        lambda: storage.stop_pool(DEFAULT),
        lambda: storage.refresh_pool(DEFAULT, 0),
        lambda: storage.volume_names(DEFAULT),
        lambda: storage.volume_count(DEFAULT),
        lambda: storage.volume_by_name(DEFAULT, "a"),
        lambda: storage.volume_info(volume),
        lambda: storage.volume_xml(volume, 0),
        lambda: storage.volume_path(volume),
        lambda: storage.delete_volume(volume, 0),
        lambda: storage.create_volume(DEFAULT, xml, 0),
        lambda: storage.clone_volume(DEFAULT, xml, volume, 0),
    ):
        refuses(55, 12, NOT_ACTIVE, call)
    not_active = "Requested operation is not valid: storage pool is not active"
    refuses(55, 12, not_active, lambda: storage.volumes(DEFAULT, 0))
    key = "Storage volume not found: no storage vol with matching key '/default-pool/a'"
    refuses(50, 12, key, lambda: storage.volume_by_key("/default-pool/a"))
    path = "Storage volume not found: no storage vol with matching path '/default-pool/a'"
    refuses(50, 12, path, lambda: storage.volume_by_path("/default-pool/a"))
    assert storage.pool_by_volume(volume) == DEFAULT


def test_what_is_not_there_is_named() -> None:
    storage = House().storage
    no_pool = "Storage pool not found: no storage pool with matching name 'nowhere'"
    for call in (
        lambda: storage.pool_by_name("nowhere"),
        lambda: storage.pool_by_volume(VolumeRef("nowhere", "a", "")),
        lambda: storage.pool_info(NOWHERE),
        lambda: storage.pool_xml(NOWHERE, 0),
        lambda: storage.pool_autostart(NOWHERE),
        lambda: storage.set_pool_autostart(NOWHERE, True),
        lambda: storage.stop_pool(NOWHERE),
        lambda: storage.undefine_pool(NOWHERE),
        lambda: storage.volume_names(NOWHERE),
        lambda: storage.volume_path(VolumeRef("nowhere", "a", "")),
    ):
        refuses(49, 12, no_pool, call)
    no_uuid = "Storage pool not found: no storage pool with matching uuid '00000000-0000-0000-0000-000000000000'"
    refuses(49, 12, no_uuid, lambda: storage.pool_by_uuid(bytes(16)))
    refuses(49, 12, no_uuid, lambda: storage.pool_is_active(NOWHERE))
    refuses(49, 12, no_uuid, lambda: storage.pool_is_persistent(NOWHERE))
    refuses(49, 12, no_uuid, lambda: storage.volumes(NOWHERE, 0))
    no_name = "Storage volume not found: no storage vol with matching name 'x'"
    refuses(50, 12, no_name, lambda: storage.volume_by_name(DEFAULT, "x"))
    refuses(50, 12, no_name, lambda: storage.volume_path(VolumeRef("default-pool", "x", "")))
    refuses(50, 12, no_name, lambda: storage.delete_volume(VolumeRef("default-pool", "x", ""), 0))


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (0x1, ["off"]),
        (0x2, ["default-pool", "passing"]),
        (0x3, ["default-pool", "off", "passing"]),
        (0x4, ["default-pool", "off"]),
        (0x8, ["passing"]),
        (0x9, []),
        (0x10, ["off"]),
        (0x20, ["default-pool", "passing"]),
        (0x40, ["default-pool", "passing"]),
        (0x200, ["off"]),
        (0x240, ["default-pool", "off", "passing"]),
        (0x202, []),
        (0x80000, []),
    ],
)
def test_filters_of_one_group_are_alternatives_and_groups_all_hold(flags: int, names: list[str]) -> None:
    async def check(house: House) -> None:
        off = await house.storage.define_pool("<pool type='logical'><name>off</name></pool>", 0)
        await house.storage.set_pool_autostart(off, True)
        await house.storage.create_pool(pool_xml("passing"), 0)
        assert [ref.name for ref in house.storage.pools(flags)] == names
        assert house.storage.pool_names(True) == ["default-pool", "passing"]
        assert house.storage.pool_names(False) == ["off"]
        assert (house.storage.pool_count(True), house.storage.pool_count(False)) == (2, 1)

    run(check)
