"""The needs-you page: one card a cause, with the documents it holds. A fixed number of queries."""

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
    describe_money,
    name_first_documents,
    sum_cause_impacts,
)
from xero_sync.facts.remedy import Link, Remedy, describe_cause
from xero_sync.facts.request_context import OF_THE_CONNECTION, RequestContext
from xero_sync.facts.status import format_day, format_moment
from xero_sync.kinds.registry import KINDS, find_kind, kinds_waiting_for
from xero_sync.models import Cause
from xero_sync.pages.fix_panels import FixContext, FixPanel, RefusedInput, build_fix_panel, read_fix_context
from xero_sync.pages.gone_decisions import OfferedDecision, offer_for_cause

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
class CauseEntry:
    """One card. `cause` and `panel` are None for a hold of the whole firm; `marks` are further sentences."""

    pk: int | None
    cause: Cause | None
    remedy: Remedy
    icon: str
    age: str
    impact: CauseImpact
    list_url: str
    may_fix: bool
    can_retry: bool
    can_look: bool = False
    panel: FixPanel | None = None
    error: str = ""
    link_url: str = ""
    # The page that shows both sides of the first document, where that is what ends the cause.
    sides_url: str = ""
    decisions: tuple[OfferedDecision, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NeedsYouPage:
    """The whole page: what needs a person, what will, what waits for a time or somebody else, what is snoozed."""

    entries: tuple[CauseEntry, ...]
    watched: tuple[CauseEntry, ...]
    held: tuple[CauseEntry, ...]
    snoozed: tuple[CauseEntry, ...]
    sentence: str
    number: int
    pages: int

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.watched or self.held or self.snoozed)


@dataclass(frozen=True)
class _CauseRow:
    """An open cause with its remedy and its impact, from which a card is built."""

    cause: Cause
    remedy: Remedy
    impact: CauseImpact

    @property
    def part(self) -> int:
        """The part of the page: 0 needs a person, 1 will, 2 waits, 3 is snoozed."""
        if self.cause.snoozed_until is not None and self.cause.snoozed_until > timezone.now():
            return 3
        if not self.impact.total:
            return 1
        return 0 if self.impact.needs_person else 2


