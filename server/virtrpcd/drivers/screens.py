"""Driver methods by which somebody sits down at a machine, or speaks to its hypervisor: all optional."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from virtrpcd.drivers.optional import OptionalMethods
from virtrpcd.drivers.streams import Duplex
from virtrpcd.model import DomainRef


class Picture(NamedTuple):
    """What a screen shows: its type ("image/png", "image/x-portable-pixmap") and the bytes of such a file."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MonitorEvent:
    """An event as QEMU tells it; details is JSON, None when there are none."""

    dom: DomainRef
    event: str
    seconds: int
    micros: int
    details: str | None


MonitorListener = Callable[[MonitorEvent], None]


class ScreenMethods(OptionalMethods):
    """Consoles, channels, screens and QEMU's monitor. OperationInvalid when the machine is off."""

    async def open_console(self, uuid: bytes, device: str | None, flags: int) -> Duplex:
        """Return a running machine's console: serial port "serial0", ..., None for the first.

        flags: 1 ends the session that somebody else has there; without it that is OperationFailed. 2 asks for just
        that. Who asked must close it.
        """
        self._unsupported("virDomainOpenConsole")

    async def open_channel(self, uuid: bytes, name: str | None, flags: int) -> Duplex:
        """Return a running machine's channel by the name of its port, None for the first; flags: 1 as above."""
        self._unsupported("virDomainOpenChannel")

    async def screenshot(self, uuid: bytes, screen: int, flags: int) -> Picture:
        """Return what a screen shows, 0 for the first."""
        self._unsupported("virDomainScreenshot")

    async def open_graphics(self, uuid: bytes, index: int, flags: int) -> socket.socket:
        """Return a connected socket on which a display speaks its own protocol; flags: 1 passes over its password.

        Who asked must close it.
        """
        self._unsupported("virDomainOpenGraphicsFD")

    async def monitor_command(self, uuid: bytes, command: str, hmp: bool) -> str:
        """Run a command of QEMU's own: JSON, answered in JSON (errors of QEMU too); or with `hmp` as people type it."""
        self._unsupported("virDomainQemuMonitorCommand")

    def listen_to_monitor(self, listener: MonitorListener) -> Callable[[], None]:
        """Have `listener` called with each event of each machine's monitor; returns what ends that."""
        self._unsupported("virConnectDomainQemuMonitorEventRegister")
