"""The blocking client, ended from another thread: cancel and close."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from xdr_sample import ECHO, PROGRAM

from oncrpc import xdr
from oncrpc.client import Client
from oncrpc.errors import CallCancelled, CallTimeout, ConnectionLost, NotDelivered, OncRpcError
from oncrpc.message import pack_success
from oncrpc.procedure import Procedure
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
