"""What the needs-you page shows: one entry a cause, with everything behind it. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Subquery, Sum, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from billing.models import Contact, Invoice
from firms.models import Firm
from xero_sync.domain.errors import BY_CODE, ErrorClass, Owner, Recognised, recognise
from xero_sync.domain.errors import Fault as KnownFault
from xero_sync.domain.holds import FIRM_HOLDS
from xero_sync.domain.kinds import Kind
from xero_sync.domain.states import State
from xero_sync.models import Cause, SyncJob
from xero_sync.pages import places
from xero_sync.pages.cards import WHO
from xero_sync.pages.faults import of_cause
from xero_sync.pages.sight import Sight
from xero_sync.pages.status import at

SHOWN = 10
ICONS = {
    ErrorClass.MAPPING: "archive",
    ErrorClass.CONTACT: "users",
    ErrorClass.ORGANISATION: "building-2",
    ErrorClass.CONNECTION: "plug-zap",
    ErrorClass.LIMIT: "hourglass",
    ErrorClass.OURS: "settings",
}


@dataclass(frozen=True)
class Affected:
    """One document behind a cause."""

    label: str
    url: str


@dataclass(kw_only=True)
class Behind:
    """How much waits behind a cause."""

    bills: int = 0
    contacts: int = 0
    needs_person: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)
    oldest: datetime | None = None
    affected: list[Affected] = field(default_factory=list)
    target: places.Target | None = None

    @property
    def total(self) -> int:
        return self.bills + self.contacts

    @property
    def count_words(self) -> str:
        return counted(bills=self.bills, contacts=self.contacts)

    @property
    def money_words(self) -> str:
        return money_words(self.money)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One card."""

    pk: int | None
    code: str
    title: str
    why: str
    fix_here: str
    fix_in_xero: str
    who: str
    meanwhile: str
    recheck: str
    icon: str
    age: str
    behind: Behind
    links: tuple[places.Link, ...]
    xero_link: places.Link | None
    list_url: str
    may_fix: bool
    can_retry: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """The whole page: what needs a person, what waits for a time or somebody else, and the sentence above."""

    entries: tuple[Entry, ...]
    held: tuple[Entry, ...]
    sentence: str


def read(*, firm: Firm, sight: Sight, is_admin: bool) -> Page:
    """All open causes with what they hold back, and what holds the whole firm."""
    causes = list(Cause.objects.filter(firm=firm, closed_at=None).order_by("first_seen_at", "pk"))
    behind = _behind(firm, causes)
    causes = [cause for cause in causes if behind[cause.pk].bills or behind[cause.pk].contacts]
    entries = [(cause, _entry(cause, behind[cause.pk], firm, sight, is_admin)) for cause in causes]
    needing = sorted(
        (entry for cause, entry in entries if behind[cause.pk].needs_person), key=lambda entry: -entry.behind.bills
    )
    held = [entry for cause, entry in entries if not behind[cause.pk].needs_person]
    held = [*_firm_holds(firm, is_admin), *held]
    return Page(entries=tuple(needing), held=tuple(held), sentence=_sentence(needing, held))


def counted(*, bills: int, contacts: int) -> str:
    """ "37 bills", "1 contact and 8 bills"."""
    words = []
    if contacts:
        words.append(f"{contacts:,} contact{'' if contacts == 1 else 's'}")
    if bills or not contacts:
        words.append(f"{bills:,} bill{'' if bills == 1 else 's'}")
    return " and ".join(words)


def money_words(money: dict[str, Decimal]) -> str:
    """The sum in each currency."""
    return " and ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(money.items()))


def _sentence(needing: Sequence[Entry], held: Sequence[Entry]) -> str:
    if not needing:
        return "Nothing needs you." if held else ""
    bills = sum(entry.behind.bills for entry in needing)
    contacts = sum(entry.behind.contacts for entry in needing)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for entry in needing:
        for currency, amount in entry.behind.money.items():
            money[currency] += amount
    cause = "1 cause holds" if len(needing) == 1 else f"{len(needing)} causes hold"
    what = counted(bills=bills, contacts=0 if bills else contacts)
    total = f", {money_words(money)}" if money else ""
    return f"{cause} back {what}{total}. Fix a cause and everything behind it goes."


def _entry(cause: Cause, behind: Behind, firm: Firm, sight: Sight, is_admin: bool) -> Entry:
    known = of_cause(cause)
    target = behind.target
    found = places.links(known=known, target=target, firm=firm) if target else []
    return Entry(
        pk=cause.pk,
        title=_title(known, behind),
        icon=ICONS.get(known.known.klass, "triangle-alert"),
        age=_age(behind.oldest or cause.first_seen_at, firm),
        behind=behind,
        links=tuple(found),
        xero_link=_xero_link(known, sight),
        list_url=_list_url(firm, cause, behind),
        may_fix=is_admin or known.known.owner is not Owner.ADMIN,
        can_retry=True,
        **_words(known),
    )


def _words(known: Recognised) -> dict[str, str]:
    return {
        "code": known.code,
        "why": known.why,
        "fix_here": known.fix_here,
        "fix_in_xero": known.fix_in_xero,
        "who": WHO[known.known.owner],
        "meanwhile": known.known.meanwhile,
        "recheck": known.known.recheck,
    }


