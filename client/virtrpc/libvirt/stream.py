"""virStream: data to and from the daemon."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from oncrpc.errors import OncRpcError
from virnet.client_session import Input, StreamInput
from virnet.stream import Stream
from virtrpc.libvirt.calls import lost
from virtrpc.libvirt.errors import failed, refused
from virtrpc.libvirt_wire import REMOTE, Request, wire_error

if TYPE_CHECKING:
    from virtrpc.libvirt.connect import virConnect

CHUNK_BYTES: Final = 262_120
"""What sendAll and recvAll handle at once: what one packet takes."""

NONBLOCK: Final = 1
STOP_AT_HOLE: Final = 1
WOULD_WAIT: Final = -2
AT_HOLE: Final = -3

_INVALID: Final = 55
_FROM_STREAMS: Final = 38


class virStream:
    """A stream; a call that takes one opens it."""

    def __init__(self, conn: virConnect, flags: int = 0) -> None:
        self._conn = conn
        self._waits = not flags & NONBLOCK
        self._stream: Stream | None = None
        self._data = b""
        self._hole = 0
        self._ended = False

    def connect(self) -> virConnect:
        """Return the connection."""
        return self._conn

    def send(self, data: bytes) -> int:
        """Send data; return how many bytes went."""
        if data:
            self._try(lambda: self._conn._link.stream_send(self._opened(), data))
        return len(data)

    def sendHole(self, length: int, flags: int = 0) -> int:
        """Send so many zeros as a hole."""
        self._try(lambda: self._conn._link.stream_hole(self._opened(), length))
        return 0

    def recv(self, nbytes: int) -> bytes | int:
        """Return up to so many bytes; none: the end; -2: none yet, on a stream that does not wait. Holes are zeros."""
        return self.recvFlags(nbytes, 0)

    def recvFlags(self, nbytes: int, flags: int = 0) -> bytes | int:
        """As recv; with VIR_STREAM_RECV_STOP_AT_HOLE -3 says that a hole is next."""
        while not self._data and not self._hole and not self._ended:
            if not self._more():
                return WOULD_WAIT
        if self._hole and not self._data:
            if flags & STOP_AT_HOLE:
                return AT_HOLE
            size = min(nbytes, self._hole)
            self._hole -= size
            return bytes(size)
        found, self._data = self._data[:nbytes], self._data[nbytes:]
        return found

    def recvHole(self, flags: int = 0) -> int:
        """Return how long the hole is that is next, and go past it."""
        while not self._data and not self._hole and not self._ended:
            if not self._more():
                return WOULD_WAIT
        hole, self._hole = self._hole, 0
        return hole

    def sendAll(self, handler: Callable[[virStream, int, Any], bytes], opaque: Any) -> None:
        """Send what handler(stream, most, opaque) gives, until it gives nothing. Aborts when it raises."""
        self._guarded(lambda: self._send_all(handler, opaque))

    def recvAll(self, handler: Callable[[virStream, bytes, Any], Any], opaque: Any) -> None:
        """Give all that comes to handler(stream, data, opaque). Aborts when it raises or returns -1."""
        self._guarded(lambda: self._recv_all(handler, None, opaque))

    def sparseRecvAll(
        self,
        handler: Callable[[virStream, bytes, Any], Any],
        holeHandler: Callable[[virStream, int, Any], Any],
        opaque: Any,
    ) -> None:
        """As recvAll, with holes told to holeHandler(stream, length, opaque)."""
        self._guarded(lambda: self._recv_all(handler, holeHandler, opaque))

    def sparseSendAll(
        self,
        handler: Callable[[virStream, int, Any], bytes],
        holeHandler: Callable[[virStream, Any], tuple[bool, int]],
        skipHandler: Callable[[virStream, int, Any], Any],
        opaque: Any,
    ) -> None:
        """Send a source with holes. holeHandler gives (in data, bytes to the next change); skipHandler goes past."""

        def send() -> None:
            while True:
                in_data, length = holeHandler(self, opaque)
                if not in_data and length > 0:
                    self.sendHole(length)
                    skipHandler(self, length, opaque)
                    continue
                data = handler(self, min(CHUNK_BYTES, length) if length else CHUNK_BYTES, opaque)
                if not data:
                    return
                self.send(data)

        self._guarded(send)

    def finish(self) -> int:
        """Say that all is done, and wait for the daemon's word that it took it."""
        stream = self._opened()
        link = self._conn._link
        if not stream.closed:
            self._try(lambda: link.stream_finish(stream))
        while not self._ended or link.stream_look(stream) is not None or not stream.closed:
            if stream.closed and link.stream_look(stream) is None:
                break
            self._take(self._received(stream))
        link.stream_forget(stream)
        self._stream = None
        return 0

    def abort(self) -> int:
        """End it at once."""
        stream = self._opened()
        if not stream.closed:
            self._try(lambda: self._conn._link.stream_abort(stream))
        self._stream = None
        return 0

    # -- inside -------------------------------------------------------------------------------------------------------

    def _open(self, procedure: int, args: bytes) -> bytes:
        """Make the call that opens it; return what it returned. Raises libvirtError."""
        request = Request(REMOTE.number, procedure, args)
        timeout_s = self._conn._wire.call_timeout_s
        stream, reply = self._try(lambda: self._conn._link.open_stream(request, timeout_s))
        if reply.failed:
            self._conn._link.stream_forget(stream)
            raise failed(wire_error(reply.body))
        self._stream, self._data, self._hole, self._ended = stream, b"", 0, False
        body: bytes = reply.body
        return body

    def _opened(self) -> Stream:
        if self._stream is None:
            raise refused(_INVALID, _FROM_STREAMS, "Requested operation is not valid: stream is not open")
        return self._stream

    def _try(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except OncRpcError as exc:
            raise self._why() or lost(exc) from exc

    def _why(self) -> Exception | None:
        """Return the error that the daemon ended the stream with, if it did."""
        stream = self._stream
        found = None if stream is None else self._conn._link.stream_look(stream)
        if found is not None and found.what is Input.FAILED:
            return failed(wire_error(found.data))
        return None

    def _received(self, stream: Stream) -> StreamInput:
        found: StreamInput = self._try(lambda: self._conn._link.stream_receive(stream))
        return found

    def _more(self) -> bool:
        """Take the next thing that came; False when none has, and this stream does not wait."""
        stream = self._opened()
        if self._waits:
            self._take(self._received(stream))
            return True
        found = self._try(lambda: self._conn._link.stream_receive(stream, wait=False))
        if found is not None:
            self._take(found)
        return found is not None

    def _take(self, found: StreamInput) -> None:
        if found.what is Input.DATA:
            self._data += found.data
        elif found.what is Input.HOLE:
            self._hole += found.hole
        elif found.what is Input.FAILED:
            self._ended = True
            self._stream = None
            raise failed(wire_error(found.data))
        else:
            self._ended = True

    def _send_all(self, handler: Callable[[virStream, int, Any], bytes], opaque: Any) -> None:
        while True:
            data = handler(self, CHUNK_BYTES, opaque)
            if not data:
                return
            self.send(data)

    def _recv_all(
        self,
        handler: Callable[[virStream, bytes, Any], Any],
        hole_handler: Callable[[virStream, int, Any], Any] | None,
        opaque: Any,
    ) -> None:
        while True:
            data = self.recvFlags(CHUNK_BYTES, 0 if hole_handler is None else STOP_AT_HOLE)
            if data == AT_HOLE and hole_handler is not None:
                answer = hole_handler(self, self.recvHole(), opaque)
            elif isinstance(data, bytes) and data:
                answer = handler(self, data, opaque)
            else:
                return
            if isinstance(answer, int) and answer < 0:
                raise RuntimeError("the handler did not take what came")

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException:
            if self._stream is not None and not self._stream.closed:
                self.abort()
            raise
