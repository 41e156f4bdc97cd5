"""Before an update: the documents as they are in Xero now, compared with what was agreed on and with ours.

Xero has no conditional update. A field that somebody changes between this reading and our write may be lost; one that
we do not send is found in the answer (`judge_answer.accepted`) and noted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from xero_sync import gateway
from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.link import Link
from xero_sync.domain.notes import Note
from xero_sync.domain.payloads import Mapped
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import OTHER_DOCUMENT, RecordChanges, record_agreed, record_seen
from xero_sync.domain.side_decisions import list_differences
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.three_sides import XEROS, Compared, Comparison, Sides, agree_where_same
from xero_sync.engine.judge_answer import differing_amounts, known_after, known_if_outdated, read_answer, refused
from xero_sync.engine.owners import Owners, read_owners
from xero_sync.engine.prepare import Ready, linked, stopped_by
from xero_sync.engine.side_notes import CHANGED_MEANWHILE, note_kept, note_undone, notes_that_stay
from xero_sync.engine.turn_context import Turn
from xero_sync.engine.unconfirmed import Unconfirmed, read_unconfirmed
from xero_sync.engine.xero_sides import XeroSide, read_sides
from xero_sync.models import SyncJob
from xero_sync.outbox import Result

# Nothing that was confirmed before counts: going back to the words of then is no reason to believe that Xero has them.
NOT_CONFIRMED: RecordChanges = {"confirmed_hash": ""}
FOLLOWED = "merged-in-xero"
FOLLOWED_NOTE = "It was merged in Xero, and the one that is left there stands for it now."


def compare_with_xero(
    *, turn: Turn, kind: KindSpec, ready: Sequence[Ready], access: gateway.Access, allowed: Callable[[bool], bool]
) -> tuple[list[Ready], list[Result]]:
    """The documents to send, with what of them is sent, and the results of those that are not sent.

    One call for those that were not read within the last seconds. Two queries for the writes that were never answered,
    if there are any, and at most two for those that were merged or moved in Xero. Raises NoCall and the gateway's
    faults; then nothing was sent.
    """
    sides = kind.sides
    if sides is None or not ready:
        return list(ready), []
    unconfirmed = read_unconfirmed(jobs=[each.job for each in ready if each.job.watch_until], kind=kind)
    found = read_sides(turn=turn, kind=kind, sides=sides, ready=ready, access=access, allowed=allowed)
    owners = read_owners(turn=turn, kind=kind, sides=sides, ready=ready, found=found)
    going: list[Ready] = []
    results: list[Result] = []
    for each in ready:
        answer = _decide(turn, sides, each, found.get(each.job.pk), unconfirmed.get(each.job.pk, ()), owners)
        if isinstance(answer, Ready):
            going.append(answer)
        else:
            results.append(answer)
    return going, results


def _gone(each: Ready) -> Result:
    return refused(ready=each, faults=(Fault("", code=each.kind.gone_code, source="xero"),))


def _decide(
    turn: Turn, sides: Sides, each: Ready, side: XeroSide | None, bodies: Sequence[Unconfirmed], owners: Owners
) -> Ready | Result:
    kind, job, record = each.kind, each.job, each.job.xero_record
    if side is None:
        return _gone(each)
    agreed = sides.from_stored(record.agreed) if record.agreed else None
    if survivor := sides.follow(side.seen):
        return _follow(turn, sides, each, survivor, owners)
    if sides.has_ended(side.seen):
        return _end(each, side)
    now_ready = _remap(turn, sides, each, side.seen)
    compared = sides.compare(
        now_ready.mapped.payload,
        agreed,
        record.known_differences,
        side.seen,
        [body.sent for body in bodies],
        not record.link.evidence,
        bool(_differing(now_ready, side)),
    )
    comparison = _stop_moved(sides, each, compared.comparison, owners)
    same = _agree_where_same(sides, each, agreed, compared)
    if comparison.stopped:
        result = stopped_by(job, (Fault("", code=kind.changed_code, source="preflight"),))
        shown = _list(sides, compared, comparison, agreed, side)
        return replace(result, record={**_seen_only(each, side), **NOT_CONFIRMED, **same, "open_differences": shown})
    kept = tuple(_list(sides, compared, replace(comparison, changed=frozenset()), agreed, side))
    notes = (*now_ready.mapped.notes, *_notes(sides, job, comparison, agreed, side))
    mapped, compared = replace(now_ready.mapped, notes=notes), replace(compared, comparison=comparison)
    if compared.payload is None:
        now_ready = replace(now_ready, mapped=mapped, compared=compared, kept=kept)
        agrees = agreed is None or bool(bodies)
        result = _gone(each) if side.is_absent else _unchanged(each, now_ready, side, comparison, agreed=agrees)
        return replace(result, record={**same, **result.record})
    if mapped.faults:
        return replace(stopped_by(job, mapped.faults), record={**_seen_only(each, side), **NOT_CONFIRMED, **same})
    return replace(now_ready, mapped=replace(mapped, payload=compared.payload), compared=compared, kept=kept)


def _notes(sides: Sides, job: SyncJob, comparison: Comparison, agreed: Any, side: XeroSide) -> list[Note]:
    """Notes on the fields kept and undone in Xero, and those made when this very version went before."""
    kept = note_kept(sides.describe(comparison.kept, agreed, side.seen))
    undone = note_undone(sides.describe(comparison.undone, agreed, side.seen))
    record = job.xero_record
    again = record.confirmed_version == job.desired_version
    return [
        *(notes_that_stay(record.notes, codes=(CHANGED_MEANWHILE,)) if again else ()),
        *(note for note in (kept, undone) if note),
    ]


def _agree_where_same(sides: Sides, each: Ready, agreed: Any, compared: Compared) -> RecordChanges:
    if agreed is None:
        return {}
    known = agree_where_same(
        known=each.job.xero_record.known_differences,
        agreed=sides.fields(agreed, compared.is_apart),
        ours=compared.ours,
        seen=compared.seen,
    )
    return {"known_differences": known}


def _end(each: Ready, side: XeroSide) -> Result:
    """The result for a document that was ended in Xero: nothing to do for one that is void here."""
    if each.document.is_void:
        return _unchanged(each, each, side, Comparison(), agreed=True)
    code, link = each.kind.ended_code, each.job.xero_record.link
    result = stopped_by(each.job, (Fault("", code=code, source="preflight"),))
    record: RecordChanges = {**_seen_only(each, side), **NOT_CONFIRMED, "status": side.seen.status}
    return replace(result, record={**record, "link": link.close(code)})


def _list(
    sides: Sides, compared: Compared, comparison: Comparison, agreed: Any, side: XeroSide
) -> list[dict[str, Any]]:
    """The differences to decide, those kept in Xero and those on their way, as the record stores them."""
    return list_differences(
        compared=compared,
        comparison=comparison,
        agreed={} if agreed is None else sides.fields(agreed, compared.is_apart),
        describe=lambda differences: sides.describe(differences, agreed, side.seen),
    )


def _remap(turn: Turn, sides: Sides, each: Ready, seen: Any) -> Ready:
    """The document mapped again where its status in Xero is another than we knew."""
    preferences = Preferences.from_stored(each.job.preferences)
    status = sides.status_for(seen, preferences)
    document: Any = each.document
    if not status or status == document.xero_status:
        return each
    document = replace(document, xero_status=status)
    mapped: Mapped = each.kind.map_document(document, preferences, turn.books)
    faults = mapped.faults or each.mapped.faults
    return replace(each, document=document, mapped=replace(mapped, notes=each.mapped.notes, faults=faults))


def _stop_moved(sides: Sides, each: Ready, comparison: Comparison, owners: Owners) -> Comparison:
    """A document that was moved in Xero to another of our own clients, say, is for a person to decide, once."""
    decided = each.job.xero_record.known_differences.get(sides.waited_field, {}).get(XEROS)
    moved = [one for one in comparison.kept if one.field == sides.waited_field and one.in_xero != decided]
    if not moved or not owners.has_waited(each, moved[0].in_xero):
        return comparison
    kept = tuple(one for one in comparison.kept if one not in moved)
    return replace(comparison, kept=kept, stopped=(*comparison.stopped, *moved))


def _follow(turn: Turn, sides: Sides, each: Ready, survivor: str, owners: Owners) -> Result:
    """Link the document to the one in Xero that took its place, and send it next; never undo the merge."""
    if not owners.take(each, survivor):
        return stopped_by(each.job, (Fault("", code=sides.merged_code, source="preflight"),))
    # The merged one keeps our number there.
    link = Link(evidence=FOLLOWED, note=FOLLOWED_NOTE, without_number=True)
    record: RecordChanges = {**OTHER_DOCUMENT, "xero_id": survivor, "xero_tenant_id": turn.xero_tenant_id}
    record |= {"link": link, "status": "", "confirmed_hash": ""}
    return replace(_put_off(each, timezone.now()), record=record)


def _unchanged(each: Ready, now_ready: Ready, side: XeroSide, comparison: Comparison, *, agreed: bool) -> Result:
    """Nothing of ours is to be sent: Xero has it, or keeps its own."""
    kind = each.kind
    record: RecordChanges = {**_seen_only(each, side), "open_differences": list(now_ready.kept)}
    differing = _differing(each, side)
    if side.document is not None:
        tenant = each.job.xero_record.xero_tenant_id
        record |= read_answer(kind=kind, job=each.job, document=side.document, in_xero=side.seen, xero_tenant_id=tenant)
    if agreed:
        record |= record_agreed(side.seen)
        record |= known_after(now_ready, side.seen, side.document)
    record["confirmed_hash"] = "" if differing else now_ready.mapped.content_hash
    notes = (*now_ready.mapped.notes, *linked(each.job), *differing)
    return Result(
        job_id=each.job.pk,
        version=each.job.desired_version,
        event=Event.UNCHANGED,
        outcome=Outcome.UNCHANGED,
        record=record,
        outdated_record=known_if_outdated(now_ready, side.seen, record),
        notes=notes,
    )


def _differing(each: Ready, side: XeroSide) -> list[Note]:
    if side.document is None:
        return []
    return differing_amounts(expected=each.document.expected_amounts, document=side.document)


def _seen_only(each: Ready, side: XeroSide) -> RecordChanges:
    """The document as it was read, with its totals, which people see beside ours."""
    record = record_seen(side.seen, at=side.at)
    for column in each.kind.calls.totals:
        record[column] = getattr(side.seen, column)
    return record


def _put_off(each: Ready, due_at: datetime) -> Result:
    return Result(
        job_id=each.job.pk,
        version=each.job.desired_version,
        event=Event.DEFERRED,
        outcome=Outcome.DEFERRED,
        changes={"due_at": due_at},
    )
