"""Documents that are gone from Xero, or were ended there: which wait for a decision, and the decisions that move them.

Leaving such a document as it is goes by `decide.settle_by_hand`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from firms.models import Firm
from xero_sync.domain.gone import gone_codes
from xero_sync.domain.record import FORGOTTEN
from xero_sync.domain.states import Event, State
from xero_sync.kinds.registry import KINDS
from xero_sync.models import SyncJob, XeroRecord
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.conditions import firm_conditions
from xero_sync.outbox.decide import Changed
from xero_sync.outbox.dependents import HELD
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move


@dataclass(frozen=True)
class GoneJobs:
    """The jobs a person is asked about, each with its record and cause."""

    jobs: tuple[SyncJob, ...]

    @property
    def ids(self) -> list[int]:
        return [job.pk for job in self.jobs]

    @property
    def name(self) -> str:
        """A short name that differs once one of these was saved or decided about, or once others are among them."""
        said = (f"{job.pk} {job.desired_version} {last_id(job)}" for job in self.jobs)
        return hashlib.sha256(",".join(said).encode()).hexdigest()[:20]


def last_id(job: SyncJob) -> str:
    """The id of the document that is gone from Xero, or was ended there."""
    return job.xero_record.link.gone or job.xero_id


def select_gone(*, firm: Firm, chosen: Q) -> GoneJobs:
    """The chosen jobs that wait for such a decision. One query."""
    return GoneJobs(tuple(_select(firm, chosen)))


def take_gone(*, firm: Firm, chosen: Q, seen: str) -> list[SyncJob]:
    """Lock the chosen jobs for a decision, inside the caller's transaction, which locked their rows before.

    `seen` names the jobs the person was shown. Raises Changed if by now there are others or none, or one of them was
    saved or decided about.
    """
    lock_firm(firm_id=firm.pk)
    found = GoneJobs(tuple(_select(firm, chosen).select_for_update(of=("self",))))
    if not found.jobs or found.name != seen:
        raise Changed
    return list(found.jobs)


def agree_on_end(*, jobs: Sequence[SyncJob]) -> None:
    """Record that Xero holds these jobs' documents as void, so that nothing is sent once they are void here."""
    for kind in KINDS:
        ids = [job.pk for job in jobs if job.kind == kind.code and job.xero_id]
        if ids:
            XeroRecord.objects.filter(pk__in=ids).update(confirmed_hash=kind.void_hash)


def send_as_new(*, firm: Firm, jobs: Sequence[SyncJob], now: datetime) -> None:
    """Drop the links of these jobs, which the caller has taken; they go as new, and what waits for them after them."""
    held = firm_conditions(firm=firm).hold
    event = Event.HELD if held else Event.RETRIED
    changes: dict[str, Any] = {"faults": [], "cause_id": None, "attempts": 0, "due_at": now}
    changes["hold"] = held.value if held else ""
    rows = SyncJob.objects.select_for_update(of=("self",)).filter(HELD, firm=firm, waits_for__in=jobs)
    waiting = list(rows.order_by("id"))
    old = {job.cause_id for job in (*jobs, *waiting)}
    moves = [
        Move(job, event, changes, {**FORGOTTEN, "link": job.xero_record.link.give_up(last_id(job))}) for job in jobs
    ]
    move([*moves, *(Move(job, event, changes) for job in waiting)], now=now)
    causes.close_empty(cause_ids=old, now=now)
    if held is None:
        nudge.firm(firm_id=firm.pk)


def _select(firm: Firm, chosen: Q) -> QuerySet[SyncJob]:
    waiting = Q(pk__in=[])
    for kind in KINDS:
        waiting |= Q(kind=kind.code, cause__code__in=gone_codes(kind))
    jobs = SyncJob.objects.filter(waiting, chosen, firm=firm, state=State.NEEDS_YOU)
    return jobs.select_related("record", "cause").order_by("pk")
