"""A save becomes work: one job per document, stamped with the preferences in force."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from firms.bulk_insert import insert_rows
from firms.models import Firm
from xero_sync.domain.holds import FirmConditions, Hold, not_sent
from xero_sync.domain.kinds import KindSpec, SavedDocument
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.states import Event, State
from xero_sync.models import SyncJob
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.conditions import firm_conditions, read_preferences
from xero_sync.outbox.dependents import hold_waiting_jobs
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move

IN_FLIGHT = (State.SENDING.value, State.CHECKING.value)


def enqueue(
    *,
    firm: Firm,
    kind: KindSpec,
    saved: Sequence[SavedDocument],
    now: datetime,
    bulk: bool = False,
    resend_after_s: float = 3,
) -> None:
    """Record, in the caller's transaction, that these documents must go to Xero; nudge after its commit.

    A job that is being sent or checked goes on with its old version and goes again next; others are judged anew with
    today's preferences. At most twelve statements for up to 5,000 documents, and one more for each further 5,000.
    """
    if not saved:
        return
    lock_firm(firm_id=firm.pk)
    preferences = read_preferences(firm=firm)
    conditions = firm_conditions(firm=firm)
    waited = _waited_jobs(firm, kind, saved)
    jobs = _locked_jobs(firm, kind, saved, now)
    stamp = {"preferences": preferences, "saved_at": now, "priority": int(bulk)}
    old_causes, moves = {job.cause_id for job in jobs.values() if job.cause_id}, []
    for document in saved:
        job = jobs[document.object_id]
        event, hold = _judge(job, document, preferences, conditions, now)
        changes: dict[str, Any] = {**stamp, "desired_version": job.desired_version + 1}
        # What an import holds brings nothing into line, so that its client may not be in it yet.
        if document.waits_for in waited:
            changes["waits_for_id"] = waited[document.waits_for]
        if event is not Event.SAVED_IN_FLIGHT:
            changes |= {"hold": hold, "attempts": 0, "faults": [], "cause_id": None}
            changes["due_at"] = _due_at(job, now, resend_after_s)
        moves.append(Move(job, event, changes, _allow_tries(job, event)))
    move(moves, now=now)
    if waited:
        hold_waiting_jobs(firm_id=firm.pk, waited_job_ids=set(waited.values()), now=now)
    causes.close_empty(cause_ids=old_causes, now=now)
    if conditions.hold is None:
        nudge.firm(firm_id=firm.pk)


def _allow_tries(job: SyncJob, event: Event) -> RecordChanges:
    return {} if event is Event.SAVED_IN_FLIGHT else {"link": job.xero_record.link.allow_tries()}


def _due_at(job: SyncJob, now: datetime, resend_after_s: float) -> datetime:
    return max(now, job.last_sent_at + timedelta(seconds=resend_after_s)) if job.last_sent_at else now


def _judge(
    job: SyncJob,
    document: SavedDocument,
    preferences: Mapping[str, bool],
    conditions: FirmConditions,
    now: datetime,
) -> tuple[Event, str]:
    if job.state in IN_FLIGHT:
        return Event.SAVED_IN_FLIGHT, ""
    reason = not_sent(
        standing=document.standing,
        only_approved=preferences.get("only_approved", False),
        # What may arrive yet is not given up: the engine waits for it.
        in_xero=bool(job.xero_id) or (job.watch_until is not None and job.watch_until > now),
        start_date=conditions.start_date,
    )
    if reason is not None:
        return Event.SAVED_NOT_SENT, reason.value
    # Before the firm's own hold: when that ends, this one does not.
    if document.is_held:
        return Event.SAVED_HELD, Hold.IMPORT.value
    if conditions.hold is not None:
        return Event.SAVED_HELD, conditions.hold.value
    return Event.SAVED, ""


def _waited_jobs(firm: Firm, kind: KindSpec, saved: Sequence[SavedDocument]) -> dict[int, int]:
    """The job of each document that one of these waits for, by its row's id."""
    wanted = {document.waits_for for document in saved if document.waits_for is not None}
    if not wanted:
        return {}
    rows = SyncJob.objects.filter(firm=firm, kind=kind.waits_for, object_id__in=wanted)
    return dict(rows.values_list("object_id", "id"))


def _locked_jobs(firm: Firm, kind: KindSpec, saved: Sequence[SavedDocument], now: datetime) -> dict[int, SyncJob]:
    ids = sorted({document.object_id for document in saved})
    insert_rows(
        [
            SyncJob(firm=firm, kind=kind.code, object_id=pk, state=State.NOT_SENT, saved_at=now, due_at=now)
            for pk in ids
        ],
        ignore_conflicts=True,
    )
    # Locked, or two saves at once would count one version; the firm's lock does not keep a claim away.
    rows = SyncJob.objects.filter(firm=firm, kind=kind.code, object_id__in=ids).select_related("record")
    return {job.object_id: job for job in rows.select_for_update(of=("self",)).order_by("id")}
