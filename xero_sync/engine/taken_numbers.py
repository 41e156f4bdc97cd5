"""Refusals that our own earlier sending may have caused: "must be unique" can mean that it arrived after all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from xero_sync.domain.errors import recognise
from xero_sync.domain.kinds import Operation
from xero_sync.domain.states import Event, Outcome
from xero_sync.engine.prepare import Ready
from xero_sync.engine.turn_context import Turn
from xero_sync.models import SyncAttempt
from xero_sync.outbox import Result

LOOK_AGAIN = "look-up"
MOST_LOOKS = 3


def looked_up_again(
    *, turn: Turn, operation: Operation, ready: Sequence[Ready], results: Sequence[Result]
) -> list[Result]:
    """The results, but a document whose earlier sending was never answered is looked up instead of refused.

    At most three times since its last save: then the number belongs to somebody else.
    """
    by_job = {each.job.pk: each.job for each in ready}
    kinds = {each.job.pk: each.kind for each in ready}
    doubtful = {
        result.job_id
        for result in results
        if operation is Operation.CREATE and _is_taken(result, kinds[result.job_id].taken_codes)
    }
    doubtful = {pk for pk in doubtful if by_job[pk].xero_record.link.count_tries(LOOK_AGAIN) < MOST_LOOKS}
    if doubtful:
        unanswered = SyncAttempt.objects.filter(
            job__in=doubtful, outcome=Outcome.UNKNOWN, batch__operation=Operation.CREATE
        )
        doubtful &= set(unanswered.values_list("job_id", flat=True))
    due = timezone.now() + timedelta(seconds=turn.timing.resend_after_s)
    return [
        replace(
            result,
            event=Event.UNKNOWN,
            changes={"due_at": due},
            record={"link": by_job[result.job_id].xero_record.link.add_try(LOOK_AGAIN)},
        )
        if result.job_id in doubtful
        else result
        for result in results
    ]


def _is_taken(result: Result, codes: frozenset[str]) -> bool:
    return result.event is Event.REFUSED and any(recognise(fault).code in codes for fault in result.faults)
