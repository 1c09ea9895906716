"""The client's side, wired to the server's: calls and replies, messages, streams, what is old and what is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from oncrpc.errors import BrokenSession, ProcedureUnavailable, RemoteError
from oncrpc.procedure import Call
from virnet.client_session import ClientSession, Input, Message, Ping, Reply, StreamInput
from virnet.errors import LocalError
from virnet.keepalive import PING, PONG
from virnet.packet import MAX_PACKET, MAX_STREAM_DATA, PAYLOAD_AT, Kind, Status, header, pack
from virnet.server_session import Input as ServerInput
from virnet.server_session import ServerSession
from virnet.server_session import StreamInput as ServerStreamInput
from virnet.stream import State, Stream
from virtproto import virt as v

REMOTE = 0x20008086


def served(server: ServerSession, packet: bytes) -> Call:
    (call,) = server.receive(packet)
    assert isinstance(call, Call)
    return call


def opened(client: ClientSession, server: ServerSession) -> tuple[Stream, Stream]:
    """A stream on both sides, its call answered."""
    stream, packet = client.call_stream(REMOTE, 1, 209, b"")
    call = served(server, packet)
    other = server.open_stream(call)
    (reply,) = client.receive(server.success(call, bytes(4)))
    assert reply == Reply(call.xid, False, b"", ())
    return stream, other


def test_a_call_goes_over_and_its_reply_comes_back() -> None:
    client, server = ClientSession(), ServerSession()
    serial, packet = client.call(REMOTE, 1, 23, b"args")
    call = served(server, packet)
    assert (call.program, call.version, call.procedure, call.xid) == (REMOTE, 1, 23, serial)
    assert call.record[call.offset :] == b"args"
    assert client.receive(server.success(call, bytes(4) + b"body")) == [Reply(serial, False, b"body", ())]
    assert client.waiting == 0


def test_replies_come_in_any_order_and_an_error_is_marked() -> None:
    client, server = ClientSession(first_serial=5), ServerSession()
    first, second = client.call(REMOTE, 1, 23, b""), client.call(REMOTE, 1, 24, b"")
    assert (first[0], second[0]) == (5, 6)
    calls = server.receive(first[1] + second[1])
    assert all(isinstance(call, Call) for call in calls)
    last, early = (call for call in reversed(calls) if isinstance(call, Call))
    good, bad = client.receive(server.success(last, bytes(4)) + server.refusal(early, ProcedureUnavailable(23)))
    assert good == Reply(6, False, b"", ())
    assert isinstance(bad, Reply)
    assert (bad.serial, bad.failed) == (5, True)
    assert v.virt_error.from_xdr(bad.body).message == "unknown procedure: 23"


@pytest.mark.parametrize(("program", "procedure", "serial"), [(REMOTE, 24, 0), (REMOTE + 1, 23, 0), (REMOTE, 23, 1)])
def test_a_reply_to_another_call_is_dropped(program: int, procedure: int, serial: int) -> None:
    client = ClientSession()
    client.call(REMOTE, 1, 23, b"")
    assert client.receive(pack(program, 1, procedure, Kind.REPLY, serial, Status.OK)) == []
    assert (client.dropped, client.waiting) == (1, 1)


def test_the_reply_to_a_forgotten_call_is_dropped() -> None:
    client, server = ClientSession(), ServerSession()
    serial, packet = client.call(REMOTE, 1, 23, b"")
    client.forget(serial)
    assert client.receive(server.success(served(server, packet), bytes(4))) == []


def test_serials_come_round_and_leave_out_calls_that_wait() -> None:
    client = ClientSession(first_serial=0xFFFFFFFF)
    client.call_stream(REMOTE, 1, 209, b"")
    assert client.call(REMOTE, 1, 23, b"")[0] == 0
    client._serial = 0xFFFFFFFF
    assert client.call(REMOTE, 1, 23, b"")[0] == 1


def test_messages_and_pings_are_events_and_a_pong_is_none() -> None:
    client = ClientSession()
    message = ServerSession.message(REMOTE, 1, 318, b"body")
    assert client.receive(PING + message + PONG) == [Ping(), Message(REMOTE, 318, b"body")]


def test_a_download_ends_by_an_end_a_finish_and_an_answer() -> None:
    client, server = ClientSession(), ServerSession()
    stream, other = opened(client, server)
    packets = server.stream_data(other, b"abc") + server.stream_hole(other, 4096) + server.stream_end(other)
    assert client.receive(packets) == [
        StreamInput(stream, Input.DATA, b"abc", 0),
        StreamInput(stream, Input.HOLE, b"", 4096),
        StreamInput(stream, Input.END, b"", 0),
    ]
    assert stream.state is State.DRAINED
    (finish,) = server.receive(client.stream_finish(stream))
    assert finish == ServerStreamInput(other, ServerInput.FINISH, b"", 0)
    assert client.receive(server.stream_closed(other)) == [StreamInput(stream, Input.FINISHED, b"", 0)]
    assert (stream.closed, client.streams) == (True, {})


def test_an_upload_is_cut_into_packets_that_old_peers_take() -> None:
    client, server = ClientSession(), ServerSession(max_packet=MAX_PACKET)
    stream, _ = opened(client, server)
    data = bytes(range(256)) * 2048
    packets = client.stream_data(stream, data) + client.stream_hole(stream, 7)
    events = [event for event in server.receive(packets) if isinstance(event, ServerStreamInput)]
    assert b"".join(event.data for event in events) == data
    assert max(len(event.data) for event in events) == MAX_STREAM_DATA
    assert (events[-1].what, events[-1].hole) == (ServerInput.HOLE, 7)


def test_a_stream_that_fails_is_over() -> None:
    client, server = ClientSession(), ServerSession()
    stream, other = opened(client, server)
    assert client.receive(server.stream_failed(other, b"why")) == [StreamInput(stream, Input.FAILED, b"why", 0)]
    with pytest.raises(LocalError):
        client.stream_data(stream, b"more")


def test_what_comes_after_an_abort_or_a_finish_is_dropped() -> None:
    client, server = ClientSession(), ServerSession()
    stream, other = opened(client, server)
    (abort,) = server.receive(client.stream_abort(stream))
    assert isinstance(abort, ServerStreamInput)
    assert abort.what is ServerInput.ABORT
    assert client.receive(server.stream_closed(other)) == []
    stream, other = opened(client, server)
    client.stream_finish(stream)
    assert client.receive(server.stream_data(other, b"late")) == []


def test_a_call_that_fails_opens_no_stream() -> None:
    client, server = ClientSession(), ServerSession()
    stream, packet = client.call_stream(REMOTE, 1, 209, b"")
    client.receive(server.refusal(served(server, packet), ProcedureUnavailable(209)))
    assert (stream.closed, client.streams) == (True, {})


def test_empty_data_would_be_the_end() -> None:
    client, server = ClientSession(), ServerSession()
    stream, _ = opened(client, server)
    with pytest.raises(LocalError, match="end of the stream"):
        client.stream_data(stream, b"")


def conversation() -> tuple[ClientSession, bytes, int]:
    """A client that waits for two calls and has a stream open, and what a server says to it."""
    client, server = ClientSession(), ServerSession()
    _, other = opened(client, server)
    calls = [served(server, client.call(REMOTE, 1, number, b"")[1]) for number in (23, 273)]
    said = [server.success(call, bytes(4) + b"body") for call in calls]
    said += [PING, server.message(REMOTE, 1, 318, bytes(40))]
    said += [server.stream_data(other, b"data"), server.stream_end(other)]
    return client, b"".join(said), len(said)


def cut_at(place: int) -> Callable[[bytes], list[bytes]]:
    return lambda data: [data[:place], data[place:]]


@pytest.mark.parametrize(
    "cut",
    [lambda data: [bytes([byte]) for byte in data], *(cut_at(place) for place in range(1, 250, 3))],
)
def test_the_same_events_come_whole_byte_by_byte_and_cut_anywhere(cut: Callable[[bytes], list[bytes]]) -> None:
    client, said, count = conversation()
    whole = client.receive(said)
    assert len(whole) == count
    again, said, _ = conversation()
    pieces = [event for piece in cut(said) for event in again.receive(piece)]
    assert [event[1:] for event in pieces] == [event[1:] for event in whole]


def test_bytes_as_libvirtd_sends_them_are_read() -> None:
    """auth_list's answer (none), then an error, put down by hand from the description of the protocol."""
    client = ClientSession()
    asked = "0000001c 20008086 00000001 00000042 00000000 00000000 00000000"
    assert client.call(REMOTE, 1, 66, b"")[1] == bytes.fromhex(asked)
    client.call(REMOTE, 1, 23, b"")
    listed = "00000024 20008086 00000001 00000042 00000001 00000000 00000000 00000001 00000000"
    failed = (
        "00000050 20008086 00000001 00000017 00000001 00000001 00000001 0000002a 0000000c 00000001 00000004 676f6e65"
        "00000002 00000000 00000000 00000000 00000000 ffffffff ffffffff 00000000"
    )
    good, bad = client.receive(bytes.fromhex(listed) + bytes.fromhex(failed))
    assert good == Reply(0, False, bytes.fromhex("0000000100000000"), ())
    assert isinstance(bad, Reply)
    error = v.virt_error.from_xdr(bad.body)
    assert (bad.failed, error.code, error.domain, error.message) == (True, 42, 12, "gone")


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\x1b" + bytes(24),
        b"\xff\xff\xff\xff" + bytes(24),
        pack(REMOTE, 1, 23, Kind.REPLY, 0, Status.CONTINUE),
        pack(REMOTE, 1, 23, Kind.REPLY, 0, 9),
    ],
)
def test_what_breaks_the_rules_breaks_the_session_for_good(data: bytes) -> None:
    client, server = ClientSession(), ServerSession()
    _, packet = client.call(REMOTE, 1, 23, b"")
    answer = server.success(served(server, packet), bytes(4))
    with pytest.raises(RemoteError):
        client.receive(data)
    with pytest.raises(BrokenSession):
        client.receive(answer)


def test_a_call_beyond_the_longest_packet_is_refused_here() -> None:
    with pytest.raises(LocalError, match="allowed"):
        ClientSession(max_packet=100).call(REMOTE, 1, 23, bytes(73))


def test_mutated_packets_give_events_or_a_remote_error_and_nothing_else() -> None:
    """5,000 conversations with one to three words changed."""
    chance = random.Random(5)
    for _ in range(5_000):
        client, said, _ = conversation()
        packet = bytearray(said)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(0, len(packet) - 3)
            packet[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), b"\0\0\0\3", chance.randbytes(4)])
        try:
            for event in client.receive(bytes(packet)):
                assert isinstance(event, Reply | Message | Ping | StreamInput)
        except RemoteError:
            continue


def test_a_header_is_what_was_packed() -> None:
    serial, packet = ClientSession(first_serial=3).call(REMOTE, 1, 1, b"abcd")
    assert header(packet) == (PAYLOAD_AT + 4, REMOTE, 1, 1, Kind.CALL, serial, Status.OK)
