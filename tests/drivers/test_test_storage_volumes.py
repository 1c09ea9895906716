"""Volumes of the test driver, where it finds sources, and what it does not have: as libvirt's test driver.

What is expected here was asked of libvirt 9.0 through its own library.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import pytest
from drivers.storage_house import DEFAULT, GIB, House, pool_xml, refuses, run

from virtrpcd.drivers.storage import Storage
from virtrpcd.drivers.test import storage as test_storage
from virtrpcd.errors import NotSupported, SchemaError, VirtError
from virtrpcd.model_storage import VolumeRef

UNSUPPORTED: Final = "this function is not supported by the connection driver"
HOST: Final = "<host name='h'/>"


def test_volumes_take_room_and_give_it_back() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        a = await house.volume("a", "<capacity unit='GiB'>10</capacity><allocation unit='GiB'>1</allocation>")
        assert a == ("default-pool", "a", "/default-pool/a")
        await house.volume("b", "<capacity unit='GiB'>99</capacity>")
        assert storage.pool_info(DEFAULT) == (2, 100 * GIB, 100 * GIB, 0)
        assert storage.volume_info(a) == (0, 10 * GIB, GIB)
        assert storage.volume_names(DEFAULT) == ["a", "b"]
        with pytest.raises(VirtError, match="internal error: Not enough free space in pool for volume 'c'"):
            await house.volume("c", "<capacity>1</capacity>")
        await house.volume("d", "<capacity>1</capacity><allocation>0</allocation>")
        await storage.delete_volume(a, 0)
        assert storage.pool_info(DEFAULT) == (2, 100 * GIB, 99 * GIB, GIB)
        assert storage.volume_count(DEFAULT) == 2

    run(check)


def test_a_volume_is_found_by_name_key_and_path() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await house.volume("a", "<capacity>1</capacity>")
        assert storage.volume_by_name(DEFAULT, "a") == ref
        assert storage.volume_by_key("/default-pool/a") == ref
        assert storage.volume_by_path("/default-pool/a") == ref
        assert storage.volume_path(ref) == "/default-pool/a"
        assert storage.pool_by_volume(ref) == DEFAULT
        assert storage.volumes(DEFAULT, 0) == [ref]

    run(check)


def test_a_volumes_name_is_taken_once() -> None:
    house = House()
    asyncio.run(house.volume("a", "<capacity>1</capacity>"))
    message = "operation failed: storage vol already exists"
    refuses(9, 12, message, lambda: house.volume("a", "<capacity>1</capacity>"))
    gone = VolumeRef("default-pool", "gone", "")
    xml = "<volume><name>a</name><capacity>1</capacity></volume>"
    refuses(9, 12, message, lambda: house.storage.clone_volume(DEFAULT, xml, gone, 0))


def test_a_clone_has_the_sizes_of_its_own_xml_and_needs_a_source_in_the_same_pool() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        source = await house.volume("a", "<capacity>4096</capacity>")
        xml = "<volume><name>c</name><capacity>10</capacity><allocation>5</allocation></volume>"
        clone = await storage.clone_volume(DEFAULT, xml, source, 0)
        assert storage.volume_info(clone) == (0, 10, 5)
        assert storage.pool_info(DEFAULT).allocation == 4101
        other = await storage.create_pool(pool_xml(), 0)
        with pytest.raises(VirtError, match="no storage vol with matching name 'a'"):
            await storage.clone_volume(other, xml, source, 0)
        with pytest.raises(VirtError, match="Not enough free space in pool for volume 'd'"):
            await storage.clone_volume(DEFAULT, xml.replace(">c<", ">d<").replace(">5<", ">999999999999<"), source, 0)

    run(check)


def test_volumes_stay_while_their_pool_is_off_or_defined_anew() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.define_pool("<pool type='logical'><name>n</name></pool>", 0)
        await storage.start_pool(ref, 0)
        volume = await house.volume("v", "<capacity>1000</capacity>", ref)
        await storage.stop_pool(ref)
        source = "<source><device path='/dev/x'/></source>"
        uuid = storage.pool_xml(ref, 0).partition("<uuid>")[2].partition("</uuid>")[0]
        await storage.define_pool(pool_xml("n", uuid, "/t", "disk", source), 0)
        assert storage.pool_info(ref).allocation == 0
        await storage.start_pool(ref, 0)
        shown = storage.volume_xml(volume, 0)
        assert "<path>/dev/n/v</path>\n    <format type='none'/>" in shown
        await storage.delete_volume(volume, 0)
        assert storage.pool_info(ref) == (2, 100 * GIB, 0, 100 * GIB)

    run(check)


@pytest.mark.parametrize(
    ("kind", "given", "number"),
    [
        ("dir", "", 0),
        ("vstorage", "", 0),
        ("logical", "", 1),
        ("mpath", "", 1),
        ("zfs", "", 1),
        ("rbd", f"<source>{HOST}<name>p</name></source>", 3),
        ("gluster", f"<source>{HOST}</source>", 3),
    ],
)
def test_the_type_of_a_volume_is_that_of_its_pool_but_xml_shows_what_was_said(
    kind: str, given: str, number: int
) -> None:
    async def check(house: House) -> None:
        pool = await house.storage.create_pool(pool_xml(kind=kind, source=given), 0)
        xml = "<volume type='dir'><name>v</name><capacity>1</capacity></volume>"
        ref = await house.storage.create_volume(pool, xml, 0)
        assert house.storage.volume_info(ref).type == number
        assert house.storage.volume_xml(ref, 0).startswith("<volume type='dir'>")

    run(check)


def test_flags_that_the_test_driver_does_not_know_are_refused_with_its_functions() -> None:
    house = House()
    storage = house.storage
    volume = asyncio.run(house.volume("a", "<capacity>1</capacity>"))
    xml = "<volume><name>q</name><capacity>1</capacity></volume>"
    calls: list[tuple[Callable[[], object], str, int]] = [
        (lambda: storage.pools(0x100002), "testConnectListAllStoragePools", 0x100000),
        (lambda: storage.find_sources("logical", None, 1), "testConnectFindStoragePoolSources", 1),
        (lambda: storage.define_pool(pool_xml(), 3), "testStoragePoolDefineXML", 2),
        (lambda: storage.create_pool(pool_xml(), 1), "testStoragePoolCreateXML", 1),
        (lambda: storage.start_pool(DEFAULT, 7), "testStoragePoolCreate", 7),
        (lambda: storage.build_pool(DEFAULT, 8), "testStoragePoolBuild", 8),
        (lambda: storage.delete_pool(DEFAULT, 1), "testStoragePoolDelete", 1),
        (lambda: storage.refresh_pool(DEFAULT, 1), "testStoragePoolRefresh", 1),
        (lambda: storage.pool_xml(DEFAULT, 1), "testStoragePoolGetXMLDesc", 1),
        (lambda: storage.volumes(DEFAULT, 1), "testStoragePoolListAllVolumes", 1),
        (lambda: storage.volume_xml(volume, 1), "testStorageVolGetXMLDesc", 1),
        (lambda: storage.create_volume(DEFAULT, xml, 5), "testStorageVolCreateXML", 1),
        (lambda: storage.clone_volume(DEFAULT, xml, volume, 2), "testStorageVolCreateXMLFrom", 2),
        (lambda: storage.delete_volume(volume, 1), "testStorageVolDelete", 1),
    ]
    for call, function, flags in calls:
        refuses(8, 12, f"unsupported flags ({flags:#x}) in function {function}", call)


def test_xml_that_is_to_be_validated_has_nothing_unknown() -> None:
    async def check(house: House) -> None:
        storage = house.storage
        await storage.define_pool(pool_xml("fine"), 1)
        with pytest.raises(SchemaError, match="has extra content: bogus"):
            await storage.define_pool(pool_xml("wrong", None, "/w", source="<bogus/>"), 1)
        await storage.create_volume(DEFAULT, "<volume><name>v</name><capacity>1</capacity></volume>", 4)
        with pytest.raises(SchemaError, match="has extra content: bogus"):
            await storage.create_volume(DEFAULT, "<volume><name>w</name><capacity>1</capacity><bogus/></volume>", 4)
        assert storage.pool_names(False) == ["fine"]
        assert storage.volume_names(DEFAULT) == ["v"]

    run(check)


LOGICAL_SOURCES: Final = """\
<sources>
  <source>
    <device path='/dev/sda20'/>
    <name>testvg1</name>
    <format type='lvm2'/>
  </source>
  <source>
    <device path='/dev/sda21'/>
    <name>testvg2</name>
    <format type='lvm2'/>
  </source>
