"""Causes: opened with the first document they hold back and closed with the last; watched ones as Xero has them.

Each function expects the firm's lock (firm_lock.py), or two writers would open one cause twice, or close one that
the other has just added a document to.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from xero_sync.domain.errors import ErrorClass, Fault, Recognised, recognise
from xero_sync.domain.states import Event
from xero_sync.models import Cause, SyncJob

if TYPE_CHECKING:
    from xero_sync.outbox.settle import Result

# A retry or a fix of another fault is refused again within this time.
TRIED_AGAIN_WITHIN = timedelta(minutes=10)


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
        rows[code, subject] = _row(firm_id, known, subject, now)
    found = {
        (cause.code, cause.subject): cause
        for cause in Cause.objects.filter(_named(rows), firm_id=firm_id, closed_at=None)
    }
    seen = [found[key].pk for key in rows if key in found]
    if seen:
        Cause.objects.filter(pk__in=seen).update(last_seen_at=now)
    missing = [row for key, row in rows.items() if key not in found]
    create(firm_id=firm_id, causes=missing)
    found |= {(cause.code, cause.subject): cause for cause in missing}
    return {job_id: found[key].pk for job_id, key in keys.items()}


def watch(*, firm_id: int, dead: Sequence[Recognised], codes: Collection[str], now: datetime) -> None:
    """Of these codes, exactly these are watched: opened if need be, and closed when the rest hold nothing back."""
    found = {
        (cause.code, cause.subject): cause
        for cause in Cause.objects.filter(firm_id=firm_id, closed_at=None, code__in=codes)
    }
    wanted = {(known.code, known.subject[:255]): known for known in dead}
    met = [cause.pk for key, cause in found.items() if key in wanted and not cause.watched]
    over = [cause.pk for key, cause in found.items() if key not in wanted and cause.watched]
    if met:
        Cause.objects.filter(pk__in=met).update(watched=True)
    if over:
        Cause.objects.filter(pk__in=over).update(watched=False)
        close_empty(cause_ids=over, now=now)
    create(
        firm_id=firm_id,
        causes=[
            _row(firm_id, known, subject, now, watched=True)
            for (code, subject), known in wanted.items()
            if (code, subject) not in found
        ],
    )


def create(*, firm_id: int, causes: Sequence[Cause]) -> None:
    """Write new causes, each with the number of times it was fixed before: three statements at most, none for none.

    A cause that closed just now was only tried again: it is opened again, with its assignee and its snooze.
    """
    if not causes:
        return
    names = {(row.code, row.subject) for row in causes}
    closed = Cause.objects.filter(_named(names), firm_id=firm_id).exclude(closed_at=None)
    earlier = {
        (row["code"], row["subject"]): row
        for row in closed.values("code", "subject")
        .annotate(times=Count("pk"), newest=Max("pk"), latest=Max("closed_at"))
        .order_by()
    }
    new, going_on = [], []
    for row in causes:
        before = earlier.get((row.code, row.subject))
        if before is not None and row.first_seen_at - before["latest"] <= TRIED_AGAIN_WITHIN:
            row.pk = before["newest"]
            going_on.append(row)
        else:
            row.returned = before["times"] if before else 0
            new.append(row)
    Cause.objects.bulk_create(new)
    if going_on:
        Cause.objects.bulk_update(going_on, ["closed_at", "last_seen_at", "parts", "message", "watched"])


def _named(names: Collection[tuple[str, str]]) -> Q:
    """The causes with one of these codes and one of these subjects: few more than those with one of these names."""
    return Q(code__in={code for code, _ in names}, subject__in={subject for _, subject in names})


def cause_for(*, job: SyncJob, known: Recognised, now: datetime) -> Cause:
    """The open cause of one document, opened if need be."""
    subject = _subject(known, job)
    found = Cause.objects.filter(firm_id=job.firm_id, code=known.code, subject=subject, closed_at=None).first()
    if found is not None:
        return found
    cause = _row(job.firm_id, known, subject, now)
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
    """Close those of these causes that hold no document back; watched ones stay until Xero shows them to be over."""
    ids = [pk for pk in cause_ids if pk is not None]
    if not ids:
        return
    holding = SyncJob.objects.filter(cause=OuterRef("pk"))
    Cause.objects.filter(~Exists(holding), pk__in=ids, closed_at=None, watched=False).update(closed_at=now)


def _leading(result: "Result") -> Recognised:
    """A mapping fault before a document's own: fixing it releases many."""
    known = [recognise(fault) for fault in result.faults]
    return next((each for each in known if each.known.klass is ErrorClass.MAPPING), known[0])


def _row(firm_id: int, known: Recognised, subject: str, now: datetime, *, watched: bool = False) -> Cause:
    return Cause(
        firm_id=firm_id,
        code=known.code,
        subject=subject,
        parts=dict(known.parts),
        message=known.fault.message,
        first_seen_at=now,
        last_seen_at=now,
        watched=watched,
    )


def _subject(known: Recognised, job: SyncJob) -> str:
    if known.known.subject == "organisation":
        # One cause for the whole firm: its end in Xero ends it for every document.
        return ""
    return (known.subject or f"{job.kind}:{job.object_id}")[:255]
