"""Many calls at once from the blocking client, and calls that are not waited for."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from oncrpc import xdr
from oncrpc.client import Client
from oncrpc.dispatch import Dispatcher
from oncrpc.errors import (
    CallCancelled,
    CallTimeout,
    ConnectionLost,
    LocalError,
    NotDelivered,
    ProgramMismatch,
    XdrError,
)
from oncrpc.message import pack_call, pack_refusal, pack_success, unpack_call
from oncrpc.procedure import Call, Procedure
from oncrpc.reconnect import Reconnect
from oncrpc.record import RecordReader, mark
from oncrpc.transport.blocking import DatagramTransport, StreamTransport

ECHO = Procedure(1, "ECHO", xdr.opaque(), xdr.opaque())
NOTE = Procedure(2, "NOTE", xdr.UINT, xdr.VOID)
BIG = Procedure(3, "BIG", xdr.UINT, xdr.opaque())


class Peer:
    """A server on a socket pair; `answer` makes the reply to a call, None for none. seen: the calls, in order."""

    def __init__(self, answer: Any) -> None:
        ours, self.sock = socket.socketpair()
        self.client = Client(StreamTransport(ours), 300, 1, call_timeout_s=10.0)
        self.seen: list[Call] = []
        self._answer = answer
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        reader = RecordReader()
        with self.sock:
            while data := self.sock.recv(1 << 16):
                calls = [unpack_call(record) for record in reader.feed(data)]
                self.seen += calls
                replies = self._answer(calls)
                if replies is None:
                    break
                if replies:
                    self.sock.sendall(b"".join(mark(reply) for reply in replies))

    def stop(self) -> None:
        self.client.close()
        self._thread.join(10)
        assert not self._thread.is_alive()


def argument(call: Call) -> bytes:
    return ECHO.args.unpack(call.record[call.offset :])


def echoes(calls: list[Call]) -> list[bytes]:
    return [pack_success(call.xid, call.record[call.offset :]) for call in calls]


@contextmanager
def peer(answer: Any = echoes) -> Iterator[Peer]:
    made = Peer(answer)
    try:
        yield made
    finally:
        made.stop()


def test_results_are_those_of_their_calls_in_whatever_order_they_come() -> None:
    with peer(lambda calls: echoes(calls)[::-1]) as there:
        with there.client.pipeline() as calls:
            found = [calls.call(ECHO, b"%d" % number) for number in range(1000)]
        assert [one.result() for one in found] == [b"%d" % number for number in range(1000)]
        assert there.client.session.pending == frozenset()
        assert there.client.call(ECHO, b"after") == b"after"


def test_calls_are_sent_together_up_to_the_window() -> None:
    lots: list[int] = []

    def count(calls: list[Call]) -> list[bytes]:
        lots.append(len(calls))
        return echoes(calls)

    with peer(count) as there:
        with there.client.pipeline(window=10) as calls:
            found = [calls.call(ECHO, b"x") for _ in range(25)]
            assert [one.done for one in found] == [True] * 20 + [False] * 5
            assert found[24].result() == b"x"
        assert sum(lots) == 25
        assert max(lots) <= 10


def test_long_answers_and_long_calls_lock_nobody_up() -> None:
    def big(calls: list[Call]) -> list[bytes]:
        return [pack_success(call.xid, ECHO.result.encode(bytes(1 << 20))) for call in calls]

    with peer(big) as there, there.client.pipeline() as calls:
        answers = [calls.call(BIG, number) for number in range(40)]
        assert sum(len(one.result()) for one in answers) == 40 << 20
    with peer() as there, there.client.pipeline() as calls:
        asked = [calls.call(ECHO, bytes([number]) * (1 << 20)) for number in range(20)]
        assert [one.result()[:1] for one in asked] == [bytes([number]) for number in range(20)]


def test_one_that_is_refused_or_does_not_fit_does_no_harm_to_the_others() -> None:
    def refuse_second(calls: list[Call]) -> list[bytes]:
        return [
            pack_refusal(call.xid, ProgramMismatch(2, 3)) if argument(call) == b"no" else echoes([call])[0]
            for call in calls
        ]

    with peer(refuse_second) as there:
        with there.client.pipeline() as calls:
            found = [calls.call(ECHO, text) for text in (b"a", b"no", b"b")]
            with pytest.raises(XdrError):
                calls.call(NOTE, -1)
        assert (found[0].result(), found[2].result()) == (b"a", b"b")
        with pytest.raises(ProgramMismatch):
            found[1].result()


def test_what_is_not_answered_in_time_says_so_and_the_connection_goes_on() -> None:
    def skip_silent(calls: list[Call]) -> list[bytes]:
        return [echoes([call])[0] for call in calls if argument(call) != b"silent"]

    with peer(skip_silent) as there:
        with there.client.pipeline(timeout_s=0.2) as calls:
            found = [calls.call(ECHO, text) for text in (b"a", b"silent", b"b")]
        assert (found[0].result(), found[2].result()) == (b"a", b"b")
        with pytest.raises(CallTimeout):
            found[1].result()
        assert there.client.call(ECHO, b"after") == b"after"


def test_a_lost_connection_ends_the_calls_that_were_sent_and_sends_no_more() -> None:
    with peer(lambda calls: None) as there:
        with there.client.pipeline(window=2) as calls:
            found = [calls.call(ECHO, b"x") for _ in range(6)]
        for one in found[:2]:
            with pytest.raises(ConnectionLost):
                one.result()
        for one in found[2:]:
            with pytest.raises(NotDelivered):
                one.result()
    assert len(there.seen) <= 2


def test_cancelling_ends_what_is_under_way_and_the_next_ones_go_on() -> None:
    def skip_silent(calls: list[Call]) -> list[bytes]:
        return [echoes([call])[0] for call in calls if argument(call) != b"silent"]

    with peer(skip_silent) as there:
        canceller = threading.Thread(target=lambda: [None for _ in iter(there.client.cancel, True)])
        with there.client.pipeline() as calls:
            found = [calls.call(ECHO, b"silent") for _ in range(3)]
            canceller.start()
            calls.flush()
            canceller.join(10)
            after = calls.call(ECHO, b"after")
        for one in found:
            with pytest.raises(CallCancelled):
                one.result()
        assert after.result() == b"after"


def test_leaving_by_an_exception_sends_no_more() -> None:
    with peer() as there:
        with contextlib.suppress(KeyError), there.client.pipeline() as calls:
            one = calls.call(ECHO, b"x")
            raise KeyError
        with pytest.raises(NotDelivered, match="left by an exception"):
            one.result()
        assert there.client.session.pending == frozenset()
        assert there.client.call(ECHO, b"after") == b"after"
    assert len(there.seen) == 1


def test_a_pipeline_is_for_a_with_block_on_a_stream() -> None:
    with peer() as there:
        with pytest.raises(LocalError, match="with block"):
            there.client.pipeline().call(ECHO, b"")
        with pytest.raises(LocalError, match="window"):
            there.client.pipeline(window=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        client = Client(DatagramTransport(sock), 300, 1, datagram=True)
        with pytest.raises(LocalError, match="by udp"):
            client.pipeline()


def test_a_one_way_call_returns_at_once_and_its_answer_is_dropped() -> None:
    with peer() as there:
        there.client.send(NOTE, 7)
        assert there.client.oneway.call(NOTE, 8) is None
        assert there.client.call(ECHO, b"after") == b"after"
        assert [call.procedure for call in there.seen] == [2, 2, 1]
        assert there.client.session.dropped_replies == 2
        there.client.close()
        with pytest.raises(NotDelivered):
            there.client.send(NOTE, 9)


def test_one_way_calls_reach_a_server_that_never_answers() -> None:
    with peer(lambda calls: []) as there:
        for number in range(100):
            there.client.send(NOTE, number)
    assert [NOTE.args.unpack(call.record[call.offset :]) for call in there.seen] == list(range(100))


def test_an_interrupted_pipeline_says_that_its_calls_may_have_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(StreamTransport, "receive", interrupted)
    with peer(lambda calls: []) as one:
        with one.client.pipeline() as calls:
            found = calls.call(ECHO, b"x")
            with pytest.raises(KeyboardInterrupt):
                calls.flush()
        with pytest.raises(CallCancelled, match="may have run"):
            found.result()


def test_a_pipeline_waits_for_its_turn_no_longer_than_its_own_timeout() -> None:
    with peer(lambda calls: []) as one:

        def call() -> None:
            with contextlib.suppress(ConnectionLost):
                one.client.call(ECHO, b"")

        other = threading.Thread(target=call)
        other.start()
        while not one.seen:
            pass
        with pytest.raises(NotDelivered, match=r"0\.05 s"), one.client.pipeline(timeout_s=0.05):
            pass
        one.client.close()
        other.join(10)


def test_a_server_that_waits_for_us_to_read_old_answers_gets_a_large_call_all_the_same() -> None:
    flood = bytes(1_000_000)

    def answers(calls: list[Call]) -> list[bytes]:
        return [pack_success(call.xid, BIG.result.encode(flood if call.procedure == 3 else b"")) for call in calls]

    with peer(answers) as one:
        for _ in range(5):
            one.client.send(BIG, 1)
        assert one.client.call(ECHO, bytes(8_000_000)) == b""


@pytest.mark.parametrize("repeat", ["never", "always"])
def test_one_way_calls_and_pipelines_connect_again(repeat: Any, tmp_path: Path) -> None:
    place = str(tmp_path / "sock")
    seen: list[int] = []

    def serve(listening: socket.socket) -> None:
        with listening:
            for number in range(3):  # the second connection breaks with the calls under way
                taken, _ = listening.accept()
                reader = RecordReader()
                with taken:
                    while data := taken.recv(1 << 16):
                        calls = [unpack_call(record) for record in reader.feed(data)]
                        seen.extend(call.procedure for call in calls)
                        if number == 1 or calls[0].procedure == NOTE.number:
                            break
                        taken.sendall(b"".join(mark(reply) for reply in echoes(calls)))

    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(5)
    thread = threading.Thread(target=serve, args=(listening,))
    thread.start()
    rule = Reconnect(first_wait_s=0, max_wait_s=0, repeat=repeat)
    with Client.unix(place, 300, 1, reconnect=rule, call_timeout_s=10) as client:
        client.send(NOTE, 1)
        while not client._line._transport.readable_now():
            pass
        with client.pipeline() as calls:  # on a new connection: the old one was closed
            found = [calls.call(ECHO, b"a"), calls.call(ECHO, b"b")]
        if repeat == "always":
            assert [one.result() for one in found] == [b"a", b"b"]
        else:
            for one in found:
                with pytest.raises(ConnectionLost):
                    one.result()
            client.send(ECHO, b"c")
            client.ping()
    thread.join(10)
    assert not thread.is_alive()
    assert seen == ([2, 1, 1, 1, 1] if repeat == "always" else [2, 1, 1, 1, 0])


def test_a_call_of_the_server_that_comes_while_we_send_is_answered_before_we_wait() -> None:
    dispatcher = Dispatcher()
    dispatcher.register(400, 1, {1: lambda call: b"back"})
    ours, theirs = socket.socketpair()
    seen: list[bytes] = []

    def serve() -> None:
        theirs.sendall(mark(pack_call(7, 400, 1, 1, b"")))
        reader, records = RecordReader(), list[bytes]()
        while len(records) < 2:  # the large call, then our answer: only now is the call answered
            records += reader.feed(theirs.recv(1 << 20))
        seen.append(records[1])
        call = unpack_call(records[0])
        theirs.sendall(mark(pack_success(call.xid, ECHO.result.encode(b"done"))))

    with theirs, Client(StreamTransport(ours), 300, 1, serve=dispatcher, call_timeout_s=10) as client:
        thread = threading.Thread(target=serve)
        thread.start()
        assert client.call(ECHO, bytes(8_000_000)) == b"done"
        thread.join(10)
    assert seen == [pack_success(7, b"back")]