</sources>
"""
NET_SOURCES: Final = """\
<sources>
  <source>
    <host name='abc'/>
    <dir path='/testshare'/>
    <format type='nfs'/>
  </source>
</sources>
"""


def test_sources_are_found_where_libvirts_test_driver_finds_them() -> None:
    storage = House().storage
    assert storage.find_sources("logical", None, 0) == LOGICAL_SOURCES
    assert storage.find_sources("logical", "<source><device path='/x'/></source>", 0) == LOGICAL_SOURCES
    spec = "<source><host name='abc'/><host name='x'/><format type='cifs'/></source>"
    assert storage.find_sources("netfs", spec, 0) == NET_SOURCES


@pytest.mark.parametrize(
    ("kind", "spec", "code", "domain", "message"),
    [
        ("dir", "<bad", 1, 12, "internal error: unknown storage pool type dir"),
        ("netfs", None, 8, 12, "invalid argument: hostname must be specified for netfs sources"),
        # libvirt's own test driver dies of this one
        ("netfs", "<source/>", 8, 12, "invalid argument: hostname must be specified for netfs sources"),
        ("netfs", "<sourc/>", 27, 5, "XML error: expecting root element of 'source', not 'sourc'"),
        ("netfs", "<source><host/></source>", 27, 18, "XML error: missing storage pool host name"),
        ("usb", "<source/>", 1, 18, "internal error: missing backend for pool type -1"),
        *(
            (
                kind,
                None,
                3,
                12,
                f"{UNSUPPORTED}: pool type '{kind}' does not support source discovery",
            )
            for kind in ("fs", "disk", "iscsi", "usb", "")
        ),
    ],
)
def test_sources_are_not_found_elsewhere(kind: str, spec: str | None, code: int, domain: int, message: str) -> None:
    storage = House().storage
    refuses(code, domain, message, lambda: storage.find_sources(kind, spec, 0))


def test_what_libvirts_test_driver_does_not_have_is_not_supported() -> None:
    house = House()
    storage = house.storage
    volume = asyncio.run(house.volume("a", "<capacity>1</capacity>"))
    calls: dict[str, Callable[[], object]] = {
        "virStoragePoolLookupByTargetPath": lambda: storage.pool_by_target_path("/default-pool"),
        "virConnectGetStoragePoolCapabilities": lambda: storage.pool_capabilities(0),
        "virStorageVolGetInfoFlags": lambda: storage.volume_info_flags(volume, 0),
        "virStorageVolWipe": lambda: storage.wipe_volume(volume, 0),
        "virStorageVolWipePattern": lambda: storage.wipe_volume_pattern(volume, 0, 0),
        "virStorageVolResize": lambda: storage.resize_volume(volume, 5, 0),
    }
    for api, call in calls.items():
        refuses(3, 18, f"{UNSUPPORTED}: {api}", call)


def test_storage_that_a_driver_does_not_have_refuses_every_call() -> None:
    methods = [name for name in vars(Storage) if not name.startswith("_")]
    assert len(methods) == 41
    for name in methods:
        method = getattr(Storage(), name)
        args = [None] * (method.__code__.co_argcount - 1)

        async def wait(found: Callable[..., object] = method, given: list[None] = args) -> None:
            result = found(*given)
            if asyncio.iscoroutine(result):
                await result

        with pytest.raises(NotSupported, match=r"driver: vir(Connect|Storage)") as caught:
            asyncio.run(wait())
        assert caught.value.domain == 18


def test_lists_never_grow_beyond_what_the_wire_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_storage, "MAX_POOLS", 2)
    monkeypatch.setattr(test_storage, "MAX_VOLUMES", 1)
    house = House()
    asyncio.run(house.storage.define_pool(pool_xml(), 0))
    refuses(9, 18, "operation failed: there are 2 storage pools already", lambda: house.storage.define_pool(
        pool_xml("m", None, "/m"), 0
    ))  # fmt: skip
    asyncio.run(house.volume("a", "<capacity>1</capacity>"))
    full = "internal error: Not enough free space in pool for volume 'b'"
    refuses(1, 12, full, lambda: house.volume("b", "<capacity>1</capacity>"))
