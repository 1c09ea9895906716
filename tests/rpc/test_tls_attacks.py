"""TLS on a server under attack: stripped, injected, stalled, cut off, fed with noise. Raw sockets; both event loops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from certificates import certificates
from daemon_process import blocking_wait
from fuzzing import SEED
from tls_server import (
    DEADLINE_S,
    LOOPS,
    NULL_CALL,
    NULL_REPLY,
    PROBE,
    STARTTLS,
    TOO_WEAK,
    Served,
    asked,
    client_context,
    echo_call,
    read_exactly,
    read_to_end,
    served,
)
from xdr_sample import ADD, PROGRAM

from oncrpc.aclient import AsyncClient
from oncrpc.client import Client
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import ConnectTimeout, NotDelivered, TlsRefused
from oncrpc.tls import ClientTls, ServerTls

BAD_CRED = struct.pack(">6I", 0x80000014, 7, 1, 1, 1, 1)
REJECTED = struct.pack(">6I", 0x80000014, 7, 1, 1, 1, 2)


@pytest.fixture(params=list(LOOPS))
def where(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A server that requires TLS; nothing of a test may leave a connection, or an error in the log."""
    tls = ServerTls(certificates().server, handshake_timeout_s=DEADLINE_S)
    with served(tls, request.param) as made:
        yield made
        blocking_wait(lambda: not made.listener.connections, what="the end of all connections")


@pytest.fixture(autouse=True)
def no_errors_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.WARNING):
        yield
    assert caplog.messages == []


def secured(made: Served, context: ssl.SSLContext | None = None, sock: socket.socket | None = None) -> ssl.SSLSocket:
    """Return a socket with TLS up, by the standard library alone."""
    context = context or client_context(certificates().ca)
    return context.wrap_socket(sock or asked(made), server_hostname="localhost")


def still_serves(made: Served) -> None:
    with secured(made) as sock:
        sock.sendall(NULL_CALL)
        assert read_exactly(sock, len(NULL_REPLY)) == NULL_REPLY


# -- the question --------------------------------------------------------------------------------------------------


def test_a_client_of_the_standard_library_alone_is_served(where: Served) -> None:
    with secured(where) as sock:
        assert (sock.version(), sock.selected_alpn_protocol()) == ("TLSv1.3", "sunrpc")
        sock.sendall(NULL_CALL + echo_call(b"hello"))
        answer = struct.pack(">8I", 0x80000024, 9, 1, 0, 0, 0, 0, 5) + b"hello\0\0\0"
        assert read_exactly(sock, len(NULL_REPLY + answer)) == NULL_REPLY + answer


def test_calls_in_the_clear_are_refused_and_the_question_may_still_follow(where: Served) -> None:
    with where.raw() as sock:
        sock.sendall(NULL_CALL + echo_call(b"x"))
        assert read_exactly(sock, 2 * len(TOO_WEAK)) == 2 * TOO_WEAK
        sock.sendall(PROBE)
        assert read_exactly(sock, len(STARTTLS)) == STARTTLS
        with secured(where, sock=sock) as inside:
            inside.sendall(NULL_CALL)
            assert read_exactly(inside, len(NULL_REPLY)) == NULL_REPLY
    assert where.sample.seen == []


def test_the_question_for_a_program_that_is_not_there_starts_tls_all_the_same(where: Served) -> None:
    other = PROBE.replace(struct.pack(">I", PROGRAM), struct.pack(">I", 77))
    with where.raw() as sock:
        sock.sendall(other)
        answer = struct.pack(">6I", 0x80000020, 7, 1, 0, 0, 8) + b"STARTTLS" + struct.pack(">I", 1)  # PROG_UNAVAIL
        assert read_exactly(sock, len(answer)) == answer
        with secured(where, sock=sock) as inside:
            inside.sendall(NULL_CALL)
            assert read_exactly(inside, len(NULL_REPLY)) == NULL_REPLY


