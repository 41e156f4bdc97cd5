"""Unconfirmed documents: ask Xero, adopt the documents that are ours, send the absent ones again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from xero_sync import gateway, outbox
from xero_sync.domain.documents import Document
from xero_sync.domain.in_xero import ACTIVE
from xero_sync.domain.kinds import KindSpec, Operation
from xero_sync.domain.notes import Note
from xero_sync.domain.payloads import content_hash
from xero_sync.domain.record import RecordChanges, record_agreed, record_seen
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.three_sides import OURS, XEROS
from xero_sync.engine.absent_lines import add_absent, find_line_ids, keep_absent, keys_of_lines
from xero_sync.engine.after_refusals import after_refusals
from xero_sync.engine.batch import Allowed, settle_failure
from xero_sync.engine.judge_answer import read_answer
from xero_sync.engine.prepare import (
    Ready,
    linked,
    prepare,
    stopped_by,
)
from xero_sync.engine.renumbered import absent_creates, find_renumbered
from xero_sync.engine.turn_context import Turn
from xero_sync.engine.unconfirmed import Unconfirmed, read_unconfirmed
from xero_sync.kinds.registry import find_kind
from xero_sync.models import SyncJob
from xero_sync.organisation import limits
from xero_sync.outbox import Answer, ClaimedBatch, Frozen, Result

# Contacts have no filter by a list of numbers: those changed since a little before the send are read.
OVERLAP = timedelta(minutes=2)


class _NoCall(Exception):
    """The allowance ended in the middle of the question: by half an answer documents in Xero would seem absent."""


Sents = Mapping[int, Sequence[Unconfirmed]]


def look_up_batch(*, turn: Turn, claimed: ClaimedBatch, token: str, allowed: Allowed) -> bool:
    """Look up a batch of Checking documents; False if the turn should end here."""
    kind = find_kind(claimed.batch.kind)
    unconfirmed = read_unconfirmed(jobs=claimed.jobs, kind=kind)
    # An update names the parts that it changes: of a document that was given up it says nothing to look for.
    sent = {pk: [one for one in each if one.operation == Operation.CREATE] for pk, each in unconfirmed.items()}
    jobs, rest = _of_one_call(claimed.jobs, sent, kind)
    if not allowed(True):
        jobs, rest = [], list(claimed.jobs)
    if rest:
        outbox.settle(batch=claimed.batch, results=_deferred(rest), answer=None, now=timezone.now())
    if not jobs:
        return False
    entries = [Frozen(job=job, position=position) for position, job in enumerate(jobs)]
    outbox.freeze(lane=turn.lane, claimed=claimed, entries=entries, body="", task_id=turn.task_id, worker=turn.worker)
    access = gateway.Access(access_token=token, xero_tenant_id=turn.xero_tenant_id)
    try:
        found, answer = _ask(turn, access, kind, _numbers(jobs, sent, kind), _since(sent), allowed)
        renumbered = _ask_for_renumbered(
            turn, access, kind, {job.pk: sent.get(job.pk, ()) for job in jobs}, found, allowed
        )
    except gateway.XeroFault as fault:
        return settle_failure(turn=turn, claimed=claimed, jobs=jobs, fault=fault, token=token)
    except _NoCall:
        outbox.settle(batch=claimed.batch, results=_deferred(jobs), answer=Answer(), now=timezone.now())
        return False
    documents = kind.rows.read_documents(jobs=jobs, xero_tenant_id=turn.xero_tenant_id)
    found = {**found, **renumbered}
    results = [_judge(turn, job, kind, sent.get(job.pk, ()), found, documents.get(job.pk)) for job in jobs]
    outbox.settle(
        batch=claimed.batch,
        results=results,
        answer=answer,
        now=timezone.now(),
        resend_after_s=turn.timing.resend_after_s,
    )
    return _fix(turn, kind, jobs, documents, results, access)


def _of_one_call(jobs: Sequence[SyncJob], sent: Sents, kind: KindSpec) -> tuple[list[SyncJob], list[SyncJob]]:
    """The jobs whose numbers fit one call, and the rest; contacts are read by date, all at once."""
    if not kind.calls.numbers_option:
        return list(jobs), []
    first = set(next(iter(gateway.split_numbers(_numbers(jobs, sent, kind))), []))
    # One that had several numbers may need several calls by itself, and goes alone.
    fitting = [job for job in jobs if first.issuperset(_numbers([job], sent, kind))] or [jobs[0]]
    return fitting, [job for job in jobs if job not in fitting]


def _numbers(jobs: Sequence[SyncJob], sent: Sents, kind: KindSpec) -> list[str]:
    marks = (kind.identify(each.element) for job in jobs for each in sent.get(job.pk, ()))
    return list(dict.fromkeys(marks))


def _since(sent: Sents) -> datetime:
    return min((each.at for versions in sent.values() for each in versions), default=timezone.now()) - OVERLAP


def _ask(
    turn: Turn, access: gateway.Access, kind: KindSpec, numbers: Sequence[str], since: datetime, allowed: Allowed
) -> tuple[dict[str, dict[str, Any]], Answer]:
    """The documents in Xero by number, or else by name. The first call was allowed already. Raises _NoCall."""
    if not numbers:
        return {}, Answer()
    if kind.calls.numbers_option:
        groups = gateway.split_numbers(numbers)
        replies = [gateway.find_numbered(access=access, calls=kind.calls, numbers=groups[0])]
        for group in groups[1:]:
            _allow(allowed)
            replies.append(gateway.find_numbered(access=access, calls=kind.calls, numbers=group))
    else:
        replies = _read_changed(access, kind, since, allowed)
    last = replies[-1]
    limits.note_remaining_calls(xero_tenant_id=turn.xero_tenant_id, headers=last.headers)
    answer = Answer(http_status=last.http_status, duration_ms=last.duration_ms, correlation_id=last.correlation_id)
    documents = [element.document for reply in replies for element in reply.elements]
    # Archived contacts may have the same name: the active one counts.
    documents.sort(key=lambda document: document.get(kind.calls.status_key) == ACTIVE)
    marked = ((kind.identify(document), document) for document in documents)
    return {found: document for found, document in marked if found}, answer


def _ask_for_renumbered(
    turn: Turn,
    access: gateway.Access,
    kind: KindSpec,
    sent: Sents,
    found: Mapping[str, dict[str, Any]],
    allowed: Allowed,
) -> dict[str, dict[str, Any]]:
    """The absent documents that have another number in Xero by now. One call more if any is absent. Raises _NoCall."""
    absent = absent_creates(kind=kind, sent=sent, found=found)
    if not absent:
        return {}
    _allow(allowed)
    replies = _read_changed(access, kind, _since(sent), allowed)
    limits.note_remaining_calls(xero_tenant_id=turn.xero_tenant_id, headers=replies[-1].headers)
    changed = [element.document for reply in replies for element in reply.elements]
    return find_renumbered(firm=turn.firm, kind=kind, absent=absent, changed=changed)


def _read_changed(access: gateway.Access, kind: KindSpec, since: datetime, allowed: Allowed) -> list[gateway.Reply]:
    """All pages of the documents changed since then; the first call was allowed already. Raises _NoCall."""
    replies = [gateway.find_changed(access=access, calls=kind.calls, modified_since=since)]
    # An answer without a number of pages leaves the number of an earlier answer as it was.
    while len(replies) < max(reply.page_count for reply in replies):
        _allow(allowed)
        replies.append(
            gateway.find_changed(access=access, calls=kind.calls, modified_since=since, page=len(replies) + 1)
        )
    return replies


def _allow(allowed: Allowed) -> None:
    if not allowed(True):
        raise _NoCall


def _judge(
    turn: Turn,
    job: SyncJob,
    kind: KindSpec,
    sent: Sequence[Unconfirmed],
    found: Mapping[str, dict[str, Any]],
    now_here: Document | None,
) -> Result:
    ours = [
        (each, document, _differences(kind, each, document))
        for each in sent
        if (document := found.get(kind.identify(each.element))) is not None
        # One that a person gave up for a new one may have been sent in the same words.
        and document[kind.calls.id_key] != job.xero_record.link.given_up
        and (kind.identify(document) != kind.identify(each.element) or kind.is_ours(each.element, document))
    ]
    if ours:
        # Of several versions the one that Xero has, in every field; the newest of those that differ alike.
        each, document, differing = min(ours, key=lambda one: len(one[2]))
        others = [body for body in sent if body is not each]
        return _adopt(turn, job, kind, each, document, now_here, _by_somebody_else(kind, document, differing, others))
    if kind.taken_fault is not None and any(kind.identify(each.element) in found for each in sent):
        return stopped_by(job, (kind.taken_fault,))
    return _result(job, Event.ABSENT, Outcome.ABSENT, attempts=0)


def _differences(kind: KindSpec, sent: Unconfirmed, document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The fields in which the document in Xero is not as it was sent."""
    if kind.sides is None:
        return {}
    line_ids = find_line_ids(kind, sent, document)
    ids = [line_ids.get(str(key), "") for key in keys_of_lines(sent)]
    return kind.sides.note_known(sent.element, ids, kind.read_in_xero(document), ())


