"""What Settings > Bill Syncing shows, read in a fixed number of queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from expense_categories.models import ExpenseCategory
from firms.models import Firm
from xero_sync.domain.chart import Chart
from xero_sync.domain.preferences import BY_KEY, PREFERENCES, Preference, is_new_firm
from xero_sync.facts.cause_impact import count_documents
from xero_sync.facts.first_send import FirstSend, count_first_send
from xero_sync.facts.preferences import bills_saved_earlier
from xero_sync.facts.remedy import Remedy, describe_code
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.registry import KINDS
from xero_sync.models import BillSyncSettings, ConnectionState, FirmPreference, SyncJob, TaxMapping, XeroConnection
from xero_sync.organisation import limits
from xero_sync.organisation.defaults import firm_rates
from xero_sync.pages import settings_history, would_help
from xero_sync.pages.accounts import warning

FOLLOWED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Switch:
    """One preference as a row: its words, how it stands, since when and by whom."""

    preference: Preference
    on: bool
    changed_by: str
    changed_at: datetime
    # How many bills of the last 90 days it would have helped; None where it is on, or is against no error.
    would_help: int | None

    @property
    def effect(self) -> str:
        """What it does as it stands."""
        return self.preference.help if self.on else self.preference.off_help


@dataclass(frozen=True)
class Last:
    """When a document of a kind last went well."""

    noun: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DeadMapping:
    """One choice of an account that takes no bills any more: what chose it, and the field to choose another in."""

    name: str
    code: str
    warning: str
    url: str


@dataclass(frozen=True)
class SettingsPage:
    """Everything on the page."""

    settings: BillSyncSettings
    connection: XeroConnection | None
    chart: Chart | None
    rates: list[tuple[str, Decimal]]
    tax_types: Mapping[tuple[str, Decimal], str]
    switches: list[Switch]
    before_july_2019: bool
    some_off: bool
    # How many bills saved under other switches are still to go.
    saved_earlier: int
    day: limits.Day | None
    last: list[Last]
    first_send: FirstSend | None
    first_send_start: date | None
    categories: int
    coded: int
    dead_mappings: list[DeadMapping]
    history: list[settings_history.Act]

    @property
    def followed(self) -> list[settings_history.Act]:
        """Where accounts had new codes in Xero within the last month, among the latest acts."""
        since = timezone.now() - FOLLOWED_FOR
        return [act for act in self.history if act.followed and act.at >= since]

    @property
    def dead_codes(self) -> list[str]:
        return list(dict.fromkeys(each.code for each in self.dead_mappings))

    @property
    def lost(self) -> Remedy | None:
        """Why the connection was lost, if it was."""
        if self.connection is None or self.connection.state != ConnectionState.LOST:
            return None
        return describe_code(self.connection.lost_code) or describe_code("connection-lost")

    @property
    def used_today(self) -> int:
        return self.day.allowance - self.day.left if self.day else 0


def read_settings_page(*, sight: RequestContext, start: date | None = None) -> SettingsPage:
    """The page of a firm; `start` is a start date to count the first send with."""
    firm, settings, connection, known = sight.firm, sight.settings, sight.connection, sight.chart
    last, saved_earlier = _of_the_jobs(firm)
    switches = _switches(firm)
    mapped = {(each.tax_name, each.tax_percent): each.tax_type for each in TaxMapping.objects.filter(firm=firm)}
    categories = list(ExpenseCategory.objects.filter(firm=firm))
    waits = connection is not None and settings.confirmed_at is None
    counted = count_first_send(firm=firm, start_date=start or settings.start_date) if waits else None
    return SettingsPage(
        settings=settings,
        connection=connection,
        chart=known,
        rates=firm_rates(firm=firm),
        tax_types=mapped,
        switches=switches,
        before_july_2019=not is_new_firm(firm.created_on),
        some_off=any(not switch.on for switch in switches),
        saved_earlier=saved_earlier,
        day=sight.day,
        last=last,
        first_send=counted,
        first_send_start=start or settings.start_date,
        categories=len(categories),
        coded=sum(1 for category in categories if category.account_code),
        dead_mappings=_dead_mappings(firm, settings, known, categories),
        history=settings_history.latest(firm=firm),
    )


@dataclass(frozen=True)
class DocumentCount:
    """How many documents, by their kinds."""

    counts: Counter[str]

    @property
    def number(self) -> int:
        return self.counts.total()

    @property
    def words(self) -> str:
        return count_documents(self.counts)


def waiting_work(*, firm: Firm) -> dict[str, DocumentCount]:
    """What a disconnection leaves behind besides clients: "in_xero" and, still to go, "waiting". One query."""
    found = {"in_xero": DocumentCount(Counter()), "waiting": DocumentCount(Counter())}
    rows = SyncJob.objects.filter(firm=firm, kind__in=[kind.code for kind in KINDS if not kind.is_client])
    for row in rows.values("kind").annotate(
        in_xero=Count("pk", filter=~Q(xero_id="")),
        waiting=Count("pk", filter=Q(state__in=["WAITING", "TRYING_AGAIN", "CHECKING", "SENDING", "ON_HOLD"])),
    ):
        found["in_xero"].counts[row["kind"]] = row["in_xero"]
        found["waiting"].counts[row["kind"]] = row["waiting"]
    return found


def _switches(firm: Firm) -> list[Switch]:
    rows = {row.key: row for row in FirmPreference.objects.filter(firm=firm).select_related("changed_by")}
    helped = would_help.counts(firm=firm, now=timezone.now())
    ready = [preference.key for preference in PREFERENCES if preference.ready and preference.key in rows]
    return [
        Switch(
            preference=BY_KEY[key],
            on=rows[key].on,
            changed_by=str(rows[key].changed_by or ""),
            changed_at=rows[key].changed_at,
            would_help=None if rows[key].on else helped.get(key),
        )
        for key in ready
    ]


def _of_the_jobs(firm: Firm) -> tuple[list[Last], int]:
    """When a document of each kind last went well, and how many bills go as they were saved earlier; one query."""
    earlier = bills_saved_earlier().filter(pk=OuterRef("pk"))
    found = SyncJob.objects.filter(firm=firm).aggregate(
        **{f"of_{kind.code}": Max("record__confirmed_at", filter=Q(kind=kind.code)) for kind in KINDS},
        earlier=Count("pk", filter=Exists(earlier)),
    )
    last = [Last(kind.labels.noun, found[f"of_{kind.code}"]) for kind in reversed(KINDS)]
    return last, found["earlier"]


def _dead_mappings(
    firm: Firm, settings: BillSyncSettings, known: Chart | None, categories: Sequence[ExpenseCategory]
) -> list[DeadMapping]:
    """The defaults and categories whose account the chart no longer offers for bills, as it was last read."""
    slug = firm.slug
    here = f"{reverse('xero_sync:settings', args=[slug])}#id_"
    chosen = [
        ("Default for services", settings.services_account, f"{here}services_account"),
        ("Default for expenses", settings.expenses_account, f"{here}expenses_account"),
    ]
    for category in categories:
        address = reverse("expense_categories:edit", args=[slug, category.pk])
        chosen.append((category.name, category.account_code, f"{address}#id_account_code"))
    judged = [(name, code, warning(chart=known, code=code), url) for name, code, url in chosen]
    return [DeadMapping(name=name, code=code, warning=told, url=url) for name, code, told, url in judged if told]
