"""Documents as they are in Xero before an update: read there in one call, unless that was done a moment ago."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from xero_sync import gateway
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.three_sides import Sides
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.models import XeroRecord
from xero_sync.organisation import limits

# Xero's readings may lag behind its writes.
MOST_LAG = timedelta(minutes=1)


class NoCall(Exception):
    """The allowance ended before the documents were read: the lane waits, and nothing is sent now."""


@dataclass(frozen=True, kw_only=True)
class XeroSide:
    """One document in Xero: as JSON if it was read just now, and as its kind reads it.

    `is_absent`: the reading left it out, but may lag; `seen` is then Xero's answer of a moment ago.
    """

    document: Mapping[str, Any] | None
    seen: Any
    at: datetime
    is_absent: bool = False


def read_sides(
    *,
    turn: Turn,
    kind: KindSpec,
    sides: Sides,
    ready: Sequence[Ready],
    access: gateway.Access,
    allowed: Callable[[bool], bool],
) -> dict[int, XeroSide]:
    """The documents as they are in Xero, by job id; one that is gone there is left out. One call at most.

    Raises NoCall and the gateway's faults.
    """
    now = timezone.now()
    fresh = {each.job.pk: side for each in ready if (side := _fresh_side(turn, sides, each, now))}
    old = [each for each in ready if each.job.pk not in fresh]
    read = _read_documents(turn, kind, old, access, allowed) if old else {}
    found = {
        each.job.pk: side
        for each in old
        if (side := _judge_reading(sides, each.job.xero_record, read.get(each.job.pk)))
    }
    return fresh | found


def _read_documents(
    turn: Turn, kind: KindSpec, old: Sequence[Ready], access: gateway.Access, allowed: Callable[[bool], bool]
) -> dict[int, XeroSide]:
    jobs = {each.job.xero_id.lower(): each.job for each in old}
    if not allowed(any(job.priority == 0 for job in jobs.values())):
        raise NoCall
    reply = gateway.find_by_ids(access=access, calls=kind.calls, xero_ids=sorted(jobs))
    limits.note_remaining_calls(xero_tenant_id=turn.xero_tenant_id, headers=reply.headers)
    now = timezone.now()
    found = {}
    for document in (element.document for element in reply.elements):
        seen = kind.read_in_xero(document)
        job = jobs.get(seen.xero_id.lower())
        if job is not None:
            found[job.pk] = XeroSide(document=document, seen=seen, at=now)
    return found


def _fresh_side(turn: Turn, sides: Sides, each: Ready, now: datetime) -> XeroSide | None:
    """The side as it was read, or answered, a moment ago; never while a write of ours may still arrive."""
    record = each.job.xero_record
    if each.job.watch_until:
        return None
    oldest = now - timedelta(seconds=turn.timing.fresh_s)
    for stored, at in ((record.seen, record.seen_at), (record.agreed, record.confirmed_at)):
        if stored:
            side = XeroSide(document=None, seen=sides.from_stored(stored), at=at) if at and at > oldest else None
            # With another status Xero was heard of since: a refusal said that the document is archived, say.
            return side if side and side.seen.status == record.status else None
    return None


def _judge_reading(sides: Sides, record: XeroRecord, side: XeroSide | None) -> XeroSide | None:
    """The side that counts: Xero's last answer where the reading is older, or leaves out what was just answered.

    The write tells if such a document is gone; where there is nothing to write, the reading counts.
    """
    agreed = sides.from_stored(record.agreed) if record.agreed else None
    if side is None:
        is_late = record.confirmed_at is not None and record.confirmed_at >= timezone.now() - MOST_LAG
        lately = record.confirmed_at if is_late else None
        return XeroSide(document=None, seen=agreed, at=lately, is_absent=True) if agreed and lately else None
    is_older = agreed is not None and agreed.stamp and side.seen.stamp and side.seen.stamp < agreed.stamp
    return replace(side, document=None, seen=agreed) if is_older else side
