"""What Xero would say of a bill beyond what the mapping knows: its number, its state in Xero, its contact, its tax."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.kinds.documents import ALL_ON, BILL, BOOKS, COSTS, LINE, TAX_RATES, make_chart, preferences_but
from xero_sync.domain.books import Books
from xero_sync.domain.in_xero import Entry, KnownInXero
from xero_sync.domain.link import Link
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.verdicts import DocumentGiven, Judged, Verdict
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.invoice.preflight import judge_bill

CONTACTS = [Entry(xero_id="contact-1", name="Ann", status="ACTIVE")]
IN_XERO = Entry(
    xero_id="id-1",
    number="10421",
    contact_xero_id="contact-1",
    status="AUTHORISED",
    issued=date(2026, 8, 3),
    total=Decimal("110.00"),
)
KNOWN = replace(BILL, xero_id="id-1", xero_status="AUTHORISED")


def judged(
    bill: InvoiceDocument = BILL,
    *entries: Entry,
    preferences: Preferences = ALL_ON,
    books: Books = BOOKS,
    contacts: list[Entry] = CONTACTS,
    **more: Any,
) -> Judged:
    given = DocumentGiven(document=bill, preferences=preferences, **more)
    return judge_bill(given, books=books, bills=KnownInXero(entries), contacts=KnownInXero(contacts))


def codes(verdict: Judged) -> list[str]:
    return [fault.code for fault in verdict.faults]


def noted(verdict: Judged) -> list[str]:
    return [note.code for note in verdict.notes]


def test_a_bill_that_nothing_stops_goes_and_is_known_afterwards() -> None:
    bills = KnownInXero()
    given = DocumentGiven(document=BILL, preferences=ALL_ON)
    assert judge_bill(given, books=BOOKS, bills=bills, contacts=KnownInXero(CONTACTS)).verdict is Verdict.GOES
    kept = bills.get("new 3")
    assert kept is not None
    assert (kept.number, kept.status, kept.total) == ("10421", "AUTHORISED", Decimal("110.00"))


def test_what_xero_holds_already_is_unchanged() -> None:
    digest = map_invoice(KNOWN, preferences=ALL_ON, books=BOOKS).content_hash
    assert judged(KNOWN, IN_XERO, confirmed_hash=digest).verdict is Verdict.UNCHANGED
    assert judged(KNOWN, IN_XERO, confirmed_hash="other").verdict is Verdict.GOES


def test_a_fault_of_the_mapping_stops_it() -> None:
    verdict = judged(replace(BILL, lines=(), total=Decimal(-1)))
    assert (verdict.verdict, len(verdict.faults)) == (Verdict.REFUSED, 2)


def test_a_bill_that_cannot_be_mapped_is_our_fault_and_nobody_elses() -> None:
    assert codes(judged(replace(BILL, tax_mode="UNHEARD_OF"))) == ["our-fault"]


def test_what_xero_has_closed_stays_closed_until_it_is_void_here() -> None:
    assert codes(judged(KNOWN, IN_XERO, link=Link(closed="settled-in-xero"))) == ["settled-in-xero"]
    assert codes(judged(replace(KNOWN, state="VOID"), IN_XERO, link=Link(closed="settled-in-xero"))) == []


@pytest.mark.parametrize(
    ("other", "preferences", "verdict", "expected"),
    [
        (IN_XERO, ALL_ON, Verdict.NOTES, ["adopt_existing_invoices"]),
        (replace(IN_XERO, settled=Decimal(5)), ALL_ON, Verdict.UNCHANGED, ["adopt_existing_invoices"]),
        (IN_XERO, preferences_but("adopt_existing_invoices"), Verdict.REFUSED, ["invoice-number-taken"]),
        (replace(IN_XERO, total=Decimal(1)), ALL_ON, Verdict.REFUSED, ["found-but-differs"]),
        (replace(IN_XERO, contact_xero_id="c-2"), ALL_ON, Verdict.REFUSED, ["found-but-differs"]),
    ],
)
def test_a_number_that_is_taken_is_adopted_or_stops_the_bill(
    other: Entry, preferences: Preferences, verdict: Verdict, expected: list[str]
) -> None:
    found = judged(BILL, other, preferences=preferences)
    assert found.verdict is verdict
    assert codes(found) + noted(found) == expected


def test_a_number_that_xero_only_compares_as_equal_is_left_to_a_person() -> None:
    bill, other = replace(BILL, number="inv-7"), replace(IN_XERO, number="INV-7")
    assert codes(judged(bill, other)) == ["invoice-number-taken"]


def test_a_bill_in_xero_cannot_take_the_number_of_another() -> None:
    assert codes(judged(KNOWN, replace(IN_XERO, xero_id="id-2"))) == ["invoice-number-taken"]


@pytest.mark.parametrize(
    ("state", "before", "expected"),
    [
        ("APPROVED", {}, []),
        ("APPROVED", {"status": "DRAFT"}, []),
        ("DRAFT", {"status": "SUBMITTED"}, []),
        ("APPROVED", {"status": "VOIDED"}, ["document-closed-in-xero"]),
        ("APPROVED", {"status": "DELETED"}, ["invoice-closed-in-xero"]),
        ("DRAFT", {"status": "AUTHORISED"}, []),
        ("APPROVED", {"status": "PAID", "settled": Decimal(110)}, ["invoice-closed-in-xero", "settled-in-xero"]),
        ("APPROVED", {"settled": Decimal(5)}, ["settled-in-xero"]),
        ("VOID", {"settled": Decimal(5)}, ["void-with-payment"]),
        ("APPROVED", {"settled": Decimal(5), "issued": date(2026, 8, 2)}, ["settled-in-xero", "date-with-payment"]),
        ("VOID", {"settled": Decimal(5), "issued": date(2026, 8, 2)}, ["void-with-payment"]),
        ("VOID", {"status": "DRAFT"}, []),
    ],
)
def test_a_change_is_judged_by_the_bills_state_in_xero(state: str, before: dict[str, Any], expected: list[str]) -> None:
    entry = replace(IN_XERO, **before)
    # What we last heard of a void bill is older than the index.
    bill = replace(KNOWN, state=state, xero_status=entry.status if entry.status != "VOIDED" else "AUTHORISED")
    assert codes(judged(bill, entry, preferences=preferences_but("only_approved"))) == expected


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_void_on_both_sides_is_unchanged(status: str) -> None:
    assert judged(replace(KNOWN, state="VOID"), replace(IN_XERO, status=status)).verdict is Verdict.UNCHANGED


@pytest.mark.parametrize(
    ("status", "issued", "expected"),
    [
        ("AUTHORISED", date(2026, 7, 1), ["edit-in-locked-period"]),
        ("AUTHORISED", date(2026, 7, 2), []),
        ("DRAFT", date(2026, 7, 1), []),
    ],
)
def test_a_bill_that_stands_in_a_locked_period_in_xero_is_not_changed(
    status: str, issued: date, expected: list[str]
) -> None:
    books = replace(BOOKS, chart=make_chart(PeriodLockDate="2026-07-01"))
    bill = replace(KNOWN, xero_status=status)
    assert codes(judged(bill, replace(IN_XERO, status=status, issued=issued), books=books)) == expected


@pytest.mark.parametrize(("status", "expected"), [("ARCHIVED", ["contact-archived"]), ("ACTIVE", [])])
def test_an_archived_contact_stops_the_bill(status: str, expected: list[str]) -> None:
    contacts = [replace(CONTACTS[0], status=status)]
    assert codes(judged(contacts=contacts)) == expected
    assert codes(judged(contacts=[])) == []


def rated(*, status: str = "ACTIVE", revenue: bool = True, percent: str = "10") -> Books:
    """Books in which the mapped tax type is like this."""
    output = {
        "TaxType": "OUTPUT",
        "Name": "GST",
        "EffectiveRate": percent,
        "Status": status,
        "CanApplyToRevenue": revenue,
    }
    return replace(BOOKS, chart=make_chart(tax_rates=[TAX_RATES[0], output]))


@pytest.mark.parametrize(
    ("books", "mode", "expected"),
    [
        (BOOKS, "EXCLUSIVE", []),
        (rated(status="ARCHIVED"), "EXCLUSIVE", ["tax-type-unknown"]),
        (rated(revenue=False), "EXCLUSIVE", ["tax-not-for-account"]),
        (rated(status="ARCHIVED"), "NO_TAX", []),
        (replace(BOOKS, chart=make_chart(tax_rates=[])), "EXCLUSIVE", []),
    ],
)
def test_a_tax_type_that_xero_would_not_take_is_a_fault(books: Books, mode: str, expected: list[str]) -> None:
    assert codes(judged(replace(BILL, tax_mode=mode), books=books)) == expected


def test_a_fault_of_many_lines_is_named_once() -> None:
    bill = replace(BILL, lines=(LINE, replace(LINE, line_id=12)), total=Decimal("220.00"))
    assert codes(judged(bill, books=rated(status="ARCHIVED"))) == ["tax-type-unknown"]


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "INCLUSIVE"])
def test_a_tax_type_of_another_percentage_stops_the_bill(mode: str) -> None:
    bill = replace(BILL, tax_mode=mode)
    assert codes(judged(bill, books=rated(percent="12.5"))) == ["tax-rate-changed"]
    assert codes(judged(bill, books=rated(percent="10.0000"))) == []


@pytest.mark.parametrize(
    ("mode", "subtotal", "tax", "total", "expected"),
    [
        ("EXCLUSIVE", "100.00", "10.00", "110.00", []),
        ("EXCLUSIVE", "100.01", "10.00", "110.01", ["total-differs"]),
        ("EXCLUSIVE", "99.99", "10.01", "110.00", ["tax-differs"]),
        ("EXCLUSIVE", "100.00", "10.01", "110.01", ["total-differs", "tax-differs"]),
        ("INCLUSIVE", "90.91", "9.09", "100.00", []),
        ("INCLUSIVE", "90.90", "9.10", "100.00", ["tax-differs"]),
        ("NO_TAX", "100.00", "0.00", "100.00", []),
        ("NO_TAX", "100.00", "1.00", "101.00", ["total-differs", "tax-differs"]),
    ],
)
def test_amounts_that_xero_would_compute_otherwise_are_notes(
    mode: str, subtotal: str, tax: str, total: str, expected: list[str]
) -> None:
    bill = replace(BILL, tax_mode=mode, subtotal=Decimal(subtotal), tax_total=Decimal(tax), total=Decimal(total))
    assert noted(judged(bill)) == expected


def test_a_stated_tax_is_what_xero_is_expected_to_have() -> None:
    line = replace(LINE, stated_tax=Decimal("10.01"))
    bill = replace(BILL, lines=(line,), tax_total=Decimal("10.01"), total=Decimal("110.01"))
    assert noted(judged(bill)) == []
    assert noted(judged(replace(bill, lines=(LINE,)))) == ["total-differs", "tax-differs"]


def test_a_note_says_both_amounts() -> None:
    bill = replace(BILL, tax_mode="INCLUSIVE", subtotal=Decimal("90.90"), tax_total=Decimal("9.10"), total=Decimal(100))
    assert [note.text for note in judged(bill).notes] == ["Xero's tax will be 9.09; here it is 9.10."]


def test_half_cents_of_tax_are_rounded_up_line_by_line() -> None:
    line = replace(LINE, quantity=Decimal(1), unit_price=Decimal("0.05"), amount=Decimal("0.05"))
    bill = replace(
        BILL,
        lines=(line, replace(line, line_id=12)),
        subtotal=Decimal("0.10"),
        tax_total=Decimal("0.02"),
        total=Decimal("0.12"),
    )
    assert noted(judged(bill)) == []


def test_notes_of_the_mapping_and_of_an_earlier_link_come_along() -> None:
    bill = replace(BILL, lines=(COSTS,))
    verdict = judged(bill, link=Link(note="Linked by hand.", evidence="linked-by-hand"))
    assert noted(verdict) == ["category_account_codes", "linked-by-hand"]


def test_a_bill_in_xero_without_a_total_counts_as_nothing() -> None:
    verdict = judged(BILL, replace(IN_XERO, total=None, name="Ann"))
    assert [(fault.code, fault.parts["there"]) for fault in verdict.faults] == [("found-but-differs", "Ann, 0.00")]
