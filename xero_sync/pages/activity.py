"""The activity page's rows: attempts of a firm with the names of their documents, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone

from billing.lists.paging import Order, page_by_key
from firms.models import Firm
from xero_sync.domain.kinds import KindSpec, Operation
from xero_sync.domain.states import Outcome
from xero_sync.domain.text import join_words
from xero_sync.facts import places
from xero_sync.facts.remedy import describe_leading_fault
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.kinds.rows import rows_of
from xero_sync.models import SyncAttempt
from xero_sync.pages.time_line import OUTCOME_LOOKS

SIZE = 50
NEWEST = Order(column="opened_at", parse=datetime.fromisoformat, descending=True)
CHOICES = {kind.code: kind.labels.plural.capitalize() for kind in reversed(KINDS)}
OUTCOMES = {outcome.value: OUTCOME_LOOKS[outcome].title for outcome in Outcome}
OPERATIONS = {Operation.CREATE: "New", Operation.UPDATE: "Change", Operation.LOOK_UP: "Question"}


@dataclass(frozen=True, kw_only=True)
class ActivityFilter:
    """The filters of the page's address; unknown values count as not given."""

    kind: str = ""
    outcome: str = ""
    job: str = ""
    older: str = ""
    newer: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "ActivityFilter":
        """Parse the filters of an address."""
        kind, outcome, job = query.get("kind", ""), query.get("outcome", ""), query.get("job", "")
        return cls(
            kind=kind if kind in CHOICES else "",
            outcome=outcome if outcome in OUTCOMES else "",
            job=job if job.isascii() and job.isdigit() and len(job) < 19 else "",
            older=query.get("older", "")[:60],
            newer=query.get("newer", "")[:60],
        )

    def address(self, **others: str) -> str:
        """The query string of these filters, with `others` in their place."""
        values = {"kind": self.kind, "outcome": self.outcome, "job": self.job, **others}
        return "?" + urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class ActivityRow:
    """One attempt."""

    attempt: Any
    local: datetime
    is_today: bool
    label: str
    url: str
    kind: str
    tone: str
    icon: str
    title: str
    reason: str
    operation: str
    took: str


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """One page of attempts, with the addresses of the newer and the older page."""

    rows: tuple[ActivityRow, ...]
    wanted: ActivityFilter
    newer_url: str
    older_url: str
    nouns: str
    plurals: str
    kinds: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]


def read_activity_page(*, firm: Firm, wanted: ActivityFilter) -> ActivityPage:
    """Read one page of attempts with the names of their bills and contacts."""
    found = SyncAttempt.objects.filter(firm=firm).select_related("batch", "job")
    if wanted.kind:
        found = found.filter(batch__kind=wanted.kind)
    if wanted.outcome:
        found = found.filter(outcome=wanted.outcome)
    if wanted.job:
        found = found.filter(job=int(wanted.job))
    page = page_by_key(found, order=NEWEST, size=SIZE, after=wanted.older, before=wanted.newer)
    return ActivityPage(
        rows=tuple(_build_rows(firm, page.rows)),
        wanted=wanted,
        newer_url=wanted.address(newer=page.before) if page.before else "",
        older_url=wanted.address(older=page.after) if page.after else "",
        nouns=" or ".join(f"a {kind.labels.noun}" for kind in reversed(KINDS)),
        plurals=join_words([kind.labels.plural for kind in reversed(KINDS)]).capitalize(),
        kinds=tuple(CHOICES.items()),
        outcomes=tuple(OUTCOMES.items()),
    )


def _build_rows(firm: Firm, attempts: Any) -> list[ActivityRow]:
    names = {kind.code: _find_names(firm, attempts, kind) for kind in KINDS}
    zone = ZoneInfo(firm.timezone)
    today = timezone.now().astimezone(zone).date()
    return [_build_row(firm, attempt, names, zone, today) for attempt in attempts]


def _build_row(firm: Firm, attempt: Any, names: dict[str, dict[int, str]], zone: ZoneInfo, today: Any) -> ActivityRow:
    pk, kind = attempt.job.object_id, find_kind(attempt.batch.kind)
    local = attempt.opened_at.astimezone(zone)
    end = OUTCOME_LOOKS.get(attempt.outcome)
    return ActivityRow(
        attempt=attempt,
        local=local,
        is_today=local.date() == today,
        label=names[kind.code].get(pk, f"{kind.labels.title} {pk}"),
        url=places.build_document_url(firm=firm, kind=kind.code, object_id=pk, job_id=attempt.job_id),
        kind=kind.labels.title,
        tone=end.tone if end else "blue",
        icon=end.icon if end else "arrow-up",
        title=end.title if end else "Being sent",
        reason=_describe_reason(attempt),
        operation=OPERATIONS[attempt.batch.operation],
        took=f"{attempt.duration_ms / 1000:.2f} s" if attempt.duration_ms is not None else "",
    )


def _describe_reason(attempt: Any) -> str:
    notes = " ".join(str(note.get("text", "")) for note in attempt.notes if not note.get("quiet"))
    remedy = describe_leading_fault(attempt.faults)
    return f"{remedy.title}." if remedy else notes


def _find_names(firm: Firm, attempts: Any, kind: KindSpec) -> dict[int, str]:
    ids = {attempt.job.object_id for attempt in attempts if attempt.batch.kind == kind.code}
    rows = rows_of(firm=firm, kind=kind).filter(pk__in=ids)
    return dict(rows.values_list("pk", kind.rows.summary["name"])) if ids else {}
