"""The moves that a person's decision makes, and those it must not."""

import pytest

from xero_sync.domain.states import AT_REST, Event, IllegalMove, State, after


@pytest.mark.parametrize("state", [State.NEEDS_YOU, State.ON_HOLD])
def test_a_person_may_leave_out_what_waits_for_one(state: State) -> None:
    assert after(state, Event.SKIPPED) is State.NOT_SENT


@pytest.mark.parametrize("state", AT_REST)
def test_a_person_may_send_what_rests(state: State) -> None:
    assert after(state, Event.RETRIED) is State.WAITING


@pytest.mark.parametrize("event", [Event.SKIPPED, Event.RETRIED])
def test_what_was_cancelled_or_stands_in_xero_is_not_left_out(event: Event) -> None:
    with pytest.raises(IllegalMove):
        after(State.CANCELLED, event)
    with pytest.raises(IllegalMove):
        after(State.IN_XERO, Event.SKIPPED)


@pytest.mark.parametrize("state", [State.SENDING, State.CHECKING])
def test_nobody_presses_anything_about_what_is_on_its_way(state: State) -> None:
    with pytest.raises(IllegalMove):
        after(state, Event.RETRIED)
