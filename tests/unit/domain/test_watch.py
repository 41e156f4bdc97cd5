"""How long a write without an answer is watched."""

from datetime import UTC, datetime, timedelta

from xero_sync.domain.watch import WATCHED, is_look_due, next_look, start_watch

SENT = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)


def looks() -> list[float]:
    """The seconds after the send at which the document is looked at, from a success three seconds after it."""
    watch_until, moment = start_watch(now=SENT), SENT + timedelta(seconds=3)
    found = []
    while (again := next_look(watch_until=watch_until, now=moment)) is not None:
        found.append((again - SENT).total_seconds())
        moment = again
    return found


def test_a_write_is_watched_for_ten_minutes_at_doubling_steps() -> None:
    assert looks() == [63, 126, 252, 504, 600]


def test_nothing_is_watched_without_an_unanswered_write_or_after_its_time() -> None:
    assert next_look(watch_until=None, now=SENT) is None
    assert next_look(watch_until=SENT, now=SENT) is None
    assert timedelta(minutes=10) == WATCHED


def test_a_look_is_due_when_its_time_has_come_and_until_it_was_taken() -> None:
    watch_until, later = start_watch(now=SENT), SENT + timedelta(seconds=61)
    assert is_look_due(watch_until=watch_until, again_at=None, now=SENT)
    assert is_look_due(watch_until=watch_until, again_at=SENT, now=later)
    assert not is_look_due(watch_until=watch_until, again_at=later, now=SENT)
    assert not is_look_due(watch_until=None, again_at=None, now=later)
