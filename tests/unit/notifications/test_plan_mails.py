"""Which mails are written: tables of causes and of what people were notified of before."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from notifications.plan_mails import MOST_SINGLE, Notice, PastNotice, PlannedMail, plan_mails
from notifications.recipients import CauseFacts, Member, When
from tests.unit.notifications.causes import ADMIN, BOB, GRACE, MEMBERS, NOW, ago, cause


def notified(
    seconds: float, what: Notice = Notice.OPENED, *, user: int = ADMIN, of: int = 7, **changes: Any
) -> PastNotice:
    usual = PastNotice(identity=("account-archived", "420"), cause_id=of, user_id=user, what=what, at=ago(seconds))
    return replace(usual, **changes)


def written(
    *causes: CauseFacts, past: Sequence[PastNotice] = (), members: Sequence[Member] = MEMBERS
) -> list[PlannedMail]:
    return plan_mails(causes=causes, members=members, past=past, now=NOW, grace=GRACE)


def test_the_first_mail_goes_once() -> None:
    assert written(cause()) == [PlannedMail(user_id=ADMIN, opened=(7,))]
    assert written(cause(), past=[notified(10)]) == []
    assert written(cause(opened_at=ago(9e6)), past=[notified(8e6)]) == []


def test_a_mail_in_line_counts_as_said() -> None:
    assert written(cause(), past=[notified(10, sent=False)]) == []


@pytest.mark.parametrize(
    ("past", "over"),
    [
        ([notified(600, closed_at=ago(61))], True),
        ([notified(600, closed_at=ago(61), sent=False)], False),
        ([notified(600, closed_at=ago(61)), notified(10, Notice.OVER, closed_at=ago(61))], False),
        ([], False),
    ],
)
def test_it_is_over_goes_to_exactly_those_who_were_notified(past: list[PastNotice], over: bool) -> None:
    closed = cause(opened_at=ago(900), closed_at=ago(61))
    assert written(closed, past=past) == ([PlannedMail(user_id=ADMIN, over=(7,))] if over else [])


def test_it_is_over_waits_whether_it_comes_back() -> None:
    notice = notified(600, closed_at=ago(30))
    assert written(cause(opened_at=ago(900), closed_at=ago(30)), past=[notice]) == []
    back = cause(8, opened_at=ago(100))
    assert written(cause(opened_at=ago(900), closed_at=ago(120)), back, past=[notified(600, closed_at=ago(120))]) == []


def test_what_comes_back_unannounced_is_over_once_when_it_is_over_at_last() -> None:
    first = cause(opened_at=ago(9000), closed_at=ago(8000))
    again = cause(8, opened_at=ago(7900), closed_at=ago(100))
    assert written(first, again, past=[notified(8900, closed_at=ago(8000))]) == [PlannedMail(user_id=ADMIN, over=(7,))]


@pytest.mark.parametrize(("notified_ago", "notifies"), [(3599, False), (3600, True)])
def test_what_comes_back_is_notified_at_most_once_an_hour(notified_ago: float, notifies: bool) -> None:
    closed = ago(1000)
    past = [notified(notified_ago, closed_at=closed), notified(900, Notice.OVER, closed_at=closed)]
    back = cause(8, opened_at=ago(500))
    expected = [PlannedMail(user_id=ADMIN, opened=(8,))] if notifies else []
    assert written(cause(opened_at=ago(9000), closed_at=closed), back, past=past) == expected


@pytest.mark.parametrize(("notified_ago", "notifies"), [(3599, False), (3600, True)])
def test_so_is_the_same_cause_that_goes_on_after_it_was_said_to_be_over(notified_ago: float, notifies: bool) -> None:
    past = [notified(notified_ago), notified(900, Notice.OVER)]
    assert written(cause(opened_at=ago(9000)), past=past) == (
        [PlannedMail(user_id=ADMIN, opened=(7,))] if notifies else []
    )


def test_what_comes_back_after_long_is_notified_although_nobody_said_it_was_over() -> None:
    past = [notified(9e5, closed_at=ago(8e5))]
    assert written(cause(8), past=past) == [PlannedMail(user_id=ADMIN, opened=(8,))]


def test_the_one_it_is_assigned_to_later_is_notified_too() -> None:
    assert written(cause(assigned_to=BOB), past=[notified(500)]) == [PlannedMail(user_id=BOB, opened=(7,))]


@pytest.mark.parametrize(("causes", "mails"), [(1, 1), (MOST_SINGLE, MOST_SINGLE), (MOST_SINGLE + 1, 1), (200, 1)])
def test_many_at_once_become_one_mail(causes: int, mails: int) -> None:
    found = written(*(cause(pk, subject=str(pk)) for pk in range(causes)))
    assert len(found) == mails
    assert sorted(pk for mail in found for pk in mail.opened) == list(range(causes))


def test_those_of_the_last_minute_count_with_it() -> None:
    past = [notified(20, of=pk, identity=("account-archived", str(pk))) for pk in range(4)]
    causes = [cause(pk, subject=str(pk)) for pk in range(6)]
    assert written(*causes, past=past) == [PlannedMail(user_id=ADMIN, opened=(4, 5))]


def member(**changes: Any) -> Member:
    return Member(user_id=ADMIN, is_admin=True, **changes)


def test_never_is_never() -> None:
    over = cause(8, subject="430", opened_at=ago(900), closed_at=ago(100))
    notice = notified(600, of=8, identity=("account-archived", "430"), closed_at=ago(100))
    assert written(cause(), over, past=[notice], members=[member(when=When.NEVER)]) == []


def test_a_digest_holds_what_is_new_and_what_is_over_and_comes_at_its_hour() -> None:
    over = cause(8, subject="430", opened_at=ago(900), closed_at=ago(100))
    notice = notified(600, of=8, identity=("account-archived", "430"), closed_at=ago(100))
    daily = member(when=When.DAILY)
    assert written(cause(), over, past=[notice], members=[daily]) == []
    due = replace(daily, digest_due=True)
    assert written(cause(), over, past=[notice], members=[due]) == [
        PlannedMail(user_id=ADMIN, opened=(7,), over=(8,), digest=True)
    ]


def test_a_digest_with_nothing_to_say_is_no_mail() -> None:
    assert written(cause(), past=[notified(500)], members=[member(when=When.DAILY, digest_due=True)]) == []


def test_ten_thousand_causes_are_decided_for_in_a_moment() -> None:
    """Each is looked up once: a search through all past notices for each would take minutes, inside a transaction."""
    causes = [cause(pk, subject=str(pk)) for pk in range(10_000)]
    past = [
        notified(60, of=pk, user=member.user_id, identity=("account-archived", str(pk)))
        for pk in range(10_000)
        for member in MEMBERS
    ]
    start = time.monotonic()
    assert written(*causes, past=past) == []
    assert time.monotonic() - start < 5
