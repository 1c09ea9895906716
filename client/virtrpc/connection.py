"""The blocking face: connect, Host, and watching events. And how to get from an address to a wire, for both faces."""

from __future__ import annotations

import errno
import time
from types import TracebackType
from typing import Protocol, Self

from oncrpc.client import CALL_TIMEOUT_S, CONNECT_TIMEOUT_S, Client
from oncrpc.errors import OncRpcError
from oncrpc.portmap.client import lookup
from virtproto import virt as v
from virtrpc.domain import Domain
from virtrpc.events import NOW, PAUSE_S, SHORT_ANSWER_S, WAIT_S, Cursor, Event, Lost, Reader
from virtrpc.host import HostCalls
from virtrpc.operation import BlockingFace, run_now
from virtrpc.session import NEWEST, BlockingWire, Session, Wire, translated
from virtrpc.tls import client_tls
from virtrpc.uri import Address, default_address, parse_uri


class Dialer(Protocol):
    """How a face gets a wire."""

    async def lookup(self, address: Address) -> int: ...
    async def dial(self, address: Address, port: int, path: str) -> Wire: ...


class BlockingDialer:
    """Blocking sockets. Its coroutines never suspend."""

    def __init__(self, connect_timeout_s: float | None, call_timeout_s: float | None) -> None:
        self._connect_timeout_s = connect_timeout_s
        self._call_timeout_s = call_timeout_s

    async def lookup(self, address: Address) -> int:
        """Ask the portmapper for the port. Raises NotRegistered, NotDelivered and kin."""
        return lookup(address.host, v.VIRT_PROGRAM, NEWEST, address.netid, address.portmap_port)

    async def dial(self, address: Address, port: int, path: str) -> Wire:
        """Connect. Raises NotDelivered; with libvirt's framing VirtError too."""
        call_s, connect_s = self._call_timeout_s, self._connect_timeout_s
        if address.protocol == "libvirt":
            return await self._dial_libvirt(address, path)
        if address.kind == "unix":
            client = Client.unix(path, v.VIRT_PROGRAM, NEWEST, connect_timeout_s=connect_s, call_timeout_s=call_s)
        elif address.kind == "udp":
            client = Client.udp(address.host, port, v.VIRT_PROGRAM, NEWEST, call_timeout_s=call_s)
        else:
            tls = client_tls(address)
            client = Client.tcp(
                address.host, port, v.VIRT_PROGRAM, NEWEST, tls=tls, connect_timeout_s=connect_s, call_timeout_s=call_s
            )
        return BlockingWire(client)

    async def _dial_libvirt(self, address: Address, path: str) -> Wire:
        from virtrpc.libvirt_blocking import BlockingLibvirtWire, connect_link

        wire = BlockingLibvirtWire(connect_link(address, path, self._connect_timeout_s), self._call_timeout_s)
        try:
            # Nobody reads between calls, so nobody would answer the daemon's questions: it is not to ask.
            await wire.open(address.driver, 0, keepalive=False)
        except BaseException:
            await wire.close()
            raise
        return wire


def _not_permitted(exc: BaseException) -> bool:
    return isinstance(exc.__cause__, OSError) and exc.__cause__.errno in (errno.EACCES, errno.EPERM)


async def _dial(dialer: Dialer, address: Address) -> Wire:
    if address.kind != "unix":
        port = await dialer.lookup(address) if address.port is None else address.port
        return await dialer.dial(address, port, "")
    try:
        return await dialer.dial(address, 0, address.path)
    except OncRpcError as exc:
        if not address.read_only_path or not _not_permitted(exc):
            raise
    return await dialer.dial(address, 0, address.read_only_path)


async def open_session(dialer: Dialer, uri: str | None) -> Session:
    """Return a session that has settled on a version. Raises UriError, NotReached."""
    address = default_address() if uri is None else parse_uri(uri)
    try:
        wire = await _dial(dialer, address)
    except OncRpcError as exc:
        raise translated(exc) from exc
    session = Session(wire, address)
    try:
        await session.settle()
    except BaseException:
        await session.close()
        raise
    return session


class Watch:
    """Events as they happen: iterate it. A Lost marker says that some were missed. `cursor` is where it stands.

    It never ends by itself; it raises as Host.events does, and can be iterated again afterwards.
    """

    def __init__(self, host: Host, cursor: Cursor, wait_s: float) -> None:
        self._host = host
        self._reader = Reader(cursor)
        self._wait_s = wait_s

    @property
    def cursor(self) -> Cursor:
        """Where it stands: past the events that were fetched."""
        return self._reader.cursor

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event | Lost:
        while True:
            found = self._reader.take()
            if found is not None:
                return found
            began = time.monotonic()
            news = self._host.events(self._reader.cursor, wait_s=self._wait_s)
            self._reader.feed(news)
            if not news.events and not news.lost and time.monotonic() - began < SHORT_ANSWER_S:
                time.sleep(PAUSE_S)


class Host(HostCalls[Domain], BlockingFace):
    """A connection to the daemon of one host; calls block. Threads may share it and take turns."""

    _domain_class = Domain

    def watch(self, cursor: Cursor = NOW, *, wait_s: float = WAIT_S) -> Watch:
        """Return the events from a cursor on (NOW: from the moment of this call), as they happen."""
        return Watch(self, self.events(NOW).cursor if cursor == NOW else cursor, wait_s)

    def close(self) -> None:
        """Close the connection; again is no error."""
        run_now(self._session.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(
    uri: str | None = None,
    *,
    connect_timeout_s: float | None = CONNECT_TIMEOUT_S,
    call_timeout_s: float | None = CALL_TIMEOUT_S,
) -> Host:
    """Connect to a daemon, and settle on the highest version of the interface that both sides have.

    uri: onc+tcp://HOST[:PORT]/, onc+tls://HOST[:PORT]/, onc+udp://HOST[:PORT]/, onc+unix:///PATH; None: $VIRTRPC_URI,
    or this host's daemon. Over libvirt's own protocol, to its daemons too: libvirt+tcp://HOST[:PORT]/NAME, libvirt+tls,
    libvirt+unix:///NAME or libvirt+unix:///PATH?name=NAME (uri.parse_uri says more). Certificates for tls: as
    virtrpc.tls.find_files says.
    call_timeout_s: how long a call may take (None: for ever). Raises UriError, NotReached.
    """
    return Host(run_now(open_session(BlockingDialer(connect_timeout_s, call_timeout_s), uri)))
