"""Documents new to Xero whose name looks the same as one there, which Xero itself would not refuse."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from xero_sync.domain.automatic_fixes import Fixed
from xero_sync.domain.in_xero import KnownInXero
from xero_sync.domain.kinds import KindSpec, LookAlikes
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.states import Event, Outcome
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.organisation import index
from xero_sync.outbox import Result


def link_look_alikes(*, turn: Turn, kind: KindSpec, ready: Sequence[Ready]) -> tuple[list[Ready], list[Result]]:
    """The documents to be sent now, and those that are linked instead and go again as an update.

    Decided by the index of Xero, without a call. Where the e-mail addresses do not agree the contact goes as a new
    one, with a note that offers the link. One query for a batch of new contacts, two where something is found.
    """
    looks = kind.look_alikes
    new = [each for each in ready if looks is not None and looks.is_new(each.document)]
    known = _read_known(turn, kind, looks, new) if looks is not None and new else None
    if looks is None or known is None:
        return list(ready), []
    kept, linked = [], []
    for each in ready:
        answer = looks.decide(each.document, Preferences.from_stored(each.job.preferences), known)
        if isinstance(answer, Fixed):
            known.belongs(xero_id=answer.record["xero_id"], client=each.document.object_id)
            linked.append(_link(turn, each, answer))
        elif isinstance(answer, Note):
            kept.append(replace(each, mapped=replace(each.mapped, notes=(*each.mapped.notes, answer))))
        else:
            kept.append(each)
    return kept, linked


def _read_known(turn: Turn, kind: KindSpec, looks: LookAlikes, new: Sequence[Ready]) -> KnownInXero | None:
    """What Xero has under these names or numbers, each with whose it is already; None if there is nothing."""
    entries = index.alike(
        firm=turn.firm,
        xero_tenant_id=turn.xero_tenant_id,
        ids={},
        numbers={kind.code: [looks.number(each.document) for each in new]},
        names=[looks.name(each.document) for each in new],
    )[kind.code]
    if not entries:
        return None
    known = KnownInXero(entries)
    owners = index.read_owners(
        firm=turn.firm, kind=kind, xero_tenant_id=turn.xero_tenant_id, xero_ids=[entry.xero_id for entry in entries]
    )
    for xero_id, object_id in owners.items():
        known.belongs(xero_id=xero_id, client=object_id)
    return known


def _link(turn: Turn, each: Ready, answer: Fixed) -> Result:
    return Result(
        job_id=each.job.pk,
        version=each.job.desired_version,
        event=Event.DEFERRED,
        outcome=Outcome.DEFERRED,
        changes={"due_at": timezone.now()},
        record={**answer.record, "xero_tenant_id": turn.xero_tenant_id},
    )
