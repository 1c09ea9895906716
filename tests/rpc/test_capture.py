"""Captured packets to calls with their answers: file formats, link layers, tcp in any order and with holes, udp."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from rpc.captures import (
    ACK,
    CLIENT,
    CLIENT6,
    FIN,
    SERVER,
    SERVER6,
    SYN,
    block,
    frame,
    ip,
    pcap,
    pcapng,
    tcp,
    udp,
)  # fmt: skip

from oncrpc.capture import CaptureError, Exchange, Notice, exchanges, packets
from oncrpc.capture.exchanges import MAX_PENDING
from oncrpc.capture.files import MAX_PACKET, Packet
from oncrpc.capture.frames import Frames
from oncrpc.capture.streams import MAX_HELD, Stream
from oncrpc.errors import ProcedureUnavailable
from oncrpc.message import pack_call, pack_refusal, pack_success
from oncrpc.record import mark

PROGRAM, VERSION = 100003, 3


def call(xid: int, args: bytes = b"argument") -> bytes:
    return pack_call(xid, PROGRAM, VERSION, 1, args)


def reply(xid: int, result: bytes = b"result--") -> bytes:
    return pack_success(xid, result)


def decode(frames: Iterable[bytes], link: int = 101) -> list[Exchange | Notice]:
    return list(exchanges(packets(io.BytesIO(pcap(frames, link)))))


def summary(found: Iterable[Exchange | Notice]) -> list[Any]:
    """(xid, arguments, result) of exchanges, the text of notices."""
    rows: list[Any] = []
    for one in found:
        if isinstance(one, Notice):
            rows.append(one.text)
            continue
        args = None if one.call is None else one.call.record[one.call.offset :]
        rows.append((one.xid, args, None if one.reply is None else one.reply.record[one.reply.offset :]))
    return rows


def cut(src: Any, dst: Any, seq: int, data: bytes, size: int) -> list[bytes]:
    """A stream in segments of `size` bytes."""
    return [tcp(src, dst, seq + at, data[at : at + size]) for at in range(0, len(data), size)]


@pytest.mark.parametrize("link", [0, 1, 101, 113, 276])
@pytest.mark.parametrize(("client", "server"), [(CLIENT, SERVER), (CLIENT6, SERVER6)])
def test_a_call_is_matched_with_its_answer_on_each_link_layer(link: int, client: Any, server: Any) -> None:
    frames = [udp(client, server, call(5)), udp(server, client, reply(5))]
    (found,) = decode([frame(link, data) for data in frames], link)
    assert isinstance(found, Exchange)
    assert (found.transport, found.src, found.dst) == ("udp", client, server)
    assert (found.time_ns, found.latency_ns) == (0, 1_000_001_000)
    assert summary([found]) == [(5, b"argument", b"result--")]


@pytest.mark.parametrize("order", ["<", ">"])
def test_times_of_each_file_format_are_nanoseconds(order: str) -> None:
    frames = [frame(1, udp(CLIENT, SERVER, call(xid))) for xid in range(3)]
    files = {
        "microseconds": pcap(frames, order=order),
        "nanoseconds": pcap(frames, order=order, nanoseconds=True),
        "pcapng": pcapng(frames, order=order),
    }
    units = {"microseconds": 1000, "nanoseconds": 1, "pcapng": 1}
    for name, data in files.items():
        found = list(packets(io.BytesIO(data)))
        assert [(one.time_ns, one.link, one.data) for one in found] == [
            (n * 1_000_000_000 + n * units[name], 1, data) for n, data in enumerate(frames)
        ]


def test_a_file_cut_short_gives_what_is_whole_and_a_damaged_one_says_so() -> None:
    frames = [frame(1, udp(CLIENT, SERVER, call(xid))) for xid in range(2)]
    for whole in (pcap(frames), pcapng(frames)):
        assert len(list(packets(io.BytesIO(whole[:-10])))) == 1
    too_long = pcap([])[:24] + (0).to_bytes(8) + (MAX_PACKET + 1).to_bytes(4, "little") + bytes(4)
    no_interface = pcapng([])[:28] + block("<", 6, bytes(20))
    for data in (b"", b"\x7fELF" + bytes(40), too_long, no_interface, pcapng([])[:28] + b"\x06\0\0\0" + bytes(12)):
        with pytest.raises(CaptureError):
            list(packets(io.BytesIO(data)))


def test_vlan_tags_are_passed_over() -> None:
    plain = frame(1, udp(CLIENT, SERVER, call(1)))
    tagged = plain[:12] + bytes.fromhex("88a80001 81000002") + plain[12:]
    assert summary(decode([tagged], 1)) == [(1, b"argument", None)]


@pytest.mark.parametrize(("client", "server"), [(CLIENT, SERVER), (CLIENT6, SERVER6)])
def test_ip_fragments_in_any_order_are_one_datagram(client: Any, server: Any) -> None:
    args = random.Random(1).randbytes(4000)
    body = udp(client, server, call(9, args))[20 if "." in client[0] else 40 :]
    parts = [
        ip(client[0], server[0], 17, body[at : at + 1480], offset=at, more=at + 1480 < len(body))
        for at in range(0, len(body), 1480)
    ]
    for frames in (parts, parts[::-1], [parts[1], parts[2], parts[0]]):
        assert summary(decode(frames)) == [(9, args, None)]


def test_a_datagram_sent_again_is_one_call_and_other_udp_is_none() -> None:
    frames = [udp(CLIENT, SERVER, call(3)), udp(CLIENT, SERVER, call(3)), udp(CLIENT, SERVER, b"a name question....")]
    (found,) = decode([*frames, udp(("192.0.2.9", 2049), CLIENT, reply(3))])
    assert isinstance(found, Exchange)
    assert (found.again, found.latency_ns) == (1, 3_000_003_000)


def test_refusals_answers_without_calls_and_calls_without_answers_are_kept() -> None:
    frames = [
        tcp(CLIENT, SERVER, 1, mark(call(1))),
        tcp(SERVER, CLIENT, 1, mark(pack_refusal(1, ProcedureUnavailable())) + mark(reply(77))),
        tcp(CLIENT, SERVER, 1 + len(mark(call(1))), mark(call(2))),
    ]
    refused, orphan, unanswered = decode(frames)
    assert isinstance(refused, Exchange)
    assert refused.reply is not None
    assert isinstance(refused.reply.refusal, ProcedureUnavailable)
    assert isinstance(orphan, Exchange)
    assert (orphan.call, orphan.src, orphan.xid) == (None, CLIENT, 77)
    assert summary([unanswered]) == [(2, b"argument", None)]


# -- tcp --------------------------------------------------------------------------------------------------------------

STREAM = b"".join(mark(call(xid, b"%08d" % xid * (1 + xid % 5))) for xid in range(40))
CALLS = [(xid, b"%08d" % xid * (1 + xid % 5), None) for xid in range(40)]


@pytest.mark.parametrize("seed", range(20))
def test_segments_in_any_order_and_twice_give_all_records(seed: int) -> None:
    chance = random.Random(seed)
    start = chance.choice([1000, 0xFFFFFF00])  # the second wraps
    segments = cut(CLIENT, SERVER, start + 1, STREAM, chance.randrange(1, 200))
    segments += [tcp(CLIENT, SERVER, start + 1 + at, STREAM[at : at + 90]) for at in range(0, 2000, 333)]
    for at in range(len(segments)):  # each moves a little
        other = min(len(segments) - 1, at + chance.randrange(8))
        segments[at], segments[other] = segments[other], segments[at]
    assert summary(decode([tcp(CLIENT, SERVER, start, flags=SYN), *segments])) == CALLS


def test_records_in_fragments_are_put_together() -> None:
    message = call(4, bytes(range(256)))
    pieces = [message[at : at + 50] for at in range(0, len(message), 50)]
    marked = b"".join((len(p) | (0x80000000 if p is pieces[-1] else 0)).to_bytes(4) + p for p in pieces)
    found = decode([tcp(CLIENT, SERVER, 0, flags=SYN), *cut(CLIENT, SERVER, 1, marked, 33)])
    assert summary(found) == [(4, bytes(range(256)), None)]


def test_after_a_hole_that_the_server_acknowledged_it_goes_on_at_the_next_record() -> None:
    records = [mark(call(xid)) for xid in range(4)]
    size = len(records[0])
    frames = [
        tcp(CLIENT, SERVER, 0, flags=SYN),
        tcp(CLIENT, SERVER, 1, records[0] + records[1][:20]),
        tcp(CLIENT, SERVER, 1 + 2 * size - 10, records[1][-10:] + records[2]),  # the bytes between are missing
        tcp(SERVER, CLIENT, 1, mark(reply(2)), ack=1 + 3 * size),
        tcp(CLIENT, SERVER, 1 + 3 * size, records[3], flags=ACK | FIN),
    ]
    found = summary(decode(frames))
    assert found == [
        f"{size - 30} bytes are not in the capture",
        "30 bytes passed over, up to the next record",
        (2, b"argument", b"result--"),
        (0, b"argument", None),
        (3, b"argument", None),
    ]


def test_a_capture_that_begins_in_the_middle_finds_the_next_record() -> None:
    frames = cut(CLIENT, SERVER, 500, STREAM[30:], 100)
    notice, *found = summary(decode(frames))
    assert notice.endswith("bytes passed over, up to the next record")
    assert found[-1] == CALLS[-1]
    assert found == CALLS[-len(found) :]
    assert len(found) >= 38


def test_a_new_connection_on_the_same_ports_starts_anew() -> None:
    frames = [
        tcp(CLIENT, SERVER, 10, flags=SYN), tcp(CLIENT, SERVER, 11, mark(call(1))[:30]),
        tcp(CLIENT, SERVER, 99_000, flags=SYN), tcp(CLIENT, SERVER, 99_001, mark(call(2))),
    ]  # fmt: skip
    assert summary(decode(frames)) == [(2, b"argument", None)]


# -- hostile ----------------------------------------------------------------------------------------------------------


def mutated(data: bytes, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(400):
        copy = bytearray(data)
        for _ in range(chance.randrange(1, 8)):
            copy[chance.randrange(len(copy))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        yield bytes(copy[: chance.randrange(len(copy))] if chance.random() < 0.2 else copy)


@pytest.mark.parametrize("link", [0, 1, 101, 113, 276])
def test_damaged_captures_raise_capture_error_or_give_less(link: int) -> None:
    frames = [tcp(CLIENT, SERVER, 0, flags=SYN), *cut(CLIENT, SERVER, 1, STREAM[:900], 120)]
    frames += [udp(CLIENT6, SERVER6, call(5)), udp(SERVER6, CLIENT6, reply(5))]
    framed = [frame(link, data) for data in frames]
    outcomes = set()
    for whole in (pcap(framed, link), pcapng(framed, link)):
        for data in mutated(whole, link):
            try:
                outcomes.update(type(one) for one in exchanges(packets(io.BytesIO(data))))
            except CaptureError:
                outcomes.add(CaptureError)
    assert outcomes == {Exchange, Notice, CaptureError}


def test_what_is_held_for_holes_is_bounded() -> None:
    stream = Stream()
    stream.feed(0, b"x")
    most = 0
    for number in range(1, 3000):
        stream.feed(number * 5000, bytes(4000))
        most = max(most, stream.held_bytes)
    assert most <= MAX_HELD
    assert stream.lost > 0


def test_fragments_that_overlap_are_not_kept_without_end() -> None:
    overlapping = [ip("192.0.2.1", "192.0.2.2", 17, bytes(1400), offset=8 * n, more=True) for n in range(3000)]
    frames = Frames()
    tracemalloc.start()
    try:
        assert all(frames.read(101, one) is None for one in overlapping)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_calls_without_answers_are_let_go_beyond_a_number() -> None:
    frames = (Packet(0, 101, udp(CLIENT, SERVER, call(xid))) for xid in range(MAX_PENDING + 50))
    found = exchanges(frames)
    assert summary([next(found) for _ in range(50)]) == [(xid, b"argument", None) for xid in range(50)]
