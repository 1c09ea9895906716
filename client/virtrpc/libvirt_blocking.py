"""The blocking wire in libvirt's framing: how it is connected, and its part of LibvirtWire. Never suspends."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Final

from oncrpc.errors import ConnectTimeout, NotDelivered, OncRpcError, TlsRefused
from oncrpc.tls import client_error
from virnet.client_session import Message, Reply
from virtproto import virt as v
from virtrpc.libvirt_link import Link
from virtrpc.libvirt_wire import REMOTE, LibvirtWire, Request
from virtrpc.tls import libvirt_tls
from virtrpc.uri import Address

GOODBYE_S: Final = 5.0
"""How long the daemon may take to answer that we close."""
WELCOME: Final = b"\1"
"""What a libvirt daemon sends first inside TLS: it takes our certificate."""


class BlockingLibvirtWire(LibvirtWire):
    """A LibvirtWire over blocking sockets; threads may share it."""

    def __init__(self, link: Link, call_timeout_s: float | None) -> None:
        super().__init__(call_timeout_s)
        self.link = link
        self.encrypted = False
        self.local = False

    async def exchange(self, requests: Sequence[Request], timeout_s: float | None) -> list[Reply]:
        return self.link.exchange(requests, timeout_s)

    async def next_messages(self, timeout_s: float) -> list[Message]:
        return self.link.take_messages(timeout_s)

    async def close(self) -> None:
        if self.link.broken is None:
            with contextlib.suppress(OncRpcError):
                self.link.exchange([Request(REMOTE.number, v.VIRT_CONNECT_CLOSE, b"")], GOODBYE_S)
        self.link.close()


def connect_link(address: Address, path: str, timeout_s: float | None) -> Link:
    """Connect to a daemon. path: of the unix socket. Raises NotDelivered (ConnectTimeout, TlsRefused)."""
    where = path if address.kind == "unix" else f"{address.host} port {address.port}"
    try:
        if address.kind == "unix":
            sock = _connect_unix(path, timeout_s)
        else:
            sock = socket.create_connection((address.host, address.port), timeout_s)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except TimeoutError as exc:
        raise ConnectTimeout(f"no connection to {where} within {timeout_s} s") from exc
    except OSError as exc:
        raise NotDelivered(f"cannot connect to {where}: {exc.strerror or exc}") from exc
    return Link(_secured(sock, address, timeout_s) if address.kind == "tls" else sock)


def _connect_unix(path: str, timeout_s: float | None) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout_s)
    try:
        sock.connect(path)
    except OSError:
        sock.close()
        raise
    return sock


def _secured(sock: socket.socket, address: Address, timeout_s: float | None) -> ssl.SSLSocket:
    """Return the socket with TLS up, after the daemon's word that it takes us. Raises TlsRefused, ConnectTimeout."""
    began = time.monotonic()
    try:
        secured = libvirt_tls(address).wrap_socket(sock, server_hostname=address.name or address.host)
        first = secured.recv(1)
    except (OSError, ValueError) as exc:
        sock.close()
        raise client_error(exc, address.host, time.monotonic() - began if timeout_s is None else timeout_s) from exc
    if first != WELCOME:
        secured.close()
        raise TlsRefused(f"{address.host} hung up after the TLS handshake: it wants a certificate, or another one")
    return secured
