"""The notes that say what a switch did: quiet where it did as it was meant to, and none where it changed nothing."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.kinds import documents
from tests.unit.kinds.documents import BOOKS, COSTS, preferences_but
from xero_sync.domain.payloads import Mapped
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.mapping import map_invoice

BILL = replace(documents.BILL, lines=(COSTS,), matter_number="M-7")


def mapped(bill: InvoiceDocument = BILL, *, off: str = "", **changes: Any) -> Mapped:
    """The bill under all switches but this one."""
    return map_invoice(replace(bill, **changes), preferences=preferences_but(off), books=BOOKS)


def noted(found: Mapped) -> dict[str, bool]:
    """Which switch left a note, and whether it is a quiet one."""
    return {note.code: note.quiet for note in found.notes}


def test_a_category_s_account_and_a_matter_s_number_leave_quiet_notes() -> None:
    assert noted(mapped()) == {"category_account_codes": True, "matter_as_reference": True}


@pytest.mark.parametrize("key", ["category_account_codes", "matter_as_reference"])
def test_off_a_switch_leaves_no_note(key: str) -> None:
    assert key not in noted(mapped(off=key))


def test_the_same_account_as_the_default_changes_nothing_and_says_nothing() -> None:
    same = replace(COSTS, category_account="405")
    assert "category_account_codes" not in noted(mapped(lines=(same,)))


def test_ten_lines_of_one_category_leave_one_note() -> None:
    notes = mapped(lines=tuple(replace(COSTS, line_id=number) for number in range(10))).notes
    assert [note.code for note in notes].count("category_account_codes") == 1


def test_a_bill_without_a_matter_has_no_reference_and_no_note() -> None:
    found = mapped(matter_number="")
    assert "Reference" not in found.payload
    assert "matter_as_reference" not in noted(found)


@pytest.mark.parametrize("state", ["DRAFT", "AWAITING_APPROVAL"])
def test_a_bill_that_goes_before_it_is_approved_says_so_quietly(state: str) -> None:
    assert noted(mapped(off="only_approved", state=state))["only_approved"] is True
    assert "only_approved" not in noted(mapped(off="only_approved"))


def test_a_reference_of_ours_is_emptied_and_anybody_else_s_is_left_alone() -> None:
    known = {"xero_id": "x", "xero_status": "AUTHORISED", "off": "matter_as_reference"}
    assert mapped(**known, reference_is_ours=True).payload["Reference"] == ""
    assert "Reference" not in mapped(**known).payload


def test_an_emptied_reference_counts_as_none_so_that_the_next_save_sends_nothing() -> None:
    known = {"xero_id": "x", "xero_status": "AUTHORISED", "off": "matter_as_reference"}
    assert mapped(**known, reference_is_ours=True).content_hash == mapped(**known).content_hash
