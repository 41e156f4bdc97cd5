"""A bill as Xero takes it, and what stops it; the payloads as a whole stand in `test_golden_payloads`."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, BILL, BOOKS, COSTS, LINE, make_chart, preferences_but
from xero_sync.domain.errors import recognise
from xero_sync.domain.payloads import Mapped
from xero_sync.kinds.invoice.mapping import map_invoice


def mapped(*, off: tuple[str, ...] = (), organisation: dict[str, str] | None = None, **changes: Any) -> Mapped:
    books = replace(BOOKS, chart=make_chart(**(organisation or {})))
    return map_invoice(replace(BILL, **changes), preferences=preferences_but(*off), books=books)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"lines": ()}, ["no-lines"]),
        ({"total": Decimal("-0.01")}, ["negative-total"]),
        ({"total": Decimal("0.00")}, []),
        ({"currency": "KWD"}, ["three-decimal-currency", "currency-not-enabled"]),
        ({"currency": "EUR"}, ["currency-not-enabled"]),
        ({"lines": (replace(LINE, tax_percent=Decimal(7)), replace(LINE, tax_percent=Decimal(7)))}, ["no-tax-type"]),
    ],
)
def test_what_xero_would_certainly_refuse_is_a_fault_each_once(changes: dict[str, Any], codes: list[str]) -> None:
    assert [recognise(fault).code for fault in mapped(**changes).faults] == codes


def test_a_bill_in_a_locked_period_is_a_fault() -> None:
    faults = mapped(organisation={"PeriodLockDate": "2026-08-03"}).faults
    assert [recognise(fault).code for fault in faults] == ["locked-period"]


def test_without_known_currencies_none_is_refused() -> None:
    books = replace(BOOKS, chart=replace(BOOKS.chart, currencies=()))
    assert map_invoice(replace(BILL, currency="EUR"), preferences=ALL_ON, books=books).faults == ()


@pytest.mark.parametrize(
    ("mode", "expected"), [("EXCLUSIVE", "Exclusive"), ("INCLUSIVE", "Inclusive"), ("NO_TAX", "NoTax")]
)
def test_the_amounts_say_whether_tax_is_in_them(mode: str, expected: str) -> None:
    assert mapped(tax_mode=mode).payload["LineAmountTypes"] == expected


@pytest.mark.parametrize(
    ("xero_status", "sent"),
    [("AUTHORISED", False), ("PAID", False), ("DRAFT", True), ("SUBMITTED", True)],
)
def test_an_unchanged_status_is_not_sent_again(xero_status: str, sent: bool) -> None:
    payload = mapped(xero_id="id-1", xero_status=xero_status).payload
    assert payload["InvoiceID"] == "id-1"
    assert ("Status" in payload) is sent


def test_a_new_bill_has_no_id_and_no_empty_reference() -> None:
    payload = mapped().payload
    assert "InvoiceID" not in payload
    assert "Reference" not in payload


@pytest.mark.parametrize(
    ("changes", "off", "reference"),
    [
        ({"matter_number": "M-7"}, (), "M-7"),
        ({"matter_number": ""}, (), ""),
        ({"matter_number": "M-7", "reference_is_ours": True}, ("matter_as_reference",), ""),
        ({"matter_number": "M-7"}, ("matter_as_reference",), None),
    ],
)
def test_a_reference_that_was_taken_away_is_taken_away_in_xero(
    changes: dict[str, Any], off: tuple[str, ...], reference: str | None
) -> None:
    assert mapped(off=off, xero_id="id-1", **changes).payload.get("Reference") == reference


def test_lines_that_xero_knows_keep_their_ids_and_new_ones_have_none() -> None:
    lines = (replace(LINE, line_item_id="L1"), COSTS)
    found = mapped(xero_id="id-1", lines=lines)
    assert [line.get("LineItemID") for line in found.payload["LineItems"]] == ["L1", None]
    assert found.line_ids == (11, 12)


@pytest.mark.parametrize(("xero_status", "status"), [("AUTHORISED", "VOIDED"), ("DRAFT", "DELETED")])
def test_a_void_bill_says_nothing_but_that_whatever_is_wrong_with_it(xero_status: str, status: str) -> None:
    void = mapped(state="VOID", xero_id="id-1", xero_status=xero_status, lines=(), total=Decimal(-1))
    assert void.payload == {"InvoiceID": "id-1", "Status": status}
    assert void.faults == ()
    assert void.content_hash == mapped(state="VOID", xero_id="id-2").content_hash


def test_created_and_updated_say_the_same_so_that_nothing_is_sent_twice() -> None:
    known = mapped(xero_id="id-1", xero_status="AUTHORISED", lines=(replace(LINE, line_item_id="L1"),))
    assert mapped().content_hash == known.content_hash
    assert mapped(number="10422").content_hash != known.content_hash


def test_a_note_that_many_lines_give_is_given_once() -> None:
    notes = mapped(lines=(COSTS, replace(COSTS, line_id=13))).notes
    assert [note.code for note in notes] == ["category_account_codes"]


def test_notes_of_lines_of_the_reference_and_of_a_draft_come_together() -> None:
    notes = mapped(lines=(COSTS,), matter_number="M-7", state="DRAFT", off=("only_approved",)).notes
    assert [note.code for note in notes] == ["category_account_codes", "matter_as_reference", "only_approved"]
