"""The life of a machine as a table: (state, what happens) -> state, reason, events. Pure.

    SHUTOFF  --start, restore-->  RUNNING  <--suspend, resume-->  PAUSED
    any active state  --shut down, destroy, save, crash, fail-->  SHUTOFF

What is not in MOVES is not possible: `move` raises OperationInvalid then, and nothing has changed. SHUTDOWN is a guest
that has powered off while its process is still there, CRASHED one that is kept after a panic; both can only be ended.
States, reasons and events are plain int (libvirt's numbers), as they go onto the wire as they are.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, NamedTuple

from virtrpcd.errors import OperationInvalid
from virtrpcd.model import (
    CrashedReason,
    DomainState,
    Lifecycle,
    PausedReason,
    ResumedDetail,
    RunningReason,
    ShutdownDetail,
    ShutdownReason,
    ShutoffReason,
    StartedDetail,
    StoppedDetail,
    SuspendedDetail,
)


class Action(Enum):
    """What can happen to a machine, asked for or by itself."""

    START = auto()
    START_PAUSED = auto()
    RESTORE = auto()
    RESTORE_PAUSED = auto()
    SUSPEND = auto()
    RESUME = auto()
    IO_ERROR = auto()
    POWER_DOWN = auto()
    """The guest powered off; its process is still there."""
    PANIC = auto()
    """The guest crashed and is kept to be looked at."""
    SHUT_DOWN = auto()
    DESTROY = auto()
    SAVE = auto()
    CRASH = auto()
    FAIL = auto()


class Move(NamedTuple):
    """Where an action leads: state, its reason, and the (Lifecycle, detail) events to publish, in order."""

    state: int
    reason: int
    events: tuple[tuple[int, int], ...]


def _move(state: DomainState, reason: int, *events: tuple[Lifecycle, int]) -> Move:
    return Move(int(state), int(reason), tuple((int(event), int(detail)) for event, detail in events))


ACTIVE_STATES: Final = frozenset(
    int(state)
    for state in (
        DomainState.RUNNING,
        DomainState.BLOCKED,
        DomainState.PAUSED,
        DomainState.SHUTDOWN,
        DomainState.CRASHED,
        DomainState.PMSUSPENDED,
    )
)
_GUEST_LIVES: Final = (DomainState.RUNNING, DomainState.BLOCKED, DomainState.PAUSED, DomainState.PMSUSPENDED)
_RUNS: Final = (DomainState.RUNNING, DomainState.BLOCKED)

_BOOTED: Final = (Lifecycle.STARTED, StartedDetail.BOOTED)
_RESTORED: Final = (Lifecycle.STARTED, StartedDetail.RESTORED)

_FROM_OFF: Final = {
    Action.START: _move(DomainState.RUNNING, RunningReason.BOOTED, _BOOTED),
    Action.START_PAUSED: _move(
        DomainState.PAUSED, PausedReason.USER, _BOOTED, (Lifecycle.SUSPENDED, SuspendedDetail.PAUSED)
    ),
    Action.RESTORE: _move(DomainState.RUNNING, RunningReason.RESTORED, _RESTORED),
    Action.RESTORE_PAUSED: _move(
        DomainState.PAUSED, PausedReason.USER, _RESTORED, (Lifecycle.SUSPENDED, SuspendedDetail.RESTORED)
    ),
}
_TO_OFF: Final = {
    Action.SHUT_DOWN: (ShutoffReason.SHUTDOWN, StoppedDetail.SHUTDOWN),
    Action.DESTROY: (ShutoffReason.DESTROYED, StoppedDetail.DESTROYED),
    Action.SAVE: (ShutoffReason.SAVED, StoppedDetail.SAVED),
    Action.CRASH: (ShutoffReason.CRASHED, StoppedDetail.CRASHED),
    Action.FAIL: (ShutoffReason.FAILED, StoppedDetail.FAILED),
}


def _table() -> dict[tuple[int, Action], Move]:
    moves: dict[tuple[int, Action], Move] = {}
    for action, move_ in _FROM_OFF.items():
        moves[int(DomainState.SHUTOFF), action] = move_
    for state in ACTIVE_STATES:
        for action, (reason, detail) in _TO_OFF.items():
            moves[state, action] = _move(DomainState.SHUTOFF, reason, (Lifecycle.STOPPED, detail))
    # a guest that is gone has nothing left to save
    for gone in (DomainState.SHUTDOWN, DomainState.CRASHED):
        del moves[int(gone), Action.SAVE]
    for state in _RUNS:
        moves[int(state), Action.SUSPEND] = _move(
            DomainState.PAUSED, PausedReason.USER, (Lifecycle.SUSPENDED, SuspendedDetail.PAUSED)
        )
        moves[int(state), Action.IO_ERROR] = _move(
            DomainState.PAUSED, PausedReason.IOERROR, (Lifecycle.SUSPENDED, SuspendedDetail.IOERROR)
        )
    moves[int(DomainState.PAUSED), Action.RESUME] = _move(
        DomainState.RUNNING, RunningReason.UNPAUSED, (Lifecycle.RESUMED, ResumedDetail.UNPAUSED)
    )
    for state in _GUEST_LIVES:
        moves[int(state), Action.POWER_DOWN] = _move(
            DomainState.SHUTDOWN, ShutdownReason.USER, (Lifecycle.SHUTDOWN, ShutdownDetail.FINISHED)
        )
        moves[int(state), Action.PANIC] = _move(DomainState.CRASHED, CrashedReason.PANICKED, (Lifecycle.CRASHED, 0))
    return moves


MOVES: Final = _table()

_STARTS: Final = frozenset(_FROM_OFF)


def is_active(state: int) -> bool:
    """Return whether a machine in this state has a process, and an id."""
    return state in ACTIVE_STATES


def why_not(state: int, action: Action) -> str:
    """Return, for people, why an action that is not in MOVES is not possible in a state."""
    if action in _STARTS:
        return "domain is already active"
    if state not in ACTIVE_STATES:
        return "domain is not running"
    if action is Action.RESUME:
        return "domain is not paused"
    if action is Action.SUSPEND and state == DomainState.PAUSED:
        return "domain is already paused"
    return f"not possible while the domain is {DomainState(state).name.lower()}"


def move(state: int, action: Action, *, domain: int) -> Move:
    """Return where `action` leads from `state`; `domain` is the virErrorDomain of the refusal.

    Raises OperationInvalid when the action is not possible in that state.
    """
    found = MOVES.get((state, action))
    if found is None:
        raise OperationInvalid(why_not(state, action), domain=domain)
    return found
