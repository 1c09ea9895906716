"""The server's side: calls, streams and pings out of bytes; old packets dropped; answers with the caller's header."""

from __future__ import annotations

import random

import pytest

from oncrpc.errors import (
    GarbageArguments,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RemoteError,
    RpcRefusal,
    SystemFailure,
)
from oncrpc.procedure import Call
from virnet.errors import LocalError
from virnet.keepalive import PING, PONG
from virnet.packet import MAX_STREAM_DATA, PAYLOAD_AT, Kind, Status, header, pack
from virnet.server_session import CallWithDescriptors, Input, Ping, ServerSession, StreamInput
from virtproto import virt as v

REMOTE = 0x20008086


def call_packet(procedure: int, serial: int, args: bytes = b"") -> bytes:
    return pack(REMOTE, 1, procedure, Kind.CALL, serial, Status.OK, args)


def stream_packet(status: Status, data: bytes = b"", serial: int = 5, kind: Kind = Kind.STREAM) -> bytes:
    return pack(REMOTE, 1, 209, kind, serial, status, data)


def one_call(session: ServerSession, packet: bytes) -> Call:
    (event,) = session.receive(packet)
    assert isinstance(event, Call)
    return event


def test_a_call_carries_its_header_its_arguments_and_the_peer() -> None:
    session = ServerSession("me", connection="here")
    call = one_call(session, call_packet(23, 7, b"args"))
    assert (call.program, call.version, call.procedure, call.xid) == (REMOTE, 1, 23, 7)
    assert (call.record[call.offset :], call.peer, call.connection) == (b"args", "me", "here")


def test_an_answer_has_the_header_of_its_call_and_the_status_word_in_it() -> None:
    session = ServerSession()
    call = one_call(session, call_packet(23, 7))
    good = session.success(call, bytes(4) + b"body")
    assert (header(good), good[PAYLOAD_AT:]) == ((32, REMOTE, 1, 23, Kind.REPLY, 7, Status.OK), b"body")
    bad = session.success(call, bytes([0, 0, 0, 1]) + b"why?")
    assert (header(bad).status, bad[PAYLOAD_AT:]) == (Status.ERROR, b"why?")


@pytest.mark.parametrize(
    ("refusal", "code", "words"),
    [
        (ProcedureUnavailable(23), 39, "unknown procedure: 23"),
        (ProgramUnavailable(), 39, "Cannot find program 536903814 version 1"),
        (ProgramMismatch(1, 1), 39, "Cannot find program 536903814 version 1"),
        (GarbageArguments(), 39, "Unable to decode message payload"),
        (SystemFailure(), 1, "internal error: the daemon's log says more"),
    ],
)
def test_a_refusal_is_an_error_that_libvirts_clients_know(refusal: RpcRefusal, code: int, words: str) -> None:
    session = ServerSession()
    packet = session.refusal(one_call(session, call_packet(23, 9)), refusal)
    error = v.virt_error.from_xdr(packet[PAYLOAD_AT:])
    assert (header(packet).status, header(packet).serial) == (Status.ERROR, 9)
    assert (error.code, error.domain, error.message, error.level) == (code, 7, words, 2)
    assert error.to_xdr() == packet[PAYLOAD_AT:]


def test_a_ping_is_an_event_and_a_pong_is_none() -> None:
    session = ServerSession()
    assert session.receive(PING + PONG) == [Ping()]


def test_what_is_no_call_is_dropped_and_the_connection_goes_on() -> None:
    session = ServerSession()
    old = pack(REMOTE, 1, 1, Kind.REPLY, 0, Status.OK) + pack(REMOTE, 1, 1, Kind.MESSAGE, 0, Status.OK)
    assert session.receive(old + stream_packet(Status.CONTINUE, b"late") + pack(1, 1, 1, 99, 0, Status.OK)) == []
    assert session.dropped == 4
    assert one_call(session, call_packet(2, 3)).procedure == 2


