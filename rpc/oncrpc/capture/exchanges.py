"""Calls and their answers in captured packets, matched by xid."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from oncrpc.capture.files import Packet
from oncrpc.capture.frames import Datagram, End, Frames, Segment
from oncrpc.capture.streams import Stream
from oncrpc.errors import RemoteError
from oncrpc.message import Probe, Refused, Reply, unpack_call, unpack_reply
from oncrpc.procedure import Call

MAX_STREAMS: Final = 4096
"""How many directions of connections are followed at a time; the one silent for longest gives way."""

MAX_HELD: Final = 128 * 2**20
"""The most bytes held for all streams together; then those silent for longest give way."""

MAX_PENDING: Final = 16_384
"""How many calls may wait for their answers; the oldest is then given as unanswered."""

MAX_PENDING_BYTES: Final = 128 * 2**20


class Exchange(NamedTuple):
    """A call and its answer. time_ns: of the call (of the reply, if the call is missing), nanoseconds since 1970.

    call: None when only the reply was captured; src and dst are the client's and the server's end in either case.
    reply, latency_ns: None when there was none. again: how often the call was sent again (udp).
    """

    time_ns: int
    src: End
    dst: End
    transport: str
    xid: int
    call: Call | None
    reply: Reply | None
    latency_ns: int | None
    again: int


class Notice(NamedTuple):
    """Something that the capture lacks, or that is no RPC, on one direction of a connection."""

    time_ns: int
    src: End
    dst: End
    text: str


class _Pending:
    __slots__ = ("again", "call", "dst", "src", "time_ns", "transport")

    def __init__(self, time_ns: int, src: End, dst: End, transport: str, call: Call) -> None:
        self.time_ns, self.src, self.dst, self.transport, self.call = time_ns, src, dst, transport, call
        self.again = 0

    def with_reply(self, time_ns: int, reply: Reply | None) -> Exchange:
        latency = None if reply is None else time_ns - self.time_ns
        return Exchange(
            self.time_ns, self.src, self.dst, self.transport, self.call.xid, self.call, reply, latency, self.again
        )  # fmt: skip


def exchanges(packets: Iterable[Packet]) -> Iterator[Exchange | Notice]:
    """Give each call with its answer, when the answer comes; at the end, the calls that got none."""
    frames, tracker = Frames(), _Tracker()
    for time_ns, link, data in packets:
        found = frames.read(link, data)
        if isinstance(found, Datagram):
            yield from tracker.datagram(time_ns, found)
        elif isinstance(found, Segment):
            yield from tracker.segment(time_ns, found)
    yield from tracker.finish()


_Key = tuple[str, End, End | None, int]
_Give = Callable[[Stream], list[bytes]]


class _Tracker:
    def __init__(self) -> None:
        self._streams: OrderedDict[tuple[End, End], Stream] = OrderedDict()
        self._held = 0
        self._pending: OrderedDict[_Key, _Pending] = OrderedDict()
        self._pending_bytes = 0
        self._now = 0

    def datagram(self, time_ns: int, found: Datagram) -> Iterator[Exchange | Notice]:
        self._now = time_ns
        yield from self._message(found.src, found.dst, "udp", found.data)

    def segment(self, time_ns: int, found: Segment) -> Iterator[Exchange | Notice]:
        self._now = time_ns
        ends = (found.src, found.dst)
        if found.ack is not None and (found.dst, found.src) in self._streams:
            ack = found.ack
            yield from self._feed((found.dst, found.src), lambda stream: stream.acknowledged(ack))
        if found.syn:
            yield from self._feed(ends, lambda stream: stream.begin(found.seq))
        if found.data:
            seq = found.seq + found.syn
            yield from self._feed(ends, lambda stream: stream.feed(seq & 0xFFFFFFFF, found.data))
        if found.end and ends in self._streams:
            yield from self._feed(ends, Stream.give_up)
        while len(self._streams) > MAX_STREAMS or self._held > MAX_HELD:
            yield from self._drop_stream()

    def finish(self) -> Iterator[Exchange | Notice]:
        for ends in list(self._streams):
            yield from self._feed(ends, Stream.give_up)
        for pending in self._pending.values():
            yield pending.with_reply(0, None)
        self._pending.clear()

    def _stream(self, ends: tuple[End, End]) -> Stream:
        stream = self._streams.get(ends)
        if stream is None:
            stream = self._streams[ends] = Stream()
        self._streams.move_to_end(ends)
        return stream

    def _drop_stream(self) -> Iterator[Notice]:
        ends, stream = self._streams.popitem(last=False)
        self._held -= stream.held_bytes
        if stream.held_bytes:
            yield Notice(self._now, *ends, f"{stream.held_bytes} bytes dropped: too much is unfinished in this capture")

    def _feed(self, ends: tuple[End, End], give: _Give) -> Iterator[Exchange | Notice]:
        stream = self._stream(ends)
        lost, skipped, held = stream.lost, stream.skipped, stream.held_bytes
        records = give(stream)
        self._held += stream.held_bytes - held
        if stream.lost > lost:
            yield Notice(self._now, *ends, f"{stream.lost - lost} bytes are not in the capture")
        if stream.skipped > skipped:
            yield Notice(self._now, *ends, f"{stream.skipped - skipped} bytes passed over, up to the next record")
        for record in records:
            yield from self._message(*ends, "tcp", record)

    def _message(self, src: End, dst: End, transport: str, record: bytes) -> Iterator[Exchange | Notice]:
        call = _call(record)
        if call is not None:
            yield from self._called(src, dst, transport, call)
            return
        try:
            reply = unpack_reply(record)
        except RemoteError as error:
            if transport == "tcp":
                yield Notice(self._now, src, dst, f"a record that is no RPC message: {error}")
            return
        # A udp server may answer from another of its addresses, or to a broadcast.
        pending = self._pending.pop(_key(transport, dst, src, reply.xid), None)
        if pending is not None:
            self._pending_bytes -= len(pending.call.record)
            yield pending.with_reply(self._now, reply)
        elif transport == "tcp":
            yield Exchange(self._now, dst, src, transport, reply.xid, None, reply, None, 0)

    def _called(self, src: End, dst: End, transport: str, call: Call) -> Iterator[Exchange]:
        key = _key(transport, src, dst, call.xid)
        before = self._pending.get(key)
        if before is not None and before.call.record == call.record:
            before.again += 1
            return
        if before is not None:
            yield self._unanswered(key)
        self._pending[key] = _Pending(self._now, src, dst, transport, call)
        self._pending_bytes += len(call.record)
        while len(self._pending) > MAX_PENDING or self._pending_bytes > MAX_PENDING_BYTES:
            yield self._unanswered(next(iter(self._pending)))

    def _unanswered(self, key: _Key) -> Exchange:
        pending = self._pending.pop(key)
        self._pending_bytes -= len(pending.call.record)
        return pending.with_reply(0, None)


def _key(transport: str, client: End, server: End, xid: int) -> _Key:
    return transport, client, None if transport == "udp" else server, xid


def _call(record: bytes) -> Call | None:
    """Return the call in a record, None for what is none."""
    try:
        return unpack_call(record)
    except Probe as probe:
        return probe.call
    except (Refused, RemoteError):
        return None
