"""What is in the folder of a storage pool: files and folders as volumes, told by what they begin with.

Names that libvirt's XML or our path rules cannot carry are left out, and so are links that lead out of the allowed
folders, and what is neither file nor folder. Looking costs one short read a file.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from virtrpcd.errors import FROM_STORAGE, OperationFailed, VirtError
from virtrpcd.paths import PathRules
from virtrpcd.storage_def import Backing, Permissions, Timestamps, VolumeDef

log = logging.getLogger(__name__)

MAX_VOLUMES: Final = 16384
"""No more in one pool than a list of volumes can hold on any wire."""
MAX_SIZE_BYTES: Final = (1 << 63) - 1

_BLOCK_BYTES: Final = 512
"""What st_blocks counts, whatever the file system's blocks are."""
_HEAD_BYTES: Final = 40960
"""As much of an image as is looked at: where an ISO image says what it is comes after 32 KiB of anything."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _Magic:
    """Bytes that a format has at an offset; how its capacity is written at another, in units of so many bytes."""

    format: str
    offset: int
    text: bytes
    number: str = ""
    at: int = 0
    unit_bytes: int = 1


_MAGICS: Final = (
    _Magic("qcow", 0, b"QFI\xfb\0\0\0\x01", ">Q", 24),
    _Magic("qcow2", 0, b"QFI\xfb\0\0\0\x02", ">Q", 24),
    _Magic("qcow2", 0, b"QFI\xfb\0\0\0\x03", ">Q", 24),
    _Magic("qed", 0, b"QED\0", "<Q", 48),
    _Magic("vmdk", 0, b"KDMV", "<Q", 12, 512),
    _Magic("vdi", 64, b"\x7f\x10\xda\xbe", "<Q", 368),
    _Magic("vpc", 0, b"conectix", ">Q", 40),
    _Magic("iso", 32769, b"CD001"),
)

_QCOW2: Final = struct.Struct(">8xQII")
_QCOW2_V3_FEATURES: Final = struct.Struct(">QQ")
_FEATURES_AT: Final = 72
_HEADER_LENGTH_AT: Final = 100
_V2_HEADER_BYTES: Final = 72
_EXTENSION: Final = struct.Struct(">II")
_BACKING_FORMAT: Final = 0xE2792ACA
_EXTENDED_L2: Final = 1 << 4
_LAZY_REFCOUNTS: Final = 1
_MAX_BACKING_BYTES: Final = 1023


def may_be_named(name: str) -> bool:
    """Return whether a volume can have that name."""
    return name not in ("", ".", "..") and "/" not in name and not _CONTROL.search(name)


def scan_folder(paths: PathRules, folder: str) -> dict[str, VolumeDef]:
    """Return the volumes in a folder, by name and in its order.

    Raises OSError when the folder cannot be read, what PathRules.check_folder does, OperationFailed for too many.
    """
    handle = paths.open_folder(folder, "storage pool")
    try:
        names = sorted(filter(may_be_named, os.listdir(handle)))
    finally:
        os.close(handle)
    if len(names) > MAX_VOLUMES:
        raise OperationFailed(f"operation failed: '{folder}' has more than {MAX_VOLUMES} files", domain=FROM_STORAGE)
    found: dict[str, VolumeDef] = {}
    for name in names:
        try:
            found[name] = scan_volume(paths, f"{folder}/{name}")
        except (OSError, VirtError) as error:
            log.info("%s/%s is no volume: %s", folder, name, error)
    return found


def scan_volume(paths: PathRules, path: str) -> VolumeDef:
    """Return the volume at a path of a pool. Raises OSError or VirtError for what is none."""
    volume = VolumeDef(os.path.basename(path), path=path, key=path)
    _look(paths, volume, _tell_format)
    return volume


def look_again(paths: PathRules, volume: VolumeDef) -> None:
    """Bring a known volume's sizes, permissions and times up to date; its format stays. Raises as scan_volume."""
    _look(paths, volume, _tell_capacity)


