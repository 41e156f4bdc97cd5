"""Who is told of a cause by mail, and when: tables of cases, and days on which the clocks change."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from xero_sync.domain.errors import BY_CODE, TABLE, Owner
from xero_sync.domain.telling import (
    CURES_ITSELF,
    LONGEST_WAIT,
    MOST_SINGLE,
    TOLD_CODES,
    Letter,
    Line,
    Matter,
    Member,
    Notice,
    When,
    digest_day,
    is_news,
    letters,
    next_try,
    whom,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GRACE = timedelta(seconds=60)
ADMIN, ANN, BOB = 1, 2, 3
MEMBERS = (
    Member(user_id=ADMIN, is_admin=True),
    Member(user_id=ANN, is_admin=False),
    Member(user_id=BOB, is_admin=False),
)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def matter(pk: int = 7, **changes: Any) -> Matter:
    usual: dict[str, Any] = {"code": "account-archived", "subject": "420", "opened_at": ago(90)}
    return Matter(cause_id=pk, **{**usual, **changes})


def notified(
    seconds: float, what: Notice = Notice.OPENED, *, user: int = ADMIN, cause: int = 7, **changes: Any
) -> Line:
    usual = Line(identity=("account-archived", "420"), cause_id=cause, user_id=user, what=what, at=ago(seconds))
    return replace(usual, **changes)


def written(*matters: Matter, lines: Sequence[Line] = (), members: Sequence[Member] = MEMBERS) -> list[Letter]:
    return letters(matters=matters, members=members, lines=lines, now=NOW, grace=GRACE)


@pytest.mark.parametrize(
    ("changes", "people"),
    [
        ({"code": "account-archived"}, {ADMIN}),
        ({"code": "account-archived", "savers": frozenset({ANN})}, {ADMIN}),
        ({"code": "contact-name-taken"}, {ADMIN, ANN, BOB}),
        ({"code": "contact-name-taken", "savers": frozenset({ANN})}, {ANN}),
        ({"code": "contact-name-taken", "savers": frozenset({ANN, BOB})}, {ANN, BOB}),
        # Somebody who left saved it: everybody who can act.
        ({"code": "contact-name-taken", "savers": frozenset({99})}, {ADMIN, ANN, BOB}),
        ({"code": "contact-name-taken", "savers": frozenset({99, BOB})}, {BOB}),
        ({"code": "contact-name-taken", "savers": frozenset({ANN}), "assigned_to": BOB}, {BOB}),
        ({"code": "account-archived", "assigned_to": BOB}, {BOB}),
        ({"code": "account-archived", "assigned_to": 99}, {ADMIN}),
        ({"code": "unknown"}, set()),
        ({"code": "our-fault"}, set()),
        ({"code": "rate-limited"}, set()),
        ({"code": "unknown", "assigned_to": ANN}, {ANN}),
        ({"code": "no-longer-in-the-table"}, set()),
    ],
)
def test_who_is_notified(changes: dict[str, Any], people: set[int]) -> None:
    assert whom(matter=matter(**changes), members=MEMBERS) == people


@pytest.mark.parametrize("known", TABLE, ids=lambda known: known.code)
def test_nobody_is_notified_of_what_is_ours_or_ends_by_itself(known: Any) -> None:
    tells = bool(whom(matter=matter(code=known.code), members=MEMBERS))
    assert tells == (known.owner in (Owner.ADMIN, Owner.STAFF) and known.release not in CURES_ITSELF)
    assert tells == (known.code in TOLD_CODES)


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({}, True),
        ({"opened_at": ago(59)}, False),
        ({"opened_at": ago(60)}, True),
        ({"closed_at": ago(1)}, False),
        ({"snoozed_until": NOW + timedelta(seconds=1)}, False),
        ({"snoozed_until": NOW}, True),
        ({"holds": False}, False),
        ({"holds": False, "watched": True}, True),
        ({"holds": False, "watched": True, "opened_at": ago(10)}, False),
    ],
)
def test_when_it_is_news(changes: dict[str, Any], news: bool) -> None:
    assert is_news(matter=matter(**changes), now=NOW, grace=GRACE) is news


def test_the_first_mail_goes_once() -> None:
    assert written(matter()) == [Letter(user_id=ADMIN, opened=(7,))]
    assert written(matter(), lines=[notified(10)]) == []
    assert written(matter(opened_at=ago(9e6)), lines=[notified(8e6)]) == []


def test_a_mail_in_line_counts_as_said() -> None:
    assert written(matter(), lines=[notified(10, sent=False)]) == []


@pytest.mark.parametrize(
    ("lines", "over"),
    [
        ([notified(600, closed_at=ago(61))], True),
        ([notified(600, closed_at=ago(61), sent=False)], False),
        ([notified(600, closed_at=ago(61)), notified(10, Notice.OVER, closed_at=ago(61))], False),
        ([], False),
    ],
)
def test_it_is_over_goes_to_exactly_those_who_were_notified(lines: list[Line], over: bool) -> None:
    closed = matter(opened_at=ago(900), closed_at=ago(61))
    assert written(closed, lines=lines) == ([Letter(user_id=ADMIN, over=(7,))] if over else [])


def test_it_is_over_waits_whether_it_comes_back() -> None:
    line = notified(600, closed_at=ago(30))
    assert written(matter(opened_at=ago(900), closed_at=ago(30)), lines=[line]) == []
    back = matter(8, opened_at=ago(100))
    assert (
        written(matter(opened_at=ago(900), closed_at=ago(120)), back, lines=[notified(600, closed_at=ago(120))]) == []
    )


def test_what_comes_back_unannounced_is_over_once_when_it_is_over_at_last() -> None:
    first = matter(opened_at=ago(9000), closed_at=ago(8000))
    again = matter(8, opened_at=ago(7900), closed_at=ago(100))
    assert written(first, again, lines=[notified(8900, closed_at=ago(8000))]) == [Letter(user_id=ADMIN, over=(7,))]


@pytest.mark.parametrize(("told_ago", "tells"), [(3599, False), (3600, True)])
def test_what_comes_back_is_notified_at_most_once_an_hour(told_ago: float, tells: bool) -> None:
    closed = ago(1000)
    lines = [notified(told_ago, closed_at=closed), notified(900, Notice.OVER, closed_at=closed)]
    back = matter(8, opened_at=ago(500))
    expected = [Letter(user_id=ADMIN, opened=(8,))] if tells else []
    assert written(matter(opened_at=ago(9000), closed_at=closed), back, lines=lines) == expected


@pytest.mark.parametrize(("told_ago", "tells"), [(3599, False), (3600, True)])
def test_so_is_the_same_cause_that_goes_on_after_it_was_said_to_be_over(told_ago: float, tells: bool) -> None:
    lines = [notified(told_ago), notified(900, Notice.OVER)]
    assert written(matter(opened_at=ago(9000)), lines=lines) == ([Letter(user_id=ADMIN, opened=(7,))] if tells else [])


def test_what_comes_back_after_long_is_notified_although_nobody_said_it_was_over() -> None:
    lines = [notified(9e5, closed_at=ago(8e5))]
    assert written(matter(8), lines=lines) == [Letter(user_id=ADMIN, opened=(8,))]


def test_the_one_it_is_assigned_to_later_is_notified_too() -> None:
    assert written(matter(assigned_to=BOB), lines=[notified(500)]) == [Letter(user_id=BOB, opened=(7,))]


@pytest.mark.parametrize(("causes", "mails"), [(1, 1), (MOST_SINGLE, MOST_SINGLE), (MOST_SINGLE + 1, 1), (200, 1)])
def test_many_at_once_become_one_mail(causes: int, mails: int) -> None:
    found = written(*(matter(pk, subject=str(pk)) for pk in range(causes)))
    assert len(found) == mails
    assert sorted(pk for letter in found for pk in letter.opened) == list(range(causes))


def test_those_of_the_last_minute_count_with_it() -> None:
    lines = [notified(20, cause=pk, identity=("account-archived", str(pk))) for pk in range(4)]
    causes = [matter(pk, subject=str(pk)) for pk in range(6)]
    assert written(*causes, lines=lines) == [Letter(user_id=ADMIN, opened=(4, 5))]


def member(**changes: Any) -> Member:
    return Member(user_id=ADMIN, is_admin=True, **changes)


def test_never_is_never() -> None:
    over = matter(8, subject="430", opened_at=ago(900), closed_at=ago(100))
    line = notified(600, cause=8, identity=("account-archived", "430"), closed_at=ago(100))
    assert written(matter(), over, lines=[line], members=[member(when=When.NEVER)]) == []


def test_a_digest_holds_what_is_new_and_what_is_over_and_comes_at_its_hour() -> None:
    over = matter(8, subject="430", opened_at=ago(900), closed_at=ago(100))
    line = notified(600, cause=8, identity=("account-archived", "430"), closed_at=ago(100))
    daily = member(when=When.DAILY)
    assert written(matter(), over, lines=[line], members=[daily]) == []
    due = replace(daily, digest_due=True)
    assert written(matter(), over, lines=[line], members=[due]) == [
        Letter(user_id=ADMIN, opened=(7,), over=(8,), digest=True)
    ]


def test_a_digest_with_nothing_to_say_is_no_mail() -> None:
    assert written(matter(), lines=[notified(500)], members=[member(when=When.DAILY, digest_due=True)]) == []


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
    assert digest_day(zone=zone, hour=hour, now=utc(now)) == date.fromisoformat(day)


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Europe/London", "America/New_York", "Africa/Cairo", "UTC"])
@pytest.mark.parametrize("hour", [0, 2, 8, 23])
@pytest.mark.promise("P27")
def test_one_is_digest_for_each_day_of_a_year(zone: str, hour: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    days = [digest_day(zone=zone, hour=hour, now=start + timedelta(minutes=30 * step)) for step in range(48 * 366)]
    seen = list(dict.fromkeys(days))
    assert days == sorted(days)
    assert len(seen) >= 366
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(seen))


def test_waits_grow_and_end_at_an_hour() -> None:
    waits = [next_try(tries=tries, now=NOW) - NOW for tries in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_every_cause_that_is_notified_has_an_owner() -> None:
    assert {BY_CODE[code].owner for code in TOLD_CODES} == {Owner.ADMIN, Owner.STAFF}


def test_ten_thousand_causes_are_decided_for_in_a_moment() -> None:
    """Each is looked up once: a search through all lines for each would take minutes, inside a transaction."""
    matters = [matter(pk, subject=str(pk)) for pk in range(10_000)]
    lines = [
        notified(60, cause=pk, user=member.user_id, identity=("account-archived", str(pk)))
        for pk in range(10_000)
        for member in MEMBERS
    ]
    start = time.monotonic()
    assert written(*matters, lines=lines) == []
    assert time.monotonic() - start < 5
