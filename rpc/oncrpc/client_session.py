"""The client's side of a connection, without IO: calls in, bytes out; bytes in, replies out; matched by xid.

    state      what is pending            after
    OPEN       any number of xids         a reply, `forget` (timeout) or `close`
    BROKEN     nothing                    a peer that broke the framing; every use raises BrokenSession

A reply whose xid is not pending is late (its call timed out) or never asked for: it is counted and dropped. A call of
the server goes to `on_call`, for a client that offers something to it; both sides number their calls as they like.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Final, TypeVar

from oncrpc.errors import BrokenSession, RemoteError, XdrError
from oncrpc.message import CALL, NO_AUTH, OpaqueAuth, Reply, pack_call, unpack_reply
from oncrpc.procedure import Procedure
from oncrpc.record import MAX_RECORD, RecordReader, mark

R = TypeVar("R")

_CALL: Final = CALL.to_bytes(4, "big")


def decode_result(procedure: Procedure[R], reply: Reply) -> R:
    """Return the result in a reply. Raises the refusal it carries, RemoteError when it does not decode."""
    if reply.refusal is not None:
        raise reply.refusal
    try:
        value: R = procedure.result.decoder(reply.record, reply.offset, 0)[0]
    except (XdrError, struct.error) as exc:
        raise RemoteError(f"{procedure.name}: the result does not decode: {exc}") from exc
    return value


class ClientSession:
    """Calls to one program and version over one connection.

    first_xid: where the transaction ids start (random when None). stream: whether messages are record-marked.
    """

    def __init__(
        self,
        program: int,
        version: int,
        *,
        cred: OpaqueAuth = NO_AUTH,
        first_xid: int | None = None,
        max_record: int = MAX_RECORD,
        stream: bool = True,
    ) -> None:
        self.program = program
        self.version = version
        self.cred = cred
        self.dropped_replies = 0
        self._xid = random.getrandbits(32) if first_xid is None else first_xid & 0xFFFFFFFF
        self._max_record = max_record
        self._reader = RecordReader(max_record)
        self._stream = stream
        self.on_call: Callable[[bytes], None] | None = None
        """Who takes the messages by which the server calls us; while it is None, one breaks the session."""
        self._pending: set[int] = set()
        self._broken: str | None = None

    @property
    def pending(self) -> frozenset[int]:
        """The xids that wait for a reply."""
        return frozenset(self._pending)

    def call(self, procedure: int, args: bytes) -> tuple[int, bytes]:
        """Return (xid, bytes to send) for a call. Raises BrokenSession."""
        if self._broken is not None:
            raise BrokenSession(self._broken)
        while self._xid in self._pending:
            self._xid = (self._xid + 1) & 0xFFFFFFFF
        xid = self._xid
        self._xid = (xid + 1) & 0xFFFFFFFF
        self._pending.add(xid)
        message = pack_call(xid, self.program, self.version, procedure, args, self.cred)
        return xid, mark(message) if self._stream else message

    def restart(self) -> None:
        """Begin anew on a new connection: nothing is pending, xids go on."""
        self._reader = RecordReader(self._max_record)
        self._pending.clear()
        self._broken = None

    def expect(self, xid: int) -> None:
        """Wait for one more reply to a call: a broadcast has many."""
        self._pending.add(xid)

    def forget(self, xid: int) -> None:
        """Stop waiting for a call; its reply, should it come, is dropped."""
        self._pending.discard(xid)

    def receive(self, data: bytes) -> list[Reply]:
        """Return the replies that received stream bytes complete.

        Raises RemoteError when the peer broke the framing or sent what is no reply; the session is then broken.
        """
        if self._broken is not None:
            raise BrokenSession(self._broken)
        try:
            records = self._reader.feed(data)
            if self.on_call is not None:
                records = self._without_calls(records, self.on_call)
            replies = [unpack_reply(record) for record in records]
        except RemoteError as exc:
            self._broken = f"the session is broken: {exc}"
            raise
        return [reply for reply in replies if self._match(reply)]

    def receive_datagram(self, data: bytes) -> Reply | None:
        """Return the reply in a datagram, None when it is none of ours (anybody can send us one)."""
        try:
            reply = unpack_reply(data)
        except RemoteError:
            self.dropped_replies += 1
            return None
        return reply if self._match(reply) else None

    @staticmethod
    def _without_calls(records: list[bytes], take: Callable[[bytes], None]) -> list[bytes]:
        """Hand on the records that are calls; return the others."""
        others = []
        for record in records:
            if record[4:8] == _CALL:
                take(record)
            else:
                others.append(record)
        return others

    def _match(self, reply: Reply) -> bool:
        if reply.xid in self._pending:
            self._pending.discard(reply.xid)
            return True
        self.dropped_replies += 1
        return False
