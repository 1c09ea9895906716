"""The one place that builds and joins the daemon's parts, and takes them apart again in order."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from oncrpc import __version__
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import OncRpcError
from oncrpc.portmap.chooser import NoPortmap, Portmap, keep_registered, open_portmap
from oncrpc.portmap.entries import Registration
from oncrpc.procedure import Call
from oncrpc.server import Limits, Listener
from oncrpc.sockdiag import is_loopback, loopback_owner
from virtproto import virt as v
from virtrpcd import identity, listen, tls
from virtrpcd.access import AccessRule, Peer, Right
from virtrpcd.config import Config
from virtrpcd.config_checks import ConfigError
from virtrpcd.door import Door
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.registry import Registry
from virtrpcd.drivers.test.driver import TestDriver
from virtrpcd.drivers.test.strict import StrictTestDriver
from virtrpcd.endpoint import Endpoint
from virtrpcd.errors import OperationUnsupported, VirtError
from virtrpcd.events import EventBus
from virtrpcd.libvirt_door import door as libvirt_door
from virtrpcd.libvirt_door import tls as libvirt_tls
from virtrpcd.libvirt_door.connection import LibvirtConnection, TlsLibvirtConnection
from virtrpcd.paths import PathRules
from virtrpcd.service import VirtService
from virtrpcd.service.context import Context

if TYPE_CHECKING:
    from oncrpc.certificate import Certificate
    from oncrpc.tls import ServerTls

log = logging.getLogger("virtrpcd")

BATCH_REPLY_BYTES: Final = 32 << 20
"""What a batch's answer may take: as much as the longest record that clients take by default."""

PROGRAMS: Final = (v.VIRT_V1_TABLE, v.VIRT_V2_TABLE)


class StartError(Exception):
    """The daemon cannot start; one line that says why."""


def version_number() -> int:
    """Return our version as libvirt counts: major * 1,000,000 + minor * 1,000 + release."""
    major, minor, release = (int(part) for part in __version__.split("."))
    return major * 1_000_000 + minor * 1_000 + release


