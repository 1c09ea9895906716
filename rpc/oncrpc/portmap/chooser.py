"""Where a daemon registers: the system's portmapper, one of its own, or none; chosen by a word of its configuration."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Sequence
from typing import Final, Protocol

from oncrpc.errors import LocalError, OncRpcError
from oncrpc.portmap import plans
from oncrpc.portmap.aclient import AsyncPortmapClient
from oncrpc.portmap.client import LOCAL_SOCKET
from oncrpc.portmap.embedded import EmbeddedPortmap
from oncrpc.portmap.entries import Registration, RegistrationRefused, owner_name
from oncrpc.portmap.peer import TcpOwner
from oncrpc.portmap.types import PMAP_PORT

log = logging.getLogger("oncrpc.portmap")

REFRESH_S: Final = 30.0
"""How often it is looked whether the portmapper still has what was registered."""

SYSTEM_TIMEOUT_S: Final = 3.0
"""How long the system's portmapper may take over one answer."""


class Portmap(Protocol):
    """A place to register.

    `register` replaces what this object registered before, and what an earlier run of ours left. `unregister` removes
    it again; `close` does that and ends the rest. A portmapper that is gone by then is logged, not raised.
    """

    def describe(self) -> str:
        """Return "system", "embedded:PORT" or "off"."""

    async def register(self, registrations: list[Registration]) -> None:
        """Raises RegistrationRefused (nothing is registered then), TransportError, ProtocolError, RpcRefusal."""

    async def refresh(self) -> int:
        """Register again what is gone (the portmapper was started anew); return how many entries that were."""

    async def unregister(self) -> None: ...

    async def close(self) -> None: ...


