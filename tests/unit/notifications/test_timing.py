"""When mails go: days on which the clocks change, and waits between tries."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from notifications.timing import LONGEST_WAIT, find_digest_day, find_next_try
from tests.unit.notifications.causes import NOW


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hour", "now", "day"),
    [
        # Sydney's clock goes to summer time on 4 October 2026 at 2:00, and back on 5 April 2026 at 3:00.
        ("Australia/Sydney", 8, "2026-10-02T21:59:59", "2026-10-02"),
        ("Australia/Sydney", 8, "2026-10-02T22:00:00", "2026-10-03"),
        ("Australia/Sydney", 8, "2026-10-03T20:59:59", "2026-10-03"),
        ("Australia/Sydney", 8, "2026-10-03T21:00:00", "2026-10-04"),
        ("Australia/Sydney", 8, "2026-04-03T21:00:00", "2026-04-04"),
        ("Australia/Sydney", 8, "2026-04-04T21:59:59", "2026-04-04"),
        ("Australia/Sydney", 8, "2026-04-04T22:00:00", "2026-04-05"),
        # 2:30 is skipped: the digest of 2:00 comes at 3:00 summer time, and is one.
        ("Australia/Sydney", 2, "2026-10-03T15:59:59", "2026-10-03"),
        ("Australia/Sydney", 2, "2026-10-03T16:00:00", "2026-10-04"),
        # 2:00 comes twice: the first time counts.
        ("Australia/Sydney", 2, "2026-04-04T14:59:59", "2026-04-04"),
        ("Australia/Sydney", 2, "2026-04-04T15:00:00", "2026-04-05"),
        ("Australia/Sydney", 2, "2026-04-04T16:00:00", "2026-04-05"),
        ("Europe/London", 8, "2026-03-29T07:00:00", "2026-03-29"),
        ("Europe/London", 8, "2026-03-29T06:59:59", "2026-03-28"),
        ("Europe/London", 8, "2026-10-25T07:59:59", "2026-10-24"),
        ("Europe/London", 8, "2026-10-25T08:00:00", "2026-10-25"),
        # Midnight does not exist in Cairo on 24 April 2026: the clock jumps from 0:00 to 1:00.
        ("Africa/Cairo", 0, "2026-04-23T21:59:59", "2026-04-23"),
        ("Africa/Cairo", 0, "2026-04-23T22:00:00", "2026-04-24"),
        ("Pacific/Kiritimati", 0, "2026-11-22T10:00:00", "2026-11-23"),
        ("America/Los_Angeles", 23, "2026-11-23T06:59:59", "2026-11-21"),
        ("America/Los_Angeles", 23, "2026-11-23T07:00:00", "2026-11-22"),
    ],
)
def test_a_digest_keeps_its_hour_on_the_firms_clock(zone: str, hour: int, now: str, day: str) -> None:
    assert find_digest_day(zone=zone, hour=hour, now=utc(now)) == date.fromisoformat(day)


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Europe/London", "America/New_York", "Africa/Cairo", "UTC"])
@pytest.mark.parametrize("hour", [0, 2, 8, 23])
@pytest.mark.promise("P27")
def test_one_is_digest_for_each_day_of_a_year(zone: str, hour: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    days = [find_digest_day(zone=zone, hour=hour, now=start + timedelta(minutes=30 * step)) for step in range(48 * 366)]
    seen = list(dict.fromkeys(days))
    assert days == sorted(days)
    assert len(seen) >= 366
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(seen))


def test_waits_grow_and_end_at_an_hour() -> None:
    waits = [find_next_try(tries=tries, now=NOW) - NOW for tries in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