def test_a_stream_lives_from_its_call_to_its_finish() -> None:
    session = ServerSession()
    stream = session.open_stream(one_call(session, call_packet(209, 5)))
    (data,) = session.receive(stream_packet(Status.CONTINUE, b"abc"))
    assert data == StreamInput(stream, Input.DATA, b"abc", 0)
    hole = (4096).to_bytes(8, "big") + bytes(4)
    (found,) = session.receive(stream_packet(Status.CONTINUE, hole, kind=Kind.STREAM_HOLE))
    assert found == StreamInput(stream, Input.HOLE, b"", 4096)
    assert header(session.stream_end(stream))[4:] == (Kind.STREAM, 5, Status.CONTINUE)
    (finish,) = session.receive(stream_packet(Status.OK))
    assert isinstance(finish, StreamInput)
    assert finish.what is Input.FINISH
    assert header(session.stream_closed(stream))[4:] == (Kind.STREAM, 5, Status.OK)
    assert session.receive(stream_packet(Status.CONTINUE, b"late")) == []
    with pytest.raises(LocalError):
        session.stream_data(stream, b"more")


def test_long_data_goes_in_packets_that_old_peers_take() -> None:
    session = ServerSession()
    stream = session.open_stream(one_call(session, call_packet(209, 5)))
    packets = session.stream_data(stream, bytes(MAX_STREAM_DATA + 24))
    assert len(packets) == MAX_STREAM_DATA + 24 + 2 * PAYLOAD_AT
    assert header(packets).length == MAX_STREAM_DATA + PAYLOAD_AT


def test_an_abort_ends_a_stream_and_a_failure_ends_it_too() -> None:
    session = ServerSession()
    stream = session.open_stream(one_call(session, call_packet(209, 5)))
    (abort,) = session.receive(stream_packet(Status.ERROR))
    assert isinstance(abort, StreamInput)
    assert (abort.what, stream.closed, session.streams) == (Input.ABORT, True, {})
    other = session.open_stream(one_call(session, call_packet(209, 6)))
    assert header(session.stream_failed(other, b"why")).status == Status.ERROR
    assert session.streams == {}


@pytest.mark.parametrize("body", [b"", bytes(11), b"\xff" * 12])
def test_a_hole_without_a_length_breaks_the_session(body: bytes) -> None:
    session = ServerSession()
    session.open_stream(one_call(session, call_packet(209, 5)))
    with pytest.raises(RemoteError):
        session.receive(stream_packet(Status.CONTINUE, body, kind=Kind.STREAM_HOLE))


def test_a_stream_that_is_open_cannot_be_opened_again() -> None:
    session = ServerSession()
    call = one_call(session, call_packet(209, 5))
    session.open_stream(call)
    with pytest.raises(RemoteError):
        session.open_stream(call)


def test_descriptors_come_with_their_call() -> None:
    session = ServerSession()
    packet = pack(REMOTE, 1, 310, Kind.CALL_WITH_FDS, 1, Status.OK, bytes([0, 0, 0, 1]) + b"args")
    (event,) = session.receive(packet + b"\0", [9])
    assert isinstance(event, CallWithDescriptors)
    assert (event.fds, event.call.record[event.call.offset :]) == ((9,), b"args")


def test_mutated_packets_give_events_or_a_remote_error_and_nothing_else() -> None:
    """20,000 packets with one to three words changed: no other exception, nothing held beyond the cap."""
    chance = random.Random(4)
    seeds = [call_packet(23, 1, bytes(40)), PING, stream_packet(Status.CONTINUE, bytes(64)), stream_packet(Status.OK)]
    for _ in range(20_000):
        session = ServerSession()
        session.open_stream(one_call(session, call_packet(209, 5)))
        packet = bytearray(chance.choice(seeds) + chance.choice(seeds))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(0, len(packet) - 3)
            packet[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), b"\x80\0\0\0", chance.randbytes(4)])
        cut = chance.randrange(len(packet))
        try:
            session.receive(bytes(packet[:cut]))
            session.receive(bytes(packet[cut:]))
        except RemoteError:
            continue
