"""Retry by a person, on the audit trail: one document, or everything that one cause holds."""

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
    under = describe_settings_of_retry(job=job, firm=firm, context=RequestContext(firm))
    with transaction.atomic():
        _mark_chart_outdated(firm, job.cause, now)
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
    """Retry everything that one cause holds, under each document's stored preferences or, with `todays`, today's."""
    with transaction.atomic():
        job_ids = list_held_jobs(cause=cause)
        _mark_chart_outdated(firm, cause, now)
        moved = outbox.retry(firm=firm, job_ids=job_ids, now=now, todays=todays)
        if not moved:
            words = f"Nothing is held back by this any more: {describe_cause(cause).title}."
            return ActionOutcome(words=words, changed=False)
        release = record_release(firm=firm, actor=actor, cause=cause, job_ids=job_ids, todays=todays, now=now)
    words = f"{describe_release(firm=firm, count=moved, todays=todays)} What is refused again comes back here."
    return ActionOutcome(words=words, release=release)


def _mark_chart_outdated(firm: Firm, cause: Cause | None, now: datetime) -> None:
    """Whoever retries such a cause changed the chart in Xero: the stored chart is read again before its next use."""
    if cause is not None and cause.code in CHART_READ:
        chart.mark_outdated(firm=firm, now=now)
