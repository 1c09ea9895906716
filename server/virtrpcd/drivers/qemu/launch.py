"""What a start adds to a definition, and text that may become part of QEMU's arguments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from virtrpcd.errors import FROM_QEMU, InvalidArgument

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Launch:
    """What a start adds to the definition.

    accel: "tcg" or "kvm". token: letters and digits by which this process can be found. monitor_fd: the listening QMP
    socket. serial_fds: open files, in the order of the definition's serial ports of type file. socket_fds: listening
    sockets, for the serial ports of type pty in their order, then the channels. files: for each path in the definition,
    the path to open. incoming: wait for a saved machine instead of booting.
    """

    accel: str
    token: str
    monitor_fd: int
    serial_fds: list[int] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    incoming: bool = False
    socket_fds: list[int] = field(default_factory=list)


def check_argument(text: str, what: str) -> str:
    """Return text that may become part of an argument; InvalidArgument if NUL or a line feed is in it."""
    if "\0" in text or "\n" in text or "\r" in text:
        raise InvalidArgument(f"{what} has a NUL or a line end in it", domain=FROM_QEMU)
    return text


def escape(text: str, what: str) -> str:
    """Return text as the value of an option of the form name=value,name=value."""
    return check_argument(text, what).replace(",", ",,")


def is_q35(machine: str | None) -> bool:
    """Return whether a machine type has q35's devices (SATA on board, no IDE)."""
    return machine is not None and (machine == "q35" or machine.startswith("pc-q35-"))
