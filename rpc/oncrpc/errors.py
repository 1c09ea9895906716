"""The error tree of oncrpc, and the numbers that errors have on the wire (RFC 5531 section 9).

Four families, so that a caller can decide what to do without reading texts:

- XdrError: a value does not fit its type, or bytes do not decode. Nothing was sent.
- TransportError: NotDelivered (the call never reached the server: safe to repeat) and OutcomeUnknown (it may have run).
- ProtocolError: LocalError (our caller did wrong), RemoteError (the peer did wrong); the session is broken after.
- RpcRefusal: the server answered no. The call did not run, but for SystemFailure, where it may have.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class RejectStat(IntEnum):
    """Why a call was denied (RFC 5531 section 9, reject_stat)."""

    RPC_MISMATCH = 0
    AUTH_ERROR = 1


class AcceptStat(IntEnum):
    """How an accepted call ended (RFC 5531 section 9, accept_stat)."""

    SUCCESS = 0
    PROG_UNAVAIL = 1
    PROG_MISMATCH = 2
    PROC_UNAVAIL = 3
    GARBAGE_ARGS = 4
    SYSTEM_ERR = 5


class AuthStat(IntEnum):
    """Why authentication failed (RFC 5531 section 9, auth_stat)."""

    AUTH_OK = 0
    AUTH_BADCRED = 1
    AUTH_REJECTEDCRED = 2
    AUTH_BADVERF = 3
    AUTH_REJECTEDVERF = 4
    AUTH_TOOWEAK = 5
    AUTH_INVALIDRESP = 6
    AUTH_FAILED = 7


class OncRpcError(Exception):
    """Root of all errors that this package raises."""


class XdrError(OncRpcError, ValueError):
    """A value does not fit its XDR type, or bytes do not decode as it."""


class ArmMismatch(XdrError, AttributeError):
    """A union was given, or asked for, an arm that its discriminant does not select.

    As it is an AttributeError too, hasattr is false for such an arm, and a `match` goes on with its next case.
    """


class TransportError(OncRpcError, ConnectionError):
    """The way to the peer failed."""


class NotDelivered(TransportError):
    """The call did not reach the server; repeating it is safe."""


class ConnectTimeout(NotDelivered, TimeoutError):
    """No connection within the time allowed."""


class TlsRefused(NotDelivered):
    """No TLS with this server: it does not offer it, or the handshake failed (whose certificate, and why, is said).

    Nothing but the question for TLS went over the connection in the clear.
    """


class OutcomeUnknown(TransportError):
    """The call was sent and no answer came: it may have run. Repeat it only if running twice does no harm."""


class ConnectionLost(OutcomeUnknown):
    """The connection ended before the answer."""


class CallTimeout(OutcomeUnknown, TimeoutError):
    """No answer within the time allowed; the connection stays usable and a late answer is dropped."""


class CallCancelled(OutcomeUnknown):
    """Another thread cancelled the call; the connection stays usable unless the call was still being sent."""


class ProtocolError(OncRpcError):
    """The rules of the protocol were broken."""


class LocalError(ProtocolError):
    """Our own caller asked for something the session cannot do."""


class TlsSetup(LocalError, ValueError):
    """A certificate, key or CA file that cannot be used: one line that names it and says why."""


class BrokenSession(LocalError):
    """The session ended with an error before; it takes nothing more."""


class RemoteError(ProtocolError):
    """The peer sent something that is not ONC RPC, or over a limit."""


class RecordTooLong(RemoteError):
    """A record mark announces more than is allowed."""


class TooManyFragments(RemoteError):
    """A record comes in more fragments, or more empty ones, than is allowed."""


class RpcRefusal(OncRpcError):
    """The server answered no.

    received: whether it came in a reply. A handler that made a call and lets such a refusal pass has failed: its own
    caller is told SYSTEM_ERR, not that the program or procedure it called is not there.
    """

    received = False


class RpcMismatch(RpcRefusal):
    """The server does not speak RPC version 2; it names the versions it does."""

    reject_stat: ClassVar[RejectStat] = RejectStat.RPC_MISMATCH

    def __init__(self, low: int, high: int) -> None:
        super().__init__(low, high)
        self.low = low
        self.high = high

    def __str__(self) -> str:
        return f"the server speaks RPC versions {self.low} to {self.high}, not 2"


class AuthError(RpcRefusal):
    """The credential or verifier was not accepted."""

    reject_stat: ClassVar[RejectStat] = RejectStat.AUTH_ERROR

    def __init__(self, stat: int) -> None:
        super().__init__(stat)
        self.stat = stat

    def __str__(self) -> str:
        try:
            name = AuthStat(self.stat).name
        except ValueError:
            name = f"auth_stat {self.stat}"
        return f"the server refused the credential: {name}"


class AcceptedRefusal(RpcRefusal):
    """Accepted, but not carried out; `accept_stat` is its number on the wire."""

    accept_stat: ClassVar[AcceptStat]


class ProgramUnavailable(AcceptedRefusal):
    """The server has no such program."""

    accept_stat = AcceptStat.PROG_UNAVAIL

    def __init__(self, program: int | None = None) -> None:
        super().__init__(program)
        self.program = program

    def __str__(self) -> str:
        return "the server does not have this program" + ("" if self.program is None else f" ({self.program})")


class ProgramMismatch(AcceptedRefusal):
    """The server has the program, but not that version; `low` to `high` are there."""

    accept_stat = AcceptStat.PROG_MISMATCH

    def __init__(self, low: int, high: int) -> None:
        super().__init__(low, high)
        self.low = low
        self.high = high

    def __str__(self) -> str:
        return f"the server has versions {self.low} to {self.high} of this program"


class ProcedureUnavailable(AcceptedRefusal):
    """The program has no such procedure."""

    accept_stat = AcceptStat.PROC_UNAVAIL

    def __init__(self, procedure: int | None = None) -> None:
        super().__init__(procedure)
        self.procedure = procedure

    def __str__(self) -> str:
        return "the program does not have this procedure" + ("" if self.procedure is None else f" ({self.procedure})")


class GarbageArguments(AcceptedRefusal):
    """The server could not decode the arguments."""

    accept_stat = AcceptStat.GARBAGE_ARGS

    def __str__(self) -> str:
        return "the server could not decode the arguments"


class SystemFailure(AcceptedRefusal):
    """The server failed on its own side; the call may have run in part."""

    accept_stat = AcceptStat.SYSTEM_ERR

    def __str__(self) -> str:
        return "the server had an error of its own"
