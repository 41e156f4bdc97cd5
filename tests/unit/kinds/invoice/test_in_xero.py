"""A bill as Xero tells it, and as a record keeps it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero, TrackingInXero

LINE: dict[str, Any] = {
    "LineItemID": "L1",
    "Description": "Advice",
    "Quantity": 1.5,
    "UnitAmount": 66.6667,
    "DiscountAmount": 0.5,
    "TaxType": "OUTPUT",
    "TaxAmount": 9.95,
    "LineAmount": 99.5,
    "AccountCode": "200",
    "Tracking": [{"TrackingCategoryID": "T", "Name": "Region", "TrackingOptionID": "O", "Option": "North"}],
}
ANSWER: dict[str, Any] = {
    "Type": "ACCREC",
    "InvoiceID": "I1",
    "InvoiceNumber": "10417",
    "Reference": "M-77",
    "Contact": {"ContactID": "A1", "Name": "John"},
    "LineAmountTypes": "Exclusive",
    "LineItems": [LINE, {"Description": "A line of text"}],
    "Total": 109.45,
    "SubTotal": "99.50",
    "TotalTax": 9.95,
    "AmountPaid": "5",
    "AmountCredited": "2.5",
    "CurrencyCode": "AUD",
    "Status": "PAID",
    "DateString": "2026-07-01T00:00:00",
    "Date": "/Date(1782864000000+0000)/",
    "DueDateString": "2026-07-15T00:00:00",
    "UpdatedDateUTC": "/Date(1785758400000+0000)/",
}
BILL = InvoiceInXero(
    xero_id="I1",
    number="10417",
    contact_id="A1",
    contact="John",
    day=date(2026, 7, 1),
    due=date(2026, 7, 15),
    reference="M-77",
    currency="AUD",
    status="PAID",
    amount_types="Exclusive",
    lines=(
        LineInXero(
            line_item_id="L1",
            description="Advice",
            quantity=Decimal("1.5"),
            unit_amount=Decimal("66.6667"),
            discount_amount=Decimal("0.5"),
            account_code="200",
            tax_type="OUTPUT",
            tax_amount=Decimal("9.95"),
            amount=Decimal("99.5"),
            tracking=(TrackingInXero(category_id="T", category="Region", option_id="O", option="North"),),
        ),
        LineInXero(description="A line of text"),
    ),
    subtotal=Decimal("99.50"),
    tax=Decimal("9.95"),
    total=Decimal("109.45"),
    paid=Decimal("5.00"),
    credited=Decimal("2.50"),
    stamp=datetime(2026, 8, 3, 12, tzinfo=UTC),
)


def test_each_field_is_read_from_xeros_json() -> None:
    found = InvoiceInXero.from_xero(ANSWER)
    assert found == BILL
    assert found.settled == Decimal("7.50")


@pytest.mark.parametrize("twin", ["DateString", "DueDateString"])
def test_a_date_without_its_iso_twin_is_read_as_well(twin: str) -> None:
    answer = {**ANSWER, "DueDate": "/Date(1784073600000+0000)/"}
    del answer[twin]
    assert InvoiceInXero.from_xero(answer) == BILL


def test_what_xero_does_not_say_is_empty_and_no_amount_is_nothing() -> None:
    assert InvoiceInXero.from_xero({}) == InvoiceInXero(xero_id="", number="", contact_id="")
    assert InvoiceInXero.from_xero({}).settled == 0


def test_a_record_keeps_every_field_and_amounts_as_text() -> None:
    stored = BILL.as_stored()
    assert (stored["total"], stored["day"]) == ("109.45", "2026-07-01")
    assert stored["lines"][0]["unit_amount"] == "66.6667"
    assert stored["lines"][1] == {"description": "A line of text"}
    assert InvoiceInXero.from_stored(stored) == BILL


def test_what_is_empty_is_not_kept() -> None:
    bare = InvoiceInXero(xero_id="I1", number="10417", contact_id="A1")
    nothing = dict.fromkeys(("subtotal", "tax", "total", "paid", "credited"), "0.00")
    assert bare.as_stored() == {"xero_id": "I1", "number": "10417", "contact_id": "A1", **nothing}
    assert InvoiceInXero.from_stored(bare.as_stored()) == bare
