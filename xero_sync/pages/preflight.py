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
    hold_of,
    knowledge,
)

SHOWN = 10
MONTHS = 13
MOST_TICKED = 500


@dataclass(kw_only=True)
class Group:
    """The bills behind one cause, or one reason; the first of them by number and address."""

    remedy: Remedy | None = None
    words: str = ""
    named: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0
    waiting: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)

    def add(self, bill: Invoice, url: Callable[[], str]) -> None:
        """Count a bill; its address is asked for only where it is named."""
        self.count += 1
        self.money[bill.currency] = self.money.get(bill.currency, Decimal(0)) + bill.total
        if len(self.named) < SHOWN:
            self.named.append((bill.number, url()))

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.named)

    @property
    def count_words(self) -> str:
        return f"{self.count:,} bill{'' if self.count == 1 else 's'}"

    @property
    def money_words(self) -> str:
        return " and ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(self.money.items()))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which bills, and under which settings: the list's filters, a month, or ticked rows; `today`: as if saved now."""

    filters: InvoiceFilter
    month: str
    ticked: tuple[int, ...]
    today: bool

    @classmethod
    def from_query(cls, query: QueryDict) -> "Choice":
        """Read an address; a month takes the place of the filters' dates."""
        filters, month = InvoiceFilter.from_query(query), query.get("month", "")
        span = _days_of(month)
        if span is not None:
            filters = replace(filters, issued_from=span[0], issued_to=span[1])
        every = "all_matching" in query
        numbers = [text for text in query.getlist("selected") if text.isascii() and text.isdigit() and len(text) < 19]
        ticked = () if every else tuple(map(int, numbers[:MOST_TICKED]))
        return cls(
            filters=filters,
            month=month if span else _month_of(filters),
            ticked=ticked,
            today=query.get("under") == "today",
        )

    def address(self, *, today: bool) -> str:
        """The same choice under the other settings."""
        query = QueryDict(mutable=True)
        for name, value in self.filters.values.items():
            query[name] = value
        query.setlist("selected", [str(pk) for pk in self.ticked])
        if today:
            query["under"] = "today"
        return f"?{query.urlencode()}"


@dataclass(frozen=True, kw_only=True)
class PreflightPage:
    """The answer. `total` is how many bills pass, `judged` how many of them were looked at."""

    choice: Choice
    months: Sequence[tuple[str, str]]
    total: int
    judged: int
    counts: Mapping[str, int]
    sentence: str
    stopped: Sequence[Group]
    not_sent: Sequence[Group]
    with_notes: Sequence[Group]
    hold: str
    knowledge: Knowledge
    list_url: str
    other_url: str


def read_preflight_page(*, firm: Firm, sight: RequestContext, query: QueryDict) -> PreflightPage:
    """Judge the chosen bills, the newest 5,000 at most. A fixed number of queries."""
    choice = Choice.from_query(query)
    chosen = choice.filters.invoices(firm=firm)
    if choice.ticked:
        chosen = chosen.filter(pk__in=choice.ticked)
    rows = chosen.select_related("matter").prefetch_related("contact").order_by("-issue_date", "-pk")
    bills = list(rows[: MOST_BILLS + 1])
    total = chosen.count() if len(bills) > MOST_BILLS else len(bills)
    bills = bills[:MOST_BILLS]
    # Judged as they would go: the oldest first.
    checked = check(
        firm=firm, ground=build_ground(sight), asked=PreflightQuestion(bills=bills[::-1], stored=not choice.today)
    )
    return PreflightPage(
        choice=choice,
        months=_months(firm),
        total=total,
        judged=len(bills),
        hold=hold_of(sight),
        knowledge=knowledge(checked=checked, sight=sight, now=timezone.now()),
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}{choice.filters.address()}",
        other_url=choice.address(today=not choice.today),
        **_grouped(bills, checked, sight),
    )


def sentence(*, total: int, counts: Mapping[str, int], causes: int) -> str:
    """ "Of 312 bills 304 will go; 8 will be refused, for these 3 causes." """
    if not total:
        return "There is no bill among these."
    goes = counts["goes"]
    going = f"{goes:,}" if goes else "none"
    parts = [f"Of {_bills(total)} {going} will go"]
    if counts["there"]:
        parts[0] += f", {counts['there']:,} {'is' if counts['there'] == 1 else 'are'} in Xero already"
    if counts["stopped"]:
        word = "will be refused" if not counts["held"] else "will not get there"
        for_these = "for this 1 cause" if causes == 1 else f"for these {causes} causes"
        parts.append(f"{counts['stopped']:,} {word}, {for_these}")
    if counts["not_sent"]:
        parts.append(f"{counts['not_sent']:,} {'is' if counts['not_sent'] == 1 else 'are'} not to be sent")
    return "; ".join(parts) + "."


