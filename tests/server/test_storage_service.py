"""The calls on storage, through the ONC door: types on the wire, lists, rights, events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from oncrpc.dispatch import Dispatcher
from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.access import Peer, Right
from virtrpcd.daemon import PROGRAMS
from virtrpcd.door import Door
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.storage import Storage
from virtrpcd.drivers.test.driver import TestDriver as MemoryDriver  # pytest collects what is called Test...
from virtrpcd.events import Cursor, EventBus
from virtrpcd.paths import PathRules
from virtrpcd.service import VirtService
from virtrpcd.service.context import Context

TABLE = v.VIRT_V2_TABLE
DEFAULT = v.virt_storage_pool("default-pool", bytes.fromhex("dfe224cb28fb8dd0c4b264eb3f0f4566"))
POOL_XML = "<pool type='logical'><name>n</name><uuid>11111111-2222-3333-4444-555555555555</uuid></pool>"
POOL = v.virt_storage_pool("n", bytes.fromhex("11111111222233334444555555555555"))
VOLUME_XML = "<volume type='block'><name>a</name><capacity>4096</capacity><allocation>512</allocation></volume>"
VOLUME = v.virt_storage_vol("default-pool", "a", "/default-pool/a")


class House:
    """A door on a test driver."""

    def __init__(self) -> None:
        self.driver = MemoryDriver(EventBus(epoch=b"e" * 16))
        registry = Registry(self.driver, lambda: MemoryDriver(EventBus()))
        door = Door(VirtService(Context(registry.open_for, PathRules([]), 1000)), max_reply_bytes=32 << 20)
        self.dispatcher = Dispatcher()
        for program in PROGRAMS:
            self.dispatcher.register(program.number, program.version, door.endpoints_of(program))

    async def call(self, number: int, args: Any = None, right: Right = Right.ADMIN) -> Any:
        """Return the result's union."""
        procedure = TABLE.procedure(number)
        data = b"" if args is None else procedure.args.encode(args)
        call = Call(1, v.VIRT_PROGRAM, 2, number, data, 0, peer=Peer(right, self.driver, "unix uid 0"))
        answer = self.dispatcher.dispatch(call)
        return procedure.result.unpack(answer if isinstance(answer, bytes) else await answer)

    async def ok(self, number: int, args: Any = None) -> Any:
        """Return what a call that is answered returns."""
        found = await self.call(number, args)
        assert found.discriminant == v.VIRT_OK, found
        return found.value

    async def refused(self, number: int, args: Any = None) -> tuple[int, int, str]:
        """Return code, domain and text of a call that is refused."""
        found = await self.call(number, args)
        assert found.discriminant == v.VIRT_FAILED, found
        return found.error.code, found.error.domain, found.error.message


def run(test: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(House()))


def test_pools_are_listed_counted_and_found() -> None:
    async def check(house: House) -> None:
        await house.ok(v.VIRT_STORAGE_POOL_DEFINE_XML, v.virt_storage_pool_define_xml_args(POOL_XML, 0))
        assert (await house.ok(v.VIRT_CONNECT_NUM_OF_STORAGE_POOLS)).num == 1
        assert (await house.ok(v.VIRT_CONNECT_NUM_OF_DEFINED_STORAGE_POOLS)).num == 1
        on = await house.ok(v.VIRT_CONNECT_LIST_STORAGE_POOLS, v.virt_connect_list_storage_pools_args(5))
        assert on.names == ["default-pool"]
        off_args = v.virt_connect_list_defined_storage_pools_args(5)
        assert (await house.ok(v.VIRT_CONNECT_LIST_DEFINED_STORAGE_POOLS, off_args)).names == ["n"]
        none = await house.ok(v.VIRT_CONNECT_LIST_STORAGE_POOLS, v.virt_connect_list_storage_pools_args(0))
        assert none.names == []
        every = v.virt_connect_list_all_storage_pools_args(1, 0)
        found = await house.ok(v.VIRT_CONNECT_LIST_ALL_STORAGE_POOLS, every)
        assert (found.pools, found.ret) == ([DEFAULT, POOL], 2)
        counted = v.virt_connect_list_all_storage_pools_args(0, 1)
        found = await house.ok(v.VIRT_CONNECT_LIST_ALL_STORAGE_POOLS, counted)
        assert (found.pools, found.ret) == ([], 1)
        by_name = v.virt_storage_pool_lookup_by_name_args("n")
        assert (await house.ok(v.VIRT_STORAGE_POOL_LOOKUP_BY_NAME, by_name)).pool == POOL
        by_uuid = v.virt_storage_pool_lookup_by_uuid_args(POOL.uuid)
        assert (await house.ok(v.VIRT_STORAGE_POOL_LOOKUP_BY_UUID, by_uuid)).pool == POOL

    run(check)


