"""URI -> driver: the default one, and those that connect_open names."""

from __future__ import annotations

import logging
from collections.abc import Callable

from virtrpcd.access import Peer
from virtrpcd.drivers.base import Driver
from virtrpcd.errors import NoConnect

log = logging.getLogger("virtrpcd.drivers")


class Registry:
    """The daemon's drivers.

    default answers every caller that names no other. make_test makes a test driver of its own: `test:///default` is
    shared by the connections that have it open and new after the last one has closed, as in libvirt.
    """

    def __init__(self, default: Driver, make_test: Callable[[], Driver]) -> None:
        self.default = default
        self._make_test = make_test
        self._test: Driver | None = None
        self._test_users = 0

    async def open(self, name: str | None) -> Driver:
        """Return the driver for a connection that asks for `name`; None or "" is the default one. Raises NoConnect.

        A test driver that is the default keeps its state until the daemon ends; asked for by name there is another one.
        """
        if not name or (self.default.name == "qemu" and name.startswith("qemu:///")):
            return self.default
        if name in ("test:///default", "test:///"):
            return await self._open_test()
        shown = name if len(name) <= 200 else name[:200] + "..."
        raise NoConnect(f"no connection driver available for {shown!r}")

    async def open_for(self, name: str | None, peer: Peer) -> Driver:
        """As `open`; the driver is given back when the peer's connection ends (peer_gone)."""
        return await self.open(name)

    def peer_gone(self, peer: Peer) -> None:
        """Let go of the driver that a connection had open."""
        if peer.driver is self._test and self._test is not None:
            self._test_users -= 1
            if self._test_users == 0:
                # A test driver has nothing to wait for when it ends.
                self._test.bus.close()
                self._test = None

    def close_buses(self) -> None:
        """Answer everybody who waits for events."""
        for driver in (self.default, self._test):
            if driver is not None:
                driver.bus.close()

    async def _open_test(self) -> Driver:
        if self._test is None:
            self._test = self._make_test()
            await self._test.start()
        self._test_users += 1
        return self._test

    async def stop(self) -> None:
        """Stop all drivers."""
        self.close_buses()
        for driver in (self.default, self._test):
            if driver is not None:
                await driver.stop()
