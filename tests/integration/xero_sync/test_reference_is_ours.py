"""Whose the reference of a bill in Xero is: ours once Xero took it from us, and nobody's word but the record's."""

import pytest
from django.test import Client

from billing import services
from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, MatterFactory, MembershipFactory, time_line
from tests.integration.xero_sync.both_sides import works
from tests.outcomes import signed_in
from tests.xero import Xero, job_of, sync
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bill(connected: Firm) -> Invoice:
    """A bill whose matter's number is to be the reference."""
    switch(connected, "matter_as_reference", True)
    contact: Contact = ContactFactory(firm=connected)
    matter = MatterFactory(contact=contact, number="M-77")
    invoice: Invoice = InvoiceFactory(
        firm=connected, contact=contact, matter_id=matter.pk, number="10417", approved=True
    )
    return invoice


def switch(firm: Firm, key: str, on: bool) -> None:
    FirmPreference.objects.filter(firm=firm, key=key).update(on=on)


def save_again(bill: Invoice) -> None:
    bill.refresh_from_db()
    services.save_invoice(
        firm=bill.firm,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=services.InvoiceValues(
            contact_id=bill.contact_id, matter_id=bill.matter_id, issue_date=bill.issue_date, number=bill.number
        ),
        lines=[time_line(pk=line.pk, description="Said anew") for line in bill.lines.all()],
    )


def test_it_is_ours_once_xero_took_it(connected: Firm, bill: Invoice) -> None:
    assert not job_of(bill).xero_record.reference_is_ours
    works(connected)
    assert job_of(bill).xero_record.reference_is_ours
    switch(connected, "matter_as_reference", False)
    save_again(bill)
    assert job_of(bill).xero_record.reference_is_ours, "it still stands there"
    works(connected)
    assert not job_of(bill).xero_record.reference_is_ours


def test_it_is_ours_after_a_lost_answer_also_where_the_bill_was_saved_again_meanwhile(
    connected: Firm, xero: Xero, bill: Invoice
) -> None:
    xero.fault(kind="cut_after", method="PUT", path="/Invoices")
    sync(connected)
    assert job_of(bill).state == State.CHECKING
    switch(connected, "matter_as_reference", False)
    save_again(bill)
    works(connected)
    assert [row["reference"] for row in xero.numbered("10417")] == [""], "the one we wrote was taken away again"


def test_a_bill_that_xero_has_forgotten_has_no_reference_of_ours(connected: Firm, xero: Xero, bill: Invoice) -> None:
    works(connected)
    xero.act("forget-invoice", invoice=job_of(bill).xero_id)
    save_again(bill)
    works(connected)
    record = job_of(bill).xero_record
    assert (record.xero_id, record.status, record.line_ids, record.reference_is_ours) == ("", "", {}, False)


def test_a_bill_linked_by_hand_to_another_one_leaves_the_reference_of_that_one(
    connected: Firm, xero: Xero, bill: Invoice
) -> None:
    switch(connected, "adopt_existing_invoices", False)
    works(connected)
    first = job_of(bill).xero_id
    xero.act("forget-invoice", invoice=first)
    line = {"Description": "Entered by hand", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    xero.act(
        "enter-invoice",
        InvoiceNumber="10417",
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Reference="PO 9",
        Contact={"ContactID": job_of(bill.contact).xero_id},
        LineItems=[line],
    )
    [second] = [row["id"] for row in xero.numbered("10417") if row["id"] != first]
    page: Client = signed_in(MembershipFactory(firm=connected).user)
    page.post(f"/{connected.slug}/invoices/{bill.pk}/link/", {"chosen": second})
    assert (job_of(bill).xero_id, job_of(bill).xero_record.reference_is_ours) == (second, False)
    switch(connected, "matter_as_reference", False)
    save_again(bill)
    works(connected)
    assert [row["reference"] for row in xero.numbered("10417") if row["id"] == second] == ["PO 9"]