def _by_somebody_else(
    kind: KindSpec,
    document: Mapping[str, Any],
    differing: Mapping[str, Mapping[str, str]],
    others: Sequence[Unconfirmed],
) -> dict[str, dict[str, str]]:
    """Of the differing fields those that no version of ours explains, with the value they were sent with."""
    explained = [_differences(kind, other, document) for other in others]
    return {
        name: {OURS: sides[OURS], XEROS: sides[OURS]}
        for name, sides in differing.items()
        if all(name in each for each in explained)
    }


def _adopt(
    turn: Turn,
    job: SyncJob,
    kind: KindSpec,
    sent: Unconfirmed,
    document: Mapping[str, Any],
    now_here: Document | None,
    by_somebody_else: dict[str, dict[str, str]],
) -> Result:
    read = kind.read_in_xero(document)
    line_ids = keep_absent(find_line_ids(kind, sent, document), by_somebody_else)
    record: RecordChanges = {
        **read_answer(kind=kind, job=job, document=document, in_xero=read, xero_tenant_id=turn.xero_tenant_id),
        **record_agreed(kind.read_in_xero(add_absent(sent, document, line_ids))),
        **record_seen(read, at=timezone.now()),
        **kind.changes_when_accepted(sent.element),
        "known_differences": by_somebody_else,
        # What is not as it was sent is looked at again by the next sending.
        "confirmed_hash": "" if _differences(kind, sent, document) else content_hash(sent.element),
    }
    if sent.line_keys:
        record["line_ids"] = line_ids
    notes = _notes(turn, kind, job, sent, now_here)
    outcome = Outcome.NOTES if any(not note.quiet for note in notes) else Outcome.ACCEPTED
    result = _result(job, Event.ACCEPTED, outcome, version=sent.version)
    return replace(result, record=record, notes=notes)


