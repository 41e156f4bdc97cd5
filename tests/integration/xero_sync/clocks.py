"""What the tests of fences and clocks arrange: the product's real figures, saves, times moved back, a worker by hand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing import services
from billing.models import Contact, Invoice, signals
from firms.models import Firm
from tests.factories import InvoiceFactory, time_line
from tests.xero import job_of, sync
from xero_sync import outbox
from xero_sync.domain.kinds import SavedDocument
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, Outcome, State
from xero_sync.engine.turn_context import Timing
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.registry import find_kind
from xero_sync.models import SyncJob, SyncLane, XeroConnection

REAL = Timing(lease_s=60, deadline_s=20, look_up_after_s=30, resend_after_s=3, calls_per_turn=20)
MARGIN = {"deadline_s": 20, "look_up_after_s": 30}


def approved(client: Contact, **values: Any) -> Invoice:
    invoice: Invoice = InvoiceFactory(firm=client.firm, contact=client, approved=True, **values)
    return invoice


def in_xero(client: Contact) -> Invoice:
    invoice = approved(client)
    sync(client.firm, timing=REAL)
    assert job_of(invoice).state == State.IN_XERO
    return invoice


def edit(invoice: Invoice, description: str) -> None:
    invoice.refresh_from_db()
    services.save_invoice(
        firm=invoice.firm,
        actor=None,
        invoice=invoice,
        expected_version=invoice.version,
        values=services.InvoiceValues(
            contact_id=invoice.contact_id, issue_date=invoice.issue_date, number=invoice.number
        ),
        lines=[time_line(pk=line.pk, description=description) for line in invoice.lines.all()],
    )


def edit_contact(contact: Contact, email: str) -> None:
    row = Contact.objects.get(pk=contact.pk)
    values = services.ContactValues(name=row.name, client_number=row.client_number, emails=(email,))
    services.save_contact(firm=row.firm, actor=None, contact=row, expected_version=row.version, values=values)


def queue_contact(contact: Contact, *, now: datetime) -> None:
    """Queue the contact alone; a person's save queues its bills as well."""
    with transaction.atomic():
        outbox.enqueue(firm=contact.firm, kind=CONTACT, saved=[SavedDocument(object_id=contact.pk)], now=now)


def save_in_bulk(invoices: Sequence[Invoice]) -> None:
    """What an import announces when it has written its bills."""
    firm = invoices[0].firm
    with transaction.atomic():
        signals.invoices_saved.send(sender=Invoice, firm=firm, invoices=list(invoices), actor=None, bulk=True)


def sent_before(invoice: Invoice, seconds: float) -> None:
    """As if the bill's last send lay so many seconds further back."""
    SyncJob.objects.filter(pk=job_of(invoice).pk).update(last_sent_at=F("last_sent_at") - timedelta(seconds=seconds))


def lease_passes(seconds: float) -> None:
    """As if so many seconds of the lease had gone by on the database's clock."""
    SyncLane.objects.update(lease_until=F("lease_until") - timedelta(seconds=seconds))


@dataclass
class Worker:
    """A worker that holds the firm's lane and a batch, and does its next step when the test says so."""

    lane: outbox.Lane
    claimed: outbox.ClaimedBatch

    @classmethod
    def at(cls, firm: Firm, *, now: datetime | None = None, limit: int = 50) -> "Worker":
        lane = outbox.take_lane(firm=firm, holder="worker", lease_seconds=60)
        assert lane is not None
        claimed = claim(lane, now=now or timezone.now(), limit=limit)
        assert claimed is not None
        return cls(lane, claimed)

    @property
    def job_ids(self) -> list[int]:
        return [job.pk for job in self.claimed.jobs]

    def freeze(self) -> None:
        body = json.dumps({find_kind(self.claimed.batch.kind).calls.collection: [{} for _ in self.claimed.jobs]})
        entries = [outbox.Frozen(job=job, position=at) for at, job in enumerate(self.claimed.jobs)]
        outbox.freeze(lane=self.lane, claimed=self.claimed, entries=entries, body=body, task_id="", worker="worker")

    def settle(self, *, record: RecordChanges | None = None) -> None:
        results = [
            outbox.Result(
                job_id=job.pk,
                version=job.desired_version,
                event=Event.ACCEPTED,
                outcome=Outcome.ACCEPTED,
                record=record or {},
            )
            for job in self.claimed.jobs
        ]
        answer = outbox.Answer(http_status=200)
        outbox.settle(batch=self.claimed.batch, results=results, answer=answer, now=timezone.now())


def claim(lane: outbox.Lane, *, now: datetime, limit: int = 50) -> outbox.ClaimedBatch | None:
    return outbox.claim(lane=lane, xero_connection=XeroConnection.objects.get(), now=now, limit=limit)


def claimed_at(firm: Firm, now: datetime) -> bool:
    """Whether anything of the firm is claimed at this time; puts the lane back."""
    lane = outbox.take_lane(firm=firm, holder="worker", lease_seconds=60)
    assert lane is not None
    found = claim(lane, now=now)
    outbox.leave_lane(lane=lane)
    return found is not None
