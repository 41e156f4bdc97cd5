"""The forecast for contacts and bills, from the documents in Xero and those sent before them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.unit.kinds import documents
from tests.unit.kinds.documents import ALL_OFF, ALL_ON, CONTACT
from xero_sync.domain.books import Books
from xero_sync.domain.chart import Account, Chart, TaxRate
from xero_sync.domain.preferences import Preferences
from xero_sync.engine.preflight import (
    DocumentGiven,
    Entry,
    Judged,
    KnownInXero,
    Verdict,
    World,
    judge,
)
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.invoice.document import InvoiceDocument

CHART = Chart(
    xero_tenant_id="there",
    organisation={"PeriodLockDate": "2026-06-30"},
    accounts=(
        Account("200", "Fees", "REVENUE", "REVENUE", "ACTIVE", "OUTPUT"),
        Account("405", "Recovered", "REVENUE", "REVENUE", "ACTIVE", "OUTPUT"),
    ),
    tax_rates=(
        TaxRate("OUTPUT", "GST", Decimal(10), "ACTIVE", True),
        TaxRate("INPUT", "GST on costs", Decimal(10), "ACTIVE", False, frozenset({"REVENUE"})),
        TaxRate("OLD", "Old", Decimal(10), "DELETED", True),
    ),
    currencies=("AUD",),
    refreshed_at=datetime(2026, 7, 1, tzinfo=UTC),
)
CLIENT = replace(CONTACT, name="Smith", is_person=False)
BILL = replace(documents.BILL, number="A-1", contact_xero_id="")


def books(**taxes: str) -> Books:
    return Books(
        chart=CHART,
        services_account="200",
        expenses_account="405",
        tax_types={(name, Decimal(10)): tax_type for name, tax_type in taxes.items()},
    )


def forecast(
    *bills: InvoiceDocument,
    contacts: tuple[ContactDocument, ...] = (CLIENT,),
    contacts_in_xero: tuple[Entry, ...] = (),
    numbers: tuple[Entry, ...] = (),
    preferences: Preferences = ALL_OFF,
    firm_books: Books | None = None,
) -> list[Judged]:
    found = judge(
        contacts=[DocumentGiven(document=each, preferences=preferences) for each in contacts],
        bills=[
            DocumentGiven(document=each, preferences=preferences, contact_id=contacts[0].object_id) for each in bills
        ],
        world=World(
            books=firm_books or books(),
            start_date=None,
            contacts=KnownInXero(contacts_in_xero),
            bills=KnownInXero(numbers),
        ),
    )
    return [*found.contacts, *found.bills]


def codes(judged: Judged) -> list[str]:
    return [each.code for each in judged.recognised]


def test_a_bill_that_nothing_stops_goes_with_its_contact() -> None:
    assert [each.verdict for each in forecast(BILL)] == [Verdict.GOES, Verdict.GOES]


def test_a_contact_that_would_be_refused_holds_its_bills_under_its_cause() -> None:
    contact, bill = forecast(BILL, contacts_in_xero=(Entry(xero_id="x", name="SMITH", status="ACTIVE"),))
    assert (contact.verdict, codes(contact)) == (Verdict.REFUSED, ["contact-name-taken"])
    assert (bill.verdict, bill.waits_for, bill.cause) == (
        Verdict.HELD,
        "CONTACT:7",
        ("contact-name-taken", "CONTACT:7"),
    )


@pytest.mark.parametrize(
    ("email", "status", "note"),
    [
        ("ann@ohara.example", "ACTIVE", "match_existing_contacts"),
        ("ann@ohara.example", "ARCHIVED", None),
        ("other@example.com", "ACTIVE", "distinct_contact_names"),
    ],
)
def test_a_clash_is_linked_renamed_or_no_clash_as_the_preferences_have_it(
    email: str, status: str, note: str | None
) -> None:
    contact, bill = forecast(
        BILL, contacts_in_xero=(Entry(xero_id="x", name="Smith", email=email, status=status),), preferences=ALL_ON
    )
    assert [each.code for each in contact.notes] == ([note] if note else [])
    assert bill.arrives


def test_of_two_clients_of_one_name_the_first_gets_it() -> None:
    second = replace(CLIENT, object_id=8, client_number="C-8")
    first, other = forecast(contacts=(CLIENT, second))
    assert (first.verdict, other.verdict) == (Verdict.GOES, Verdict.REFUSED)


def test_of_two_bills_of_one_number_the_first_gets_it_whatever_its_case() -> None:
    _, first, second = forecast(BILL, replace(BILL, object_id=2, number="a-1"))
    assert (first.verdict, codes(second)) == (Verdict.GOES, ["invoice-number-taken"])


@pytest.mark.parametrize("status", ["AUTHORISED", "VOIDED", "DELETED"])
def test_a_number_stays_taken_in_xero_whatever_became_of_its_bill(status: str) -> None:
    assert codes(forecast(BILL, numbers=(Entry(xero_id="x", number="A-1", status=status),))[1]) == [
        "invoice-number-taken"
    ]


def test_a_paid_bill_with_the_same_number_contact_and_total_is_linked_and_left_alone() -> None:
    client = replace(CLIENT, xero_id="c")
    paid = Entry(
        xero_id="x", number="A-1", status="PAID", contact_xero_id="c", total=Decimal(110), settled=Decimal(110)
    )
    bill = forecast(BILL, contacts=(client,), numbers=(paid,), preferences=ALL_ON)[1]
    assert bill.verdict is Verdict.UNCHANGED
    differs = replace(paid, total=Decimal(99))
    assert codes(forecast(BILL, contacts=(client,), numbers=(differs,), preferences=ALL_ON)[1]) == ["found-but-differs"]


@pytest.mark.parametrize(
    ("before", "state", "code"),
    [
        (Entry(xero_id="x", status="AUTHORISED", settled=Decimal(5)), "APPROVED", "settled-in-xero"),
        (Entry(xero_id="x", status="PAID", settled=Decimal(110)), "APPROVED", "invoice-closed-in-xero"),
        (Entry(xero_id="x", status="AUTHORISED", settled=Decimal(5)), "VOID", "void-with-payment"),
        (Entry(xero_id="x", status="AUTHORISED", issued=date(2026, 6, 1)), "APPROVED", "edit-in-locked-period"),
        (Entry(xero_id="x", status="VOIDED"), "VOID", None),
    ],
)
def test_a_change_of_a_bill_in_xero_is_judged_by_its_state_in_xero(before: Entry, state: str, code: str | None) -> None:
    client, bill = replace(CLIENT, xero_id="c"), replace(BILL, xero_id="x", xero_status="AUTHORISED", state=state)
    judged = forecast(bill, contacts=(client,), numbers=(before,))[1]
    assert codes(judged)[:1] == ([code] if code else [])


@pytest.mark.parametrize(("restores", "verdict"), [(True, Verdict.GOES), (False, Verdict.REFUSED)])
def test_an_archived_contact_is_restored_for_a_bill_or_stops_it(restores: bool, verdict: Verdict) -> None:
    client = replace(CLIENT, xero_id="c", xero_status="ACTIVE")
    archived = Entry(xero_id="c", name="Smith", status="ARCHIVED")
    judged = forecast(
        BILL, contacts=(client,), contacts_in_xero=(archived,), preferences=ALL_ON if restores else ALL_OFF
    )[1]
    assert judged.verdict is verdict


@pytest.mark.parametrize(
    ("tax_type", "code"),
    [("INPUT", "tax-not-for-account"), ("OLD", "tax-type-unknown"), ("NEVER", "tax-type-unknown")],
)
def test_a_tax_type_that_xero_would_not_take_is_a_fault(tax_type: str, code: str) -> None:
    assert codes(forecast(BILL, firm_books=books(GST=tax_type))[1]) == [code]


def test_drafts_and_bills_before_the_start_are_not_sent_and_say_so() -> None:
    judged = forecast(replace(BILL, state="DRAFT"), preferences=ALL_ON)[1]
    assert (judged.verdict, judged.reason) == (Verdict.NOT_SENT, "draft")
