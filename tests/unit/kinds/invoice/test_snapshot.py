"""A bill's row with its matter, lines and records, whole, as a frozen bill."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.models import Invoice, InvoiceLine, LineKind, Matter
from expense_categories.models import ExpenseCategory
from tests.unit.kinds import documents
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.snapshot import InvoiceRows, invoice_document, line_document
from xero_sync.models import XeroRecord

LINE = replace(
    documents.COSTS,
    line_id=11,
    quantity=Decimal("1.5"),
    unit_price=Decimal(50),
    discount=Decimal(5),
    amount=Decimal("70.00"),
    date=date(2026, 8, 1),
    timekeeper="MK",
    line_item_id="L11",
)
BILL = replace(
    documents.BILL,
    subtotal=Decimal("70.00"),
    tax_total=Decimal("7.00"),
    total=Decimal("77.00"),
    lines=(LINE,),
    matter_number="M-7",
)


def line_row(**changes: Any) -> InvoiceLine:
    values: dict[str, Any] = {
        "pk": 11,
        "kind": LineKind.EXPENSE,
        "description": "Filing fee",
        "quantity": Decimal("1.5"),
        "unit_price": Decimal(50),
        "discount": Decimal(5),
        "amount": Decimal("70.00"),
        "tax_name": "GST",
        "tax_percent": Decimal(10),
        "date": date(2026, 8, 1),
        "timekeeper": "MK",
        "category": ExpenseCategory(name="Court fees", account_code="412"),
    }
    return InvoiceLine(**{**values, **changes})


def document(*, contact: XeroRecord | None = None, matter: str = "M-7", **known: Any) -> InvoiceDocument:
    invoice = Invoice(
        pk=3,
        number="10421",
        description="Lease",
        issue_date=date(2026, 8, 3),
        due_date=date(2026, 8, 17),
        currency="AUD",
        tax_mode="EXCLUSIVE",
        state="APPROVED",
        subtotal=Decimal("70.00"),
        tax_total=Decimal("7.00"),
        total=Decimal("77.00"),
        matter=Matter(number=matter) if matter else None,
    )
    record = XeroRecord(**{"line_ids": {"11": "L11"}, **known})
    return invoice_document(
        invoice=invoice, lines=[line_row()], record=record, contact_record=contact, xero_tenant_id="org-1"
    )


def test_a_tax_is_stated_only_where_the_line_says_so() -> None:
    taxes = [line_document(line_row(tax_amount=Decimal("7.01"), tax_is_stated=each), {}) for each in (True, False)]
    assert [line.stated_tax for line in taxes] == [Decimal("7.01"), None]


def in_xero(xero_id: str, organisation: str = "org-1") -> XeroRecord:
    return XeroRecord(xero_id=xero_id, xero_tenant_id=organisation)


def test_every_field_of_a_bill_is_read() -> None:
    assert document(contact=in_xero("contact-1")) == BILL


@pytest.mark.parametrize(
    ("contact", "expected"),
    [(None, ""), (in_xero(""), ""), (in_xero("c", "org-2"), ""), (in_xero("c"), "c")],
)
def test_its_contact_counts_in_the_connected_organisation(contact: XeroRecord | None, expected: str) -> None:
    assert document(contact=contact).contact_xero_id == expected


@pytest.mark.parametrize(("organisation", "expected"), [("org-1", "i1"), ("org-2", "")])
def test_its_id_counts_in_the_organisation_it_was_given_in(organisation: str, expected: str) -> None:
    found = document(xero_id="i1", xero_tenant_id=organisation, status="PAID")
    assert found == replace(BILL, contact_xero_id="", xero_id=expected, xero_status="PAID")


def test_a_bill_without_a_matter_has_no_number_of_one() -> None:
    assert document(matter="").matter_number == ""


@pytest.mark.parametrize("ours", [True, False])
def test_whether_its_reference_is_ours_is_read_from_the_record_whatever_the_notes_say(ours: bool) -> None:
    assert document(reference_is_ours=ours, applied=[]).reference_is_ours is ours
    assert document(reference_is_ours=ours, applied=[{"code": "matter_as_reference"}]).reference_is_ours is ours


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ({"category": None}, {"category": "", "category_account": ""}),
        ({"kind": LineKind.TIME}, {"is_expense": False}),
        ({"pk": 12}, {"line_id": 12, "line_item_id": ""}),
    ],
)
def test_a_line_is_read_with_its_category_and_what_xero_calls_it(row: dict[str, Any], changes: dict[str, Any]) -> None:
    assert line_document(line_row(**row), {"11": "L11"}) == replace(LINE, **changes)


def test_of_no_bills_no_row_is_read() -> None:
    assert InvoiceRows().read_saved(firm=None, object_ids=[]) == []  # type: ignore[arg-type]