def read_needs_you_page(
    *,
    firm: Firm,
    context: RequestContext,
    is_admin: bool,
    number: int = 1,
    cause_id: int | None = None,
    typed: RefusedInput | None = None,
) -> NeedsYouPage:
    """All open causes with what they hold, and the holds of the whole firm.

    More than PAGE causes are paged: read the page of this number, or the page that shows the cause of this id.
    """
    waiting, holds = sum_cause_impacts(firm=firm)
    rows = sorted(_find_open_rows(firm, waiting, holds), key=lambda row: (row.part, -row.impact.bills))
    pages = max(-(-len(rows) // PAGE), 1)
    at_place = next((place for place, row in enumerate(rows) if row.cause.pk == cause_id), None)
    number = min(max(number, 1), pages) if at_place is None else at_place // PAGE + 1
    here = rows[(number - 1) * PAGE : number * PAGE]
    name_first_documents(firm=firm, impact={row.cause.pk: row.impact for row in here})
    fix_context = read_fix_context(
        firm=firm, context=context, is_admin=is_admin, wanted=[(row.remedy, row.impact) for row in here], typed=typed
    )
    parts: dict[int, list[CauseEntry]] = defaultdict(list)
    parts[2] = (
        [_build_hold_entry(hold, impact, context, is_admin) for hold, impact in holds.items()] if number == 1 else []
    )
    for row in here:
        parts[row.part].append(_build_entry(row, context, fix_context))
    return NeedsYouPage(
        entries=tuple(parts[0]),
        watched=tuple(parts[1]),
        held=tuple(parts[2]),
        snoozed=tuple(parts[3]),
        sentence=_describe_causes([row.impact for row in rows if row.part == 0], bool(rows or holds)),
        number=number,
        pages=pages,
    )


def read_cause_entry(
    *, context: RequestContext, is_admin: bool, cause: Cause, typed: RefusedInput | None = None
) -> CauseEntry:
    """The card of one cause, also of a closed one, which holds nothing."""
    row = _CauseRow(cause, describe_cause(cause), sum_cause_impacts(firm=context.firm)[0].get(cause.pk, CauseImpact()))
    name_first_documents(firm=context.firm, impact={cause.pk: row.impact})
    fix_context = read_fix_context(
        firm=context.firm, context=context, is_admin=is_admin, wanted=[(row.remedy, row.impact)], typed=typed
    )
    return _build_entry(row, context, fix_context)


def _find_open_rows(firm: Firm, waiting: dict[int, CauseImpact], holds: dict[str, CauseImpact]) -> list[_CauseRow]:
    before = Cause.objects.filter(firm=firm, code=OuterRef("code"), subject=OuterRef("subject")).exclude(closed_at=None)
    causes = Cause.objects.filter(firm=firm, closed_at=None).select_related("assigned_to")
    causes = causes.annotate(closed_before=Subquery(before.order_by("-closed_at").values("closed_at")[:1]))
    # A lost connection that holds documents already has its card among the holds of the whole firm.
    already_shown = OF_THE_CONNECTION if Hold.CONNECTION_LOST in holds else ()
    # A cause without documents is about to close, unless it is watched.
    return [
        _CauseRow(cause, describe_cause(cause), waiting.get(cause.pk, CauseImpact()))
        for cause in causes.order_by("first_seen_at", "pk")
        if cause.pk in waiting or (cause.watched and cause.code not in already_shown)
    ]


def _describe_causes(needing: Sequence[CauseImpact], something: bool) -> str:
    if not needing:
        return "Nothing needs you." if something else ""
    counts = sum((impact.counts for impact in needing), Counter[str]())
    # Count bills where any are held: the contacts that they wait for add nothing.
    last = {kind.code: counts[kind.code] for kind in KINDS if not kinds_waiting_for(kind.code)}
    what = count_documents(last if any(last.values()) else counts)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for impact in needing:
        for currency, amount in impact.money.items():
            money[currency] += amount
    cause = "1 cause holds" if len(needing) == 1 else f"{len(needing)} causes hold"
    total = f", {describe_money(money)}" if money else ""
    return f"{cause} back {what}{total}. Fix a cause and everything it holds goes."


def _build_entry(row: _CauseRow, context: RequestContext, fix_context: FixContext) -> CauseEntry:
    cause, remedy, impact, firm = row.cause, row.remedy, row.impact, context.firm
    shown = build_fix_panel(cause_id=cause.pk, remedy=remedy, impact=impact, fix_context=fix_context)
    may_fix = fix_context.is_admin or remedy.owner is not Owner.ADMIN
    decisions = offer_for_cause(firm=firm, cause_id=cause.pk, code=cause.code, counts=impact.counts)
    located = _locate_remedy(row, context, fix_context, with_links=may_fix)
    is_of_sides = remedy.fault.known.where.anchor == places.BOTH_SIDES
    return CauseEntry(
        pk=cause.pk,
        cause=cause,
        remedy=located,
        icon=ICONS.get(remedy.klass, "triangle-alert"),
        age=_describe_age(impact.oldest or cause.first_seen_at, firm, counted=impact.total > 1),
        impact=impact,
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}?cause={cause.pk}" if impact.bills else "",
        may_fix=may_fix,
        can_retry=impact.total > 0 and not decisions,
        can_look=remedy.can_be_read_again and context.connection is not None,
        panel=shown,
        error="" if shown else _join_refusals(cause, fix_context),
        link_url=_find_link_url(cause, row, firm) if impact.total else "",
        sides_url=located.links[0].url if is_of_sides and located.links else "",
        decisions=decisions,
        marks=tuple(_list_marks(row, context, fix_context)),
    )


def _locate_remedy(row: _CauseRow, context: RequestContext, fix_context: FixContext, *, with_links: bool) -> Remedy:
    """The remedy with its links; a fault of one document alone names the document."""
    affected, remedy = row.impact.affected, row.remedy
    only = affected[0].label if len(affected) == 1 and remedy.fault.known.subject == "document" else ""
    # A locked period can also be ended in Xero.
    place = Place.XERO_LOCK_DATES if fixes.Fix.DATE in remedy.fixes else remedy.place
    return replace(
        remedy,
        about=only,
        links=tuple(_find_field_links(row, context, fix_context)) if with_links else (),
        xero_link=places.find_xero_link(place=place, context=context),
    )


def _join_refusals(cause: Cause, fix_context: FixContext) -> str:
    """The refusals as one text, for a card that no longer has the refused field."""
    typed = fix_context.typed
    return " ".join(typed.faults.values()) if typed and typed.cause_id == cause.pk else ""


def _find_field_links(row: _CauseRow, context: RequestContext, fix_context: FixContext) -> list[Link]:
    """Links to the pages of the fields, which show more than the card."""
    chart = context.chart
    if row.remedy.place is Place.CATEGORY_EDIT and chart is not None:
        found = account_uses.find_account_uses(
            known=row.remedy.fault, settings=context.settings, categories=fix_context.categories, chart=chart
        )
        return places.build_account_links(firm=context.firm, found=found)
    one = (
        places.find_field_link(remedy=row.remedy, target=row.impact.target, firm=context.firm)
        if row.impact.target
        else None
    )
    return [one] if one else []


def _list_marks(row: _CauseRow, context: RequestContext, fix_context: FixContext) -> list[str]:
    """Further sentences about this cause."""
    cause, firm = row.cause, context.firm
    marks = []
    if cause.watched and not row.impact.total:
        marks.append(f"No bill waits for it yet{_describe_uses(row, context, fix_context)}.")
    if cause.returned:
        last = getattr(cause, "closed_before", None)
        marks.append(f"Back again: it was fixed before{f', last on {format_day(last, firm=firm)}' if last else ''}.")
    if cause.assigned_to is not None:
        marks.append(f"Assigned to {cause.assigned_to}.")
    if row.part == 3 and cause.snoozed_until is not None:
        marks.append(f"Snoozed until {format_moment(cause.snoozed_until, firm=firm)}.")
    return marks


def _describe_uses(row: _CauseRow, context: RequestContext, fix_context: FixContext) -> str:
    account = row.remedy.fault.parts.get("account", "")
    if not account:
        return ""
    found = account_uses.find_places_of_account(
        account=account, settings=context.settings, categories=fix_context.categories
    )
    categories = sum(place.is_category for place in found)
    words = [f"the default for {place.name}" for place in found if not place.is_category]
    if categories:
        words.append("1 category" if categories == 1 else f"{categories} categories")
    verb = "uses" if len(words) == 1 and categories < 2 else "use"
    return f"; {' and '.join(words)} {verb} it" if words else ""


def _find_link_url(cause: Cause, row: _CauseRow, firm: Firm) -> str:
    """The address of the page that compares both sides and links them; empty for a kind without such a page."""
    remedy, target = row.remedy, row.impact.target
    if not remedy.can_be_linked or target is None:
        return ""
    is_of_client = remedy.klass is ErrorClass.CONTACT and target.contact_id is not None
    if not is_of_client and not find_kind(target.kind).labels.link_page:
        return ""
    try:
        return reverse("xero_sync:link", args=[firm.slug, cause.pk])
    except NoReverseMatch:
        return ""


def _build_hold_entry(hold: str, impact: CauseImpact, context: RequestContext, is_admin: bool) -> CauseEntry:
    """The card of a hold of the whole firm: not connected, lost, off, not confirmed, paused. It has no cause row."""
    firm = context.firm
    parts = {"person": context.settings.paused_by} if hold == "paused" else {}
    known = recognise(KnownFault("", code=BY_CODE[hold].code, source="preflight", parts=parts))
    if hold == Hold.CONNECTION_LOST and context.connection is not None:
        known = lost_access(code=context.connection.lost_code)
    return CauseEntry(
        pk=None,
        cause=None,
        remedy=Remedy(fault=known, links=(places.build_hold_link(firm=firm, hold=hold),)),
        icon="plug-zap",
        age=_describe_age(impact.oldest or timezone.now(), firm, counted=impact.total > 1),
        impact=impact,
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}?sync=ON_HOLD",
        may_fix=is_admin,
        can_retry=False,
    )


def _describe_age(since: datetime, firm: Firm, *, counted: bool) -> str:
    age = timezone.now() - since
    lead = "oldest " if counted else "for "
    if age >= timedelta(days=2):
        return f"{lead}{age.days} days"
    if age >= timedelta(hours=2):
        return f"{lead}{int(age.total_seconds() // 3600)} hours"
    return f"since {format_moment(since, firm=firm)}"
