"""A bill goes only after its contact has a Xero id: who waits for whom, and under which cause."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q

from xero_sync.domain.holds import Hold
from xero_sync.domain.states import Event, State
from xero_sync.models import SyncJob
from xero_sync.outbox import causes
from xero_sync.outbox.moves import Move, move

# A contact in one of these does not get into Xero by itself.
STUCK = (State.NEEDS_YOU, State.ON_HOLD, State.NOT_SENT)
IN_LINE = Q(contact_job__xero_id="", state__in=[State.WAITING, State.TRYING_AGAIN])
BEHIND = Q(state=State.ON_HOLD, hold=Hold.CONTACT.value)


def hold_bills_of_contacts(*, firm_id: int, now: datetime, contact_job_ids: Collection[int] | None = None) -> None:
    """Hold the bills in line behind a contact that is stuck, and count them under its cause.

    Only behind these contacts, or behind any of the firm. The caller has the firm's lock.
    """
    jobs = SyncJob.objects.select_for_update(of=("self",)).filter(
        IN_LINE | BEHIND, firm=firm_id, contact_job__state__in=STUCK
    )
    if contact_job_ids is not None:
        jobs = jobs.filter(contact_job__in=contact_job_ids)
    moves, old = [], set()
    for job in jobs.select_related("contact_job").order_by("id"):
        contact = job.contact_job
        if contact is None or (job.state == State.ON_HOLD and job.cause_id == contact.cause_id):
            continue
        old.add(job.cause_id)
        moves.append(Move(job, Event.HELD, {"hold": Hold.CONTACT.value, "cause_id": contact.cause_id}))
    move(moves, now=now)
    causes.close_empty(cause_ids=old, now=now)


def release_bills_of_contacts(*, contact_job_ids: Collection[int], now: datetime) -> None:
    """These contacts are in Xero: the bills on hold because of them become Waiting. The caller has the firm's lock."""
    jobs = SyncJob.objects.select_for_update().filter(BEHIND, contact_job__in=contact_job_ids)
    locked = list(jobs.order_by("id"))
    old = {job.cause_id for job in locked}
    changes: dict[str, Any] = {"hold": "", "cause_id": None, "faults": [], "due_at": now}
    move([Move(job, Event.RELEASED, changes) for job in locked], now=now)
    causes.close_empty(cause_ids=old, now=now)
