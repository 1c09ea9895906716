"""The server's side of a connection in libvirt's framing, without IO: bytes in, events out; answers in, bytes out.

    packet                                     what becomes of it
    CALL                                       a Call event
    CALL_WITH_FDS                              a CallWithDescriptors event
    STREAM, STREAM_HOLE of an open stream      a StreamInput event
    the keepalive program's ping               a Ping event; its pong: nothing, the peer lives
    STREAM of one that is closed, REPLY, ...   dropped and counted: such packets are old, not wrong
    a length that no packet can have           RemoteError; the session is broken
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Final, NamedTuple

from oncrpc.errors import RpcRefusal
from oncrpc.procedure import Call
from virnet import keepalive
from virnet.error import refusal_error
from virnet.errors import LocalError, RemoteError
from virnet.packet import (
    HEADER,
    MAX_BEFORE_LOGIN,
    MAX_STREAM_DATA,
    PAYLOAD_AT,
    Kind,
    PacketReader,
    Status,
    header,
    pack,
)
from virnet.stream import Act, Stream, StreamKey

EVENT_SERIAL: Final = 1
"""What libvirtd puts into the serial of its messages."""

_HOLE: Final = struct.Struct(">qI")
_pack_header = HEADER.pack
_unpack_header = HEADER.unpack_from
_REPLY: Final = int(Kind.REPLY)
_CALL: Final = int(Kind.CALL)


class Ping(NamedTuple):
    """The peer asks whether we are there: answer keepalive.PONG."""


class Input(Enum):
    """What came on a stream."""

    DATA = "data"
    HOLE = "hole"
    FINISH = "finish"
    ABORT = "abort"


class StreamInput(NamedTuple):
    """Something came on a stream: data has bytes, a hole its length in bytes."""

    stream: Stream
    what: Input
    data: bytes
    hole: int


class CallWithDescriptors(NamedTuple):
    """A call that brought file descriptors; whoever takes it closes them."""

    call: Call
    fds: tuple[int, ...]


Event = Call | CallWithDescriptors | StreamInput | Ping


class ServerSession:
    """One connection of a server. `peer` and `connection` go into each Call.

    A caller who has not said who it is may send packets of MAX_BEFORE_LOGIN bytes; `set_peer` lets it send longer ones.
    """

    def __init__(
        self,
        peer: Any = None,
        *,
        connection: Any = None,
        max_packet: int = MAX_BEFORE_LOGIN,
        takes_fds: bool = True,
    ) -> None:
        self.peer = peer
        self.connection = connection
        self.on_reply: Callable[[Any], None] | None = None
        self.dropped = 0
        self.surplus_fds: list[int] = []
        self.streams: dict[StreamKey, Stream] = {}
        self._reader = PacketReader(max_packet, takes_fds=takes_fds)

    @property
    def between_records(self) -> bool:
        """Whether no packet has begun that is not complete."""
        return self._reader.between_packets

    def set_peer(self, peer: Any, max_record: int) -> None:
        """Put a peer into the calls to come, and take packets of at most `max_record` bytes from it."""
        self.peer = peer
        self._reader.max_packet = max_record

    def receive(self, data: bytes, fds: Iterable[int] = ()) -> list[Event]:
        """Return what received bytes complete, in order. Raises RemoteError: the connection is to be closed."""
        events: list[Event] = []
        for packet in self._reader.feed(data, fds):
            _, program, version, procedure, kind, serial, _ = _unpack_header(packet)
            if kind == _CALL and program != keepalive.PROGRAM:
                events.append(self._call(program, version, procedure, serial, packet, PAYLOAD_AT))
            else:
                event = self._other(packet)
                if event is not None:
                    events.append(event)
        return events

    def leftover_fds(self) -> list[int]:
        """Return the descriptors that nobody took, to be closed."""
        surplus, self.surplus_fds = self.surplus_fds, []
        return surplus + self._reader.take_all_fds()

    # -- answers --------------------------------------------------------------------------------------------------

    @staticmethod
    def success(call: Call, result: bytes) -> bytes:
        """Return the packet that answers a call.

        result: a status word, then what the call returns (Status.OK) or an encoded error (Status.ERROR). The word goes
        into the header.
        """
        size = len(result) + (PAYLOAD_AT - 4)
        head = _pack_header(size, call.program, call.version, call.procedure, _REPLY, call.xid, result[3])
        return head + result[4:]

    @staticmethod
    def with_descriptors(reply: bytes, count: int) -> bytes:
        """Return a reply as one that `count` descriptors follow: a byte for each, that carries it (SCM_RIGHTS)."""
        head = header(reply)
        body = count.to_bytes(4, "big") + reply[PAYLOAD_AT:]
        kind = Kind.REPLY_WITH_FDS
        return pack(head.program, head.version, head.procedure, kind, head.serial, head.status, body)

    @staticmethod
    def refusal(call: Call, refusal: RpcRefusal) -> bytes:
        """Return the packet that says no to a call that did not get as far as its handler."""
        body = refusal_error(call, refusal)
        head = (call.program, call.version, call.procedure, _REPLY, call.xid, Status.ERROR)
        return _pack_header(PAYLOAD_AT + len(body), *head) + body

    @staticmethod
    def denied(refused: Any) -> bytes:
        """Nothing is answered to what is no call."""
        return b""

    @staticmethod
    def message(program: int, version: int, procedure: int, body: bytes) -> bytes:
        """Return the packet of an event."""
        return pack(program, version, procedure, Kind.MESSAGE, EVENT_SERIAL, Status.OK, body)

    # -- streams --------------------------------------------------------------------------------------------------

    def open_stream(self, call: Call) -> Stream:
        """Begin the stream that a call opens; its packets may follow the call's reply.

        Raises RemoteError when the caller has a stream of that very name open.
        """
        key = StreamKey(call.program, call.procedure, call.xid)
        if key in self.streams:
            raise RemoteError(f"stream {key} is open already")
        stream = self.streams[key] = Stream(key, call.version)
        return stream

    def stream_data(self, stream: Stream, data: bytes) -> bytes:
        """Return the packets that carry data (not empty, any length)."""
        if not data:
            raise LocalError("empty data would be the end of the stream")
        stream.move(Act.SEND)
        if len(data) <= MAX_STREAM_DATA:
            return self._stream(stream, Status.CONTINUE, data)
        cuts = range(0, len(data), MAX_STREAM_DATA)
        return b"".join(self._stream(stream, Status.CONTINUE, data[at : at + MAX_STREAM_DATA]) for at in cuts)

    def stream_hole(self, stream: Stream, length: int) -> bytes:
        """Return the packet that stands for `length` zero bytes."""
        stream.move(Act.SEND)
        key = stream.key
        body = _HOLE.pack(length, 0)
        return pack(
            key.program, stream.version, key.procedure, Kind.STREAM_HOLE, key.serial, Status.CONTINUE, body
        )

    def stream_end(self, stream: Stream) -> bytes:
        """Return the packet that says: no more data from us. The client's finish is to follow."""
        stream.move(Act.END)
        return self._stream(stream, Status.CONTINUE, b"")

    def stream_closed(self, stream: Stream) -> bytes:
        """Return the packet that answers the client's finish or abort."""
        return self._stream(stream, Status.OK, b"")

    def stream_failed(self, stream: Stream, error: bytes) -> bytes:
        """Return the packet that ends a stream with an encoded error."""
        if not stream.closed:
            stream.move(Act.ABORT)
        self.streams.pop(stream.key, None)
        return self._stream(stream, Status.ERROR, error)

    @staticmethod
    def _stream(stream: Stream, status: int, body: bytes) -> bytes:
        key = stream.key
        return pack(key.program, stream.version, key.procedure, Kind.STREAM, key.serial, status, body)

    def _call(self, program: int, version: int, procedure: int, serial: int, packet: bytes, offset: int) -> Call:
        return Call(serial, program, version, procedure, packet, offset, 0, b"", self.peer, self.connection)

    # -- what is no plain call --------------------------------------------------------------------------------------

    def _other(self, packet: bytes) -> Event | None:
        head = header(packet)
        if head.program == keepalive.PROGRAM:
            if head.kind in (Kind.CALL_WITH_FDS, Kind.REPLY_WITH_FDS):
                self.surplus_fds.extend(self._reader.take_fds())
            if head.procedure == keepalive.PROC_PING:
                return Ping()
            return None
        if head.kind == Kind.CALL_WITH_FDS:
            # The number of descriptors stands before the arguments.
            call = self._call(head.program, head.version, head.procedure, head.serial, packet, PAYLOAD_AT + 4)
            return CallWithDescriptors(call, self._reader.take_fds())
        if head.kind == Kind.REPLY_WITH_FDS:
            self.surplus_fds.extend(self._reader.take_fds())
        if head.kind in (Kind.STREAM, Kind.STREAM_HOLE):
            stream = self.streams.get(StreamKey(head.program, head.procedure, head.serial))
            if stream is not None:
                return self._stream_input(stream, packet, head.kind, head.status)
        self.dropped += 1
        return None

    def _stream_input(self, stream: Stream, packet: bytes, kind: int, status: int) -> StreamInput | None:
        if status == Status.CONTINUE:
            if kind == Kind.STREAM:
                return StreamInput(stream, Input.DATA, packet[PAYLOAD_AT:], 0)
            if len(packet) >= PAYLOAD_AT + _HOLE.size:
                length, _ = _HOLE.unpack_from(packet, PAYLOAD_AT)
                if length >= 0:
                    return StreamInput(stream, Input.HOLE, b"", length)
            raise RemoteError("a hole in a stream without a length that makes sense")
        del self.streams[stream.key]
        if status == Status.OK:
            stream.move(Act.GOT_FINISH)
            return StreamInput(stream, Input.FINISH, b"", 0)
        stream.move(Act.GOT_ERROR)
        return StreamInput(stream, Input.ABORT, b"", 0)
