"""The question for TLS and its answers, byte by byte (RFC 9289 section 4.1), without IO."""

from __future__ import annotations

import struct

import pytest
from tls_server import NULL_REPLY, PROBE, STARTTLS
from xdr_sample import PROGRAM

from oncrpc.auth.tls import Question, offers_tls, with_starttls
from oncrpc.errors import ProgramMismatch, RemoteError
from oncrpc.message import Probe, Refused, pack_refusal, pack_success, unpack_call, unpack_reply

YES = STARTTLS[4:]
REJECTED = struct.pack(">5I", 7, 1, 1, 1, 2)  # MSG_DENIED, AUTH_ERROR, AUTH_REJECTEDCRED
BAD_CRED = struct.pack(">5I", 7, 1, 1, 1, 1)
BAD_VERF = struct.pack(">5I", 7, 1, 1, 1, 3)


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def test_the_question_is_a_null_call_with_an_empty_credential_of_flavor_seven() -> None:
    assert Question(PROGRAM, 2, xid=7).message == PROBE


@pytest.mark.parametrize(
    ("answer", "yes"),
    [
        (YES, True),
        (words(7, 1, 0, 0, 8) + b"STARTTLS" + words(2, 1, 2), True),  # PROG_MISMATCH: the verifier is what counts
        (words(7, 1, 0, 0, 0, 0), False),
        (words(7, 1, 0, 0, 8) + b"starttls" + words(0), False),
        (words(7, 1, 0, 0, 7) + b"STARTTL\0" + words(0), False),
        (words(7, 1, 0, 0, 9) + b"STARTTLSX\0\0\0" + words(0), False),
        (words(7, 1, 0, 1, 8) + b"STARTTLS" + words(0), False),
        (words(7, 1, 0, 7, 8) + b"STARTTLS" + words(0), False),
        (words(7, 1, 0, 0, 8) + b"STARTTLS", False),
        (REJECTED, False),
        (words(7, 1, 1, 0, 2, 2), False),
    ],
)
def test_only_the_very_token_in_an_accepted_answer_means_yes(answer: bytes, yes: bool) -> None:
    assert offers_tls(answer, 7) is yes


@pytest.mark.parametrize("answer", [b"", words(7), words(8) + YES[4:], words(7, 0) + YES[8:], b"HTTP/1.1 400 Bad\r\n"])
def test_what_is_no_answer_is_an_error(answer: bytes) -> None:
    with pytest.raises(RemoteError):
        offers_tls(answer, 7)


def test_an_answer_may_come_in_any_pieces() -> None:
    question = Question(PROGRAM, 2, xid=7)
    pieces = [STARTTLS[at : at + 1] for at in range(len(STARTTLS))]
    assert [question.feed(piece) for piece in pieces] == [None] * (len(pieces) - 1) + [True]


@pytest.mark.parametrize("behind", [b"\0", NULL_REPLY, words(0x80000004, 1)])
def test_bytes_behind_the_answer_are_an_error(behind: bytes) -> None:
    with pytest.raises(RemoteError, match="nobody asked for"):
        Question(PROGRAM, 2, xid=7).feed(STARTTLS + behind)


def test_an_answer_of_a_gigabyte_is_refused_at_its_announcement() -> None:
    with pytest.raises(RemoteError, match="1024 are allowed"):
        Question(PROGRAM, 2, xid=7).feed(words(0xC0000000))


def test_an_accepted_reply_says_yes_with_the_other_verifier() -> None:
    assert with_starttls(pack_success(7, b"")) == YES
    mismatch = with_starttls(pack_refusal(7, ProgramMismatch(2, 3)))
    assert offers_tls(mismatch, 7)
    refusal = unpack_reply(mismatch).refusal
    assert isinstance(refusal, ProgramMismatch)
    assert (refusal.low, refusal.high) == (2, 3)


def refused(call: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        unpack_call(call)
    return caught.value


def test_a_server_without_tls_rejects_the_credential() -> None:
    found = refused(PROBE[4:])
    assert isinstance(found, Probe)
    assert found.reply == REJECTED
    assert (found.call.program, found.call.version, found.call.procedure) == (PROGRAM, 2, 0)


@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (words(7, 0, 2, PROGRAM, 2, 1, 7, 0, 0, 0), BAD_CRED),  # another procedure than NULL
        (words(7, 0, 2, PROGRAM, 2, 0, 7, 4, 1, 0, 0), BAD_CRED),  # the credential has a body
        (words(7, 0, 2, PROGRAM, 2, 0, 7, 0, 1, 0), BAD_VERF),  # the verifier is not AUTH_NONE
        (words(7, 0, 2, PROGRAM, 2, 0, 7, 0, 0, 4, 1), BAD_VERF),  # the verifier has a body
    ],
)
def test_the_flavor_anywhere_else_is_an_auth_error(call: bytes, reply: bytes) -> None:
    found = refused(call)
    assert not isinstance(found, Probe)
    assert found.reply == reply
