"""The table of a machine's life has no holes and no ways that should not be."""

from __future__ import annotations

import pytest

from virtrpcd.errors import FROM_QEMU, OperationInvalid
from virtrpcd.lifecycle import ACTIVE_STATES, MOVES, Action, is_active, move, why_not
from virtrpcd.model import DomainState, Lifecycle, ShutoffReason, StoppedDetail

STARTS = {Action.START, Action.START_PAUSED, Action.RESTORE, Action.RESTORE_PAUSED}
ENDS = {Action.SHUT_DOWN, Action.DESTROY, Action.CRASH, Action.FAIL}


@pytest.mark.parametrize("state", DomainState)
@pytest.mark.parametrize("action", Action)
def test_each_state_and_action_is_a_move_or_a_refusal(state: DomainState, action: Action) -> None:
    if (state, action) in MOVES:
        to = move(state, action, domain=FROM_QEMU)
        assert type(to.state) is int
        assert all(type(number) is int for event in to.events for number in event)
        assert to.events
    else:
        with pytest.raises(OperationInvalid) as caught:
            move(state, action, domain=FROM_QEMU)
        assert caught.value.domain == FROM_QEMU
        assert caught.value.message == why_not(state, action)


def test_only_what_is_off_starts() -> None:
    assert {state for state, action in MOVES if action in STARTS} == {DomainState.SHUTOFF}
    for action in STARTS:
        assert is_active(MOVES[DomainState.SHUTOFF, action].state)


def test_whatever_is_active_can_be_ended() -> None:
    assert DomainState.SHUTOFF not in ACTIVE_STATES
    for state in ACTIVE_STATES:
        for action in ENDS:
            to = MOVES[state, action]
            assert to.state == DomainState.SHUTOFF
            assert [event for event, _ in to.events] == [Lifecycle.STOPPED]


def test_reasons_and_events_agree() -> None:
    to = MOVES[DomainState.RUNNING, Action.DESTROY]
    assert (to.reason, to.events) == (ShutoffReason.DESTROYED, ((Lifecycle.STOPPED, StoppedDetail.DESTROYED),))


def test_every_state_that_is_reached_can_be_left() -> None:
    reached = {to.state for to in MOVES.values()}
    assert reached <= {state for state, _ in MOVES}
    assert {
        DomainState.RUNNING,
        DomainState.PAUSED,
        DomainState.SHUTOFF,
        DomainState.SHUTDOWN,
        DomainState.CRASHED,
    } == reached


def test_a_refusal_says_why() -> None:
    assert why_not(DomainState.SHUTOFF, Action.SUSPEND) == "domain is not running"
    assert why_not(DomainState.PAUSED, Action.SUSPEND) == "domain is already paused"
    assert why_not(DomainState.RUNNING, Action.RESUME) == "domain is not paused"
    assert why_not(DomainState.PAUSED, Action.START) == "domain is already active"
    assert "shutdown" in why_not(DomainState.SHUTDOWN, Action.SAVE)
