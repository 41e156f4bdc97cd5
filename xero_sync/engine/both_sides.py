"""Before an update: the documents as they are in Xero now, compared with what was agreed on and with ours.

Xero has no conditional update. A field that somebody changes between this reading and our write may be lost; one that
we do not send is found in the answer (`judge_answer.accepted`) and noted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from xero_sync.domain.three_sides import XEROS, Compared, Comparison, Difference, Sides, agree_where_same
from xero_sync.engine.judge_answer import differing_amounts, known_after, known_if_outdated, read_answer, refused
from xero_sync.engine.prepare import Ready, linked, stopped_by
from xero_sync.engine.side_notes import CHANGED_MEANWHILE, note_kept, note_undone, notes_that_stay
from xero_sync.engine.turn_context import Turn
from xero_sync.engine.unconfirmed import Unconfirmed, read_unconfirmed
from xero_sync.models import SyncJob, XeroRecord
from xero_sync.organisation import limits
from xero_sync.outbox import Result

# Xero's readings may lag behind its writes.
MOST_LAG = timedelta(minutes=1)
FOLLOWED = "merged-in-xero"
FOLLOWED_NOTE = "It was merged in Xero, and the one that is left there stands for it now."


class NoCall(Exception):
    """The allowance ended before the documents were read: the lane waits, and nothing is sent now."""


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One document in Xero: as JSON if it was read just now, and as its kind reads it; None if it is gone there."""

    document: Mapping[str, Any] | None
    seen: Any
    at: datetime


def compare_with_xero(
    *, turn: Turn, kind: KindSpec, ready: Sequence[Ready], access: gateway.Access, allowed: Callable[[bool], bool]
) -> tuple[list[Ready], list[Result]]:
    """The documents to send, with what of them is sent, and the results of those that are not sent.

    One call for those that were not read within the last seconds, and one query for the writes that were never
    answered, if there are any. Raises NoCall and the gateway's faults; then nothing was sent.
    """
    sides = kind.sides
    if sides is None or not ready:
        return list(ready), []
    unconfirmed = read_unconfirmed(jobs=[each.job for each in ready if each.job.watch_until], kind=kind)
    found = _read_sides(turn, kind, sides, ready, access, allowed)
    going: list[Ready] = []
    results: list[Result] = []
    for each in ready:
        answer = _decide(turn, sides, each, found.get(each.job.pk), unconfirmed.get(each.job.pk, ()))
        if isinstance(answer, Ready):
            going.append(answer)
        else:
            results.append(answer)
    return going, results


def _read_sides(
    turn: Turn,
    kind: KindSpec,
    sides: Sides,
    ready: Sequence[Ready],
    access: gateway.Access,
    allowed: Callable[[bool], bool],
) -> dict[int, _Side]:
    now = timezone.now()
    fresh = {each.job.pk: side for each in ready if (side := _fresh_side(turn, sides, each, now))}
    old = {each.job.xero_id.lower(): each.job for each in ready if each.job.pk not in fresh}
    if not old:
        return fresh
    if not allowed(any(job.priority == 0 for job in old.values())):
        raise NoCall
    reply = gateway.find_by_ids(access=access, calls=kind.calls, xero_ids=sorted(old))
    limits.note_remaining_calls(xero_tenant_id=turn.xero_tenant_id, headers=reply.headers)
    now = timezone.now()
    for document in (element.document for element in reply.elements):
        seen = kind.read_in_xero(document)
        job = old.get(seen.xero_id.lower())
        if job is not None:
            fresh[job.pk] = _Side(document=document, seen=seen, at=now)
    return fresh


def _fresh_side(turn: Turn, sides: Sides, each: Ready, now: datetime) -> _Side | None:
    """The side as it was read, or answered, a moment ago; never while a write of ours may still arrive."""
    record = each.job.xero_record
    if each.job.watch_until:
        return None
    oldest = now - timedelta(seconds=turn.timing.fresh_s)
    for stored, at in ((record.seen, record.seen_at), (record.agreed, record.confirmed_at)):
        if stored:
            is_fresh = at is not None and at > oldest
            return _Side(document=None, seen=sides.from_stored(stored), at=at) if is_fresh and at else None
    return None


