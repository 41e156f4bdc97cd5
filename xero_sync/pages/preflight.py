"""`/<firm>/preflight/`: what would become of a selection of bills, grouped by what would have to change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from billing.lists.listing import InvoiceFilter
from billing.models import Invoice
from firms.clock import firm_date
from firms.models import Firm
from xero_sync.domain.errors import Place
from xero_sync.domain.holds import SENTENCES
from xero_sync.engine.preflight import STOPPED, Judged, Verdict
from xero_sync.engine.preflight.check import (
    MOST_BILLS,
    PreflightAnswer,
    PreflightQuestion,
    check,
)
from xero_sync.facts import places
from xero_sync.facts.remedy import Remedy
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.pages.forecast import (
    ForecastContext,
    Knowledge,
    build_ground,
    describe_firm_hold,
    describe_knowledge,
)

SHOWN = 10
MONTHS = 13
MOST_TICKED = 500


@dataclass(kw_only=True)
class BillGroup:
    """The bills of one cause or one reason; the first of them by number and address."""

    remedy: Remedy | None = None
    words: str = ""
    named: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0
    waiting: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)

    def add(self, bill: Invoice, url: Callable[[], str]) -> None:
        """Count a bill; `url` is called only where the bill is named."""
        self.count += 1
        self.money[bill.currency] = self.money.get(bill.currency, Decimal(0)) + bill.total
        if len(self.named) < SHOWN:
            self.named.append((bill.number, url()))

    @property
    def more(self) -> int:
        """How many bills are not named."""
        return self.count - len(self.named)

    @property
    def count_words(self) -> str:
        return f"{self.count:,} bill{'' if self.count == 1 else 's'}"

    @property
    def money_words(self) -> str:
        return " and ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(self.money.items()))


@dataclass(frozen=True, kw_only=True)
class PreflightSelection:
    """The bills to judge: the list's filters, a month, or ticked rows. `today`: as if saved under today's settings."""

    filters: InvoiceFilter
    month: str
    ticked: tuple[int, ...]
    today: bool

    @classmethod
    def from_query(cls, query: QueryDict) -> "PreflightSelection":
        """Parse an address; a month replaces the filters' dates."""
        filters, month = InvoiceFilter.from_query(query), query.get("month", "")
        span = _find_days_of_month(month)
        if span is not None:
            filters = replace(filters, issued_from=span[0], issued_to=span[1])
        every = "all_matching" in query
        numbers = [text for text in query.getlist("selected") if text.isascii() and text.isdigit() and len(text) < 19]
        ticked = () if every else tuple(map(int, numbers[:MOST_TICKED]))
        return cls(
            filters=filters,
            month=month if span else _find_month_of_filters(filters),
            ticked=ticked,
            today=query.get("under") == "today",
        )

    def address(self, *, today: bool) -> str:
        """The query string of the same bills, under today's settings or those of their saves."""
        query = QueryDict(mutable=True)
        for name, value in self.filters.values.items():
            query[name] = value
        query.setlist("selected", [str(pk) for pk in self.ticked])
        if today:
            query["under"] = "today"
        return f"?{query.urlencode()}"


@dataclass(frozen=True, kw_only=True)
class PreflightPage:
    """The forecast of a selection. `total` bills pass the filters, `judged` of them were judged."""

    choice: PreflightSelection
    months: Sequence[tuple[str, str]]
    total: int
    judged: int
    counts: Mapping[str, int]
    sentence: str
    stopped: Sequence[BillGroup]
    not_sent: Sequence[BillGroup]
    with_notes: Sequence[BillGroup]
    hold: str
    knowledge: Knowledge
    list_url: str
    other_url: str


def read_preflight_page(*, firm: Firm, context: RequestContext, query: QueryDict) -> PreflightPage:
    """Judge the selected bills, the newest 5,000 at most. A fixed number of queries."""
    choice = PreflightSelection.from_query(query)
    chosen = choice.filters.invoices(firm=firm)
    if choice.ticked:
        chosen = chosen.filter(pk__in=choice.ticked)
    rows = chosen.select_related("matter").prefetch_related("contact").order_by("-issue_date", "-pk")
    bills = list(rows[: MOST_BILLS + 1])
    total = chosen.count() if len(bills) > MOST_BILLS else len(bills)
    bills = bills[:MOST_BILLS]
    # Judged in the order in which they would go: the oldest first.
    checked = check(
        firm=firm, ground=build_ground(context), asked=PreflightQuestion(bills=bills[::-1], stored=not choice.today)
    )
    return PreflightPage(
        choice=choice,
        months=_list_months(firm),
        total=total,
        judged=len(bills),
        hold=describe_firm_hold(context),
        knowledge=describe_knowledge(checked=checked, context=context, now=timezone.now()),
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}{choice.filters.address()}",
        other_url=choice.address(today=not choice.today),
        **_group_bills(bills, checked, context),
    )


