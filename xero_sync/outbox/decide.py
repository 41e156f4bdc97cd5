"""A person's decisions on waiting documents: left out of Xero, handled in Xero, or linked to a document in Xero.

And on a cause: assigned to somebody, or snoozed.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform

from firms.models import Firm, User
from xero_sync.domain.errors import TABLE, ErrorClass
from xero_sync.domain.holds import Hold, NotSent
from xero_sync.domain.record import OTHER_DOCUMENT, RecordChanges
from xero_sync.domain.states import AT_REST, Event, State
from xero_sync.kinds.registry import kinds_waiting_for
from xero_sync.models import Cause, Resolution, SyncJob, XeroRecord
from xero_sync.outbox import causes, nudge
from xero_sync.outbox.conditions import firm_conditions
from xero_sync.outbox.dependents import hold_waiting_jobs
from xero_sync.outbox.firm_lock import lock_firm
from xero_sync.outbox.moves import Move, move

# Only jobs that wait for a person, or for such a job, may be settled by hand. Others may be on their way to Xero.
WAITS_FOR_A_PERSON = Q(state=State.NEEDS_YOU) | Q(state=State.ON_HOLD, hold__in=[Hold.CAUSE.value, Hold.CONTACT.value])
HOW = {
    NotSent.LEFT_OUT: Resolution.How.IGNORED,
    NotSent.HANDLED: Resolution.How.HANDLED,
}
OF_A_CONTACT = [known.code for known in TABLE if known.klass is ErrorClass.CONTACT]


class Changed(Exception):
    """The facts that the person saw have changed since. Nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Why documents are not sent, and who said so. `proof` is the document read in Xero (models/causes.py)."""

    hold: NotSent
    reason: str
    by: User
    proof: Mapping[str, Any] = field(default_factory=dict)


def waiting_ids(*, firm: Firm, chosen: Q) -> list[int]:
    """Ids of the chosen jobs that may be settled by hand, a contact's with the bills that wait for it."""
    jobs = SyncJob.objects.filter(WAITS_FOR_A_PERSON, chosen, firm=firm)
    waiting = Q(state=State.ON_HOLD, hold=Hold.CONTACT.value, waits_for__in=jobs)
    found = SyncJob.objects.filter(Q(pk__in=jobs) | waiting, firm=firm)
    return list(found.order_by("pk").values_list("pk", flat=True))


