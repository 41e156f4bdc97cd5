"""Documents that were sent and never answered: ask Xero, adopt what is ours, send again what is absent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from xero_sync import gateway, limits, outbox
from xero_sync.domain.adopt import is_ours
from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import KINDS, Kind, Operation
from xero_sync.domain.mapping import content_hash
from xero_sync.domain.states import Event, Outcome
from xero_sync.models import SyncAttempt, SyncJob
from xero_sync.outbox import Answer, ClaimedBatch, Frozen, Result
from xero_sync.sync.batch import Allowed, frozen_elements, settle_failure
from xero_sync.sync.context import Turn
from xero_sync.sync.prepare import stopped_by
from xero_sync.sync.results import there

# Contacts have no filter by a list of numbers: those changed since a little before the send are read.
OVERLAP = timedelta(minutes=2)


def look_up_batch(*, turn: Turn, claimed: ClaimedBatch, token: str, allowed: Allowed) -> bool:
    """Look up a batch of Checking documents; False if the turn should end here."""
    kind = Kind(claimed.batch.kind)
    sent = _sent_elements(claimed.jobs, kind)
    jobs, rest = _of_one_call(claimed.jobs, sent, kind)
    later = [_result(job, Event.DEFERRED, Outcome.DEFERRED) for job in rest]
    if not allowed(True):
        later += [_result(job, Event.DEFERRED, Outcome.DEFERRED) for job in jobs]
        jobs = []
    if later:
        outbox.settle(batch=claimed.batch, results=later, answer=None, now=timezone.now())
    if not jobs:
        return False
    entries = [Frozen(job=job, position=position) for position, job in enumerate(jobs)]
    outbox.freeze(lane=turn.lane, claimed=claimed, entries=entries, body="", task_id=turn.task_id, worker=turn.worker)
    access = gateway.Access(access_token=token, xero_tenant_id=turn.xero_tenant_id)
    try:
        found, answer = _ask(turn, access, kind, jobs, sent, allowed)
    except gateway.XeroFault as fault:
        return settle_failure(turn=turn, claimed=claimed, jobs=jobs, fault=fault, token=token)
    results = [_judge(job, kind, sent[job.pk], found, turn.xero_tenant_id) for job in jobs]
    outbox.settle(batch=claimed.batch, results=results, answer=answer, now=timezone.now())
    return True


def _sent_elements(jobs: Sequence[SyncJob], kind: Kind) -> dict[int, list[tuple[int, dict[str, Any]]]]:
    """For each job the versions that were sent and may have arrived, newest first, as they were frozen."""
    attempts = SyncAttempt.objects.filter(
        job__in=jobs, batch__operation=Operation.CREATE, outcome=Outcome.UNKNOWN
    ).select_related("batch")
    sent: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for attempt in attempts.order_by("-pk"):
        element = frozen_elements(body=attempt.batch.body, kind=kind)[attempt.position]
        sent[attempt.job_id].append((attempt.version, element))
    return sent


def _of_one_call(
    jobs: Sequence[SyncJob], sent: Mapping[int, list[tuple[int, dict[str, Any]]]], kind: Kind
) -> tuple[list[SyncJob], list[SyncJob]]:
    """The jobs whose numbers fit one call, and the rest; contacts are read by date, all at once."""
    if kind is Kind.CONTACT:
        return list(jobs), []
    first = set(next(iter(gateway.split_numbers(_numbers(jobs, sent, kind))), []))
    fitting = [job for job in jobs if first.issuperset(_numbers([job], sent, kind))]
    return fitting, [job for job in jobs if job not in fitting]


def _numbers(jobs: Sequence[SyncJob], sent: Mapping[int, list[tuple[int, dict[str, Any]]]], kind: Kind) -> list[str]:
    key = KINDS[kind].number_key
    return list(dict.fromkeys(str(element[key]) for job in jobs for _, element in sent[job.pk]))


def _ask(
    turn: Turn,
    access: gateway.Access,
    kind: Kind,
    jobs: Sequence[SyncJob],
    sent: Mapping[int, list[tuple[int, dict[str, Any]]]],
    allowed: Allowed,
) -> tuple[dict[str, dict[str, Any]], Answer]:
    """What Xero has under these numbers."""
    numbers = _numbers(jobs, sent, kind)
    if not numbers:
        return {}, Answer()
    if kind is Kind.INVOICE:
        replies = [gateway.find_invoices(access=access, numbers=numbers)]
    else:
        oldest = min((job.last_sent_at for job in jobs if job.last_sent_at), default=timezone.now())
        replies = [gateway.find_contacts(access=access, modified_since=oldest - OVERLAP)]
        while len(replies) < replies[0].page_count and allowed(True):
            replies.append(gateway.find_contacts(access=access, modified_since=oldest - OVERLAP, page=len(replies) + 1))
    last = replies[-1]
    limits.seen(xero_tenant_id=turn.xero_tenant_id, headers=last.headers)
    key = KINDS[kind].number_key
    answer = Answer(http_status=last.http_status, duration_ms=last.duration_ms, correlation_id=last.correlation_id)
    documents = (element.document for reply in replies for element in reply.elements)
    return {str(document[key]): document for document in documents if document.get(key)}, answer


def _judge(
    job: SyncJob,
    kind: Kind,
    sent: Sequence[tuple[int, dict[str, Any]]],
    found: Mapping[str, dict[str, Any]],
    xero_tenant_id: str,
) -> Result:
    key = KINDS[kind].number_key
    for version, element in sent:
        document = found.get(str(element[key]))
        if document is not None and is_ours(kind=kind, sent=element, found=document):
            changes = {
                **there(kind=kind, document=document, xero_tenant_id=xero_tenant_id),
                "confirmed_hash": content_hash(element),
            }
            return _result(job, Event.ACCEPTED, Outcome.ACCEPTED, version=version, **changes)
    if any(str(element[key]) in found for _, element in sent) and kind is Kind.INVOICE:
        return stopped_by(job, (Fault("Invoice # must be unique."),))
    return _result(job, Event.ABSENT, Outcome.ABSENT)


def _result(job: SyncJob, event: Event, outcome: Outcome, *, version: int | None = None, **changes: Any) -> Result:
    return Result(
        job_id=job.pk,
        version=job.desired_version if version is None else version,
        event=event,
        outcome=outcome,
        changes={"due_at": timezone.now(), **changes},
    )
