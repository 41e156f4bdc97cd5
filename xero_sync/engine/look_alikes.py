"""Documents new to Xero whose name looks like one in Xero, although Xero would not refuse the name."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from xero_sync import gateway
from xero_sync.domain.automatic_fixes import Fixed
from xero_sync.domain.in_xero import KnownInXero
from xero_sync.domain.kinds import KindSpec, LookAlikes
from xero_sync.domain.notes import Note
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.states import Event, Outcome
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.organisation import index, limits
from xero_sync.outbox import Result

logger = logging.getLogger(__name__)

# Until a document that could not be read before it is linked is tried again.
READ_WAIT = timedelta(seconds=30)


def link_look_alikes(
    *, turn: Turn, kind: KindSpec, ready: Sequence[Ready], access: gateway.Access, allowed: Callable[[bool], bool]
) -> tuple[list[Ready], list[Result]]:
    """The documents to be sent now, and those that are linked instead and go again as an update.

    Found by the index of Xero; before a document is linked the one in Xero is read, all of a batch in one call, since
    the index may be a day old. Where that call is not allowed or fails, the documents that need it are put off. Where
    e-mail addresses do not agree the document goes as a new one, with a note that offers the link. One query for a
    batch of new documents, a few more where something is found.
    """
    looks = kind.look_alikes
    new = [each for each in ready if looks is not None and looks.is_new(each.document)]
    known = _read_known(turn, kind, looks, new) if looks is not None and new else None
    if looks is None or known is None:
        return list(ready), []
    wanted = {each.job.pk: found for each in new if (found := _find_link(looks, each, known))}
    if wanted:
        if not allowed(True) or not _read_again(turn, kind, access, set(wanted.values())):
            put_off = [_put_off(each) for each in new if each.job.pk in wanted]
            return [each for each in ready if each.job.pk not in wanted], put_off
        known = _read_known(turn, kind, looks, new) or KnownInXero()
    return _part(turn, looks, ready, known, set(wanted.values()))


def _part(
    turn: Turn, looks: LookAlikes, ready: Sequence[Ready], known: KnownInXero, fresh: Collection[str]
) -> tuple[list[Ready], list[Result]]:
    """The documents to send, and those to link to a document in Xero that was read just now."""
    kept, linked = [], []
    for each in ready:
        answer = _decide(looks, each, known)
        if isinstance(answer, Fixed) and answer.record["xero_id"] in fresh:
            known.belongs(xero_id=answer.record["xero_id"], client=each.document.object_id)
            linked.append(_link(turn, each, answer))
        elif isinstance(answer, Note):
            kept.append(replace(each, mapped=replace(each.mapped, notes=(*each.mapped.notes, answer))))
        else:
            kept.append(each)
    return kept, linked


def _decide(looks: LookAlikes, each: Ready, known: KnownInXero) -> Fixed | Note | None:
    return looks.decide(each.document, Preferences.from_stored(each.job.preferences), known)


def _find_link(looks: LookAlikes, each: Ready, known: KnownInXero) -> str:
    answer = _decide(looks, each, known)
    return str(answer.record["xero_id"]) if isinstance(answer, Fixed) else ""


def _read_again(turn: Turn, kind: KindSpec, access: gateway.Access, xero_ids: Collection[str]) -> bool:
    """Read these documents in Xero into the index, and forget those that are gone; False if Xero did not answer."""
    try:
        reply = gateway.find_by_ids(access=access, calls=kind.calls, xero_ids=sorted(xero_ids))
    except gateway.XeroFault as fault:
        logger.info("A look-alike was not read in Xero", extra={"firm": turn.firm.slug, "fault": type(fault).__name__})
        return False
    tenant = turn.xero_tenant_id
    limits.note_remaining_calls(xero_tenant_id=tenant, headers=reply.headers)
    documents = [element.document for element in reply.elements]
    gone = set(xero_ids) - {str(document.get(kind.calls.id_key)) for document in documents}
    index.keep_documents(firm=turn.firm, kind=kind, xero_tenant_id=tenant, documents=documents)
    index.drop_missing_documents(firm=turn.firm, kind=kind, xero_tenant_id=tenant, xero_ids=gone)
    return True


def _put_off(each: Ready) -> Result:
    return Result(
        job_id=each.job.pk,
        version=each.job.desired_version,
        event=Event.DEFERRED,
        outcome=Outcome.DEFERRED,
        changes={"due_at": timezone.now() + READ_WAIT},
    )


def _read_known(turn: Turn, kind: KindSpec, looks: LookAlikes, new: Sequence[Ready]) -> KnownInXero | None:
    """The documents in Xero under these names or numbers, each with the row linked to it; None if Xero has none."""
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
