"""Put back in line what an automatic fix has fixed, or say more exactly why it cannot be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from firms.models import Firm
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.holds import Hold
from xero_sync.domain.link import Link
from xero_sync.domain.states import Event, State
from xero_sync.models import SyncJob
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move

RESTORE = "restore"
RESTORED = "The contact was archived in Xero and has been restored."


@dataclass(frozen=True)
class Requeue:
    """One refused job and the columns that fix it; a `fault` in their place words its refusal better."""

    job_id: int
    changes: dict[str, Any]
    fault: Fault | None = None


def requeue_jobs(*, firm: Firm, requeues: Sequence[Requeue], now: datetime) -> int:
    """Apply these to jobs that still need somebody, and let the fixed ones go. Returns how many go."""
    if not requeues:
        return 0
    by_job = {each.job_id: each for each in requeues}
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        jobs = SyncJob.objects.select_for_update().filter(pk__in=by_job, state=State.NEEDS_YOU).order_by("id")
        locked = list(jobs)
        going = [job for job in locked if by_job[job.pk].fault is None]
        old = {job.cause_id for job in locked}
        cleared: dict[str, Any] = {"hold": "", "faults": [], "cause_id": None, "due_at": now, "attempts": 0}
        move([Move(job, Event.RELEASED, {**cleared, **by_job[job.pk].changes}) for job in going], now=now)
        _reword([(job, by_job[job.pk].fault) for job in locked], now)
        causes.close_empty(cause_ids=old, now=now)
        if going:
            nudge.firm(firm_id=firm.pk)
    return len(going)


def _reword(jobs: Sequence[tuple[SyncJob, Fault | None]], now: datetime) -> None:
    for job, fault in jobs:
        if fault is None:
            continue
        known = recognise(fault)
        cause = causes.cause_for(job=job, known=known, now=now)
        SyncJob.objects.filter(pk=job.pk).update(faults=[causes.stored(fault)], cause=cause, changed_at=now)


def restore_contacts_of(*, jobs: Sequence[SyncJob], now: datetime) -> int:
    """These bills were refused because their contact is archived in Xero: restore it there first, then they go.

    Once for each save of a bill: where Xero keeps the contact archived all the same, somebody has to look.
    """
    return _contacts_first(
        jobs,
        now,
        {"xero_status": "ARCHIVED"},
        lambda link: link.explain(evidence="restore_archived_contacts", note=RESTORED),
    )


def resend_contacts_of(*, jobs: Sequence[SyncJob], now: datetime) -> int:
    """These bills were refused because Xero does not find their contact: the contact is sent again, and tells why."""
    return _contacts_first(jobs, now, {}, lambda link: link)


def _contacts_first(
    jobs: Sequence[SyncJob], now: datetime, changes: dict[str, Any], link_after: Callable[[Link], Link]
) -> int:
    new = [job for job in jobs if not job.link.count_tries(RESTORE)]
    if not new:
        return 0
    with transaction.atomic():
        lock_firm(firm_id=new[0].firm_id)
        contact_ids = {job.contact_job_id for job in new if job.contact_job_id is not None}
        contacts = list(
            SyncJob.objects.select_for_update().filter(pk__in=contact_ids, state=State.IN_XERO).order_by("id")
        )
        again = {**changes, "confirmed_hash": "", "due_at": now}
        move([Move(job, Event.RETRIED, {**again, "link": link_after(job.link)}) for job in contacts], now=now)
        bills = list(
            SyncJob.objects.select_for_update()
            .filter(pk__in=[job.pk for job in new], contact_job__in=contacts, state=State.NEEDS_YOU)
            .order_by("id")
        )
        old = {job.cause_id for job in bills}
        held = {"hold": Hold.CONTACT.value, "cause_id": None}
        move([Move(job, Event.HELD, {**held, "link": job.link.add_try(RESTORE)}) for job in bills], now=now)
        causes.close_empty(cause_ids=old, now=now)
        if contacts:
            nudge.firm(firm_id=contacts[0].firm_id)
    return len(bills)
