"""The attempts of all firms, to find one by its firm, outcome, number or any id on a log line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from billing.lists.paging import Order, page_by_key
from ops.failures import numbers
from xero_sync.kinds.registry import KINDS
from xero_sync.models import SyncAttempt
from xero_sync.pages.activity import OPERATIONS, OUTCOMES
from xero_sync.pages.time_line import OUTCOME_LOOKS

SIZE = 50
NEWEST = Order(column="opened_at", parse=datetime.fromisoformat, descending=True)
FOUND_DOCUMENTS = 200


@dataclass(frozen=True, kw_only=True)
class AttemptFilter:
    """The filters of the address."""

    firm: str = ""
    outcome: str = ""
    q: str = ""
    job: str = ""
    older: str = ""
    newer: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "AttemptFilter":
        """Read them; what makes no sense is left out."""
        outcome, job = query.get("outcome", ""), query.get("job", "")
        return cls(
            firm=query.get("firm", "").replace("\0", "")[:60],
            outcome=outcome if outcome in OUTCOMES else "",
            q=query.get("q", "").replace("\0", "").strip()[:100],
            job=job if job.isascii() and job.isdigit() and len(job) < 19 else "",
            older=query.get("older", "")[:60],
            newer=query.get("newer", "")[:60],
        )

    @property
    def narrows(self) -> bool:
        return bool(self.firm or self.outcome or self.q or self.job)

    def address(self, **others: str) -> str:
        """These filters as a query string, with others."""
        values = {"firm": self.firm, "outcome": self.outcome, "q": self.q, "job": self.job, **others}
        return "?" + urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class AttemptRow:
    """One attempt."""

    attempt: Any
    label: str
    tone: str
    icon: str
    title: str
    operation: str
    codes: str
    took: str


@dataclass(frozen=True, kw_only=True)
class AttemptsPage:
    """A page of them."""

    rows: tuple[AttemptRow, ...]
    wanted: AttemptFilter
    newer_url: str
    older_url: str


def read_attempts_page(*, wanted: AttemptFilter) -> AttemptsPage:
    """One page in two queries, and two for each kind of document."""
    found = SyncAttempt.objects.select_related("batch", "job", "firm")
    if wanted.firm:
        found = found.filter(firm__slug=wanted.firm)
    if wanted.outcome:
        found = found.filter(outcome=wanted.outcome)
    if wanted.job:
        found = found.filter(job=int(wanted.job))
    if wanted.q:
        found = found.filter(_matching(wanted.q))
    page = page_by_key(found, order=NEWEST, size=SIZE, after=wanted.older, before=wanted.newer)
    labels = numbers([attempt.job for attempt in page.rows])
    return AttemptsPage(
        rows=tuple(_attempt_row(attempt, labels[attempt.job_id]) for attempt in page.rows),
        wanted=wanted,
        newer_url=wanted.address(newer=page.before) if page.before else "",
        older_url=wanted.address(older=page.after) if page.after else "",
    )


def _matching(q: str) -> Q:
    match = (
        Q(task_id=q) | Q(correlation_id=q) | Q(worker=q) | Q(exception=q) | Q(firm__slug=q) | Q(firm__name__iexact=q)
    )
    for kind in KINDS:
        rows = kind.rows.model.objects.filter(**{kind.rows.summary["code"]: q})
        match |= Q(job__kind=kind.code, job__object_id__in=list(rows.values_list("pk", flat=True)[:FOUND_DOCUMENTS]))
    if q.isascii() and q.isdigit() and len(q) < 19:
        match |= Q(batch_id=int(q))
    return match


def _attempt_row(attempt: Any, label: str) -> AttemptRow:
    end = OUTCOME_LOOKS.get(attempt.outcome)
    return AttemptRow(
        attempt=attempt,
        label=label,
        tone=end.tone if end else "blue",
        icon=end.icon if end else "arrow-up",
        title=end.title if end else "Open",
        operation=OPERATIONS[attempt.batch.operation],
        codes=", ".join(str(fault.get("code", "")) for fault in attempt.faults),
        took=f"{attempt.duration_ms / 1000:.2f} s" if attempt.duration_ms is not None else "-",
    )
