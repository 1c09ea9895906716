"""The sample program behind TLS on a thread of its own, so that tests may use blocking sockets; raw clients' steps."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvloop
from xdr_sample import PROGRAM, Sample

from oncrpc.dispatch import Dispatcher
from oncrpc.server import Limits, Listener
from oncrpc.tls import ServerTls

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
DEADLINE_S = 20.0

# The probe as RFC 9289 section 4.1 describes it, written out: xid 7, a call of RPC version 2, our program, version 2,
# procedure 0, credential AUTH_TLS of no bytes, verifier AUTH_NONE of no bytes; and the answer that says yes.
PROBE = struct.pack(">11I", 0x80000028, 7, 0, 2, PROGRAM, 2, 0, 7, 0, 0, 0)
STARTTLS = struct.pack(">6I", 0x80000020, 7, 1, 0, 0, 8) + b"STARTTLS" + struct.pack(">I", 0)
NULL_CALL = struct.pack(">11I", 0x80000028, 9, 0, 2, PROGRAM, 2, 0, 0, 0, 0, 0)
NULL_REPLY = struct.pack(">7I", 0x80000018, 9, 1, 0, 0, 0, 0)
TOO_WEAK = struct.pack(">6I", 0x80000014, 9, 1, 1, 1, 5)


def echo_call(text: bytes) -> bytes:
    """Return the marked call of ECHO, xid 9."""
    body = struct.pack(">10I", 9, 0, 2, PROGRAM, 2, 1, 0, 0, 0, 0)
    body += struct.pack(">I", len(text)) + text + bytes(-len(text) % 4)
    return struct.pack(">I", 0x80000000 | len(body)) + body


class Served:
    """The listener, its port, the sample program; `peers` has what each call was found to be from."""

    def __init__(self, tls: ServerTls | None, limits: Limits) -> None:
        self.port = 0
        self.sample = Sample()
        self.peers: list[Any] = []
        dispatcher = Dispatcher()
        dispatcher.serve(self.sample)
        dispatcher.register(PROGRAM, 3, {1: self._who})
        self.listener = Listener(dispatcher, lambda sock: "somebody", limits, tls=tls)

    def _who(self, call: Any) -> bytes:
        self.peers.append(call.peer)
        return b""

    def raw(self) -> socket.socket:
        """Return a connected socket with a deadline."""
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE_S)


@contextlib.contextmanager
def served(tls: ServerTls | None, loop: str = "asyncio", **limits: Any) -> Iterator[Served]:
    """Serve on a thread while the block runs. What the event loop had to complain of fails the test."""
    made = Served(tls, Limits(**limits))
    complaints: list[str] = []
    ready = threading.Event()
    ending: list[Callable[[], None]] = []

    async def main() -> None:
        running = asyncio.get_running_loop()
        running.set_exception_handler(lambda _, context: complaints.append(str(context)))
        stop = asyncio.Event()
        ending.append(lambda: running.call_soon_threadsafe(stop.set))
        sock = socket.create_server(("127.0.0.1", 0))
        made.port = sock.getsockname()[1]
        await made.listener.start(sock)
        ready.set()
        await stop.wait()
        made.sample.gate.set()
        await made.listener.stop()

    def run() -> None:
        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            runner.run(main())

    thread = threading.Thread(target=run, name="server")
    thread.start()
    assert ready.wait(DEADLINE_S)
    try:
        yield made
    finally:
        ending[0]()
        thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert complaints == []


def read_to_end(sock: socket.socket) -> bytes:
    """Return all that comes before the peer ends the connection, by whatever means."""
    got = b""
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        while data := sock.recv(65_536):
            got += data
    return got


def read_exactly(sock: socket.socket, size: int) -> bytes:
    """Return so many bytes; fewer only at the end of the stream."""
    got = b""
    while len(got) < size and (data := sock.recv(size - len(got))):
        got += data
    return got


def asked(served: Served) -> socket.socket:
    """Return a socket on which the server has said yes to TLS."""
    sock = served.raw()
    sock.sendall(PROBE)
    assert read_exactly(sock, len(STARTTLS)) == STARTTLS
    return sock


def client_context(ca: Any, *, alpn: str | None = "sunrpc") -> ssl.SSLContext:
    """Return the standard library's own client context: nothing of oncrpc in it."""
    context = ssl.create_default_context(cafile=ca)
    if alpn is not None:
        context.set_alpn_protocols([alpn])
    return context
