"""Release held documents: after a person's Retry, or after a change. The stored preferences stay."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from firms.models import Firm
from xero_sync.domain.errors import Recheck
from xero_sync.domain.holds import BY_A_PERSON, FIRM_HOLDS, Hold, NotSent
from xero_sync.domain.link import SPENT_KEYS
from xero_sync.domain.record import RecordChanges
from xero_sync.domain.releases import codes_for
from xero_sync.domain.states import Event, State
from xero_sync.kinds.registry import KINDS
from xero_sync.models import SyncJob, XeroRecord
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.conditions import firm_conditions, read_preferences
from xero_sync.outbox.dependents import hold_waiting_jobs
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move

FIRM_HOLD_VALUES = [hold.value for hold in FIRM_HOLDS]
BY_HAND = (State.NEEDS_YOU, State.TRYING_AGAIN)
STAYS_AS_SAVED = (State.SENDING, State.CHECKING, State.IN_XERO)
KEPT_OUT = Q(
    state=State.ON_HOLD,
    waits_for__state=State.NOT_SENT,
    waits_for__hold__in=[reason.value for reason in BY_A_PERSON],
)
DECIDED = Q(state=State.NOT_SENT, hold__in=[reason.value for reason in BY_A_PERSON])
# Refusals of one document whose reason is the connection: looked at again when the firm goes on.
ON_GOING_ON = codes_for([Recheck.ON_CONNECTION, Recheck.ON_SWITCH, Recheck.AT_TIME])


def retry(*, firm: Firm, job_ids: Collection[int], now: datetime, todays: bool = False, after_all: bool = False) -> int:
    """A person's Retry: these jobs go now under their stored preferences. Returns how many; others stay as they are.

    A bill held by its contact takes the contact along. A document that a person left out or handled goes only with
    `after_all`, and so does one that waits for such a document: sent in passing, it could be in Xero twice. With
    `todays` the preferences of the day take the place of the stored ones, also for jobs that wait in line already.
    """
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        asked = SyncJob.objects.filter(pk__in=job_ids, firm=firm)
        asked_ids = list((asked if after_all else asked.exclude(DECIDED | KEPT_OUT)).values_list("pk", flat=True))
        chosen = Q(pk__in=asked_ids) | Q(waiting_jobs__in=asked_ids, xero_id="")
        ids = list(SyncJob.objects.filter(chosen, firm=firm).values_list("pk", flat=True).distinct())
        again = Q(state__in=BY_HAND) | Q(state=State.ON_HOLD, hold__in=[Hold.CAUSE.value, Hold.CONTACT.value])
        moved = _let_go(SyncJob.objects.filter(again | DECIDED, pk__in=ids), Event.RETRIED, firm, now)
        if todays:
            _stamp(firm, ids)
        return moved


def _stamp(firm: Firm, job_ids: Collection[int]) -> None:
    """Stamp preferences as a save would, on jobs that are neither in Xero nor on their way."""
    preferences = read_preferences(firm=firm)
    jobs = SyncJob.objects.filter(pk__in=job_ids, firm=firm).exclude(state__in=STAYS_AS_SAVED)
    jobs.update(preferences=preferences)


def release(*, firm: Firm, codes: Collection[str], now: datetime, subjects: Collection[str] | None = None) -> int:
    """Release every job held back by these codes (and subjects, if given): the cause was fixed. Returns how many."""
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        jobs = SyncJob.objects.filter(
            firm=firm, state__in=[State.NEEDS_YOU, State.ON_HOLD], cause__code__in=codes, cause__closed_at=None
        ).exclude(hold__in=FIRM_HOLD_VALUES)
        if subjects is not None:
            jobs = jobs.filter(cause__subject__in=subjects)
        return _let_go(jobs, Event.RELEASED, firm, now)


def _let_go(jobs: QuerySet[SyncJob], event: Event, firm: Firm, now: datetime) -> int:
    locked = list(jobs.select_for_update(of=("self",)).order_by("id"))
    if not locked:
        return 0
    held = firm_conditions(firm=firm).hold
    old = {job.cause_id for job in locked}
    changes: dict[str, Any] = {
        "due_at": now,
        "attempts": 0,
        "cause_id": None,
        "faults": [],
        "hold": held.value if held else "",
    }
    # One by one the moves are the same; under a firm's hold they are held instead of sent.
    happened = Event.HELD if held else event
    reopened = _reopen_links(locked)
    moves = [Move(job, happened, changes, reopened.get(job.pk, {})) for job in locked]
    move(moves, now=now)
    hold_waiting_jobs(firm_id=firm.pk, now=now)
    causes.close_empty(cause_ids=old, now=now)
    if held is None:
        nudge.firm(firm_id=firm.pk)
    return len(locked)


def _reopen_links(jobs: Sequence[SyncJob]) -> dict[int, RecordChanges]:
    """The changes of the records whose link was closed or counted tries, by job; those records are put in hand.

    Few of a thousand released documents have such a link: the records of the others are not even read.
    """
    records = {
        record.job_id: record
        for record in XeroRecord.objects.filter(job__in=[job.pk for job in jobs], link__has_any_keys=SPENT_KEYS)
    }
    for job in jobs:
        if job.pk in records:
            job.record = records[job.pk]
    return {pk: {"link": record.link.reopen()} for pk, record in records.items()}


def rejudge(*, firm: Firm, now: datetime) -> int:
    """Something that holds the whole firm changed (connected, switched, confirmed, paused, start date): judge anew.

    Set-wise; stored preferences stay. Returns how many jobs moved.
    """
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        conditions = firm_conditions(firm=firm)
        if conditions.hold is not None:
            return _hold_all(firm, conditions.hold, now)
        nudge.firm(firm_id=firm.pk)
        return _release_all(firm, conditions.start_date, now) + release(firm=firm, codes=ON_GOING_ON, now=now)


def _hold_all(firm: Firm, hold: Hold, now: datetime) -> int:
    going = Q(state__in=[State.WAITING, State.TRYING_AGAIN]) | Q(state=State.ON_HOLD, hold__in=FIRM_HOLD_VALUES)
    jobs = SyncJob.objects.select_for_update().filter(going, firm=firm).exclude(hold=hold.value).order_by("id")
    moves = [Move(job, Event.HELD, {"hold": hold.value}) for job in jobs]
    move(moves, now=now)
    return len(moves)


def _release_all(firm: Firm, start_date: date | None, now: datetime) -> int:
    held, kept_by_import = Q(state=State.ON_HOLD, hold__in=FIRM_HOLD_VALUES), Q(pk__in=[])
    for kind in KINDS:
        columns = kind.rows.standing
        if not columns:
            continue
        in_range = kind.rows.model.objects.filter(firm=firm)
        if start_date is not None:
            in_range = in_range.filter(**{f"{columns['issue_date']}__gte": start_date})
        # Only documents that the start date kept back; other reasons are judged when they are sent.
        early = Q(kind=kind.code, state=State.NOT_SENT, hold=NotSent.BEFORE_START.value)
        by_import = Q(**{columns["held"]: True}) if "held" in columns else Q(pk__in=[])
        kept_by_import |= early & Q(object_id__in=in_range.filter(by_import).values("pk"))
        held |= early & Q(object_id__in=in_range.exclude(by_import).values("pk"))
    jobs = SyncJob.objects.select_for_update().filter(firm=firm).order_by("id")
    moves = [Move(job, Event.RELEASED, {"hold": "", "due_at": now}) for job in jobs.filter(held)]
    moves += [Move(job, Event.HELD, {"hold": Hold.IMPORT.value}) for job in jobs.filter(kept_by_import)]
    move(moves, now=now)
    hold_waiting_jobs(firm_id=firm.pk, now=now)
    return len(moves)
