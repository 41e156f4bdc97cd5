"""Retry by a person, on record: of one document, of everything behind one cause."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.models import Contact, Invoice
from firms import audit
from firms.models import Firm, User
from xero_sync import outbox
from xero_sync.domain.holds import Hold
from xero_sync.domain.kinds import Kind
from xero_sync.models import Cause, SyncJob
from xero_sync.pages import cards
from xero_sync.pages.faults import of_cause
from xero_sync.pages.sight import Sight

HELD = {
    Hold.NOT_CONNECTED: "once a firm admin connects Xero",
    Hold.CONNECTION_LOST: "once a firm admin reconnects Xero",
    Hold.SWITCHED_OFF: "once bill syncing is switched on",
    Hold.UNCONFIRMED: "once a firm admin has confirmed the first send",
    Hold.PAUSED: "when bill syncing is resumed",
}


@dataclass(frozen=True)
class Done:
    """How many documents moved, and what to tell the person."""

    moved: int
    sentence: str


def retry_document(*, firm: Firm, actor: User, job: SyncJob, now: datetime) -> Done:
    """Retry one document under its stored preferences."""
    target = _document(firm, job)
    under = cards.retry_sentence(job=job, firm=firm, sight=Sight(firm))
    with transaction.atomic():
        moved = outbox.retry(firm=firm, job_ids=[job.pk], now=now)
        if moved and target is not None:
            action = f"{'invoice' if job.kind == Kind.INVOICE else 'contact'}.retried"
            audit.record(firm=firm, actor=actor, action=action, target=target, after={"documents": moved})
    name = f"Bill {target}" if job.kind == Kind.INVOICE else str(target or "The contact")
    if not moved:
        return Done(0, f"{name} was not held back any more, so there was nothing to retry.")
    return Done(moved, f"{name} goes {_when(firm)}. {under} A retry keeps them; edit and save to use today\u2019s.")


def retry_cause(*, firm: Firm, actor: User, cause: Cause, now: datetime) -> Done:
    """Retry everything behind one cause, each document under its stored preferences."""
    with transaction.atomic():
        job_ids = list(cause.jobs.values_list("pk", flat=True))
        moved = outbox.retry(firm=firm, job_ids=job_ids, now=now)
        if moved:
            after = {"documents": moved, "code": cause.code, "subject": cause.subject}
            audit.record(firm=firm, actor=actor, action="cause.retried", target=cause, after=after)
    title = of_cause(cause).title
    if not moved:
        return Done(0, f"Nothing is held back by this any more: {title}.")
    what = "1 document goes" if moved == 1 else f"{moved} documents go"
    again = "What is refused again comes back here."
    return Done(moved, f"{what} {_when(firm)}, each under the settings of its save. {again}")


def _when(firm: Firm) -> str:
    hold = outbox.firm_conditions(firm=firm).hold
    return "now" if hold is None else HELD[hold]


def _document(firm: Firm, job: SyncJob) -> Contact | Invoice | None:
    if job.kind == Kind.INVOICE:
        return firm.invoices.filter(pk=job.object_id).first()
    return firm.contacts.filter(pk=job.object_id).first()
