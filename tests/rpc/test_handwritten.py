"""The hand-written headers are, byte for byte, what the compiler makes of RFC 5531's definitions."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pyrpcgen
from oncrpc import errors, message
from oncrpc.errors import RpcRefusal

SOURCE = Path(__file__).resolve().parent.parent / "vectors" / "rpc_message.x"


def compiled() -> Any:
    module = types.ModuleType("rpc_message")
    exec(compile(pyrpcgen.compile_file(SOURCE), "rpc_message.py", "exec"), module.__dict__)
    return module


m = compiled()
words = st.integers(0, 0xFFFFFFFF)
# AUTH_TLS is no credential but a question, and no call comes of it: test_auth_tls.py has that.
flavors = words.filter(lambda flavor: flavor != message.AUTH_TLS)
auths = st.builds(message.OpaqueAuth, flavors, st.binary(max_size=400))


def auth(value: message.OpaqueAuth) -> Any:
    return m.opaque_auth(value.flavor, value.body)


@given(words, words, words, words, auths)
def test_calls(xid: int, program: int, version: int, procedure: int, cred: message.OpaqueAuth) -> None:
    body = m.call_body(2, program, version, procedure, auth(cred), m.opaque_auth(0, b""))
    wire = m.rpc_msg(xid, m.message_body(m.msg_type.CALL, body)).to_xdr()
    assert message.pack_call(xid, program, version, procedure, b"", cred) == wire
    call = message.unpack_call(wire)
    assert (call.xid, call.program, call.version, call.procedure) == (xid, program, version, procedure)
    assert (call.cred_flavor, call.cred, call.offset) == (cred.flavor, cred.body, len(wire))


def accepted(stat: Any, value: Any = None) -> Any:
    return m.accepted_reply(m.opaque_auth(0, b""), m.accepted_data(stat, value))


REPLIES: list[tuple[RpcRefusal | None, Any]] = [
    (None, ("accepted", m.accept_stat.SUCCESS, None)),
    (errors.ProgramUnavailable(), ("accepted", m.accept_stat.PROG_UNAVAIL, None)),
    (errors.ProgramMismatch(3, 9), ("accepted", m.accept_stat.PROG_MISMATCH, m.version_range(3, 9))),
    (errors.ProcedureUnavailable(), ("accepted", m.accept_stat.PROC_UNAVAIL, None)),
    (errors.GarbageArguments(), ("accepted", m.accept_stat.GARBAGE_ARGS, None)),
    (errors.SystemFailure(), ("accepted", m.accept_stat.SYSTEM_ERR, None)),
    (errors.RpcMismatch(2, 2), ("denied", m.reject_stat.RPC_MISMATCH, m.version_range(2, 2))),
    (errors.AuthError(7), ("denied", m.reject_stat.AUTH_ERROR, 7)),
]


@pytest.mark.parametrize(("refusal", "parts"), REPLIES, ids=lambda item: type(item).__name__)
def test_replies(refusal: RpcRefusal | None, parts: tuple[str, Any, Any]) -> None:
    kind, stat, value = parts
    if kind == "accepted":
        reply = m.reply_body(m.reply_stat.MSG_ACCEPTED, accepted(stat, value))
    else:
        reply = m.reply_body(m.reply_stat.MSG_DENIED, m.rejected_reply(stat, value))
    wire = m.rpc_msg(77, m.message_body(m.msg_type.REPLY, reply)).to_xdr()
    ours = message.pack_success(77, b"") if refusal is None else message.pack_refusal(77, refusal)
    assert ours == wire
    assert type(message.unpack_reply(wire).refusal) is type(refusal)
