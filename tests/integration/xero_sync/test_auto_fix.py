"""What the sync fixes by itself when Xero refuses, in both positions of the preference that allows it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Contact
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference, SyncJob

pytestmark = pytest.mark.django_db(transaction=True)


def switch(firm: Firm, key: str, on: bool) -> None:
    FirmPreference.objects.filter(firm=firm, key=key).update(on=on)


def sync_until_settled(firm: Firm) -> None:
    for _ in range(4):
        sync(firm)


def states_and_notes(obj: Any) -> tuple[str, list[str]]:
    job = job_of(obj)
    return job.state, [note["code"] for note in job.xero_record.notes]


def twice_in_xero(xero: Xero, name: str) -> int:
    return [row["name"] for row in xero.contacts].count(name)


@pytest.fixture
def bookkeepers(xero: Xero, connected: Firm) -> Xero:
    """Xero with a John Smith whom a bookkeeper entered."""
    xero.act("enter-contact", Name="John Smith", EmailAddress="john@smith.example")
    return xero


def john(firm: Firm, email: str) -> Contact:
    contact: Contact = ContactFactory(firm=firm, name="John Smith", client_number="C-1042", emails=(email,))
    return contact


def test_a_contact_already_in_xero_with_this_name_and_e_mail_is_linked(connected: Firm, bookkeepers: Xero) -> None:
    contact = john(connected, "John@Smith.example")
    sync_until_settled(connected)
    assert states_and_notes(contact) == (State.IN_XERO, ["match_existing_contacts"])
    assert twice_in_xero(bookkeepers, "John Smith") == 1


def test_without_matching_and_telling_apart_the_name_needs_somebody(connected: Firm, bookkeepers: Xero) -> None:
    switch(connected, "match_existing_contacts", False)
    switch(connected, "distinct_contact_names", False)
    contact = john(connected, "john@smith.example")
    sync_until_settled(connected)
    job = job_of(contact)
    assert (job.state, job.faults[0]["code"]) == (State.NEEDS_YOU, "contact-name-taken")


def test_a_second_client_of_the_same_name_goes_over_with_the_client_number(connected: Firm, bookkeepers: Xero) -> None:
    contact = john(connected, "another@smith.example")
    sync_until_settled(connected)
    assert states_and_notes(contact) == (State.IN_XERO, ["distinct_contact_names"])
    assert twice_in_xero(bookkeepers, "John Smith (C-1042)") == 1


@pytest.mark.parametrize("restored", [True, False])
def test_an_archived_contact_is_restored_when_it_is_billed_again_or_needs_somebody(
    connected: Firm, xero: Xero, restored: bool
) -> None:
    switch(connected, "restore_archived_contacts", restored)
    contact = ContactFactory(firm=connected)
    sync_until_settled(connected)
    xero.act("archive-contact", contact=job_of(contact).xero_id)
    invoice = InvoiceFactory(firm=connected, contact=contact, approved=True)
    sync_until_settled(connected)
    expected = State.IN_XERO if restored else State.NEEDS_YOU
    assert job_of(invoice).state == expected, job_of(invoice).faults
    contacts_in_xero = xero.server.xero.organisation(xero.organisation_id).contacts
    assert {row.status for row in contacts_in_xero if row.name == contact.name} == {
        "ACTIVE" if restored else "ARCHIVED"
    }


def entered(xero: Xero, contact_id: str, number: str, price: str) -> None:
    xero.act(
        "enter-invoice",
        InvoiceNumber=number,
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Contact={"ContactID": contact_id},
        LineItems=[{"Description": "Entered by hand", "Quantity": 1, "UnitAmount": float(price), "AccountCode": "200"}],
    )


@pytest.mark.parametrize(
    ("price", "adopts", "code"),
    [
        ("100.00", True, ""),
        ("99.00", True, "found-but-differs"),
        ("100.00", False, "invoice-number-taken"),
    ],
)
def test_a_bill_somebody_else_entered_is_linked_when_number_contact_and_total_agree(
    connected: Firm, xero: Xero, price: str, adopts: bool, code: str
) -> None:
    switch(connected, "adopt_existing_invoices", adopts)
    contact = ContactFactory(firm=connected)
    sync_until_settled(connected)
    entered(xero, job_of(contact).xero_id, "10417", price)
    invoice = InvoiceFactory(firm=connected, contact=contact, number="10417", approved=True)
    sync_until_settled(connected)
    job = job_of(invoice)
    assert [fault["code"] for fault in job.faults] == ([code] if code else []), job.faults
    assert job.state == (State.NEEDS_YOU if code else State.IN_XERO)
    assert len(xero.numbered("10417")) == 1
    if not code:
        assert Decimal(str(xero.numbered("10417")[0]["total"])) == invoice.total


@pytest.mark.parametrize("bills_beside", [0, 3])
def test_a_bill_whose_whole_request_is_refused_is_fixed_like_one_refused_inside_an_answer(
    connected: Firm, xero: Xero, bills_beside: int
) -> None:
    contact = ContactFactory(firm=connected)
    sync_until_settled(connected)
    entered(xero, job_of(contact).xero_id, "10417", "100.00")
    body = json.dumps({"ErrorNumber": 10, "Type": "ValidationException", "Message": "Invoice # must be unique."})
    xero.fault(kind="status", status=400, body=body, method="PUT", path="Invoices", contains="10417", times=99)
    invoice = InvoiceFactory(firm=connected, contact=contact, number="10417", approved=True)
    beside = [InvoiceFactory(firm=connected, contact=contact, approved=True) for _ in range(bills_beside)]
    sync_until_settled(connected)
    assert {job_of(bill).state for bill in (invoice, *beside)} == {State.IN_XERO}, job_of(invoice).faults
    assert states_and_notes(invoice) == (State.IN_XERO, ["kept-in-xero", "adopt_existing_invoices"])
    assert len(xero.numbered("10417")) == 1


def test_the_matter_number_is_the_reference_or_nothing_is(connected: Firm, xero: Xero) -> None:
    contact = ContactFactory(firm=connected)
    with_reference = InvoiceFactory(firm=connected, contact=contact, approved=True, new_matter_number="M-0231")
    sync_until_settled(connected)
    switch(connected, "matter_as_reference", False)
    without = InvoiceFactory(firm=connected, contact=contact, approved=True, matter_id=with_reference.matter_id)
    sync_until_settled(connected)
    references = {row.number: row.reference for row in xero.server.xero.organisation(xero.organisation_id).invoices}
    assert references == {with_reference.number: "M-0231", without.number: ""}


def test_a_clash_that_xero_cannot_be_asked_about_now_is_fixed_later(connected: Firm, bookkeepers: Xero) -> None:
    bookkeepers.fault(kind="status", status=503, method="GET", path="Contacts")
    contact = john(connected, "John@Smith.example")
    sync(connected)
    job = job_of(contact)
    assert job.state == State.WAITING
    assert job.due_at > timezone.now()
    SyncJob.objects.update(due_at=timezone.now())
    sync_until_settled(connected)
    assert states_and_notes(contact) == (State.IN_XERO, ["match_existing_contacts"])


def test_two_clients_of_one_name_and_address_are_two_contacts_in_xero(connected: Firm, bookkeepers: Xero) -> None:
    first = john(connected, "john@smith.example")
    second = ContactFactory(firm=connected, name="John Smith", client_number="C-1043", emails=("john@smith.example",))
    sync_until_settled(connected)
    assert {job_of(each).state for each in (first, second)} == {State.IN_XERO}
    assert job_of(first).xero_id != job_of(second).xero_id
    assert sorted(row["name"] for row in bookkeepers.contacts if row["name"].startswith("John Smith")) == [
        "John Smith",
        "John Smith (C-1043)",
    ]


def test_a_contact_that_stands_for_another_client_is_not_linked_later(connected: Firm, bookkeepers: Xero) -> None:
    first = john(connected, "john@smith.example")
    sync_until_settled(connected)
    second = ContactFactory(firm=connected, name="John Smith", client_number="C-1043", emails=("john@smith.example",))
    sync_until_settled(connected)
    assert job_of(second).state == State.IN_XERO
    assert job_of(first).xero_id != job_of(second).xero_id
