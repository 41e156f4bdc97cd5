"""Requeue the documents of a worker that died, froze or failed."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from firms.models import Firm
from xero_sync.domain import backoff
from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import Operation
from xero_sync.domain.lost_workers import NextTry, plan_next_try
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, Outcome, State
from xero_sync.domain.watch import start_watch
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob, SyncLane
from xero_sync.outbox import nudge
from xero_sync.outbox.claim import ClaimedBatch
from xero_sync.outbox.conditions import GOES, firm_conditions
from xero_sync.outbox.firm_lock import lock_firm, try_lock_firm
from xero_sync.outbox.moves import Move, move
from xero_sync.outbox.settle import Answer, Result, settle

logger = logging.getLogger(__name__)

# A batch is orphaned when its lane's lease ran out, or somebody else has the lane.
_ORPHANED = """
    SELECT b.id, b.firm_id FROM xero_sync_syncbatch b JOIN xero_sync_synclane lane ON lane.firm_id = b.firm_id
    WHERE b.closed_at IS NULL
      AND (lane.generation <> b.generation OR lane.lease_until IS NULL OR lane.lease_until < now())
    ORDER BY b.id LIMIT 200
"""


def recover(*, now: datetime, deadline_s: float, look_up_after_s: float) -> int:
    """Close every orphaned batch and put its documents back in line. Returns how many documents.

    A document that was never frozen was never sent. One that was sent as new is looked up first; one with a Xero id is
    simply sent again at its newest version. Called outside any firm's scope.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANED)
        rows = cursor.fetchall()
    return sum(
        _apart(firm_id, _give_back_orphan, batch_id, firm_id, now, deadline_s, look_up_after_s)
        for batch_id, firm_id in rows
    )


# Of a firm that is held the documents stay In Xero: they are looked at once it goes on.
_TO_LOOK_AT = f"""
    SELECT DISTINCT j.firm_id FROM xero_sync_syncjob j
    WHERE j.again_at <= %(now)s AND j.state = 'IN_XERO' AND {GOES.format(firm="j.firm_id")}
    ORDER BY j.firm_id LIMIT 200
"""  # noqa: S608  (constants only)


