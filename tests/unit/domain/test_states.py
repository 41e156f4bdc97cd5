"""Every move of the table, and those that a person's decision makes or must not make."""

import pytest

from xero_sync.domain.states import AT_REST, MOVES, Event, IllegalMove, State, after

COLUMNS = "NOT_SENT WAITING SENDING IN_XERO TRYING_AGAIN CHECKING ON_HOLD NEEDS_YOU"
SHORT = {
    "not": State.NOT_SENT,
    "wait": State.WAITING,
    "send": State.SENDING,
    "in": State.IN_XERO,
    "try": State.TRYING_AGAIN,
    "check": State.CHECKING,
    "hold": State.ON_HOLD,
    "needs": State.NEEDS_YOU,
}
# Each event, and for each state of COLUMNS the state that follows; a dash where the event cannot happen.
TABLE = """
SAVED            wait   wait   -      wait   wait   -      wait   wait
SAVED_HELD       hold   hold   -      hold   hold   -      hold   hold
SAVED_NOT_SENT   not    not    -      not    not    -      not    not
SAVED_IN_FLIGHT  -      -      send   -      -      check  -      -
CLAIMED          -      send   -      -      send   check  -      -
ACCEPTED         -      -      in     -      -      in     -      -
UNCHANGED        -      -      in     -      -      in     -      -
REFUSED          -      -      needs  -      -      needs  -      needs
HELD             hold   hold   hold   -      hold   hold   hold   hold
DEFERRED         -      -      wait   -      -      check  -      -
FAILED           -      -      try    -      -      check  -      -
UNKNOWN          -      -      check  -      -      check  -      -
ABSENT           -      -      wait   -      -      wait   -      -
STALE            -      -      wait   -      -      wait   -      -
RELEASED         wait   -      -      -      wait   -      wait   wait
RETRIED          wait   wait   -      wait   wait   -      wait   wait
SKIPPED          -      not    not    -      not    not    not    not
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (State(state), Event(event), SHORT.get(following))
    for event, *cells in ROWS
    for state, following in zip(COLUMNS.split(), cells, strict=True)
]


@pytest.mark.parametrize(("state", "event", "following"), CELLS)
def test_a_move_leads_where_the_table_says_and_any_other_is_refused(
    state: State, event: Event, following: State | None
) -> None:
    if following is None:
        with pytest.raises(IllegalMove, match=f"{state} cannot take {event}"):
            after(state, event)
    else:
        assert after(state, event) is following


def test_the_table_holds_every_state_and_every_event() -> None:
    assert len(CELLS) == len(State) * len(Event)
    assert {(state, event) for state, event, following in CELLS if following} == set(MOVES)


def test_what_is_on_its_way_is_not_at_rest() -> None:
    assert set(State) - set(AT_REST) == {State.SENDING, State.CHECKING}


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
