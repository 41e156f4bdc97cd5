"""What the sync does by itself about a bill that Xero refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_OFF, ALL_ON, BILL
from xero_sync.domain.automatic_fixes import FoundInXero, Reads, Refusal
from xero_sync.domain.errors import BY_CODE
from xero_sync.domain.link import NO_LINK, Link
from xero_sync.domain.record import record_seen
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.fixes import FIXES, adopt_bill, agree_on_void, ask_about_end, find_lines_again
from xero_sync.kinds.invoice.in_xero import InvoiceInXero

READ_AT = datetime(2026, 8, 3, 12, tzinfo=UTC)
IN_XERO: dict[str, Any] = {
    "InvoiceID": "id-1",
    "InvoiceNumber": "10421",
    "Contact": {"ContactID": "contact-1", "Name": "Ann"},
    "Total": "110.00",
    "Status": "AUTHORISED",
}


def refused(document: InvoiceDocument = BILL, *, code: str = "invoice-number-taken", on: bool = True) -> Refusal:
    preferences = ALL_ON if on else ALL_OFF
    return Refusal(
        document=document, codes=frozenset({code}), preferences=preferences, link=NO_LINK, content_hash="digest",
        number_sent="sent",
    )  # fmt: skip


def test_the_same_bill_in_xero_becomes_ours_with_the_evidence() -> None:
    fixed = adopt_bill(refused(), FoundInXero([IN_XERO], read_at=READ_AT))
    assert fixed is not None
    assert fixed.record == {
        **record_seen(InvoiceInXero.from_xero(IN_XERO), at=READ_AT),
        "xero_id": "id-1",
        "status": "AUTHORISED",
        "link": Link(
            note="Linked to the bill 10421 that was in Xero already: same number, contact and total.",
            evidence="adopt_existing_invoices",
        ),
    }


@pytest.mark.parametrize("settled", ["AmountPaid", "AmountCredited"])
def test_a_bill_that_was_paid_or_credited_is_left_alone_and_counts_as_the_same(settled: str) -> None:
    fixed = adopt_bill(refused(), FoundInXero([{**IN_XERO, "SubTotal": "100.00", "TotalTax": "10.00", settled: 5}]))
    assert fixed is not None
    assert fixed.record["confirmed_hash"] == "digest"
    amounts = (fixed.record["subtotal"], fixed.record["tax"], fixed.record["total"])
    assert amounts == (BILL.subtotal, BILL.tax_total, BILL.total)
    assert fixed.record["link"].closed == "settled-in-xero"


@pytest.mark.parametrize(
    "changes", [{"Total": "110.01"}, {"Contact": {"ContactID": "contact-2"}}, {"Contact": None, "Total": None}]
)
def test_a_bill_that_differs_is_not_adopted_and_the_difference_is_named(changes: dict[str, Any]) -> None:
    fixed = adopt_bill(refused(), FoundInXero([{**IN_XERO, **changes}]))
    assert fixed is not None
    assert fixed.record == {}
    assert fixed.fault is not None
    assert fixed.fault.code == "found-but-differs"


def test_a_bill_that_is_not_found_needs_somebody() -> None:
    assert adopt_bill(refused(), FoundInXero()) is None
    assert adopt_bill(refused(), FoundInXero([{**IN_XERO, "InvoiceNumber": "10422"}])) is None


def test_of_two_bills_with_the_number_the_last_is_taken() -> None:
    fixed = adopt_bill(refused(), FoundInXero([{**IN_XERO, "InvoiceID": "id-0"}, IN_XERO]))
    assert fixed is not None
    assert fixed.record["xero_id"] == "id-1"


@pytest.mark.parametrize(
    ("document", "agreed"),
    [
        ({"InvoiceID": "ID-1", "Status": "VOIDED"}, "VOIDED"),
        ({"InvoiceID": "id-1", "Status": "DELETED"}, "DELETED"),
        ({"InvoiceID": "id-1", "Status": "PAID"}, ""),
        ({"InvoiceID": "id-2", "Status": "VOIDED"}, ""),
        ({"InvoiceID": "id-1"}, ""),
    ],
)
def test_void_on_both_sides_needs_nothing_more(document: dict[str, Any], agreed: str) -> None:
    void = replace(BILL, state="VOID", xero_id="id-1")
    fixed = agree_on_void(refused(void, code="invoice-closed-in-xero"), FoundInXero([document]))
    seen = record_seen(InvoiceInXero.from_xero(document), at=None)
    expected = {**seen, "status": agreed, "confirmed_hash": "digest"} if agreed else {}
    assert (fixed.record if fixed else {}) == expected


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"InvoiceID": "ID-1", "Status": "VOIDED"}, "VOIDED"),
        ({"InvoiceID": "id-1", "Status": "DELETED"}, "DELETED"),
        ({"InvoiceID": "id-1", "Status": "PAID"}, ""),
        ({"InvoiceID": "id-2", "Status": "VOIDED"}, ""),
    ],
)
def test_what_is_live_here_and_was_ended_in_xero_a_person_decides(document: dict[str, Any], status: str) -> None:
    refusal = refused(replace(BILL, xero_id="id-1"), code="invoice-closed-in-xero")
    fixed = ask_about_end(refusal, FoundInXero([document]))
    if not status:
        assert fixed is None
        return
    assert fixed is not None
    assert fixed.fault is not None
    assert fixed.fault.code == "voided-in-xero"
    assert fixed.record["link"].closed == "voided-in-xero"
    assert (fixed.record["status"], fixed.record["confirmed_hash"]) == (status, ""), "nothing confirmed counts"


@pytest.mark.parametrize(
    ("refusal", "reads"),
    [
        (refused(), Reads.NUMBERED),
        (refused(on=False), None),
        (refused(replace(BILL, state="VOID"), code="invoice-closed-in-xero"), Reads.NUMBERED),
        (refused(replace(BILL, state="VOID"), code="document-closed-in-xero"), Reads.NUMBERED),
        (refused(code="invoice-closed-in-xero"), Reads.NUMBERED),
        (refused(code="document-closed-in-xero"), Reads.NUMBERED),
        (refused(code="status-with-payment"), Reads.NOTHING),
        (refused(code="email-invalid"), None),
    ],
)
def test_each_refusal_has_its_fix_or_none(refusal: Refusal, reads: Reads | None) -> None:
    assert refusal.codes <= set(BY_CODE)
    assert [fix.reads for fix in FIXES if fix.is_for(refusal)] == ([reads] if reads else [])


def test_an_adopted_bill_is_looked_up_by_todays_number_and_a_void_one_by_that_which_was_sent() -> None:
    adopts, agrees, *_ = FIXES
    assert (adopts.number(refused()), agrees.number(refused())) == ("10421", "sent")
    assert (adopts.waits, agrees.waits) == (True, False)


def test_an_approved_bill_with_a_payment_goes_again_without_its_status() -> None:
    [fix] = [fix for fix in FIXES if fix.is_for(refused(code="status-with-payment"))]
    linked = replace(refused(code="status-with-payment"), link=Link(note="Linked by hand."))
    fixed = fix.decide(linked, FoundInXero())
    assert fixed is not None
    assert fixed.record == {"status": "AUTHORISED", "link": Link(note="Linked by hand.")}


def test_lines_that_xero_no_longer_knows_are_matched_with_those_it_has() -> None:
    lines = [{"LineItemID": "gone", "Description": line.description} for line in BILL.lines]
    lines_in_xero = [{**line, "LineItemID": f"id-{place}"} for place, line in enumerate(lines)]
    document = replace(BILL, xero_id="ID-1")
    refusal = replace(refused(document, code="lines-gone-in-xero"), stated={"LineItems": lines})
    fixed = find_lines_again(refusal, FoundInXero([{**IN_XERO, "LineItems": lines_in_xero[::-1]}], read_at=READ_AT))
    assert fixed is not None
    assert set(fixed.record["line_ids"]) == {str(key) for key in BILL.line_keys}
    assert "gone" not in fixed.record["line_ids"].values()
    assert fixed.record["link"].count_tries("lines") == 1


def test_lines_are_looked_up_once_and_only_where_xero_has_the_bill() -> None:
    document = replace(BILL, xero_id="id-1")
    refusal = refused(document, code="lines-gone-in-xero")
    assert find_lines_again(refusal, FoundInXero([])) is None
    tried = replace(refusal, link=NO_LINK.add_try("lines"))
    assert find_lines_again(tried, FoundInXero([IN_XERO])) is None
