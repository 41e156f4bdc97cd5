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
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import FORGOTTEN, DocumentInXero, RecordChanges, record_agreed
from xero_sync.domain.side_decisions import carry_reasons
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.three_sides import Difference, differences_unseen, part_of
from xero_sync.engine.prepare import Ready, linked, stop, stopped_by
from xero_sync.engine.side_notes import note_changed_meanwhile
from xero_sync.models import SyncJob
from xero_sync.outbox import Result

# Faults of Xero itself, answered for one document.
HEALING = frozenset({ErrorClass.TRANSIENT, ErrorClass.LIMIT, ErrorClass.UNCONFIRMED})
# Paid or credited in Xero. A bill that was voided there says invoice-closed-in-xero alone.
CLOSED = frozenset({"settled-in-xero", "date-with-payment", "status-with-payment"})
# What Xero computes.
DERIVED = ".tax_amount"
AMOUNT_KEYS = {"subtotal": "SubTotal", "tax": "TotalTax", "total": "Total"}


def accepted(*, ready: Ready, document: Mapping[str, Any], warnings: Sequence[Fault], xero_tenant_id: str) -> Result:
    """The result of an accepted document: its ids (document and lines) and totals, and a note where totals differ."""
    differing = differing_amounts(expected=ready.document.expected_amounts, document=document)
    in_xero = ready.kind.read_in_xero(document)
    meanwhile = _changed_meanwhile(ready, in_xero)
    notes = [
        *ready.mapped.notes,
        *linked(ready.job),
        *(_warned(warning) for warning in warnings),
        *differing,
        *([meanwhile] if meanwhile else []),
    ]
    record: RecordChanges = {
        **read_answer(
            kind=ready.kind, job=ready.job, document=document, in_xero=in_xero, xero_tenant_id=xero_tenant_id
        ),
        **record_agreed(in_xero),
        **known_after(ready, in_xero, document),
        "open_differences": list(ready.kept),
        **ready.kind.changes_when_accepted(ready.mapped.payload),
        # With other amounts Xero does not have what we sent: the next save sends the document again.
        "confirmed_hash": "" if differing else ready.mapped.content_hash,
    }
    return Result(
        job_id=ready.job.pk,
        version=ready.job.desired_version,
        event=Event.ACCEPTED,
        outcome=Outcome.NOTES if any(not note.quiet for note in notes) else Outcome.ACCEPTED,
        record=record,
        outdated_record=known_if_outdated(ready, in_xero, record),
        notes=tuple(notes),
    )


def known_after(ready: Ready, in_xero: Any, document: Mapping[str, Any] | None) -> RecordChanges:
    """The ids of the lines, and the differences that are known, once both sides agree; `document` as Xero's JSON."""
    sides, compared, keys = ready.kind.sides, ready.compared, ready.mapped.line_ids
    if compared and compared.stays_apart:
        line_ids: dict[str, str] = {}
    elif document is None and compared:
        line_ids = {str(key): at for key, at in zip(keys, compared.ids, strict=True) if at}
    else:
        line_ids = ready.kind.match_lines(keys, ready.stated, document or {}) or dict(ready.job.xero_record.line_ids)
    if sides is None:
        return {"line_ids": line_ids}
    if compared:
        # A line that stays removed in Xero keeps its id: without one it would be a new line.
        away = {each.field.rpartition(".")[2] for each in compared.comparison.kept if not each.in_xero}
        line_ids |= {str(key): at for key, at in zip(keys, compared.ids, strict=False) if at in away}
    kept = [each.field for each in (*compared.comparison.kept, *_meanwhile(ready, in_xero))] if compared else []
    ids = [line_ids.get(str(key), "") for key in keys]
    known = sides.note_known(ready.stated, ids, in_xero, kept)
    before = ready.job.xero_record.known_differences
    return {"line_ids": line_ids, "known_differences": carry_reasons(before=before, after=known)}


def known_if_outdated(ready: Ready, in_xero: Any, changes: RecordChanges) -> RecordChanges:
    """The differences that are known where the document was saved again before anybody could see them."""
    sides, compared, record = ready.kind.sides, ready.compared, ready.job.xero_record
    if sides is None or compared is None or not record.agreed or "known_differences" not in changes:
        return {}
    unseen = differences_unseen(
        known=changes["known_differences"],
        kept=compared.comparison.kept,
        before=record.known_differences,
        read=compared.seen,
        in_xero=sides.fields(in_xero, compared.is_apart),
    )
    return {"known_differences": unseen}


def _changed_meanwhile(ready: Ready, in_xero: Any) -> Note | None:
    """A note on the fields that we did not send and somebody changed in Xero between our reading and our write."""
    sides = ready.kind.sides
    return note_changed_meanwhile(sides.describe(_meanwhile(ready, in_xero), None, in_xero)) if sides else None


def _meanwhile(ready: Ready, in_xero: Any) -> list[Difference]:
    sides, compared = ready.kind.sides, ready.compared
    if sides is None or compared is None:
        return []
    read, now, changed = compared.seen, sides.fields(in_xero, compared.is_apart), compared.comparison.changed
    unsent = [name for name in (*read, *compared.list_added(now)) if not {name, part_of(name)} & changed]
    return [
        Difference(field=name, before=read.get(name, ""), here=compared.ours.get(name, ""), in_xero=now.get(name, ""))
        for name in unsent
        if now.get(name, "") != read.get(name, "") and not name.endswith(DERIVED)
    ]


def _warned(warning: Fault) -> Note:
    """Xero's warning in our words if we know it, and in its own if not."""
    found = recognise(warning)
    if found.known is UNKNOWN:
        return Note("xero-warning", f"Xero warns: {warning.message}")
    return _in_words(found)


def _in_words(found: Recognised) -> Note:
    return Note(found.code, f"{found.sentence}.")


def read_answer(
    *, kind: KindSpec, job: SyncJob, document: Mapping[str, Any], in_xero: DocumentInXero, xero_tenant_id: str
) -> RecordChanges:
    """The changes of the job's record by Xero's document; `in_xero` is the same as its kind reads it."""
    calls = kind.calls
    status = str(document.get(calls.status_key) or "")
    if kind.sides:
        status = kind.sides.status_for(in_xero, Preferences.from_stored(job.preferences))
    record: RecordChanges = {
        "xero_id": str(document[calls.id_key]),
        "xero_tenant_id": xero_tenant_id,
        "number": str(document.get(calls.number_key) or ""),
        "status": status,
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
