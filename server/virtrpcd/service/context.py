"""What handlers share: the daemon's parts they may use, and small checks of arguments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from oncrpc.procedure import Call
from virtproto.virt import VIRT_V2_Server
from virtrpcd.access import Peer
from virtrpcd.drivers.base import Driver
from virtrpcd.errors import InvalidArgument
from virtrpcd.paths import PathRules


@dataclass(frozen=True, slots=True)
class Context:
    """open_driver: name -> driver, for connect_open. paths: where files named by callers may be."""

    open_driver: Callable[[str | None, Peer], Awaitable[Driver]]
    paths: PathRules
    version: int


class Handlers(VIRT_V2_Server):
    """Base of all handler classes."""

    def __init__(self, context: Context) -> None:
        self.context = context


def driver_of(call: Call) -> Driver:
    """Return the driver that answers this caller."""
    peer: Peer = call.peer
    return peer.driver


def at_most(count: int, bound: int, what: str) -> int:
    """Return a count that a caller gave. Raises InvalidArgument unless it is 0 to `bound`."""
    if not 0 <= count <= bound:
        raise InvalidArgument(f"{what}: {count} is not between 0 and {bound}")
    return count
