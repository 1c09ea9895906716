"""The blocking client's connection: whose turn it is, what is under way, and how that ends."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from oncrpc.client_session import ClientSession
from oncrpc.errors import (
    CallCancelled,
    CallTimeout,
    ConnectionLost,
    LocalError,
    NotDelivered,
    OutcomeUnknown,
    ProtocolError,
    RemoteError,
)
from oncrpc.message import Refused, Reply, unpack_call
from oncrpc.pipeline import Pending
from oncrpc.record import mark
from oncrpc.transport.datagram import retry_wait_s
from oncrpc.transport.dialing import Dialer

if TYPE_CHECKING:
    from oncrpc.dispatch import Dispatcher

MAX_CALLED: Final = 1024
"""How many calls of the server may wait while we cannot send: one that makes more of them reads no answers."""
POLL_S: Final = 0.001
"""The shortest time to look whether something came in."""


class Transport(Protocol):
    """What the client needs of a transport; transport.blocking and transport.memory have it."""

    def send(self, data: bytes, deadline: float | None) -> None: ...
    def receive(self, deadline: float | None) -> bytes: ...
    def readable_now(self) -> bool: ...
    def close(self) -> None: ...
    def wake(self) -> None: ...
    def end(self) -> None: ...
    def watch(self, cancelled: Callable[[], bool], taken: Callable[[bytes], None]) -> None: ...


def answer_to(serve: Dispatcher, record: bytes) -> bytes:
    """Return the bytes that answer a call of the server. Raises RemoteError for what is no call."""
    try:
        return mark(serve.reply_now(unpack_call(record)))
    except Refused as refused:
        return mark(refused.reply)


class Line:
    """One transport after another under one session; threads take turns on it.

    connector: makes a new transport within so many seconds, None for a line that cannot be restored. Only the thread
    whose turn it is touches the transport, and so closes it too: no other thread can pull a descriptor from under it.
    """

    def __init__(
        self,
        transport: Transport,
        session: ClientSession,
        *,
        datagram: bool,
        serve: Dispatcher | None,
        connector: Callable[[float | None], Transport] | None,
    ) -> None:
        if serve is not None and datagram:
            raise LocalError("a server cannot call back by udp")
        self.session = session
        self.done = threading.Event()
        """Set when the user has closed: nothing is to be restored."""
        self.retransmissions = 0
        self._datagram = datagram
        self._serve = serve
        self._connector = connector
        self._lock = threading.RLock()
        self._closed: str | None = None
        self._called: deque[bytes] = deque()
        self._answering = False
        self._under_way: int | None = None
        self._cancelled: int | None = None
        self._early: list[Reply] = []
        """What came in while we waited for room to send; as long as there is any, `_next` gives it before it reads."""
        self._next: Callable[[float | None], list[Reply]] = self._read
        self._pausing: list[threading.Event] = []
        self._dialling = self._dial_cancelled = False
        self._transport = transport
        transport.watch(self._is_cancelled, self._take_early)
        if serve is not None:
            session.on_call = self._called.append

    # Calls

    def call(self, number: int, packed: bytes, limit: float | None) -> Reply:
        """Send a call and return its reply, within `limit` seconds. Raises TransportError, ProtocolError."""
        deadline = None if limit is None else time.monotonic() + limit
        if not self._lock.acquire(blocking=False):
            self._wait_for_turn(limit)
        try:
            if self._closed is not None or self._answering:
                raise self._unusable()
            xid, message = self.session.call(number, packed)
            self._under_way = xid
            try:
                if self._datagram:
                    return self._exchange_datagrams(xid, message, deadline)
                return self._exchange(xid, message, deadline)
            finally:
                self._under_way = None
                self.session.forget(xid)
        finally:
            self.end_turn()

    def send(self, number: int, packed: bytes, limit: float | None) -> None:
        """Send a call whose reply nobody waits for. Raises TransportError."""
        deadline = None if limit is None else time.monotonic() + limit
        self.take_turn(limit)
        try:
            self._drop_answers()
            xid, message = self.session.call(number, packed)
            self.session.forget(xid)
            self._under_way = xid
            self._send(message, deadline)
        finally:
            self._under_way = None
            self.end_turn()

    def settle(self, waiting: dict[int, Pending[Any]], data: bytes, deadline: float | None) -> None:
        """Send calls and settle them as their answers come; what is left in `waiting` has none."""
        if self._closed is not None:
            raise self._unusable()
        self._under_way = next(iter(waiting))  # one stands for all: they are cancelled together
        try:
            self._send(data, deadline)
            while waiting:
                for reply in self._receive(deadline):
                    pending = waiting.pop(reply.xid, None)
                    if pending is not None:
                        pending.settle(reply)
        finally:
            self._under_way = None

    def serve_pending(self, timeout_s: float | None, limit: float | None) -> int:
        """Answer what the server calls; return how many calls that were, 0 when none came within timeout_s."""
        if self._serve is None:
            raise LocalError("this client offers nothing for a server to call (serve=...)")
        deadline = None if timeout_s is None else time.monotonic() + max(timeout_s, POLL_S)
        if not self._lock.acquire(timeout=-1 if timeout_s is None else max(timeout_s, POLL_S)):
            return 0  # another thread's call is under way, and answers meanwhile
        try:
            if self._closed is not None or self._answering:
                raise self._unusable()
            while not self._called:
                try:
                    self.session.receive(self._transport.receive(deadline))
                except CallTimeout:
                    return 0
                except (OutcomeUnknown, ProtocolError) as exc:
                    self.give_up(str(exc))
                    raise
            return self._answer(self._serve, None if limit is None else time.monotonic() + limit)
        finally:
            self.end_turn()

    # Turns, and their end from other threads

    def take_turn(self, limit: float | None) -> None:
        """Wait for other threads' calls to end. Raises NotDelivered when that takes longer, or the line has ended."""
        self._wait_for_turn(limit)
        if self._closed is not None or self._answering:
            self.end_turn()
            raise self._unusable()

    def take_sound_turn(self, limit: float | None) -> None:
        """As take_turn; raises NotDelivered also when the peer has closed the connection meanwhile."""
        self.take_turn(limit)
        try:
            self._drop_answers()
        except BaseException:
            self.end_turn()
            raise

    def end_turn(self) -> None:
        """Let the next thread go on; close what another thread wanted closed meanwhile."""
        self._lock.release()
        if self._closed is not None and self._lock.acquire(blocking=False):
            try:
                self._transport.close()
            finally:
                self._lock.release()

    def cancel(self) -> bool:
        """End the call under way with CallCancelled; if there is none, those between two tries. Return whether any."""
        xid = self._under_way
        if xid is not None:
            self._cancelled = xid
            self._transport.wake()
            return True
        between = list(self._pausing)
        for pause in between:
            pause.set()
        if self._dialling:
            self._dial_cancelled = True
            self._end_dialling()
        return bool(between) or self._dial_cancelled

    def pause(self, seconds: float) -> None:
        """Wait between two tries; `close` ends that. Raises CallCancelled."""
        woken = threading.Event()
        self._pausing.append(woken)
        try:
            if not self.done.is_set() and woken.wait(min(seconds, threading.TIMEOUT_MAX)) and not self.done.is_set():
                raise CallCancelled("the call was cancelled by another thread before it was tried again")
        finally:
            self._pausing.remove(woken)

    def close(self, why: str = "the client is closed") -> None:
        """Close for good. A call that waits in another thread is woken; that thread then closes the transport."""
        self.done.set()
        self._closed = why
        for pause in list(self._pausing):
            pause.set()
        self._end_dialling()
        if self._lock.acquire(blocking=False):
            try:
                self._transport.close()
            finally:
                self._lock.release()
        else:
            self._transport.end()

    def give_up(self, why: str) -> None:
        """End the connection in the thread whose turn it is."""
        self._closed = self._closed or f"the connection ended before: {why}"
        self._transport.close()

    def restore(self, timeout_s: float | None, set_up: Callable[[], None]) -> None:
        """Connect if the connection was lost, and call set_up before any other thread's turn. Raises NotDelivered.

        What set_up raises ends the new connection too.
        """
        if self._closed is None or self._connector is None:
            return
        self._wait_for_turn(timeout_s)
        try:
            if self._closed is None or self._answering or self.done.is_set():
                return
            self._transport = self._connect(self._connector, timeout_s)
            self._transport.watch(self._is_cancelled, self._take_early)
            self._called.clear()
            self._early, self._next = [], self._read
            self.session.restart()
            self._closed = None
            # Looked at last: close() sets it first and then looks at _closed.
            if self.done.is_set():
                self._closed = "the client is closed"
                return
            try:
                set_up()
            except BaseException as exc:
                self.give_up(str(exc))
                raise
        finally:
            self.end_turn()

    def _connect(self, connector: Callable[[float | None], Transport], timeout_s: float | None) -> Transport:
        self._dial_cancelled, self._dialling = False, True
        try:
            # Looked at last: close() sets it first and then ends the dialling.
            if self.done.is_set():
                raise NotDelivered("the client is closed")
            return connector(timeout_s)
        except NotDelivered as exc:
            if self._dial_cancelled:
                raise CallCancelled("the call was cancelled by another thread while it connected") from exc
            raise
        finally:
            self._dialling = False

    def _end_dialling(self) -> None:
        if self._dialling and isinstance(self._connector, Dialer):
            self._connector.end()

    def _wait_for_turn(self, limit: float | None) -> None:
        if not self._lock.acquire(timeout=-1 if limit is None else min(max(limit, 0.0), threading.TIMEOUT_MAX)):
            raise NotDelivered(f"calls of other threads took all of the {limit} s allowed")

    def _is_cancelled(self) -> bool:
        return self._cancelled is not None and self._cancelled == self._under_way

    def _unusable(self) -> NotDelivered | LocalError:
        if self._closed is not None:
            return NotDelivered(self._closed)
        return LocalError("what answers a call of the server cannot call by the same client")

    # Bytes

    def _exchange(self, xid: int, message: bytes, deadline: float | None) -> Reply:
        self._send(message, deadline)
        while True:
            for reply in self._receive(deadline):
                if reply.xid == xid:
                    return reply

    def _send(self, message: bytes, deadline: float | None) -> None:
        try:
            self._transport.send(message, deadline)
        except BaseException as exc:
            # Also for KeyboardInterrupt: half a record may be on its way, and nothing can follow it.
            if not self._datagram:
                self.give_up(str(exc) or type(exc).__name__)
            raise

    def _receive(self, deadline: float | None) -> list[Reply]:
        """Return the replies that come in next; answer the calls that come between them."""
        replies = self._next(deadline)
        if self._called and self._serve is not None:
            self._answer(self._serve, deadline)
        return replies

    def _read(self, deadline: float | None) -> list[Reply]:
        try:
            return self.session.receive(self._transport.receive(deadline))
        except (CallTimeout, CallCancelled):
            raise
        except (OutcomeUnknown, ProtocolError) as exc:
            self.give_up(str(exc))
            raise

    def _take_early(self, data: bytes) -> None:
        """Take what comes in while we wait for room to send. Raises ProtocolError."""
        self._early += self.session.receive(data)
        self._next = self._read_early
        if len(self._called) > MAX_CALLED:
            raise RemoteError(f"the server made over {MAX_CALLED} calls and reads no answers")

    def _read_early(self, deadline: float | None) -> list[Reply]:
        replies, self._early = self._early, []
        self._next = self._read
        return replies if replies or self._called else self._read(deadline)

    def _drop_answers(self) -> None:
        """Read what has come in: a server that answers calls sent one way must not wait for us to read."""
        if self._datagram:
            return
        try:
            while self._transport.readable_now():
                self._read(time.monotonic() + POLL_S)
        except CallTimeout:  # part of a TLS record
            return
        except OutcomeUnknown as exc:
            raise NotDelivered(str(exc)) from exc

    def _answer(self, serve: Dispatcher, deadline: float | None) -> int:
        """Answer the calls of the server that have come in; return how many."""
        count = 0
        self._answering = True
        try:
            while self._called:
                self._send(answer_to(serve, self._called.popleft()), deadline)
                count += 1
        except (OutcomeUnknown, ProtocolError) as exc:
            self.give_up(str(exc))
            raise
        finally:
            self._answering = False
        return count

    def _exchange_datagrams(self, xid: int, message: bytes, deadline: float | None) -> Reply:
        copies = 0
        while True:
            self._transport.send(message, deadline)
            copies += 1
            self.retransmissions += copies > 1
            again = time.monotonic() + retry_wait_s(copies)
            if deadline is not None:
                again = min(again, deadline)
            try:
                while True:
                    reply = self.session.receive_datagram(self._transport.receive(again))
                    if reply is not None and reply.xid == xid:
                        return reply
            except CallTimeout:
                if deadline is not None and time.monotonic() >= deadline:
                    raise
            except NotDelivered as exc:
                if copies == 1:
                    raise
                # The server may have taken an earlier copy, and ended before it answered.
                raise ConnectionLost("nobody listens on that udp port any more") from exc
