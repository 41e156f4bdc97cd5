"""Fences and clocks in the figures the product runs with: lease 60 s, deadline 20 s, look-up after 30 s, resend 3 s.

Leases are by the database's clock: a test moves the row's time instead of waiting.
"""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.models import Contact
from firms.models import Firm
from tests.factories import ContactFactory
from tests.integration.xero_sync.clocks import (
    MARGIN,
    REAL,
    Worker,
    approved,
    claim,
    claimed_at,
    edit,
    edit_contact,
    in_xero,
    lease_passes,
    queue_contact,
    save_in_bulk,
    sent_before,
)
from tests.xero import Xero, job_of, sync
from xero_sync import outbox
from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import Outcome, State
from xero_sync.engine import Turned, batch
from xero_sync.engine.turn_context import Timing
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob
from xero_sync.outbox.conditions import firms_with_work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(connected: Firm, settings: Any) -> Contact:
    """A client who is in Xero, at a firm whose saves are sent with the product's own figures."""
    settings.SYNC_RESEND_AFTER_SECONDS = 3
    contact: Contact = ContactFactory(firm=connected)
    sync(connected, timing=REAL)
    return contact


def test_the_product_runs_with_these_figures(db: None) -> None:
    assert Timing.from_settings() == REAL


# The look-up margin


def test_an_unanswered_create_is_looked_up_no_sooner_than_50_seconds_after_its_send(
    client: Contact, xero: Xero
) -> None:
    invoice = approved(client)
    xero.fault(kind="cut_after", method="PUT", path="Invoices")
    sync(client.firm, timing=REAL)
    assert job_of(invoice).state == State.CHECKING
    sent_at = job_of(invoice).last_sent_at
    assert sent_at is not None
    xero.forget_calls()

    with time_machine.travel(sent_at + timedelta(seconds=49), tick=False):
        assert sync(client.firm, timing=REAL) is Turned.IDLE
    assert (job_of(invoice).state, xero.calls) == (State.CHECKING, [])

    with time_machine.travel(sent_at + timedelta(seconds=51), tick=False):
        sync(client.firm, timing=REAL)
    assert [call["method"] for call in xero.calls] == ["GET"]
    assert (job_of(invoice).state, len(xero.numbered(invoice.number))) == (State.IN_XERO, 1)


def test_a_create_whose_worker_was_lost_is_looked_up_50_seconds_after_its_send(client: Contact) -> None:
    invoice = approved(client)
    worker = Worker.at(client.firm)
    worker.freeze()
    lease_passes(61)
    assert outbox.recover(now=timezone.now(), **MARGIN) == 1
    sent_at = SyncBatch.objects.get(pk=worker.claimed.batch.pk).frozen_at
    assert sent_at is not None
    # A move writes its times in whole milliseconds.
    assert abs(job_of(invoice).due_at - sent_at - timedelta(seconds=50)) < timedelta(milliseconds=1)
    assert not claimed_at(client.firm, sent_at + timedelta(seconds=49))
    second = Worker.at(client.firm, now=sent_at + timedelta(seconds=51))
    assert second.claimed.batch.operation == Operation.LOOK_UP


# Three seconds between two sends of one document


def test_the_first_send_of_a_document_is_never_delayed(client: Contact) -> None:
    invoice = approved(client)
    job = job_of(invoice)
    assert job.due_at == job.saved_at
    assert claimed_at(client.firm, job.saved_at)


@pytest.mark.promise("P07")
def test_a_save_right_after_a_send_goes_3_seconds_after_that_send(client: Contact) -> None:
    invoice = in_xero(client)
    edit(invoice, "Corrected")
    job = job_of(invoice)
    assert job.last_sent_at is not None
    assert job.due_at == job.last_sent_at + timedelta(seconds=3)
    assert not claimed_at(client.firm, job.last_sent_at + timedelta(seconds=2.9))
    assert claimed_at(client.firm, job.last_sent_at + timedelta(seconds=3))


def test_a_save_that_comes_3_seconds_after_the_last_send_goes_at_once(client: Contact) -> None:
    invoice = in_xero(client)
    sent_before(invoice, 3)
    edit(invoice, "Corrected")
    job = job_of(invoice)
    assert job.due_at == job.saved_at


# A person before a bulk run


@pytest.mark.promise("P15")
def test_a_persons_bill_is_claimed_before_a_bulk_run_that_was_due_earlier(client: Contact) -> None:
    bulk = [approved(client) for _ in range(3)]
    save_in_bulk(bulk)
    persons = approved(client)
    SyncJob.objects.filter(priority=1).update(due_at=F("due_at") - timedelta(hours=1))
    assert SyncJob.objects.filter(priority=1).count() == 3
    assert Worker.at(client.firm, limit=1).job_ids == [job_of(persons).pk]


