"""Who is notified of a cause: tables of cases."""

from datetime import timedelta
from typing import Any

import pytest

from notifications.recipients import CURES_ITSELF, NOTIFIED_CODES, find_recipients, is_news
from tests.unit.notifications.causes import ADMIN, ANN, BOB, GRACE, MEMBERS, NOW, ago, cause
from xero_sync.domain.errors import BY_CODE, TABLE, Owner


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
    assert find_recipients(cause=cause(**changes), members=MEMBERS) == people


@pytest.mark.parametrize("known", TABLE, ids=lambda known: known.code)
def test_nobody_is_notified_of_what_is_ours_or_ends_by_itself(known: Any) -> None:
    notifies = bool(find_recipients(cause=cause(code=known.code), members=MEMBERS))
    assert notifies == (known.owner in (Owner.ADMIN, Owner.STAFF) and known.release not in CURES_ITSELF)
    assert notifies == (known.code in NOTIFIED_CODES)


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
    assert is_news(cause=cause(**changes), now=NOW, grace=GRACE) is news


def test_every_cause_that_is_notified_has_an_owner() -> None:
    assert {BY_CODE[code].owner for code in NOTIFIED_CODES} == {Owner.ADMIN, Owner.STAFF}
