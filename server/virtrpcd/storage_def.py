"""Storage pools and volumes as data: what their XML says, parsed (storagexml.py reads and writes it, drivers use it).

Every field is what libvirt's XML calls it; sizes are in bytes. None means: not said.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Permissions:
    """<permissions> of a pool's or volume's target; mode is the number that the octal text stands for."""

    mode: int | None = None
    owner: int | None = None
    group: int | None = None
    label: str | None = None


@dataclass(slots=True)
class SourceHost:
    """<host>; port 0 means the usual one."""

    name: str
    port: int = 0


@dataclass(slots=True)
class SourceDevice:
    """<device>; part_separator ("yes", "no") is whether partitions of it are named with a "p"."""

    path: str
    part_separator: str | None = None


@dataclass(slots=True)
class PciAddress:
    """<address> of an adapter's parent."""

    domain: int = 0
    bus: int = 0
    slot: int = 0
    function: int = 0


@dataclass(slots=True)
class ScsiHost:
    """<adapter type='scsi_host'>: by its name, or by its parent's address and a number."""

    name: str | None = None
    parent: PciAddress | None = None
    unique_id: int = 0


@dataclass(slots=True)
class FcHost:
    """<adapter type='fc_host'>: world wide names of the adapter and of the one that carries it."""

    wwnn: str | None = None
    wwpn: str | None = None
    parent: str | None = None
    parent_wwnn: str | None = None
    parent_wwpn: str | None = None
    parent_fabric_wwn: str | None = None
    managed: str | None = None


@dataclass(slots=True)
class SecretRef:
    """<secret>: the secret with that uuid, or with that usage; type is kept as it was written."""

    uuid: bytes | None = None
    usage: str | None = None
    type: str | None = None


@dataclass(slots=True)
class PoolAuth:
    """<auth>: type "chap" or "ceph", who, and which secret proves it."""

    type: str
    username: str
    secret: SecretRef


@dataclass(slots=True)
class PoolSource:
    """<source>: what a pool is made of; which of it counts depends on the type of the pool."""

    hosts: list[SourceHost] = field(default_factory=list)
    devices: list[SourceDevice] = field(default_factory=list)
    dir: str | None = None
    adapter: ScsiHost | FcHost | None = None
    name: str | None = None
    initiator: str | None = None
    format: str | None = None
    auth: PoolAuth | None = None
    protocol: str | None = None
    vendor: str | None = None
    product: str | None = None


@dataclass(slots=True)
class PoolDef:
    """<pool>: target is the path its volumes are in, None for types that have none."""

    type: str
    name: str
    uuid: bytes | None = None
    source: PoolSource = field(default_factory=PoolSource)
    target: str | None = None
    permissions: Permissions = field(default_factory=Permissions)
    cow: str | None = None
    refresh_allocation: str | None = None


@dataclass(slots=True)
class Cipher:
    """<cipher> of an encryption; size in bits."""

    name: str
    size: int
    mode: str | None = None
    hash: str | None = None


@dataclass(slots=True)
class Ivgen:
    """<ivgen>: how a cipher's initial vectors are made."""

    name: str
    hash: str | None = None


@dataclass(slots=True)
class Encryption:
    """<encryption> of a volume."""

    format: str
    engine: str | None = None
    secrets: list[SecretRef] = field(default_factory=list)
    cipher: Cipher | None = None
    ivgen: Ivgen | None = None


@dataclass(slots=True)
class Timestamps:
    """<timestamps>: when a file was read, written, changed in any way; nanoseconds since 1970."""

    atime_ns: int
    mtime_ns: int
    ctime_ns: int


@dataclass(slots=True)
class Backing:
    """<backingStore>: the image that a volume is a change of."""

    path: str
    format: str | None = None
    permissions: Permissions = field(default_factory=Permissions)
    timestamps: Timestamps | None = None


@dataclass(slots=True)
class VolumeDef:
    """<volume>; features is None when <features> is not there.

    The driver alone says path, key, physical (how long the file is; 0: not said) and timestamps.
    """

    name: str
    type: str = "file"
    path: str = ""
    key: str = ""
    capacity: int = 0
    allocation: int = 0
    format: str | None = None
    permissions: Permissions = field(default_factory=Permissions)
    encryption: Encryption | None = None
    compat: str | None = None
    cluster_size: int = 0
    features: list[str] | None = None
    backing: Backing | None = None
    physical: int = 0
    timestamps: Timestamps | None = None