@pytest.mark.parametrize("count", [-1, v.VIRT_STORAGE_POOL_LIST_MAX + 1])
def test_a_count_of_names_that_is_impossible_is_refused(count: int) -> None:
    async def check(house: House) -> None:
        for number, args in (
            (v.VIRT_CONNECT_LIST_STORAGE_POOLS, v.virt_connect_list_storage_pools_args(count)),
            (v.VIRT_CONNECT_LIST_DEFINED_STORAGE_POOLS, v.virt_connect_list_defined_storage_pools_args(count)),
            (v.VIRT_STORAGE_POOL_LIST_VOLUMES, v.virt_storage_pool_list_volumes_args(DEFAULT, count)),
        ):
            assert (await house.refused(number, args))[0] == 8

    run(check)


def test_a_pool_is_defined_built_started_stopped_deleted_and_undefined() -> None:
    async def check(house: House) -> None:
        made = await house.ok(v.VIRT_STORAGE_POOL_DEFINE_XML, v.virt_storage_pool_define_xml_args(POOL_XML, 0))
        assert made.pool == POOL
        await house.ok(v.VIRT_STORAGE_POOL_BUILD, v.virt_storage_pool_build_args(POOL, 0))
        await house.ok(v.VIRT_STORAGE_POOL_CREATE, v.virt_storage_pool_create_args(POOL, 0))
        info = await house.ok(v.VIRT_STORAGE_POOL_GET_INFO, v.virt_storage_pool_get_info_args(POOL))
        assert (info.state, info.capacity, info.allocation, info.available) == (2, 100 << 30, 0, 100 << 30)
        assert (await house.ok(v.VIRT_STORAGE_POOL_IS_ACTIVE, v.virt_storage_pool_is_active_args(POOL))).active == 1
        persistent = v.virt_storage_pool_is_persistent_args(POOL)
        assert (await house.ok(v.VIRT_STORAGE_POOL_IS_PERSISTENT, persistent)).persistent == 1
        await house.ok(v.VIRT_STORAGE_POOL_SET_AUTOSTART, v.virt_storage_pool_set_autostart_args(POOL, -1))
        autostart = v.virt_storage_pool_get_autostart_args(POOL)
        assert (await house.ok(v.VIRT_STORAGE_POOL_GET_AUTOSTART, autostart)).autostart == 1
        await house.ok(v.VIRT_STORAGE_POOL_REFRESH, v.virt_storage_pool_refresh_args(POOL, 0))
        await house.ok(v.VIRT_STORAGE_POOL_DESTROY, v.virt_storage_pool_destroy_args(POOL))
        await house.ok(v.VIRT_STORAGE_POOL_DELETE, v.virt_storage_pool_delete_args(POOL, 0))
        await house.ok(v.VIRT_STORAGE_POOL_UNDEFINE, v.virt_storage_pool_undefine_args(POOL))
        gone = await house.refused(v.VIRT_STORAGE_POOL_GET_XML_DESC, v.virt_storage_pool_get_xml_desc_args(POOL, 0))
        assert gone == (49, 12, "Storage pool not found: no storage pool with matching name 'n'")

    run(check)


