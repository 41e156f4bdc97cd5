"""Creates that were never answered and may arrive yet: a document that is another by now waits for them.

Sent again under the same number it needs no waiting, since Xero takes a number once. But a bill that was renumbered
would be there twice, and one that was voided would live on in Xero.
"""

from collections.abc import Sequence

from django.utils import timezone

from xero_sync.domain.kinds import KindSpec, Operation
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.watch import WATCHED, next_look
from xero_sync.engine.prepare import Ready
from xero_sync.engine.unconfirmed import read_unconfirmed
from xero_sync.models import SyncJob
from xero_sync.outbox import Result


def wait_for_creates(
    *, kind: KindSpec, jobs: Sequence[SyncJob], prepared: Sequence[Ready | Result]
) -> list[Ready | Result]:
    """The prepared documents, but those that wait for an unanswered create are looked up again instead.

    One query if a write of one of them is watched, none otherwise.
    """
    now = timezone.now()
    watched = {job.pk: job for job in jobs if job.watch_until and job.watch_until > now and not job.xero_id}
    sent = read_unconfirmed(jobs=list(watched.values()), kind=kind)
    answers: list[Ready | Result] = []
    for each in prepared:
        pk = each.job.pk if isinstance(each, Ready) else each.job_id
        late = [one for one in sent.get(pk, ()) if one.operation == Operation.CREATE and one.at + WATCHED > now]
        marks = {kind.identify(one.element) for one in late}
        waits = bool(marks) and _is_another(kind, each, marks)
        answers.append(_look_again(watched[pk]) if waits else each)
    return answers


def _is_another(kind: KindSpec, each: Ready | Result, marks: set[str]) -> bool:
    if isinstance(each, Ready):
        return bool(marks - {kind.identify(each.mapped.payload)})
    return each.event is Event.SKIPPED


def _look_again(job: SyncJob) -> Result:
    now = timezone.now()
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=Event.UNKNOWN,
        outcome=Outcome.DEFERRED,
        changes={"due_at": next_look(watch_until=job.watch_until, now=now) or now},
    )