def look_again(*, now: datetime) -> int:
    """Send documents again that a late write may have overwritten; the engine reads them in Xero first.

    Returns how many. Called outside any firm's scope.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TO_LOOK_AT, {"now": now})
        firm_ids = [row[0] for row in cursor.fetchall()]
    return sum(_apart(firm_id, _look_again_of, firm_id, now) for firm_id in firm_ids)


def _apart(of_firm: int, act: Callable[..., int], *values: Any) -> int:
    """Work on one firm; a fault in its rows never keeps the other firms waiting."""
    try:
        return act(*values)
    except Exception:
        logger.exception("What a worker held was not given back", extra={"firm": of_firm})
        return 0


def _look_again_of(firm_id: int, now: datetime) -> int:
    with transaction.atomic():
        # Under the lock nothing holds the firm between this question and the moves.
        if not try_lock_firm(firm_id=firm_id) or firm_conditions(firm=Firm.objects.get(pk=firm_id)).hold is not None:
            return 0
        rows = SyncJob.objects.filter(firm=firm_id, again_at__lte=now, state=State.IN_XERO)
        due = rows.select_for_update().order_by("id")
        moves = [Move(job, Event.RETRIED, {"again_at": None, "due_at": now}) for job in due]
        move(moves, now=now)
        nudge.firm(firm_id=firm_id)
    return len(moves)


def abandon(
    *,
    claimed: ClaimedBatch,
    now: datetime,
    deadline_s: float,
    look_up_after_s: float,
    exception: str,
    suspected: bool,
) -> int:
    """The worker itself met a fault of ours in the middle of this batch: the same, at once.

    `suspected`: a document of the batch may be the reason, so that they are parted when they go again.
    """
    with transaction.atomic():
        lock_firm(firm_id=claimed.batch.firm_id)
        batch = SyncBatch.objects.select_for_update().filter(pk=claimed.batch.pk, closed_at=None).first()
        if batch is None:
            return 0
        return _give_back(batch, now, deadline_s, look_up_after_s, exception=exception, suspected=suspected)


def _give_back_orphan(batch_id: int, firm_id: int, now: datetime, deadline_s: float, look_up_after_s: float) -> int:
    with transaction.atomic():
        # The lane before the batch, as its worker locks them; a lock that somebody holds now is not waited for.
        if not try_lock_firm(firm_id=firm_id) or not _try_lane(firm_id):
            return 0
        batch = SyncBatch.objects.select_for_update(skip_locked=True).filter(pk=batch_id, closed_at=None).first()
        if batch is None or not _is_orphaned(batch):
            return 0
        moved = _give_back(batch, now, deadline_s, look_up_after_s, exception="WorkerLost", suspected=True)
        _outdate_lane(batch)
        return moved


def _give_back(
    batch: SyncBatch, now: datetime, deadline_s: float, look_up_after_s: float, *, exception: str, suspected: bool
) -> int:
    rows = SyncJob.objects.filter(batch=batch).select_related("record")
    jobs = list(rows.select_for_update(of=("self",)).order_by("id"))
    plans = {
        job.pk: plan_next_try(
            batch_size=len(jobs), batch_limit=job.batch_limit, attempts=job.attempts, suspected=suspected
        )
        for job in jobs
    }
    if any(plan.is_over for plan in plans.values()):
        return _refuse(batch, jobs, exception, now)
    move([_move_back(job, batch, plans[job.pk], now, deadline_s, look_up_after_s) for job in jobs], now=now)
    _close(batch, exception, now)
    nudge.firm(firm_id=batch.firm_id)
    return len(jobs)


def _refuse(batch: SyncBatch, jobs: Sequence[SyncJob], exception: str, now: datetime) -> int:
    """A document alone ended worker after worker: it needs us, and is alone again when it is retried."""
    was_frozen, looked = batch.frozen_at is not None, batch.operation == Operation.LOOK_UP
    fault = Fault("", code="our-fault-while-sending" if was_frozen or looked else "our-fault", source="preflight")
    results = [
        Result(
            job_id=job.pk,
            # Saved again meanwhile, its new words have a chance of their own.
            version=job.desired_version - (job.saved_at > batch.opened_at),
            event=Event.REFUSED,
            # What it sent may have arrived, or arrives yet.
            outcome=Outcome.UNKNOWN if was_frozen and not looked else Outcome.REFUSED,
            changes={"batch_limit": 1},
            faults=(fault,),
        )
        for job in jobs
    ]
    settle(batch=batch, results=results, answer=Answer(exception=exception) if was_frozen else None, now=now)
    logger.error("A document ended its worker again and again", extra={"jobs": [job.pk for job in jobs]})
    return len(jobs)


def _try_lane(firm_id: int) -> bool:
    return SyncLane.objects.select_for_update(skip_locked=True).filter(firm=firm_id).exists()


def _is_orphaned(batch: SyncBatch) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM ({_ORPHANED}) AS orphaned WHERE id = %s", [batch.pk])  # noqa: S608  (a constant)
        return cursor.fetchone() is not None


def _move_back(
    job: SyncJob, batch: SyncBatch, plan: NextTry, now: datetime, deadline_s: float, look_up_after_s: float
) -> Move:
    changes: dict[str, Any] = {
        "batch_id": None,
        "batch_limit": plan.batch_limit,
        "due_at": now,
        "attempts": plan.attempts,
    }
    if plan.ladder_step:
        changes["due_at"] = backoff.next_due(attempts=plan.ladder_step, now=now, jitter=0.5)
    if batch.operation == Operation.LOOK_UP or batch.frozen_at is None:
        return Move(job, Event.FAILED if plan.ladder_step else Event.DEFERRED, changes)
    # What it sent may have arrived, or arrives yet if it was only frozen.
    changes["watch_until"] = start_watch(now=now)
    unconfirmed: RecordChanges = {"confirmed_hash": ""}
    if batch.operation == Operation.CREATE:
        due = backoff.look_up_at(sent_at=batch.frozen_at, deadline_s=deadline_s, after_s=look_up_after_s)
        return Move(job, Event.UNKNOWN, {**changes, "due_at": max(changes["due_at"], due)}, unconfirmed)
    return Move(job, Event.FAILED, changes, unconfirmed)


def _close(batch: SyncBatch, exception: str, now: datetime) -> None:
    SyncAttempt.objects.filter(batch=batch, closed_at=None).update(
        closed_at=now, outcome=Outcome.UNKNOWN, exception=exception[:120]
    )
    SyncBatch.objects.filter(pk=batch.pk).update(closed_at=now)


def _outdate_lane(batch: SyncBatch) -> None:
    """A worker that was only frozen finds its generation gone when it wakes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE xero_sync_synclane SET generation = generation + 1, lease_until = NULL "
            "WHERE firm_id = %s AND generation = %s",
            [batch.firm_id, batch.generation],
        )
