"""Creates that were never answered and may arrive yet: a document that is another by now waits for them.

Sent again under the same number it needs no waiting, since Xero takes a number once. But a bill that was renumbered
would be there twice, also one that is in Xero by another create: its old number would be free for the late one. And
one that was voided would live on in Xero.
"""

from collections.abc import Sequence

from django.utils import timezone

from xero_sync.domain.kinds import KindSpec, Operation
from xero_sync.domain.states import Event, Outcome
from xero_sync.domain.watch import WATCHED, next_look
from xero_sync.engine.prepare import Ready
from xero_sync.engine.unconfirmed import read_unconfirmed
from xero_sync.models import SyncAttempt, SyncJob
from xero_sync.outbox import Result


def wait_for_creates(
    *, kind: KindSpec, jobs: Sequence[SyncJob], prepared: Sequence[Ready | Result]
) -> list[Ready | Result]:
    """The prepared documents, but those that wait for an unanswered create are looked up again, or sent later.

    Two queries if a write of one of them is watched and one more if it is in Xero, none otherwise.
    """
    now = timezone.now()
    watched = {job.pk: job for job in jobs if job.watch_until and job.watch_until > now}
    sent = read_unconfirmed(jobs=list(watched.values()), kind=kind)
    found = _found_by_looking([pk for pk in sent if watched[pk].xero_id])
    answers: list[Ready | Result] = []
    for each in prepared:
        pk = each.job.pk if isinstance(each, Ready) else each.job_id
        late = [one for one in sent.get(pk, ()) if one.operation == Operation.CREATE and one.at + WATCHED > now]
        if pk in found:
            # One of them is the one in Xero.
            late = late[1:]
        marks = {kind.identify(one.element) for one in late}
        waits = bool(marks) and _is_another(kind, each, marks)
        answers.append(_look_again(watched[pk]) if waits else each)
    return answers


def _found_by_looking(job_ids: Sequence[int]) -> set[int]:
    """Of the jobs in Xero those whose create was never answered."""
    if not job_ids:
        return set()
    creates = SyncAttempt.objects.filter(job__in=job_ids, batch__operation=Operation.CREATE)
    answered = creates.filter(outcome__in=(Outcome.ACCEPTED, Outcome.NOTES))
    return set(job_ids) - set(answered.values_list("job", flat=True))


def _is_another(kind: KindSpec, each: Ready | Result, marks: set[str]) -> bool:
    if isinstance(each, Ready):
        # A void bill names no number, and keeps its own taken in Xero.
        mark = kind.identify(each.mapped.payload)
        return bool(mark and marks - {mark})
    return each.event is Event.SKIPPED


def _look_again(job: SyncJob) -> Result:
    now = timezone.now()
    return Result(
        job_id=job.pk,
        version=job.desired_version,
        event=Event.DEFERRED if job.xero_id else Event.UNKNOWN,
        outcome=Outcome.DEFERRED,
        changes={"due_at": next_look(watch_until=job.watch_until, now=now) or now},
    )
