"""Volumes of the qemu driver: made, changed, copied and removed on real files, and by qemu-img."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from drivers.qemu_storage_house import MIB, SPARSE, House, descriptors, qcow2_head, run, volume_xml
from interop.programs import need

from virtrpcd.errors import (
    AccessDenied,
    ConfigUnsupported,
    InvalidArgument,
    NoStorageVolume,
    OperationFailed,
    OperationInvalid,
    OperationUnsupported,
    SystemCallFailed,
    VirtError,
    VolumeExists,
)


def test_a_raw_volume_takes_the_room_that_is_asked_for(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        ref = await house.running()
        for name, rest, allocation in (("full", "", MIB), ("sparse", SPARSE, 0)):
            volume = await house.volume(ref, name, MIB, rest)
            assert house.storage.volume_info(volume) == (0, MIB, allocation)
            assert os.stat(house.inside / "p" / name).st_mode & 0o777 == 0o600
        perm = "<target><permissions><mode>0640</mode></permissions></target>"
        await house.volume(ref, "perm", MIB, perm)
        assert os.stat(house.inside / "p" / "perm").st_mode & 0o777 == 0o640

    run(tmp_path, check)


@pytest.mark.parametrize(
    ("name", "rest", "error"),
    [
        ("there", "", VolumeExists),
        ("unknown", "", OperationInvalid),
        ("a/b", "", OperationInvalid),
        ("..", "", InvalidArgument),
        ("a&#10;b", "", InvalidArgument),
        ("x" * 300, "", SystemCallFailed),
        ("v", "<target><format type='vmdk'/></target>", ConfigUnsupported),
        ("v", "<target><format type='dir'/></target>", ConfigUnsupported),
        ("v", "<backingStore><path>/etc/passwd</path><format type='raw'/></backingStore>", ConfigUnsupported),
        ("v", "<target><encryption format='luks'/></target>", ConfigUnsupported),
    ],
)
def test_volumes_that_cannot_be_made_are_refused_and_leave_nothing(
    name: str, rest: str, error: type[VirtError], tmp_path: Path
) -> None:
    async def check(house: House) -> None:
        ref = await house.running()
        await house.volume(ref, "there")
        (house.inside / "p" / "unknown").write_bytes(b"mine")
        with pytest.raises(error):
            await house.volume(ref, name, MIB, rest)
        assert sorted(os.listdir(house.inside / "p")) == ["there", "unknown"]
        assert (house.inside / "p" / "unknown").read_bytes() == b"mine"

    run(tmp_path, check)


def test_a_volume_that_is_too_large_leaves_no_file(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        ref = await house.running()
        with pytest.raises(SystemCallFailed, match=r"cannot extend file .*: File too large"):
            await house.volume(ref, "v", 1 << 62)
        assert os.listdir(house.inside / "p") == []
        assert house.storage.volume_names(ref) == []

    run(tmp_path, check)


def test_a_raw_volume_is_resized_as_libvirt_does_it(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage = house.storage
        volume = await house.volume(await house.running(), "v", 100000)
        with pytest.raises(InvalidArgument, match="unless shrink flag"):
            await storage.resize_volume(volume, 2000, 0)
        with pytest.raises(InvalidArgument, match="cannot be zero"):
            await storage.resize_volume(volume, 0, 0)
        for capacity, flags, then in ((2000, 4, 2000), (1000, 2, 3000), (1000, 6, 2000), (8192, 1, 8192)):
            await storage.resize_volume(volume, capacity, flags)
            assert storage.volume_info(volume).capacity == then
        assert storage.volume_info(volume).allocation == 8192
        with pytest.raises(InvalidArgument, match="below existing allocation"):
            await storage.resize_volume(volume, 4096, 4)
        with pytest.raises(OperationFailed, match="Not enough space left"):
            await storage.resize_volume(volume, 1 << 60, 1)
        with pytest.raises(InvalidArgument, match="more than a file holds"):
            await storage.resize_volume(volume, (1 << 64) - 1, 0)

    run(tmp_path, check)


def test_a_raw_volume_is_copied_without_its_holes(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        other = await house.running("q")
        source = await house.volume(ref, "v", 4 * MIB)
        path = house.inside / "p" / "v"
        with path.open("r+b") as file:
            file.seek(2 * MIB)
            file.write(b"data")
        copy = await storage.clone_volume(other, volume_xml("c", 8 * MIB), source, 0)
        data = (house.inside / "q" / "c").read_bytes()
        assert data == path.read_bytes() + bytes(4 * MIB)
        assert storage.volume_info(copy).allocation < 2 * MIB
        with pytest.raises(VirtError, match="volume name 'c' already in use"):
            await storage.clone_volume(other, volume_xml("c"), source, 0)

    run(tmp_path, check)


def test_a_copy_that_is_cancelled_leaves_no_file(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        source = await house.volume(ref, "v", 64 * MIB)
        (house.inside / "p" / "v").write_bytes(b"x" * (64 * MIB))
        work = asyncio.ensure_future(storage.clone_volume(ref, volume_xml("c"), source, 0))
        target = house.inside / "p" / "c"
        while not (target.exists() and target.stat().st_size):
            await asyncio.sleep(0)
        with pytest.raises(OperationFailed, match="has asynchronous jobs running"):
            await storage.stop_pool(ref)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert os.listdir(house.inside / "p") == ["v"]
        await storage.stop_pool(ref)

    run(tmp_path, check)


def test_wiping_overwrites_all_and_makes_it_raw(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        (house.inside / "p" / "full").write_bytes(qcow2_head() + b"x" * 100_000)
        (house.inside / "p" / "holes").write_bytes(b"x" * 4096)
        os.truncate(house.inside / "p" / "holes", MIB)
        await storage.refresh_pool(ref, 0)
        for name in ("full", "holes"):
            before = os.stat(house.inside / "p" / name).st_size
            volume = storage.volume_by_name(ref, name)
            await storage.wipe_volume(volume, 0)
            assert (house.inside / "p" / name).read_bytes() == bytes(before)
            assert "<format type='raw'/>" in storage.volume_xml(volume, 0)
        with pytest.raises(VirtError, match="argument unsupported: 'trim' algorithm not supported"):
            await storage.wipe_volume_pattern(volume, 9, 0)
        with pytest.raises(InvalidArgument, match="wiping algorithm 99 not supported"):
            await storage.wipe_volume_pattern(volume, 99, 0)

    run(tmp_path, check)


def test_deleting_removes_the_link_and_not_where_it_leads(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        folder = house.inside / "p"
        (folder / "file").write_bytes(b"x")
        (folder / "link").symlink_to("file")
        (folder / "sub").mkdir()
        await storage.refresh_pool(ref, 0)
        link = storage.volume_by_name(ref, "link")
        for name in ("link", "sub"):
            await storage.delete_volume(storage.volume_by_name(ref, name), 0)
        assert os.listdir(folder) == ["file"]
        with pytest.raises(NoStorageVolume):
            await storage.delete_volume(link, 0)
        file = storage.volume_by_name(ref, "file")
        (folder / "file").unlink()
        await storage.delete_volume(file, 0)
        assert storage.volume_names(ref) == []

    run(tmp_path, check)


def test_a_link_that_leads_out_later_is_not_followed(tmp_path: Path) -> None:
    async def check(house: House) -> None:
        storage = house.storage
        volume = await house.volume(await house.running(), "v")
        secret = tmp_path / "secret"
        secret.write_bytes(b"secret")
        (house.inside / "p" / "v").unlink()
        (house.inside / "p" / "v").symlink_to(secret)
        for refused in (
            storage.open_download(volume, 0, 0, 0),
            storage.open_upload(volume, 0, 0, 0),
            storage.wipe_volume(volume, 0),
            storage.resize_volume(volume, 3 * MIB, 0),
        ):
            with pytest.raises(AccessDenied):
                await refused
        assert secret.read_bytes() == b"secret"

    run(tmp_path, check)


QCOW2 = "<target><format type='qcow2'/>{}</target>"


def image_info(path: Path) -> dict[str, Any]:
    said = subprocess.run(["qemu-img", "info", "--output=json", path], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


@pytest.mark.interop
def test_a_qcow2_volume_is_made_resized_and_copied(tmp_path: Path) -> None:
    need("qemu-img")

    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        folder = house.inside / "p"
        more = "<features><lazy_refcounts/></features><clusterSize unit='KiB'>128</clusterSize>"
        volume = await house.volume(ref, "a,b: c", MIB - 5, SPARSE + QCOW2.format(more))
        said = image_info(folder / "a,b: c")
        assert (said["format"], said["virtual-size"], said["cluster-size"]) == ("qcow2", MIB, 128 << 10)
        assert said["format-specific"]["data"]["lazy-refcounts"]
        assert storage.volume_info(volume).capacity == MIB
        assert os.stat(folder / "a,b: c").st_mode & 0o777 == 0o600
        await storage.resize_volume(volume, 3 * MIB, 0)
        assert image_info(folder / "a,b: c")["virtual-size"] == 3 * MIB
        await storage.resize_volume(volume, 2 * MIB, 4)
        assert storage.volume_info(volume).capacity == 2 * MIB
        with pytest.raises(OperationUnsupported, match="preallocate is only supported for raw"):
            await storage.resize_volume(volume, 4 * MIB, 1)
        raw = await storage.clone_volume(ref, volume_xml("raw"), volume, 0)
        assert (folder / "raw").read_bytes() == bytes(2 * MIB)
        (folder / "raw").write_bytes(b"x" * 2 * MIB)
        await storage.clone_volume(ref, volume_xml("again", rest=QCOW2.format("<compat>1.1</compat>")), raw, 0)
        assert image_info(folder / "again")["format-specific"]["data"]["compat"] == "1.1"
        subprocess.run(["qemu-img", "compare", "-q", "-f", "raw", "-F", "qcow2", folder / "raw", folder / "again"],
                       check=True)  # fmt: skip

    run(tmp_path, check)


@pytest.mark.interop
def test_qemu_imgs_refusal_leaves_no_file_and_no_descriptor(tmp_path: Path) -> None:
    need("qemu-img")

    async def check(house: House) -> None:
        ref = await house.running()
        with pytest.raises(VirtError, match=f"qemu-img create '{house.inside}/p/v' .*power of two"):
            await house.volume(ref, "v", MIB, QCOW2.format("<clusterSize>1000</clusterSize>"))
        assert os.listdir(house.inside / "p") == []

    run(tmp_path, check)


@pytest.mark.interop
def test_an_image_that_names_another_file_is_neither_copied_nor_resized(tmp_path: Path) -> None:
    need("qemu-img")
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret" * 1000)

    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        (house.inside / "p" / "v").write_bytes(qcow2_head(backing=os.fsencode(secret)))
        await storage.refresh_pool(ref, 0)
        volume = storage.volume_by_name(ref, "v")
        with pytest.raises(ConfigUnsupported, match="has a backing file"):
            await storage.clone_volume(ref, volume_xml("c"), volume, 0)
        with pytest.raises(ConfigUnsupported, match="has a backing file"):
            await storage.resize_volume(volume, 64 * MIB, 0)
        assert os.listdir(house.inside / "p") == ["v"]

    run(tmp_path, check)


@pytest.mark.interop
def test_a_conversion_that_is_cancelled_ends_qemu_img_and_leaves_no_file(tmp_path: Path) -> None:
    need("qemu-img")

    async def check(house: House) -> None:
        storage, ref = house.storage, await house.running()
        path = house.inside / "p" / "v"
        path.write_bytes(os.urandom(MIB) * 256)
        await storage.refresh_pool(ref, 0)
        source = storage.volume_by_name(ref, "v")
        xml = volume_xml("c", rest=QCOW2.format(""))
        work = asyncio.ensure_future(storage.clone_volume(ref, xml, source, 0))
        target = house.inside / "p" / "c"
        while not (target.exists() and target.stat().st_size):
            await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert os.listdir(house.inside / "p") == ["v"]
        await storage.stop()
        assert descriptors(path) == 0

    run(tmp_path, check)
