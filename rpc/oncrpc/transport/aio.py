"""asyncio protocols of the client: streams and datagrams, handing what arrives to a receiver."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final, Protocol, cast

from oncrpc.errors import ConnectionLost, ConnectTimeout, NotDelivered
from oncrpc.transport.datagram import not_sent
from oncrpc.transport.dialing import FULL_WAIT_S, check_port, not_found

if TYPE_CHECKING:
    from oncrpc.tls import ClientTls

RECEIVE_BYTES: Final = 65_536
FLUSH_S: Final = 2.0
"""How long a connection that is closed may take to send what is buffered: the peer may never read it."""


class Receiver(Protocol):
    """Who wants the bytes."""

    def received(self, data: bytes) -> None:
        """Bytes, or a datagram, came in."""

    def lost(self, reason: Exception) -> None:
        """The connection ended."""


class StreamLink(asyncio.BufferedProtocol):
    """A stream connection. `write` never waits; `drain` waits until the peer has read enough.

    It reads into a buffer of its own: asyncio's way, a new block of 256 KiB a read, has malloc give memory back to the
    kernel and take it again for each call, or not, as the heap happens to lie (a third of the calls a second).
    """

    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(RECEIVE_BYTES))
        self.receiver: Receiver | None = None
        self._early = bytearray()
        self._lost: ConnectionLost | None = None
        self._flushing: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self.receiver is not None:
            self.receiver.received(bytes(self._buffer[:nbytes]))
        else:
            self._early += self._buffer[:nbytes]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._writable.set()
        self._gone.set()
        if self._flushing is not None:
            self._flushing.cancel()
        self._lost = ConnectionLost(f"the connection was lost: {exc or 'closed by the peer'}")
        if self.receiver is not None:
            self.receiver.lost(self._lost)

    def attach(self, receiver: Receiver) -> None:
        """Give `receiver` what comes in, and what came in since the connection was made: its end, too."""
        self.receiver = receiver
        early, self._early = bytes(self._early), bytearray()
        if early:
            receiver.received(early)
        if self._lost is not None:
            receiver.lost(self._lost)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def write(self, data: bytes) -> None:
        """Send bytes. Raises NotDelivered when the connection is gone."""
        if self._transport is None:
            raise NotDelivered("the connection is closed")
        self._transport.write(data)

    async def drain(self) -> None:
        """Wait until the send buffer has room."""
        await self._writable.wait()

    def close(self) -> None:
        """Close after what is buffered has been sent, for at most FLUSH_S; who waits in `drain` waits no more."""
        self._writable.set()
        if self._transport is not None:
            if self._flushing is None and self._transport.get_write_buffer_size():
                self._flushing = asyncio.get_running_loop().call_later(FLUSH_S, self.abort)
            self._transport.close()

    def abort(self) -> None:
        """Close at once: what is buffered is not worth sending any more."""
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Wait for what is still to be sent: the rest of the buffer, and the goodbye of TLS."""
        if self._transport is None:
            return
        if self._flushing is not None or self._transport.get_extra_info("ssl_object") is not None:
            await self._gone.wait()


class DatagramLink(asyncio.DatagramProtocol):
    """A connected datagram socket."""

    def __init__(self) -> None:
        self.receiver: Receiver | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._writing = False
        self._refused: OSError | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def attach(self, receiver: Receiver) -> None:
        """Give `receiver` what comes in."""
        self.receiver = receiver

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.receiver is not None:
            self.receiver.received(data)

    def error_received(self, exc: Exception) -> None:
        if self._writing and isinstance(exc, OSError) and not isinstance(exc, ConnectionRefusedError):
            # Of the datagram that is being written; a refusal is the answer to an earlier one.
            self._refused = exc
        elif self.receiver is not None:
            self.receiver.lost(NotDelivered(f"udp: {exc}"))

    def write(self, data: bytes) -> None:
        """Send one datagram. Raises NotDelivered when the socket is closed, or the system refuses it."""
        if self._transport is None:
            raise NotDelivered("the client is closed")
        self._writing, self._refused = True, None
        try:
            self._transport.sendto(data)
        finally:
            self._writing = False
        if self._refused is not None:
            raise not_sent(len(data), self._refused)

    async def drain(self) -> None:
        """Datagrams are not held back."""

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def abort(self) -> None:
        """Close the socket."""
        self.close()

    async def wait_closed(self) -> None:
        """Datagrams take no goodbye."""


async def connect_tcp(
    host: str,
    port: int,
    timeout_s: float | None,
    *,
    tls: ClientTls | None = None,
    program: int = 0,
    version: int = 0,
) -> StreamLink:
    """Connect to a host. Raises NotDelivered (ConnectTimeout, TlsRefused).

    tls: start TLS at once, asked for by a NULL call to program and version.
    """
    check_port(port)
    loop = asyncio.get_running_loop()
    where = f"{host} port {port}"
    link = StreamLink()
    try:
        async with asyncio.timeout(timeout_s):
            if tls is None:
                await loop.create_connection(lambda: link, host, port)
            else:
                from oncrpc.tls_aio import connect

                await connect(tls, host, port, program, version, link)
    except NotDelivered:
        raise
    except TimeoutError as exc:
        raise ConnectTimeout(f"no connection to {where} within {timeout_s} s") from exc
    except ValueError as exc:  # a name that none can have
        raise not_found(host, exc) from exc
    except OSError as exc:
        raise NotDelivered(f"cannot connect to {where}: {exc.strerror or exc}") from exc
    return link


async def connect_unix(path: str, timeout_s: float | None) -> StreamLink:
    """Connect to a unix socket. Raises NotDelivered (ConnectTimeout)."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        async with asyncio.timeout(timeout_s):
            await _connect_unix(sock, path)
            _, link = await loop.create_unix_connection(StreamLink, sock=sock)
    except BaseException as exc:
        sock.close()
        if isinstance(exc, TimeoutError):
            raise ConnectTimeout(f"no connection to {path} within {timeout_s} s") from exc
        if isinstance(exc, (OSError, ValueError)):  # ValueError: a NUL in the path
            raise NotDelivered(f"cannot connect to {path}: {getattr(exc, 'strerror', None) or exc}") from exc
        raise
    return link


async def _connect_unix(sock: socket.socket, path: str) -> None:
    """Connect; wait while the backlog is full, for which event loops take it as connected."""
    sock.setblocking(False)
    while True:
        try:
            sock.connect(path)
        except BlockingIOError:
            await asyncio.sleep(FULL_WAIT_S)
        else:
            return


async def connect_udp(host: str, port: int) -> DatagramLink:
    """Choose the peer. Raises NotDelivered when the name does not resolve."""
    check_port(port)
    loop = asyncio.get_running_loop()
    try:
        _, link = await loop.create_datagram_endpoint(DatagramLink, remote_addr=(host, port))
    except ValueError as exc:  # a name that none can have
        raise not_found(host, exc) from exc
    except OSError as exc:
        raise NotDelivered(f"cannot reach {host} port {port} by udp: {exc.strerror or exc}") from exc
    return link
