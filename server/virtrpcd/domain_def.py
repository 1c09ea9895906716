"""A machine's definition as data: what domain XML says, parsed (domxml.py reads and writes it, drivers use it).

Every field is what libvirt's domain XML calls it. Memory in KiB. None means: not said, the driver fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from virtrpcd.hardware_def import (
    ChannelDef,
    ControllerDef,
    Device,
    InputDef,
    PanicDef,
    RngDef,
    VideoDef,
    WatchdogDef,
)
from virtrpcd.machine_def import CpuDef, TimerDef
from virtrpcd.tuning_def import IoTune, TuningDef


@dataclass(slots=True)
class OsDef:
    """<os>: type is hvm (or linux, xen in old XML), boot the device order ("hd", "cdrom", "network", "fd").

    boot_menu: whether the firmware asks which to boot, and for how long (ms); None for its own ways.
    """

    type: str = "hvm"
    arch: str | None = None
    machine: str | None = None
    kernel: str | None = None
    initrd: str | None = None
    cmdline: str | None = None
    boot: list[str] = field(default_factory=list)
    boot_menu: bool | None = None
    boot_menu_timeout_ms: int | None = None


@dataclass(slots=True)
class DiskDef(Device):
    """<disk type='file'>: device disk or cdrom; source is an absolute path, None for an empty cdrom.

    format: None when <driver> says none. options: what else <driver> says (cache, io, discard, detect_zeroes).
    alone: whether an empty <backingStore/> says that the image stands on no other.
    boot_order: its place among the devices to boot from, from 1 on.
    """

    target: str
    bus: str
    device: str = "disk"
    source: str | None = None
    format: str | None = None
    readonly: bool = False
    serial: str | None = None
    iotune: IoTune = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    alone: bool = False
    boot_order: int | None = None


@dataclass(slots=True)
class InterfaceDef(Device):
    """<interface>: type user is QEMU's own user-mode network, network and bridge have a source (their name).

    mac is filled in when absent ("52:54:00:.."). target is its name on the host. link_up: None when not said.
    """

    type: str = "user"
    mac: str | None = None
    model: str | None = None
    bandwidth: dict[str, int] = field(default_factory=dict)
    source: str | None = None
    target: str | None = None
    link_up: bool | None = None
    boot_order: int | None = None


@dataclass(slots=True)
class SerialDef(Device):
    """<serial type='file'|'null'|'pty'> (and the <console> that mirrors port 0): path is where the output goes.

    A pty is for a client's console. target_type is the kind of port ("isa-serial"), None when not said.
    """

    type: str
    path: str | None = None
    port: int = 0
    append: bool = False
    target_type: str | None = None


@dataclass(slots=True)
class GraphicsDef(Device):
    """<graphics type='vnc'>: port -1 with autoport; listen is an address; passwd is a secret (only in SECURE XML)."""

    type: str = "vnc"
    port: int = -1
    autoport: bool = True
    listen: str | None = None
    passwd: str | None = None
    keymap: str | None = None


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
    feature_states: dict[str, str] = field(default_factory=dict)
    """<vmport state='off'/> and its like: "on" or "off" by name."""
    hyperv: dict[str, dict[str, str]] = field(default_factory=dict)
    """Attributes by the name of the element in <hyperv>: {"spinlocks": {"state": "on", "retries": "8191"}}."""
    kvm_hidden: bool | None = None
    cpu: CpuDef | None = None
    clock_offset: str = "utc"
    timers: list[TimerDef] = field(default_factory=list)
    on_poweroff: str = "destroy"
    on_reboot: str = "restart"
    on_crash: str = "destroy"
    suspend_to_mem: bool | None = None
    suspend_to_disk: bool | None = None
    emulator: str | None = None
    disks: list[DiskDef] = field(default_factory=list)
    controllers: list[ControllerDef] = field(default_factory=list)
    interfaces: list[InterfaceDef] = field(default_factory=list)
    serials: list[SerialDef] = field(default_factory=list)
    channels: list[ChannelDef] = field(default_factory=list)
    inputs: list[InputDef] = field(default_factory=list)
    graphics: list[GraphicsDef] = field(default_factory=list)
    audios: list[str] = field(default_factory=list)
    """The id of each <audio type='none'>."""
    videos: list[VideoDef] = field(default_factory=list)
    watchdog: WatchdogDef | None = None
    memballoon: str | None = None
    balloon_device: Device = field(default_factory=Device)
    rngs: list[RngDef] = field(default_factory=list)
    panic: PanicDef | None = None
    metadata: list[str] | None = None
    tuning: TuningDef = field(default_factory=TuningDef)

    @property
    def boot_orders(self) -> list[int]:
        """The places that devices have themselves in the order to boot from."""
        said = [disk.boot_order for disk in self.disks] + [interface.boot_order for interface in self.interfaces]
        return [order for order in said if order is not None]
