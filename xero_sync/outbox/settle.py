"""Settle a batch: each job's move, each attempt's end, and the moves of jobs that waited for these."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import Operation
from xero_sync.domain.notes import Note
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.watch import next_look, start_watch
from xero_sync.kinds.registry import kinds_waiting_for
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.dependents import hold_waiting_jobs, release_waiting_jobs
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move
from xero_sync.outbox.taken_links import find_taken_links


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome for one document. `changes` are job columns besides the state, `record` those of its Xero record.

    `outdated_record` takes the place of what it names in `record` where the document was saved again meanwhile.
    """

    job_id: int
    version: int
    event: Event
    outcome: Outcome
    changes: dict[str, Any] = field(default_factory=dict)
    record: RecordChanges = field(default_factory=RecordChanges)
    outdated_record: RecordChanges = field(default_factory=RecordChanges)
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The HTTP call, for the attempts' record. `exception` is a class name, never a text.

    `frozen`: it was the batch's own call, whose attempts are open; else a reading before anything was sent.
    """

    http_status: int | None = None
    duration_ms: int | None = None
    correlation_id: str = ""
    exception: str = ""
    frozen: bool = True


# The outcome of an old version decides nothing for a newer one. UNKNOWN is not listed, since an unconfirmed document
# is looked up first; nor is DEFERRED, since the document goes again anyway.
NEWER_GOES_NEXT = (
    Event.ACCEPTED,
    Event.UNCHANGED,
    Event.REFUSED,
    Event.HELD,
    Event.ABSENT,
    Event.SKIPPED,
    Event.FAILED,
)
CLEARED: dict[str, Any] = {"hold": "", "faults": [], "cause_id": None, "attempts": 0}


def settle(
    *, batch: SyncBatch, results: Sequence[Result], answer: Answer | None, now: datetime, resend_after_s: float = 3
) -> None:
    """Settle these documents of a batch and close it when none is left. At most sixteen statements for any number.

    `answer` is None for documents that were never sent: preflight stopped them, or Xero holds exactly this already.
    A document whose batch was taken meanwhile (a late worker) gets only its attempt, and is sent once more.
    """
    with transaction.atomic():
        lock_firm(firm_id=batch.firm_id)
        rows = SyncJob.objects.filter(batch=batch).select_related("record")
        jobs = rows.select_for_update(of=("self",)).order_by("id")
        held = {job.pk: job for job in jobs}
        ours = _without_lost_links(batch, held, [result for result in results if result.job_id in held])
        late = [result for result in results if result.job_id not in held]
        # The refusal of an old version holds nothing back, and nothing would ever close its cause.
        newest = [result for result in ours if not _is_outdated(held[result.job_id], result)]
        cause_ids = causes.open_for(firm_id=batch.firm_id, jobs=held, results=newest, now=now)
        old_causes = {job.cause_id for job in held.values() if job.cause_id}
        writes = batch.operation != Operation.LOOK_UP
        moves = [_move_of(held[r.job_id], r, cause_ids, now, resend_after_s, writes=writes) for r in ours]
        move(moves, now=now)
        if answer is None or not answer.frozen:
            _insert_unsent(batch, ours, answer or Answer(), now)
        else:
            _close_attempts(batch, ours, late, answer, now)
        if late:
            _look_again(late, now)
        if len(ours) == len(held):
            SyncBatch.objects.filter(pk=batch.pk, closed_at=None).update(closed_at=now)
        _move_waiting_jobs(batch, moves, now)
        causes.close_empty(cause_ids=old_causes - {each.job.cause_id for each in moves}, now=now)


def _without_lost_links(batch: SyncBatch, held: dict[int, SyncJob], results: Sequence[Result]) -> list[Result]:
    """The results; a link that was decided for an older version, or for what is another's by now, is not made."""
    wanted = {
        result.job_id: str(result.record["xero_id"])
        for result in results
        if result.event is Event.DEFERRED and result.record.get("xero_id")
    }
    lost = find_taken_links(firm_id=batch.firm_id, kind=batch.kind, wanted=wanted)
    lost |= {r.job_id for r in results if r.job_id in wanted and held[r.job_id].desired_version > r.version}
    return [replace(result, record=RecordChanges()) if result.job_id in lost else result for result in results]


