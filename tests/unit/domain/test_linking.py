"""What speaks for a contact or bill in Xero being the one here, and what stands against it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.linking import ContactInXero, Evidence, candidates, evidence, terms
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.linking import Difference, InvoiceInXero, differences

JOHN = ContactDocument(
    object_id=1, client_number="C-1042", name="John Smith", is_person=True, emails=("john@smith.example",)
)
BILL = InvoiceDocument(
    object_id=1,
    number="10417",
    description="",
    issue_date=date(2026, 7, 1),
    due_date=date(2026, 7, 15),
    currency="AUD",
    tax_mode="EXCLUSIVE",
    state="APPROVED",
    subtotal=Decimal("100.00"),
    tax_total=Decimal("10.00"),
    total=Decimal("110.00"),
    lines=(),
    contact_xero_id="A1",
)
THERE = InvoiceInXero.from_xero(
    {
        "InvoiceID": "I1",
        "InvoiceNumber": "10417",
        "Contact": {"ContactID": "a1", "Name": "John Smith"},
        "Total": Decimal("110.00"),
        "CurrencyCode": "AUD",
        "Status": "AUTHORISED",
    }
)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({"Name": "Somebody", "ContactNumber": "C-1042"}, (Evidence.NUMBER,)),
        ({"Name": "JOHN  SMITH"}, (Evidence.NAME,)),
        ({"Name": "John\u00a0Smith\u200b"}, (Evidence.NAME,)),
        ({"Name": "Acme", "ContactNumber": "c-1042"}, (Evidence.NUMBER,)),
        ({"Name": "Acme", "EmailAddress": "\u200bJOHN@smith.example"}, (Evidence.EMAIL,)),
        ({"Name": "Smith, John"}, (Evidence.SIMILAR,)),
        ({"Name": "Jon Smith"}, (Evidence.SIMILAR,)),
        ({"Name": "Acme", "EmailAddress": "John@Smith.example "}, (Evidence.EMAIL,)),
        ({"Name": "Acme", "EmailAddress": "office@acme.example", "ContactNumber": "C-1"}, ()),
        ({"Name": ""}, ()),
    ],
)
def test_a_number_a_name_or_an_address_speaks_for_the_same_client(there: dict[str, str], expected: object) -> None:
    assert evidence(JOHN, ContactInXero.from_xero({"ContactID": "X", **there})) == expected


def test_the_likeliest_stands_first_and_the_archived_below_its_like() -> None:
    rows = [
        ContactInXero(xero_id="archived", name="John Smith", status="ARCHIVED"),
        ContactInXero(xero_id="stranger", name="Acme"),
        ContactInXero(xero_id="active", name="John Smith", status="ACTIVE"),
        ContactInXero(xero_id="number", name="J", number="C-1042", status="ACTIVE"),
    ]
    assert [each.there.xero_id for each in candidates(JOHN, rows)] == ["number", "active", "archived"]
    assert len(candidates(JOHN, rows, all_of_them=True)) == 4
    assert candidates(JOHN, rows)[0].words == "Same client number"


def test_xero_is_searched_for_the_number_the_address_and_the_longest_word() -> None:
    assert terms(JOHN) == ["C-1042", "john@smith.example", "smith"]
    assert terms(replace(JOHN, name="Bo", emails=())) == ["C-1042", "Bo"]


def test_a_bill_is_the_same_where_number_contact_total_and_currency_agree() -> None:
    assert differences(BILL, THERE) == ()


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
    assert differences(BILL, replace(THERE, **change)) == (expected,)  # type: ignore[arg-type]


def test_a_bill_whose_contact_is_not_linked_agrees_with_nothing() -> None:
    apart = differences(replace(BILL, contact_xero_id=""), replace(THERE, contact_id=""))
    assert apart == (Difference.CONTACT,)
