"""The server's side of a connection, without IO: bytes in, calls out; results and refusals in, bytes out."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from oncrpc.errors import RemoteError, RpcRefusal
from oncrpc.message import REPLY, Refused, Reply, pack_refusal, unpack_call, unpack_reply
from oncrpc.procedure import BackConnection, Call
from oncrpc.record import LAST, MAX_FRAGMENTS, MAX_RECORD, RecordReader, mark

# record mark, xid, REPLY; then zeros: MSG_ACCEPTED, verf flavor, verf length, SUCCESS
_pack_marked = struct.Struct(">3I16x").pack


class ServerSession:
    """One stream connection of a server. `peer` and `connection` go into each Call."""

    def __init__(
        self,
        peer: Any = None,
        *,
        connection: BackConnection | None = None,
        max_record: int = MAX_RECORD,
        max_fragments: int = MAX_FRAGMENTS,
    ) -> None:
        self.peer = peer
        self.connection = connection
        self.on_reply: Callable[[Reply], None] | None = None
        """Who made calls to the client here and takes the replies; while it is None, a reply breaks the session."""
        self._reader = RecordReader(max_record, max_fragments)

    @property
    def between_records(self) -> bool:
        """Whether no record has begun that is not complete."""
        return self._reader.between_records

    @property
    def pending_bytes(self) -> int:
        """How many bytes wait for the rest of their record."""
        return self._reader.pending_bytes

    def set_peer(self, peer: Any, max_record: int) -> None:
        """Put a peer into the calls to come, and take records of at most max_record bytes from it."""
        self.peer = peer
        self._reader.max_record = max_record

    def receive(self, data: bytes) -> list[Call | Refused]:
        """Return what received bytes complete, in order: calls, and calls the RPC layer itself denies.

        Replies to our own calls go to `on_reply`. Raises RemoteError when the peer broke the framing or sent what is
        neither: the connection is to be closed.
        """
        events: list[Call | Refused] = []
        peer, connection = self.peer, self.connection
        for record in self._reader.feed(data):
            try:
                events.append(unpack_call(record, peer, connection))
            except Refused as refused:
                events.append(refused)
            except RemoteError:
                if self.on_reply is None:
                    raise
                self.on_reply(unpack_reply(record))
        return events

    @staticmethod
    def success(call: Call, result: bytes) -> bytes:
        """Return the bytes that carry `result` back."""
        return _pack_marked(LAST + 24 + len(result), call.xid, REPLY) + result

    @staticmethod
    def refusal(call: Call, refusal: RpcRefusal) -> bytes:
        """Return the bytes that say no."""
        return mark(pack_refusal(call.xid, refusal))

    @staticmethod
    def denied(refused: Refused) -> bytes:
        """Return the bytes that answer a call the RPC layer denies."""
        return mark(refused.reply)
