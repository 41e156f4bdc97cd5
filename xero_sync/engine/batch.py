"""One claimed batch on its way: map, freeze, send, settle."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from xero_sync import gateway, outbox
from xero_sync.domain import backoff
from xero_sync.domain.errors import Fault
from xero_sync.domain.kinds import Operation
from xero_sync.domain.payloads import to_json
from xero_sync.domain.states import Event, Outcome
from xero_sync.engine.after_refusals import after_refusals
from xero_sync.engine.both_sides import compare_with_xero
from xero_sync.engine.judge_answer import accepted, refused
from xero_sync.engine.look_alikes import link_look_alikes
from xero_sync.engine.prepare import Ready, prepare
from xero_sync.engine.taken_numbers import looked_up_again
from xero_sync.engine.turn_context import Turn
from xero_sync.engine.watched_creates import wait_for_creates
from xero_sync.engine.xero_sides import NoCall
from xero_sync.kinds.registry import find_kind
from xero_sync.models import SyncJob
from xero_sync.organisation import limits, tokens
from xero_sync.organisation.connection_loss import lose_connection
from xero_sync.outbox import Answer, ClaimedBatch, Frozen, Result

# Source: Xero's older page gives 3.5 MB as the limit of a request body.
BODY_LIMIT = 3_000_000
# Xero's own fault, not an outage in front of it.
INSIDE_XERO = frozenset({500, 501})
# A new token was refused too, without a reason.
REFUSED_WAIT = timedelta(minutes=1)
Allowed = Callable[[bool], bool]


@dataclass(frozen=True)
class Failed:
    """The failure of a whole call, in the terms of a document's move."""

    event: Event
    outcome: Outcome
    due_s: float
    counts: bool
    exception: str


def send_batch(*, turn: Turn, claimed: ClaimedBatch, token: str, allowed: Allowed) -> bool:
    """Send one batch; False if the turn should end here."""
    kind = find_kind(claimed.batch.kind)
    found = kind.rows.read_documents(jobs=claimed.jobs, xero_tenant_id=turn.xero_tenant_id)
    prepared = [prepare(kind=kind, job=job, document=found.get(job.pk), turn=turn) for job in claimed.jobs]
    prepared = wait_for_creates(kind=kind, jobs=claimed.jobs, prepared=prepared)
    stopped = [each for each in prepared if isinstance(each, Result)]
    ready = [each for each in prepared if isinstance(each, Ready)]
    access = gateway.Access(access_token=token, xero_tenant_id=turn.xero_tenant_id)
    ready, linked = link_look_alikes(turn=turn, kind=kind, ready=ready, access=access, allowed=allowed)
    ready, too_much = _that_fit(ready)
    stopped += linked
    stopped += [_deferred(each.job, timezone.now()) for each in too_much]
    compared_from, fault, decided = ready, None, list[Result]()
    if claimed.batch.operation == Operation.UPDATE:
        try:
            ready, decided = compare_with_xero(turn=turn, kind=kind, ready=ready, access=access, allowed=allowed)
        except NoCall:
            _settle_unsent(turn, claimed, [*stopped, *(_deferred(each.job, timezone.now()) for each in ready)])
            return False
        except gateway.XeroFault as met:
            fault = met
    _settle_unsent(turn, claimed, [*stopped, *decided])
    if fault is not None:
        jobs = [each.job for each in ready]
        return settle_failure(turn=turn, claimed=claimed, jobs=jobs, fault=fault, token=token, frozen=False)
    goes_on = after_refusals(turn=turn, ready=compared_from, results=decided, access=access)
    if not ready or not goes_on:
        return goes_on
    # Documents that were settled just now are no longer in the batch.
    claimed = ClaimedBatch(claimed.batch, tuple(each.job for each in ready))
    if not allowed(any(each.job.priority == 0 for each in ready)):
        _put_back(claimed)
        return False
    return _send(turn, claimed, ready, token, allowed)


def _settle_unsent(turn: Turn, claimed: ClaimedBatch, results: Sequence[Result]) -> None:
    if results:
        resend_after_s = turn.timing.resend_after_s
        now = timezone.now()
        outbox.settle(batch=claimed.batch, results=results, answer=None, now=now, resend_after_s=resend_after_s)


