"""The page Settings > Bill Syncing, read in a fixed number of queries."""

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
from xero_sync.facts.preferences import find_bills_saved_earlier
from xero_sync.facts.remedy import Remedy, describe_code
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.registry import KINDS, kinds_for_clients
from xero_sync.models import BillSyncSettings, ConnectionState, FirmPreference, SyncJob, TaxMapping, XeroConnection
from xero_sync.organisation import limits
from xero_sync.organisation.defaults import firm_rates
from xero_sync.pages import helped_bills, settings_history
from xero_sync.pages.accounts import find_account_warning

FOLLOWED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class PreferenceSwitch:
    """One preference as a row: its words, whether it is on, since when and by whom."""

    preference: Preference
    on: bool
    changed_by: str
    changed_at: datetime
    # How many bills of the last 90 days it would have helped; None where it is on, or is against no error.
    would_help: int | None

    @property
    def effect(self) -> str:
        """The effect of the preference as it is switched now."""
        return self.preference.help if self.on else self.preference.off_help


@dataclass(frozen=True)
class LastSuccess:
    """When Xero last confirmed a document of a kind."""

    noun: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DeadMapping:
    """A default or category whose account takes no bills any more, and the field in which to choose another."""

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
    switches: list[PreferenceSwitch]
    before_july_2019: bool
    some_off: bool
    # How many bills saved under other switches are still to go.
    saved_earlier: int
    day: limits.Day | None
    last: list[LastSuccess]
    first_send: FirstSend | None
    first_send_start: date | None
    categories: int
    coded: int
    dead_mappings: list[DeadMapping]
    history: list[settings_history.SettingsAction]

    @property
    def followed(self) -> list[settings_history.SettingsAction]:
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


def read_settings_page(*, context: RequestContext, start: date | None = None) -> SettingsPage:
    """Read the page of a firm; `start` is the start date with which the first send is counted."""
    firm, settings, connection, known = context.firm, context.settings, context.connection, context.chart
    last, saved_earlier = _summarise_jobs(firm)
    switches = _list_switches(firm)
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
        day=context.day,
        last=last,
        first_send=counted,
        first_send_start=start or settings.start_date,
        categories=len(categories),
        coded=sum(1 for category in categories if category.account_code),
        dead_mappings=_find_dead_mappings(firm, settings, known, categories),
        history=settings_history.list_latest_actions(firm=firm),
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


def count_documents_at_disconnection(*, firm: Firm) -> dict[str, DocumentCount]:
    """The documents that a disconnection concerns, without clients: those "in_xero", and "waiting" to go. One query."""
    found = {"in_xero": DocumentCount(Counter()), "waiting": DocumentCount(Counter())}
    rows = SyncJob.objects.filter(firm=firm, kind__in=[kind.code for kind in kinds_for_clients()])
    for row in rows.values("kind").annotate(
        in_xero=Count("pk", filter=~Q(xero_id="")),
        waiting=Count("pk", filter=Q(state__in=["WAITING", "TRYING_AGAIN", "CHECKING", "SENDING", "ON_HOLD"])),
    ):
        found["in_xero"].counts[row["kind"]] = row["in_xero"]
        found["waiting"].counts[row["kind"]] = row["waiting"]
    return found


def _list_switches(firm: Firm) -> list[PreferenceSwitch]:
    rows = {row.key: row for row in FirmPreference.objects.filter(firm=firm).select_related("changed_by")}
    helped = helped_bills.count_helped_bills(firm=firm, now=timezone.now())
    ready = [preference.key for preference in PREFERENCES if preference.ready and preference.key in rows]
    return [
        PreferenceSwitch(
            preference=BY_KEY[key],
            on=rows[key].on,
            changed_by=str(rows[key].changed_by or ""),
            changed_at=rows[key].changed_at,
            would_help=None if rows[key].on else helped.get(key),
        )
        for key in ready
    ]


def _summarise_jobs(firm: Firm) -> tuple[list[LastSuccess], int]:
    """When Xero last confirmed a document of each kind, and how many bills were saved under other settings."""
    earlier = find_bills_saved_earlier().filter(pk=OuterRef("pk"))
    found = SyncJob.objects.filter(firm=firm).aggregate(
        **{f"of_{kind.code}": Max("record__confirmed_at", filter=Q(kind=kind.code)) for kind in KINDS},
        earlier=Count("pk", filter=Exists(earlier)),
    )
    last = [LastSuccess(kind.labels.noun, found[f"of_{kind.code}"]) for kind in reversed(KINDS)]
    return last, found["earlier"]


def _find_dead_mappings(
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
    judged = [(name, code, find_account_warning(chart=known, code=code), url) for name, code, url in chosen]
    return [DeadMapping(name=name, code=code, warning=words, url=url) for name, code, words, url in judged if words]
