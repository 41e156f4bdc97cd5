"""Answers that were lost, workers that died or only froze: in Xero once, and as it was last saved."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice
from firms.models import Firm
from tests.factories import ContactFactory, InvoiceFactory, time_line
from tests.xero import Xero, job_of, sync, sync_batches
from xero_sync import gateway, outbox
from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import Event, Outcome, State
from xero_sync.domain.watch import WATCHED
from xero_sync.engine import reconcile
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import FirmPreference, SyncAttempt, SyncBatch, SyncJob, SyncLane, XeroConnection
from xero_sync.organisation import tokens

pytestmark = pytest.mark.django_db(transaction=True)
PUT = {"method": "PUT", "path": "Invoices"}
NOW = {"deadline_s": 0, "look_up_after_s": 0}


@pytest.fixture
def client(connected: Firm) -> Contact:
    """A client who is in Xero."""
    contact: Contact = ContactFactory(firm=connected)
    sync(connected)
    return contact


def approved(client: Contact, **values: Any) -> Invoice:
    invoice: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, **values)
    return invoice


def edit(invoice: Invoice, description: str, **head: Any) -> Invoice:
    invoice.refresh_from_db()
    return services.save_invoice(
        firm=invoice.firm,
        actor=None,
        invoice=invoice,
        expected_version=invoice.version,
        values=services.InvoiceValues(
            **{
                "contact_id": invoice.contact_id,
                "issue_date": invoice.issue_date,
                "number": invoice.number,
                **head,
            }
        ),
        lines=[time_line(pk=line.pk, description=description) for line in invoice.lines.all()],
    )


def described(xero: Xero, number: str) -> list[str]:
    rows = xero.server.xero.organisation(xero.organisation_id).invoices
    return [row.lines[0].description for row in rows if row.number == number]


class Worker:
    """A worker stopped between its freeze and its settle, which wakes on a signal of the test."""

    def __init__(self, firm: Firm) -> None:
        lane = outbox.take_lane(firm=firm, holder="frozen", lease_seconds=60)
        assert lane is not None
        self.lane = lane
        claimed = outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=50)
        assert claimed is not None
        self.claimed = claimed

    def freeze(self, body: str) -> "Worker":
        entries = [outbox.Frozen(job=job, position=at) for at, job in enumerate(self.claimed.jobs)]
        self.body = body
        self.key = outbox.freeze(
            lane=self.lane, claimed=self.claimed, entries=entries, body=body, task_id="", worker="frozen"
        )
        return self

    def loses_its_lease(self) -> "Worker":
        SyncLane.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert outbox.recover(now=timezone.now(), **NOW) == len(self.claimed.jobs)
        return self

    def sends(self, access: gateway.Access) -> None:
        operation = Operation(self.claimed.batch.operation)
        request = gateway.Request(calls=INVOICE.calls, operation=operation, body=self.body, idempotency_key=self.key)
        gateway.send(access=access, request=request)

    def settles(self) -> None:
        results = [
            outbox.Result(job_id=job.pk, version=job.desired_version, event=Event.ACCEPTED, outcome=Outcome.ACCEPTED)
            for job in self.claimed.jobs
        ]
        outbox.settle(
            batch=self.claimed.batch, results=results, answer=outbox.Answer(http_status=200), now=timezone.now()
        )


def key_to(xero: Xero) -> gateway.Access:
    token = tokens.access_token(credential_id=XeroConnection.objects.get().credential_id, now=timezone.now())
    return gateway.Access(access_token=token, xero_tenant_id=xero.organisation_id)


def frozen_update(client: Contact, xero: Xero, invoice: Invoice) -> Worker:
    """A worker that froze just before it sent "Old words" as an update of a bill in Xero."""
    edit(invoice, "Old words")
    line = job_of(invoice).xero_record.line_ids[str(invoice.lines.get().pk)]
    body = (
        f'{{"Invoices":[{{"InvoiceID":"{job_of(invoice).xero_id}","InvoiceNumber":"{invoice.number}",'
        f'"LineItems":[{{"LineItemID":"{line}","Description":"Old words","Quantity":1,"UnitAmount":100,'
        f'"AccountCode":"200","TaxType":"OUTPUT"}}]}}]}}'
    )
    return Worker(client.firm).freeze(body).loses_its_lease()


@pytest.mark.promise("P10")
def test_a_frozen_worker_that_wakes_after_its_lease_changes_nothing_but_its_attempt(
    client: Contact, xero: Xero
) -> None:
    invoice = approved(client)
    sync(client.firm)
    worker = frozen_update(client, xero, invoice)
    edit(invoice, "New words")
    sync(client.firm)
    before = job_of(invoice)
    assert (before.state, described(xero, invoice.number)) == (State.IN_XERO, ["New words"])

    worker.sends(key_to(xero))
    assert described(xero, invoice.number) == ["Old words"]
    worker.settles()
    after = job_of(invoice)
    assert SyncAttempt.objects.get(batch=worker.claimed.batch).outcome == Outcome.LATE
    for field in ("state", "xero_id", "sent_version", "batch_id"):
        assert getattr(after, field) == getattr(before, field)
    for field in ("xero_id", "confirmed_version", "confirmed_hash"):
        assert getattr(after.xero_record, field) == getattr(before.xero_record, field)

    assert outbox.look_again(now=timezone.now()) == 1
    sync(client.firm)
    job = job_of(invoice)
    assert described(xero, invoice.number) == ["New words"]
    assert (job.state, job.xero_record.confirmed_version) == (State.IN_XERO, job.desired_version)


@pytest.mark.promise("P10")
def test_a_frozen_worker_that_is_killed_after_it_sent_leaves_no_old_words(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    sync(client.firm)
    worker = frozen_update(client, xero, invoice)
    edit(invoice, "New words")
    sync(client.firm)
    worker.sends(key_to(xero))
    assert outbox.look_again(now=timezone.now()) == 0
    SyncJob.objects.update(again_at=F("again_at") - timedelta(seconds=60))
    assert outbox.look_again(now=timezone.now()) == 1
    sync(client.firm)
    assert described(xero, invoice.number) == ["New words"]
    with time_machine.travel(timezone.now() + WATCHED):
        assert outbox.look_again(now=timezone.now()) == 1
        sync(client.firm)
        assert outbox.look_again(now=timezone.now() + timedelta(hours=1)) == 0
    assert described(xero, invoice.number) == ["New words"]


def test_a_late_worker_of_a_bill_on_its_way_is_answered_by_one_more_sending(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    sync(client.firm)
    worker = frozen_update(client, xero, invoice)
    second = Worker(client.firm)
    worker.settles()
    outbox.abandon(claimed=second.claimed, now=timezone.now(), exception="Test", suspected=False, **NOW)
    outbox.leave_lane(lane=second.lane)
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO
    assert outbox.look_again(now=timezone.now() + timedelta(seconds=61)) == 1


@pytest.mark.promise("P03")
def test_a_worker_that_died_before_it_froze_anything_sent_nothing(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    Worker(client.firm).loses_its_lease()
    assert job_of(invoice).state == State.WAITING
    sync(client.firm)
    assert len(xero.numbered(invoice.number)) == 1


def test_a_worker_without_its_lane_can_neither_claim_nor_freeze(client: Contact) -> None:
    approved(client)
    worker = Worker(client.firm).loses_its_lease()
    with pytest.raises(outbox.LaneLost):
        worker.freeze("{}")
    taken = outbox.claim(lane=worker.lane, xero_connection=XeroConnection.objects.get(), now=timezone.now(), limit=50)
    assert taken is None


@pytest.mark.parametrize("adopts", [True, False])
@pytest.mark.promise("P04")
def test_a_number_that_is_taken_while_an_answer_is_missing_is_looked_up_again(
    client: Contact, xero: Xero, adopts: bool
) -> None:
    """The first look came too early: our own bill arrived after it."""
    FirmPreference.objects.filter(key="adopt_existing_invoices").update(on=adopts)
    invoice = approved(client)
    xero.fault(kind="cut_after", **PUT)
    xero.fault(kind="stale", method="GET", path="Invoices", seconds=3600)
    for _ in range(3):
        sync(client.firm)
    job = job_of(invoice)
    assert (job.state, len(xero.numbered(invoice.number))) == (State.IN_XERO, 1), job.faults
    assert [note["code"] for note in job.xero_record.notes] == []
    # Absent: asked for by its number, and among the bills that were changed meanwhile.
    assert [call["method"] for call in xero.calls][-5:] == ["PUT", "GET", "GET", "PUT", "GET"]


def test_a_number_that_somebody_else_has_ends_after_three_looks(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 1)
    xero.fault(kind="stale", method="GET", path="Invoices", seconds=3600, times=9)
    entered(xero, client, invoice.number)
    xero.forget_calls()
    for _ in range(12):
        sync(client.firm)
    assert job_of(invoice).state == State.NEEDS_YOU
    looks = [call for call in xero.calls if call["method"] == "GET" and "Invoices" in call["path"]]
    assert len([call for call in xero.calls if call["method"] == "PUT"]) == 4
    assert len(looks) == 9  # the first and three more, each by number and by date, and the one that would link it


def entered(xero: Xero, client: Contact, number: str, price: float = 5) -> None:
    xero.act(
        "enter-invoice",
        InvoiceNumber=number,
        Status="AUTHORISED",
        Date="2026-07-01",
        DueDate="2026-07-15",
        Contact={"ContactID": job_of(client).xero_id},
        LineItems=[{"Description": "By hand", "Quantity": 1, "UnitAmount": price, "AccountCode": "200"}],
    )


def test_somebody_elses_bill_found_by_the_look_is_linked_if_the_preferences_say_so(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 1)
    entered(xero, client, invoice.number, price=100)
    for _ in range(3):
        sync(client.firm)
    job = job_of(invoice)
    assert (job.state, [note["code"] for note in job.xero_record.notes]) == (
        State.IN_XERO,
        ["kept-in-xero", "adopt_existing_invoices"],
    )
    assert len(xero.numbered(invoice.number)) == 1


def test_an_adopted_bill_keeps_its_lines_when_it_is_edited(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    xero.fault(kind="cut_after", **PUT)
    for _ in range(2):
        sync(client.firm)
    before = job_of(invoice).xero_record.line_ids
    assert list(before) == [str(invoice.lines.get().pk)]
    edit(invoice, "Corrected")
    sync(client.firm)
    assert job_of(invoice).xero_record.line_ids == before


def test_a_save_that_changed_nothing_sends_nothing_after_an_adoption(client: Contact, xero: Xero) -> None:
    xero.fault(kind="cut_after", method="PUT", path="Contacts")
    contact = ContactFactory(firm=client.firm)
    for _ in range(2):
        sync(client.firm)
    assert job_of(contact).state == State.IN_XERO
    xero.forget_calls()
    services.save_contact(
        firm=client.firm,
        actor=None,
        contact=contact,
        expected_version=contact.version,
        values=services.ContactValues(name=contact.name, client_number=contact.client_number),
    )
    sync(client.firm)
    assert xero.calls == []


@pytest.mark.promise("P04")
def test_a_bill_that_had_two_numbers_while_unanswered_is_looked_up_under_both(client: Contact, xero: Xero) -> None:
    invoice = approved(client, number="10417, draft")
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 1)
    edit(invoice, "Renumbered", number="10418")
    xero.fault(kind="stale", method="GET", path="Invoices", seconds=3600)
    xero.fault(kind="cut", **PUT)
    sync_batches(client.firm, 2)
    assert job_of(invoice).state == State.CHECKING
    with time_machine.travel(timezone.now() + WATCHED):
        for _ in range(3):
            sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO, job_of(invoice).faults
    assert len(xero.invoices) == 1


def test_checking_without_anything_frozen_is_sent(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    SyncJob.objects.filter(pk=job_of(invoice).pk).update(state=State.CHECKING)
    sync(client.firm)
    assert job_of(invoice).state == State.IN_XERO


@pytest.mark.promise("P16")
def test_a_look_that_fails_is_repeated_by_the_ladder(client: Contact, xero: Xero) -> None:
    invoice = approved(client)
    xero.fault(kind="cut_after", **PUT)
    sync_batches(client.firm, 1)
    xero.fault(kind="status", method="GET", path="Invoices", status=503, times=2)
    sync(client.firm)
    job = job_of(invoice)
    assert (job.state, job.attempts) == (State.CHECKING, 1)
    assert job.due_at > timezone.now()
    assert sync(client.firm) == "idle"


def test_half_an_answer_to_a_look_at_contacts_is_no_answer(
    client: Contact, xero: Xero, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = ContactFactory(firm=client.firm)
    xero.fault(kind="cut_after", method="PUT", path="Contacts")
    sync_batches(client.firm, 1)
    whole = gateway.find_changed
    monkeypatch.setattr(
        reconcile.gateway, "find_changed", lambda **given: replace(whole(**given), elements=(), page_count=2)
    )
    calls = iter([True, False])
    monkeypatch.setattr("xero_sync.engine.turn._allowed", lambda turn, person: next(calls))
    sync(client.firm)
    assert job_of(contact).state == State.CHECKING
    assert not SyncBatch.objects.filter(closed_at=None).exists()
