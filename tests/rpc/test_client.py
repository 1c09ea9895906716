"""The blocking client: over the memory transport, then on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
from xdr_sample import ADD, ECHO, PROGRAM, WAIT, Sample

from oncrpc.client import Client
from oncrpc.datagram_server import DatagramServer
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import CallTimeout, ConnectionLost, NotDelivered, ProgramMismatch, RemoteError
from oncrpc.message import pack_success
from oncrpc.record import mark
from oncrpc.server import Limits, Listener
from oncrpc.server_session import ServerSession
from oncrpc.transport.memory import MemoryTransport


def echo_peer(data: bytes) -> list[bytes]:
    """A server in memory that echoes arguments as the result, in pieces of three bytes."""
    session = ServerSession()
    stream = b"".join(session.success(call, call.record[call.offset :]) for call in session.receive(data))  # type: ignore[union-attr,arg-type]
    return [stream[at : at + 3] for at in range(0, len(stream), 3)]


def test_a_result_in_small_pieces_is_put_together() -> None:
    client = Client(MemoryTransport(echo_peer), PROGRAM, 2)
    assert client.call(ECHO, "hello") == "hello"


def test_after_a_timeout_the_late_reply_is_dropped() -> None:
    transport = MemoryTransport(lambda data: [])
    client = Client(transport, PROGRAM, 2)
    client.session._xid = 10
    with pytest.raises(CallTimeout):
        client.call(ECHO, "first")
    transport.push(mark(pack_success(10, ECHO.result.encode("first"))))
    transport.push(mark(pack_success(11, ECHO.result.encode("second"))))
    assert client.call(ECHO, "second") == "second"
    assert client.session.dropped_replies == 1


def test_answers_to_calls_sent_one_way_are_read_and_dropped_as_they_come() -> None:
    client = Client(MemoryTransport(echo_peer), PROGRAM, 2)
    for text in ("a", "b", "c"):
        client.send(ECHO, text)
    assert client.session.dropped_replies == 2
    assert client.call(ECHO, "d") == "d"
    assert client.session.dropped_replies == 3


def test_a_result_that_does_not_decode_is_the_peers_fault() -> None:
    client = Client(MemoryTransport(lambda data: [mark(pack_success(5, b"\xff\xff\xff\xff"))]), PROGRAM, 2)
    client.session._xid = 5
    with pytest.raises(RemoteError, match="does not decode"):
        client.call(ECHO, "x")


def test_a_peer_that_breaks_the_framing_ends_the_client() -> None:
    transport = MemoryTransport(lambda data: [b"\xff\xff\xff\xff"])
    client = Client(transport, PROGRAM, 2)
    with pytest.raises(RemoteError):
        client.call(ECHO, "x")
    assert transport.closed
    with pytest.raises(NotDelivered, match="ended before"):
        client.call(ECHO, "x")


class Background:
    """The sample program on tcp, unix and udp, on a loop in a thread."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        assert self.ready.wait(10)

    def _run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        self.done = asyncio.Event()
        dispatcher = Dispatcher()
        dispatcher.serve(Sample())
        tcp = socket.create_server(("127.0.0.1", 0))
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(self.path)
        unix.listen()
        self.tcp_port = tcp.getsockname()[1]
        self.listeners = [Listener(dispatcher, lambda sock: None, Limits(drain_s=0.1)) for _ in range(2)]
        await self.listeners[0].start(tcp)
        await self.listeners[1].start(unix)
        udp = DatagramServer(dispatcher, lambda address: None, may_amplify=lambda address: True)
        transport, _ = await self.loop.create_datagram_endpoint(lambda: udp, local_addr=("127.0.0.1", 0))
        self.udp_port = transport.get_extra_info("sockname")[1]
        self.ready.set()
        await self.done.wait()
        for listener in self.listeners:
            await listener.stop()
        udp.stop()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.done.set)
            self.thread.join(10)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Background]:
    made = Background(str(tmp_path_factory.mktemp("s") / "sock"))
    yield made
    made.stop()


def test_tcp_unix_and_udp_carry_the_same_calls(server: Background) -> None:
    clients = [
        Client.tcp("127.0.0.1", server.tcp_port, PROGRAM, 2),
        Client.unix(server.path, PROGRAM, 2),
        Client.udp("127.0.0.1", server.udp_port, PROGRAM, 2),
    ]
    for client in clients:
        with client:
            client.ping()
            assert client.call(ADD, 20, 22) == 42
            assert client.call(ECHO, "x" * 5000) == "x" * 5000
            with pytest.raises(CallTimeout):
                client.call(WAIT, timeout_s=0.05)
            assert client.call(ECHO, "usable") == "usable"
            client.version = 7
            with pytest.raises(ProgramMismatch):
                client.ping()


def test_threads_may_share_a_client(server: Background) -> None:
    wrong: list[int] = []
    with Client.unix(server.path, PROGRAM, 2) as client:

        def add(number: int) -> None:
            for step in range(50):
                if client.call(ADD, number, step) != number + step:
                    wrong.append(number)

        threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_nobody_there_is_not_delivered(tmp_path_factory: pytest.TempPathFactory) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(NotDelivered):
            Client.tcp("127.0.0.1", port, PROGRAM, 2)
    with pytest.raises(NotDelivered):
        Client.unix("/nonexistent/sock", PROGRAM, 2)
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Client.udp("127.0.0.1", port, PROGRAM, 2, call_timeout_s=2) as client, pytest.raises(NotDelivered):
        client.ping()


def test_a_server_that_goes_away_is_connection_lost(server: Background) -> None:
    with Client.tcp("127.0.0.1", server.tcp_port, PROGRAM, 2) as client:
        client.ping()
        server.stop()
        with pytest.raises(ConnectionLost):
            client.ping()