@pytest.mark.promise("P15")
def test_a_persons_correction_has_the_first_batch_before_a_bulk_run_of_new_bills(client: Contact) -> None:
    corrected = in_xero(client)
    sent_before(corrected, 3)
    bulk = [approved(client) for _ in range(3)]
    save_in_bulk(bulk)
    SyncJob.objects.filter(priority=1).update(due_at=F("due_at") - timedelta(hours=1))
    edit(corrected, "Corrected")
    worker = Worker.at(client.firm)
    assert (worker.claimed.batch.operation, worker.job_ids) == (Operation.UPDATE, [job_of(corrected).pk])
    after = claim(worker.lane, now=timezone.now())
    assert after is not None
    assert {job.pk for job in after.jobs} == {job_of(invoice).pk for invoice in bulk}


# Looked at again a minute after the success, and at doubling steps


@pytest.mark.promise("P10")
def test_a_document_whose_worker_was_lost_is_looked_at_60_seconds_after_its_next_success_and_then_less_often(
    client: Contact, xero: Xero
) -> None:
    invoice = in_xero(client)
    sent_before(invoice, 3)
    edit(invoice, "Corrected")
    Worker.at(client.firm).freeze()
    lease_passes(61)
    assert outbox.recover(now=timezone.now(), **MARGIN) == 1
    sync(client.firm, timing=REAL)
    job = job_of(invoice)
    assert job.xero_record.confirmed_at is not None
    assert (job.state, job.again_at) == (State.IN_XERO, job.xero_record.confirmed_at + timedelta(seconds=60))

    xero.forget_calls()
    assert outbox.look_again(now=job.xero_record.confirmed_at + timedelta(seconds=59)) == 0
    sync(client.firm, timing=REAL)
    assert (job_of(invoice).state, xero.calls) == (State.IN_XERO, [])

    looks, found = [], []
    moment: datetime | None = job.xero_record.confirmed_at + timedelta(seconds=61)
    while moment is not None:
        with time_machine.travel(moment, tick=False):
            found.append(outbox.look_again(now=timezone.now()))
            sync(client.firm, timing=REAL)
        looks.append(round((moment - job.xero_record.confirmed_at).total_seconds()))
        moment = job_of(invoice).again_at
    assert found == [1] * 5
    assert {call["method"] for call in xero.calls} == {"GET"}
    assert looks == pytest.approx([61, 122, 244, 488, 600], abs=2)
    assert (job_of(invoice).state, job_of(invoice).watch_until) == (State.IN_XERO, None)


# A new save starts afresh


def test_a_new_save_does_not_inherit_the_back_off_of_the_old_version(client: Contact, xero: Xero) -> None:
    invoice = in_xero(client)
    edit(invoice, "Refused by a busy server")
    xero.fault(kind="status", method="POST", path="Invoices", status=503, times=3)
    for _ in range(3):
        SyncJob.objects.filter(pk=job_of(invoice).pk).update(due_at=timezone.now())
        sync(client.firm, timing=REAL)
    job = job_of(invoice)
    assert (job.state, job.attempts) == (State.TRYING_AGAIN, 3)
    assert job.due_at > timezone.now() + timedelta(seconds=55)

    sent_before(invoice, 3)
    edit(invoice, "Corrected")
    job = job_of(invoice)
    assert (job.state, job.attempts, job.faults) == (State.WAITING, 0, [])
    assert job.due_at == job.saved_at
    sync(client.firm, timing=REAL)
    assert job_of(invoice).state == State.IN_XERO


# A contact saved while its first version is on its way


