"""What a link keeps as it is stored, and through tries, saves, successes and the loss of the document in Xero."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from xero_sync.domain.link import NO_LINK, SPENT_KEYS, Link

FULL = Link(
    evidence="match_existing_contacts",
    note="Linked.",
    restored=True,
    name="Ann (C-7)",
    stands_for="Ann",
    number="X-1",
    without_number=True,
    closed="settled-in-xero",
    tries={"clash": 2},
)
STORED = {
    "code": "match_existing_contacts",
    "note": "Linked.",
    "restored": True,
    "name": "Ann (C-7)",
    "for": "Ann",
    "number": "X-1",
    "without_number": True,
    "closed": "settled-in-xero",
    "tries": {"clash": 2},
}


def test_it_is_stored_under_the_keys_that_rows_have() -> None:
    assert FULL.as_stored() == STORED
    assert Link.from_stored(STORED) == FULL
    assert NO_LINK.as_stored() == {}
    assert Link.from_stored({}) == NO_LINK


def test_what_is_empty_is_not_stored_and_reads_as_empty() -> None:
    assert Link(note="Linked.", evidence="by-hand").as_stored() == {"note": "Linked.", "code": "by-hand"}
    assert Link.from_stored({"note": "Linked.", "number": "", "restored": False}) == Link(note="Linked.")


def test_a_key_that_is_no_field_is_dropped() -> None:
    assert Link.from_stored({"note": "Linked.", "matter": 3}) == Link(note="Linked.")


@pytest.mark.parametrize(("name", "expected"), [("Ann", True), ("Ann Lee", False), ("", False)])
def test_it_was_made_for_the_name_the_document_had(name: str, expected: bool) -> None:
    assert FULL.was_made_for(name) is expected
    assert not NO_LINK.was_made_for(name)


def test_each_fix_counts_its_own_tries() -> None:
    link = NO_LINK.add_try("clash").add_try("clash").add_try("gone")
    assert [link.count_tries(fix) for fix in ("clash", "gone", "other")] == [2, 1, 0]


def test_a_try_changes_nothing_else_and_not_the_link_it_was_given() -> None:
    assert FULL.add_try("clash") == replace(FULL, tries={"clash": 3})
    assert FULL.tries == {"clash": 2}


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (Link.allow_tries, {"tries"}),
        (Link.reopen, {"tries", "closed"}),
    ],
)
def test_a_save_a_success_and_a_loss_keep_each_their_part(after: Callable[[Link], Link], lost: set[str]) -> None:
    empty = {name: getattr(NO_LINK, name) for name in lost}
    assert after(FULL) == replace(FULL, **empty)
    assert after(NO_LINK) == NO_LINK


def test_what_is_gone_keeps_its_evidence_until_it_is_given_up_for_a_new_one() -> None:
    gone = FULL.mark_gone("old-id")
    assert gone == replace(FULL, gone="old-id", closed="")
    assert gone.give_up("old-id") == Link(without_number=FULL.without_number, given_up="old-id")
    assert NO_LINK.give_up("old-id").gone == ""


def test_a_refusal_closes_it_and_other_evidence_takes_the_place_of_the_old() -> None:
    assert NO_LINK.close("settled-in-xero") == Link(closed="settled-in-xero")
    assert FULL.explain(evidence="by-hand", note="Ann said so.") == replace(
        FULL, evidence="by-hand", note="Ann said so."
    )


@pytest.mark.parametrize("link", [Link(tries={"lines": 1}), Link(closed="settled-in-xero"), FULL, Link(note="Linked.")])
def test_reopening_changes_a_link_where_it_stores_a_spent_key(link: Link) -> None:
    assert (link.reopen() != link) is bool(set(SPENT_KEYS) & set(link.as_stored()))
