"""OpenSSL's own client and server at the other end of the handshake; the question before it is made by this test."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from certificates import certificates
from daemon_process import blocking_wait
from interop.programs import need
from tls_server import DEADLINE_S, NULL_CALL, NULL_REPLY, PROBE, STARTTLS, Served, asked, read_exactly, served
from xdr_sample import ADD, PROGRAM

from oncrpc.client import Client
from oncrpc.errors import TlsRefused
from oncrpc.tls import ClientTls, ServerTls

pytestmark = pytest.mark.interop


def pump(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way until the end."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def relay(left: socket.socket, right: socket.socket) -> None:
    """Carry bytes both ways until both ends are done; close both."""
    other = threading.Thread(target=pump, args=(right, left))
    other.start()
    pump(left, right)
    other.join(DEADLINE_S)
    left.close()
    right.close()


@contextlib.contextmanager
def accepting(path: Path, far: Any) -> Iterator[None]:
    """Carry one connection to the unix socket `path` to what `far()` gives."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(1)
        thread = threading.Thread(target=lambda: relay(listening.accept()[0], far()))
        thread.start()
        yield
        thread.join(DEADLINE_S)
        path.unlink()
        assert not thread.is_alive()


def read_until(stream: IO[bytes], wanted: bytes) -> bytes:
    """Return all up to `wanted`; what came, if the stream or the time ends before."""
    got = b""
    deadline = time.monotonic() + DEADLINE_S
    while wanted not in got and select.select([stream], [], [], max(deadline - time.monotonic(), 0))[0]:
        data = stream.read1(65_536)  # type: ignore[attr-defined]
        if not data:
            break
        got += data
    return got


Steps = tuple[tuple[bytes, bytes], ...]
NULL: Steps = ((NULL_CALL, NULL_REPLY),)


def s_client(made: Served, folder: Path, *options: str | Path, steps: Steps = NULL) -> str:
    """Let s_client do the handshake, then say and hear something at each step. Returns all that it printed."""
    path = folder / "door"
    command = ["openssl", "s_client", "-unix", path, "-CAfile", certificates().ca, "-verify_return_error"]
    command += ["-verify_hostname", "localhost", *options]
    with accepting(path, lambda: asked(made)):
        running = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder
        )
        assert running.stdin is not None
        assert running.stdout is not None
        got = b""
        for say, hear in steps:
            with contextlib.suppress(BrokenPipeError):
                running.stdin.write(say)
                running.stdin.flush()
            got += read_until(running.stdout, hear)
        running.kill()
        running.wait(DEADLINE_S)
        with contextlib.suppress(BrokenPipeError):
            running.stdin.close()
        running.stdout.close()
    return got.decode("latin-1")


ANSWERED = NULL_REPLY.decode("latin-1")


@pytest.fixture(autouse=True)
def openssl() -> None:
    need("openssl")


@pytest.fixture
def where() -> Iterator[Served]:
    made = certificates()
    tls = ServerTls(made.server, ca_file=made.ca, clients="optional", identify=lambda sock, certificate: certificate)
    with served(tls) as running:
        yield running


def test_s_client_settles_on_tls_1_3_and_sunrpc_and_its_null_call_is_answered(where: Served, tmp_path: Path) -> None:
    printed = s_client(where, tmp_path, "-alpn", "sunrpc")
    assert "New, TLSv1.3" in printed
    assert "ALPN protocol: sunrpc" in printed
    assert "Verify return code: 0 (ok)" in printed
    assert "Verified peername: localhost" in printed
    assert printed.endswith(ANSWERED)


