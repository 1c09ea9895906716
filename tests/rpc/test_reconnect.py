"""The blocking client connects again: what is repeated, and what is not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdr_sample import ADD, ECHO, PROGRAM

from oncrpc.client import Client
from oncrpc.errors import ConnectionLost, LocalError, NotDelivered
from oncrpc.reconnect import Reconnect, Repeat
from oncrpc.server_session import ServerSession
from oncrpc.transport.memory import MemoryTransport


def echo_peer(data: bytes) -> list[bytes]:
    """A server in memory that echoes arguments as the result."""
    session = ServerSession()
    return [session.success(call, call.record[call.offset :]) for call in session.receive(data)]  # type: ignore[union-attr,arg-type]


class Fleeting(MemoryTransport):
    """A connection that is lost once it has taken a call, unless it is the last of the row."""

    def receive(self, deadline: float | None) -> bytes:
        if not self._inbox:
            raise ConnectionLost("lost")
        return super().receive(deadline)


def clients(repeat: Repeat, attempts: int = 3, good: int = 3) -> tuple[Client, list[MemoryTransport]]:
    made: list[MemoryTransport] = []

    def connect(timeout_s: float | None) -> MemoryTransport:
        made.append(Fleeting(echo_peer if len(made) + 1 >= good else lambda data: []))
        return made[-1]

    rule = Reconnect(attempts=attempts, first_wait_s=0, max_wait_s=0, repeat=repeat)
    return Client(connect(None), PROGRAM, 2, reconnect=rule, connector=connect), made


def test_a_call_that_may_have_run_is_not_repeated() -> None:
    client, made = clients("never")
    with pytest.raises(ConnectionLost):
        client.call(ECHO, "x")
    assert len(made) == 1


def test_the_next_call_after_a_loss_connects_again() -> None:
    client, made = clients("never", good=2)
    with pytest.raises(ConnectionLost):
        client.call(ECHO, "x")
    assert client.call(ECHO, "y") == "y"
    assert len(made) == 2


def test_repeat_always_goes_on_to_the_connection_that_answers() -> None:
    client, made = clients("always")
    assert client.call(ECHO, "x") == "x"
    assert [len(one.sent) for one in made] == [1, 1, 1]


def test_a_rule_is_asked_with_the_procedure() -> None:
    client, _ = clients(lambda procedure: procedure.name == ECHO.name, good=2)
    assert client.call(ECHO, "x") == "x"
    client, _ = clients(lambda procedure: procedure.name == ECHO.name, good=2)
    with pytest.raises(ConnectionLost):
        client.call(ADD, 1, 2)


def test_attempts_are_counted() -> None:
    client, made = clients("always", attempts=2, good=9)
    with pytest.raises(ConnectionLost):
        client.call(ECHO, "x")
    assert len(made) == 3


def test_a_closed_client_does_not_connect_again() -> None:
    client, made = clients("always")
    client.close()
    with pytest.raises(NotDelivered, match="client is closed"):
        client.call(ECHO, "x")
    assert len(made) == 1


def test_waits_double_and_are_bounded() -> None:
    rule = Reconnect(first_wait_s=1.0, max_wait_s=5.0)
    assert rule.wait_s(1) == 0
    for attempt, longest in [(2, 1), (3, 2), (4, 4), (5, 5), (10_000, 5)]:
        assert all(longest / 2 <= rule.wait_s(attempt) <= longest for _ in range(50))


def test_numbers_that_mean_nothing_are_refused() -> None:
    with pytest.raises(LocalError):
        Reconnect(attempts=0)
    with pytest.raises(LocalError):
        Reconnect(first_wait_s=2, max_wait_s=1)
    with pytest.raises(LocalError, match="connector"):
        Client(MemoryTransport(lambda data: []), PROGRAM, 2, reconnect=Reconnect())


@pytest.fixture
def path(tmp_path: Path) -> Iterator[str]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        yield str(tmp_path / "s")


def test_total_timeout_bounds_all_attempts(path: str) -> None:
    rule = Reconnect(attempts=1000, first_wait_s=30, max_wait_s=30, repeat="always")
    with Client.unix(path, PROGRAM, 2, reconnect=rule, total_timeout_s=1) as client:
        Path(path).unlink()
        client._line.give_up("lost")
        with pytest.raises(NotDelivered):
            client.call(ECHO, "x")


def test_the_hook_sets_up_the_new_connection_first() -> None:
    client, made = clients("always", good=2)
    client.on_reconnect = lambda again: again.call(ECHO, "login")
    assert client.call(ECHO, "x") == "x"
    assert [b"login" in data for data in made[1].sent] == [True, False]


def test_a_hook_that_fails_ends_the_connection_and_the_call() -> None:
    client, made = clients("always", good=9)
    client.on_reconnect = lambda again: again.call(ECHO, "login")
    with pytest.raises(NotDelivered, match="on_reconnect failed: lost"):
        client.call(ECHO, "x")
    assert [len(one.sent) for one in made] == [1, 1, 1, 1]
    assert all(one.closed for one in made)


def test_close_from_another_thread_ends_the_wait_between_attempts() -> None:
    client, made = clients(lambda procedure: True, good=9)
    client.reconnect = Reconnect(attempts=9, first_wait_s=1000, max_wait_s=1000, repeat="always")
    found: list[type[Exception]] = []

    def call() -> None:
        try:
            client.call(ECHO, "x")
        except (ConnectionLost, NotDelivered) as exc:
            found.append(type(exc))

    thread = threading.Thread(target=call)
    thread.start()
    while len(made) < 2:
        thread.join(0.01)
    client.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(found) == 1
