"""A whole server in a few lines: listens, registers with the portmapper, runs until told to stop or to start anew.

    from oncrpc.service import Server

    Server(MyProgram(), ["tcp:0.0.0.0:0", "udp:0.0.0.0:0"]).run()

SIGTERM and SIGINT drain and end it. SIGHUP and SIGUSR2 drain it and run the program again in the same process, with the
listening sockets kept: who connects in between waits a moment and is not refused. Started by systemd's socket
activation, it serves the sockets it is given, besides those of its own that are not among them.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from oncrpc import activation, listening
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import LocalError, OncRpcError
from oncrpc.interceptors import Interceptor
from oncrpc.listening import Place, parse_place, place_of
from oncrpc.peers import datagram_peer, stream_peer
from oncrpc.portmap.chooser import NoPortmap, Portmap, keep_registered, open_portmap
from oncrpc.portmap.entries import Registration
from oncrpc.portmap.uaddr import is_loopback, netid_for
from oncrpc.server import Limits, Listener
from oncrpc.sockdiag import loopback_owner

if TYPE_CHECKING:
    from oncrpc.tls import ServerTls

log = logging.getLogger("oncrpc.server")

OWN: Final = "oncrpc"
"""The name by which a socket that we opened ourselves is handed over: its file is ours to remove."""

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
RESTART_SIGNALS: Final = (signal.SIGHUP, signal.SIGUSR2)


class Server:
    """Programs and the places they are served at.

    implementations: an instance of a class derived from a generated `..._Server`, several, or a Dispatcher.
    endpoints: tcp:HOST:PORT, udp:HOST:PORT (port 0: any free one), unix:/PATH. register: True for the portmapper that
    there is (the system's or one of our own), False for none, or a mode of portmap.open_portmap ("system", "off").
    limits: of each stream listener. mode: of a unix socket's file. interceptors: around every call, see there; for a
    Dispatcher it is the Dispatcher that is given them. tls: offered, or required, on tcp (RFC 9289). amplify: whether
    an answer by udp to another host may be longer than its call; if not, it is SYSTEM_ERR instead, and nobody can have
    us send more to a forged sender than was sent to us. Call.peer is a peers.Peer.

    Raises LocalError for an endpoint that is none.
    """

    def __init__(
        self,
        implementations: Any,
        endpoints: Iterable[str] = ("tcp:127.0.0.1:0",),
        *,
        register: bool | str = True,
        limits: Limits | None = None,
        mode: int = 0o666,
        interceptors: Sequence[Interceptor] = (),
        tls: ServerTls | None = None,
        amplify: bool = True,
    ) -> None:
        self.dispatcher = _dispatcher(implementations, interceptors)
        self._places = [parse_place(text) for text in endpoints]
        self._portmap_mode = register if isinstance(register, str) else "auto" if register else "off"
        self._limits = Limits() if limits is None else limits
        self._mode = mode
        self._tls = tls
        self._amplify = amplify
        self._portmap: Portmap = NoPortmap()
        self._keeper: asyncio.Task[None] | None = None
        self._sockets: list[tuple[str, socket.socket]] = []
        self._listeners: list[Listener] = []
        self._datagrams: list[DatagramServer] = []
        self._restart = False
        self._end: asyncio.Future[None] | None = None

    @property
    def bound(self) -> list[str]:
        """Where it listens, ports as they are."""
        return [str(place_of(sock)) for _, sock in self._sockets]

    @property
    def portmap(self) -> str:
        """Where it is registered: "system", "embedded:PORT" or "off"."""
        return self._portmap.describe()

    # -- life -----------------------------------------------------------------------------------------------------

    def run(self, ready: Callable[[Self], object] | None = None) -> None:
        """Serve until SIGTERM or SIGINT. SIGHUP or SIGUSR2: do not return, run the program again.

        It is run with the words it was started with, in the folder it is in by then.
        ready: called with the server when it listens and is registered. Only from the main thread. Raises as `start`.
        """
        if asyncio.run(self._run(ready)):
            log.info("starting again: %s", " ".join(sys.orig_argv))
            # One more of these must not end the program before it is ready for them.
            signal.pthread_sigmask(signal.SIG_BLOCK, RESTART_SIGNALS)
            activation.exec_with(self._sockets, [sys.executable, *sys.orig_argv[1:]])

    async def start(self) -> None:
        """Listen and register. Raises OSError, LocalError, or what the portmapper gives; nothing is left open then."""
        self._end = asyncio.get_running_loop().create_future()
        try:
            for name, sock in self._open_sockets():
                self._sockets.append((name, sock))
            for _, sock in self._sockets:
                await self._listen(sock.dup())
            self._portmap = await open_portmap(self._portmap_mode, self._portmap_host(), tcp_owner=loopback_owner)
            await self._portmap.register(self._registrations())
        except BaseException:
            await self.stop()
            raise
        if not isinstance(self._portmap, NoPortmap):
            self._keeper = asyncio.create_task(keep_registered(self._portmap))

    async def stop(self, *, handing_over: bool = False) -> None:
        """Unregister, answer what is under way, close. handing_over: keep registration and sockets for a successor."""
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        if not handing_over:
            portmap, self._portmap = self._portmap, NoPortmap()
            try:
                await portmap.close()
            except (OSError, OncRpcError) as exc:
                log.warning("not unregistered: %s", exc)
        await asyncio.gather(*(listener.stop(handing_over=handing_over) for listener in self._listeners))
        await asyncio.gather(*(server.drain(self._limits.drain_s) for server in self._datagrams))
        self._listeners, self._datagrams = [], []
        if handing_over:
            return
        for name, sock in self._sockets:
            if name == OWN:
                listening.remove(place_of(sock))
            sock.close()
        self._sockets = []

    async def serve_forever(self) -> bool:
        """Wait for `end`; return whether a restart was asked for. Raises LocalError unless started."""
        if self._end is None:
            raise LocalError("the server is not started")
        await asyncio.shield(self._end)
        return self._restart

    def end(self, *, restart: bool = False) -> None:
        """Let `serve_forever` return. To stop for good outweighs a restart, also one that has begun."""
        if self._end is None:
            return
        self._restart = restart and (self._restart or not self._end.done())
        if not self._end.done():
            self._end.set_result(None)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _run(self, ready: Callable[[Self], object] | None) -> bool:
        await self.start()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.end)
        for number in RESTART_SIGNALS:
            loop.add_signal_handler(number, lambda: self.end(restart=True))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, RESTART_SIGNALS)
        if ready is not None:
            ready(self)
        await self.stop(handing_over=await self.serve_forever())
        if not self._restart:
            await self.stop()
        return self._restart

    # -- parts ----------------------------------------------------------------------------------------------------

    def _open_sockets(self) -> Iterator[tuple[str, socket.socket]]:
        """Give the sockets to serve, endpoint by endpoint: one we were started with, or a new one; then the rest."""
        left = activation.inherited_sockets()
        found: dict[int, activation.Inherited] = {}
        for index, place in sorted(enumerate(self._places), key=lambda pair: _takes_any(pair[1])):
            match = next((item for item in left if _serves(place_of(item.sock), place)), None)
            if match is not None:
                left.remove(match)
                found[index] = match
        for index, place in enumerate(self._places):
            yield found[index] if index in found else (OWN, listening.bind(place, mode=self._mode))
        yield from left

    async def _listen(self, sock: socket.socket) -> None:
        if sock.type == socket.SOCK_DGRAM:
            server = DatagramServer(
                self.dispatcher,
                datagram_peer,
                may_amplify=lambda address: self._amplify or is_loopback(str(address[0])),
            )
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, sock=sock)
            self._datagrams.append(server)
        else:
            tls = None if sock.family == socket.AF_UNIX else self._tls
            listener = Listener(self.dispatcher, stream_peer, self._limits, tls=tls)
            await listener.start(sock)
            self._listeners.append(listener)

    def _portmap_host(self) -> str:
        """Where a portmapper of our own listens: on loopback, unless others are to find what listens elsewhere."""
        hosts = [place.host for place in self._bound_places() if place.kind != "unix"]
        return "127.0.0.1" if all(is_loopback(host) for host in hosts) else "0.0.0.0"

    def _bound_places(self) -> list[Place]:
        return [place_of(sock) for _, sock in self._sockets]

    def _registrations(self) -> list[Registration]:
        """Return an entry for each program, version and network; the first socket of a network counts."""
        found: dict[tuple[int, int, str], Registration] = {}
        for place in self._bound_places():
            netid = "local" if place.kind == "unix" else netid_for(place.kind, place.host)
            address = place.path if place.kind == "unix" else (place.host, place.port)
            for program, version in self.dispatcher.programs():
                found.setdefault((program, version, netid), Registration(program, version, netid, address))
        return list(found.values())


def _dispatcher(implementations: Any, interceptors: Sequence[Interceptor]) -> Dispatcher:
    if isinstance(implementations, Dispatcher):
        if interceptors:
            raise LocalError("interceptors are given to the Dispatcher, not to the Server around it")
        return implementations
    dispatcher = Dispatcher(interceptors=interceptors)
    for one in implementations if isinstance(implementations, (list, tuple)) else [implementations]:
        dispatcher.serve(one)
    return dispatcher


def _takes_any(place: Place) -> bool:
    """Whether sockets of several ports would do: such a place is to choose last."""
    return place.kind != "unix" and place.port == 0


def _serves(there: Place, wanted: Place) -> bool:
    """Whether a socket that is there is what an endpoint asks for."""
    if there.kind != wanted.kind or wanted.kind == "unix":
        return there == wanted
    return wanted.port in (0, there.port) and listening.numeric_host(wanted) == there.host
