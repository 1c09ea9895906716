"""The blocking client, ended from another thread: cancel and close."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdr_sample import ECHO, PROGRAM

from oncrpc import xdr
from oncrpc.client import Client
from oncrpc.errors import CallCancelled, CallTimeout, ConnectionLost, ConnectTimeout, NotDelivered, OncRpcError
from oncrpc.message import pack_success
from oncrpc.procedure import Procedure
from oncrpc.reconnect import Reconnect
from oncrpc.record import mark
from oncrpc.transport.blocking import StreamTransport

LONG: Procedure[None] = Procedure(9, "LONG", xdr.opaque(16_000_000), xdr.VOID, arity=1)


@pytest.fixture
def pair() -> Iterator[tuple[Client, socket.socket]]:
    ours, theirs = socket.socketpair()
    with Client(StreamTransport(ours), PROGRAM, 2) as client, theirs:
        theirs.settimeout(10)
        client.session._xid = 10
        yield client, theirs


def in_thread(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []

    def run() -> None:
        try:
            found.append(call())
        except OncRpcError as exc:
            found.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_a_cancelled_call_ends_and_the_connection_goes_on(pair: tuple[Client, socket.socket]) -> None:
    client, server = pair
    thread, found = in_thread(lambda: client.call(ECHO, "first", timeout_s=None))
    server.recv(100)
    assert client.cancel()
    thread.join(10)
    assert type(found[0]) is CallCancelled
    assert not client.cancel()
    server.sendall(mark(pack_success(10, ECHO.result.encode("late"))))
    server.sendall(mark(pack_success(11, ECHO.result.encode("second"))))
    assert client.call(ECHO, "second") == "second"
    assert client.session.dropped_replies == 1


def test_a_cancel_that_comes_too_late_does_not_end_the_next_call(pair: tuple[Client, socket.socket]) -> None:
    client, server = pair
    client._line._transport.wake()
    server.sendall(mark(pack_success(10, ECHO.result.encode("on"))))
    assert client.call(ECHO, "on") == "on"


def test_a_call_cancelled_while_it_is_being_sent_ends_the_connection(pair: tuple[Client, socket.socket]) -> None:
    client, server = pair
    thread, found = in_thread(lambda: client.call(LONG, b"x" * 8_000_000))
    server.recv(100)
    assert client.cancel()
    thread.join(10)
    assert type(found[0]) is CallCancelled
    with pytest.raises(NotDelivered, match="ended before"):
        client.call(ECHO, "y")


def test_close_from_another_thread_wakes_the_call(pair: tuple[Client, socket.socket]) -> None:
    client, server = pair
    thread, found = in_thread(lambda: client.call(ECHO, "first"))
    server.recv(100)
    client.close()
    thread.join(10)
    assert type(found[0]) is ConnectionLost
    assert "closed while the call waited" in str(found[0])
    assert server.recv(100) == b""
    with pytest.raises(NotDelivered, match="client is closed"):
        client.call(ECHO, "y")


def test_no_time_left_before_sending_harms_nobody(pair: tuple[Client, socket.socket]) -> None:
    client, server = pair
    thread, found = in_thread(lambda: client.call(ECHO, "first"))
    server.recv(100)
    with pytest.raises(NotDelivered, match="other threads"):
        client.call(ECHO, "second", timeout_s=0.01)
    server.sendall(mark(pack_success(10, ECHO.result.encode("first"))))
    thread.join(10)
    assert found == ["first"]
    with pytest.raises(CallTimeout):
        client.call(ECHO, "third", timeout_s=0)
    server.sendall(mark(pack_success(12, ECHO.result.encode("fourth"))))
    assert client.call(ECHO, "fourth") == "fourth"


def test_cancels_at_any_moment_leave_every_other_call_right(pair: tuple[Client, socket.socket]) -> None:
    client, server = pair
    stop = threading.Event()

    def echo() -> None:
        # Replies that a cancelled call left unread make the client's close a reset.
        with contextlib.suppress(ConnectionError), server.makefile("rb") as stream:
            while head := stream.read(4):
                record = stream.read(int.from_bytes(head, "big") & 0x7FFFFFFF)
                server.sendall(mark(pack_success(int.from_bytes(record[:4], "big"), record[40:])))

    def cancel() -> None:
        while not stop.is_set():
            client.cancel()

    threads = [threading.Thread(target=echo), threading.Thread(target=cancel)]
    for thread in threads:
        thread.start()
    cancelled = 0
    try:
        for number in range(500):
            try:
                assert client.call(ECHO, str(number)) == str(number)
            except CallCancelled:
                cancelled += 1
    finally:
        stop.set()
        client.close()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert cancelled < 500


def test_a_one_way_call_that_waits_for_room_is_cancelled(pair: tuple[Client, socket.socket]) -> None:
    client, _ = pair
    thread, found = in_thread(lambda: client.send(LONG, bytes(16_000_000), timeout_s=None))
    while not client.cancel():
        pass
    thread.join(10)
    assert type(found[0]) is CallCancelled


@pytest.mark.parametrize("end", [Client.cancel, Client.close])
def test_a_call_that_waits_for_its_next_try_is_ended(end: Callable[[Client], object], tmp_path: Path) -> None:
    place = str(tmp_path / "sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen(1)
        rule = Reconnect(attempts=9, first_wait_s=60, max_wait_s=60)
        client = Client.unix(place, PROGRAM, 2, reconnect=rule)
        listening.accept()[0].close()
    with client:
        thread, found = in_thread(lambda: client.send(ECHO, "x"))
        while not client._line._pausing:
            assert thread.is_alive()
        end(client)
        thread.join(10)
        assert type(found[0]) is (CallCancelled if end is Client.cancel else NotDelivered)


@pytest.mark.parametrize("end", [Client.cancel, Client.close])
@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_call_that_connects_again_is_ended(end: Callable[[Client], object], kind: str, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET))
        listening.bind(str(tmp_path / "sock") if kind == "unix" else ("127.0.0.1", 0))
        listening.listen(0)
        place = listening.getsockname()
        options: Any = {"reconnect": Reconnect(attempts=1), "connect_timeout_s": 60}
        if kind == "unix":
            client = stack.enter_context(Client.unix(place, PROGRAM, 2, **options))
        else:
            client = stack.enter_context(Client.tcp(*place, PROGRAM, 2, **options))
        listening.accept()[0].close()
        for _ in range(3):  # its backlog is full from now on
            filler = stack.enter_context(socket.socket(listening.family))
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(place)
        thread, found = in_thread(lambda: client.send(ECHO, "x"))
        while not client._line._dialling:
            assert thread.is_alive()
        end(client)
        thread.join(10)
        assert type(found[0]) is (CallCancelled if end is Client.cancel else NotDelivered)


def test_connecting_waits_for_room_in_a_unix_sockets_backlog(tmp_path: Path) -> None:
    place = str(tmp_path / "sock")
    with socket.socket(socket.AF_UNIX) as listening, contextlib.ExitStack() as stack:
        listening.bind(place)
        listening.listen(0)
        stack.enter_context(Client.unix(place, PROGRAM, 2))
        with pytest.raises(ConnectTimeout):
            Client.unix(place, PROGRAM, 2, connect_timeout_s=0.05)
        thread, found = in_thread(lambda: Client.unix(place, PROGRAM, 2, connect_timeout_s=60).close())
        stack.enter_context(listening.accept()[0])
        thread.join(10)
        assert found == [None]