def test_events_of_pools_have_libvirts_bodies() -> None:
    async def check(house: House) -> None:
        await house.ok(v.VIRT_STORAGE_POOL_CREATE_XML, v.virt_storage_pool_create_xml_args(POOL_XML, 0))
        await house.ok(v.VIRT_STORAGE_POOL_REFRESH, v.virt_storage_pool_refresh_args(POOL, 0))
        entries = house.driver.bus.read(Cursor(b"e" * 16, 1), 100).entries[-2:]
        started, refreshed = (convert.event(entry) for entry in entries)
        assert started.kind == v.VIRT_EVENT_STORAGE_POOL_LIFECYCLE == 370
        body = v.virt_event_storage_pool_lifecycle.from_xdr(started.body)
        assert body == v.virt_event_storage_pool_lifecycle(-1, POOL, 2, 0)
        assert refreshed.kind == v.VIRT_EVENT_STORAGE_POOL_REFRESH == 373
        assert v.virt_event_storage_pool_refresh.from_xdr(refreshed.body) == v.virt_event_storage_pool_refresh(-1, POOL)

    run(check)


def test_a_volume_is_made_cloned_found_described_and_deleted() -> None:
    async def check(house: House) -> None:
        made = await house.ok(v.VIRT_STORAGE_VOL_CREATE_XML, v.virt_storage_vol_create_xml_args(DEFAULT, VOLUME_XML, 0))
        assert made.vol == VOLUME
        clone_args = v.virt_storage_vol_create_xml_from_args(DEFAULT, VOLUME_XML.replace(">a<", ">b<"), VOLUME, 0)
        clone = (await house.ok(v.VIRT_STORAGE_VOL_CREATE_XML_FROM, clone_args)).vol
        assert clone == v.virt_storage_vol("default-pool", "b", "/default-pool/b")
        for number, args in (
            (v.VIRT_STORAGE_VOL_LOOKUP_BY_NAME, v.virt_storage_vol_lookup_by_name_args(DEFAULT, "a")),
            (v.VIRT_STORAGE_VOL_LOOKUP_BY_KEY, v.virt_storage_vol_lookup_by_key_args("/default-pool/a")),
            (v.VIRT_STORAGE_VOL_LOOKUP_BY_PATH, v.virt_storage_vol_lookup_by_path_args("/default-pool/a")),
        ):
            assert (await house.ok(number, args)).vol == VOLUME
        by_volume = v.virt_storage_pool_lookup_by_volume_args(VOLUME)
        assert (await house.ok(v.VIRT_STORAGE_POOL_LOOKUP_BY_VOLUME, by_volume)).pool == DEFAULT
        info = await house.ok(v.VIRT_STORAGE_VOL_GET_INFO, v.virt_storage_vol_get_info_args(VOLUME))
        assert (info.type, info.capacity, info.allocation) == (0, 4096, 512)
        path = await house.ok(v.VIRT_STORAGE_VOL_GET_PATH, v.virt_storage_vol_get_path_args(VOLUME))
        assert path.name == "/default-pool/a"
        xml = (await house.ok(v.VIRT_STORAGE_VOL_GET_XML_DESC, v.virt_storage_vol_get_xml_desc_args(VOLUME, 0))).xml
        assert xml.startswith("<volume type='block'>\n  <name>a</name>\n  <key>/default-pool/a</key>\n")
        counted = v.virt_storage_pool_num_of_volumes_args(DEFAULT)
        assert (await house.ok(v.VIRT_STORAGE_POOL_NUM_OF_VOLUMES, counted)).num == 2
        named = v.virt_storage_pool_list_volumes_args(DEFAULT, 1)
        assert (await house.ok(v.VIRT_STORAGE_POOL_LIST_VOLUMES, named)).names == ["a"]
        every = v.virt_storage_pool_list_all_volumes_args(DEFAULT, 1, 0)
        found = await house.ok(v.VIRT_STORAGE_POOL_LIST_ALL_VOLUMES, every)
        assert (found.vols, found.ret) == ([VOLUME, clone], 2)
        await house.ok(v.VIRT_STORAGE_VOL_DELETE, v.virt_storage_vol_delete_args(VOLUME, 0))
        left = v.virt_storage_pool_list_all_volumes_args(DEFAULT, 0, 0)
        found = await house.ok(v.VIRT_STORAGE_POOL_LIST_ALL_VOLUMES, left)
        assert (found.vols, found.ret) == ([], 1)

    run(check)