def _look(paths: PathRules, volume: VolumeDef, tell: Callable[[VolumeDef, bytes], None]) -> None:
    mode = os.stat(volume.path).st_mode
    if stat.S_ISDIR(mode):
        handle = paths.open_folder(volume.path, "volume")
    else:
        handle = paths.open(volume.path, "volume", os.O_RDONLY)
    try:
        status = os.fstat(handle)
        volume.permissions = permissions_of(status)
        volume.timestamps = Timestamps(status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)
        if stat.S_ISDIR(status.st_mode):
            volume.type = volume.format = "dir"
            volume.capacity = volume.allocation = volume.physical = 0
            return
        volume.type = "file"
        volume.physical = volume.capacity = status.st_size
        volume.allocation = status.st_blocks * _BLOCK_BYTES
        tell(volume, os.pread(handle, _HEAD_BYTES, 0))
    finally:
        os.close(handle)
    if volume.backing is not None:
        _look_at_backing(paths, volume.backing)


def permissions_of(status: os.stat_result) -> Permissions:
    """Return who may do what with a file."""
    return Permissions(status.st_mode & 0o777, status.st_uid, status.st_gid)


def _tell_capacity(volume: VolumeDef, head: bytes) -> None:
    for magic in _MAGICS:
        if magic.format == volume.format and head.startswith(magic.text, magic.offset):
            _read_capacity(volume, magic, head)


def _tell_format(volume: VolumeDef, head: bytes) -> None:
    volume.format = "raw"
    for magic in _MAGICS:
        if head.startswith(magic.text, magic.offset):
            volume.format = magic.format
            _read_capacity(volume, magic, head)
            break
    if volume.format == "qcow2" and len(head) >= _V2_HEADER_BYTES:
        _read_qcow2(volume, head)


def _read_capacity(volume: VolumeDef, magic: _Magic, head: bytes) -> None:
    if magic.number and len(head) >= magic.at + struct.calcsize(magic.number):
        (number,) = struct.unpack_from(magic.number, head, magic.at)
        volume.capacity = min(number * magic.unit_bytes, MAX_SIZE_BYTES)


def _read_qcow2(volume: VolumeDef, head: bytes) -> None:
    backing_at, backing_bytes, cluster_bits = _QCOW2.unpack_from(head)
    if 9 <= cluster_bits <= 21:
        volume.cluster_size = 1 << cluster_bits
    after = _V2_HEADER_BYTES
    if head[7] == 3 and len(head) >= _HEADER_LENGTH_AT + 4:
        incompatible, compatible = _QCOW2_V3_FEATURES.unpack_from(head, _FEATURES_AT)
        volume.compat = "1.1"
        volume.features = []
        if compatible & _LAZY_REFCOUNTS:
            volume.features.append("lazy_refcounts")
        if incompatible & _EXTENDED_L2:
            volume.features.append("extended_l2")
        after = int.from_bytes(head[_HEADER_LENGTH_AT : _HEADER_LENGTH_AT + 4], "big")
    name = head[backing_at : backing_at + min(backing_bytes, _MAX_BACKING_BYTES)].decode("utf-8", "replace")
    if backing_at and name and not _CONTROL.search(name):
        path = os.path.join(os.path.dirname(volume.path), name)
        volume.backing = Backing(path, _backing_format(head, after, backing_at))


def _backing_format(head: bytes, at: int, end: int) -> str | None:
    """Return the format that one of the extensions after a header names."""
    while at + _EXTENSION.size <= min(end, len(head)):
        kind, length = _EXTENSION.unpack_from(head, at)
        at += _EXTENSION.size
        if kind == _BACKING_FORMAT:
            return head[at : at + min(length, 16)].decode("ascii", "replace")
        if kind == 0:
            break
        at += -(-length // 8) * 8
    return None


def _look_at_backing(paths: PathRules, backing: Backing) -> None:
    """Tell who may use a backing file, when it is one that could be a volume itself; nothing is read from it."""
    try:
        status = os.stat(paths.check(backing.path, "backing file"))
    except (OSError, VirtError):
        return
    backing.permissions = permissions_of(status)
    backing.timestamps = Timestamps(status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)
