"""A link that a person chose is theirs to change: no repair undoes it, and what is gone in Xero is made once."""

import pytest
from django.db.models import Q
from django.test import Client

from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, staff_of
from tests.integration.xero_sync.both_sides import enter_contact, save_contact, works
from tests.outcomes import signed_in
from tests.xero import Xero, job_of
from xero_sync import outbox
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(connected: Firm) -> Client:
    """Billing staff."""
    return signed_in(staff_of(connected))


def sent_as_new(page: Client, document: Contact) -> None:
    """By the page that asks."""
    url = f"/{document.firm.slug}/activity/{job_of(document).pk}/decide/send-as-new/"
    seen = outbox.select_gone(firm=document.firm, chosen=Q(pk=job_of(document).pk)).name
    assert page.post(url, {"seen": seen}).status_code == 302


@pytest.fixture
def relinked(connected: Firm, xero: Xero, page: Client) -> tuple[Contact, str, str]:
    """Our John Smith, first made there as one contact, then linked by hand to another; the first keeps the number."""
    contact: Contact = ContactFactory(firm=connected, name="John Smith", client_number="C-1042")
    works(connected)
    first = job_of(contact).xero_id
    chosen = enter_contact(xero, Name="John Smith and Co")
    page.post(f"/{connected.slug}/contacts/{contact.pk}/link/", {"chosen": chosen})
    works(connected)
    assert (job_of(contact).state, job_of(contact).xero_id) == (State.IN_XERO, chosen)
    return contact, first, chosen


def test_a_clash_of_names_never_goes_back_to_the_contact_a_person_unlinked(
    connected: Firm, xero: Xero, relinked: tuple[Contact, str, str]
) -> None:
    contact, first, chosen = relinked
    enter_contact(xero, Name="Acme")
    save_contact(contact, name="Acme")
    works(connected)
    assert job_of(contact).xero_id == chosen != first
    assert job_of(contact).state == State.IN_XERO


def test_one_that_is_gone_is_made_anew_once_though_its_answer_is_lost(
    connected: Firm, xero: Xero, page: Client, relinked: tuple[Contact, str, str]
) -> None:
    contact, first, chosen = relinked
    xero.act("archive-contact", contact=first)
    xero.act("forget-contact", contact=chosen)
    save_contact(contact, name="Johnny Smith")
    works(connected)
    assert (job_of(contact).state, job_of(contact).xero_id) == (State.NEEDS_YOU, "")
    neighbour: Contact = ContactFactory(firm=connected, name="Neighbour", client_number="C-9")
    sent_as_new(page, contact)
    xero.fault(kind="cut_after", method="PUT", path="Contacts")
    works(connected)
    assert (job_of(contact).state, job_of(neighbour).state) == (State.IN_XERO, State.IN_XERO)
    assert job_of(contact).xero_id not in {"", first, chosen}
    active = [row["name"] for row in xero.contacts if row["status"] == "ACTIVE"]
    assert (active.count("Johnny Smith"), active.count("Neighbour")) == (1, 1)
    assert not [name for name in active if "C-1042" in name]


def test_of_what_is_gone_nothing_is_said_any_more(
    connected: Firm, xero: Xero, page: Client, relinked: tuple[Contact, str, str]
) -> None:
    contact, _, chosen = relinked
    xero.act("forget-contact", contact=chosen)
    save_contact(contact, name="John Smith II")
    works(connected)
    sent_as_new(page, contact)
    works(connected)
    assert job_of(contact).state == State.IN_XERO
    assert job_of(contact).xero_record.notes == [], "it is not linked by hand any more"


def test_a_bill_linked_to_another_one_takes_no_lines_of_the_first_along(
    connected: Firm, xero: Xero, page: Client
) -> None:
    FirmPreference.objects.filter(firm=connected, key="adopt_existing_invoices").update(on=False)
    contact: Contact = ContactFactory(firm=connected, name="John Smith")
    bill: Invoice = InvoiceFactory(firm=connected, contact=contact, number="10417", approved=True)
    works(connected)
    first = job_of(bill).xero_id
    assert job_of(bill).xero_record.line_ids
    xero.act("forget-invoice", invoice=first)
    line = {"Description": "Entered by hand", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    xero.act(
        "enter-invoice",
        InvoiceNumber="10417",
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Contact={"ContactID": job_of(contact).xero_id},
        LineItems=[line],
    )
    [second] = [row["id"] for row in xero.numbered("10417") if row["id"] != first]
    page.post(f"/{connected.slug}/invoices/{bill.pk}/link/", {"chosen": second})
    assert (job_of(bill).xero_id, job_of(bill).xero_record.line_ids) == (second, {})
    works(connected)
    assert job_of(bill).state == State.IN_XERO
    rows = xero.server.xero.organisation(xero.organisation_id).invoices
    [in_xero] = [row for row in rows if row.number == "10417" and row.status == "AUTHORISED"]
    assert [line.description for line in in_xero.lines] == ["Entered by hand"]
    assert job_of(bill).xero_record.line_ids == {}
