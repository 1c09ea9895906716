"""The smaller devices of a machine's definition, as data (domxml_hardware.py reads and writes them)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class PciAddress(NamedTuple):
    """<address type='pci'>: bus is the index of a pci controller; multifunction only where it is said."""

    bus: int
    slot: int
    function: int = 0
    multifunction: bool | None = None
    domain: int = 0


class DriveAddress(NamedTuple):
    """<address type='drive'>: where on which controller a disk is."""

    controller: int
    bus: int
    target: int
    unit: int


class UsbAddress(NamedTuple):
    """<address type='usb'>: port is a number, or a path of numbers through hubs ("1.2")."""

    bus: int
    port: str | None


class VirtioSerialAddress(NamedTuple):
    """<address type='virtio-serial'>."""

    controller: int
    bus: int
    port: int


Address = PciAddress | DriveAddress | UsbAddress | VirtioSerialAddress


@dataclass(slots=True, kw_only=True)
class Device:
    """What all devices have: where they sit, a name of the user's own ("ua-..."), the line of XML they stood on."""

    address: Address | None = None
    alias: str | None = None
    line: int = 0


@dataclass(slots=True)
class ControllerDef(Device):
    """<controller>: index -1 until it is filled in.

    ports: of usb and virtio-serial. startport: of a usb companion. chassis, port: of a pcie-root-port.
    """

    type: str
    index: int = -1
    model: str | None = None
    ports: int | None = None
    vectors: int | None = None
    startport: int | None = None
    model_name: str | None = None
    chassis: int | None = None
    port: int | None = None


@dataclass(slots=True)
class ChannelDef(Device):
    """<channel type='unix'> to a virtio port called `name` in the guest; path: None for a socket of the driver's."""

    type: str = "unix"
    name: str | None = None
    path: str | None = None


@dataclass(slots=True)
class InputDef(Device):
    """<input>: tablet, mouse or keyboard, on bus usb, ps2 or virtio."""

    type: str
    bus: str


@dataclass(slots=True)
class VideoDef(Device):
    """<video>: memory in KiB, None when not said; primary is the first one."""

    type: str
    vram: int | None = None
    ram: int | None = None
    vgamem: int | None = None
    heads: int | None = None
    primary: bool = False
    accel3d: bool | None = None


@dataclass(slots=True)
class WatchdogDef(Device):
    """<watchdog>: what the guest must keep alive, and what happens if it does not."""

    model: str
    action: str = "reset"


@dataclass(slots=True)
class RngDef(Device):
    """<rng model='virtio'>: random numbers from a file of the host; at most rate_bytes each rate_period_ms."""

    source: str
    rate_bytes: int | None = None
    rate_period_ms: int | None = None


@dataclass(slots=True)
class PanicDef(Device):
    """<panic>: how the guest tells that it crashed."""

    model: str
