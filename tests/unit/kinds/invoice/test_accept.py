"""Xero's values of a bill as they are written here once they are accepted."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.unit.kinds.documents import ALL_ON, BILL, COSTS, LINE
from xero_sync.domain.side_decisions import Accepted
from xero_sync.domain.three_sides import OURS, XEROS
from xero_sync.kinds.invoice.accept import accept
from xero_sync.kinds.invoice.in_xero import InvoiceInXero, LineInXero
from xero_sync.kinds.invoice.side_fields import needs_admin

OF_BILL = replace(
    BILL,
    reference_is_ours=True,
    lines=(replace(LINE, line_item_id="line-1"), replace(COSTS, line_item_id="line-2")),
)


def accepted(*fields: str, bill: Any = OF_BILL, **seen: Any) -> Accepted:
    lines = (LineInXero(line_item_id="line-1", description="By the\nbookkeeper", unit_amount=Decimal(120)),)
    return accept(
        bill,
        ALL_ON,
        InvoiceInXero(xero_id="bill-1", number="1", contact_id="contact-1", **{"lines": lines, **seen}),
        fields,
        (),
    )


def test_a_due_date_and_a_text_are_written_here() -> None:
    due = OF_BILL.issue_date + timedelta(days=60)
    found = accepted("due", "line.line-1.description", due=due)
    assert found.values == {"due_date": due, "texts": {LINE.line_id: "By the\nbookkeeper"}}
    assert found.bases == {
        "due": {OURS: due.isoformat(), XEROS: due.isoformat()},
        "line.line-1.description": {OURS: "By the bookkeeper", XEROS: "By the bookkeeper"},
    }


def test_amounts_are_never_written_here() -> None:
    names = ("line.line-1.unit_amount", "line.line-1", "day", "currency", "number", "contact_id", "lines")
    assert accepted(*names, day=date(2026, 1, 1), currency="NZD") == Accepted()


def test_a_due_date_before_the_date_of_issue_stays_in_xero() -> None:
    assert accepted("due", due=OF_BILL.issue_date - timedelta(days=1)) == Accepted()


def test_a_text_that_says_a_sum_in_xero_stays_in_xero() -> None:
    folded = replace(OF_BILL.lines[0], discount=Decimal("-5.00"))
    bill = replace(OF_BILL, lines=(folded, OF_BILL.lines[1]))
    assert accepted("line.line-1.description", bill=bill) == Accepted()


def test_a_reference_that_was_accepted_is_not_ours_to_clear() -> None:
    assert accepted("reference", reference="PO 88") == Accepted(record={"reference_is_ours": False})


def test_an_admin_decides_on_money_and_anyone_on_dates_and_texts() -> None:
    anyone = ["due", "number", "reference", "line.1.description", "line.1.account_code", "line.1.item_code"]
    admin = ["day", "currency", "contact_id", "amount_types", "lines", "line.1", "line.1.unit_amount"]
    admin += ["line.1.quantity", "line.1.discount_amount", "line.1.tax_type", "line.1.tax_amount"]
    assert [field for field in (*anyone, *admin) if needs_admin(field)] == admin
