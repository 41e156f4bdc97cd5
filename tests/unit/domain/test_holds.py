"""Why a document is on hold or not sent: the first reason that applies, and its words."""

from dataclasses import replace
from string import Formatter

import pytest

from xero_sync.domain.holds import BY_A_PERSON, FIRM_HOLDS, SENTENCES, FirmConditions, Hold, NotSent

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
    assert set(Hold) - set(FIRM_HOLDS) == {Hold.CONTACT, Hold.CAUSE}
    assert set(BY_A_PERSON) == {NotSent.LEFT_OUT, NotSent.HANDLED}


def test_every_reason_has_its_sentence() -> None:
    reasons = [*Hold, *NotSent]
    assert set(SENTENCES) == set(reasons)
    assert [reason for reason in reasons if not SENTENCES[reason].endswith(".")] == []
    parts = {name for text in SENTENCES.values() for _, name, _, _ in Formatter().parse(text) if name}
    assert parts == {"by", "contact"}
