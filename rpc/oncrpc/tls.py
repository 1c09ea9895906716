"""RPC-with-TLS (RFC 9289) on tcp: certificates, keys and names of both sides, and the blocking client's start.

A client connects by plain tcp and asks by a NULL call with the AUTH_TLS credential (oncrpc.auth.tls); after a yes both
do a TLS handshake on the same connection. TLS 1.3 at least and the protocol name "sunrpc", as section 5 says; nothing
is resumed and no early data is taken.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

from oncrpc.auth.tls import Question
from oncrpc.certificate import Certificate, from_peercert
from oncrpc.errors import ConnectTimeout, NotDelivered, RemoteError, TlsRefused, TlsSetup
from oncrpc.message import NO_AUTH

log = logging.getLogger("oncrpc.tls")

ALPN: Final = "sunrpc"
HANDSHAKE_TIMEOUT_S: Final = 10.0

FilePath = str | os.PathLike[str]
Clients = Literal["none", "optional", "required"]

_SESSION = ssl.SSLObject | ssl.SSLSocket


def certificate_of(session: _SESSION) -> Certificate | None:
    """Return the peer's certificate, None when it showed none."""
    return from_peercert(session.getpeercert())


def has_alpn(session: _SESSION) -> bool:
    """Return whether both sides settled on "sunrpc"."""
    return session.selected_alpn_protocol() == ALPN


class NotConfirmed(ConnectionError):
    """The connection ended between the client's end of the handshake and the server's first answer."""


class ClientTls:
    """What a client needs to start TLS; it may serve any number of connections.

    ca_file: PEM certificates that may vouch for the server (None: those the system trusts). cert_file, key_file: who we
    are, if the server asks (key_file None: the key is in cert_file). server_name: the DNS name or IP address that the
    server's certificate must have (None: the host connected to). opportunistic: go on in the clear with a server that
    does not offer TLS; a man in the middle can always make it so, therefore only where eavesdropping is the one worry.
    Raises TlsSetup.
    """

    def __init__(
        self,
        ca_file: FilePath | None = None,
        cert_file: FilePath | None = None,
        key_file: FilePath | None = None,
        *,
        server_name: str | None = None,
        opportunistic: bool = False,
        handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
    ) -> None:
        self.server_name = server_name
        self.opportunistic = opportunistic
        self.handshake_timeout_s = handshake_timeout_s
        self.context = _context(ssl.PROTOCOL_TLS_CLIENT)
        self.context.hostname_checks_common_name = False
        if ca_file is None:
            self.context.load_default_certs()
        else:
            _load_ca(self.context, ca_file)
        if cert_file is not None:
            _load_certificate(self.context, cert_file, key_file)
        elif key_file is not None:
            raise TlsSetup(f"{key_file}: a key without a certificate")

    def name_for(self, host: str) -> str:
        """Return the name that the certificate of the server at `host` must have."""
        return (self.server_name or host).partition("%")[0]

    def start(
        self, sock: socket.socket, host: str, program: int, version: int, timeout_s: float | None
    ) -> socket.socket:
        """Return the socket on which calls go: with TLS up, or the plain one when opportunistic and not offered.

        sock: connected, nothing sent yet; closed after an error. Raises TlsRefused, ConnectTimeout. When it returns
        the server has answered a NULL call inside TLS: it takes our certificate, or needs none.
        """
        limit = self.handshake_timeout_s if timeout_s is None else min(timeout_s, self.handshake_timeout_s)
        deadline = time.monotonic() + limit
        try:
            if not _ask(sock, Question(program, version), deadline):
                self.not_offered(host)
                return sock
            name = self.name_for(host)
            sock = secured = self.context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
            _arm(sock, deadline)
            secured.do_handshake()
            self.check(secured, host)
            _confirm(sock, Question(program, version, NO_AUTH), deadline)
        except NotDelivered:
            sock.close()
            raise
        except (OSError, ValueError, RemoteError) as exc:
            sock.close()
            raise client_error(exc, host, limit) from exc
        return sock

    def not_offered(self, host: str) -> None:
        """Note that the server does not offer TLS. Raises TlsRefused unless that is allowed."""
        if not self.opportunistic:
            raise TlsRefused(f"{host} does not offer TLS, which is required")
        log.warning("%s does not offer TLS: going on in the clear", host)

    def check(self, session: _SESSION, host: str) -> None:
        """Check what the handshake itself does not. Raises TlsRefused.

        The server must have chosen "sunrpc" (RFC 9289 section 5), and its name stand in full in the certificate: a
        wildcard does not count (section 5.2.1).
        """
        if not has_alpn(session):
            raise TlsRefused(f'{host} did not choose the protocol "{ALPN}" in its TLS handshake')
        found = certificate_of(session)
        wanted = session.server_hostname or ""
        if found is None or not (_is_address(wanted) or found.has_host(wanted)):
            raise TlsRefused(f"the certificate of {host} has the name {wanted} by a wildcard only")
        log.info("TLS with %s: %s, %s", host, session.version(), found)


