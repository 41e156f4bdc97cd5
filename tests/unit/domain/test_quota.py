"""When one more call may leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xero_sync.domain.quota import (
    PER_MINUTE,
    WINDOW,
    Calls,
    Day,
    Granted,
    Wait,
    day_of,
    decide,
    pause_for,
    within_window,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def calls(**values: Any) -> Calls:
    usual: dict[str, Any] = {
        "recent": [],
        "day": NOW.date(),
        "day_used": 0,
        "day_remaining": None,
        "paused_until": None,
        "paused_for": "",
        "allowance": 5000,
    }
    return Calls(**(usual | values))


def ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=each) for each in sorted(seconds, reverse=True)]


def waits_for(decision: Granted | Wait) -> str:
    assert isinstance(decision, Wait)
    return decision.reason


def test_an_idle_organisation_may_burst_twenty_calls() -> None:
    assert decide(calls=calls(recent=ago(*[0.1] * 19)), person=False, now=NOW) == Granted()
    assert waits_for(decide(calls=calls(recent=ago(*[0.1] * 20)), person=False, now=NOW)) == "pace"


def test_a_persons_save_takes_the_next_call_without_pacing() -> None:
    assert decide(calls=calls(recent=ago(*[0.1] * 59)), person=True, now=NOW) == Granted()


def test_nobody_makes_a_sixty_first_call_in_a_minute() -> None:
    decision = decide(calls=calls(recent=ago(*[59.9] * 60)), person=True, now=NOW)
    assert isinstance(decision, Wait)
    assert decision.reason == "minute"
    assert 1 < decision.seconds < 2


@pytest.mark.promise("P12")
def test_a_tenth_of_the_day_is_kept_for_people() -> None:
    low = calls(day_used=4500)
    assert waits_for(decide(calls=low, person=False, now=NOW)) == "reserve"
    assert decide(calls=low, person=True, now=NOW) == Granted()
    assert waits_for(decide(calls=calls(day_used=5000), person=True, now=NOW)) == "day"


@pytest.mark.promise("P12")
def test_a_used_up_day_is_waited_out_to_its_end() -> None:
    decision = decide(calls=calls(day_used=5000), person=True, now=NOW)
    assert isinstance(decision, Wait)
    assert decision.seconds == 15 * 3600


def test_yesterdays_calls_do_not_count_today() -> None:
    yesterday = calls(day=NOW.date() - timedelta(days=1), day_used=5000, day_remaining=0)
    assert decide(calls=yesterday, person=False, now=NOW) == Granted(day_remaining=None)


@pytest.mark.promise("P12")
def test_what_xero_says_of_the_day_outranks_our_settings() -> None:
    assert day_of(calls(day_used=100, day_remaining=900), now=NOW).allowance == 1000
    assert decide(calls=calls(day_used=100, day_remaining=900), person=False, now=NOW) == Granted(day_remaining=899)
    assert waits_for(decide(calls=calls(day_remaining=0), person=True, now=NOW)) == "day"


def test_a_pause_holds_everybody_and_says_why() -> None:
    paused = calls(paused_until=NOW + timedelta(seconds=30), paused_for="day")
    assert decide(calls=paused, person=True, now=NOW) == Wait(seconds=30, reason="day")
    over = calls(paused_until=NOW - timedelta(seconds=1), paused_for="day")
    assert decide(calls=over, person=True, now=NOW) == Granted()


@pytest.mark.parametrize(
    ("kind", "retry_after", "last", "expected"),
    [
        ("minute", 17.0, "", 17.0),
        ("day", 73451.0, "", 73451.0),
        ("minute", None, "", 60.0),
        ("day", None, "", 60.0),
        ("concurrent", None, "", 1.5),
        ("", None, "", 2.0),
        ("", None, "unsaid:2", 4.0),
        ("", None, "unsaid:32", 60.0),
        ("", None, "minute", 2.0),
        ("", 0.0, "", 1.0),
    ],
)
@pytest.mark.promise("P13")
def test_a_refusal_is_waited_out_as_said_and_longer_when_unsaid(
    kind: str, retry_after: float | None, last: str, expected: float
) -> None:
    assert pause_for(kind=kind, retry_after=retry_after, last=last, jitter=0.5).seconds == expected


def run(seconds: float, *, backlog: bool, people_at: list[float]) -> list[datetime]:
    """Simulate a backlog with people in between; the moments calls left."""
    now, end, made = NOW, NOW + timedelta(seconds=seconds), list[datetime]()
    people = sorted(people_at, reverse=True)
    while now < end:
        person = bool(people) and NOW + timedelta(seconds=people[-1]) <= now
        if not person and not backlog:
            now += timedelta(seconds=0.5)
            continue
        decision = decide(calls=calls(recent=within_window(made, now=now), allowance=10**6), person=person, now=now)
        if isinstance(decision, Wait):
            now += timedelta(seconds=min(decision.seconds, 1.0))
            continue
        made.append(now)
        if person:
            people.pop()
        now += timedelta(milliseconds=10)
    return made


def most_in_any_minute(made: list[datetime]) -> int:
    return max(sum(1 for other in made if call <= other < call + timedelta(seconds=60)) for call in made)


@pytest.mark.promise("P11")
def test_a_long_backlog_uses_at_least_95_percent_of_the_minute_and_never_more() -> None:
    made = run(600, backlog=True, people_at=[])
    assert most_in_any_minute(made) <= PER_MINUTE
    assert len(made) >= 0.95 * 600


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=170), max_size=120))
@pytest.mark.promise("P11")
def test_whatever_people_do_the_sixty_first_call_waits(people_at: list[float]) -> None:
    made = run(180, backlog=True, people_at=people_at)
    assert most_in_any_minute(made) <= PER_MINUTE


@pytest.mark.promise("P15")
def test_during_a_backlog_a_person_waits_about_a_second() -> None:
    waits = []
    for at in range(70, 300, 7):
        made = run(at, backlog=True, people_at=[])
        now = NOW + timedelta(seconds=at)
        decision = decide(calls=calls(recent=within_window(made, now=now)), person=True, now=now)
        waits.append(decision.seconds if isinstance(decision, Wait) else 0.0)
    assert max(waits) < 2.5


def test_the_window_is_longer_than_a_minute_for_calls_that_are_late_on_their_way() -> None:
    assert timedelta(seconds=60) < WINDOW <= timedelta(seconds=62)


def test_a_pause_is_over_at_its_very_end() -> None:
    assert decide(calls=calls(paused_until=NOW, paused_for="day"), person=True, now=NOW) == Granted()


def test_the_reason_of_a_pause_is_its_kind_alone() -> None:
    unsaid = calls(paused_until=NOW + timedelta(seconds=8), paused_for="unsaid:8")
    assert decide(calls=unsaid, person=True, now=NOW) == Wait(seconds=8, reason="unsaid")
    assert waits_for(decide(calls=replace(unsaid, paused_for=""), person=True, now=NOW)) == "unsaid"


def test_a_call_counts_until_the_window_has_passed_and_no_longer() -> None:
    at_the_edge, inside = NOW - WINDOW, NOW - WINDOW + timedelta(milliseconds=1)
    assert within_window([inside, at_the_edge], now=NOW) == [inside]


def test_a_wait_is_never_nothing() -> None:
    a_moment = timedelta(microseconds=1)
    decision = decide(calls=calls(recent=[NOW - WINDOW + a_moment] * 60), person=True, now=NOW)
    assert decision == Wait(seconds=0.001, reason="minute")


@pytest.mark.parametrize(
    ("kind", "retry_after", "last", "label"),
    [
        ("day", 5.0, "", "day"),
        ("", 5.0, "", "unsaid"),
        ("minute", None, "", "minute"),
        ("", None, "", "unsaid:2"),
        ("", None, "unsaid", "unsaid:2"),
        ("", None, "unsaid:2", "unsaid:4"),
        ("", None, "unsaid:60", "unsaid:60"),
    ],
)
def test_a_pause_keeps_what_the_next_one_has_to_know(
    kind: str, retry_after: float | None, last: str, label: str
) -> None:
    assert pause_for(kind=kind, retry_after=retry_after, last=last, jitter=0.5).label == label


@pytest.mark.parametrize(
    ("day", "left", "allowance"),
    [
        (calls(day_used=100), 4900, 5000),
        (calls(day_used=5001), 0, 5000),
        (calls(day_used=100, day_remaining=-1), 0, 100),
        (calls(day_used=100, day_remaining=900), 900, 1000),
    ],
)
def test_what_is_left_of_the_day_is_never_less_than_nothing(day: Calls, left: int, allowance: int) -> None:
    assert day_of(day, now=NOW) == Day(left=left, allowance=allowance)


def test_of_the_last_call_of_the_day_a_person_has_the_use() -> None:
    assert decide(calls=calls(day_used=4999), person=True, now=NOW) == Granted()
