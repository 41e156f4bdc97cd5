"""One firm's sync in figures: what `sync_status` prints."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.models import Invoice
from firms.models import Firm
from xero_sync.domain.states import IN_LINE, State
from xero_sync.facts.remedy import describe_cause
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import KINDS
from xero_sync.kinds.rows import rows_of
from xero_sync.models import Cause, OrganisationCalls, SyncJob, XeroRecord

# Bills before contacts: pages list the kind that waits for another one first.
SHOWN = tuple(reversed(KINDS))
ORDER = (
    "total",
    "not_sent",
    "waiting",
    "sending",
    "in_xero",
    "in_xero_with_notes",
    "trying_again",
    "checking",
    "on_hold",
    "needs_you",
)


@dataclass(frozen=True)
class CauseCount:
    """One open cause and how much it holds back."""

    cause: Cause
    title: str
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class SyncSummary:
    """The figures of one firm, counts by the codes of kinds, totals in the firm's currency.

    `total_here` sums the bills that are in Xero or should be, `total_in_xero` those that are.
    """

    firm: Firm
    connected: bool
    counts: Mapping[str, Mapping[str, int]]
    causes: tuple[CauseCount, ...]
    total_here: Decimal
    total_in_xero: Decimal
    oldest_waiting_s: int
    calls_today: int
    calls_left_today: int

    @property
    def as_json(self) -> dict[str, Any]:
        """The one object of `sync_status --json`."""
        causes = [
            {
                "code": each.cause.code,
                "subject": each.cause.subject,
                **{kind.labels.live: each.counts[kind.code] for kind in SHOWN},
            }
            for each in self.causes
        ]
        return {
            "firm": self.firm.slug,
            "currency": self.firm.currency,
            "connected": self.connected,
            **{kind.labels.live: dict(self.counts[kind.code]) for kind in SHOWN},
            "causes": causes,
            "total_here": f"{self.total_here:.2f}",
            "total_in_xero": f"{self.total_in_xero:.2f}",
            "oldest_waiting_s": self.oldest_waiting_s,
            "calls_today": self.calls_today,
            "calls_left_today": self.calls_left_today,
        }


def read_sync_summary(*, firm: Firm, now: datetime) -> SyncSummary:
    """Read the figures. Needs the firm's scope."""
    context = RequestContext(firm)
    here, in_xero = _sum_totals(firm)
    used, left = _count_calls(context, now)
    since = SyncJob.objects.filter(firm=firm, state__in=IN_LINE).aggregate(since=Min("saved_at"))["since"]
    return SyncSummary(
        firm=firm,
        connected=context.connection is not None and context.connection.state == "ACTIVE",
        counts={kind.code: _count_states(firm, kind.code, rows_of(firm=firm, kind=kind).count()) for kind in SHOWN},
        causes=tuple(_count_causes(firm)),
        total_here=here,
        total_in_xero=in_xero,
        oldest_waiting_s=max(int((now - since).total_seconds()), 0) if since else 0,
        calls_today=used,
        calls_left_today=left,
    )


def _count_states(firm: Firm, kind: str, total: int) -> dict[str, int]:
    """Counts by state, "with notes" apart from plain "in Xero"; a document without a job counts as not sent."""
    jobs = SyncJob.objects.filter(firm=firm, kind=kind)
    found = {state.lower(): count for state, count in jobs.values_list("state").annotate(Count("pk"))}
    records = XeroRecord.objects.filter(firm=firm, job__kind=kind, job__state=State.IN_XERO)
    noted = records.exclude(notes=[]).count()
    judged = sum(found.values())
    found["in_xero_with_notes"] = noted
    found["in_xero"] = found.get("in_xero", 0) - noted
    found["not_sent"] = found.get("not_sent", 0) + max(total - judged, 0)
    found["total"] = total
    return {name: found.get(name, 0) for name in ORDER}


def _count_causes(firm: Firm) -> list[CauseCount]:
    causes = Cause.objects.filter(firm=firm, closed_at=None).order_by("code", "subject").in_bulk()
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    jobs = SyncJob.objects.filter(firm=firm, cause__in=causes).order_by()
    for cause, kind, count in jobs.values_list("cause", "kind").annotate(Count("pk")):
        counts[cause][kind] = count
    found = [CauseCount(cause, describe_cause(cause).title, counts[pk]) for pk, cause in causes.items() if pk in counts]
    return sorted(found, key=lambda each: -each.counts[INVOICE.code])


def _sum_totals(firm: Firm) -> tuple[Decimal, Decimal]:
    """The totals here and in Xero, without void bills, which keep their figure in Xero though nobody owes it."""
    bill = Invoice.objects.filter(pk=OuterRef("object_id")).exclude(state="VOID")
    money: Any = DecimalField(max_digits=18, decimal_places=2)
    zero = Value(Decimal(0), output_field=money)
    jobs = (
        SyncJob.objects.filter(firm=firm, kind=INVOICE.code)
        .exclude(state=State.NOT_SENT)
        .annotate(bill_total=Subquery(bill.values("total")[:1]))
        .filter(bill_total__isnull=False)
    )
    in_xero = Sum("record__total", filter=Q(state=State.IN_XERO))
    found = jobs.aggregate(here=Coalesce(Sum("bill_total"), zero), in_xero=Coalesce(in_xero, zero))
    return found["here"], found["in_xero"]


def _count_calls(context: RequestContext, now: datetime) -> tuple[int, int]:
    if context.connection is None or context.day is None:
        return 0, 0
    row = OrganisationCalls.objects.filter(xero_tenant_id=context.connection.xero_tenant_id).first()
    used = row.day_used if row and row.day == now.date() else 0
    return used, context.day.left
