"""The table "what a save does, by state": one test for each of its rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice, signals
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.xero import Xero, job_of, read_chart_of, sync, sync_batches
from xero_sync import outbox
from xero_sync.actions import change_settings
from xero_sync.domain.states import State
from xero_sync.models import FirmPreference, SyncJob, XeroConnection

pytestmark = pytest.mark.django_db(transaction=True)


def switch(firm: Firm, key: str, on: bool) -> None:
    FirmPreference.objects.filter(firm=firm, key=key).update(on=on)


def save(invoice: Invoice, description: str = "") -> Invoice:
    """Save the bill again, with another description if one is given."""
    invoice.refresh_from_db()
    lines = [time_line(pk=line.pk, description=description or line.description) for line in invoice.lines.all()]
    return services.save_invoice(
        firm=invoice.firm,
        actor=None,
        invoice=invoice,
        expected_version=invoice.version,
        values=services.InvoiceValues(
            contact_id=invoice.contact_id, issue_date=invoice.issue_date, number=invoice.number
        ),
        lines=lines,
    )


def save_contact(contact: Contact, **values: Any) -> Contact:
    contact.refresh_from_db()
    usual = {"name": contact.name, "client_number": contact.client_number, "emails": tuple(contact.emails)}
    return services.save_contact(
        firm=contact.firm,
        actor=None,
        contact=contact,
        expected_version=contact.version,
        values=services.ContactValues(**{**usual, **values}),
    )


def described(xero: Xero, number: str) -> str:
    [found] = [row for row in xero.server.xero.organisation(xero.organisation_id).invoices if row.number == number]
    text: str = found.lines[0].description
    return text


@pytest.fixture
def client(connected: Firm) -> Contact:
    """A client who is in Xero."""
    contact: Contact = ContactFactory(firm=connected)
    sync(connected)
    return contact


def approved(client: Contact, **values: Any) -> Invoice:
    invoice: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, **values)
    return invoice


def claimed(firm: Firm) -> tuple[outbox.Lane, outbox.ClaimedBatch]:
    """What a worker has in hand that has not sent anything yet."""
    lane = outbox.take_lane(firm=firm, holder="another worker", lease_seconds=60)
    assert lane is not None
    taken = outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=50)
    assert taken is not None
    return lane, taken


def test_not_sent_is_judged_anew(client: Contact, xero: Xero) -> None:
    draft = InvoiceFactory(firm=client.firm, contact=client)
    sync(client.firm)
    assert job_of(draft).state == State.NOT_SENT
    switch(client.firm, "only_approved", False)
    save(draft)
    assert job_of(draft).state == State.WAITING
    sync(client.firm)
    assert xero.numbered(draft.number)[0]["status"] == "DRAFT"


@pytest.mark.promise("P07")
def test_waiting_is_stamped_with_todays_preferences_and_keeps_one_place(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    switch(client.firm, "matter_as_reference", False)
    save(invoice)
    job = job_of(invoice)
    assert (job.state, job.preferences["matter_as_reference"]) == (State.WAITING, False)
    assert SyncJob.objects.filter(kind="INVOICE").count() == 1
    xero.forget_calls()
    sync(client.firm)
    assert [call["method"] for call in xero.calls] == ["PUT"]


@pytest.mark.promise("P08")
def test_sending_goes_on_with_the_old_version_and_the_new_one_goes_next(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    lane, _ = claimed(client.firm)
    save(invoice, "The newest words")
    job = job_of(invoice)
    assert (job.state, job.desired_version) == (State.SENDING, 3)
    outbox.leave_lane(lane=lane)
    outbox.recover(now=timezone.now(), deadline_s=0, look_up_after_s=0)
    sync(client.firm)
    assert described(xero, invoice.number) == "The newest words"


def test_in_xero_the_difference_is_sent_and_nothing_without_one(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    sync(client.firm)
    xero.forget_calls()
    save(invoice)
    sync(client.firm)
    assert (job_of(invoice).state, xero.calls) == (State.IN_XERO, [])
    save(invoice, "Advice, corrected")
    sync(client.firm)
    assert [call["method"] for call in xero.calls] == ["GET", "POST"]
    assert described(xero, invoice.number) == "Advice, corrected"


def test_in_xero_an_unchanged_save_stays_even_in_a_period_locked_since(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    sync(client.firm)
    xero.act("lock-dates", period="2026-07-31", year_end="")
    read_chart_of(client.firm)
    save(invoice)
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO


def test_trying_again_goes_now(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    SyncJob.objects.filter(pk=job_of(invoice).pk).update(
        state=State.TRYING_AGAIN, attempts=8, due_at=timezone.now() + timedelta(hours=12)
    )
    save(invoice)
    job = job_of(invoice)
    assert (job.state, job.attempts) == (State.WAITING, 0)
    assert job.due_at <= timezone.now()


@pytest.mark.promise("P06")
def test_checking_is_looked_up_first_and_then_the_new_version_is_sent(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    xero.fault(kind="cut_after", method="PUT", path="Invoices")
    sync_batches(client.firm, 1)
    assert job_of(invoice).state == State.CHECKING
    xero.forget_calls()
    save(invoice, "Said after the silence")
    assert job_of(invoice).state == State.CHECKING
    sync(client.firm)
    assert [call["method"] for call in xero.calls] == ["GET", "GET", "POST"]
    assert described(xero, invoice.number) == "Said after the silence"
    assert job_of(invoice).state == State.IN_XERO


def test_on_hold_is_stamped_anew_and_goes_when_the_hold_ends(client: Contact, admin: Any, xero: Xero) -> None:
    invoice = approved(client)
    change_settings.pause_syncing(firm=client.firm, actor=admin, now=timezone.now())
    switch(client.firm, "matter_as_reference", False)
    save(invoice)
    job = job_of(invoice)
    assert (job.state, job.hold, job.preferences["matter_as_reference"]) == (State.ON_HOLD, "paused", False)
    sync(client.firm)
    assert xero.numbered(invoice.number) == []
    change_settings.resume_syncing(firm=client.firm, actor=admin, now=timezone.now())
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO


def test_needs_you_goes_now_with_todays_preferences_and_its_cause_is_closed(connected: Firm, xero: Xero) -> None:
    switch(connected, "drop_invalid_emails", False)
    contact = ContactFactory(firm=connected, emails=("accounts(at)brandt",))
    invoice = approved(contact)
    sync(connected)
    cause = job_of(contact).cause
    assert (job_of(contact).state, job_of(invoice).cause) == (State.NEEDS_YOU, cause)
    switch(connected, "drop_invalid_emails", True)
    save(invoice)
    sync(connected)
    assert (job_of(contact).state, job_of(invoice).state) == (State.IN_XERO, State.IN_XERO)
    cause.refresh_from_db()
    assert cause.closed_at is not None


@pytest.mark.promise("P32")
def test_a_retry_keeps_the_preferences_of_the_save(connected: Firm, xero: Xero) -> None:
    switch(connected, "drop_invalid_emails", False)
    contact = ContactFactory(firm=connected, emails=("accounts(at)brandt",))
    sync(connected)
    switch(connected, "drop_invalid_emails", True)
    assert outbox.retry(firm=connected, job_ids=[job_of(contact).pk], now=timezone.now()) == 1
    sync(connected)
    assert job_of(contact).state == State.NEEDS_YOU


def test_a_saved_contact_stamps_its_bills_that_are_not_in_xero_and_no_others(client: Contact, xero: Xero) -> None:
    earlier = approved(client)
    sync(client.firm)
    draft = InvoiceFactory(firm=client.firm, contact=client)
    switch(client.firm, "only_approved", False)
    switch(client.firm, "matter_as_reference", False)
    save_contact(client)
    assert job_of(earlier).preferences["matter_as_reference"] is True
    assert job_of(draft).preferences["matter_as_reference"] is False
    sync(client.firm)
    assert job_of(draft).state == State.IN_XERO


def test_a_saved_bill_stamps_its_waiting_contact_too(connected: Firm) -> None:
    contact = ContactFactory(firm=connected)
    switch(connected, "drop_invalid_emails", False)
    approved(contact)
    assert job_of(contact).preferences["drop_invalid_emails"] is False


def test_paid_in_xero_the_change_is_kept_here_and_not_sent(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    sync(client.firm)
    xero.act("payment", invoice=invoice.number, amount=10)
    save(invoice, "A change too late")
    sync(client.firm)
    job = job_of(invoice)
    assert (job.state, job.faults[0]["code"]) == (State.NEEDS_YOU, "settled-in-xero")
    assert described(xero, invoice.number) == "Advice"
    xero.forget_calls()
    save(invoice, "Another one")
    sync(client.firm)
    assert (job_of(invoice).state, xero.calls) == (State.NEEDS_YOU, [])

    xero.act("remove-payments", invoice=invoice.number)
    outbox.retry(firm=client.firm, job_ids=[job.pk], now=timezone.now())
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO
    assert described(xero, invoice.number) == "Another one"


def test_paid_in_xero_undoing_the_change_settles_it(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    sync(client.firm)
    xero.act("payment", invoice=invoice.number)
    save(invoice, "A change too late")
    sync(client.firm)
    assert job_of(invoice).state == State.NEEDS_YOU, job_of(invoice).faults
    save(invoice, "Advice")
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO


def test_a_draft_void_here_is_deleted_in_xero(client: Contact, xero: Xero) -> None:
    switch(client.firm, "only_approved", False)
    draft = InvoiceFactory(firm=client.firm, contact=client)
    sync(client.firm)
    services.void(firm=client.firm, actor=None, invoice=draft, expected_version=draft.version)
    sync(client.firm)
    assert xero.numbered(draft.number)[0]["status"] == "DELETED"


def test_a_bill_void_before_it_went_is_not_sent(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    services.void(firm=client.firm, actor=None, invoice=invoice, expected_version=invoice.version)
    sync(client.firm)
    assert (job_of(invoice).state, job_of(invoice).hold) == (State.NOT_SENT, "void")
    assert xero.numbered(invoice.number) == []


@pytest.mark.promise("P01")
def test_a_save_that_failed_has_no_job_and_moves_none(connected: Firm) -> None:
    kept = InvoiceFactory(firm=connected, approved=True)
    before = SyncJob.objects.order_by("pk").values("pk", "state", "desired_version", "saved_at")
    expected = list(before)

    def fail(**_: Any) -> None:
        raise RuntimeError("whatever comes after the outbox")

    signals.invoices_saved.connect(fail)
    try:
        for save_it in (lambda: InvoiceFactory(firm=connected, contact=kept.contact), lambda: save(kept)):
            with pytest.raises(RuntimeError):
                save_it()
    finally:
        signals.invoices_saved.disconnect(fail)
    assert expected
    assert list(before.all()) == expected