def _gone(each: Ready) -> Result:
    return refused(ready=each, faults=(Fault("", code=each.kind.gone_code, source="xero"),))


def _answered_lately(sides: Sides, record: XeroRecord) -> _Side | None:
    """The side that Xero answered with a moment ago, since a reading may lag that far: the write tells if it is gone.

    Where there is nothing to write, the reading counts.
    """
    at = record.confirmed_at
    if not record.agreed or at is None or at < timezone.now() - MOST_LAG:
        return None
    return _Side(document=None, seen=sides.from_stored(record.agreed), at=at)


def _decide(turn: Turn, sides: Sides, each: Ready, side: _Side | None, bodies: Sequence[Unconfirmed]) -> Ready | Result:
    kind, job, record = each.kind, each.job, each.job.xero_record
    is_absent, side = side is None, side or _answered_lately(sides, record)
    if side is None:
        return _gone(each)
    agreed = sides.from_stored(record.agreed) if record.agreed else None
    if agreed is not None and agreed.stamp and side.seen.stamp and side.seen.stamp < agreed.stamp:
        # A reading from before our last write, as Xero's readings may lag: it says nothing new.
        side = replace(side, document=None, seen=agreed)
    if survivor := sides.follow(side.seen):
        return _follow(turn, sides, each, survivor)
    if sides.has_ended(side.seen):
        return _end(each, side)
    now_ready = _remap(turn, sides, each, side.seen)
    if isinstance(now_ready, Result):
        return replace(now_ready, record=_seen_only(side))
    compared = sides.compare(
        now_ready.mapped.payload,
        agreed,
        record.known_differences,
        side.seen,
        [body.sent for body in bodies],
        not record.link.evidence,
        bool(_differing(now_ready, side)),
    )
    comparison = _stop_moved(turn, sides, each, compared.comparison)
    same = _agree_where_same(sides, each, agreed, compared)
    if comparison.stopped:
        result = stopped_by(job, (Fault("", code=kind.changed_code, source="preflight"),))
        shown = _list(sides, compared, comparison, agreed, side)
        return replace(result, record={**_seen_only(side), **same, "open_differences": shown})
    kept = tuple(_list(sides, compared, replace(comparison, changed=frozenset()), agreed, side))
    notes = (*now_ready.mapped.notes, *_notes(sides, job, comparison, agreed, side))
    mapped, compared = replace(now_ready.mapped, notes=notes), replace(compared, comparison=comparison)
    if compared.payload is None:
        now_ready = replace(now_ready, mapped=mapped, compared=compared, kept=kept)
        agrees = agreed is None or bool(bodies)
        result = _gone(each) if is_absent else _unchanged(each, now_ready, side, comparison, agreed=agrees)
        return replace(result, record={**same, **result.record})
    return replace(now_ready, mapped=replace(mapped, payload=compared.payload), compared=compared, kept=kept)


def _notes(sides: Sides, job: SyncJob, comparison: Comparison, agreed: Any, side: _Side) -> list[Note]:
    """What is kept in Xero, and what was undone there; also what was noted when this very version went before."""
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


def _end(each: Ready, side: _Side) -> Result:
    """The result for a document that was ended in Xero: nothing to do for one that is void here."""
    if each.document.is_void:
        return _unchanged(each, each, side, Comparison(), agreed=True)
    code, link = each.kind.ended_code, each.job.xero_record.link
    result = stopped_by(each.job, (Fault("", code=code, source="preflight"),))
    record: RecordChanges = {**_seen_only(side), "status": side.seen.status, "confirmed_hash": ""}
    return replace(result, record={**record, "link": link.close(code)})


