"""What keeps a bill in Xero from being the bill here."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.unit.kinds.documents import BILL
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.linking import Difference, differences

IN_XERO = InvoiceInXero.from_xero(
    {
        "InvoiceID": "I1",
        "InvoiceNumber": "10421",
        "Contact": {"ContactID": "Contact-1", "Name": "John Smith"},
        "Total": Decimal("110.00"),
        "CurrencyCode": "AUD",
        "Status": "AUTHORISED",
    }
)


def test_a_bill_is_the_same_where_number_contact_total_and_currency_agree() -> None:
    assert differences(BILL, IN_XERO) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": "10418"}, Difference.NUMBER),
        ({"contact_id": "b2"}, Difference.CONTACT),
        ({"contact_id": ""}, Difference.CONTACT),
        ({"total": Decimal("109.99")}, Difference.TOTAL),
        ({"currency": "NZD"}, Difference.CURRENCY),
        ({"status": "VOIDED"}, Difference.CLOSED),
        ({"status": "DELETED"}, Difference.CLOSED),
    ],
)
def test_each_difference_is_named(change: dict[str, object], expected: Difference) -> None:
    assert differences(BILL, replace(IN_XERO, **change)) == (expected,)  # type: ignore[arg-type]


def test_a_bill_whose_contact_is_not_linked_agrees_with_nothing() -> None:
    apart = differences(replace(BILL, contact_xero_id=""), replace(IN_XERO, contact_id=""))
    assert apart == (Difference.CONTACT,)


def test_a_number_that_xero_compares_as_equal_is_the_same() -> None:
    assert differences(replace(BILL, number="inv-7"), replace(IN_XERO, number="INV-7")) == ()


def test_several_differences_are_all_named_in_order() -> None:
    other = replace(IN_XERO, number="1", total=Decimal(1), status="VOIDED")
    assert differences(BILL, other) == (Difference.NUMBER, Difference.TOTAL, Difference.CLOSED)


def test_a_bill_without_a_currency_in_xero_does_not_differ_in_it() -> None:
    assert differences(BILL, replace(IN_XERO, currency="")) == ()