def _put_back(claimed: ClaimedBatch) -> None:
    back = [_deferred(job, timezone.now()) for job in claimed.jobs]
    outbox.settle(batch=claimed.batch, results=back, answer=None, now=timezone.now())


def _send(turn: Turn, claimed: ClaimedBatch, ready: Sequence[Ready], token: str, allowed: Allowed) -> bool:
    kind, operation = find_kind(claimed.batch.kind), Operation(claimed.batch.operation)
    body = to_json({kind.calls.collection: [each.mapped.payload for each in ready]})
    entries = [
        Frozen(job=each.job, position=at, kept=each.carried, line_keys=each.mapped.line_ids)
        for at, each in enumerate(ready)
    ]
    begun = time.monotonic()
    key = outbox.freeze(
        lane=turn.lane, claimed=claimed, entries=entries, body=body, task_id=turn.task_id, worker=turn.worker
    )
    access = gateway.Access(access_token=token, xero_tenant_id=turn.xero_tenant_id)
    request = gateway.Request(calls=kind.calls, operation=operation, body=body, idempotency_key=key)
    if time.monotonic() - begun > turn.timing.lease_s:
        # Frozen meanwhile: the documents were given up, and may be void or renumbered by now.
        raise outbox.LaneLost
    try:
        reply = gateway.send(access=access, request=request)
    except gateway.RequestRefused as refusal:
        if len(ready) > 1:
            return _send_halves(turn, claimed, ready, token, allowed)
        # Alone it is judged like a refused document of a larger answer.
        results, answer = [refused(ready=ready[0], faults=refusal.faults)], _answer(refusal)
        return _settle_answer(turn, claimed, ready, results, answer, access)
    except gateway.XeroFault as fault:
        return settle_failure(turn=turn, claimed=claimed, jobs=[each.job for each in ready], fault=fault, token=token)
    limits.note_remaining_calls(xero_tenant_id=turn.xero_tenant_id, headers=reply.headers)
    results = [
        accepted(ready=each, document=element.document, warnings=element.warnings, xero_tenant_id=turn.xero_tenant_id)
        if element.accepted
        else refused(ready=each, faults=element.faults)
        for each, element in zip(ready, reply.elements, strict=True)
    ]
    answer = Answer(http_status=reply.http_status, duration_ms=reply.duration_ms, correlation_id=reply.correlation_id)
    return _settle_answer(turn, claimed, ready, results, answer, access)


def _settle_answer(
    turn: Turn,
    claimed: ClaimedBatch,
    ready: Sequence[Ready],
    results: Sequence[Result],
    answer: Answer,
    access: gateway.Access,
) -> bool:
    """Settle what Xero said of each document, and fix what was refused where that is allowed. False ends the turn."""
    operation = Operation(claimed.batch.operation)
    results = looked_up_again(turn=turn, operation=operation, ready=ready, results=results)
    outbox.settle(
        batch=claimed.batch,
        results=results,
        answer=answer,
        now=timezone.now(),
        resend_after_s=turn.timing.resend_after_s,
    )
    return after_refusals(turn=turn, ready=ready, results=results, access=access)


def _send_halves(turn: Turn, claimed: ClaimedBatch, ready: Sequence[Ready], token: str, allowed: Allowed) -> bool:
    """Xero refused the request as a whole: find the one document by halving, so that its neighbours go."""
    by_job = {each.job.pk: each for each in ready}
    goes_on = True
    for half in outbox.halve(claimed=claimed):
        goes_on = goes_on and allowed(True)
        if goes_on:
            goes_on = _send(turn, half, [by_job[job.pk] for job in half.jobs], token, allowed)
        else:
            _put_back(half)
    return goes_on


