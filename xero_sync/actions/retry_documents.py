"""Retry by a person, on record: of one document, of everything behind one cause."""

from datetime import datetime

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from xero_sync import outbox
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.actions.releases import describe_moment, describe_release, list_held_jobs, record_release
from xero_sync.domain.releases import CHART_READ
from xero_sync.facts.remedy import describe_cause
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.saved_under import describe_settings_of_retry
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import find_row
from xero_sync.models import Cause, SyncJob
from xero_sync.organisation import chart


def retry_document(*, firm: Firm, actor: User, job: SyncJob, now: datetime) -> ActionOutcome:
    """Retry one document under its stored preferences."""
    target = find_row(firm=firm, job=job)
    under = describe_settings_of_retry(job=job, firm=firm, sight=RequestContext(firm))
    with transaction.atomic():
        _doubt(firm, job.cause, now)
        moved = outbox.retry(firm=firm, job_ids=[job.pk], now=now)
        if moved and target is not None:
            action = f"{find_kind(job.kind).rows.audit}.retried"
            audit.record(firm=firm, actor=actor, action=action, target=target, after={"documents": moved})
    labels = find_kind(job.kind).labels
    name = labels.named.format(target) if target is not None else f"The {labels.noun}"
    if not moved:
        words = f"{name} was not held back any more, so there was nothing to retry."
        return ActionOutcome(words=words, changed=False)
    keeps = "A retry keeps them; edit and save to use today\u2019s."
    return ActionOutcome(words=f"{name} goes {describe_moment(firm=firm)}. {under} {keeps}")


def retry_cause(*, firm: Firm, actor: User, cause: Cause, now: datetime, todays: bool = False) -> ActionOutcome:
    """Retry everything behind one cause, each document under its stored preferences or, if asked, under today's."""
    with transaction.atomic():
        job_ids = list_held_jobs(cause=cause)
        _doubt(firm, cause, now)
        moved = outbox.retry(firm=firm, job_ids=job_ids, now=now, todays=todays)
        if not moved:
            words = f"Nothing is held back by this any more: {describe_cause(cause).title}."
            return ActionOutcome(words=words, changed=False)
        release = record_release(firm=firm, actor=actor, cause=cause, job_ids=job_ids, todays=todays, now=now)
    words = f"{describe_release(firm=firm, count=moved, todays=todays)} What is refused again comes back here."
    return ActionOutcome(words=words, release=release)


def _doubt(firm: Firm, cause: Cause | None, now: datetime) -> None:
    """Whoever retries what the chart speaks against has put it right in Xero: our chart is not asked again as it is."""
    if cause is not None and cause.code in CHART_READ:
        chart.doubt(firm=firm, now=now)
