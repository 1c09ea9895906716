"""All handlers in one object."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.access import Peer
from virtrpcd.events import EventBus, Read
from virtrpcd.service.connect import ConnectHandlers
from virtrpcd.service.context import driver_of
from virtrpcd.service.domain_change import DomainConfigHandlers, DomainImageHandlers, DomainLifeHandlers
from virtrpcd.service.domain_details import DomainMetadataHandlers, DomainStatisticsHandlers
from virtrpcd.service.domain_guest import DomainGuestHandlers
from virtrpcd.service.domain_query import DomainListHandlers, DomainQueryHandlers
from virtrpcd.service.domain_tuning import DomainParameterHandlers, DomainThreadHandlers
from virtrpcd.service.interface import InterfaceHandlers
from virtrpcd.service.network import NetworkChangeHandlers, NetworkQueryHandlers
from virtrpcd.service.node import NodeHandlers
from virtrpcd.service.nodedev import NodeDeviceHandlers
from virtrpcd.service.snapshot import CheckpointHandlers, SnapshotHandlers, SnapshotListHandlers
from virtrpcd.service.storage import StoragePoolChangeHandlers, StoragePoolQueryHandlers, StorageVolumeHandlers

MAX_WAIT_S = 3600.0
"""The longest that VIRT_EVENTS waits, whatever it is asked."""


def read_events(bus: EventBus, cursor: v.virt_cursor, most: int) -> Read:
    """Return what a cursor has not seen, at most `most` events and as many as fit one answer."""
    return bus.read(convert.cursor(cursor), min(most, v.VIRT_EVENTS_MAX))


class VirtService(
    ConnectHandlers,
    DomainListHandlers,
    DomainQueryHandlers,
    DomainLifeHandlers,
    DomainConfigHandlers,
    DomainImageHandlers,
    StoragePoolQueryHandlers,
    StoragePoolChangeHandlers,
    StorageVolumeHandlers,
    SnapshotListHandlers,
    SnapshotHandlers,
    CheckpointHandlers,
    DomainStatisticsHandlers,
    DomainMetadataHandlers,
    DomainParameterHandlers,
    DomainThreadHandlers,
    DomainGuestHandlers,
    NodeHandlers,
    NetworkQueryHandlers,
    NetworkChangeHandlers,
    InterfaceHandlers,
    NodeDeviceHandlers,
):
    """Every call but batch, which belongs to the framing (door.py)."""

    def virt_events(self, args: v.virt_events_args, call: Call) -> v.virt_events_ret | Awaitable[v.virt_events_ret]:
        """Answer at once when there is something, nothing was to be waited for, or the caller cannot wait (udp)."""
        peer: Peer = call.peer
        bus = driver_of(call).bus
        read = read_events(bus, args.cursor, args.max)
        fresh = not any(args.cursor.epoch)
        if read.entries or read.lost or fresh or not args.wait_ms or not args.max or peer.datagram or bus.closed:
            return _events(read)
        return self._wait(bus, args, read)

    async def _wait(self, bus: EventBus, args: v.virt_events_args, read: Read) -> v.virt_events_ret:
        await bus.wait_beyond(read.cursor.next, min(args.wait_ms / 1000, MAX_WAIT_S))
        # Events come in bursts; one turn of the loop gathers them into one answer.
        await asyncio.sleep(0)
        return _events(read_events(bus, args.cursor, args.max))


def _events(read: Read) -> v.virt_events_ret:
    return v.virt_events_ret(
        [convert.event(entry) for entry in read.entries], convert.wire_cursor(read.cursor), read.lost
    )