def settle_failure(
    *,
    turn: Turn,
    claimed: ClaimedBatch,
    jobs: Sequence[SyncJob],
    fault: gateway.XeroFault,
    token: str,
    frozen: bool = True,
) -> bool:
    """Settle the documents of a call that failed as a whole, and make the lane wait. False ends the turn.

    `frozen`: the call was the batch's own, and not the reading before it.
    """
    now = timezone.now()
    failed = _read_failure(turn, claimed, fault)
    results = []
    for job in jobs:
        attempts = job.attempts + 1 if failed.counts else job.attempts
        due = now + timedelta(seconds=failed.due_s)
        if failed.counts:
            due = backoff.next_due(attempts=attempts, now=now, jitter=random.random())  # noqa: S311
        results.append(
            Result(
                job_id=job.pk,
                version=job.desired_version,
                event=failed.event,
                outcome=failed.outcome,
                changes={"due_at": due, "attempts": attempts},
                faults=(Fault("", code=_code(failed, fault), source="transport"),),
            )
        )
    outbox.settle(batch=claimed.batch, results=results, answer=_answer(fault, frozen=frozen), now=now)
    if isinstance(fault, gateway.RateLimited):
        pause = limits.note_refusal(xero_tenant_id=turn.xero_tenant_id, kind=fault.kind, retry_after=fault.retry_after)
        outbox.wait_in_lane(lane=turn.lane, until=now + timedelta(seconds=pause), waits_for=fault.kind or "limit")
    return isinstance(fault, gateway.AccessLost) and _may_go_on(turn, fault, token)


def _read_failure(turn: Turn, claimed: ClaimedBatch, fault: gateway.XeroFault) -> Failed:
    name = type(fault).__name__
    if isinstance(fault, gateway.RateLimited | gateway.AccessLost):
        return Failed(Event.DEFERRED, Outcome.DEFERRED, 0, counts=False, exception=name)
    if claimed.batch.operation == Operation.LOOK_UP:
        return Failed(Event.DEFERRED, Outcome.FAILED, 0, counts=True, exception=name)
    if isinstance(fault, gateway.OutcomeUnknown) and claimed.batch.operation == Operation.CREATE:
        wait = turn.timing.deadline_s + turn.timing.look_up_after_s - (fault.duration_ms or 0) / 1000
        return Failed(Event.UNKNOWN, Outcome.UNKNOWN, max(wait, 0), counts=False, exception=name)
    # An update carries its Xero id: sending it again, at its newest version, cannot make a second document.
    outcome = Outcome.UNKNOWN if isinstance(fault, gateway.OutcomeUnknown) else Outcome.FAILED
    return Failed(Event.FAILED, outcome, 0, counts=True, exception=name)


def _code(failed: Failed, fault: gateway.XeroFault) -> str:
    """The known error a document shows while it waits."""
    if isinstance(fault, gateway.RateLimited):
        return "rate-limited"
    if isinstance(fault, gateway.AccessLost):
        return fault.code
    if fault.http_status in INSIDE_XERO:
        return "xero-fault"
    return "no-answer" if failed.event is Event.UNKNOWN else "xero-unavailable"


def _may_go_on(turn: Turn, fault: gateway.AccessLost, token: str) -> bool:
    """A refused token is renewed, once a turn; after that Xero's own words end the connection, nothing else does."""
    if fault.renewable and not turn.refused_tokens:
        turn.refused_tokens.append(token)
        tokens.force_refresh(credential_id=turn.connection.credential_id, refused=token, now=timezone.now())
        return True
    if fault.is_final:
        lose_connection(firm=turn.firm, connection=turn.connection, code=fault.code)
    else:
        outbox.wait_in_lane(lane=turn.lane, until=timezone.now() + REFUSED_WAIT, waits_for="tokens")
    return False


def _answer(fault: gateway.XeroFault, *, frozen: bool = True) -> Answer:
    return Answer(
        frozen=frozen,
        http_status=fault.http_status,
        duration_ms=fault.duration_ms,
        correlation_id=fault.correlation_id or "",
        exception=type(fault).__name__,
    )


def _that_fit(ready: Sequence[Ready]) -> tuple[list[Ready], list[Ready]]:
    size = 0
    fitting: list[Ready] = []
    for index, each in enumerate(ready):
        size += len(to_json(each.mapped.payload).encode())
        if size > BODY_LIMIT and fitting:
            return fitting, list(ready[index:])
        fitting.append(each)
    return fitting, []


def _deferred(job: SyncJob, due_at: Any) -> Result:
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=Event.DEFERRED,
        outcome=Outcome.DEFERRED,
        changes={"due_at": due_at},
    )
