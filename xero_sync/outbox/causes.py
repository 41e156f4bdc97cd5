"""Causes: opened with the first document they hold back, closed with the last.

Each function expects the firm's lock (firm_lock.py), or two writers would open one cause twice, or close one that the
other has just put a document behind.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef

from xero_sync.domain.errors import ErrorClass, Fault, Recognised, recognise
from xero_sync.domain.states import Event
from xero_sync.models import Cause, SyncJob

if TYPE_CHECKING:
    from xero_sync.outbox.settle import Result


def open_for(
    *, firm_id: int, jobs: Mapping[int, SyncJob], results: Sequence["Result"], now: datetime
) -> dict[int, int]:
    """The open cause of each refused or held document, by job id. The first fault names it."""
    named: dict[int, Recognised] = {
        result.job_id: _leading(result)
        for result in results
        if result.event in (Event.REFUSED, Event.HELD) and result.faults
    }
    if not named:
        return {}
    keys = {job_id: (known.code, _subject(known, jobs[job_id])) for job_id, known in named.items()}
    rows = {}
    for job_id, known in named.items():
        code, subject = keys[job_id]
        rows[code, subject] = Cause(
            firm_id=firm_id,
            code=code,
            subject=subject,
            parts=dict(known.parts),
            message=known.fault.message,
            first_seen_at=now,
            last_seen_at=now,
        )
    found = {
        (cause.code, cause.subject): cause
        for cause in Cause.objects.filter(firm_id=firm_id, closed_at=None, code__in={code for code, _ in rows})
    }
    seen = [found[key].pk for key in rows if key in found]
    if seen:
        Cause.objects.filter(pk__in=seen).update(last_seen_at=now)
    missing = [row for key, row in rows.items() if key not in found]
    create(firm_id=firm_id, causes=missing)
    found |= {(cause.code, cause.subject): cause for cause in missing}
    return {job_id: found[key].pk for job_id, key in keys.items()}


def create(*, firm_id: int, causes: Sequence[Cause]) -> None:
    """Write new causes, each knowing how often it was put right before: two statements, none for none."""
    if not causes:
        return
    earlier = Cause.objects.filter(
        firm_id=firm_id, code__in={row.code for row in causes}, subject__in={row.subject for row in causes}
    )
    times = {
        (row["code"], row["subject"]): row["times"]
        for row in earlier.exclude(closed_at=None).values("code", "subject").annotate(times=Count("pk")).order_by()
    }
    for row in causes:
        row.returned = times.get((row.code, row.subject), 0)
    Cause.objects.bulk_create(causes)


def cause_for(*, job: SyncJob, known: Recognised, now: datetime) -> Cause:
    """The open cause of one document, opened if need be."""
    subject = _subject(known, job)
    found = Cause.objects.filter(firm_id=job.firm_id, code=known.code, subject=subject, closed_at=None).first()
    if found is not None:
        return found
    cause = Cause(
        firm_id=job.firm_id,
        code=known.code,
        subject=subject,
        parts=dict(known.parts),
        message=known.fault.message,
        first_seen_at=now,
        last_seen_at=now,
    )
    create(firm_id=job.firm_id, causes=[cause])
    return cause


def stored(fault: Fault) -> dict[str, Any]:
    """A fault with its words, as jobs and attempts keep it."""
    known = recognise(fault)
    return {
        "code": known.code,
        "message": fault.message,
        "source": fault.source,
        "parts": dict(known.parts),
        "title": known.title,
        "sentence": known.sentence,
    }


def close_empty(*, cause_ids: Collection[int | None], now: datetime) -> None:
    """Close those of these causes that hold nothing back any more; what is watched stays until Xero says otherwise."""
    ids = [pk for pk in cause_ids if pk is not None]
    if not ids:
        return
    holding = SyncJob.objects.filter(cause=OuterRef("pk"))
    Cause.objects.filter(~Exists(holding), pk__in=ids, closed_at=None, watched=False).update(closed_at=now)


def _leading(result: "Result") -> Recognised:
    """A mapping fault before a document's own: fixing it releases many."""
    known = [recognise(fault) for fault in result.faults]
    return next((each for each in known if each.known.klass is ErrorClass.MAPPING), known[0])


def _subject(known: Recognised, job: SyncJob) -> str:
    return (known.subject or f"{job.kind}:{job.object_id}")[:255]
