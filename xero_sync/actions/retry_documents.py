"""Retry by a person, on record: of one document, of everything behind one cause."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.models import Contact, Invoice
from firms import audit
from firms.models import Firm, User
from xero_sync import outbox
from xero_sync.domain.holds import Hold
from xero_sync.domain.kinds import Kind
from xero_sync.domain.releases import CHART_READ
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.stored_faults import of_cause
from xero_sync.models import Cause, Release, SyncJob
from xero_sync.organisation import chart
from xero_sync.pages import cards

HELD = {
    Hold.NOT_CONNECTED: "once a firm admin connects Xero",
    Hold.CONNECTION_LOST: "once a firm admin reconnects Xero",
    Hold.SWITCHED_OFF: "once bill syncing is switched on",
    Hold.UNCONFIRMED: "once a firm admin has confirmed the first send",
    Hold.PAUSED: "when bill syncing is resumed",
}


@dataclass(frozen=True)
class RetryOutcome:
    """How many documents moved, what to tell the person, and where to follow them."""

    moved: int
    sentence: str
    release: Release | None = None


def retry_document(*, firm: Firm, actor: User, job: SyncJob, now: datetime) -> RetryOutcome:
    """Retry one document under its stored preferences."""
    target = _document(firm, job)
    under = cards.retry_sentence(job=job, firm=firm, sight=RequestContext(firm))
    with transaction.atomic():
        _doubt(firm, job.cause, now)
        moved = outbox.retry(firm=firm, job_ids=[job.pk], now=now)
        if moved and target is not None:
            action = f"{'invoice' if job.kind == Kind.INVOICE else 'contact'}.retried"
            audit.record(firm=firm, actor=actor, action=action, target=target, after={"documents": moved})
    name = f"Bill {target}" if job.kind == Kind.INVOICE else str(target or "The contact")
    if not moved:
        return RetryOutcome(0, f"{name} was not held back any more, so there was nothing to retry.")
    return RetryOutcome(
        moved, f"{name} goes {_when(firm)}. {under} A retry keeps them; edit and save to use today\u2019s."
    )


def retry_cause(*, firm: Firm, actor: User, cause: Cause, now: datetime, todays: bool = False) -> RetryOutcome:
    """Retry everything behind one cause, each document under its stored preferences or, if asked, under today's."""
    with transaction.atomic():
        job_ids = held_by(cause=cause)
        _doubt(firm, cause, now)
        moved = outbox.retry(firm=firm, job_ids=job_ids, now=now, todays=todays)
        release = (
            record(firm=firm, actor=actor, cause=cause, job_ids=job_ids, todays=todays, now=now) if moved else None
        )
    if not moved:
        return RetryOutcome(0, f"Nothing is held back by this any more: {of_cause(cause).title}.")
    again = "What is refused again comes back here."
    return RetryOutcome(moved, f"{going(firm=firm, count=moved, todays=todays)} {again}", release)


def held_by(*, cause: Cause) -> list[int]:
    """The ids of the jobs that wait behind a cause."""
    return list(cause.jobs.order_by("pk").values_list("pk", flat=True))


def record(
    *,
    firm: Firm,
    actor: User,
    cause: Cause,
    job_ids: Collection[int],
    now: datetime,
    fix: str = "",
    todays: bool = False,
) -> Release:
    """Keep who let these go, when and how, for the page that follows them and for the audit trail."""
    release = Release.objects.create(
        firm=firm,
        cause=cause,
        title=of_cause(cause).title[:255],
        fix=fix[:255],
        by=actor,
        at=now,
        todays=todays,
        job_ids=list(job_ids),
    )
    after = {"documents": len(job_ids), "code": cause.code, "subject": cause.subject}
    more = ({"fix": fix} if fix else {}) | ({"settings": "today's"} if todays else {})
    action = "cause.fixed" if fix else "cause.retried"
    audit.record(firm=firm, actor=actor, action=action, target=cause, after=after | more)
    return release


def going(*, firm: Firm, count: int, todays: bool) -> str:
    """How many go, when, and under which settings."""
    what = "1 document goes" if count == 1 else f"{count:,} documents go"
    under = "today\u2019s settings" if todays else "the settings of its save"
    return f"{what} {_when(firm)}, {'' if count == 1 else 'each '}under {under}."


def _doubt(firm: Firm, cause: Cause | None, now: datetime) -> None:
    """Whoever retries what the chart speaks against has put it right in Xero: our chart is not asked again as it is."""
    if cause is not None and cause.code in CHART_READ:
        chart.doubt(firm=firm, now=now)


def _when(firm: Firm) -> str:
    hold = outbox.firm_conditions(firm=firm).hold
    return "now" if hold is None else HELD[hold]


def _document(firm: Firm, job: SyncJob) -> Contact | Invoice | None:
    if job.kind == Kind.INVOICE:
        return firm.invoices.filter(pk=job.object_id).first()
    return firm.contacts.filter(pk=job.object_id).first()
