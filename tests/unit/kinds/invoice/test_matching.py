"""When a bill that somebody else entered in Xero is taken as ours."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.kinds.documents import BILL
from xero_sync.domain.errors import Fault
from xero_sync.domain.matches import Match
from xero_sync.kinds.invoice.matching import match_invoice

FOUND: dict[str, Any] = {
    "InvoiceID": "id-1",
    "InvoiceNumber": "10421",
    "Contact": {"ContactID": "CONTACT-1", "Name": "Ann O'Hara"},
    "Total": "110.0",
    "Status": "PAID",
}


def test_a_bill_of_the_same_contact_and_total_is_ours() -> None:
    assert match_invoice(BILL, found=FOUND) == Match(
        "id-1",
        "PAID",
        "Linked to the bill 10421 that was in Xero already: same number, contact and total.",
        "adopt_existing_invoices",
    )


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_a_bill_that_was_ended_in_xero_is_never_ours_and_keeps_its_number(status: str) -> None:
    answer = match_invoice(BILL, found={**FOUND, "Status": status})
    assert isinstance(answer, Fault)
    assert answer.code == "invoice-number-taken"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"Total": "110.01"}, "Ann O'Hara, 110.01"),
        ({"Contact": {"ContactID": "contact-2", "Name": "Lee"}}, "Lee, 110.00"),
        ({"Contact": None}, "another contact, 110.00"),
        ({"Total": None}, "Ann O'Hara, 0.00"),
        ({"Total": "12345.6"}, "Ann O'Hara, 12,345.60"),
        ({"CurrencyCode": "NZD"}, "Ann O'Hara, 110.00 NZD"),
    ],
)
def test_any_other_bill_is_a_fault_that_names_the_difference(changes: dict[str, Any], named: str) -> None:
    fault = match_invoice(BILL, found={**FOUND, **changes})
    assert isinstance(fault, Fault)
    assert (fault.code, fault.source) == ("found-but-differs", "preflight")
    assert dict(fault.parts) == {"number": "10421", "there": named}


def test_a_bill_of_nothing_for_an_unlinked_contact_matches_no_more_than_its_like() -> None:
    nothing = replace(BILL, total=Decimal(0))
    assert isinstance(match_invoice(nothing, found={**FOUND, "Total": 0}), Match)
    assert isinstance(match_invoice(nothing, found={**FOUND, "Total": "0.01"}), Fault)
