"""A portmapper within our own process, for hosts that have no rpcbind: tcp and udp on one port, a unix socket if asked.

It listens on IPv4's loopback unless told otherwise, and answers anybody there; who may change what is the registry's
affair.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Sequence
from typing import Final

from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import LocalError
from oncrpc.listening import bind_inet, bind_unix
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


class EmbeddedPortmap:
    """A portmapper that runs while it is started; also the Portmap (chooser.py) that registers with it.

    host: the numeric address to listen on, or several; of one family the first is listed. port: 111, or 0 for one that
    is free on all of them. local_path: a unix socket to serve besides; one that another live portmapper listens on is
    left alone. tcp_owner: how to learn whose a loopback tcp caller is; without it such callers are "unknown", unless
    their port is one that only root may bind.
    """

    def __init__(
        self,
        host: str | Sequence[str] = "127.0.0.1",
        port: int = PMAP_PORT,
        local_path: str | None = None,
        *,
        tcp_owner: TcpOwner | None = None,
    ) -> None:
        self.hosts = (host,) if isinstance(host, str) else tuple(host)
        self.port = port
        self.local_path = local_path
        self.owner = owner_name(os.geteuid())
        self.registry = Registry(trusted=(self.owner,), reserved=PMAP_PROG)
        self._tcp_owner = tcp_owner
        self._privileged_below = first_unprivileged_port()
        service = PortmapService(self.registry)
        self._dispatcher = Dispatcher(interceptors=(service.statistics,))
        service.add_to(self._dispatcher)
        self._listeners: list[Listener] = []
        self._datagrams: list[DatagramServer] = []
        self._socket_id: tuple[int, int] | None = None
        self._own: list[Registration] = []

    async def start(self) -> int:
        """Listen; return the port. Raises OSError when it may not be bound or is taken; nothing is left open then."""
        pairs = _bind_pairs(self.hosts, self.port)
        self.port = int(pairs[0][0].getsockname()[1])
        try:
            for host, (tcp, udp) in zip(self.hosts, pairs, strict=True):
                await self._listen(tcp)
                await self._listen_datagrams(udp, host)
                for kind in ("tcp", "udp"):
                    self._list_self(netid_for(kind, host), (host, self.port))
            if self.local_path is not None:
                await self._listen_local(self.local_path)
        except BaseException:
            await self.stop()
            _close_all(pairs)
            raise
        return self.port

    async def stop(self) -> None:
        """Answer no more; again is no error."""
        if self._socket_id is not None and self.local_path is not None:
            _remove_socket(self.local_path, self._socket_id)
            self._socket_id = None
        for server in self._datagrams:
            server.stop()
            await server.closed
        self._datagrams.clear()
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

    async def _listen_datagrams(self, sock: socket.socket, host: str) -> None:
        server = DatagramServer(
            self._dispatcher,
            lambda address: datagram_peer(address, host, self._privileged_below),
            may_amplify=lambda address: is_loopback(str(address[0])),
        )
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, sock=sock)
        self._datagrams.append(server)

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
        if self.registry.find(PMAP_PROG, OWN_VERSIONS[netid][0], netid) is not None:
            return
        for version in OWN_VERSIONS[netid]:
            self.registry.add_own(Registration(PMAP_PROG, version, netid, address), self.owner)


Pair = tuple[socket.socket, socket.socket]


def _bind_pairs(hosts: Sequence[str], port: int) -> list[Pair]:
    """Return a tcp and a udp socket for each host, all on one port. Raises OSError."""
    for attempt in range(FREE_PORT_TRIES):
        pairs: list[Pair] = []
        try:
            for host in hosts:
                pairs.append(_bind_pair(host, pairs[0][0].getsockname()[1] if pairs else port))
        except OSError as exc:
            _close_all(pairs)
            # Port 0: the system chose for the first alone, another program may have it for the others.
            if port != 0 or exc.errno != errno.EADDRINUSE or attempt == FREE_PORT_TRIES - 1:
                raise
        else:
            return pairs
    raise LocalError("unreachable: the last attempt raises")


def _bind_pair(host: str, port: int) -> Pair:
    tcp = bind_inet(socket.SOCK_STREAM, host, port)
    try:
        return tcp, bind_inet(socket.SOCK_DGRAM, host, tcp.getsockname()[1])
    except OSError:
        tcp.close()
        raise


def _close_all(pairs: Sequence[Pair]) -> None:
    for pair in pairs:
        for sock in pair:
            sock.close()


def _bind_local(path: str) -> socket.socket | None:
    """Return a listening unix socket that everybody may connect to, None when someone listens there already.

    A socket that nobody listens on is replaced; anything else of that name is left. Raises OSError.
    """
    return None if _is_live(path) else bind_unix(path, mode=0o666)


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
