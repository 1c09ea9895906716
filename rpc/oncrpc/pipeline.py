"""Many calls of a blocking client on their way at once: sent together, answered in any order.

    with client.pipeline() as calls:
        infos = [calls.call(V1_TABLE["INFO"], name) for name in names]
    print([info.result() for info in infos])

Calls are held until there are `window` of them or CHUNK_BYTES, then sent in one go, and the next ones only when these
are answered. So nothing is sent while the server may be waiting for us to read: neither side can lock the other up,
however long the answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from oncrpc.client_session import ClientSession, decode_result
from oncrpc.errors import CallCancelled, LocalError, NotDelivered, OncRpcError, TransportError
from oncrpc.message import Reply
from oncrpc.procedure import Procedure
from oncrpc.reconnect import Reconnect

R = TypeVar("R")

WINDOW: Final = 256
CHUNK_BYTES: Final = 32_768
"""What any socket takes although nobody reads at the other end. A longer call goes alone."""

Exchange = Callable[[dict[int, "Pending[Any]"], bytes, float | None], None]
"""Sends bytes and settles the calls, by xid, until all are answered. Raises what the calls that are left end with."""


class Pending(Generic[R]):
    """A call of a pipeline, and later its outcome."""

    __slots__ = ("_error", "_flush", "_procedure", "_reply")

    def __init__(self, procedure: Procedure[R], flush: Callable[[], None]) -> None:
        self._procedure = procedure
        self._flush: Callable[[], None] | None = flush
        self._reply: Reply | None = None
        self._error: OncRpcError | None = None

    @property
    def done(self) -> bool:
        """Whether there is an outcome; `result` then does not wait."""
        return self._reply is not None or self._error is not None

    def result(self) -> R:
        """Return the result; sends what is held and waits, if need be. Raises what Client.call raises."""
        if not self.done and self._flush is not None:
            self._flush()
        if self._error is not None:
            raise self._error
        if self._reply is None:
            raise LocalError(f"{self._procedure.name}: the pipeline was left before the call was sent")
        return decode_result(self._procedure, self._reply)

    @property
    def procedure(self) -> Procedure[R]:
        """What was called."""
        return self._procedure

    def settle(self, reply: Reply) -> None:
        """Take the reply."""
        self._reply, self._flush = reply, None

    def fail(self, error: OncRpcError) -> None:
        """Take the error that the call ended with."""
        self._error, self._flush = error, None


class Pipeline:
    """What `Client.pipeline` gives; used in a `with` block, by one thread.

    The client's connection is ours for as long as the block takes: calls of other threads wait. Leaving the block
    waits for all answers; leaving it by an exception gives up what was not sent. rule: which calls are sent again when
    the connection is lost; recover: waits and connects before that new try.
    """

    def __init__(
        self,
        session: ClientSession,
        exchange: Exchange,
        begin: Callable[[], None],
        end: Callable[[], None],
        *,
        window: int,
        timeout_s: float | None,
        rule: Reconnect | None = None,
        recover: Callable[[int], None] = lambda attempt: None,
    ) -> None:
        if window < 1:
            raise LocalError(f"a window of {window} calls")
        self.window = window
        self.timeout_s = timeout_s
        self._session = session
        self._exchange = exchange
        self._begin = begin
        self._end = end
        self._rule = rule
        self._recover = recover
        self._open = False
        self._held: dict[int, Pending[Any]] = {}
        self._data: list[bytes] = []
        self._size = 0

    def call(self, procedure: Procedure[R], *args: object, timeout_s: float | None = None) -> Pending[R]:
        """Hold a call, or send it with those that are held. Raises XdrError for arguments that do not fit.

        timeout_s: None, as stubs say; LocalError for more, since the pipeline has one for all.
        """
        if timeout_s is not None:
            raise LocalError("a pipeline has one timeout_s for all of its calls")
        if not self._open:
            raise LocalError("a pipeline is used in a with block")
        packed = procedure.pack_args(args)
        if self._held and self._size + len(packed) > CHUNK_BYTES:
            self.flush()
        pending = Pending(procedure, self.flush)
        xid, message = self._session.call(procedure.number, packed)
        self._held[xid] = pending
        self._data.append(message)
        self._size += len(message)
        if len(self._held) >= self.window:
            self.flush()
        return pending

    def flush(self) -> None:
        """Send what is held and wait for the answers, timeout_s at most; errors are in the calls."""
        held, messages = self._held, dict(zip(self._held, self._data, strict=True))
        self._held, self._data, self._size = {}, [], 0
        attempt = 0
        try:
            while held:
                try:
                    if attempt:
                        self._recover(attempt)
                        for xid in held:
                            self._session.expect(xid)
                    data = b"".join([messages[xid] for xid in held])
                    self._exchange(held, data, None if self.timeout_s is None else time.monotonic() + self.timeout_s)
                except OncRpcError as error:
                    attempt += 1
                    self._fail(held, error, attempt)
        except BaseException:  # Ctrl-C
            for pending in held.values():
                pending.fail(CallCancelled("the program was interrupted while the call waited; it may have run"))
            raise
        finally:
            for xid in messages:
                self._session.forget(xid)

    def _fail(self, held: dict[int, Pending[Any]], error: OncRpcError, attempt: int) -> None:
        """End the calls that an error has ended; leave those that are to be tried again."""
        again = self._rule.tries_again if self._rule is not None else None
        for xid, pending in list(held.items()):
            if again is None or not isinstance(error, TransportError) or not again(error, pending.procedure, attempt):
                pending.fail(error)
                del held[xid]

    def __enter__(self) -> Self:
        self._begin()
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
            for xid, pending in self._held.items():
                self._session.forget(xid)
                pending.fail(NotDelivered("the pipeline was left by an exception"))
            self._held, self._data = {}, []
        finally:
            self._open = False
            self._end()
