"""A machine's definition as data: what domain XML says, parsed (domxml.py reads and writes it, drivers use it).

Every field is what libvirt's domain XML calls it. Memory in KiB. None means: not said, the driver fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from virtrpcd.tuning_def import IoTune, TuningDef


@dataclass(slots=True)
class OsDef:
    """<os>: type is hvm (or linux, xen in old XML), boot the device order ("hd", "cdrom", "network", "fd")."""

    type: str = "hvm"
    arch: str | None = None
    machine: str | None = None
    kernel: str | None = None
    initrd: str | None = None
    cmdline: str | None = None
    boot: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DiskDef:
    """<disk type='file'>: device disk or cdrom; source is an absolute path, None for an empty cdrom."""

    target: str
    bus: str
    device: str = "disk"
    source: str | None = None
    format: str = "raw"
    readonly: bool = False
    serial: str | None = None
    line: int = 0
    iotune: IoTune = field(default_factory=dict)


@dataclass(slots=True)
class InterfaceDef:
    """<interface type='user'>: QEMU's own user-mode network; mac is filled in when absent ("52:54:00:..")."""

    type: str = "user"
    mac: str | None = None
    model: str | None = None
    line: int = 0
    bandwidth: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class SerialDef:
    """<serial type='file'|'null'> (and the <console> that mirrors port 0): path is where the guest's output goes."""

    type: str
    path: str | None = None
    port: int = 0
    append: bool = False
    line: int = 0


@dataclass(slots=True)
class GraphicsDef:
    """<graphics type='vnc'>: port -1 with autoport; listen is an address; passwd is a secret (only in SECURE XML)."""

    type: str = "vnc"
    port: int = -1
    autoport: bool = True
    listen: str | None = None
    passwd: str | None = None
    line: int = 0


@dataclass(slots=True)
class DomainDef:
    """A whole machine. uuid is 16 bytes; None only before the driver made one. vcpus <= max_vcpus."""

    type: str
    name: str
    uuid: bytes | None = None
    title: str | None = None
    description: str | None = None
    memory_kib: int = 0
    current_memory_kib: int = 0
    max_vcpus: int = 1
    vcpus: int = 1
    vcpu_pins: dict[int, str] = field(default_factory=dict)
    os: OsDef = field(default_factory=OsDef)
    features: list[str] = field(default_factory=list)
    clock_offset: str = "utc"
    on_poweroff: str = "destroy"
    on_reboot: str = "restart"
    on_crash: str = "destroy"
    emulator: str | None = None
    disks: list[DiskDef] = field(default_factory=list)
    interfaces: list[InterfaceDef] = field(default_factory=list)
    serials: list[SerialDef] = field(default_factory=list)
    graphics: list[GraphicsDef] = field(default_factory=list)
    memballoon: str | None = None
    metadata: list[str] | None = None
    tuning: TuningDef = field(default_factory=TuningDef)
