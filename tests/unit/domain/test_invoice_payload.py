"""The whole body Xero is sent for a bill, key by key, and whose a bill under our number is."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from xero_sync.domain.adopt import is_ours
from xero_sync.domain.chart import Account, Chart
from xero_sync.domain.documents import InvoiceDocument, LineDocument
from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import Kind
from xero_sync.domain.mapping import map_invoice
from xero_sync.domain.matching import match_invoice
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.rules import Books

CONTACT_ID = "11111111-1111-4111-8111-111111111111"
OTHER_CONTACT_ID = "22222222-2222-4222-8222-222222222222"
INVOICE_ID = "33333333-3333-4333-8333-333333333333"
LINE_IDS = ("44444444-4444-4444-8444-444444444444", "55555555-5555-4555-8555-555555555555")
ON = Preferences({"category_account_codes": True, "matter_as_reference": True})
BOOKS = Books(
    chart=Chart(
        xero_tenant_id="tenant",
        organisation={},
        tax_rates=(),
        currencies=("AUD",),
        refreshed_at=datetime(2026, 7, 1, tzinfo=UTC),
        accounts=tuple(Account(code, code, "REVENUE", "REVENUE", "ACTIVE", "OUTPUT") for code in ("200", "260", "425")),
    ),
    services_account="200",
    expenses_account="260",
    tax_types={("GST", Decimal(10)): "OUTPUT"},
)
SERVICE = LineDocument(
    line_id=1,
    is_expense=False,
    description="Drafting the lease",
    quantity=Decimal("1.50"),
    unit_price=Decimal("300.00"),
    discount=Decimal("50.00"),
    amount=Decimal("400.00"),
    tax_name="GST",
    tax_percent=Decimal(10),
)
EXPENSE = LineDocument(
    line_id=2,
    is_expense=True,
    description="Courier to the court",
    quantity=Decimal(2),
    unit_price=Decimal("25.25"),
    discount=Decimal(0),
    amount=Decimal("50.50"),
    tax_name="GST",
    tax_percent=Decimal(10),
    category="Courier",
    category_account="425",
)
BILL = InvoiceDocument(
    object_id=1,
    number="10417",
    description="Lease of the office",
    issue_date=date(2026, 7, 1),
    due_date=date(2026, 7, 15),
    currency="AUD",
    tax_mode="EXCLUSIVE",
    state="APPROVED",
    subtotal=Decimal("450.50"),
    tax_total=Decimal("45.05"),
    total=Decimal("495.55"),
    lines=(SERVICE, EXPENSE),
    contact_xero_id=CONTACT_ID,
    matter_number="M-77",
)
SERVICE_SENT = {
    "Description": "Drafting the lease",
    "Quantity": Decimal("1.5"),
    "UnitAmount": Decimal(300),
    "DiscountAmount": Decimal("50.00"),
    "AccountCode": "200",
    "TaxType": "OUTPUT",
}
EXPENSE_SENT = {
    "Description": "Courier to the court",
    "Quantity": Decimal(2),
    "UnitAmount": Decimal("25.25"),
    "AccountCode": "425",
    "TaxType": "OUTPUT",
}
HEAD: dict[str, Any] = {
    "Type": "ACCREC",
    "InvoiceNumber": "10417",
    "Contact": {"ContactID": CONTACT_ID},
    "Date": "2026-07-01",
    "DueDate": "2026-07-15",
    "LineAmountTypes": "Exclusive",
    "CurrencyCode": "AUD",
    "Reference": "M-77",
}
CREATED = {**HEAD, "Status": "AUTHORISED", "LineItems": [SERVICE_SENT, EXPENSE_SENT]}
UPDATED = {
    "InvoiceID": INVOICE_ID,
    **HEAD,
    "LineItems": [{"LineItemID": LINE_IDS[0], **SERVICE_SENT}, {"LineItemID": LINE_IDS[1], **EXPENSE_SENT}],
}


def _in_xero(status: str, **changes: Any) -> InvoiceDocument:
    lines = tuple(replace(line, line_item_id=own) for line, own in zip(BILL.lines, LINE_IDS, strict=True))
    return replace(BILL, xero_id=INVOICE_ID, xero_status=status, lines=lines, **changes)


def _payload(invoice: InvoiceDocument) -> dict[str, Any]:
    mapped = map_invoice(invoice, preferences=ON, books=BOOKS)
    assert mapped.faults == ()
    return mapped.payload


def test_a_full_bill_is_created() -> None:
    assert _payload(BILL) == CREATED


def test_a_full_bill_is_updated_by_its_line_ids_and_without_its_unchanged_status() -> None:
    assert _payload(_in_xero("AUTHORISED")) == UPDATED


def test_a_paid_bill_is_updated_without_a_status() -> None:
    assert _payload(_in_xero("PAID")) == UPDATED


def test_a_void_bill_is_its_id_and_status_alone() -> None:
    assert _payload(_in_xero("AUTHORISED", state="VOID")) == {"InvoiceID": INVOICE_ID, "Status": "VOIDED"}


def test_a_bill_of_another_contact_under_our_number_is_not_what_we_sent() -> None:
    assert is_ours(kind=Kind.INVOICE, sent=CREATED, found=CREATED)
    assert not is_ours(kind=Kind.INVOICE, sent=CREATED, found={**CREATED, "Contact": {"ContactID": OTHER_CONTACT_ID}})


def test_a_bill_of_another_contact_under_our_number_is_not_linked() -> None:
    found = {"InvoiceID": INVOICE_ID, "Contact": {"ContactID": OTHER_CONTACT_ID, "Name": "Bo"}, "Total": "495.55"}
    refused = match_invoice(BILL, found=found)
    assert isinstance(refused, Fault)
    assert refused.code == "found-but-differs"
