"""One stream of libvirt's framing, as either side sees it: which packets may come and go. No IO.

A stream belongs to the call that opened it: program, procedure and serial. Data goes in packets of status CONTINUE.

    state       we did                      the peer did                     after
    OPEN        sent data, holes            sent data, holes                 OPEN
    OPEN        sent the end (server)       .                                ENDED: it waits for the peer's finish
    OPEN        finished (client)           .                                FINISHING: it waits for the answer
    OPEN        .                           sent the end (to a client)       DRAINED: the client has to finish
    any         failed or aborted           .                                CLOSED
    any         .                           finished, failed or aborted      CLOSED

A server's end of data is an empty CONTINUE; the client then finishes (OK), and the server answers OK. What comes for a
stream that is closed is old and is dropped.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from virnet.errors import LocalError


class StreamKey(NamedTuple):
    """Which stream: the call that opened it."""

    program: int
    procedure: int
    serial: int


class State(Enum):
    """Where a stream stands; see the table above."""

    OPEN = "open"
    ENDED = "ended"
    DRAINED = "drained"
    FINISHING = "finishing"
    CLOSED = "closed"


class Act(Enum):
    """What one side does to a stream."""

    SEND = "send"
    END = "end"
    FINISH = "finish"
    ABORT = "abort"
    GOT_END = "got end"
    GOT_FINISH = "got finish"
    GOT_ERROR = "got error"


_MOVES: Final[dict[tuple[State, Act], State]] = {
    (State.OPEN, Act.SEND): State.OPEN,
    (State.DRAINED, Act.SEND): State.DRAINED,
    (State.OPEN, Act.END): State.ENDED,
    (State.OPEN, Act.FINISH): State.FINISHING,
    (State.DRAINED, Act.FINISH): State.FINISHING,
    (State.OPEN, Act.GOT_END): State.DRAINED,
} | {
    (state, act): State.CLOSED
    for state in (State.OPEN, State.ENDED, State.DRAINED, State.FINISHING)
    for act in (Act.ABORT, Act.GOT_FINISH, Act.GOT_ERROR)
}


class Stream:
    """The state of one stream."""

    __slots__ = ("key", "state", "version")

    def __init__(self, key: StreamKey, version: int) -> None:
        self.key = key
        self.version = version
        self.state = State.OPEN

    def move(self, act: Act) -> None:
        """Go where the act leads. Raises LocalError when this side may not do that now."""
        after = _MOVES.get((self.state, act))
        if after is None:
            raise LocalError(f"a stream that is {self.state.value} cannot {act.value}")
        self.state = after

    @property
    def closed(self) -> bool:
        """Whether nothing more may come or go."""
        return self.state is State.CLOSED