def name_of(ids: Collection[int]) -> str:
    """A short name of exactly these documents, so that a person confirms the set that was shown."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(ids)).encode()).hexdigest()[:20]


def settle_by_hand(*, firm: Firm, chosen: Q, seen: str, decision: Decision, now: datetime) -> list[SyncJob]:
    """Send these documents no more, by a person's decision, until they are saved or sent after all.

    `seen` names the documents the person was shown; raises Changed if others, or none, are chosen by now, or if the
    proof names a document in Xero that is another document of the firm.
    """
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        ids = waiting_ids(firm=firm, chosen=chosen)
        handled_id = decision.proof.get("xero_id", "")
        if not ids or name_of(ids) != seen or (handled_id and handled_as(firm=firm, xero_id=handled_id, but=ids)):
            raise Changed
        jobs = list(SyncJob.objects.select_for_update(of=("self",)).filter(pk__in=ids, firm=firm).order_by("id"))
        old = {job.pk: job.cause_id for job in jobs}
        changes: dict[str, Any] = {"hold": decision.hold.value, "faults": [], "cause_id": None, "attempts": 0}
        move([Move(job, Event.SKIPPED, changes) for job in jobs], now=now)
        Resolution.objects.bulk_create([_resolution(job, old[job.pk], decision, now) for job in jobs])
        causes.close_empty(cause_ids=set(old.values()), now=now)
    return jobs


def _resolution(job: SyncJob, cause_id: int | None, decision: Decision, now: datetime) -> Resolution:
    return Resolution(
        firm_id=job.firm_id,
        job=job,
        cause_id=cause_id,
        how=HOW[decision.hold],
        reason=decision.reason,
        proof=dict(decision.proof),
        by=decision.by,
        by_label=str(decision.by)[:254],
        at=now,
    )


def handled_as(*, firm: Firm, xero_id: str, but: Collection[int] = ()) -> list[int]:
    """Ids of the rows, not the jobs, that a person has handled as this document in Xero, besides these jobs."""
    newest = Resolution.objects.filter(job=OuterRef("pk")).order_by("-at", "-pk")
    handled_id = newest.annotate(handled_id=KeyTextTransform("xero_id", "proof")).values("handled_id")
    jobs = SyncJob.objects.filter(firm=firm, state=State.NOT_SENT, hold=NotSent.HANDLED.value)
    found = jobs.exclude(pk__in=but).annotate(handled_id=Subquery(handled_id[:1])).filter(handled_id=xero_id)
    return list(found.order_by("pk").values_list("object_id", flat=True))


def link(*, firm: Firm, job: SyncJob, record: RecordChanges, now: datetime) -> None:
    """Link this document to one in Xero, by a person's decision; it goes now, and its waiting bills after it.

    `job` is as the person saw it. Raises Changed if it was moved since, if the firm is tied to another organisation
    by now, or if another document of the firm is that one already.
    """
    with transaction.atomic():
        lock_firm(firm_id=firm.pk)
        rows = SyncJob.objects.filter(pk=job.pk, firm=firm).select_related("record")
        row = rows.select_for_update(of=("self",)).first()
        if row is None or row.state not in AT_REST or row.xero_id != job.xero_id or _is_taken(row, record):
            raise Changed
        if row.desired_version != job.desired_version or not _is_connected_to(firm, record["xero_tenant_id"]):
            raise Changed
        old = {row.cause_id}
        cleared: dict[str, Any] = {"hold": "", "faults": [], "cause_id": None, "attempts": 0, "due_at": now}
        # Another document's lines are not ours to name, nor is its reference ours to clear.
        other = OTHER_DOCUMENT if row.xero_id != record["xero_id"] else RecordChanges()
        linked: RecordChanges = {"confirmed_hash": "", **other, **record}
        move([Move(row, Event.RETRIED, cleared, linked)], now=now)
        held = firm_conditions(firm=firm).hold
        if held is not None:
            move([Move(row, Event.HELD, {"hold": held.value})], now=now)
        if kinds_waiting_for(row.kind):
            old |= _hold_its_bills(row, now)
        hold_waiting_jobs(firm_id=firm.pk, now=now)
        causes.close_empty(cause_ids=old, now=now)
        if held is None:
            nudge.firm(firm_id=firm.pk)


def _is_taken(job: SyncJob, record: RecordChanges) -> bool:
    same = XeroRecord.objects.filter(
        firm_id=job.firm_id, xero_tenant_id=record["xero_tenant_id"], xero_id=record["xero_id"], job__kind=job.kind
    )
    if same.exclude(pk=job.pk).exists():
        return True
    return bool(handled_as(firm=job.firm, xero_id=record["xero_id"], but=[job.pk]))


def _is_connected_to(firm: Firm, xero_tenant_id: str) -> bool:
    return firm.xero_connections.exclude(state="DISCONNECTED").filter(xero_tenant_id=xero_tenant_id).exists()


def _hold_its_bills(contact: SyncJob, now: datetime) -> set[int | None]:
    """Bills that were refused for the contact's sake wait for it, and go once Xero has taken it."""
    refused = SyncJob.objects.select_for_update(of=("self",)).filter(
        waits_for=contact, state=State.NEEDS_YOU, cause__code__in=OF_A_CONTACT
    )
    bills = list(refused.order_by("id"))
    old = {job.cause_id for job in bills}
    waits: dict[str, Any] = {"hold": Hold.CONTACT.value, "cause_id": None, "faults": []}
    move([Move(job, Event.HELD, waits) for job in bills], now=now)
    return old


def assign(*, cause: Cause, to: User | None) -> None:
    """Assign the cause to this person, or to nobody. Raises Changed for a cause that was closed meanwhile."""
    _mark(cause, assigned_to=to)


def snooze(*, cause: Cause, until: datetime | None) -> None:
    """Snooze the cause until then, or end its snooze. Raises Changed for a cause that was closed meanwhile."""
    _mark(cause, snoozed_until=until)


def _mark(cause: Cause, **values: Any) -> None:
    if not Cause.objects.filter(pk=cause.pk, firm_id=cause.firm_id, closed_at=None).update(**values):
        raise Changed
    for name, value in values.items():
        setattr(cause, name, value)
