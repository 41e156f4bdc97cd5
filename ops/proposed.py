"""Xero's messages that nobody has explained yet, each once, as an entry of the table to copy. No client's name.

It is gone as soon as the table knows it: every text is asked again.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from xero_sync.domain.errors import UNKNOWN, Fault, recognise
from xero_sync.domain.errors.proposing import Proposal, propose
from xero_sync.models import Cause, SyncJob

# The newest so many refusals are looked at.
NEWEST = 2000


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """One new text: how often it came, at how many firms, how many documents wait for it, and its entry."""

    proposal: Proposal
    times: int
    firms: int
    documents: int
    first_seen: datetime
    last_seen: datetime


def read_proposed() -> list[Proposed]:
    """All of them, the one that came most often first: two queries, inside `all_firms`."""
    causes = Cause.objects.filter(code=UNKNOWN.code).exclude(message="").order_by("-last_seen_at")[:NEWEST]
    waiting = dict(
        SyncJob.objects.filter(cause__code=UNKNOWN.code, cause__closed_at=None)
        .values_list("cause")
        .annotate(Count("pk"))
        .order_by()
    )
    found: dict[str, list[Cause]] = {}
    proposals: dict[str, Proposal] = {}
    for cause in causes:
        if recognise(Fault(cause.message)).known is UNKNOWN:
            proposal = propose(cause.message)
            # The latest words stand for the others of their shape.
            proposals.setdefault(proposal.shape, proposal)
            found.setdefault(proposal.shape, []).append(cause)
    rows = [_proposed(proposals[shape], alike, Counter(waiting)) for shape, alike in found.items()]
    return sorted(rows, key=lambda row: (-row.documents, -row.times, row.proposal.code))


def _proposed(proposal: Proposal, alike: list[Cause], waiting: Counter[int]) -> Proposed:
    return Proposed(
        proposal=proposal,
        times=len(alike),
        firms=len({cause.firm_id for cause in alike}),
        documents=sum(waiting[cause.pk] for cause in alike),
        first_seen=min(cause.first_seen_at for cause in alike),
        last_seen=max(cause.last_seen_at for cause in alike),
    )