def describe_selection(*, total: int, counts: Mapping[str, int], causes: int) -> str:
    """ "Of 312 bills 304 will go; 8 will be refused, for these 3 causes." """
    if not total:
        return "There is no bill among these."
    goes = counts["goes"]
    going = f"{goes:,}" if goes else "none"
    parts = [f"Of {_count_bills(total)} {going} will go"]
    if counts["in_xero"]:
        parts[0] += f", {counts['in_xero']:,} {'is' if counts['in_xero'] == 1 else 'are'} in Xero already"
    if counts["stopped"]:
        word = "will be refused" if not counts["held"] else "will not get there"
        for_these = "for this 1 cause" if causes == 1 else f"for these {causes} causes"
        parts.append(f"{counts['stopped']:,} {word}, {for_these}")
    if counts["not_sent"]:
        parts.append(f"{counts['not_sent']:,} {'is' if counts['not_sent'] == 1 else 'are'} not to be sent")
    return "; ".join(parts) + "."


def _group_bills(bills: Sequence[Invoice], checked: PreflightAnswer, context: RequestContext) -> dict[str, Any]:
    judged = [(bill, checked.bills[bill.pk]) for bill in bills]
    causes = _group_stopped_bills(
        [each for each in judged if each[1].verdict in STOPPED], ForecastContext(context, checked)
    )
    reasons: dict[str, BillGroup] = {}
    notes: dict[str, BillGroup] = {}
    counts = dict.fromkeys(("goes", "in_xero", "stopped", "held", "not_sent"), 0)
    for bill, each in judged:
        url = partial(reverse, "billing:invoice", args=[context.firm.slug, bill.pk])
        counts["goes"] += each.verdict in (Verdict.GOES, Verdict.NOTES)
        counts["in_xero"] += each.verdict is Verdict.UNCHANGED
        counts["stopped"] += each.verdict in STOPPED
        counts["held"] += each.verdict is Verdict.HELD
        counts["not_sent"] += each.verdict is Verdict.NOT_SENT
        if each.verdict is Verdict.NOT_SENT and each.reason is not None:
            words = SENTENCES[each.reason].format(noun=INVOICE.labels.noun)
            reasons.setdefault(each.reason, BillGroup(words=words)).add(bill, url)
        if each.verdict is Verdict.NOTES:
            note = next(note for note in each.notes if not note.quiet)
            notes.setdefault(note.code, BillGroup(words=note.text)).add(bill, url)
    return {
        "counts": counts,
        "sentence": describe_selection(total=len(bills), counts=counts, causes=len(causes)),
        "stopped": causes,
        "not_sent": _sort_largest_first(reasons),
        "with_notes": _sort_largest_first(notes),
    }


def _group_stopped_bills(
    stopped: Sequence[tuple[Invoice, Judged]], forecast_context: ForecastContext
) -> list[BillGroup]:
    """One group for each thing that would have to change; bills with a fault of their own are grouped by the fault."""
    groups: dict[tuple[str, str], BillGroup] = {}
    for bill, each in stopped:
        leading = each.leading
        if leading is None:
            continue
        # A contact's cause groups all its bills; a fault of a bill itself groups all bills that have the fault.
        remedy = Remedy(fault=leading)
        key = (leading.code, leading.subject or each.waits_for)
        target = places.Target(kind=INVOICE.code, object_id=bill.pk, contact_id=bill.contact_id)
        if key not in groups:
            groups[key] = BillGroup(remedy=_generalise(forecast_context.locate(remedy, target), each, bill))
        groups[key].waiting += each.verdict is Verdict.HELD
        groups[key].add(bill, partial(_find_field_url, remedy, target, forecast_context.context))
    return sorted(groups.values(), key=lambda group: -group.count)


def _generalise(remedy: Remedy, judged: Judged, bill: Invoice) -> Remedy:
    """The remedy for the whole group: a contact's names the contact, and a link to the field of one bill is dropped."""
    if judged.waits_for:
        return replace(remedy, about=bill.client_name)
    return replace(remedy, links=()) if remedy.place in (Place.INVOICE_EDIT, Place.INVOICE) else remedy


def _find_field_url(remedy: Remedy, target: places.Target, context: RequestContext) -> str:
    """The address of the field on this bill, where the bill has to change; else of the bill's page."""
    if remedy.place is Place.INVOICE_EDIT:
        link = places.find_field_link(remedy=remedy, target=target, firm=context.firm)
        if link is not None:
            return link.url
    return reverse("billing:invoice", args=[context.firm.slug, target.object_id])


def _sort_largest_first(groups: Mapping[str, BillGroup]) -> list[BillGroup]:
    return sorted(groups.values(), key=lambda group: -group.count)


def _count_bills(count: int) -> str:
    return f"{count:,} bill{'' if count == 1 else 's'}"


def _list_months(firm: Firm) -> list[tuple[str, str]]:
    """The last thirteen months in the firm's time zone, newest first, as (2026-07, July 2026)."""
    first = firm_date(firm=firm, now=timezone.now()).replace(day=1)
    found = []
    for _ in range(MONTHS):
        found.append((f"{first:%Y-%m}", f"{first:%B %Y}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _find_days_of_month(month: str) -> tuple[date, date] | None:
    """The first and the last day of a month written 2026-07; None for other text."""
    try:
        first = date.fromisoformat(f"{month}-01")
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return first, last


def _find_month_of_filters(filters: InvoiceFilter) -> str:
    """The month that the filters' dates make up, as 2026-07; empty where they make up none."""
    if filters.issued_from is None:
        return ""
    month = f"{filters.issued_from:%Y-%m}"
    return month if _find_days_of_month(month) == (filters.issued_from, filters.issued_to) else ""
