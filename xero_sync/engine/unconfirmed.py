"""Writes of ours that were never answered: Xero may have worked on them, or may do so yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from xero_sync.domain.kinds import KindSpec, Operation
from xero_sync.domain.states import Outcome
from xero_sync.domain.three_sides import Sent
from xero_sync.domain.watch import WATCHED
from xero_sync.engine.frozen_bodies import frozen_elements
from xero_sync.models import SyncAttempt, SyncBatch, SyncJob


@dataclass(frozen=True)
class Unconfirmed:
    """One version of a document that was sent and may have arrived, as it was frozen."""

    version: int
    operation: str
    sent: Sent
    at: datetime
    line_keys: Sequence[int] = ()

    @property
    def element(self) -> Mapping[str, Any]:
        """The document as it was frozen."""
        return self.sent.element


def read_unconfirmed(*, jobs: Sequence[SyncJob], kind: KindSpec) -> Mapping[int, Sequence[Unconfirmed]]:
    """For each job its unanswered writes, newest first: those since its last success, and those still watched.

    Two queries, one where no write is unanswered, none for no job.
    """
    if not jobs:
        return {}
    since_success = Q(job__record__confirmed_at=None) | Q(opened_at__gt=F("job__record__confirmed_at"))
    attempts = SyncAttempt.objects.filter(
        since_success | Q(opened_at__gt=timezone.now() - 2 * WATCHED),
        job__in=jobs,
        outcome__in=(Outcome.UNKNOWN, Outcome.LATE),
    )
    unanswered = list(attempts.exclude(batch__operation=Operation.LOOK_UP).order_by("-pk"))
    # A body may be megabytes, and is that of fifty documents: each is fetched and read once.
    batches = SyncBatch.objects.in_bulk({attempt.batch_id for attempt in unanswered}) if unanswered else {}
    elements = {pk: frozen_elements(body=batch.body, kind=kind) for pk, batch in batches.items() if batch.body}
    found: dict[int, list[Unconfirmed]] = defaultdict(list)
    for attempt in unanswered:
        if attempt.batch_id in elements:
            sent = Sent(element=elements[attempt.batch_id][attempt.position], kept=frozenset(attempt.kept))
            operation = batches[attempt.batch_id].operation
            found[attempt.job_id].append(
                Unconfirmed(attempt.version, operation, sent, attempt.opened_at, tuple(attempt.line_keys))
            )
    return found