def _notes(turn: Turn, kind: KindSpec, job: SyncJob, sent: Unconfirmed, now_here: Document | None) -> tuple[Note, ...]:
    """The notes on this version; none if it was saved again since, or would be sent otherwise now."""
    again = prepare(kind=kind, job=job, document=now_here, turn=turn)
    if isinstance(again, Result) or sent.version != job.desired_version:
        return ()
    return (*again.mapped.notes, *linked(job)) if again.mapped.content_hash == content_hash(sent.element) else ()


def _fix(
    turn: Turn,
    kind: KindSpec,
    jobs: Sequence[SyncJob],
    documents: Mapping[int, Document],
    results: Sequence[Result],
    access: gateway.Access,
) -> bool:
    """Treat a number that somebody else's bill has like a refusal: the preferences decide whether to adopt the bill."""
    refused = {result.job_id for result in results if result.event is Event.REFUSED}
    prepared = [
        prepare(kind=kind, job=job, document=documents.get(job.pk), turn=turn) for job in jobs if job.pk in refused
    ]
    ready = [each for each in prepared if isinstance(each, Ready)]
    return after_refusals(turn=turn, ready=ready, results=results, access=access)


def _deferred(jobs: Sequence[SyncJob]) -> list[Result]:
    return [_result(job, Event.DEFERRED, Outcome.DEFERRED) for job in jobs]


def _result(job: SyncJob, event: Event, outcome: Outcome, *, version: int | None = None, **changes: Any) -> Result:
    return Result(
        job_id=job.pk,
        version=job.desired_version if version is None else version,
        event=event,
        outcome=outcome,
        changes={"due_at": timezone.now(), **changes},
    )
