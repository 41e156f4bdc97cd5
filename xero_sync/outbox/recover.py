"""Give back what a worker held that died, froze or failed."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from xero_sync import wake
from xero_sync.domain import retry
from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import Event, Outcome
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob
from xero_sync.outbox.claim import ClaimedBatch
from xero_sync.outbox.moves import Move, move

# A batch is orphaned when its lane's lease ran out, or somebody else has the lane.
_ORPHANED = """
    SELECT b.id FROM xero_sync_syncbatch b JOIN xero_sync_synclane lane ON lane.firm_id = b.firm_id
    WHERE b.closed_at IS NULL
      AND (lane.generation <> b.generation OR lane.lease_until IS NULL OR lane.lease_until < now())
    ORDER BY b.id LIMIT 200
"""


def recover(*, now: datetime, deadline_s: float, look_up_after_s: float) -> int:
    """Close every orphaned batch and put its documents back in line. Returns how many documents.

    What was never frozen was never sent. What was sent as new is looked up first; what carries a Xero id is simply
    sent again at its newest version. Called outside any firm's scope.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANED)
        ids = [row[0] for row in cursor.fetchall()]
    return sum(
        _give_back(batch_id, now, deadline_s, look_up_after_s, exception="WorkerLost", orphaned=True)
        for batch_id in ids
    )


def abandon(*, claimed: ClaimedBatch, now: datetime, deadline_s: float, look_up_after_s: float, exception: str) -> int:
    """The worker itself met a fault of ours in the middle of this batch: the same, at once."""
    return _give_back(claimed.batch.pk, now, deadline_s, look_up_after_s, exception=exception, orphaned=False)


def _give_back(
    batch_id: int, now: datetime, deadline_s: float, look_up_after_s: float, *, exception: str, orphaned: bool
) -> int:
    with transaction.atomic():
        still = Q(pk=batch_id, closed_at=None)
        if orphaned:
            still &= Q(pk__in=RawSQL(_ORPHANED, []))  # noqa: S611  (a constant)
        batch = SyncBatch.objects.select_for_update(skip_locked=True).filter(still).first()
        if batch is None:
            return 0
        jobs = list(SyncJob.objects.select_for_update().filter(batch=batch).order_by("id"))
        move([_move_back(job, batch, now, deadline_s, look_up_after_s) for job in jobs], now=now)
        _close(batch, exception, now)
        if orphaned:
            _outdate_lane(batch)
    wake.firm(firm_id=batch.firm_id)
    return len(jobs)


def _move_back(job: SyncJob, batch: SyncBatch, now: datetime, deadline_s: float, look_up_after_s: float) -> Move:
    changes: dict[str, Any] = {"batch_id": None, "due_at": now}
    if batch.operation == Operation.LOOK_UP or batch.frozen_at is None:
        if job.attempts < 3 or batch.operation == Operation.LOOK_UP:
            return Move(job, Event.DEFERRED, {**changes, "attempts": job.attempts + 1})
        # The same documents killed their worker again and again: let the ladder slow them down.
        due = retry.next_due(attempts=job.attempts + 1, now=now, jitter=0.5)
        return Move(job, Event.FAILED, {**changes, "attempts": job.attempts + 1, "due_at": due})
    if batch.operation == Operation.CREATE:
        due = retry.look_up_at(sent_at=batch.frozen_at, deadline_s=deadline_s, after_s=look_up_after_s)
        return Move(job, Event.UNKNOWN, {**changes, "due_at": max(now, due)})
    return Move(job, Event.FAILED, {**changes, "attempts": job.attempts + 1})


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
