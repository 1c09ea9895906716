"""AUTH_TLS: the question for TLS and its answers (RFC 9289 section 4.1). No credential: it only starts TLS."""

from __future__ import annotations

import random
import struct
from typing import Final

from oncrpc.errors import AuthError, AuthStat, RemoteError
from oncrpc.message import AUTH_NONE, AUTH_TLS, MSG_ACCEPTED, REPLY, OpaqueAuth, pack_auth, pack_call
from oncrpc.record import RecordReader, mark

STARTTLS: Final = OpaqueAuth(AUTH_NONE, b"STARTTLS")
"""The verifier by which a server says that it will do TLS."""

CREDENTIAL: Final = OpaqueAuth(AUTH_TLS, b"")

MAX_ANSWER: Final = 1024
"""The longest answer to the question that is read, in bytes; a verifier of 400 bytes fits."""
MAX_ANSWER_FRAGMENTS: Final = 16

_OFFER: Final = struct.pack(">2I", REPLY, MSG_ACCEPTED) + pack_auth(STARTTLS)
_VERF_AT: Final = 12
"""Where the verifier begins in an accepted reply, after xid, REPLY and MSG_ACCEPTED."""


def too_weak() -> AuthError:
    """Return the refusal of a call that came before TLS where TLS is required."""
    return AuthError(AuthStat.AUTH_TOOWEAK)


def within_tls() -> AuthError:
    """Return the refusal of a question that came where TLS is up already."""
    return AuthError(AuthStat.AUTH_BADCRED)


def with_starttls(reply: bytes) -> bytes:
    """Return an accepted reply message with the verifier that says yes instead of its empty one."""
    return reply[:_VERF_AT] + pack_auth(STARTTLS) + reply[_VERF_AT + 8 :]


def offers_tls(reply: bytes, xid: int) -> bool:
    """Return whether the reply to the question `xid` says that TLS may start.

    Only an accepted reply with verifier AUTH_NONE "STARTTLS" does, whatever its accept_stat. Raises RemoteError for
    what is no reply to that call.
    """
    if len(reply) < 12 or struct.unpack_from(">2I", reply) != (xid, REPLY):
        raise RemoteError("what came back is no answer to the question for TLS")
    return reply.startswith(_OFFER, 4) and len(reply) >= 4 + len(_OFFER) + 4


class Question:
    """A NULL call and its answer, without IO: `message` goes out, what comes back goes to `feed`.

    cred: CREDENTIAL asks for TLS; NO_AUTH, once TLS is up, whether the server has accepted us (a TLS 1.3 client is done
    with the handshake before the server has looked at its certificate).
    """

    def __init__(self, program: int, version: int, cred: OpaqueAuth = CREDENTIAL, xid: int | None = None) -> None:
        self._xid = random.getrandbits(32) if xid is None else xid
        self._reader = RecordReader(MAX_ANSWER, MAX_ANSWER_FRAGMENTS)
        self.message = mark(pack_call(self._xid, program, version, 0, b"", cred))
        """The marked record to send."""

    def feed(self, data: bytes) -> bool | None:
        """Return whether TLS may start, as offers_tls; None when the answer is not whole yet.

        Raises RemoteError for what is no answer, and for bytes behind it: the server has no more to say, so somebody
        else put them there.
        """
        records = self._reader.feed(data)
        if not records:
            return None
        if len(records) > 1 or not self._reader.between_records:
            raise RemoteError("something follows the answer that nobody asked for")
        return offers_tls(records[0], self._xid)
