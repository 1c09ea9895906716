"""RPC-with-TLS between our clients and our server, both event loops; who shows which certificate; files."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from certificates import certificates
from tls_server import LOOPS, Served, served
from xdr_sample import ADD, ECHO, PROGRAM, WAIT

from oncrpc.aclient import AsyncClient
from oncrpc.certificate import Certificate
from oncrpc.client import NULL, Client
from oncrpc.errors import (
    AuthError,
    AuthStat,
    CallCancelled,
    ConnectionLost,
    NotDelivered,
    OutcomeUnknown,
    TlsRefused,
    TlsSetup,
)
from oncrpc.procedure import Procedure
from oncrpc.tls import ClientTls, ServerTls
from oncrpc.xdr import VOID

WHO: Procedure[None] = Procedure(1, "WHO", VOID, VOID, arity=0)


@pytest.fixture(params=list(LOOPS))
def loop(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def server_tls(**options: Any) -> ServerTls:
    return ServerTls(options.pop("cert", certificates().server), **options)


def client_tls(**options: Any) -> ClientTls:
    return ClientTls(options.pop("ca", certificates().ca), options.pop("cert", None), **options)


def blocking(where: Served, host: str = "localhost", **options: Any) -> Client:
    version = options.pop("version", 2)
    return Client.tcp(host, where.port, PROGRAM, version, tls=client_tls(**options), call_timeout_s=20)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_calls_go_through_tls_blocking(loop: str, host: str) -> None:
    with served(server_tls(), loop) as where, blocking(where, host) as client:
        assert client.call(ADD, 2, 3) == 5
        long = "x" * 1_000_000
        assert client.call(ECHO, long) == long
        client.ping()


def test_calls_go_through_tls_asyncio(loop: str) -> None:
    async def check(port: int) -> None:
        async with await AsyncClient.tcp("localhost", port, PROGRAM, 2, tls=client_tls(), call_timeout_s=20) as client:
            sums = await asyncio.gather(*(client.call(ADD, number, 1) for number in range(300)))
            assert sums == list(range(1, 301))
            long = "x" * 1_000_000
            assert await client.call(ECHO, long) == long

    with served(server_tls(), loop) as where, asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(check(where.port))


def test_a_call_before_tls_is_refused_where_tls_is_required(loop: str) -> None:
    with served(server_tls(), loop) as where, Client.tcp("localhost", where.port, PROGRAM, 2) as client:
        for procedure, args in ((ECHO, ("x",)), (NULL, ())):
            with pytest.raises(AuthError) as caught:
                client.call(procedure, *args)
            assert caught.value.stat == AuthStat.AUTH_TOOWEAK
    assert where.sample.seen == []


def test_where_tls_is_offered_both_kinds_of_clients_are_served(loop: str) -> None:
    with served(server_tls(required=False), loop) as where:
        with Client.tcp("localhost", where.port, PROGRAM, 2) as client:
            assert client.call(ECHO, "clear") == "clear"
        with blocking(where) as client:
            assert client.call(ECHO, "secret") == "secret"


def test_a_server_without_tls_is_not_called(loop: str) -> None:
    with served(None, loop) as where:
        with pytest.raises(TlsRefused, match="localhost does not offer TLS, which is required"):
            blocking(where)
        with pytest.raises(TlsRefused, match="does not offer"):
            asyncio.run(AsyncClient.tcp("localhost", where.port, PROGRAM, 2, tls=client_tls()))
    assert where.sample.seen == []


def test_who_asked_for_opportunity_goes_on_in_the_clear_without_an_offer(loop: str) -> None:
    async def check(port: int) -> None:
        async with await AsyncClient.tcp("localhost", port, PROGRAM, 2, tls=client_tls(opportunistic=True)) as client:
            assert await client.call(ADD, 1, 2) == 3

    with served(None, loop) as where:
        with blocking(where, opportunistic=True) as client:
            assert client.call(ADD, 1, 2) == 3
        asyncio.run(check(where.port))
    # Where TLS is offered there is no going on without: a certificate that does not hold ends it.
    with served(server_tls(cert=certificates().strange_server), loop) as where, pytest.raises(TlsRefused):
        blocking(where, opportunistic=True)


@pytest.mark.parametrize(
    ("cert", "host", "why"),
    [
        ("elsewhere", "localhost", "Hostname mismatch"),
        ("elsewhere", "127.0.0.1", "IP address mismatch"),
        ("expired", "localhost", "expired"),
        ("strange_server", "localhost", "issuer certificate|self-signed certificate"),
    ],
)
def test_a_server_whose_certificate_does_not_hold_is_not_called(loop: str, cert: str, host: str, why: str) -> None:
    with served(server_tls(cert=getattr(certificates(), cert)), loop) as where:
        with pytest.raises(TlsRefused, match=why):
            blocking(where, host)
        with pytest.raises(TlsRefused, match=why):
            asyncio.run(AsyncClient.tcp(host, where.port, PROGRAM, 2, tls=client_tls()))


def test_the_name_may_be_another_than_the_host_connected_to(loop: str) -> None:
    with served(server_tls(cert=certificates().elsewhere), loop) as where:
        with blocking(where, server_name="elsewhere.example") as client:
            assert client.call(ADD, 1, 1) == 2
        with pytest.raises(TlsRefused, match=r"not valid for 'other\.example'"):
            blocking(where, server_name="other.example")


def test_a_wildcard_is_no_name() -> None:
    """RFC 9289 section 5.2.1: DNS names in certificates for RPC have none."""
    wildcard = server_tls(cert=certificates().wildcard)
    with served(wildcard) as where, pytest.raises(TlsRefused, match="by a wildcard only"):
        blocking(where, server_name="one.hosts.example")


def identified(sock: socket.socket, certificate: Certificate | None) -> str:
    assert sock.getpeername()[0] == "127.0.0.1"
    return str(certificate)


@pytest.mark.parametrize(
    ("clients", "cert", "who"),
    [
        ("none", "alice", "None"),
        ("optional", None, "None"),
        ("optional", "alice", "CN:alice email:alice@example.org"),
        ("required", "bob", "CN:bob DNS:bob.example"),
    ],
)
def test_the_certificate_says_who_calls(loop: str, clients: Any, cert: str | None, who: str) -> None:
    tls = server_tls(ca_file=certificates().ca, clients=clients, identify=identified)
    shown = None if cert is None else getattr(certificates(), cert)
    with served(tls, loop) as where, blocking(where, version=3, cert=shown) as client:
        client.call(WHO)
        assert where.peers == [who]


@pytest.mark.parametrize("cert", [None, "strange_alice", "expired_alice"])
def test_where_a_certificate_is_required_there_is_no_way_without_one_that_holds(loop: str, cert: str | None) -> None:
    tls = server_tls(ca_file=certificates().ca, clients="required", identify=identified)
    shown = None if cert is None else getattr(certificates(), cert)
    with served(tls, loop) as where:
        with pytest.raises(TlsRefused, match="it wants a certificate, or another one"):
            blocking(where, version=3, cert=shown)
        with pytest.raises(TlsRefused, match="it wants a certificate, or another one"):
            asyncio.run(AsyncClient.tcp("localhost", where.port, PROGRAM, 3, tls=client_tls(cert=shown)))
        assert where.peers == []


def test_a_certificate_that_does_not_hold_is_no_better_than_none_where_it_is_optional(loop: str) -> None:
    tls = server_tls(ca_file=certificates().ca, clients="optional", identify=identified)
    with served(tls, loop) as where, pytest.raises(TlsRefused):
        blocking(where, version=3, cert=certificates().strange_alice)


def serial_of(where: Served) -> str:
    with blocking(where) as client:
        session: Any = client._line._transport._sock  # type: ignore[attr-defined]
        return str(session.getpeercert()["serialNumber"])


def test_renewed_files_serve_from_the_next_handshake_on(tmp_path: Path) -> None:
    path = tmp_path / "server.pem"
    shutil.copyfile(certificates().server, path)
    with served(server_tls(cert=path)) as where:
        before = serial_of(where)
        assert serial_of(where) == before
        certificates().another_server(tmp_path / "new.pem")
        (tmp_path / "new.pem").rename(path)
        after = serial_of(where)
        assert after != before
        path.write_text("half written")
        assert serial_of(where) == after
        path.unlink()
        assert serial_of(where) == after


LOCKED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"


def test_files_that_cannot_be_used_are_named_in_one_line(tmp_path: Path) -> None:
    made = certificates()
    empty, missing, broken = tmp_path / "empty.pem", tmp_path / "missing.pem", tmp_path / "broken.pem"
    empty.write_text("")
    broken.write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n" + LOCKED)
    rows: list[tuple[Any, str]] = [
        (lambda: ServerTls(missing), f"{missing}: No such file or directory"),
        (lambda: ServerTls(empty), f"{empty}: no certificate in PEM form in it"),
        (lambda: ServerTls(made.ca), f"{made.ca}: no private key in PEM form in it"),
        (lambda: ServerTls(made.server, made.bob), f"{made.bob}: not the key of the certificate in {made.server}"),
        (lambda: ServerTls(broken), f"{broken}, {broken}: "),
        (lambda: ServerTls(made.server, None, empty), f"{empty}: no certificate in PEM form in it"),
        (lambda: ServerTls(made.server, clients="required"), "certificates of clients are asked for"),
        (lambda: ClientTls(missing), f"{missing}: No such file or directory"),
        (lambda: ClientTls(broken), f"{broken}: "),
        (lambda: ClientTls(made.ca, None, made.server), f"{made.server}: a key without a certificate"),
    ]
    for make, said in rows:
        with pytest.raises(TlsSetup) as caught:
            make()
        assert str(caught.value).startswith(said)
        assert "\n" not in str(caught.value)


def test_a_key_behind_a_password_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(certificates().server.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(TlsSetup, match="locked by a password"):
        ServerTls(certificates().server, locked)


def test_stopping_the_server_answers_what_is_under_way_inside_tls(loop: str) -> None:
    with served(server_tls(), loop, drain_s=5.0) as where:
        client = blocking(where)
        assert client.call(ADD, 1, 1) == 2
        assert len(where.listener.connections) == 1
    with pytest.raises((NotDelivered, ConnectionError)):
        client.call(ADD, 1, 1)
    client.close()


def test_what_both_sides_negotiate_is_tls_1_3_without_tickets(loop: str) -> None:
    """RFC 9289 section 5: nothing before 1.3. There is no renegotiation in it; nothing can be resumed."""
    with served(server_tls(), loop) as where, blocking(where) as client:
        session: Any = client._line._transport._sock  # type: ignore[attr-defined]
        assert (session.version(), session.selected_alpn_protocol()) == ("TLSv1.3", "sunrpc")
        client.ping()
        assert not session.session.has_ticket


def test_a_call_inside_tls_is_ended_from_another_thread() -> None:
    found: list[type[Exception]] = []

    def wait() -> None:
        try:
            client.call(WAIT)
        except OutcomeUnknown as exc:
            found.append(type(exc))

    def started() -> threading.Thread:
        thread = threading.Thread(target=wait)
        thread.start()
        return thread

    with served(server_tls()) as where, blocking(where) as client:
        thread = started()
        while not client.cancel():
            thread.join(0.01)
        thread.join(10)
        assert client.call(ADD, 1, 1) == 2
        thread = started()
        while client._line._under_way is None:
            thread.join(0.01)
        client.close()
        thread.join(10)
    assert found == [CallCancelled, ConnectionLost]
