"""What holds a whole firm, and bills that wait for their contact: everything held is let go again, nothing is stuck."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from firms.models import Firm, User
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.xero import Xero, job_of, sync, sync_batches
from xero_sync import outbox
from xero_sync.actions import change_settings, connect_organisation
from xero_sync.domain.states import Event, Outcome, State
from xero_sync.engine import Turned
from xero_sync.models import BillSyncSettings, Cause, FirmPreference, SyncJob, SyncLane, XeroConnection

pytestmark = pytest.mark.django_db(transaction=True)


def approved(contact: Contact, **values: Any) -> Invoice:
    invoice: Invoice = InvoiceFactory(firm=contact.firm, contact=contact, approved=True, **values)
    return invoice


def held(obj: Any) -> tuple[str, str]:
    job = job_of(obj)
    return job.state, job.hold


def bad_contact(firm: Firm) -> Contact:
    """A client whom Xero refuses."""
    FirmPreference.objects.filter(firm=firm, key="drop_invalid_emails").update(on=False)
    contact: Contact = ContactFactory(firm=firm, emails=("accounts(at)brandt",))
    return contact


def claim(firm: Firm) -> outbox.ClaimedBatch | None:
    lane = outbox.take_lane(firm=firm, holder="a worker", lease_seconds=60)
    assert lane is not None
    return outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=1)


def end_lane(firm: Firm) -> None:
    SyncLane.objects.filter(firm=firm).update(lease_until=timezone.now() - timedelta(seconds=1))
    outbox.recover(now=timezone.now(), deadline_s=0, look_up_after_s=0)


@pytest.fixture
def client(connected: Firm) -> Contact:
    """A client who is in Xero."""
    contact: Contact = ContactFactory(firm=connected)
    sync(connected)
    return contact


def test_a_pause_in_the_middle_of_sending_lets_that_batch_end_and_nothing_more(
    client: Contact, admin: User, xero: Xero
) -> None:
    first, second = approved(client), approved(client)
    assert claim(client.firm) is not None
    change_settings.pause_syncing(firm=client.firm, actor=admin, now=timezone.now())
    assert held(first) == (State.SENDING, "")
    assert held(second) == (State.ON_HOLD, "paused")
    end_lane(client.firm)
    assert sync(client.firm) is Turned.HELD
    assert (held(first), held(second)) == ((State.ON_HOLD, "paused"), (State.ON_HOLD, "paused"))
    change_settings.resume_syncing(firm=client.firm, actor=admin, now=timezone.now())
    sync(client.firm)
    assert (job_of(first).state, job_of(second).state) == (State.IN_XERO, State.IN_XERO)


@pytest.mark.parametrize("how", ["pause", "switch off", "disconnect", "lose"])
def test_a_turn_under_way_claims_nothing_once_the_firm_is_held(client: Contact, admin: User, how: str) -> None:
    approved(client)
    lane = outbox.take_lane(firm=client.firm, holder="a worker", lease_seconds=60)
    assert lane is not None
    connection = XeroConnection.objects.get()
    if how == "pause":
        BillSyncSettings.objects.update(paused_at=timezone.now())
    elif how == "switch off":
        BillSyncSettings.objects.update(enabled=False)
    else:
        XeroConnection.objects.update(state="DISCONNECTED" if how == "disconnect" else "LOST")
    assert outbox.claim(lane=lane, xero_connection=connection, now=timezone.now(), limit=50) is None


def test_a_disconnected_firm_is_held_and_its_links_stay(client: Contact, admin: User, xero: Xero) -> None:
    bill = approved(client)
    contact_id = job_of(client).xero_id
    connect_organisation.disconnect_organisation(firm=client.firm, actor=admin, now=timezone.now())
    assert held(bill) == (State.ON_HOLD, "not-connected")
    assert job_of(client).xero_id == contact_id
    assert sync(client.firm) is Turned.HELD


def test_a_held_firm_with_a_checking_bill_is_left_in_peace_by_the_sweep(
    client: Contact, admin: User, xero: Xero, no_firm: None
) -> None:
    xero.fault(kind="cut_after", method="PUT", path="Invoices")
    bill = approved(client)
    sync_batches(client.firm, 1)
    assert outbox.firms_with_work(now=timezone.now()) == [client.firm.pk]
    change_settings.pause_syncing(firm=client.firm, actor=admin, now=timezone.now())
    assert outbox.firms_with_work(now=timezone.now()) == []
    change_settings.resume_syncing(firm=client.firm, actor=admin, now=timezone.now())
    assert outbox.firms_with_work(now=timezone.now()) == [client.firm.pk]
    sync(client.firm)
    assert job_of(bill).state == State.IN_XERO


def test_a_start_date_keeps_older_bills_back_and_lets_them_go_when_it_moves(client: Contact, xero: Xero) -> None:
    BillSyncSettings.objects.update(start_date=date(2026, 7, 15))
    old, new = approved(client), approved(client, issue_date=date(2026, 7, 15))
    sync(client.firm)
    assert (held(old), job_of(new).state) == ((State.NOT_SENT, "before-start-date"), State.IN_XERO)
    BillSyncSettings.objects.update(start_date=date(2026, 7, 1))
    outbox.rejudge(firm=client.firm, now=timezone.now())
    sync(client.firm)
    assert job_of(old).state == State.IN_XERO


def test_a_bill_approved_while_its_draft_is_being_judged_goes(client: Contact, xero: Xero) -> None:
    """The old version is not to be sent; that says nothing about the new one."""
    draft = InvoiceFactory(firm=client.firm, contact=client)
    SyncJob.objects.filter(pk=job_of(draft).pk).update(state=State.WAITING, hold="")
    taken = claim(client.firm)
    assert taken is not None
    services.approve(firm=client.firm, actor=None, invoice=draft, expected_version=draft.version)
    skipped = outbox.Result(
        job_id=job_of(draft).pk,
        version=taken.jobs[0].desired_version,
        event=Event.SKIPPED,
        outcome=Outcome.HELD,
        changes={"hold": "draft"},
    )
    outbox.settle(batch=taken.batch, results=[skipped], answer=None, now=timezone.now(), resend_after_s=0)
    end_lane(client.firm)
    sync(client.firm)
    assert job_of(draft).state == State.IN_XERO


def test_a_bill_paused_while_its_contact_was_refused_is_waiting_on_it_after_the_resume(
    connected: Firm, admin: User
) -> None:
    contact = bad_contact(connected)
    bill = approved(contact)
    change_settings.pause_syncing(firm=connected, actor=admin, now=timezone.now())
    SyncJob.objects.filter(pk=job_of(contact).pk).update(state=State.WAITING, hold="")
    BillSyncSettings.objects.update(paused_at=None)
    sync(connected)
    assert (job_of(contact).state, held(bill)) == (State.NEEDS_YOU, (State.ON_HOLD, "paused"))
    outbox.rejudge(firm=connected, now=timezone.now())
    assert held(bill) == (State.ON_HOLD, "contact-refused")
    assert job_of(bill).cause == job_of(contact).cause


def test_retrying_a_bill_that_waits_on_a_refused_contact_takes_the_contact_along(connected: Firm) -> None:
    contact = bad_contact(connected)
    bill = approved(contact)
    sync(connected)
    SyncJob.objects.update(preferences={"only_approved": True, "drop_invalid_emails": True})
    outbox.retry(firm=connected, job_ids=[job_of(bill).pk], now=timezone.now())
    sync(connected)
    assert (job_of(contact).state, job_of(bill).state) == (State.IN_XERO, State.IN_XERO)


def test_bills_waiting_on_a_contact_follow_it_from_cause_to_cause(connected: Firm, xero: Xero) -> None:
    contact = bad_contact(connected)
    bill = approved(contact)
    sync(connected)
    first = job_of(bill).cause
    FirmPreference.objects.update(on=False)
    FirmPreference.objects.filter(key="drop_invalid_emails").update(on=True)
    xero.act("enter-contact", Name=contact.name)
    SyncJob.objects.filter(kind="CONTACT").update(preferences={"drop_invalid_emails": True})
    outbox.retry(firm=connected, job_ids=[job_of(contact).pk], now=timezone.now())
    sync(connected)
    assert job_of(contact).faults[0]["code"] == "contact-name-taken"
    assert job_of(bill).cause == job_of(contact).cause != first
    assert list(Cause.objects.filter(closed_at=None)) == [job_of(contact).cause]


def test_a_bill_moved_to_a_contact_that_is_in_xero_goes(connected: Firm, client: Contact) -> None:
    bill = approved(bad_contact(connected))
    sync(connected)
    assert held(bill) == (State.ON_HOLD, "contact-refused")
    bill.refresh_from_db()
    services.save_invoice(
        firm=connected,
        actor=None,
        invoice=bill,
        expected_version=bill.version,
        values=services.InvoiceValues(contact_id=client.pk, issue_date=bill.issue_date, number=bill.number),
        lines=[time_line()],
    )
    sync(connected)
    assert job_of(bill).state == State.IN_XERO


def test_a_bill_moved_to_a_contact_that_was_refused_is_held_by_the_contact(connected: Firm, client: Contact) -> None:
    contact = bad_contact(connected)
    sync(connected)
    bill = approved(client)
    SyncJob.objects.filter(pk=job_of(bill).pk).update(waits_for=job_of(contact))
    outbox.rejudge(firm=connected, now=timezone.now())
    assert held(bill) == (State.ON_HOLD, "contact-refused")


def test_a_reconnection_lets_go_what_xero_said_of_a_single_bill_about_the_connection(
    client: Contact, xero: Xero
) -> None:
    bill = approved(client)
    words = "You are not permitted to access this resource"
    answer = f'{{"Invoices":[{{"InvoiceNumber":"{bill.number}","ValidationErrors":[{{"Message":"{words}"}}]}}]}}'
    xero.fault(kind="status", status=200, method="PUT", path="Invoices", body=answer)
    sync(client.firm)
    assert held(bill) == (State.ON_HOLD, "cause")
    outbox.rejudge(firm=client.firm, now=timezone.now())
    sync(client.firm)
    assert job_of(bill).state == State.IN_XERO
