"""The client's side of a connection in libvirt's framing, without IO: calls in, bytes out; bytes in, events out.

    packet                                     what becomes of it
    REPLY to a call that waits                 a Reply event
    REPLY_WITH_FDS to one                      the same, with descriptors
    MESSAGE                                    a Message event
    STREAM, STREAM_HOLE of an open stream      a StreamInput event
    the keepalive program's ping               a Ping event: answer keepalive.PONG; its pong: nothing, the peer lives
    a reply nobody waits for, a stream that    dropped and counted: such packets are old, not wrong
    is closed, a call
    a length that no packet can have           RemoteError; the session is broken for good

A reply belongs to a call by serial, program and procedure. A stream belongs to the call that opened it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from enum import Enum
from typing import Final, NamedTuple

from virnet import keepalive
from virnet.errors import BrokenSession, LocalError, RemoteError
from virnet.packet import MAX_PACKET, MAX_STREAM_DATA, PAYLOAD_AT, Header, Kind, PacketReader, Status, header, pack
from virnet.stream import Act, State, Stream, StreamKey

LAST_SERIAL: Final = 0xFFFFFFFF

_HOLE: Final = struct.Struct(">qI")


class Ping(NamedTuple):
    """The peer asks whether we are there: answer keepalive.PONG."""


class Reply(NamedTuple):
    """The answer to a call: body is what it returned, or, when failed, an encoded error.

    fds: descriptors that came with it; whoever takes them closes them.
    """

    serial: int
    failed: bool
    body: bytes
    fds: tuple[int, ...]


class Message(NamedTuple):
    """An event that the server tells."""

    program: int
    procedure: int
    body: bytes


class Input(Enum):
    """What came on a stream. END: no more data, the stream is to be finished. FINISHED: it is over, all went well."""

    DATA = "data"
    HOLE = "hole"
    END = "end"
    FINISHED = "finished"
    FAILED = "failed"


class StreamInput(NamedTuple):
    """Something came on a stream: DATA has bytes, FAILED an encoded error, a HOLE its length in bytes."""

    stream: Stream
    what: Input
    data: bytes
    hole: int


Event = Reply | Message | StreamInput | Ping


class ClientSession:
    """One connection of a client. first_serial: where the serials of calls start."""

    def __init__(self, *, first_serial: int = 0, max_packet: int = MAX_PACKET) -> None:
        self.dropped = 0
        self.streams: dict[StreamKey, Stream] = {}
        self._reader = PacketReader(max_packet)
        self._serial = first_serial
        self._waiting: dict[int, tuple[int, int]] = {}
        self._broken = False

    @property
    def waiting(self) -> int:
        """How many calls wait for their reply."""
        return len(self._waiting)

    def call(self, program: int, version: int, procedure: int, args: bytes) -> tuple[int, bytes]:
        """Return the serial of a new call, and its packet."""
        serial = self._next_serial()
        packet = pack(program, version, procedure, Kind.CALL, serial, Status.OK, args)
        if len(packet) > self._reader.max_packet:
            raise LocalError(f"a call of {len(packet)} bytes; {self._reader.max_packet} are allowed")
        self._waiting[serial] = (program, procedure)
        return serial, packet

    def forget(self, serial: int) -> None:
        """Drop the reply to a call, should it still come."""
        self._waiting.pop(serial, None)

    def receive(self, data: bytes, fds: Iterable[int] = ()) -> list[Event]:
        """Return what received bytes complete, in order. Raises RemoteError: the connection is to be closed."""
        if self._broken:
            raise BrokenSession("the session stopped at an error before")
        events: list[Event] = []
        try:
            for packet in self._reader.feed(data, fds):
                event = self._event(packet)
                if event is None:
                    self.dropped += 1
                else:
                    events.append(event)
        except RemoteError:
            self._broken = True
            raise
        return events

    def leftover_fds(self) -> list[int]:
        """Return the descriptors that nobody took, to be closed."""
        return self._reader.take_all_fds()

    # -- streams --------------------------------------------------------------------------------------------------

    def call_stream(self, program: int, version: int, procedure: int, args: bytes) -> tuple[Stream, bytes]:
        """Return the stream that a new call opens, and the call's packet; the call's serial is in the stream's key.

        The server may send on it right behind its reply. A reply that failed ends it.
        """
        serial, packet = self.call(program, version, procedure, args)
        key = StreamKey(program, procedure, serial)
        stream = self.streams[key] = Stream(key, version)
        return stream, packet

    def stream_data(self, stream: Stream, data: bytes) -> bytes:
        """Return the packets that carry data (not empty, any length)."""
        if not data:
            raise LocalError("empty data would be the end of the stream")
        stream.move(Act.SEND)
        if len(data) <= MAX_STREAM_DATA:
            return _stream(stream, Status.CONTINUE, data)
        cuts = range(0, len(data), MAX_STREAM_DATA)
        return b"".join(_stream(stream, Status.CONTINUE, data[at : at + MAX_STREAM_DATA]) for at in cuts)

    def stream_hole(self, stream: Stream, length: int) -> bytes:
        """Return the packet that stands for `length` zero bytes."""
        stream.move(Act.SEND)
        return _stream(stream, Status.CONTINUE, _HOLE.pack(length, 0), Kind.STREAM_HOLE)

    def stream_finish(self, stream: Stream) -> bytes:
        """Return the packet that says: all is sent, or all is taken. The server answers FINISHED or FAILED."""
        stream.move(Act.FINISH)
        return _stream(stream, Status.OK, b"")

    def stream_abort(self, stream: Stream) -> bytes:
        """Return the packet that ends a stream at once; what the server still sends on it is dropped."""
        stream.move(Act.ABORT)
        self.streams.pop(stream.key, None)
        return _stream(stream, Status.ERROR, b"")

    # -- what comes ---------------------------------------------------------------------------------------------------

    def _next_serial(self) -> int:
        # A connection that lives long comes round to serials of calls that still wait.
        taken = {key.serial for key in self.streams} if self.streams else set()
        while True:
            serial = self._serial
            self._serial = 0 if serial == LAST_SERIAL else serial + 1
            if serial not in self._waiting and serial not in taken:
                return serial

    def _event(self, packet: bytes) -> Event | None:
        head = header(packet)
        if head.program == keepalive.PROGRAM:
            return Ping() if head.procedure == keepalive.PROC_PING else None
        if head.kind == Kind.REPLY:
            return self._reply(head, packet, PAYLOAD_AT, ())
        if head.kind == Kind.REPLY_WITH_FDS:
            # The number of descriptors stands before what is returned.
            return self._reply(head, packet, PAYLOAD_AT + 4, self._reader.take_fds())
        if head.kind == Kind.CALL_WITH_FDS:
            raise RemoteError("the server sends descriptors with a call; servers do not call")
        if head.kind == Kind.MESSAGE:
            return Message(head.program, head.procedure, packet[PAYLOAD_AT:])
        if head.kind in (Kind.STREAM, Kind.STREAM_HOLE):
            stream = self.streams.get(StreamKey(head.program, head.procedure, head.serial))
            return None if stream is None else self._stream_input(stream, packet, head)
        return None

    def _reply(self, head: Header, packet: bytes, at: int, fds: tuple[int, ...]) -> Reply | None:
        if self._waiting.get(head.serial) != (head.program, head.procedure):
            if fds:
                raise RemoteError("descriptors came with a reply to no call")
            return None
        del self._waiting[head.serial]
        if head.status not in (Status.OK, Status.ERROR):
            raise RemoteError(f"a reply of status {head.status}")
        failed = head.status == Status.ERROR
        stream = self.streams.get(StreamKey(head.program, head.procedure, head.serial))
        if failed and stream is not None:
            self._close(stream, Act.GOT_ERROR)
        return Reply(head.serial, failed, packet[at:], fds)

    def _stream_input(self, stream: Stream, packet: bytes, head: Header) -> StreamInput | None:
        if head.status == Status.CONTINUE:
            return self._continued(stream, packet, head)
        if head.status == Status.OK:
            self._close(stream, Act.GOT_FINISH)
            return StreamInput(stream, Input.FINISHED, b"", 0)
        self._close(stream, Act.GOT_ERROR)
        return StreamInput(stream, Input.FAILED, packet[PAYLOAD_AT:], 0)

    def _continued(self, stream: Stream, packet: bytes, head: Header) -> StreamInput | None:
        if stream.state is not State.OPEN:
            # We have said that we want no more, or it has said that there is no more.
            return None
        if head.kind == Kind.STREAM_HOLE:
            length = _HOLE.unpack_from(packet, PAYLOAD_AT)[0] if head.length >= PAYLOAD_AT + _HOLE.size else -1
            if length < 0:
                raise RemoteError("a hole in a stream without a length that makes sense")
            return StreamInput(stream, Input.HOLE, b"", length)
        if head.length > PAYLOAD_AT:
            return StreamInput(stream, Input.DATA, packet[PAYLOAD_AT:], 0)
        stream.move(Act.GOT_END)
        return StreamInput(stream, Input.END, b"", 0)

    def _close(self, stream: Stream, act: Act) -> None:
        stream.move(act)
        self.streams.pop(stream.key, None)


def _stream(stream: Stream, status: int, body: bytes, kind: int = Kind.STREAM) -> bytes:
    key = stream.key
    return pack(key.program, stream.version, key.procedure, kind, key.serial, status, body)
