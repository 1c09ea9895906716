"""Headers: bytes from RFC 5531's layout, written out by hand, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncrpc import errors, message
from oncrpc.auth import sys as auth_sys
from oncrpc.errors import (
    AuthError,
    AuthStat,
    GarbageArguments,
    OncRpcError,
    ProcedureUnavailable,
    ProgramMismatch,
    ProgramUnavailable,
    RemoteError,
    RpcMismatch,
    RpcRefusal,
    SystemFailure,
    XdrError,
)
from oncrpc.procedure import Call

PLAIN_CALL = "00000001 00000000 00000002 20000099 00000002 00000005 00000000 00000000 00000000 00000000"
SYS_CALL = (
    "00000001 00000000 00000002 20000099 00000002 00000005 00000001 0000001c 00000007 00000004 686f7374 000003e8"
    " 00000064 00000001 00000005 00000000 00000000"
)


def words(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def test_a_call_without_credential_packs_and_unpacks() -> None:
    wire = message.pack_call(1, 0x20000099, 2, 5, b"args")
    assert wire == words(PLAIN_CALL) + b"args"
    call = message.unpack_call(wire, "me")
    assert (call.xid, call.program, call.version, call.procedure, call.peer) == (1, 0x20000099, 2, 5, "me")
    assert call.record[call.offset :] == b"args"


def test_the_quick_way_fills_a_call_as_its_constructor_does() -> None:
    wire = words(PLAIN_CALL) + b"args"
    quick, made = message.unpack_call(wire, "me"), Call(1, 0x20000099, 2, 5, wire, 40, peer="me")
    assert {name: getattr(quick, name) for name in Call.__slots__} == {
        name: getattr(made, name) for name in Call.__slots__
    }


def test_a_call_with_auth_sys_packs_and_unpacks() -> None:
    cred = auth_sys.credential(auth_sys.AuthSysParms(7, "host", 1000, 100, [5]))
    wire = message.pack_call(1, 0x20000099, 2, 5, b"", cred)
    assert wire == words(SYS_CALL)
    call = message.unpack_call(wire)
    assert call.cred_flavor == 1
    assert auth_sys.parse(call.cred) == auth_sys.AuthSysParms(7, "host", 1000, 100, [5])
    assert call.offset == len(wire)


def test_an_auth_sys_credential_that_does_not_parse_is_badcred() -> None:
    with pytest.raises(AuthError) as caught:
        auth_sys.parse(b"\0\0\0")
    assert caught.value.stat == AuthStat.AUTH_BADCRED


def test_a_credential_over_400_bytes_is_not_sent() -> None:
    with pytest.raises(XdrError, match="401 bytes"):
        message.pack_auth(message.OpaqueAuth(1, bytes(401)))


DENIED: list[tuple[str, str]] = [
    # another RPC version: RPC_MISMATCH 2..2
    ("00000001 00000000 00000003", "00000001 00000001 00000001 00000000 00000002 00000002"),
    # a credential of 401 bytes, one longer than the message: AUTH_BADCRED
    (PLAIN_CALL[:62] + " 00000191" + "00" * 404, "00000001 00000001 00000001 00000001 00000001"),
    (PLAIN_CALL[:53] + " 00000001 00000190 00000000", "00000001 00000001 00000001 00000001 00000001"),
    # a verifier longer than the message: AUTH_BADVERF
    (PLAIN_CALL[:71] + " 00000000 00000190", "00000001 00000001 00000001 00000001 00000003"),
]


@pytest.mark.parametrize(("wire", "reply"), DENIED)
def test_calls_that_rpc_itself_denies_get_their_answer(wire: str, reply: str) -> None:
    with pytest.raises(message.Refused) as caught:
        message.unpack_call(words(wire))
    assert caught.value.reply == words(reply)


@pytest.mark.parametrize("wire", ["", "00000001", "00000001 00000001 00000002", "00000001 00000000 00000002 20000099"])
def test_what_is_no_call_breaks_the_connection(wire: str) -> None:
    with pytest.raises(RemoteError):
        message.unpack_call(words(wire))


REFUSALS: list[tuple[RpcRefusal, str]] = [
    (RpcMismatch(2, 2), "00000009 00000001 00000001 00000000 00000002 00000002"),
    (AuthError(5), "00000009 00000001 00000001 00000001 00000005"),
    (ProgramUnavailable(), "00000009 00000001 00000000 00000000 00000000 00000001"),
    (ProgramMismatch(1, 2), "00000009 00000001 00000000 00000000 00000000 00000002 00000001 00000002"),
    (ProcedureUnavailable(), "00000009 00000001 00000000 00000000 00000000 00000003"),
    (GarbageArguments(), "00000009 00000001 00000000 00000000 00000000 00000004"),
    (SystemFailure(), "00000009 00000001 00000000 00000000 00000000 00000005"),
]


@pytest.mark.parametrize(("refusal", "wire"), REFUSALS, ids=lambda item: type(item).__name__)
def test_every_refusal_packs_and_unpacks(refusal: RpcRefusal, wire: str) -> None:
    assert message.pack_refusal(9, refusal) == words(wire)
    reply = message.unpack_reply(words(wire))
    assert reply.xid == 9
    assert type(reply.refusal) is type(refusal)
    assert reply.refusal.args == refusal.args or not refusal.args[0]
    assert str(reply.refusal)


def test_a_success_packs_and_unpacks() -> None:
    wire = message.pack_success(9, b"data")
    assert wire == words("00000009 00000001 00000000 00000000 00000000 00000000") + b"data"
    reply = message.unpack_reply(wire)
    assert (reply.xid, reply.refusal, reply.record[reply.offset :]) == (9, None, b"data")


def test_a_verifier_in_a_reply_is_passed_over() -> None:
    wire = words("00000009 00000001 00000000 00000002 00000005 6162636465000000 00000000") + b"data"
    reply = message.unpack_reply(wire)
    assert reply.record[reply.offset :] == b"data"


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "00000009 00000000 00000000",
        "00000009 00000001 00000002",
        "00000009 00000001 00000000 00000000 00000000 00000006",
        "00000009 00000001 00000001 00000007",
        "00000009 00000001 00000000 00000000 000001ff",
    ],
)
def test_what_is_no_reply_is_a_remote_error(wire: str) -> None:
    with pytest.raises(RemoteError):
        message.unpack_reply(words(wire))


@given(st.binary(max_size=120))
def test_random_bytes_have_no_other_outcome(data: bytes) -> None:
    for read in (message.unpack_call, message.unpack_reply):
        try:
            read(data)
        except (OncRpcError, message.Refused):
            continue


def test_every_refusal_has_a_number_of_its_own() -> None:
    accepted = [cls.accept_stat for cls in errors.AcceptedRefusal.__subclasses__()]
    assert sorted(accepted) == [1, 2, 3, 4, 5]