class NoPortmap:
    """Registers nowhere."""

    def describe(self) -> str:
        """Return "off"."""
        return "off"

    async def register(self, registrations: list[Registration]) -> None:
        """Do nothing."""

    async def refresh(self) -> int:
        """Do nothing."""
        return 0

    async def unregister(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""


class SystemPortmap:
    """Registers with this host's rpcbind, over its unix socket or port 111 on loopback.

    A connection is made for each use: rpcbind may be started again at any time. path: its unix socket.
    """

    def __init__(self, *, path: str = LOCAL_SOCKET, timeout_s: float = SYSTEM_TIMEOUT_S) -> None:
        self.owner = owner_name(os.geteuid())
        self._path = path
        self._timeout_s = timeout_s
        self._registered: list[Registration] = []

    def describe(self) -> str:
        """Return "system"."""
        return "system"

    async def probe(self) -> int:
        """Return the newest version the portmapper speaks. Raises NotDelivered and its kin when there is none."""
        async with await self._connect() as portmap:
            return await portmap.null()

    async def register(self, registrations: list[Registration]) -> None:
        """Remove what this uid has registered for these programs and versions, then register these."""
        async with await self._connect() as portmap:
            await self._remove(portmap, self._registered)
            self._registered.clear()
            for program, version in dict.fromkeys((item.program, item.version) for item in registrations):
                for stale in await portmap.run(plans.unset_owned(program, version, self.owner)):
                    log.info("replaced a registration left behind: %s", stale)
            for item in registrations:
                if not await portmap.set(item.program, item.version, item.netid, item.address, self.owner):
                    await self._remove(portmap, self._registered)
                    self._registered.clear()
                    raise RegistrationRefused(item)
                self._registered.append(item)

    async def refresh(self) -> int:
        """Register again what a portmapper that was started anew has forgotten. Raises as `register`."""
        async with await self._connect() as portmap:
            there = {(entry.program, entry.version, entry.netid) for entry in await portmap.dump()}
            missing = [item for item in self._registered if (item.program, item.version, item.netid) not in there]
            for item in missing:
                if not await portmap.set(item.program, item.version, item.netid, item.address, self.owner):
                    raise RegistrationRefused(item)
        return len(missing)

    async def unregister(self) -> None:
        """Remove what was registered, where it is still ours: not what a later run of us put in its place."""
        if not self._registered:
            return
        try:
            async with await self._connect() as portmap:
                await self._remove(portmap, self._registered)
        except OncRpcError as exc:
            log.warning("not unregistered from the portmapper: %s", exc)
        self._registered.clear()

    async def close(self) -> None:
        """Unregister."""
        await self.unregister()

    async def _connect(self) -> AsyncPortmapClient:
        return await AsyncPortmapClient.system(path=self._path, timeout_s=self._timeout_s)

    async def _remove(self, portmap: AsyncPortmapClient, registrations: Sequence[Registration]) -> None:
        for program, version in dict.fromkeys((item.program, item.version) for item in registrations):
            ours = {item.netid: item.uaddr for item in registrations if item[:2] == (program, version)}
            await portmap.run(plans.unset_owned(program, version, self.owner, ours))


async def keep_registered(portmap: Portmap) -> None:
    """Look now and then, until cancelled, and register again: a portmapper that is started anew has forgotten us."""
    while True:
        await asyncio.sleep(REFRESH_S)
        try:
            count = await portmap.refresh()
        except (OSError, OncRpcError) as exc:
            log.warning("the portmapper does not have us: %s", exc)
        else:
            if count:
                log.info("registered %d entries again: the portmapper had been started anew", count)


def parse_mode(mode: str) -> tuple[str, int | None]:
    """Return (word, port) of auto, system, off, embedded or embedded:PORT. Raises LocalError."""
    word, colon, number = mode.partition(":")
    if word == "embedded" and colon:
        if not (number.isascii() and number.isdigit()) or int(number) > 0xFFFF:
            raise LocalError(f"portmap {mode!r}: the port is to be a number from 0 (any free one) to 65535")
        return word, int(number)
    if word not in ("auto", "system", "embedded", "off") or colon:
        raise LocalError(f"portmap {mode!r}: is to be auto, system, embedded, embedded:PORT or off")
    return word, None


async def open_portmap(
    mode: str,
    host: str = "127.0.0.1",
    *,
    tcp_owner: TcpOwner | None = None,
    local_path: str = LOCAL_SOCKET,
) -> Portmap:
    """Return the portmapper to register with, ready to use; `close` it at exit.

    mode: "system": the host's own, which must answer. "embedded:PORT": ours, on this port or not at all (0: any free
    one). "embedded": ours, on 111 or where that may not be bound or is taken on a free port. "auto": the system's if it
    answers, else as "embedded". "off": none. host: the numeric address an embedded one listens on. tcp_owner: as in
    EmbeddedPortmap. local_path: rpcbind's unix socket; as root, one of ours on port 111 serves it too.
    Raises LocalError for another word, NotDelivered (or another OncRpcError) for a system's that does not answer,
    OSError for a port that cannot be had.
    """
    word, port = parse_mode(mode)
    if word == "off":
        return NoPortmap()
    if word in ("auto", "system"):
        system = SystemPortmap(path=local_path)
        try:
            await system.probe()
        except OncRpcError as exc:
            if word == "system":
                raise
            log.info("no portmapper on this host: %s", exc)
        else:
            return system
    if port is not None:
        return await _start_embedded(host, port, tcp_owner, local_path)
    try:
        return await _start_embedded(host, PMAP_PORT, tcp_owner, local_path)
    except OSError as exc:
        if exc.errno not in (errno.EACCES, errno.EPERM, errno.EADDRINUSE):
            raise
        log.info("port %d cannot be had (%s): the portmapper takes a free one", PMAP_PORT, exc.strerror)
        return await _start_embedded(host, 0, tcp_owner, local_path)


async def _start_embedded(host: str, port: int, tcp_owner: TcpOwner | None, local_path: str) -> EmbeddedPortmap:
    serve_local = port == PMAP_PORT and os.geteuid() == 0 and os.access(os.path.dirname(local_path), os.W_OK)
    portmap = EmbeddedPortmap(host, port, local_path if serve_local else None, tcp_owner=tcp_owner)
    await portmap.start()
    return portmap
