"""Call and reply headers (RFC 5531 section 9), both ways. Hand-written: the hot path packs whole headers at once."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from oncrpc.errors import (
    AcceptedRefusal,
    AcceptStat,
    AuthError,
    AuthStat,
    GarbageArguments,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RejectStat,
    RemoteError,
    RpcMismatch,
    RpcRefusal,
    SystemFailure,
    XdrError,
)
from oncrpc.procedure import BackConnection, Call

RPC_VERSION: Final = 2
CALL: Final = 0
REPLY: Final = 1
MSG_ACCEPTED: Final = 0
MSG_DENIED: Final = 1

AUTH_NONE: Final = 0
AUTH_SYS: Final = 1
AUTH_TLS: Final = 7
MAX_AUTH_BYTES: Final = 400
"""The most bytes in a credential or verifier (RFC 5531 section 8.2)."""

_HEAD = struct.Struct(">6I")  # xid, CALL, rpcvers, prog, vers, proc
_PLAIN = struct.Struct(">10I")  # the same, AUTH_NONE credential and verifier
_unpack_plain = _PLAIN.unpack_from
_new_call = object.__new__
_ACCEPTED = struct.Struct(">6I")  # xid, REPLY, MSG_ACCEPTED, verf flavor, verf length, accept_stat
_WORDS2 = struct.Struct(">2I")
_WORDS3 = struct.Struct(">3I")


class OpaqueAuth(NamedTuple):
    """A credential or verifier: its flavor and at most 400 bytes (RFC 5531 section 8.2)."""

    flavor: int
    body: bytes


NO_AUTH: Final = OpaqueAuth(AUTH_NONE, b"")


def pack_auth(auth: OpaqueAuth) -> bytes:
    """Return the wire form of an opaque_auth. Raises XdrError when the body is over 400 bytes."""
    if len(auth.body) > MAX_AUTH_BYTES:
        raise XdrError(f"opaque_auth: {len(auth.body)} bytes, at most {MAX_AUTH_BYTES}")
    return _WORDS2.pack(auth.flavor, len(auth.body)) + auth.body + bytes(-len(auth.body) % 4)


def _unpack_auth(record: bytes, offset: int) -> tuple[OpaqueAuth, int]:
    flavor, size = _WORDS2.unpack_from(record, offset)
    if size > MAX_AUTH_BYTES:
        raise XdrError(f"opaque_auth of {size} bytes")
    end = offset + 8 + size
    if end + (-size % 4) > len(record):
        raise XdrError("opaque_auth longer than the message")
    return OpaqueAuth(flavor, record[offset + 8 : end]), end + (-size % 4)


def pack_call(
    xid: int, program: int, version: int, procedure: int, args: bytes, cred: OpaqueAuth = NO_AUTH
) -> bytes:
    """Return a whole call message."""
    if cred is NO_AUTH:
        return _PLAIN.pack(xid, CALL, RPC_VERSION, program, version, procedure, 0, 0, 0, 0) + args
    head = _HEAD.pack(xid, CALL, RPC_VERSION, program, version, procedure)
    return head + pack_auth(cred) + pack_auth(NO_AUTH) + args


class Refused(Exception):
    """A call answered before it gets to a program: `reply` is the message to send. Not an error of the session."""

    def __init__(self, reply: bytes) -> None:
        super().__init__("refused")
        self.reply = reply


class Probe(Refused):
    """The caller asks whether TLS may be started (RFC 9289 section 4.1); oncrpc.auth.tls has the answer that says yes.

    `reply` says no, for servers and transports without TLS: what servers that do not know AUTH_TLS say to it.
    """

    def __init__(self, call: Call) -> None:
        super().__init__(pack_refusal(call.xid, AuthError(AuthStat.AUTH_REJECTEDCRED)))
        self.call = call


def unpack_call(record: bytes, peer: object = None, connection: BackConnection | None = None) -> Call:
    """Return the call in a record.

    Raises Refused with the reply for a call that the RPC layer itself denies (RPC_MISMATCH; AUTH_BADCRED, AUTH_BADVERF
    for those that do not parse, and for AUTH_TLS where it may not be), Probe for one that asks for TLS, and RemoteError
    for what is no call at all.
    """
    if len(record) >= 40:
        xid, kind, rpc, program, version, procedure, flavor, size, flavor2, size2 = _unpack_plain(record)
        if kind == CALL and rpc == RPC_VERSION and not (flavor or size or flavor2 or size2):
            # As Call(...) would, without the call of __init__: this is on the way of every call.
            call = _new_call(Call)
            call.xid = xid
            call.program = program
            call.version = version
            call.procedure = procedure
            call.record = record
            call.offset = 40
            call.cred_flavor = AUTH_NONE
            call.cred = b""
            call.peer = peer
            call.connection = connection
            return call
    return _unpack_call(record, peer, connection)


def _unpack_call(record: bytes, peer: object, connection: BackConnection | None) -> Call:
    if len(record) < 12:
        raise RemoteError(f"a message of {len(record)} bytes is no call")
    xid, kind, rpc = _WORDS3.unpack_from(record)
    if kind != CALL:
        raise RemoteError(f"msg_type {kind} where a call is expected")
    if rpc != RPC_VERSION:
        raise Refused(pack_refusal(xid, RpcMismatch(RPC_VERSION, RPC_VERSION)))
    if len(record) < 24:
        raise RemoteError(f"a call of {len(record)} bytes has no header")
    program, version, procedure = _WORDS3.unpack_from(record, 12)
    try:
        cred, offset = _unpack_auth(record, 24)
    except (XdrError, struct.error):
        raise Refused(pack_refusal(xid, AuthError(AuthStat.AUTH_BADCRED))) from None
    try:
        verf, offset = _unpack_auth(record, offset)
    except (XdrError, struct.error):
        raise Refused(pack_refusal(xid, AuthError(AuthStat.AUTH_BADVERF))) from None
    call = Call(xid, program, version, procedure, record, offset, cred.flavor, cred.body, peer, connection)
    if cred.flavor == AUTH_TLS:
        if procedure != 0 or cred.body:
            raise Refused(pack_refusal(xid, AuthError(AuthStat.AUTH_BADCRED)))
        if verf != NO_AUTH:
            raise Refused(pack_refusal(xid, AuthError(AuthStat.AUTH_BADVERF)))
        raise Probe(call)
    return call


def pack_success(xid: int, result: bytes) -> bytes:
    """Return a whole reply that carries a result."""
    return _ACCEPTED.pack(xid, REPLY, MSG_ACCEPTED, 0, 0, 0) + result


def pack_refusal(xid: int, refusal: RpcRefusal) -> bytes:
    """Return a whole reply that says no."""
    if isinstance(refusal, RpcMismatch):
        return struct.pack(
            ">6I", xid, REPLY, MSG_DENIED, RejectStat.RPC_MISMATCH, refusal.low, refusal.high
        )
    if isinstance(refusal, AuthError):
        return struct.pack(">5I", xid, REPLY, MSG_DENIED, RejectStat.AUTH_ERROR, refusal.stat)
    stat = refusal.accept_stat if isinstance(refusal, AcceptedRefusal) else AcceptStat.SYSTEM_ERR
    head = _ACCEPTED.pack(xid, REPLY, MSG_ACCEPTED, 0, 0, stat)
    if isinstance(refusal, ProgramMismatch):
        return head + _WORDS2.pack(refusal.low, refusal.high)
    return head


class Reply(NamedTuple):
    """A reply: which call it answers, where the result begins in the record, or why there is none."""

    xid: int
    record: bytes
    offset: int
    refusal: RpcRefusal | None


def unpack_reply(record: bytes) -> Reply:
    """Return the reply in a record. Raises RemoteError for what is no reply."""
    try:
        return _unpack_reply(record)
    except (struct.error, XdrError) as exc:
        raise RemoteError(f"a reply that does not decode ({len(record)} bytes)") from exc


def _unpack_reply(record: bytes) -> Reply:
    xid, kind, stat = _WORDS3.unpack_from(record)
    if kind != REPLY:
        raise RemoteError(f"msg_type {kind} where a reply is expected")
    if stat == MSG_ACCEPTED:
        _, offset = _unpack_auth(record, 12)
        (accept,) = struct.unpack_from(">I", record, offset)
        if accept == AcceptStat.SUCCESS:
            return Reply(xid, record, offset + 4, None)
        return Reply(xid, record, offset + 4, _received(_accepted_refusal(accept, record, offset + 4)))
    if stat != MSG_DENIED:
        raise RemoteError(f"reply_stat {stat}")
    (reject,) = struct.unpack_from(">I", record, 12)
    if reject == RejectStat.RPC_MISMATCH:
        return Reply(xid, record, 16, _received(RpcMismatch(*_WORDS2.unpack_from(record, 16))))
    if reject == RejectStat.AUTH_ERROR:
        return Reply(xid, record, 16, _received(AuthError(struct.unpack_from(">I", record, 16)[0])))
    raise RemoteError(f"reject_stat {reject}")


def _received(refusal: RpcRefusal) -> RpcRefusal:
    refusal.received = True
    return refusal


def _accepted_refusal(stat: int, record: bytes, offset: int) -> RpcRefusal:
    if stat == AcceptStat.PROG_MISMATCH:
        return ProgramMismatch(*_WORDS2.unpack_from(record, offset))
    simple: dict[int, type[RpcRefusal]] = {
        AcceptStat.PROG_UNAVAIL: ProgramUnavailable,
        AcceptStat.PROC_UNAVAIL: ProcedureUnavailable,
        AcceptStat.GARBAGE_ARGS: GarbageArguments,
        AcceptStat.SYSTEM_ERR: SystemFailure,
    }
    if stat not in simple:
        raise RemoteError(f"accept_stat {stat}")
    return simple[stat]()
