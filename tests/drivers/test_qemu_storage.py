"""Storage pools of the qemu driver on real folders: their lives, what is kept, what is refused, what is found."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from drivers.qemu_storage_house import MIB, UUID, House, qcow2_head, run

from virtrpcd.errors import (
    AccessDenied,
    ConfigUnsupported,
    InvalidArgument,
    NoStoragePool,
    NoStorageVolume,
    OperationFailed,
    OperationInvalid,
    SystemCallFailed,
    VirtError,
)
from virtrpcd.model_storage import PoolRef, VolumeRef


def test_a_life_of_a_pool_and_its_events(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.define_pool(house.xml(), 0)
        with pytest.raises(SystemCallFailed, match=r"cannot open directory .*: No such file or directory"):
            await storage.start_pool(ref, 0)
        await storage.build_pool(ref, 0)
        assert os.stat(house.inside / "p").st_mode & 0o777 == 0o711
        await storage.build_pool(ref, 0)
        await storage.start_pool(ref, 0)
        info = storage.pool_info(ref)
        assert info.state == 2
        assert info.capacity == info.allocation + info.available > 0
        for refused in (storage.start_pool(ref, 0), storage.build_pool(ref, 0), storage.delete_pool(ref, 0)):
            with pytest.raises(OperationInvalid, match="active"):
                await refused
        with pytest.raises(OperationInvalid, match="still active"):
            await storage.undefine_pool(ref)
        await storage.refresh_pool(ref, 0)
        await storage.stop_pool(ref)
        assert storage.pool_info(ref).state == 0
        with pytest.raises(OperationInvalid, match="not active"):
            storage.volume_names(ref)
        await storage.delete_pool(ref, 0)
        assert not (house.inside / "p").exists()
        await storage.undefine_pool(ref)
        assert storage.pools(0) == []
        assert [event for _, event in house.events()] == [0, 4, 4, 2, "refresh", 3, 5, 1]

    run(tmp_path, check)


def test_a_transient_pool_is_gone_when_it_stops_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage = house.storage
        with pytest.raises(SystemCallFailed):
            await storage.create_pool(house.xml(), 0)
        assert storage.pools(0) == []
        ref = await storage.create_pool(house.xml(), 1)
        assert (storage.pool_is_active(ref), storage.pool_is_persistent(ref)) == (True, False)
        assert storage.pools(0x8) == [ref]
        assert storage.pools(0x4) == []
        with pytest.raises(VirtError, match="internal error: pool has no config file"):
            await storage.set_pool_autostart(ref, True)
        with pytest.raises(OperationFailed, match="already exists with uuid"):
            await storage.create_pool(house.xml(), 0)
        await storage.stop_pool(ref)
        assert storage.pools(0) == []
        assert house.events() == [("p", 2), ("p", 3)]
        assert house.store.load().pools == []

    run(tmp_path, check)


def test_definitions_are_kept_and_pools_that_start_with_the_daemon_do(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        for name in ("a", "b"):
            await house.running(name)
        await house.volume(house.storage.pool_by_name("a"), "v")
        await house.storage.set_pool_autostart(house.storage.pool_by_name("a"), True)
        gone = await house.storage.define_pool(house.xml("c"), 0)
        await house.storage.undefine_pool(gone)

    async def second(house: House) -> None:
        storage = house.storage
        assert storage.pool_names(True) == ["a"]
        assert storage.pool_names(False) == ["b"]
        a = storage.pool_by_name("a")
        assert storage.pool_autostart(a)
        assert storage.volume_names(a) == ["v"]
        await storage.set_pool_autostart(a, False)

    async def third(house: House) -> None:
        assert sorted(house.storage.pool_names(False)) == ["a", "b"]
        assert house.events() == []

    run(tmp_path, first, second, third)


def test_a_pool_that_cannot_start_with_the_daemon_hinders_no_other(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        for name in ("a", "b"):
            await house.storage.set_pool_autostart(await house.running(name), True)
        (house.inside / "a").rmdir()

    async def second(house: House) -> None:
        assert house.storage.pool_names(True) == ["b"]
        assert house.storage.pool_names(False) == ["a"]

    run(tmp_path, first, second)


def test_pools_that_clash_are_refused(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.define_pool(house.xml(extra=f"<uuid>{UUID}</uuid>"), 0)
        for xml, why in (
            (house.xml(), f"pool 'p' already exists with uuid {UUID}"),
            (house.xml("q", extra=f"<uuid>{UUID}</uuid>"), f"pool 'p' is already defined with uuid {UUID}"),
            (house.xml("q", path=f"{house.inside}/p/"), "Storage source conflict with pool: 'p'"),
        ):
            with pytest.raises(OperationFailed, match=why):
                await storage.define_pool(xml, 0)
        again = house.xml(path=f"{house.inside}/other", extra=f"<uuid>{UUID}</uuid>")
        assert await storage.define_pool(again, 0) == ref
        assert f"<path>{house.inside}/other</path>" in storage.pool_xml(ref, 0)

    run(tmp_path, check)


def test_a_running_pool_goes_on_as_it_was_when_it_is_defined_anew(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage = house.storage
        ref = await storage.create_pool(house.xml(extra=f"<uuid>{UUID}</uuid>"), 1)
        await storage.define_pool(house.xml(path=f"{house.inside}/other", extra=f"<uuid>{UUID}</uuid>"), 0)
        assert storage.pool_is_persistent(ref)
        assert f"<path>{house.inside}/p</path>" in storage.pool_xml(ref, 0)
        assert f"<path>{house.inside}/other</path>" in storage.pool_xml(ref, 1)
        await storage.stop_pool(ref)
        assert f"<path>{house.inside}/other</path>" in storage.pool_xml(ref, 0)

    run(tmp_path, check)


def test_only_folders_that_the_daemon_may_use_are_pools(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        (tmp_path / "out").mkdir()
        (house.inside / "link").symlink_to(tmp_path / "out")
        for path in (f"{tmp_path}/out", "/", f"{house.inside}/link", f"{house.inside}/link/x"):
            with pytest.raises(AccessDenied):
                await house.storage.define_pool(house.xml(path=path), 0)
        for path in ("relative", f"{house.inside}/../out", f"{house.inside}/a&#9;b"):
            with pytest.raises(InvalidArgument):
                await house.storage.create_pool(house.xml(path=path), 1)
        await house.storage.define_pool(house.xml("whole", path=str(house.inside)), 0)
        ref = await house.running("p")
        await house.storage.stop_pool(ref)
        (house.inside / "p").rmdir()
        (house.inside / "p").symlink_to(tmp_path / "out")
        for refused in (house.storage.start_pool(ref, 0), house.storage.build_pool(ref, 0)):
            with pytest.raises(AccessDenied):
                await refused
        with pytest.raises(AccessDenied):
            await house.storage.delete_pool(ref, 0)
        assert (tmp_path / "out").exists()

    run(tmp_path, check)


@pytest.mark.parametrize("kind", ["fs", "logical", "netfs"])
def test_other_types_of_pools_are_refused_clearly(kind: str, tmp_path: Path) -> None:
    source = "<source><name>x</name><host name='h'/><dir path='/d'/><device path='/dev/x'/></source>"
    xml = f"<pool type='{kind}'><name>p</name>{source}<target><path>/x</path></target></pool>"

    async def check(house: House) -> None:
        with pytest.raises(ConfigUnsupported, match=f"pools of type '{kind}' are not supported"):
            await house.storage.define_pool(xml, 0)

    run(tmp_path, check)


def test_a_pool_with_something_in_it_is_not_deleted(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        ref = await house.running()
        await house.volume(ref, "v")
        await house.storage.stop_pool(ref)
        with pytest.raises(SystemCallFailed, match=r"failed to remove pool .*: Directory not empty"):
            await house.storage.delete_pool(ref, 0)
        assert (house.inside / "p" / "v").exists()

    run(tmp_path, check)


def test_a_pool_whose_folder_went_stops_when_it_is_refreshed(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        ref = await house.running()
        (house.inside / "p").rmdir()
        with pytest.raises(SystemCallFailed, match="cannot open directory"):
            await house.storage.refresh_pool(ref, 0)
        assert not house.storage.pool_is_active(ref)
        assert house.events()[-1] == ("p", 3)

    run(tmp_path, check)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage, nobody = house.storage, PoolRef("x", bytes(16))
        for call in (
            lambda: storage.pool_by_name("x"),
            lambda: storage.pool_by_uuid(bytes(16)),
            lambda: storage.pool_by_target_path("/x"),
            lambda: storage.pool_info(nobody),
            lambda: storage.volume_info(VolumeRef("x", "v", "k")),
        ):
            with pytest.raises(NoStoragePool):
                call()
        with pytest.raises(NoStoragePool):
            await storage.stop_pool(nobody)
        ref = await house.running()
        for find in (
            lambda: storage.volume_by_name(ref, "x"),
            lambda: storage.volume_by_key("x"),
            lambda: storage.volume_by_path(f"{house.inside}/p/x"),
            lambda: storage.volume_info(VolumeRef("p", "x", "k")),
        ):
            with pytest.raises(NoStorageVolume):
                find()

    run(tmp_path, check)


def test_what_lies_in_the_folder_is_found_by_what_it_begins_with(tmp_path: Path) -> None:
    files = {
        "raw": bytes(5000),
        "empty": b"",
        ".hidden": b"x",
        "v3": qcow2_head(incompatible=1 << 4),
        "v2": qcow2_head(2),
        "over": qcow2_head(backing=b"raw"),
        "cd.iso": bytes(32769) + b"CD001" + bytes(10),
        "x.vmdk": b"KDMV".ljust(12, b"\0") + struct.pack("<Q", 100) + bytes(512),
        "x.vdi": bytes(64) + b"\x7f\x10\xda\xbe" + bytes(300) + struct.pack("<Q", 7 * MIB),
        "short": b"QFI\xfb\0\0\0\3\0",
    }
    shown = {
        "raw": ("raw", 5000), "empty": ("raw", 0), ".hidden": ("raw", 1), "v3": ("qcow2", 5 * MIB),
        "v2": ("qcow2", 5 * MIB), "over": ("qcow2", 5 * MIB), "cd.iso": ("iso", 32784),
        "x.vmdk": ("vmdk", 51200), "x.vdi": ("vdi", 7 * MIB), "short": ("qcow2", 9),
        "sub": ("dir", 0), "link": ("raw", 5000),
    }  # fmt: skip

    async def check(house: House) -> None:
        folder = house.inside / "p"
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        (folder / "sub").mkdir()
        (folder / "link").symlink_to("raw")
        (folder / "out").symlink_to("/etc/passwd")
        (folder / "dangling").symlink_to("nowhere")
        (folder / "new\nline").write_bytes(b"")
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_bytes(b"")
        os.mkfifo(folder / "fifo")
        storage, ref = house.storage, await house.running()
        assert storage.volume_names(ref) == sorted(shown)
        assert storage.volume_count(ref) == len(shown)
        for volume in storage.volumes(ref, 0):
            image_format, capacity = shown[volume.name]
            assert volume == VolumeRef("p", volume.name, f"{folder}/{volume.name}")
            assert storage.volume_info(volume).capacity == capacity, volume
            assert f"<format type='{image_format}'/>" in storage.volume_xml(volume, 0)
        assert storage.volume_info(storage.volume_by_name(ref, "sub")).type == 2
        assert storage.pool_by_volume(storage.volume_by_path(f"{folder}//raw")) == ref
        v3, v2 = (storage.volume_xml(storage.volume_by_name(ref, name), 0) for name in ("v3", "v2"))
        assert "<compat>1.1</compat>" in v3
        assert "<lazy_refcounts/>" in v3
        assert "<extended_l2/>" in v3
        assert "compat" not in v2
        over = storage.volume_xml(storage.volume_by_name(ref, "over"), 0)
        assert f"<backingStore>\n    <path>{folder}/raw</path>\n    <format type='raw'/>\n    <permissions>" in over

    run(tmp_path, check)


def test_allocation_and_physical_size_are_those_of_the_file(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        path = house.inside / "p" / "sparse"
        path.write_bytes(bytes(4096))
        os.truncate(path, MIB)
        await storage.refresh_pool(ref, 0)
        volume = storage.volume_by_name(ref, "sparse")
        status = os.stat(path)
        assert storage.volume_info(volume) == (0, MIB, status.st_blocks * 512)
        assert storage.volume_info_flags(volume, 1) == (0, MIB, MIB)
        os.truncate(path, 2 * MIB)
        assert storage.volume_info(volume).capacity == 2 * MIB
        path.unlink()
        with pytest.raises(NoStorageVolume, match=f"path '{path}'"):
            storage.volume_info(volume)

    run(tmp_path, check)