def test_s_client_is_known_by_its_certificate(where: Served, tmp_path: Path) -> None:
    who = struct.pack(">11I", 0x80000028, 9, 0, 2, PROGRAM, 3, 1, 0, 0, 0, 0)
    alice = certificates().alice
    printed = s_client(where, tmp_path, "-alpn", "sunrpc", "-quiet", "-cert", alice, steps=((who, NULL_REPLY),))
    assert printed.endswith(ANSWERED)
    (peer,) = where.peers
    assert peer.names == {"CN:alice", "email:alice@example.org"}
    ask = ["openssl", "x509", "-in", alice, "-noout", "-serial"]
    found = subprocess.run(ask, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == f"serial={peer.serial}"


def test_s_client_with_a_certificate_of_a_stranger_gets_no_answer(where: Served, tmp_path: Path) -> None:
    assert ANSWERED not in s_client(where, tmp_path, "-alpn", "sunrpc", "-cert", certificates().strange_alice)


@pytest.mark.parametrize("options", [["-tls1_2", "-alpn", "sunrpc"], ["-tls1_1"], ["-alpn", "h2"], []])
def test_s_client_with_an_older_tls_or_another_protocol_gets_no_answer(
    where: Served, tmp_path: Path, options: list[str]
) -> None:
    assert ANSWERED not in s_client(where, tmp_path, *options)
    assert where.peers == []


def test_s_client_may_change_keys_in_the_middle(where: Served, tmp_path: Path) -> None:
    printed = s_client(where, tmp_path, "-alpn", "sunrpc", steps=((b"K\n", b"KEYUPDATE\n"), *NULL))
    assert "KEYUPDATE" in printed
    assert printed.endswith(ANSWERED)


def test_s_client_cannot_renegotiate(where: Served, tmp_path: Path) -> None:
    steps = ((b"R\n", b"RENEGOTIATING\n"), (b"", b"wrong ssl version"))
    printed = s_client(where, tmp_path, "-alpn", "sunrpc", steps=steps)
    assert "wrong ssl version" in printed


class OpenSslServer:
    """s_server behind a door that answers the question; the test itself is the program behind it."""

    def __init__(self, folder: Path, *options: str | Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._far = free.getsockname()[:2]
        where = "{}:{}".format(*self._far)
        command = ["openssl", "s_server", "-accept", where, "-quiet", "-naccept", "1", *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._door), threading.Thread(target=self._answer)]
        for thread in self._threads:
            thread.start()
        self.heard: list[bytes] = []

    def _door(self) -> None:
        near = self._listening.accept()[0]
        probe = read_exactly(near, len(PROBE))
        assert probe[8:] == PROBE[8:]
        near.sendall(STARTTLS.replace(struct.pack(">I", 7), probe[4:8], 1))
        relay(near, blocking_wait(self._connected, DEADLINE_S))

    def _connected(self) -> socket.socket | None:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(self._far)
        return None

    def _answer(self) -> None:
        """Answer NULL calls with nothing, others with the number 5."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        while len(mark := self.process.stdout.read(4)) == 4:
            call = self.process.stdout.read(struct.unpack(">I", mark)[0] & 0x7FFFFFFF)
            self.heard.append(call)
            reply = call[:4] + struct.pack(">5I", 1, 0, 0, 0, 0) + (b"" if call[20:24] == bytes(4) else b"\0\0\0\5")
            self.process.stdin.write(struct.pack(">I", 0x80000000 | len(reply)) + reply)
            self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_S)
        self._listening.close()
        for thread in self._threads:
            thread.join(DEADLINE_S)
            assert not thread.is_alive()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()


@contextlib.contextmanager
def s_server(folder: Path, *options: str | Path) -> Iterator[OpenSslServer]:
    made = OpenSslServer(folder, *options)
    try:
        yield made
    finally:
        made.end()


def call_add(port: int, **options: Any) -> int:
    tls = ClientTls(certificates().ca, **options)
    with Client.tcp("localhost", port, PROGRAM, 2, tls=tls, call_timeout_s=DEADLINE_S) as client:
        return client.call(ADD, 2, 3)


def test_our_client_calls_through_s_server_and_shows_its_certificate(tmp_path: Path) -> None:
    made = certificates()
    asks = ("-Verify", "3", "-verify_return_error", "-CAfile", made.ca)
    with s_server(tmp_path, "-alpn", "sunrpc", "-cert", made.server, *asks) as server:
        assert call_add(server.port, cert_file=made.alice) == 5
    null, add = server.heard
    assert (null[8:24], add[8:24]) == (struct.pack(">4I", 2, PROGRAM, 2, 0), struct.pack(">4I", 2, PROGRAM, 2, 2))
    assert add[40:] == struct.pack(">2I", 2, 3)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("-alpn", "sunrpc", "-tls1_2"), "protocol version|unsupported protocol"),
        (("-alpn", "h2"), "no application protocol"),
        ((), 'did not choose the protocol "sunrpc"'),
        (("-alpn", "sunrpc", "-Verify", "3", "-verify_return_error"), "certificate required|wants a certificate"),
    ],
)
def test_our_client_says_why_it_does_not_go_on_with_s_server(
    tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    asks = ("-CAfile", certificates().ca) if "-Verify" in options else ()
    with (
        s_server(tmp_path, "-cert", certificates().server, *options, *asks) as server,
        pytest.raises(TlsRefused, match=why),
    ):
        call_add(server.port)
    assert all(call[20:24] == bytes(4) for call in server.heard)