def client_error(exc: Exception, host: str, limit: float) -> NotDelivered:
    """Return the error that a client's caller gets for one while TLS was being started."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return TlsRefused(f"the certificate of {host} does not hold: {exc.verify_message}")
    if isinstance(exc, TimeoutError):
        return ConnectTimeout(f"no TLS with {host} within {limit:g} s")
    if isinstance(exc, ssl.SSLError):
        return TlsRefused(f"no TLS with {host}: {describe(exc)}")
    if isinstance(exc, NotConfirmed):
        return TlsRefused(f"{host} hung up after the TLS handshake: it wants a certificate, or another one")
    if isinstance(exc, OSError):
        return TlsRefused(f"no TLS with {host}: the connection was lost: {describe(exc)}")
    return TlsRefused(f"no TLS with {host}: {exc}")


def describe(exc: OSError) -> str:
    """Return the reason in words: OpenSSL's where it has one."""
    reason = exc.reason if isinstance(exc, ssl.SSLError) else exc.strerror
    return reason.lower().replace("_", " ") if reason else str(exc) or type(exc).__name__


Identify = Callable[[socket.socket, "Certificate | None"], Any]
"""Given the socket and the verified certificate of a client (None: it showed none), returns what goes into Call.peer
from then on. Must not wait or raise. As MakePeer of oncrpc.server otherwise."""


class ServerTls:
    """What a listener needs to offer TLS; it may serve any number of them.

    cert_file: PEM, our certificate first, then those between it and the CA; key_file: None when the key is in it too.
    ca_file: PEM certificates that may vouch for clients. clients: whether theirs are asked for ("optional": none is
    fine, but one that does not hold ends the handshake). required: calls before TLS are refused, AUTH_TOOWEAK; else TLS
    is merely offered. identify: who a client is, once TLS is up; None: whom the listener's make_peer says. Files that
    change are loaded anew before the next handshake. Raises TlsSetup.
    """

    def __init__(
        self,
        cert_file: FilePath,
        key_file: FilePath | None = None,
        ca_file: FilePath | None = None,
        *,
        clients: Clients = "none",
        required: bool = True,
        identify: Identify | None = None,
        handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
    ) -> None:
        if clients != "none" and ca_file is None:
            raise TlsSetup("certificates of clients are asked for, and no CA is named that may vouch for them")
        self.cert_file = cert_file
        self.key_file = key_file
        self.ca_file = ca_file
        self.clients = clients
        self.required = required
        self.identify = identify
        self.handshake_timeout_s = handshake_timeout_s
        self._stamp = self._look()
        self._context = self._load()

    @property
    def context(self) -> ssl.SSLContext:
        """The context for the next handshake, from the files as they are now.

        Files that cannot be used (one of a pair replaced, the other not yet) are logged once, and the last good ones
        serve on.
        """
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._context = self._load()
                log.info("%s: loaded anew", self.cert_file)
            except TlsSetup as exc:
                log.warning("the certificate in use stays: %s", exc)
        return self._context

    def _load(self) -> ssl.SSLContext:
        made = _context(ssl.PROTOCOL_TLS_SERVER)
        # No tickets: a client whose certificate is no longer trusted must not come back by resuming.
        made.num_tickets = 0
        made.verify_mode = {
            "none": ssl.CERT_NONE,
            "optional": ssl.CERT_OPTIONAL,
            "required": ssl.CERT_REQUIRED,
        }[self.clients]
        _load_certificate(made, self.cert_file, self.key_file)
        if self.ca_file is not None:
            _load_ca(made, self.ca_file)
        return made

    def _look(self) -> tuple[object, ...]:
        files = [file for file in (self.cert_file, self.key_file, self.ca_file) if file is not None]
        return tuple(_stamp_of(file) for file in files)


def _context(kind: int) -> ssl.SSLContext:
    made = ssl.SSLContext(kind)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.set_alpn_protocols([ALPN])
    return made


def _load_certificate(context: ssl.SSLContext, cert_file: FilePath, key_file: FilePath | None) -> None:
    key = cert_file if key_file is None else key_file
    _need_pem(cert_file, "CERTIFICATE-----", "certificate")
    _need_pem(key, "PRIVATE KEY-----", "private key")

    def no_password() -> str:
        raise TlsSetup(f"{os.fspath(key)}: the key is locked by a password")

    try:
        context.load_cert_chain(cert_file, key, no_password)
    except ssl.SSLError as exc:
        if exc.reason == "KEY_VALUES_MISMATCH":
            raise TlsSetup(f"{os.fspath(key)}: not the key of the certificate in {os.fspath(cert_file)}") from exc
        raise TlsSetup(f"{os.fspath(cert_file)}, {os.fspath(key)}: {describe(exc)}") from exc


def _load_ca(context: ssl.SSLContext, ca_file: FilePath) -> None:
    _need_pem(ca_file, "CERTIFICATE-----", "certificate")
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError as exc:
        raise TlsSetup(f"{os.fspath(ca_file)}: {describe(exc)}") from exc


def _need_pem(file: FilePath, label: str, what: str) -> None:
    try:
        text = Path(file).read_bytes()
    except OSError as exc:
        raise TlsSetup(f"{os.fspath(file)}: {exc.strerror}") from exc
    if label.encode() not in text:
        raise TlsSetup(f"{os.fspath(file)}: no {what} in PEM form in it")


def _stamp_of(file: FilePath) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _ask(sock: socket.socket, question: Question, deadline: float) -> bool:
    _arm(sock, deadline)
    sock.sendall(question.message)
    while True:
        _arm(sock, deadline)
        data = sock.recv(4096)
        if not data:
            raise ConnectionResetError("closed by the peer")
        answer = question.feed(data)
        if answer is not None:
            return answer


def _confirm(sock: socket.socket, question: Question, deadline: float) -> None:
    try:
        _ask(sock, question, deadline)
    except ConnectionError as exc:
        raise NotConfirmed from exc


def _arm(sock: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
