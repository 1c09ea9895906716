"""A portmapper within our own process, for hosts that have no rpcbind: tcp and udp on one port, a unix socket if asked.

It listens on loopback unless told otherwise, and answers anybody there; who may change what is the registry's affair.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
from pathlib import Path
from typing import Final

from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import LocalError
from oncrpc.portmap.entries import Registration, RegistrationRefused, owner_name
from oncrpc.portmap.peer import Peer, TcpOwner, datagram_peer, first_unprivileged_port, stream_peer
from oncrpc.portmap.registry import Registry
from oncrpc.portmap.service import OWN_VERSIONS, PortmapService
from oncrpc.portmap.types import PMAP_PORT, PMAP_PROG
from oncrpc.portmap.uaddr import Address, is_loopback, netid_for
from oncrpc.server import Limits, Listener

log = logging.getLogger("oncrpc.portmap")

LIMITS: Final = Limits(
    connections=256,
    idle_timeout_s=30.0,
    calls_under_way=16,
    max_record=16_384,
    max_fragments=64,
    record_timeout_s=10.0,
    drain_s=1.0,
)
"""A question is at most three texts of 1024 bytes; answers are made at once; nobody has to stay."""

FREE_PORT_TRIES: Final = 16
BACKLOG: Final = 128


class EmbeddedPortmap:
    """A portmapper that runs while it is started; also the Portmap (chooser.py) that registers with it.

    host: the numeric address to listen on. port: 111, or 0 for a free one. local_path: a unix socket to serve besides;
    one that another live portmapper listens on is left alone. tcp_owner: how to learn whose a loopback tcp caller is;
    without it such callers are "unknown", unless their port is one that only root may bind.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = PMAP_PORT,
        local_path: str | None = None,
        *,
        tcp_owner: TcpOwner | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.local_path = local_path
        self.owner = owner_name(os.geteuid())
        self.registry = Registry(trusted=(self.owner,), reserved=PMAP_PROG)
        self._tcp_owner = tcp_owner
        self._privileged_below = first_unprivileged_port()
        self._dispatcher = Dispatcher()
        PortmapService(self.registry).add_to(self._dispatcher)
        self._listeners: list[Listener] = []
        self._datagrams: DatagramServer | None = None
        self._socket_id: tuple[int, int] | None = None
        self._own: list[Registration] = []

    async def start(self) -> int:
        """Listen; return the port. Raises OSError when it may not be bound or is taken; nothing is left open then."""
        tcp, udp = _bind_pair(self.host, self.port)
        self.port = int(tcp.getsockname()[1])
        try:
            await self._listen(tcp)
            await self._listen_datagrams(udp)
            for kind in ("tcp", "udp"):
                self._list_self(netid_for(kind, self.host), (self.host, self.port))
            if self.local_path is not None:
                await self._listen_local(self.local_path)
        except BaseException:
            await self.stop()
            tcp.close()
            udp.close()
            raise
        return self.port

    async def stop(self) -> None:
        """Answer no more; again is no error."""
        if self._socket_id is not None and self.local_path is not None:
            _remove_socket(self.local_path, self._socket_id)
            self._socket_id = None
        if self._datagrams is not None:
            self._datagrams.stop()
            await self._datagrams.closed
            self._datagrams = None
        for listener in self._listeners:
            await listener.stop()
        self._listeners.clear()

    # -- the Portmap interface ------------------------------------------------------------------------------------

    def describe(self) -> str:
        """Return "embedded:PORT"."""
        return f"embedded:{self.port}"

    async def register(self, registrations: list[Registration]) -> None:
        """Register, replacing what we registered before. Raises RegistrationRefused; nothing is registered then."""
        await self.unregister()
        for registration in registrations:
            program, version, netid, _ = registration
            if not self.registry.set(program, version, netid, registration.uaddr, self.owner):
                await self.unregister()
                raise RegistrationRefused(registration)
            self._own.append(registration)

    async def refresh(self) -> int:
        """Do nothing: what is registered here stays."""
        return 0

    async def unregister(self) -> None:
        """Remove what `register` registered."""
        for registration in self._own:
            entry = self.registry.find(registration.program, registration.version, registration.netid)
            if entry is not None and entry.uaddr == registration.uaddr:
                self.registry.unset(registration.program, registration.version, registration.netid, self.owner)
        self._own.clear()

    async def close(self) -> None:
        """Unregister and stop."""
        await self.unregister()
        await self.stop()

    # -- sockets --------------------------------------------------------------------------------------------------

    def _stream_peer(self, sock: socket.socket) -> Peer:
        return stream_peer(sock, self._tcp_owner, self._privileged_below)

    async def _listen(self, sock: socket.socket) -> None:
        listener = Listener(self._dispatcher, self._stream_peer, LIMITS)
        await listener.start(sock)
        self._listeners.append(listener)

    async def _listen_datagrams(self, sock: socket.socket) -> None:
        server = DatagramServer(
            self._dispatcher,
            lambda address: datagram_peer(address, self.host, self._privileged_below),
            may_amplify=lambda address: is_loopback(str(address[0])),
        )
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, sock=sock)
        self._datagrams = server

    async def _listen_local(self, path: str) -> None:
        sock = _bind_local(path)
        if sock is None:
            log.warning("%s is another portmapper's: left alone", path)
            return
        try:
            found = os.stat(path)
            await self._listen(sock)
        except BaseException:
            sock.close()
            raise
        self._socket_id = (found.st_dev, found.st_ino)
        self._list_self("local", path)

    def _list_self(self, netid: str, address: Address) -> None:
        for version in OWN_VERSIONS[netid]:
            self.registry.add_own(Registration(PMAP_PROG, version, netid, address), self.owner)


def _bind_pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Return a tcp and a udp socket on one port. Raises OSError."""
    for attempt in range(FREE_PORT_TRIES):
        tcp = _bind(host, port, socket.SOCK_STREAM)
        try:
            return tcp, _bind(host, tcp.getsockname()[1], socket.SOCK_DGRAM)
        except OSError as exc:
            tcp.close()
            # Port 0: the system chose for tcp alone, another may have it for udp.
            if port != 0 or exc.errno != errno.EADDRINUSE or attempt == FREE_PORT_TRIES - 1:
                raise
    raise LocalError("unreachable: the last attempt raises")


def _bind(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        if kind == socket.SOCK_STREAM:
            sock.listen(BACKLOG)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def _bind_local(path: str) -> socket.socket | None:
    """Return a listening unix socket that everybody may connect to, None when someone listens there already.

    A socket that nobody listens on is replaced; anything else of that name is left, and the bind fails. Raises OSError.
    """
    if _is_live(path):
        return None
    with contextlib.suppress(FileNotFoundError):
        if Path(path).is_socket():
            os.unlink(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(path)
        os.chmod(path, 0o666)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def _is_live(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError as exc:
            log.debug("%s: %s", path, exc)
            return True
        return True


def _remove_socket(path: str, identity: tuple[int, int]) -> None:
    """Remove our socket, unless someone put another in its place."""
    try:
        found = os.stat(path)
        if (found.st_dev, found.st_ino) == identity:
            os.unlink(path)
    except OSError as exc:
        log.warning("cannot remove %s: %s", path, exc.strerror)
