"""What the sync has to know of any document, as a bill answers it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.kinds.documents import BILL, COSTS, LINE
from xero_sync.domain.amounts import Amounts
from xero_sync.domain.documents import Standing
from xero_sync.kinds.invoice.document import InvoiceDocument

AMOUNTS = Amounts(subtotal=Decimal("100.00"), tax=Decimal("10.00"), total=Decimal("110.00"))


@pytest.mark.parametrize(
    ("state", "void", "expected"),
    [("APPROVED", False, AMOUNTS), ("DRAFT", False, AMOUNTS), ("VOID", True, None)],
)
def test_a_void_bill_is_ended_in_xero_and_has_no_amounts_to_compare(
    state: str, void: bool, expected: Amounts | None
) -> None:
    bill: InvoiceDocument = replace(BILL, state=state)
    assert (bill.is_void, bill.expected_amounts) == (void, expected)
    assert bill.standing == Standing(state, date(2026, 8, 3))


def test_its_lines_are_named_in_the_order_they_are_sent() -> None:
    assert replace(BILL, lines=(COSTS, LINE)).line_keys == (12, 11)
    assert replace(BILL, lines=()).line_keys == ()
