"""What leaves the house, whole: a full contact and a full bill as Xero gets them, created and updated."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.unit.kinds import documents
from tests.unit.kinds.documents import ALL_ON
from xero_sync.domain.books import Books
from xero_sync.domain.chart import from_stored
from xero_sync.domain.errors import Fault
from xero_sync.kinds.contact.mapping import map_contact
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.identity import is_ours
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.invoice.matching import match_invoice
from xero_sync.kinds.invoice.sides import SIDES

CONTACT_ID = "0b6a4ae5-8b44-4f1c-9a53-1f2d2f9a7c10"
INVOICE_ID = "5d7a9b3e-6a41-4c53-8a0a-77b0a5a1c001"
COURIER_ID = "d1d1d1d1-0000-4000-8000-000000000004"
REGION_ID = "d1d1d1d1-0000-4000-8000-000000000005"
NORTH_ID = "d1d1d1d1-0000-4000-8000-000000000006"
LINE_ID = "f1c2d3e4-1111-4222-8333-444455556666"

CONTACT = replace(
    documents.CONTACT,
    client_number="C-1042",
    name="Renée Lefèvre",
    first_name="Renée",
    last_name="Lefèvre",
    emails=("renee@lefevre.example", "office@lefevre.example"),
    phones=(
        ("WORK", "+61 2 5550 1000"),
        ("DIRECT", "+61 2 5550 1001"),
        ("MOBILE", "+61 400 555 002"),
        ("FAX", "+61 2 5550 1003"),
    ),
    address_lines=("Level 3", "12 Harrow Lane"),
    city="Sydney",
    region="NSW",
    postal_code="2000",
    country="Australia",
    tax_number="51 824 753 556",
)
ADDRESS = {
    "AddressLine1": "Level 3",
    "AddressLine2": "12 Harrow Lane",
    "City": "Sydney",
    "Region": "NSW",
    "PostalCode": "2000",
    "Country": "Australia",
}
CREATED_CONTACT = {
    "Name": "Renée Lefèvre",
    "ContactNumber": "C-1042",
    "EmailAddress": "renee@lefevre.example",
    "FirstName": "Renée",
    "LastName": "Lefèvre",
    "TaxNumber": "51 824 753 556",
    "Phones": [
        {"PhoneType": "DEFAULT", "PhoneNumber": "+61 2 5550 1000"},
        {"PhoneType": "DDI", "PhoneNumber": "+61 2 5550 1001"},
        {"PhoneType": "MOBILE", "PhoneNumber": "+61 400 555 002"},
        {"PhoneType": "FAX", "PhoneNumber": "+61 2 5550 1003"},
    ],
    "Addresses": [{"AddressType": "POBOX", **ADDRESS}, {"AddressType": "STREET", **ADDRESS}],
}
UPDATED_CONTACT = {
    "ContactID": CONTACT_ID,
    **CREATED_CONTACT,
    "Phones": [
        {**phone, "PhoneAreaCode": "", "PhoneCountryCode": ""}
        for phone in (
            {"PhoneType": "DEFAULT", "PhoneNumber": "+61 2 5550 1000"},
            {"PhoneType": "DDI", "PhoneNumber": "+61 2 5550 1001"},
            {"PhoneType": "MOBILE", "PhoneNumber": "+61 400 555 002"},
            {"PhoneType": "FAX", "PhoneNumber": "+61 2 5550 1003"},
        )
    ],
    "Addresses": [
        {"AddressType": kind, **ADDRESS, "AddressLine3": "", "AddressLine4": ""} for kind in ("POBOX", "STREET")
    ],
}
RESTORED_CONTACT = {**UPDATED_CONTACT, "ContactStatus": "ACTIVE"}


def account(code: str, tax_type: str) -> dict[str, str]:
    return {
        "Code": code,
        "Name": code,
        "Type": "REVENUE",
        "Class": "REVENUE",
        "Status": "ACTIVE",
        "TaxType": tax_type,
    }


BOOKS = Books(
    chart=from_stored(
        xero_tenant_id="t",
        organisation={"Name": "Hale", "BaseCurrency": "AUD"},
        accounts=[account("200", "OUTPUT"), account("405", "OUTPUT"), account("412", "NONE")],
        tax_rates=[
            {"TaxType": "NONE", "Name": "None", "EffectiveRate": "0", "Status": "ACTIVE"},
            {"TaxType": "OUTPUT", "Name": "GST on Income", "EffectiveRate": "10", "Status": "ACTIVE"},
        ],
        currencies=["AUD"],
        refreshed_at=datetime(2026, 8, 3, tzinfo=UTC),
    ),
    services_account="200",
    expenses_account="405",
    tax_types={("GST", Decimal(10)): "OUTPUT"},
)
ADVICE = replace(
    documents.LINE,
    description="Advice on the lease",
    quantity=Decimal("2.5"),
    unit_price=Decimal(400),
    discount=Decimal(100),
    amount=Decimal("900.00"),
    date=date(2026, 8, 1),
    timekeeper="MK",
)
FILING_FEE = replace(
    documents.COSTS,
    unit_price=Decimal(50),
    amount=Decimal("50.00"),
    tax_name="",
    tax_percent=Decimal(0),
)
BILL = replace(
    documents.BILL,
    description="Lease of Harrow Lane",
    subtotal=Decimal("950.00"),
    tax_total=Decimal("90.00"),
    total=Decimal("1040.00"),
    lines=(ADVICE, FILING_FEE),
    contact_xero_id=CONTACT_ID,
    matter_number="M-77",
)
BILL_IN_XERO = replace(
    BILL, xero_id=INVOICE_ID, xero_status="AUTHORISED", lines=(replace(ADVICE, line_item_id=LINE_ID), FILING_FEE)
)
ADVICE_LINE = {
    "Description": "Advice on the lease",
    "Quantity": Decimal("2.5"),
    "UnitAmount": Decimal(400),
    "DiscountAmount": Decimal(100),
    "AccountCode": "200",
    "TaxType": "OUTPUT",
}
FILING_FEE_LINE = {
    "Description": "Filing fee",
    "Quantity": Decimal(1),
    "UnitAmount": Decimal(50),
    "AccountCode": "412",
    "TaxType": "NONE",
}
CREATED_BILL = {
    "Type": "ACCREC",
    "InvoiceNumber": "10421",
    "Contact": {"ContactID": CONTACT_ID},
    "Date": "2026-08-03",
    "DueDate": "2026-08-17",
    "LineAmountTypes": "Exclusive",
    "CurrencyCode": "AUD",
    "Status": "AUTHORISED",
    "LineItems": [ADVICE_LINE, FILING_FEE_LINE],
    "Reference": "M-77",
}
# Xero refuses an unchanged status once a payment is there, and deletes a line that comes without its id.
UPDATED_BILL = {
    "InvoiceID": INVOICE_ID,
    **{key: value for key, value in CREATED_BILL.items() if key != "Status"},
    "LineItems": [{"LineItemID": LINE_ID, **ADVICE_LINE}, FILING_FEE_LINE],
}
# A bill whose file states its tax, which is a cent off the computed one.
STATED_TAX = Decimal("90.01")
STATED_BILL = replace(
    BILL,
    tax_total=STATED_TAX,
    total=Decimal("1040.01"),
    lines=(replace(ADVICE, stated_tax=STATED_TAX), FILING_FEE),
)
STATED_BILL_IN_XERO = replace(
    STATED_BILL,
    xero_id=INVOICE_ID,
    xero_status="AUTHORISED",
    lines=(replace(STATED_BILL.lines[0], line_item_id=LINE_ID), FILING_FEE),
)
CREATED_STATED_BILL = {**CREATED_BILL, "LineItems": [{**ADVICE_LINE, "TaxAmount": STATED_TAX}, FILING_FEE_LINE]}
UPDATED_STATED_BILL = {
    **UPDATED_BILL,
    "LineItems": [{"LineItemID": LINE_ID, **ADVICE_LINE, "TaxAmount": STATED_TAX}, FILING_FEE_LINE],
}
VOIDED_BILL = {"InvoiceID": INVOICE_ID, "Status": "VOIDED"}
# What leaves of an update: the bill in Xero has another date, due date and number, another price of the advice, and a
# line that only Xero has; a bookkeeper gave the advice an account and tracking.
COURIER = {"LineItemID": COURIER_ID, "Description": "Courier, as agreed", "AccountCode": "200"}
BILL_IN_XERO_NOW = {
    **CREATED_BILL,
    "InvoiceID": INVOICE_ID,
    "InvoiceNumber": "10421-A",
    "Date": "2026-08-02",
    "DueDate": "2026-08-16",
    "LineItems": [
        {
            "LineItemID": LINE_ID,
            **ADVICE_LINE,
            "UnitAmount": Decimal(380),
            "AccountCode": "260",
            "Tracking": [{"TrackingCategoryID": REGION_ID, "TrackingOptionID": NORTH_ID}],
        },
        COURIER,
    ],
}
SENT_OF_THE_UPDATE = {
    "InvoiceID": INVOICE_ID,
    "InvoiceNumber": "10421",
    "Date": "2026-08-03",
    "DueDate": "2026-08-17",
    "LineAmountTypes": "Exclusive",
    "LineItems": [
        {
            "LineItemID": LINE_ID,
            "Description": "Advice on the lease",
            "Quantity": Decimal("2.5"),
            "UnitAmount": Decimal(400),
            "DiscountAmount": Decimal(100),
            "AccountCode": "260",
            "TaxType": "OUTPUT",
            "Tracking": [{"TrackingCategoryID": REGION_ID, "TrackingOptionID": NORTH_ID}],
        },
        FILING_FEE_LINE,
        COURIER,
    ],
}
GOLDEN: dict[str, tuple[dict[str, Any], ...]] = {
    "Contact": (CREATED_CONTACT, UPDATED_CONTACT, RESTORED_CONTACT),
    "Invoice": (
        CREATED_BILL,
        UPDATED_BILL,
        VOIDED_BILL,
        SENT_OF_THE_UPDATE,
        CREATED_STATED_BILL,
        UPDATED_STATED_BILL,
    ),
}


def contact_payload(**changes: Any) -> dict[str, Any]:
    return map_contact(replace(CONTACT, **changes), preferences=ALL_ON).payload


def bill_payload(bill: InvoiceDocument) -> dict[str, Any]:
    mapped = map_invoice(bill, preferences=ALL_ON, books=BOOKS)
    assert not mapped.faults
    return mapped.payload


def test_a_new_contact_goes_with_everything_we_know() -> None:
    assert contact_payload() == CREATED_CONTACT


def test_a_contact_in_xero_is_updated_under_its_id() -> None:
    assert contact_payload(xero_id=CONTACT_ID, xero_status="ACTIVE", number_sent="C-1042") == UPDATED_CONTACT


def test_an_archived_contact_is_restored_by_its_update() -> None:
    assert contact_payload(xero_id=CONTACT_ID, xero_status="ARCHIVED", number_sent="C-1042") == RESTORED_CONTACT


def test_a_new_bill_goes_whole() -> None:
    assert bill_payload(BILL) == CREATED_BILL


def test_a_bill_in_xero_is_updated_under_its_id_without_its_unchanged_status() -> None:
    assert bill_payload(BILL_IN_XERO) == UPDATED_BILL


def test_a_stated_tax_goes_with_its_line_and_with_no_other() -> None:
    assert bill_payload(STATED_BILL) == CREATED_STATED_BILL
    assert bill_payload(STATED_BILL_IN_XERO) == UPDATED_STATED_BILL


def test_of_an_update_goes_what_was_changed_here_and_what_xero_keeps_goes_back_as_it_is() -> None:
    seen = InvoiceInXero.from_xero(BILL_IN_XERO_NOW)
    agreed = replace(seen, lines=(replace(seen.lines[0], account_code="200", tracking=()), seen.lines[1]))
    known = {f"line.{COURIER_ID}": {"ours": "", "xeros": "text"}}
    compared = SIDES.compare(UPDATED_BILL, agreed, known, seen, (), False, False)
    assert not compared.comparison.stopped
    assert compared.payload == SENT_OF_THE_UPDATE


def test_a_paid_bill_is_updated_without_a_status() -> None:
    assert bill_payload(replace(BILL_IN_XERO, xero_status="PAID")) == UPDATED_BILL


def test_a_void_bill_sends_nothing_but_that() -> None:
    assert bill_payload(replace(BILL_IN_XERO, state="VOID")) == VOIDED_BILL


def test_a_bill_of_another_contact_is_not_ours_after_a_lost_answer() -> None:
    found = {**CREATED_BILL, "InvoiceID": INVOICE_ID}

    assert is_ours(CREATED_BILL, found)
    assert not is_ours(CREATED_BILL, {**found, "Contact": {"ContactID": LINE_ID}})


def test_a_bill_of_another_contact_is_not_adopted_by_its_number_and_total() -> None:
    found = {
        "InvoiceID": INVOICE_ID,
        "InvoiceNumber": "10421",
        "Total": "1040.00",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": CONTACT_ID, "Name": "Renée Lefèvre"},
    }

    assert not isinstance(match_invoice(BILL, found=found), Fault)
    assert isinstance(match_invoice(BILL, found={**found, "Contact": {"ContactID": LINE_ID}}), Fault)
