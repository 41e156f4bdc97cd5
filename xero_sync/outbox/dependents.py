"""A document goes only after the one it waits for has a Xero id, as a bill after its contact; and under which cause."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q

from xero_sync.domain.holds import Hold
from xero_sync.domain.states import Event, State
from xero_sync.models import SyncJob
from xero_sync.outbox import causes
from xero_sync.outbox.moves import Move, move

# A document in one of these states does not get into Xero by itself.
STUCK = (State.NEEDS_YOU, State.ON_HOLD, State.NOT_SENT)
IN_LINE = Q(waits_for__xero_id="", state__in=[State.WAITING, State.TRYING_AGAIN])
HELD = Q(state=State.ON_HOLD, hold=Hold.CONTACT.value)


def hold_waiting_jobs(*, firm_id: int, now: datetime, waited_job_ids: Collection[int] | None = None) -> None:
    """Hold the documents that wait for a stuck one, and count them under its cause.

    Only those that wait for these jobs, or for any of the firm. The caller has the firm's lock.
    """
    jobs = SyncJob.objects.select_for_update(of=("self",)).filter(
        IN_LINE | HELD, firm=firm_id, waits_for__state__in=STUCK
    )
    if waited_job_ids is not None:
        jobs = jobs.filter(waits_for__in=waited_job_ids)
    moves, old = [], set()
    for job in jobs.select_related("waits_for").order_by("id"):
        waited = job.waits_for
        if waited is None or (job.state == State.ON_HOLD and job.cause_id == waited.cause_id):
            continue
        old.add(job.cause_id)
        moves.append(Move(job, Event.HELD, {"hold": Hold.CONTACT.value, "cause_id": waited.cause_id}))
    move(moves, now=now)
    causes.close_empty(cause_ids=old, now=now)


def release_waiting_jobs(*, waited_job_ids: Collection[int], now: datetime) -> None:
    """These jobs are in Xero: the documents on hold because of them become Waiting. The caller has the firm's lock."""
    jobs = SyncJob.objects.select_for_update().filter(HELD, waits_for__in=waited_job_ids)
    locked = list(jobs.order_by("id"))
    old = {job.cause_id for job in locked}
    changes: dict[str, Any] = {"hold": "", "cause_id": None, "faults": [], "due_at": now}
    move([Move(job, Event.RELEASED, changes) for job in locked], now=now)
    causes.close_empty(cause_ids=old, now=now)