def test_the_question_inside_tls_is_refused(where: Served) -> None:
    with secured(where) as sock:
        sock.sendall(PROBE + NULL_CALL)
        assert read_exactly(sock, len(BAD_CRED + NULL_REPLY)) == BAD_CRED + NULL_REPLY


def test_the_flavor_on_another_procedure_is_refused_before_and_inside_tls(where: Served) -> None:
    wrong = struct.pack(">11I", 0x80000028, 7, 0, 2, PROGRAM, 2, 1, 7, 0, 0, 0)
    with where.raw() as sock:
        sock.sendall(wrong + PROBE)
        assert read_exactly(sock, len(BAD_CRED + STARTTLS)) == BAD_CRED + STARTTLS
        with secured(where, sock=sock) as inside:
            inside.sendall(wrong)
            assert read_exactly(inside, len(BAD_CRED)) == BAD_CRED


def test_udp_has_no_tls() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = DatagramServer(Dispatcher(), lambda address: "somebody")
        await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
        assert server._transport is not None
        port = server._transport.get_extra_info("sockname")[1]

        def ask() -> bytes:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.settimeout(DEADLINE_S)
                sock.sendto(PROBE[4:], ("127.0.0.1", port))
                return sock.recv(1024)

        assert await asyncio.to_thread(ask) == REJECTED[4:]
        server.stop()
        await server.closed

    asyncio.run(main())


# -- injected before the handshake ----------------------------------------------------------------------------------


@pytest.mark.parametrize("behind", [echo_call(b"evil"), PROBE, NULL_CALL[:7], b"\x16\x03\x01\x02"])
def test_bytes_sent_with_the_question_end_the_connection_and_are_never_run(where: Served, behind: bytes) -> None:
    with where.raw() as sock:
        sock.sendall(PROBE + behind)
        assert read_to_end(sock) == b""
    assert where.sample.seen == []
    still_serves(where)


@pytest.mark.parametrize("behind", [echo_call(b"evil"), PROBE, NULL_CALL])
def test_a_call_in_the_clear_after_the_yes_ends_the_connection_and_is_never_run(where: Served, behind: bytes) -> None:
    with asked(where) as sock:
        sock.sendall(behind)
        assert not read_to_end(sock).startswith(b"\x80")
    assert where.sample.seen == []


def test_a_call_in_the_clear_after_tls_is_never_run(where: Served) -> None:
    with asked(where) as sock, secured(where, sock=sock.dup()) as inside:
        inside.sendall(NULL_CALL)
        assert read_exactly(inside, len(NULL_REPLY)) == NULL_REPLY
        sock.sendall(echo_call(b"evil"))
        assert read_to_end(sock)[:1] in (b"", b"\x15", b"\x17")
    assert where.sample.seen == []


def test_calls_under_way_in_the_clear_are_answered_before_the_yes() -> None:
    """Where TLS is merely offered: no answer may come between the yes and the handshake."""
    wait = struct.pack(">11I", 0x80000028, 5, 0, 2, PROGRAM, 2, 3, 0, 0, 0, 0)
    with served(ServerTls(certificates().server, required=False)) as made, made.raw() as sock:
        sock.sendall(wait + PROBE)
        blocking_wait(lambda: made.sample.waiting == 1)
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(1)
        sock.settimeout(DEADLINE_S)
        (connection,) = made.listener.connections
        connection._loop.call_soon_threadsafe(made.sample.gate.set)
        answer = struct.pack(">8I", 0x8000001C, 5, 1, 0, 0, 0, 0, 1)
        assert read_exactly(sock, len(answer + STARTTLS)) == answer + STARTTLS
        with secured(made, sock=sock) as inside:
            inside.sendall(NULL_CALL)
            assert read_exactly(inside, len(NULL_REPLY)) == NULL_REPLY


