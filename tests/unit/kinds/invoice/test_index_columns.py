"""What the index of Xero keeps of a sales invoice."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from xero_sync.kinds.invoice.index_columns import index_columns

DOCUMENT: dict[str, Any] = {
    "Type": "ACCREC",
    "InvoiceID": "id-1",
    "InvoiceNumber": "INV-7",
    "Contact": {"ContactID": "contact-1"},
    "Status": "AUTHORISED",
    "DateString": "2026-08-03T00:00:00",
    "Total": 110,
    "AmountPaid": "10.5",
    "AmountCredited": 4,
}


def test_a_bill_is_kept_with_its_contact_its_day_and_what_was_settled() -> None:
    assert index_columns(DOCUMENT) == {
        "xero_id": "id-1",
        "number": "INV-7",
        "number_key": "inv-7",
        "contact_xero_id": "contact-1",
        "status": "AUTHORISED",
        "issued": date(2026, 8, 3),
        "total": Decimal("110.00"),
        "settled": Decimal("14.50"),
    }


@pytest.mark.parametrize("kind", ["ACCPAY", "", None])
def test_a_suppliers_bill_is_not_kept(kind: str | None) -> None:
    assert index_columns({**DOCUMENT, "Type": kind})["xero_id"] == ""


def test_what_xero_leaves_out_is_empty_or_nought() -> None:
    found = index_columns({"Type": "ACCREC"})
    assert (found["xero_id"], found["contact_xero_id"], found["issued"]) == ("", "", None)
    assert (found["total"], found["settled"]) == (Decimal("0.00"), Decimal("0.00"))


def test_the_day_is_read_in_xeros_other_spelling_too() -> None:
    other = {key: value for key, value in DOCUMENT.items() if key != "DateString"} | {
        "Date": "/Date(1785715200000+0000)/"
    }
    assert index_columns(other)["issued"] == date(2026, 8, 3)


def test_nothing_is_longer_than_its_column_though_a_number_may_grow_when_it_is_folded() -> None:
    long = {**DOCUMENT, "InvoiceID": "i" * 99, "InvoiceNumber": "ß" * 300, "Status": "S" * 99}
    found = index_columns({**long, "Contact": {"ContactID": "c" * 99}})
    lengths = {key: len(value) for key, value in found.items() if isinstance(value, str)}
    assert lengths == {"xero_id": 36, "number": 255, "number_key": 500, "contact_xero_id": 36, "status": 12}