def _title(known: Recognised, behind: Behind) -> str:
    """A document's own fault names the document."""
    only = behind.affected[0].label if len(behind.affected) == 1 and known.known.subject == "document" else ""
    return f"{only}: {known.title}" if only else known.title


def _xero_link(known: Recognised, sight: Sight) -> places.Link | None:
    place = known.known.where.place
    if place not in places.XERO_PATHS or sight.connection is None:
        return None
    return places.Link(places.xero_page(place=place, short_code=sight.short_code), "Open Xero")


def _list_url(firm: Firm, cause: Cause, behind: Behind) -> str:
    return f"{reverse('billing:invoice-list', args=[firm.slug])}?cause={cause.pk}" if behind.bills else ""


def _behind(firm: Firm, causes: Sequence[Cause]) -> dict[int, Behind]:
    found = {cause.pk: Behind() for cause in causes}
    if not causes:
        return found
    jobs = SyncJob.objects.filter(firm=firm, cause__in=list(found))
    for row in _sums(jobs):
        _add(found[row["cause"]], row)
    for cause_id, kind, object_id, contact_id in _first_jobs(jobs):
        if found[cause_id].target is None or kind == Kind.CONTACT:
            found[cause_id].target = places.Target(
                kind=Kind(kind), object_id=object_id, contact_id=contact_id or object_id, cause_id=cause_id
            )
    _name_affected(firm, found, _first_jobs(jobs))
    return found


def _sums(jobs: Any) -> Iterable[dict[str, Any]]:
    """By cause, kind, state and currency."""
    return list(_summed(jobs, "cause"))


def _summed(jobs: Any, by: str) -> Any:
    bill = Invoice.objects.filter(pk=OuterRef("object_id"))
    return (
        jobs.annotate(bill_total=Subquery(bill.values("total")[:1]))
        .annotate(bill_currency=Subquery(bill.values("currency")[:1]))
        .values(by, "kind", "state", "bill_currency")
        .annotate(count=Count("pk"), money=Sum("bill_total"), oldest=Min("saved_at"))
        .order_by(by)
    )


def _add(behind: Behind, row: dict[str, Any]) -> None:
    if row["kind"] == Kind.INVOICE:
        behind.bills += row["count"]
        if row["bill_currency"]:
            before = behind.money.get(row["bill_currency"], Decimal(0))
            behind.money[row["bill_currency"]] = before + (row["money"] or Decimal(0))
    else:
        behind.contacts += row["count"]
    if row["state"] == State.NEEDS_YOU:
        behind.needs_person += row["count"]
    behind.oldest = min(behind.oldest or row["oldest"], row["oldest"])


def _first_jobs(jobs: Any) -> list[tuple[int, str, int, int | None]]:
    ranked = jobs.annotate(
        place=Window(RowNumber(), partition_by=[F("cause_id"), F("kind")], order_by=F("pk").asc()),
        of_contact=F("contact_job__object_id"),
    ).filter(place__lte=SHOWN)
    return list(ranked.order_by("pk").values_list("cause_id", "kind", "object_id", "of_contact"))


def _name_affected(firm: Firm, found: dict[int, Behind], jobs: Sequence[tuple[int, str, int, int | None]]) -> None:
    bills = firm.invoices.in_bulk([pk for _, kind, pk, _ in jobs if kind == Kind.INVOICE])
    contacts = firm.contacts.in_bulk([pk for _, kind, pk, _ in jobs if kind == Kind.CONTACT])
    for cause_id, kind, pk, _ in jobs:
        row: Invoice | Contact | None = bills.get(pk) if kind == Kind.INVOICE else contacts.get(pk)
        if row is not None:
            name = "billing:invoice" if kind == Kind.INVOICE else "billing:contact"
            label = f"Bill {row.number}" if isinstance(row, Invoice) else row.name
            found[cause_id].affected.append(Affected(label, reverse(name, args=[firm.slug, pk])))


def _firm_holds(firm: Firm, is_admin: bool) -> list[Entry]:
    """What holds everything: not connected, lost, off, not confirmed, paused. No cause row, for all of it waits."""
    held = SyncJob.objects.filter(firm=firm, state=State.ON_HOLD, hold__in=[hold.value for hold in FIRM_HOLDS])
    found: dict[str, Behind] = {}
    for row in _summed(held, "hold"):
        _add(found.setdefault(row["hold"], Behind()), row)
    return [_hold_entry(hold, behind, firm, is_admin) for hold, behind in found.items()]


def _hold_entry(hold: str, behind: Behind, firm: Firm, is_admin: bool) -> Entry:
    parts = {"person": Sight(firm).settings.paused_by} if hold == "paused" else {}
    known = recognise(KnownFault("", code=BY_CODE[hold].code, source="preflight", parts=parts))
    return Entry(
        pk=None,
        title=known.title,
        icon="plug-zap",
        age=_age(behind.oldest or timezone.now(), firm),
        behind=behind,
        links=(places.hold_link(firm=firm, hold=hold),),
        xero_link=None,
        list_url=f"{reverse('billing:invoice-list', args=[firm.slug])}?sync=ON_HOLD",
        may_fix=is_admin,
        can_retry=False,
        **_words(known),
    )


def _age(since: datetime, firm: Firm) -> str:
    age = timezone.now() - since
    if age >= timedelta(days=2):
        return f"oldest {age.days} days"
    if age >= timedelta(hours=2):
        return f"oldest {int(age.total_seconds() // 3600)} hours"
    return f"since {at(since, firm=firm)}"