# -- the handshake ----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1])
def test_nothing_older_than_tls_1_3_is_spoken(where: Served, newest: ssl.TLSVersion) -> None:
    context = client_context(certificates().ca)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = newest
    context.set_ciphers("ALL:@SECLEVEL=0")
    with asked(where) as sock, pytest.raises((ssl.SSLError, ConnectionError)):
        secured(where, context, sock)
    still_serves(where)


@pytest.mark.parametrize("alpn", [None, "http/1.1", "sunrpcx"])
def test_without_the_protocol_name_nothing_is_answered(where: Served, alpn: str | None) -> None:
    with secured(where, client_context(certificates().ca, alpn=alpn)) as sock:
        sock.sendall(echo_call(b"evil"))
        assert read_to_end(sock) == b""
    assert where.sample.seen == []


@pytest.mark.parametrize("loop", list(LOOPS))
def test_stalled_handshakes_are_cut_off_while_others_are_served(loop: str) -> None:
    """25 of them, as against libvirtd, which keeps them for more than 50 s; and as many that never ask."""
    with served(ServerTls(certificates().server, handshake_timeout_s=2.0), loop) as made:
        stalled = [asked(made) for _ in range(25)] + [made.raw() for _ in range(25)]
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
        for sock in stalled[:10]:
            sock.sendall(hello)
        still_serves(made)
        for sock in stalled:
            assert read_to_end(sock)[:1] in (b"", b"\x15")
            sock.close()
        still_serves(made)
        blocking_wait(lambda: not made.listener.connections)


def test_stalled_handshakes_count_against_the_limit() -> None:
    with served(ServerTls(certificates().server), connections=3) as made:
        stalled = [asked(made) for _ in range(3)]
        with made.raw() as sock:
            assert read_to_end(sock) == b""
        stalled.pop().close()
        blocking_wait(lambda: len(made.listener.connections) == 2)
        still_serves(made)
        for sock in stalled:
            sock.close()


@pytest.mark.parametrize("loop", list(LOOPS))
def test_stopping_ends_what_is_not_in_tls_yet(loop: str) -> None:
    with served(ServerTls(certificates().server), loop, drain_s=1.0) as made:
        open_ones = [asked(made), made.raw()]
        blocking_wait(lambda: len(made.listener.connections) == 2)
    for sock in open_ones:
        assert read_to_end(sock) == b""
        sock.close()


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_a_peer_that_is_gone_at_any_point_leaves_nothing(where: Served) -> None:
    for end in (socket.socket.close, reset):
        end(where.raw())
        end(asked(where))
        half = asked(where)
        half.sendall(b"\x16\x03\x01\x02\x00\x01")
        end(half)
        inside = secured(where)
        inside.sendall(NULL_CALL[:10])
        end(inside)
    still_serves(where)
    blocking_wait(lambda: not where.listener.connections)


def test_a_call_that_was_cut_off_is_not_run(where: Served) -> None:
    """The stream ends inside a record, without TLS's goodbye."""
    with secured(where) as sock:
        sock.sendall(echo_call(b"transfer 100")[:-4])
        socket.socket(fileno=sock.detach()).close()
    blocking_wait(lambda: not where.listener.connections)
    assert where.sample.seen == []


def test_noise_at_any_point_is_survived(where: Served) -> None:
    source = random.Random(SEED)
    hello = client_hello()
    for number in range(150):
        noise = source.randbytes(source.choice([1, 4, 5, 44, 300, 2000]))
        mutated = bytearray(hello)
        for _ in range(source.randrange(1, 6)):
            mutated[source.randrange(len(mutated))] = source.randrange(256)
        with where.raw() if number % 3 == 0 else asked(where) as sock:
            sock.sendall(noise if number % 2 else bytes(mutated))
            sock.shutdown(socket.SHUT_WR)
            read_to_end(sock)
    assert where.sample.seen == []
    still_serves(where)