class Daemon:
    """A daemon from its settings: `start` it, wait, `stop` it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        try:
            access = config.access
            names = tls.named_rights(config.tls)
            self._access = AccessRule(access.write_group, access.local, access.remote, names, config.tls.others)
        except KeyError as exc:
            raise ConfigError(f"access.write_group: no such group: {config.access.write_group!r}") from exc
        self._paths = PathRules(config.allowed_dirs)
        self._registry: Registry | None = None
        self._listeners: list[Listener] = []
        self._datagrams: list[DatagramServer] = []
        self._bound: list[Endpoint] = []
        self._libvirt: list[Endpoint] = []
        self._portmap: Portmap = NoPortmap()
        self._lock: int | None = None
        self._keeper: asyncio.Task[None] | None = None

    # -- life -----------------------------------------------------------------------------------------------------

    async def start(self) -> dict[str, Any]:
        """Start everything; return what the ready line says. Raises StartError, having undone what it began."""
        try:
            return await self._start()
        except (StartError, asyncio.CancelledError):
            await self.stop()
            raise
        except (OSError, OncRpcError, listen.ListenError, VirtError) as exc:
            await self.stop()
            raise StartError(str(exc)) from exc

    async def stop(self) -> None:
        """Unregister, answer who waits, drain, let go of the machines. They go on running."""
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        try:
            await self._portmap.close()
        except (OSError, OncRpcError) as exc:
            log.warning("not unregistered: %s", exc)
        self._portmap = NoPortmap()
        if self._registry is not None:
            self._registry.close_buses()
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        for server in self._datagrams:
            server.stop()
            await server.closed
        for endpoint in self._bound + self._libvirt:
            listen.remove(endpoint)
        self._listeners, self._datagrams, self._bound, self._libvirt = [], [], [], []
        if self._registry is not None:
            await self._registry.stop()
            self._registry = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _start(self) -> dict[str, Any]:
        config = self.config
        self._make_folders()
        self._take_lock()
        driver = self._make_driver()
        self._registry = Registry(driver, lambda: StrictTestDriver(self._make_bus(), paths=self._paths))
        await driver.start()
        context = Context(self._registry.open_for, self._paths, version_number())
        door = Door(VirtService(context), max_reply_bytes=BATCH_REPLY_BYTES)
        dispatcher = Dispatcher()
        for program in PROGRAMS:
            dispatcher.register(program.number, program.version, door.endpoints_of(program))
        for endpoint in config.onc:
            await self._open(endpoint, dispatcher, door)
        await self._open_libvirt(config.libvirt or (), door)
        self._portmap = await open_portmap(config.portmap, portmap_host(self._bound), tcp_owner=loopback_owner)
        await self._portmap.register(self._registrations())
        self._keeper = asyncio.create_task(keep_registered(self._portmap))
        return {
            "ready": True,
            "pid": os.getpid(),
            "driver": driver.name,
            "onc": [str(endpoint) for endpoint in self._bound],
            "libvirt": [str(endpoint) for endpoint in self._libvirt],
            "portmap": self._portmap.describe(),
        }

    # -- parts ----------------------------------------------------------------------------------------------------

    def _make_folders(self) -> None:
        state = self.config.state_dir
        try:
            state.mkdir(mode=0o711, parents=True, exist_ok=True)
            (state / "images").mkdir(mode=0o711, exist_ok=True)
            self.config.run_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as exc:
            raise StartError(f"cannot make {exc.filename}: {exc.strerror}") from exc

    def _take_lock(self) -> None:
        """Keep a second daemon from the same state."""
        path = self.config.state_dir / "virtrpcd.lock"
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise StartError(f"{self.config.state_dir}: another virtrpcd works with this state folder") from exc

    def _make_bus(self) -> EventBus:
        return EventBus(keep=self.config.limits.events_kept)

    def _make_test(self) -> Driver:
        return TestDriver(self._make_bus(), paths=self._paths)

    def _make_driver(self) -> Driver:
        wanted, emulator = self.config.driver, self.config.qemu.emulator
        if wanted == "test":
            return self._make_test()
        # Imported here: a daemon with the test driver alone starts without QEMU's library.
        from virtrpcd.drivers.qemu.driver import QemuDriver
        from virtrpcd.drivers.qemu.probe import find_emulator
        from virtrpcd.drivers.qemu.settings import QemuSettings

        if wanted == "auto" and emulator is None and find_emulator() is None:
            return self._make_test()
        settings = QemuSettings(
            state_dir=self.config.state_dir,
            run_dir=self.config.state_dir / "qemu",
            paths=self._paths,
            accel=self.config.qemu.accel,
            emulator=emulator,
            uri="qemu:///system" if identity.own_uid() == 0 else "qemu:///session",
        )
        return QemuDriver(self._make_bus(), settings)

    def _bind(self, endpoint: Endpoint, bound: list[Endpoint]) -> socket.socket:
        mode = 0o666 if self._access.local > Right.NONE else 0o660
        sock = listen.bind(endpoint, mode=mode, gid=self._access.write_gid)
        bound.append(listen.bound(endpoint, sock))
        return sock

    async def _open(self, endpoint: Endpoint, dispatcher: Dispatcher, door: Door) -> None:
        sock = self._bind(endpoint, self._bound)
        if endpoint.kind == "udp":
            await self._open_datagrams(sock, dispatcher, door)
        else:
            listener = Listener(dispatcher, self._peers(endpoint), self._limits(), tls=self._make_tls(endpoint))
            await self._serve(listener, sock)

    async def _open_libvirt(self, endpoints: tuple[Endpoint, ...], door: Door) -> None:
        dispatcher = libvirt_door.make_dispatcher(door)
        for endpoint in endpoints:
            listen.make_folder(endpoint)
            sock = self._bind(endpoint, self._libvirt)
            context = libvirt_tls.server_context(self.config.tls) if endpoint.kind == "tls" else None
            listener = Listener(
                dispatcher, self._peers(endpoint), self._limits(), connection=self._make_libvirt(endpoint), ssl=context
            )
            await self._serve(listener, sock)

    def _make_libvirt(self, endpoint: Endpoint) -> Callable[[Listener], LibvirtConnection]:
        users = self.config.sasl.users
        if endpoint.kind == "tls":
            return lambda listener: TlsLibvirtConnection(listener, self._identify, users)
        # Over plain tcp a password could be read on the way, so libvirt's clients do not send one either.
        return lambda listener: LibvirtConnection(listener, users if endpoint.kind == "unix" else None)

    async def _serve(self, listener: Listener, sock: socket.socket) -> None:
        listener.on_close = self._need_registry().peer_gone
        self._listeners.append(listener)
        await listener.start(sock)

    def _peers(self, endpoint: Endpoint) -> Callable[[socket.socket], Peer]:
        registry = self._need_registry()
        return lambda sock: self._access.stream_peer(sock, registry.default, read_only=endpoint.read_only)

    def _limits(self) -> Limits:
        settings = self.config.limits
        return Limits(
            connections=settings.connections,
            connections_each=settings.connections_each,
            calls_under_way=settings.calls_under_way,
            max_record=settings.max_record_bytes,
            record_timeout_s=settings.record_timeout_s,
            drain_s=settings.drain_s,
        )

    def _identify(self, sock: socket.socket, certificate: Certificate | None) -> Peer:
        return self._access.tls_peer(sock, certificate, self._need_registry().default)

    def _make_tls(self, endpoint: Endpoint) -> ServerTls | None:
        """Return what TLS is started with: required on tls:, offered on tcp: where there is a certificate."""
        if endpoint.kind not in ("tls", "tcp"):
            return None
        return tls.server_tls(self.config.tls, required=endpoint.kind == "tls", identify=self._identify)

    async def _open_datagrams(self, sock: socket.socket, dispatcher: Dispatcher, door: Door) -> None:
        registry = self._need_registry()

        def make_peer(address: tuple[Any, ...]) -> Peer:
            return self._access.datagram_peer(address, registry.default)

        def too_long(call: Call) -> bytes | None:
            return door.error(call, OperationUnsupported("the answer does not fit a datagram: use tcp"))

        server = DatagramServer(
            dispatcher,
            make_peer,
            may_amplify=lambda address: is_loopback(str(address[0])),
            too_long=too_long,
        )
        self._datagrams.append(server)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, sock=sock)

    def _need_registry(self) -> Registry:
        if self._registry is None:
            raise StartError("no driver yet")
        return self._registry

    def _registrations(self) -> list[Registration]:
        """Return what goes into the portmapper: every version on tcp, udp and the read-write unix socket."""
        found: dict[tuple[int, str], Registration] = {}
        for endpoint in self._bound:
            if endpoint.read_only:
                continue
            address: Any = endpoint.path if endpoint.kind == "unix" else _numeric(endpoint)
            # TLS is started on an ordinary tcp connection: clients find it as tcp (RFC 9289 section 4.1).
            kind = "tcp" if endpoint.kind == "tls" else endpoint.kind
            netid = "local" if kind == "unix" else kind + ("6" if ":" in address[0] else "")
            for program in PROGRAMS:
                entry = Registration(program.number, program.version, netid, address)
                found.setdefault((program.version, netid), entry)
        return list(found.values())


def portmap_host(endpoints: list[Endpoint]) -> str:
    """Return where a portmapper of our own listens: on loopback, unless others are to find what listens elsewhere."""
    inet = [_numeric(endpoint)[0] for endpoint in endpoints if endpoint.kind != "unix"]
    return "127.0.0.1" if all(is_loopback(host) for host in inet) else "0.0.0.0"


def _numeric(endpoint: Endpoint) -> tuple[str, int]:
    kind = socket.SOCK_DGRAM if endpoint.kind == "udp" else socket.SOCK_STREAM
    address = socket.getaddrinfo(endpoint.host, endpoint.port, type=kind)[0][4]
    return str(address[0]), int(address[1])


def notify_systemd(message: str) -> None:
    """Tell systemd how we are, if it started us (sd_notify)."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock, contextlib.suppress(OSError):
        sock.sendto(message.encode(), address)
