"""Xero's answer for one document -> the move of its job."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from xero_sync.domain import backoff
from xero_sync.domain.amounts import Amounts, compare_amounts
from xero_sync.domain.errors import UNKNOWN, ErrorClass, Fault, Recognised, recognise
from xero_sync.domain.holds import NotSent
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.notes import Note
from xero_sync.domain.record import FORGOTTEN, RecordChanges, record_agreed
from xero_sync.domain.states import Event, Outcome
from xero_sync.engine.prepare import Ready, linked, stop, stopped_by
from xero_sync.models import SyncJob
from xero_sync.outbox import Result

# Faults of Xero itself, answered for one document.
HEALING = frozenset({ErrorClass.TRANSIENT, ErrorClass.LIMIT, ErrorClass.UNCONFIRMED})
# Paid or credited in Xero. A bill that was voided there says invoice-closed-in-xero alone.
CLOSED = frozenset({"settled-in-xero", "date-with-payment", "status-with-payment"})
AMOUNT_KEYS = {"subtotal": "SubTotal", "tax": "TotalTax", "total": "Total"}


def accepted(*, ready: Ready, document: Mapping[str, Any], warnings: Sequence[Fault], xero_tenant_id: str) -> Result:
    """The result of an accepted document: its ids (document and lines) and totals, and a note where totals differ."""
    differing = differing_amounts(expected=ready.document.expected_amounts, document=document)
    notes = [
        *ready.mapped.notes,
        *linked(ready.job),
        *(_warned(warning) for warning in warnings),
        *differing,
    ]
    record: RecordChanges = {
        **read_answer(kind=ready.kind, document=document, xero_tenant_id=xero_tenant_id),
        **record_agreed(ready.kind.read_in_xero(document)),
        **ready.kind.changes_when_accepted(ready.mapped.payload),
        # With other amounts Xero does not have what we sent: the next save sends the document again.
        "confirmed_hash": "" if differing else ready.mapped.content_hash,
        "line_ids": ready.kind.match_lines(ready.mapped.line_ids, ready.mapped.payload, document)
        or ready.job.xero_record.line_ids,
    }
    return Result(
        job_id=ready.job.pk,
        version=ready.job.desired_version,
        event=Event.ACCEPTED,
        outcome=Outcome.NOTES if any(not note.quiet for note in notes) else Outcome.ACCEPTED,
        record=record,
        notes=tuple(notes),
    )


def _warned(warning: Fault) -> Note:
    """Xero's warning in our words if we know it, and in its own if not."""
    found = recognise(warning)
    if found.known is UNKNOWN:
        return Note("xero-warning", f"Xero warns: {warning.message}")
    return _in_words(found)


def _in_words(found: Recognised) -> Note:
    return Note(found.code, f"{found.sentence}.")


def read_answer(*, kind: KindSpec, document: Mapping[str, Any], xero_tenant_id: str) -> RecordChanges:
    """The changes of the record by Xero's document."""
    calls = kind.calls
    record: RecordChanges = {
        "xero_id": str(document[calls.id_key]),
        "xero_tenant_id": xero_tenant_id,
        "number": str(document.get(calls.number_key) or ""),
        "status": str(document.get(calls.status_key) or ""),
    }
    for column, key in calls.totals.items():
        record[column] = _money(document.get(key))
    return record


def differing_amounts(*, expected: Amounts | None, document: Mapping[str, Any]) -> list[Note]:
    """A note for each of Xero's amounts that is not ours; one that the answer leaves out is not compared."""
    if expected is None:
        return []
    answered = {name: _money(document.get(key)) for name, key in AMOUNT_KEYS.items()}
    in_xero = replace(expected, **{name: amount for name, amount in answered.items() if amount is not None})
    return [_in_words(recognise(fault)) for fault in compare_amounts(here=expected, in_xero=in_xero)]


def refused(*, ready: Ready, faults: Sequence[Fault]) -> Result:
    """The result of a refused document: the table of known errors says who acts. Passing faults go up the ladder."""
    faults = tuple(faults) or (Fault("Xero refused this and gave no reason."),)
    known = [recognise(fault).known for fault in faults]
    if all(each.klass in HEALING for each in known):
        return _tried_again(ready.job, faults)
    result, link = stopped_by(ready.job, faults), ready.job.xero_record.link
    closed = next((each.code for each in known if each.code in CLOSED), "")
    if closed:
        return replace(result, record={"link": link.close(closed)})
    if ready.kind.gone_code in {each.code for each in known}:
        gone: RecordChanges = {**FORGOTTEN, "link": link.mark_gone(ready.job.xero_id)}
        if ready.document.is_void:
            # Void here and gone there: both sides agree, and nobody has to decide.
            return replace(stop(ready.job, Event.SKIPPED, Outcome.HELD, hold=NotSent.VOID.value), record=gone)
        return replace(result, record=gone)
    return result


def _tried_again(job: SyncJob, faults: tuple[Fault, ...]) -> Result:
    attempts = job.attempts + 1
    due = backoff.next_due(attempts=attempts, now=timezone.now(), jitter=random.random())  # noqa: S311
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=Event.FAILED,
        # Xero does not say whether the document was stored all the same: a number taken next time is looked up.
        outcome=Outcome.UNKNOWN,
        changes={"attempts": attempts, "due_at": due},
        faults=faults,
    )


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