def _list(sides: Sides, compared: Compared, comparison: Comparison, agreed: Any, side: _Side) -> list[dict[str, Any]]:
    """What a person decides, what is kept, and what goes anyway, as the record stores them."""
    return list_differences(
        compared=compared,
        comparison=comparison,
        agreed={} if agreed is None else sides.fields(agreed, compared.is_apart),
        describe=lambda differences: sides.describe(differences, agreed, side.seen),
    )


def _remap(turn: Turn, sides: Sides, each: Ready, seen: Any) -> Ready | Result:
    """Map the document again where its status in Xero is another than we knew."""
    preferences = Preferences.from_stored(each.job.preferences)
    status = sides.status_for(seen, preferences)
    document: Any = each.document
    if not status or status == document.xero_status:
        return each
    document = replace(document, xero_status=status)
    mapped: Mapped = each.kind.map_document(document, preferences, turn.books)
    if mapped.faults:
        return stopped_by(each.job, mapped.faults)
    return replace(each, document=document, mapped=replace(mapped, notes=each.mapped.notes))


def _stop_moved(turn: Turn, sides: Sides, each: Ready, comparison: Comparison) -> Comparison:
    """A document that was moved in Xero to another of our own clients, say, is for a person to decide, once."""
    decided = each.job.xero_record.known_differences.get(sides.waited_field, {}).get(XEROS)
    moved = [one for one in comparison.kept if one.field == sides.waited_field and one.in_xero != decided]
    if not moved or not _is_anothers(turn, each.kind.waits_for, moved[0], but=each.job.waits_for_id):
        return comparison
    kept = tuple(one for one in comparison.kept if one not in moved)
    return replace(comparison, kept=kept, stopped=(*comparison.stopped, *moved))


def _is_anothers(turn: Turn, kind: str, moved: Difference, *, but: int | None) -> bool:
    rows = XeroRecord.objects.filter(
        firm=turn.firm, job__kind=kind, xero_tenant_id=turn.xero_tenant_id, xero_id__iexact=moved.in_xero
    )
    return rows.exclude(job=but).exists()


def _follow(turn: Turn, sides: Sides, each: Ready, survivor: str) -> Result:
    """Link the document to the one in Xero that took its place, and send it next; never undo the merge."""
    rows = XeroRecord.objects.filter(firm=turn.firm, job__kind=each.kind.code, xero_id__iexact=survivor)
    if rows.exclude(job=each.job).exists():
        return stopped_by(each.job, (Fault("", code=sides.merged_code, source="preflight"),))
    # The merged one keeps our number there.
    link = Link(evidence=FOLLOWED, note=FOLLOWED_NOTE, without_number=True)
    record: RecordChanges = {**OTHER_DOCUMENT, "xero_id": survivor, "xero_tenant_id": turn.xero_tenant_id}
    record |= {"link": link, "status": "", "confirmed_hash": ""}
    return replace(_put_off(each, timezone.now()), record=record)


def _unchanged(each: Ready, now_ready: Ready, side: _Side, comparison: Comparison, *, agreed: bool) -> Result:
    """Nothing of ours is to be sent: Xero has it, or keeps its own."""
    kind = each.kind
    record: RecordChanges = {**_seen_only(side), "open_differences": list(now_ready.kept)}
    differing = _differing(each, side)
    if side.document is not None:
        tenant = each.job.xero_record.xero_tenant_id
        record |= read_answer(kind=kind, document=side.document, xero_tenant_id=tenant)
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


def _differing(each: Ready, side: _Side) -> list[Note]:
    if side.document is None:
        return []
    return differing_amounts(expected=each.document.expected_amounts, document=side.document)


def _seen_only(side: _Side) -> RecordChanges:
    return record_seen(side.seen, at=side.at)


def _put_off(each: Ready, due_at: datetime) -> Result:
    return Result(
        job_id=each.job.pk,
        version=each.job.desired_version,
        event=Event.DEFERRED,
        outcome=Outcome.DEFERRED,
        changes={"due_at": due_at},
    )
