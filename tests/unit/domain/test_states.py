"""The moves that a person's decision makes, and those it must not."""

import pytest

from xero_sync.domain.states import AT_REST, MOVES, Event, IllegalMove, State, after


@pytest.mark.parametrize("state", [State.NEEDS_YOU, State.ON_HOLD])
def test_a_person_may_leave_out_what_waits_for_one(state: State) -> None:
    assert after(state, Event.SKIPPED) is State.NOT_SENT


@pytest.mark.parametrize("state", AT_REST)
def test_a_person_may_send_what_rests(state: State) -> None:
    assert after(state, Event.RETRIED) is State.WAITING


def test_what_stands_in_xero_is_not_left_out() -> None:
    with pytest.raises(IllegalMove):
        after(State.IN_XERO, Event.SKIPPED)


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_a_move_and_left_by_one(state: State) -> None:
    assert state in MOVES.values()
    assert state in {before for before, _ in MOVES}


@pytest.mark.parametrize("state", [State.SENDING, State.CHECKING])
def test_nobody_presses_anything_about_what_is_on_its_way(state: State) -> None:
    with pytest.raises(IllegalMove):
        after(state, Event.RETRIED)
