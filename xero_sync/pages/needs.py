"""What the needs-you page shows: one card a cause, with everything behind it. A fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from firms.models import Firm
from xero_sync.domain import fixes
from xero_sync.domain.chart_check import lost_access
from xero_sync.domain.errors import BY_CODE, ErrorClass, Owner, Place, recognise
from xero_sync.domain.errors import Fault as KnownFault
from xero_sync.domain.holds import Hold
from xero_sync.facts import account_uses, places
from xero_sync.facts.cause_impact import (
    CauseImpact,
    count_documents,
    money_words,
    name_first,
    sums,
)
from xero_sync.facts.remedy import Link, Remedy, describe_cause
from xero_sync.facts.request_context import OF_THE_CONNECTION, RequestContext
from xero_sync.facts.status import format_day, format_moment
from xero_sync.kinds.registry import KINDS, find_kind, kinds_waiting_for
from xero_sync.models import Cause
from xero_sync.pages.fixes import FixContext, Panel, Typed, panel, read_fix_context

PAGE = 50
ICONS = {
    ErrorClass.MAPPING: "archive",
    ErrorClass.CONTACT: "users",
    ErrorClass.ORGANISATION: "building-2",
    ErrorClass.CONNECTION: "plug-zap",
    ErrorClass.LIMIT: "hourglass",
    ErrorClass.OURS: "settings",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One card. `cause` and `panel` are None for what holds the whole firm; `marks` are what else is to be known."""

    pk: int | None
    cause: Cause | None
    remedy: Remedy
    icon: str
    age: str
    behind: CauseImpact
    list_url: str
    may_fix: bool
    can_retry: bool
    can_look: bool = False
    panel: Panel | None = None
    error: str = ""
    link_url: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NeedsYouPage:
    """The whole page: what needs a person, what will, what waits for a time or somebody else, what is put off."""

    entries: tuple[Entry, ...]
    watched: tuple[Entry, ...]
    held: tuple[Entry, ...]
    snoozed: tuple[Entry, ...]
    sentence: str
    number: int
    pages: int

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.watched or self.held or self.snoozed)


@dataclass(frozen=True)
class _CauseRow:
    """An open cause on its way to a card."""

    cause: Cause
    remedy: Remedy
    behind: CauseImpact

    @property
    def part(self) -> int:
        """In which part of the page: 0 needs a person, 1 will, 2 waits, 3 is put off."""
        if self.cause.snoozed_until is not None and self.cause.snoozed_until > timezone.now():
            return 3
        if not self.behind.total:
            return 1
        return 0 if self.behind.needs_person else 2