def _move_of(
    job: SyncJob, result: Result, cause_ids: dict[int, int], now: datetime, resend_after_s: float, *, writes: bool
) -> Move:
    changes: dict[str, Any] = {"batch_id": None}
    if result.event is not Event.DEFERRED:
        # The worker lived to see the end of it.
        changes["batch_limit"] = None
    changes |= result.changes
    record: RecordChanges = {**result.record, "notes": [note.as_stored() for note in result.notes if not note.quiet]}
    event = result.event
    if event in (Event.ACCEPTED, Event.UNCHANGED):
        changes |= CLEARED
        record["confirmed_version"] = result.version
        if result.record or job.xero_record.confirmed_at is None:
            # Without a word of the record nobody asked Xero: it was confirmed when it was before.
            record["confirmed_at"] = now
        record["applied"] = [note.as_stored() for note in result.notes if note.quiet]
        if event is Event.ACCEPTED:
            record["link"] = job.xero_record.link.reopen()
        if job.watch_until is not None:
            changes["again_at"] = next_look(watch_until=job.watch_until, now=now)
            changes["watch_until"] = job.watch_until if changes["again_at"] else None
    elif event in (Event.REFUSED, Event.HELD):
        changes |= {"faults": [causes.stored(fault) for fault in result.faults], "cause_id": cause_ids.get(job.pk)}
    elif result.faults:
        changes["faults"] = [causes.stored(fault) for fault in result.faults]
    if result.outcome is Outcome.UNKNOWN and writes:
        # What was confirmed before no longer counts as what Xero has: this may have arrived, or arrive yet.
        changes["watch_until"] = start_watch(now=now)
        record["confirmed_hash"] = ""
    if _is_outdated(job, result):
        # Saved again meanwhile: the new version goes next, after any outcome of the old one.
        record |= result.outdated_record
        changes |= {**CLEARED, "due_at": max(now, (job.last_sent_at or now) + timedelta(seconds=resend_after_s))}
        event = Event.STALE
    return Move(job, event, changes, record)


def _is_outdated(job: SyncJob, result: Result) -> bool:
    return result.event in NEWER_GOES_NEXT and job.desired_version > result.version


def _look_again(late: Sequence[Result], now: datetime) -> None:
    """Send late results' documents once more: a worker given up for dead may have overwritten newer ones."""
    # One more version and no move: this may be too late to know the document's state.
    SyncJob.objects.filter(pk__in=[result.job_id for result in late]).update(
        desired_version=F("desired_version") + 1, again_at=now, watch_until=start_watch(now=now)
    )


_CLOSE = """
    UPDATE xero_sync_syncattempt a
    SET closed_at = %(now)s, outcome = r.outcome, faults = r.faults, notes = r.notes, http_status = %(status)s,
        duration_ms = %(duration)s, correlation_id = %(correlation)s, exception = %(exception)s
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(job_id bigint, outcome text, faults jsonb, notes jsonb)
    WHERE a.batch_id = %(batch)s AND a.job_id = r.job_id
"""


def _close_attempts(
    batch: SyncBatch, ours: Sequence[Result], late: Sequence[Result], answer: Answer, now: datetime
) -> None:
    rows = [_attempt_row(result, result.outcome) for result in ours]
    rows += [_attempt_row(result, Outcome.LATE) for result in late]
    values = {
        "now": now,
        "status": answer.http_status,
        "duration": answer.duration_ms,
        "correlation": answer.correlation_id[:60],
        "exception": answer.exception[:120],
        "rows": json.dumps(rows),
        "batch": batch.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, values)


def _attempt_row(result: Result, outcome: Outcome) -> dict[str, Any]:
    return {
        "job_id": result.job_id,
        "outcome": outcome.value,
        "faults": [causes.stored(fault) for fault in result.faults],
        "notes": [note.as_stored() for note in result.notes],
    }


def _insert_unsent(batch: SyncBatch, results: Sequence[Result], answer: Answer, now: datetime) -> None:
    """Record attempts of documents that were stopped before they were sent, since people see the attempts."""
    SyncAttempt.objects.bulk_create(
        SyncAttempt(
            firm_id=batch.firm_id,
            batch=batch,
            job_id=result.job_id,
            position=position,
            version=result.version,
            opened_at=now,
            closed_at=now,
            outcome=result.outcome,
            http_status=answer.http_status,
            duration_ms=answer.duration_ms,
            correlation_id=answer.correlation_id[:60],
            exception=answer.exception[:120],
            faults=[causes.stored(fault) for fault in result.faults],
            notes=[note.as_stored() for note in result.notes],
        )
        for position, result in enumerate(results)
        if result.outcome is not Outcome.DEFERRED
    )


def _move_waiting_jobs(batch: SyncBatch, moves: Sequence[Move], now: datetime) -> None:
    if not kinds_waiting_for(batch.kind):
        return
    in_xero = [
        each.job for each in moves if each.job.xero_id and each.event in (Event.ACCEPTED, Event.UNCHANGED, Event.STALE)
    ]
    stuck = {each.job.pk for each in moves if each.event in (Event.REFUSED, Event.HELD, Event.SKIPPED)}
    if in_xero:
        release_waiting_jobs(waited_job_ids=[job.pk for job in in_xero], now=now)
        nudge.firm(firm_id=batch.firm_id)
    if stuck:
        hold_waiting_jobs(firm_id=batch.firm_id, waited_job_ids=stuck, now=now)