def client_hello() -> bytes:
    """Return what OpenSSL says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = client_context(certificates().ca).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        talk.do_handshake()
    return outgoing.read()


def test_who_does_not_read_answers_inside_tls_is_not_read_from(where: Served) -> None:
    """What the server holds for it stays within its limit, and the buffers of TLS and of the transport."""
    call = echo_call(b"x" * 100_000)
    with secured(where) as sock:
        (connection,) = blocking_wait(lambda: [made for made in where.listener.connections if made._session.peer])
        sock.setblocking(False)

        def stopped() -> bool:
            with contextlib.suppress(ssl.SSLWantWriteError):
                while sock.send(call):
                    pass
            return not connection._reading

        blocking_wait(stopped, what="the pause")
        assert connection._transport is not None
        assert connection._transport.get_write_buffer_size() < 4 << 20
        assert len(where.sample.seen) < 400
        sock.setblocking(True)


# -- the client's side ------------------------------------------------------------------------------------------------


class FakeServer:
    """Accepts one connection, lets `play` do what it likes with it; `heard` is all it got in the clear."""

    def __init__(self, play: Callable[[FakeServer, socket.socket], Any]) -> None:
        self.heard = b""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=(play,))
        self._thread.start()

    def _run(self, play: Callable[[FakeServer, socket.socket], Any]) -> None:
        with self._listening, self._listening.accept()[0] as sock:
            sock.settimeout(DEADLINE_S)
            self.heard = read_exactly(sock, len(PROBE))
            play(self, sock)

    def end(self) -> None:
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


def says(answer: bytes) -> Callable[[FakeServer, socket.socket], None]:
    """Answer so, with the xid of the question, and read on."""

    def play(fake: FakeServer, sock: socket.socket) -> None:
        sock.sendall(answer.replace(struct.pack(">I", 7), fake.heard[4:8], 1))
        fake.heard += read_to_end(sock)

    return play


def hangs_up(fake: FakeServer, sock: socket.socket) -> None:
    """Close when asked."""


def speaks(**wrong: Any) -> Callable[[FakeServer, socket.socket], None]:
    """Say yes and do a handshake with something wrong in it."""

    def play(fake: FakeServer, sock: socket.socket) -> None:
        sock.sendall(STARTTLS.replace(struct.pack(">I", 7), fake.heard[4:8], 1))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates().server)
        if wrong.get("alpn"):
            context.set_alpn_protocols([wrong["alpn"]])
        if "maximum" in wrong:
            context.maximum_version = wrong["maximum"]
        try:
            with context.wrap_socket(sock, server_side=True) as inside:
                fake.heard += read_to_end(inside)
        except OSError:
            return

    return play


PLAIN_SUCCESS = struct.pack(">7I", 0x80000018, 7, 1, 0, 0, 0, 0)
OTHER_FLAVOR = struct.pack(">6I", 0x80000020, 7, 1, 0, 7, 8) + b"STARTTLS" + bytes(4)
SERVERS: list[tuple[Callable[[FakeServer, socket.socket], None], str]] = [
    (says(PLAIN_SUCCESS), "does not offer TLS"),  # what a man in the middle would make of it
    (says(REJECTED), "does not offer TLS"),
    (says(OTHER_FLAVOR), "does not offer TLS"),
    (says(STARTTLS + NULL_REPLY), "nobody asked for"),
    (says(STARTTLS + b"\0"), "nobody asked for"),
    (says(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "a record of"),
    (says(struct.pack(">4I", 0x8000000C, 99, 1, 0)), "no answer to the question"),
    (hangs_up, "connection was lost"),
    (speaks(alpn=None), 'did not choose the protocol "sunrpc"'),
    (speaks(alpn="http/1.1"), 'did not choose the protocol "sunrpc"|no application protocol'),
    (speaks(alpn="sunrpc", maximum=ssl.TLSVersion.TLSv1_2), "protocol version|unsupported protocol"),
]


@pytest.mark.parametrize("face", ["blocking", *LOOPS])
@pytest.mark.parametrize("play", SERVERS, ids=range(len(SERVERS)))
def test_a_client_that_requires_tls_says_nothing_to_such_a_server(
    play: tuple[Callable[[FakeServer, socket.socket], None], str], face: str
) -> None:
    fake = FakeServer(play[0])
    with pytest.raises(TlsRefused, match=play[1]):
        connect(face, fake.port, ClientTls(certificates().ca))
    fake.end()
    # The question, then nothing in the clear; ADD would be procedure 2.
    assert fake.heard[:4] + fake.heard[8:44] == PROBE[:4] + PROBE[8:]
    assert len(fake.heard) == len(PROBE) or fake.heard[len(PROBE)] == 0x15


def connect(face: str, port: int, tls: ClientTls) -> int:
    if face == "blocking":
        with Client.tcp("localhost", port, PROGRAM, 2, tls=tls) as client:
            return client.call(ADD, 1, 2)

    async def main() -> int:
        async with await AsyncClient.tcp("localhost", port, PROGRAM, 2, tls=tls) as client:
            return await client.call(ADD, 1, 2)

    with asyncio.Runner(loop_factory=LOOPS[face]) as runner:
        return runner.run(main())


def stalls_at_once(fake: FakeServer, sock: socket.socket) -> None:
    fake.heard += read_to_end(sock)


@pytest.mark.parametrize("face", ["blocking", *LOOPS])
@pytest.mark.parametrize("play", [stalls_at_once, says(STARTTLS), says(STARTTLS[:20])])
def test_a_server_that_stalls_costs_the_client_its_deadline_only(
    play: Callable[[FakeServer, socket.socket], None], face: str
) -> None:
    fake = FakeServer(play)
    with pytest.raises(ConnectTimeout, match=r"within 0\.3 s"):
        connect(face, fake.port, ClientTls(certificates().ca, handshake_timeout_s=0.3))
    fake.end()


@pytest.mark.parametrize("face", list(LOOPS))
def test_a_task_that_is_cancelled_while_it_connects_leaves_no_connection(face: str) -> None:
    fake = FakeServer(says(STARTTLS))

    async def main() -> None:
        tls = ClientTls(certificates().ca)
        task = asyncio.create_task(AsyncClient.tcp("localhost", fake.port, PROGRAM, 2, tls=tls))
        while not fake.heard:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with asyncio.Runner(loop_factory=LOOPS[face]) as runner:
        runner.run(main())
    fake.end()


def test_refusals_of_tls_are_safe_to_repeat() -> None:
    """RFC 9289 section 4.1: no call was made. A caller's rule for reconnecting may rely on it."""
    assert issubclass(TlsRefused, NotDelivered)


@pytest.mark.parametrize("face", ["blocking", *LOOPS])
def test_a_client_that_is_done_says_goodbye(face: str) -> None:
    """RFC 9289 section 5.1.1: a closure alert ends TLS; an end without it would be an error here."""
    ends: list[bytes] = []

    def play(fake: FakeServer, sock: socket.socket) -> None:
        sock.sendall(STARTTLS.replace(struct.pack(">I", 7), fake.heard[4:8], 1))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates().server)
        context.set_alpn_protocols(["sunrpc"])
        with context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=False) as inside:
            null = read_exactly(inside, len(NULL_CALL))
            inside.sendall(NULL_REPLY.replace(struct.pack(">I", 9), null[4:8], 1))
            add = read_exactly(inside, len(NULL_CALL) + 8)
            inside.sendall(struct.pack(">8I", 0x8000001C, int.from_bytes(add[4:8], "big"), 1, 0, 0, 0, 0, 3))
            ends.append(inside.recv(1))

    fake = FakeServer(play)
    assert connect(face, fake.port, ClientTls(certificates().ca)) == 3
    fake.end()
    assert ends == [b""]
