"""The types of storage pools: what each is made of, and which formats it and its volumes may have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Part(Enum):
    """A part of a pool's <source> that a type may need."""

    HOST = auto()
    DEVICE = auto()
    DIR = auto()
    ADAPTER = auto()
    NAME = auto()
    INITIATOR = auto()


@dataclass(frozen=True, slots=True)
class PoolKind:
    """A type of pool.

    parts: what its <source> may have. formats: of the source, numbered as libvirt does, () when it has none, with the
    one it has when none is said. volume_formats: the same of its volumes, the first is the default. target: whether
    its volumes have a path on this host.
    """

    parts: frozenset[Part] = frozenset()
    formats: tuple[str, ...] = ()
    default_format: str | None = None
    volume_formats: tuple[str, ...] = ()
    target: bool = True


_FILE_FORMATS: Final = (
    "raw",
    "dir",
    "bochs",
    "cloop",
    "dmg",
    "iso",
    "vpc",
    "vdi",
    "fat",
    "vhd",
    "ploop",
    "cow",
    "qcow",
    "qcow2",
    "qed",
    "vmdk",
)
_PARTITION_FORMATS: Final = ("none", "linux", "fat16", "fat32", "linux-swap", "linux-lvm", "linux-raid", "extended")
_FILE_SYSTEMS: Final = (
    "auto",
    "ext2",
    "ext3",
    "ext4",
    "ufs",
    "iso9660",
    "udf",
    "gfs",
    "gfs2",
    "vfat",
    "hfs+",
    "xfs",
    "ocfs2",
    "vmfs",
)
_DISK_LABELS: Final = ("unknown", "dos", "dvh", "gpt", "mac", "bsd", "pc98", "sun", "lvm2")
NET_FILE_SYSTEMS: Final = ("auto", "nfs", "glusterfs", "cifs")


def _parts(*parts: Part) -> frozenset[Part]:
    return frozenset(parts)


KINDS: Final[dict[str, PoolKind]] = {
    "dir": PoolKind(volume_formats=_FILE_FORMATS),
    "fs": PoolKind(_parts(Part.DEVICE), _FILE_SYSTEMS, "auto", _FILE_FORMATS),
    "netfs": PoolKind(_parts(Part.HOST, Part.DIR), NET_FILE_SYSTEMS, "auto", _FILE_FORMATS),
    "logical": PoolKind(_parts(Part.NAME, Part.DEVICE), ("unknown", "lvm2"), "lvm2"),
    "disk": PoolKind(_parts(Part.DEVICE), _DISK_LABELS, "unknown", _PARTITION_FORMATS),
    "iscsi": PoolKind(_parts(Part.HOST, Part.DEVICE, Part.INITIATOR)),
    "iscsi-direct": PoolKind(_parts(Part.HOST, Part.DEVICE, Part.INITIATOR), target=False),
    "scsi": PoolKind(_parts(Part.ADAPTER)),
    "mpath": PoolKind(),
    "rbd": PoolKind(_parts(Part.HOST, Part.NAME), volume_formats=_FILE_FORMATS, target=False),
    "sheepdog": PoolKind(_parts(Part.HOST, Part.NAME), target=False),
    "gluster": PoolKind(
        _parts(Part.HOST, Part.NAME, Part.DIR),
        volume_formats=_FILE_FORMATS,
        target=False,
    ),
    "zfs": PoolKind(_parts(Part.NAME, Part.DEVICE)),
    "vstorage": PoolKind(_parts(Part.NAME), volume_formats=_FILE_FORMATS),
}
"""By the word in <pool type=..>, in libvirt's order."""
