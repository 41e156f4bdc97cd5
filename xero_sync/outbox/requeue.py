"""Requeue documents that an automatic fix has fixed, or reword the refusals that it could not fix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from firms.models import Firm
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.holds import Hold
from xero_sync.domain.link import Link
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, State
from xero_sync.models import SyncJob
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.dependents import hold_waiting_jobs
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move
from xero_sync.outbox.taken_links import find_taken_links

RESTORE = "restore"
ARCHIVED = "ARCHIVED"
RESTORED = "The contact was archived in Xero and has been restored."


@dataclass(frozen=True)
class Requeue:
    """One refused job and what fixes its record; a `fault` in its place words its refusal better.

    It goes at once, or at `due_at`. The record of a reworded refusal changes too.
    """

    job_id: int
    record: RecordChanges = field(default_factory=RecordChanges)
    due_at: datetime | None = None
    fault: Fault | None = None


def requeue_jobs(*, firm: Firm, requeues: Sequence[Requeue], now: datetime) -> int:
    """Apply the fixes to jobs that still need somebody, and requeue the fixed ones. Returns how many go."""
    if not requeues:
        return 0
    by_job = {each.job_id: each for each in requeues}
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        locked = _locked(Q(pk__in=by_job, state=State.NEEDS_YOU))
        taken = _find_taken(firm, locked, by_job)
        going = [job for job in locked if by_job[job.pk].fault is None and job.pk not in taken]
        old = {job.cause_id for job in locked}
        move([_release(job, by_job[job.pk], now) for job in going], now=now)
        _reword([(job, by_job[job.pk]) for job in locked], now)
        causes.close_empty(cause_ids=old, now=now)
        if going:
            nudge.firm(firm_id=firm.pk)
    return len(going)


def _find_taken(firm: Firm, jobs: Sequence[SyncJob], requeues: Mapping[int, Requeue]) -> set[int]:
    """The jobs whose document in Xero was linked to another since it was read: a person has to look."""
    wanted = {job.pk: str(xero_id) for job in jobs if (xero_id := requeues[job.pk].record.get("xero_id"))}
    kinds = {job.kind for job in jobs if job.pk in wanted}
    found = (find_taken_links(firm_id=firm.pk, kind=kind, wanted=wanted) for kind in kinds)
    return set().union(*found)


def _locked(chosen: Q) -> list[SyncJob]:
    rows = SyncJob.objects.filter(chosen).select_related("record")
    return list(rows.select_for_update(of=("self",)).order_by("id"))


def _release(job: SyncJob, requeue: Requeue, now: datetime) -> Move:
    due_at = requeue.due_at or now
    changes: dict[str, Any] = {"hold": "", "faults": [], "cause_id": None, "due_at": due_at, "attempts": 0}
    return Move(job, Event.RELEASED, changes, requeue.record)


def _reword(jobs: Sequence[tuple[SyncJob, Requeue]], now: datetime) -> None:
    moves = []
    for job, requeue in jobs:
        if requeue.fault is None:
            continue
        cause = causes.cause_for(job=job, known=recognise(requeue.fault), now=now)
        changes = {"faults": [causes.stored(requeue.fault)], "cause_id": cause.pk}
        moves.append(Move(job, Event.REFUSED, changes, requeue.record))
    move(moves, now=now)


def restore_waited(*, jobs: Sequence[SyncJob], now: datetime) -> int:
    """Restore the archived contact, or other document, that these documents wait for; they go after it.

    Once for each save: where the contact stays archived in Xero all the same, somebody has to look. Where the contact
    is being restored for other documents already, or Xero refused that, these wait with those.
    """

    def archived(link: Link) -> RecordChanges:
        return {"status": ARCHIVED, "link": link.explain(evidence="restore_archived_contacts", note=RESTORED)}

    return _waited_first(jobs, now, archived)


def resend_waited(*, jobs: Sequence[SyncJob], now: datetime) -> int:
    """Look in Xero at the document that these wait for and Xero does not find, or has archived; they go after it.

    Once for each save, as above: it is linked to the one that it was merged into, or its refusal says why it is not.
    """
    return _waited_first(jobs, now, lambda _: {})


def _waited_first(jobs: Sequence[SyncJob], now: datetime, changes: Callable[[Link], RecordChanges]) -> int:
    new = [job for job in jobs if not job.xero_record.link.count_tries(RESTORE)]
    if not new:
        return 0
    with transaction.atomic():
        lock_firm(firm_id=new[0].firm_id)
        waited_ids = {job.waits_for_id for job in new if job.waits_for_id is not None}
        waited = _locked(Q(pk__in=waited_ids, state=State.IN_XERO))
        moves = [
            Move(job, Event.RETRIED, {"due_at": now}, {**changes(job.xero_record.link), "confirmed_hash": ""})
            for job in waited
        ]
        move(moves, now=now)
        # One that a person has to decide about, such as a contact merged with another client's, keeps these with it.
        others = SyncJob.objects.filter(Q(record__status=ARCHIVED) | Q(state=State.NEEDS_YOU), pk__in=waited_ids)
        first = {job.pk for job in waited} | set(others.values_list("pk", flat=True))
        documents = _locked(Q(pk__in=[job.pk for job in new], waits_for__in=first, state=State.NEEDS_YOU))
        old = {job.cause_id for job in documents}
        held = {"hold": Hold.CONTACT.value, "cause_id": None}
        moves = [Move(job, Event.HELD, held, {"link": job.xero_record.link.add_try(RESTORE)}) for job in documents]
        move(moves, now=now)
        hold_waiting_jobs(firm_id=new[0].firm_id, waited_job_ids=first, now=now)
        causes.close_empty(cause_ids=old, now=now)
        if waited:
            nudge.firm(firm_id=waited[0].firm_id)
    return len(documents)
