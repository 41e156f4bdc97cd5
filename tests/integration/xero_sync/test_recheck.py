"""What a bookkeeper puts right in Xero lets go what waited for it, and only that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import services as billing
from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory, expense_line
from tests.xero import Xero, job_of, sync
from xero_sync.actions import retry_documents
from xero_sync.actions.check_connection import check_connection
from xero_sync.domain.states import State
from xero_sync.engine.preflight.recheck import refresh_connection
from xero_sync.models import Cause, FirmPreference, XeroChart

pytestmark = pytest.mark.django_db(transaction=True)


def look(firm: Firm) -> None:
    """The timed round, once what is known of Xero is an old story, and the turns it asks for."""
    XeroChart.objects.update(refreshed_at=timezone.now() - timedelta(days=2))
    assert refresh_connection(firm=firm, now=timezone.now())
    sync(firm)
    sync(firm)


@pytest.fixture
def without_repairs(connected: Firm) -> Firm:
    FirmPreference.objects.filter(firm=connected).update(on=False)
    return connected


@pytest.fixture
def refused(without_repairs: Firm, xero: Xero) -> Contact:
    """A contact whose name somebody else has in Xero."""
    xero.act("enter-contact", Name="John Smith", EmailAddress="other@smith.example")
    contact: Contact = ContactFactory(firm=without_repairs, name="John Smith")
    sync(without_repairs)
    assert job_of(contact).state == State.NEEDS_YOU
    return contact


def test_a_name_that_was_freed_in_xero_lets_the_contact_go(without_repairs: Firm, refused: Contact, xero: Xero) -> None:
    [theirs] = [row for row in xero.contacts if row["name"] == "John Smith"]
    xero.act("rename-contact", contact=theirs["id"], name="John Smith of Perth")
    look(without_repairs)
    assert job_of(refused).state == State.IN_XERO
    assert not Cause.objects.filter(closed_at=None).exists()


def test_while_the_name_is_taken_nothing_is_tried(without_repairs: Firm, refused: Contact) -> None:
    tries = job_of(refused).sync_attempts.count()
    look(without_repairs)
    assert job_of(refused).state == State.NEEDS_YOU
    assert job_of(refused).sync_attempts.count() == tries


def test_a_contact_restored_in_xero_lets_its_bill_go(without_repairs: Firm, xero: Xero) -> None:
    client = ContactFactory(firm=without_repairs)
    sync(without_repairs)
    contact_id = job_of(client).xero_id
    xero.act("archive-contact", contact=contact_id)
    bill = InvoiceFactory(firm=without_repairs, contact=client, approved=True)
    sync(without_repairs)
    assert job_of(bill).state == State.NEEDS_YOU
    xero.act("restore-contact", contact=contact_id)
    look(without_repairs)
    assert job_of(bill).state == State.IN_XERO


def test_a_payment_taken_back_in_xero_lets_the_change_go(connected: Firm, admin: User, xero: Xero) -> None:
    bill: Invoice = InvoiceFactory(firm=connected, approved=True)
    sync(connected)
    xero.act("payment", invoice=bill.number)
    changed = billing.save_invoice(
        firm=connected,
        actor=admin,
        invoice=bill,
        expected_version=bill.version,
        values=billing.InvoiceValues(contact_id=bill.contact_id, number=bill.number, issue_date=bill.issue_date),
        lines=[expense_line()],
    )
    sync(connected)
    assert job_of(changed).state == State.NEEDS_YOU
    look(connected)
    assert job_of(changed).state == State.NEEDS_YOU
    xero.act("remove-payments", invoice=bill.number)
    look(connected)
    assert job_of(changed).state == State.IN_XERO


def test_a_persons_test_now_finds_it_at_once(without_repairs: Firm, refused: Contact, xero: Xero, admin: User) -> None:
    [theirs] = [row for row in xero.contacts if row["name"] == "John Smith"]
    xero.act("archive-contact", contact=theirs["id"])
    check_connection(firm=without_repairs, actor=admin, now=timezone.now())
    sync(without_repairs)
    assert job_of(refused).state == State.IN_XERO


def test_a_retry_reads_the_accounts_again_before_it_asks_them(without_repairs: Firm, admin: User, xero: Xero) -> None:
    client = ContactFactory(firm=without_repairs)
    sync(without_repairs)
    xero.act("archive-account", code="200")
    bill = InvoiceFactory(firm=without_repairs, contact=client, approved=True)
    sync(without_repairs)
    sync(without_repairs)
    assert job_of(bill).state == State.NEEDS_YOU
    xero.act("restore-account", code="200")
    XeroChart.objects.update(refreshed_at=timezone.now() - timedelta(minutes=1))
    retry_documents.retry_document(firm=without_repairs, actor=admin, job=job_of(bill), now=timezone.now())
    sync(without_repairs)
    assert job_of(bill).state == State.IN_XERO
