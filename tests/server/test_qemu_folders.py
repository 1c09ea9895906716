"""The folders that machines may use are seen as pools, the images in them as volumes, and nothing else is."""

from __future__ import annotations

import asyncio
import os
import struct
from pathlib import Path

import pytest

from virtrpcd.drivers.qemu.folders import FolderStorage
from virtrpcd.errors import NoStoragePool, NoStorageVolume, NotSupported
from virtrpcd.model_storage import PoolFilter, PoolState, VolumeRef
from virtrpcd.paths import PathRules


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "raw").write_bytes(bytes(4096))
    (folder / "cow").write_bytes(struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 1 << 30) + bytes(80))
    (folder / ".hidden").write_bytes(b"")
    (folder / "folder").mkdir()
    (folder / "link").symlink_to("/etc/passwd")
    return folder


def storage(*folders: Path) -> FolderStorage:
    return FolderStorage(PathRules(folders))


def test_each_folder_that_is_there_is_a_running_pool(images: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "images"
    other.mkdir(parents=True)
    found = storage(images, tmp_path / "not there", other)
    assert found.pool_names(True) == ["images", "images-2"]
    assert found.pool_names(False) == []
    assert found.pool_count(True) == 2
    first, second = found.pools(0)
    assert found.pool_by_uuid(first.uuid) == found.pool_by_name("images") == first
    assert found.pool_by_target_path(f"{other}/") == second
    assert found.pool_info(first).state == PoolState.RUNNING
    assert f"<path>{images}</path>" in found.pool_xml(first, 0)
    asyncio.run(found.refresh_pool(first, 0))


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (PoolFilter.ACTIVE, True),
        (PoolFilter.INACTIVE, False),
        (PoolFilter.TRANSIENT, False),
        (PoolFilter.PERSISTENT | PoolFilter.AUTOSTART, True),
        (PoolFilter.NO_AUTOSTART, False),
        (0x40, True),
        (0x200, False),
    ],
)
def test_pools_can_be_filtered(flags: int, shown: bool, images: Path) -> None:
    assert bool(storage(images).pools(flags)) == shown


def test_images_are_volumes_and_other_things_are_not(images: Path) -> None:
    found = storage(images)
    (pool,) = found.pools(0)
    assert found.volume_names(pool) == ["cow", "raw"]
    assert found.volumes(pool, 0) == [VolumeRef("images", name, f"{images}/{name}") for name in ("cow", "raw")]
    for name in ("link", "folder", ".hidden", "none", "../images/raw", "."):
        with pytest.raises(NoStorageVolume):
            found.volume_by_name(pool, name)
    for path in ("/etc/passwd", f"{images}/link", f"{images}/../images/raw", "raw", ""):
        with pytest.raises(NoStorageVolume):
            found.volume_by_path(path)


def test_a_volume_tells_its_sizes(images: Path) -> None:
    found = storage(images)
    raw = found.volume_by_path(f"{images}/raw")
    cow = found.volume_by_key(f"{images}/cow")
    assert found.pool_by_volume(raw).name == "images"
    assert found.volume_info(raw).capacity == 4096
    assert found.volume_info(cow).capacity == 1 << 30
    assert found.volume_info_flags(cow, 1).allocation == os.stat(images / "cow").st_size
    assert "<format type='qcow2'/>" in found.volume_xml(cow, 0)
    assert found.volume_path(raw) == f"{images}/raw"


def test_what_is_not_there_and_what_is_not_done_is_said(images: Path) -> None:
    found = storage(images)
    (pool,) = found.pools(0)
    with pytest.raises(NoStoragePool):
        found.pool_by_name("else")
    with pytest.raises(NoStoragePool):
        found.pool_by_uuid(bytes(16))
    with pytest.raises(NotSupported):
        asyncio.run(found.create_volume(pool, "<volume/>", 0))