def test_the_uuid_of_a_pool_decides_not_its_name() -> None:
    async def check(house: House) -> None:
        renamed = v.virt_storage_pool("any other name", DEFAULT.uuid)
        info = await house.ok(v.VIRT_STORAGE_POOL_GET_INFO, v.virt_storage_pool_get_info_args(renamed))
        assert info.state == 2
        other = v.virt_storage_pool("default-pool", bytes(16))
        code, _, _ = await house.refused(v.VIRT_STORAGE_POOL_GET_INFO, v.virt_storage_pool_get_info_args(other))
        assert code == 49

    run(check)


def test_what_the_test_driver_does_not_have_is_code_3_of_storage() -> None:
    async def check(house: House) -> None:
        unsupported = "this function is not supported by the connection driver: "
        await house.ok(v.VIRT_STORAGE_VOL_CREATE_XML, v.virt_storage_vol_create_xml_args(DEFAULT, VOLUME_XML, 0))
        calls = [
            (v.VIRT_STORAGE_VOL_WIPE, v.virt_storage_vol_wipe_args(VOLUME, 0), "virStorageVolWipe"),
            (
                v.VIRT_STORAGE_VOL_WIPE_PATTERN,
                v.virt_storage_vol_wipe_pattern_args(VOLUME, 0, 0),
                "virStorageVolWipePattern",
            ),
            (v.VIRT_STORAGE_VOL_RESIZE, v.virt_storage_vol_resize_args(VOLUME, 1, 0), "virStorageVolResize"),
            (
                v.VIRT_STORAGE_VOL_GET_INFO_FLAGS,
                v.virt_storage_vol_get_info_flags_args(VOLUME, 0),
                "virStorageVolGetInfoFlags",
            ),
            (
                v.VIRT_STORAGE_POOL_LOOKUP_BY_TARGET_PATH,
                v.virt_storage_pool_lookup_by_target_path_args("/default-pool"),
                "virStoragePoolLookupByTargetPath",
            ),
            (
                v.VIRT_CONNECT_GET_STORAGE_POOL_CAPABILITIES,
                v.virt_connect_get_storage_pool_capabilities_args(0),
                "virConnectGetStoragePoolCapabilities",
            ),
        ]
        for number, args, api in calls:
            assert await house.refused(number, args) == (3, 18, unsupported + api)

    run(check)


def test_sources_are_found() -> None:
    async def check(house: House) -> None:
        args = v.virt_connect_find_storage_pool_sources_args("netfs", "<source><host name='h'/></source>", 0)
        found = await house.ok(v.VIRT_CONNECT_FIND_STORAGE_POOL_SOURCES, args)
        assert "<dir path='/testshare'/>" in found.xml
        nothing = v.virt_connect_find_storage_pool_sources_args("netfs", None, 0)
        code, _, _ = await house.refused(v.VIRT_CONNECT_FIND_STORAGE_POOL_SOURCES, nothing)
        assert code == 8

    run(check)


def test_a_driver_without_storage_answers_code_3_so_that_clients_fall_back() -> None:
    async def check(house: House) -> None:
        house.driver.storage = Storage()
        every = v.virt_connect_list_all_storage_pools_args(1, 0)
        code, domain, message = await house.refused(v.VIRT_CONNECT_LIST_ALL_STORAGE_POOLS, every)
        assert (code, domain) == (3, 18)
        assert message.endswith(": virConnectListAllStoragePools")
        assert (await house.refused(v.VIRT_CONNECT_NUM_OF_STORAGE_POOLS))[:2] == (3, 18)

    run(check)


def test_readers_may_look_and_not_change() -> None:
    async def check(house: House) -> None:
        look = v.virt_storage_pool_get_info_args(DEFAULT)
        assert (await house.call(v.VIRT_STORAGE_POOL_GET_INFO, look, Right.READ)).discriminant == v.VIRT_OK
        change = v.virt_storage_pool_destroy_args(DEFAULT)
        answer = await house.call(v.VIRT_STORAGE_POOL_DESTROY, change, Right.READ)
        assert answer.error.code in (29, 88)

    run(check)