@pytest.mark.promise("P08")
def test_a_contact_saved_while_it_is_sent_lets_its_bills_go_and_goes_again_itself(
    client: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = ContactFactory(firm=client.firm)
    invoice = approved(contact)
    send = batch.gateway.send

    def save_meanwhile(**given: Any) -> Any:
        if given["request"].calls is CONTACT.calls:
            edit_contact(contact, "second@example.com")
        return send(**given)

    monkeypatch.setattr(batch.gateway, "send", save_meanwhile)
    sync(client.firm, timing=REAL)
    job = job_of(contact)
    assert job_of(invoice).state == State.IN_XERO
    assert job.last_sent_at is not None
    assert (job.state, job.due_at) == (State.WAITING, job.last_sent_at + timedelta(seconds=3))


def test_a_bill_on_hold_goes_although_its_contact_was_queued_again_while_it_was_sent(
    client: Contact, xero: Xero
) -> None:
    contact = ContactFactory(firm=client.firm)
    invoice = approved(contact)
    xero.fault(kind="status", method="PUT", path="Contacts", status=400)
    sync(client.firm, timing=REAL)
    assert (job_of(contact).state, job_of(invoice).state) == (State.NEEDS_YOU, State.ON_HOLD)
    queue_contact(contact, now=timezone.now())
    worker = Worker.at(client.firm, now=timezone.now() + timedelta(seconds=3))
    assert worker.job_ids == [job_of(contact).pk]
    worker.freeze()
    queue_contact(contact, now=timezone.now())
    worker.settle(record={"xero_id": "6a2f1c5e-0000-4000-8000-000000000001"})
    assert (job_of(contact).state, job_of(invoice).state) == (State.WAITING, State.WAITING)
    bills = claim(worker.lane, now=timezone.now())
    assert bills is not None
    assert [job.pk for job in bills.jobs] == [job_of(invoice).pk]


# One lane, two workers


def test_a_lane_is_held_for_60_seconds_and_no_longer(client: Contact) -> None:
    assert outbox.take_lane(firm=client.firm, holder="first", lease_seconds=60) is not None
    lease_passes(58)
    assert outbox.take_lane(firm=client.firm, holder="second", lease_seconds=60) is None
    lease_passes(2)
    assert outbox.take_lane(firm=client.firm, holder="second", lease_seconds=60) is not None


def test_each_claim_renews_the_lease_to_60_seconds(client: Contact) -> None:
    approved(client)
    lane = outbox.take_lane(firm=client.firm, holder="first", lease_seconds=60)
    assert lane is not None
    lease_passes(50)
    assert claim(lane, now=timezone.now()) is not None
    lease_passes(50)
    assert outbox.take_lane(firm=client.firm, holder="second", lease_seconds=60) is None


@pytest.mark.promise("P10")
def test_a_worker_whose_lane_another_holds_with_a_valid_lease_cannot_freeze(client: Contact) -> None:
    approved(client)
    first = Worker.at(client.firm)
    lease_passes(61)
    second = outbox.take_lane(firm=client.firm, holder="second", lease_seconds=60)
    assert second is not None
    with pytest.raises(outbox.LaneLost):
        first.freeze()
    assert claim(first.lane, now=timezone.now()) is None
    assert SyncBatch.objects.get(pk=first.claimed.batch.pk).frozen_at is None
    assert not SyncAttempt.objects.filter(batch=first.claimed.batch).exists()


@pytest.mark.promise("P09")
def test_a_late_settle_changes_no_document_that_a_second_worker_has_in_hand(client: Contact) -> None:
    invoice = in_xero(client)
    sent_before(invoice, 3)
    edit(invoice, "Corrected")
    first = Worker.at(client.firm)
    first.freeze()
    lease_passes(61)
    lane = outbox.take_lane(firm=client.firm, holder="second", lease_seconds=60)
    assert lane is not None
    assert outbox.recover(now=timezone.now(), **MARGIN) == 1
    claimed = claim(lane, now=timezone.now())
    assert claimed is not None
    second = Worker(lane, claimed)
    before = job_of(invoice)
    assert (before.state, before.batch_id) == (State.SENDING, claimed.batch.pk)

    first.settle()
    after = job_of(invoice)
    for field in ("state", "batch_id", "attempts", "due_at", "xero_id"):
        assert getattr(after, field) == getattr(before, field), field
    for field in ("confirmed_version", "confirmed_at", "xero_id"):
        assert getattr(after.xero_record, field) == getattr(before.xero_record, field), field
    assert SyncAttempt.objects.get(batch=first.claimed.batch).outcome == Outcome.LATE
    assert SyncBatch.objects.get(pk=claimed.batch.pk).closed_at is None
    second.freeze()
    assert SyncAttempt.objects.get(batch=claimed.batch).job_id == after.pk


# The order of the line


def test_what_stands_first_in_the_registry_is_claimed_first(client: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = ContactFactory(firm=client.firm)
    approved(client)
    queue_contact(contact, now=timezone.now())
    assert _kinds_claimed(client.firm) == {CONTACT.code}

    monkeypatch.setattr(import_module("xero_sync.outbox.claim"), "KINDS", (INVOICE, CONTACT))
    assert _kinds_claimed(client.firm) == {INVOICE.code}


def test_a_bill_without_the_job_of_its_contact_is_never_claimed(client: Contact) -> None:
    invoice = approved(client)
    SyncJob.objects.filter(pk=job_of(invoice).pk).update(waits_for=None)

    assert not claimed_at(client.firm, timezone.now())
    assert client.firm.pk not in firms_with_work(now=timezone.now())


def _kinds_claimed(firm: Firm) -> set[str]:
    """The kinds in the next batch, which is given back."""
    with transaction.atomic():
        kinds = {job.kind for job in Worker.at(firm).claimed.jobs}
        transaction.set_rollback(True)
    return kinds