def read_needs_you_page(
    *,
    firm: Firm,
    sight: RequestContext,
    is_admin: bool,
    number: int = 1,
    cause_id: int | None = None,
    typed: Typed | None = None,
) -> NeedsYouPage:
    """All open causes with what they hold back, and what holds the whole firm.

    More than PAGE causes go on pages: the one of this number, or the one that shows this cause.
    """
    waiting, holds = sums(firm=firm)
    rows = sorted(_open_rows(firm, waiting, holds), key=lambda row: (row.part, -row.behind.bills))
    pages = max(-(-len(rows) // PAGE), 1)
    at_place = next((place for place, row in enumerate(rows) if row.cause.pk == cause_id), None)
    number = min(max(number, 1), pages) if at_place is None else at_place // PAGE + 1
    here = rows[(number - 1) * PAGE : number * PAGE]
    name_first(firm=firm, behind={row.cause.pk: row.behind for row in here})
    fields = read_fix_context(
        firm=firm, sight=sight, is_admin=is_admin, wanted=[(row.remedy, row.behind) for row in here], typed=typed
    )
    parts: dict[int, list[Entry]] = defaultdict(list)
    parts[2] = [_hold_entry(hold, behind, sight, is_admin) for hold, behind in holds.items()] if number == 1 else []
    for row in here:
        parts[row.part].append(_entry(row, sight, fields))
    return NeedsYouPage(
        entries=tuple(parts[0]),
        watched=tuple(parts[1]),
        held=tuple(parts[2]),
        snoozed=tuple(parts[3]),
        sentence=_sentence([row.behind for row in rows if row.part == 0], bool(rows or holds)),
        number=number,
        pages=pages,
    )


def one(*, sight: RequestContext, is_admin: bool, cause: Cause, typed: Typed | None = None) -> Entry:
    """The card of one cause, also of one that was put right: then nothing waits behind it."""
    row = _CauseRow(cause, describe_cause(cause), sums(firm=sight.firm)[0].get(cause.pk, CauseImpact()))
    name_first(firm=sight.firm, behind={cause.pk: row.behind})
    fields = read_fix_context(
        firm=sight.firm, sight=sight, is_admin=is_admin, wanted=[(row.remedy, row.behind)], typed=typed
    )
    return _entry(row, sight, fields)


def _open_rows(firm: Firm, waiting: dict[int, CauseImpact], holds: dict[str, CauseImpact]) -> list[_CauseRow]:
    before = Cause.objects.filter(firm=firm, code=OuterRef("code"), subject=OuterRef("subject")).exclude(closed_at=None)
    causes = Cause.objects.filter(firm=firm, closed_at=None).select_related("assigned_to")
    causes = causes.annotate(closed_before=Subquery(before.order_by("-closed_at").values("closed_at")[:1]))
    # A lost connection that holds something has its card as what holds the whole firm.
    told = OF_THE_CONNECTION if Hold.CONNECTION_LOST in holds else ()
    # One without documents is on its way out, unless it is watched.
    return [
        _CauseRow(cause, describe_cause(cause), waiting.get(cause.pk, CauseImpact()))
        for cause in causes.order_by("first_seen_at", "pk")
        if cause.pk in waiting or (cause.watched and cause.code not in told)
    ]


def _sentence(needing: Sequence[CauseImpact], something: bool) -> str:
    if not needing:
        return "Nothing needs you." if something else ""
    counts = sum((behind.counts for behind in needing), Counter[str]())
    # Bills where there are any; the contacts they wait for say no more.
    last = {kind.code: counts[kind.code] for kind in KINDS if not kinds_waiting_for(kind.code)}
    what = count_documents(last if any(last.values()) else counts)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for behind in needing:
        for currency, amount in behind.money.items():
            money[currency] += amount
    cause = "1 cause holds" if len(needing) == 1 else f"{len(needing)} causes hold"
    total = f", {money_words(money)}" if money else ""
    return f"{cause} back {what}{total}. Fix a cause and everything behind it goes."


def _entry(row: _CauseRow, sight: RequestContext, fields: FixContext) -> Entry:
    cause, remedy, behind, firm = row.cause, row.remedy, row.behind, sight.firm
    shown = panel(cause_id=cause.pk, remedy=remedy, behind=behind, desk=fields)
    may_fix = fields.is_admin or remedy.owner is not Owner.ADMIN
    return Entry(
        pk=cause.pk,
        cause=cause,
        remedy=_locate(row, sight, fields, with_links=may_fix),
        icon=ICONS.get(remedy.klass, "triangle-alert"),
        age=_age(behind.oldest or cause.first_seen_at, firm, counted=behind.total > 1),
        behind=behind,
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}?cause={cause.pk}" if behind.bills else "",
        may_fix=may_fix,
        can_retry=behind.total > 0,
        can_look=remedy.can_be_read_again and sight.connection is not None,
        panel=shown,
        error="" if shown else _refusal_words(cause, fields),
        link_url=_link_url(cause, row, firm) if behind.total else "",
        marks=tuple(_marks(row, sight, fields)),
    )


def _locate(row: _CauseRow, sight: RequestContext, fields: FixContext, *, with_links: bool) -> Remedy:
    """The remedy with its places; a document's own fault names the document."""
    affected, remedy = row.behind.affected, row.remedy
    only = affected[0].label if len(affected) == 1 and remedy.fault.known.subject == "document" else ""
    # The other way out of a locked period is in Xero.
    place = Place.XERO_LOCK_DATES if fixes.Fix.DATE in remedy.fixes else remedy.place
    return replace(
        remedy,
        about=only,
        links=tuple(_field_links(row, sight, fields)) if with_links else (),
        xero_link=places.find_xero_link(place=place, sight=sight),
    )


def _refusal_words(cause: Cause, fields: FixContext) -> str:
    """What was refused, where there is no field any more to say it beside."""
    typed = fields.typed
    return " ".join(typed.faults.values()) if typed and typed.cause_id == cause.pk else ""


def _field_links(row: _CauseRow, sight: RequestContext, fields: FixContext) -> list[Link]:
    """The pages of the fields themselves, for whoever wants to see more than the card shows."""
    chart = sight.chart
    if row.remedy.place is Place.CATEGORY_EDIT and chart is not None:
        found = account_uses.find_account_uses(
            known=row.remedy.fault, settings=sight.settings, categories=fields.categories, chart=chart
        )
        return places.account_links(firm=sight.firm, found=found)
    one = (
        places.find_field_link(remedy=row.remedy, target=row.behind.target, firm=sight.firm)
        if row.behind.target
        else None
    )
    return [one] if one else []


def _marks(row: _CauseRow, sight: RequestContext, fields: FixContext) -> list[str]:
    """What else is to be known of this cause."""
    cause, firm = row.cause, sight.firm
    marks = []
    if cause.watched and not row.behind.total:
        marks.append(f"No bill waits for it yet{_used(row, sight, fields)}.")
    if cause.returned:
        last = getattr(cause, "closed_before", None)
        marks.append(
            f"Back again: it was put right before{f', last on {format_day(last, firm=firm)}' if last else ''}."
        )
    if cause.assigned_to is not None:
        marks.append(f"Assigned to {cause.assigned_to}.")
    if row.part == 3 and cause.snoozed_until is not None:
        marks.append(f"Put off until {format_moment(cause.snoozed_until, firm=firm)}.")
    return marks


def _used(row: _CauseRow, sight: RequestContext, fields: FixContext) -> str:
    account = row.remedy.fault.parts.get("account", "")
    if not account:
        return ""
    found = account_uses.using(account=account, settings=sight.settings, categories=fields.categories)
    categories = sum(place.is_category for place in found)
    words = [f"the default for {place.name}" for place in found if not place.is_category]
    if categories:
        words.append("1 category" if categories == 1 else f"{categories} categories")
    verb = "uses" if len(words) == 1 and categories < 2 else "use"
    return f"; {' and '.join(words)} {verb} it" if words else ""


def _link_url(cause: Cause, row: _CauseRow, firm: Firm) -> str:
    """Where both sides are compared, and made one; empty for a kind that is not linked by hand."""
    remedy, target = row.remedy, row.behind.target
    if not remedy.can_be_linked or target is None:
        return ""
    is_of_client = remedy.klass is ErrorClass.CONTACT and target.contact_id is not None
    if not is_of_client and not find_kind(target.kind).labels.link_page:
        return ""
    try:
        return reverse("xero_sync:link", args=[firm.slug, cause.pk])
    except NoReverseMatch:
        return ""


def _hold_entry(hold: str, behind: CauseImpact, sight: RequestContext, is_admin: bool) -> Entry:
    """What holds everything: not connected, lost, off, not confirmed, paused. No cause row, for all of it waits."""
    firm = sight.firm
    parts = {"person": sight.settings.paused_by} if hold == "paused" else {}
    known = recognise(KnownFault("", code=BY_CODE[hold].code, source="preflight", parts=parts))
    if hold == Hold.CONNECTION_LOST and sight.connection is not None:
        known = lost_access(code=sight.connection.lost_code)
    return Entry(
        pk=None,
        cause=None,
        remedy=Remedy(fault=known, links=(places.hold_link(firm=firm, hold=hold),)),
        icon="plug-zap",
        age=_age(behind.oldest or timezone.now(), firm, counted=behind.total > 1),
        behind=behind,
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}?sync=ON_HOLD",
        may_fix=is_admin,
        can_retry=False,
    )


def _age(since: datetime, firm: Firm, *, counted: bool) -> str:
    age = timezone.now() - since
    lead = "oldest " if counted else "for "
    if age >= timedelta(days=2):
        return f"{lead}{age.days} days"
    if age >= timedelta(hours=2):
        return f"{lead}{int(age.total_seconds() // 3600)} hours"
    return f"since {format_moment(since, firm=firm)}"