def _grouped(bills: Sequence[Invoice], checked: PreflightAnswer, sight: RequestContext) -> dict[str, Any]:
    judged = [(bill, checked.bills[bill.pk]) for bill in bills]
    causes = _causes([each for each in judged if each[1].verdict in STOPPED], ForecastContext(sight, checked))
    reasons: dict[str, Group] = {}
    notes: dict[str, Group] = {}
    counts = dict.fromkeys(("goes", "there", "stopped", "held", "not_sent"), 0)
    for bill, each in judged:
        url = partial(reverse, "billing:invoice", args=[sight.firm.slug, bill.pk])
        counts["goes"] += each.verdict in (Verdict.GOES, Verdict.NOTES)
        counts["there"] += each.verdict is Verdict.UNCHANGED
        counts["stopped"] += each.verdict in STOPPED
        counts["held"] += each.verdict is Verdict.HELD
        counts["not_sent"] += each.verdict is Verdict.NOT_SENT
        if each.reason is not None:
            words = SENTENCES[each.reason].format(noun=INVOICE.labels.noun)
            reasons.setdefault(each.reason, Group(words=words)).add(bill, url)
        if each.verdict is Verdict.NOTES:
            told = next(note for note in each.notes if not note.quiet)
            notes.setdefault(told.code, Group(words=told.text)).add(bill, url)
    return {
        "counts": counts,
        "sentence": sentence(total=len(bills), counts=counts, causes=len(causes)),
        "stopped": causes,
        "not_sent": _largest_first(reasons),
        "with_notes": _largest_first(notes),
    }


def _causes(stopped: Sequence[tuple[Invoice, Judged]], context: ForecastContext) -> list[Group]:
    """One group for each thing that would have to change; bills with a fault of their own are one group a fault."""
    groups: dict[tuple[str, str], Group] = {}
    for bill, each in stopped:
        leading = each.leading
        if leading is None:
            continue
        # A contact's cause is one for all its bills, a bill's own fault one for all bills that have it.
        remedy = Remedy(fault=leading)
        key = (leading.code, leading.subject or each.waits_for)
        target = places.Target(kind=INVOICE.code, object_id=bill.pk, contact_id=bill.contact_id)
        if key not in groups:
            groups[key] = Group(remedy=_generalise(context.locate(remedy, target), each, bill))
        groups[key].waiting += each.verdict is Verdict.HELD
        groups[key].add(bill, partial(_field, remedy, target, context.sight))
    return sorted(groups.values(), key=lambda group: -group.count)


def _generalise(remedy: Remedy, judged: Judged, bill: Invoice) -> Remedy:
    """The group's words: a contact's are told with its name, and the field of one bill is not that of all."""
    if judged.waits_for:
        return replace(remedy, about=bill.contact.name)
    return replace(remedy, links=()) if remedy.place in (Place.INVOICE_EDIT, Place.INVOICE) else remedy


def _field(remedy: Remedy, target: places.Target, sight: RequestContext) -> str:
    """The field on this very bill, where the bill is what has to change; else its page."""
    if remedy.place is Place.INVOICE_EDIT:
        link = places.find_field_link(remedy=remedy, target=target, firm=sight.firm)
        if link is not None:
            return link.url
    return reverse("billing:invoice", args=[sight.firm.slug, target.object_id])


def _largest_first(groups: Mapping[str, Group]) -> list[Group]:
    return sorted(groups.values(), key=lambda group: -group.count)


def _bills(count: int) -> str:
    return f"{count:,} bill{'' if count == 1 else 's'}"


def _months(firm: Firm) -> list[tuple[str, str]]:
    """The last thirteen months by the firm's own calendar, the newest first."""
    first = firm_date(firm=firm, now=timezone.now()).replace(day=1)
    found = []
    for _ in range(MONTHS):
        found.append((f"{first:%Y-%m}", f"{first:%B %Y}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _days_of(month: str) -> tuple[date, date] | None:
    """The first and the last day of a month written 2026-07; nothing for what is none."""
    try:
        first = date.fromisoformat(f"{month}-01")
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return first, last


def _month_of(filters: InvoiceFilter) -> str:
    """The month the filters' dates make up, or nothing."""
    if filters.issued_from is None:
        return ""
    month = f"{filters.issued_from:%Y-%m}"
    return month if _days_of(month) == (filters.issued_from, filters.issued_to) else ""
