"""The states of a sync job and the only moves between them."""

from enum import StrEnum


class State(StrEnum):
    NOT_SENT = "NOT_SENT"
    WAITING = "WAITING"
    SENDING = "SENDING"
    IN_XERO = "IN_XERO"
    TRYING_AGAIN = "TRYING_AGAIN"
    CHECKING = "CHECKING"
    ON_HOLD = "ON_HOLD"
    NEEDS_YOU = "NEEDS_YOU"


# On its way to Xero, or to an answer of Xero.
IN_LINE = (State.WAITING, State.SENDING, State.TRYING_AGAIN, State.CHECKING)


class Event(StrEnum):
    """The events that move a job from state to state."""

    SAVED = "SAVED"  # saved and judged fit to go
    SAVED_HELD = "SAVED_HELD"  # saved, but something holds it
    SAVED_NOT_SENT = "SAVED_NOT_SENT"  # saved, and not to be sent
    SAVED_IN_FLIGHT = "SAVED_IN_FLIGHT"  # saved while its last version is being sent or checked
    CLAIMED = "CLAIMED"
    ACCEPTED = "ACCEPTED"
    UNCHANGED = "UNCHANGED"  # Xero holds exactly this already
    REFUSED = "REFUSED"
    HELD = "HELD"
    DEFERRED = "DEFERRED"  # not sent this time, and goes again: a limit, a full body, a refused token, a link first
    FAILED = "FAILED"  # transport or server fault, nothing was done in Xero
    UNKNOWN = "UNKNOWN"  # sent, no answer
    ABSENT = "ABSENT"  # looked up, Xero has not got it
    STALE = "STALE"  # a newer version was saved meanwhile
    RELEASED = "RELEASED"
    RETRIED = "RETRIED"
    SKIPPED = "SKIPPED"  # not to be sent: judged anew, or so a person decided


class Outcome(StrEnum):
    """How an attempt ended."""

    ACCEPTED = "ACCEPTED"
    NOTES = "NOTES"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"
    HELD = "HELD"
    DEFERRED = "DEFERRED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    ABSENT = "ABSENT"
    LATE = "LATE"


class IllegalMove(Exception):
    """Raised for a move that is not listed: a programming error, never shown to a person."""


AT_REST = (
    State.NOT_SENT,
    State.WAITING,
    State.IN_XERO,
    State.TRYING_AGAIN,
    State.ON_HOLD,
    State.NEEDS_YOU,
)

MOVES: dict[tuple[State, Event], State] = {
    **{(state, Event.SAVED): State.WAITING for state in AT_REST},
    **{(state, Event.SAVED_HELD): State.ON_HOLD for state in AT_REST},
    **{(state, Event.SAVED_NOT_SENT): State.NOT_SENT for state in AT_REST},
    (State.SENDING, Event.SAVED_IN_FLIGHT): State.SENDING,
    (State.CHECKING, Event.SAVED_IN_FLIGHT): State.CHECKING,
    (State.WAITING, Event.CLAIMED): State.SENDING,
    (State.TRYING_AGAIN, Event.CLAIMED): State.SENDING,
    # A job that is being looked up is still "Checking".
    **{
        (State.CHECKING, event): state
        for event, state in {
            Event.CLAIMED: State.CHECKING,
            Event.ACCEPTED: State.IN_XERO,
            Event.UNCHANGED: State.IN_XERO,
            Event.REFUSED: State.NEEDS_YOU,
            Event.HELD: State.ON_HOLD,
            Event.DEFERRED: State.CHECKING,
            Event.FAILED: State.CHECKING,
            Event.UNKNOWN: State.CHECKING,
            Event.ABSENT: State.WAITING,
            Event.STALE: State.WAITING,
            Event.SKIPPED: State.NOT_SENT,
        }.items()
    },
    **{
        (State.SENDING, event): state
        for event, state in {
            Event.ACCEPTED: State.IN_XERO,
            Event.UNCHANGED: State.IN_XERO,
            Event.REFUSED: State.NEEDS_YOU,
            Event.HELD: State.ON_HOLD,
            Event.DEFERRED: State.WAITING,
            Event.FAILED: State.TRYING_AGAIN,
            Event.UNKNOWN: State.CHECKING,
            Event.ABSENT: State.WAITING,
            Event.STALE: State.WAITING,
            Event.SKIPPED: State.NOT_SENT,
        }.items()
    },
    **{
        (state, Event.HELD): State.ON_HOLD
        for state in (
            State.WAITING,
            State.TRYING_AGAIN,
            State.ON_HOLD,
            State.NEEDS_YOU,
            State.NOT_SENT,
        )
    },
    **{
        (state, Event.RELEASED): State.WAITING
        for state in (
            State.ON_HOLD,
            State.NEEDS_YOU,
            State.NOT_SENT,
            State.TRYING_AGAIN,
        )
    },
    **{
        (state, Event.RETRIED): State.WAITING
        for state in (
            State.NEEDS_YOU,
            State.TRYING_AGAIN,
            State.ON_HOLD,
            State.WAITING,
            State.IN_XERO,
            State.NOT_SENT,
        )
    },
    # Its refusal is worded better.
    (State.NEEDS_YOU, Event.REFUSED): State.NEEDS_YOU,
    **{
        (state, Event.SKIPPED): State.NOT_SENT
        for state in (
            State.WAITING,
            State.TRYING_AGAIN,
            State.ON_HOLD,
            # By a person only: left out of Xero, or handled in Xero.
            State.NEEDS_YOU,
        )
    },
}


def after(state: State, event: Event) -> State:
    """The state that follows. Raises IllegalMove for a move that is not listed."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalMove(f"{state} cannot take {event}") from None
