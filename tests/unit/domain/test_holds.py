"""Why a document is on hold or not sent: the first reason that applies, and its words."""

from dataclasses import replace
from datetime import date
from string import Formatter

import pytest

from xero_sync.domain.documents import Standing
from xero_sync.domain.holds import BY_A_PERSON, FIRM_HOLDS, SENTENCES, FirmConditions, Hold, NotSent, not_sent

FREE = FirmConditions(connected=True, lost=False, enabled=True, confirmed=True, paused=False, start_date=None)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (FREE, None),
        (replace(FREE, paused=True), Hold.PAUSED),
        (replace(FREE, confirmed=False, paused=True), Hold.UNCONFIRMED),
        (replace(FREE, enabled=False, confirmed=False), Hold.SWITCHED_OFF),
        (replace(FREE, connected=False, enabled=False), Hold.NOT_CONNECTED),
        (replace(FREE, lost=True, connected=False), Hold.CONNECTION_LOST),
        (replace(FREE, lost=True, paused=True), Hold.CONNECTION_LOST),
    ],
)
def test_the_first_thing_that_holds_the_firm_is_named(conditions: FirmConditions, expected: Hold | None) -> None:
    assert conditions.hold is expected
    assert expected is None or expected in FIRM_HOLDS


def test_only_what_is_about_one_document_is_no_hold_of_the_firm() -> None:
    assert set(Hold) - set(FIRM_HOLDS) == {Hold.CONTACT, Hold.IMPORT, Hold.CAUSE}
    assert set(BY_A_PERSON) == {NotSent.LEFT_OUT, NotSent.HANDLED}


def test_every_reason_has_its_sentence() -> None:
    reasons = [*Hold, *NotSent]
    assert set(SENTENCES) == set(reasons)
    assert [reason for reason in reasons if not SENTENCES[reason].endswith(".")] == []
    parts = {name for text in SENTENCES.values() for _, name, _, _ in Formatter().parse(text) if name}
    assert parts == {"by", "waited", "noun"}


START = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("state", "day", "only_approved", "in_xero", "start", "expected"),
    [
        ("APPROVED", START, True, False, START, None),
        ("APPROVED", date(2026, 6, 30), True, False, START, NotSent.BEFORE_START),
        ("APPROVED", date(2026, 6, 30), True, False, None, None),
        ("DRAFT", START, True, False, None, NotSent.DRAFT),
        ("AWAITING_APPROVAL", START, True, False, None, NotSent.DRAFT),
        ("DRAFT", START, False, False, None, None),
        ("DRAFT", date(2026, 6, 30), True, False, START, NotSent.BEFORE_START),
        ("VOID", date(2026, 6, 30), False, False, START, NotSent.VOID),
        ("VOID", START, True, False, None, NotSent.VOID),
        # A bill that is in Xero is kept in step in every state.
        ("VOID", START, True, True, None, None),
        ("DRAFT", date(2026, 6, 30), True, True, START, None),
    ],
)
def test_what_is_not_to_be_sent_has_its_reason(
    state: str, day: date, only_approved: bool, in_xero: bool, start: date | None, expected: NotSent | None
) -> None:
    standing = Standing(state, day)
    found = not_sent(standing=standing, only_approved=only_approved, in_xero=in_xero, start_date=start)
    assert found is expected


def test_a_kind_that_always_goes_has_no_reason_to_stay() -> None:
    assert not_sent(standing=None, only_approved=True, in_xero=False, start_date=START) is None
