"""The facts of a firm and its organisation that pages need, each read at most once a request."""

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.utils import timezone

from firms.models import Firm
from xero_sync.domain.books import Books
from xero_sync.domain.chart import Chart
from xero_sync.domain.errors import TABLE, ErrorClass
from xero_sync.domain.quota import Day
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, Cause, FirmPreference, SyncJob, TaxMapping, XeroConnection
from xero_sync.organisation import chart, limits
from xero_sync.organisation.connections import build_books, find_connection

# Causes of these codes hold the whole firm and are shown beside the other causes.
OF_THE_CONNECTION = [known.code for known in TABLE if known.klass is ErrorClass.CONNECTION]


class RequestContext:
    """One firm as seen by one request."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm

    @classmethod
    def of_request(cls, request: Any, firm: Firm) -> "RequestContext":
        """The context of this request; without a request (a mail, a test) a new one."""
        kept: dict[int, RequestContext] = (
            request.__dict__.setdefault("_request_contexts", {}) if request is not None else {}
        )
        return kept.setdefault(firm.pk, cls(firm))

    @cached_property
    def connection(self) -> XeroConnection | None:
        return find_connection(firm=self.firm)

    @cached_property
    def settings(self) -> BillSyncSettings:
        return self._row or BillSyncSettings(firm=self.firm)

    @cached_property
    def chart(self) -> Chart | None:
        if self.connection is None:
            return None
        return chart.stored(firm=self.firm, xero_tenant_id=self.connection.xero_tenant_id)

    @cached_property
    def books(self) -> Books | None:
        """The firm's mappings, or None before the first chart was read."""
        if self.chart is None:
            return None
        rates = self._row.rates if self._row else []
        tax_types = {(rate["name"], Decimal(rate["percent"]).normalize()): rate["tax_type"] for rate in rates}
        return build_books(chart=self.chart, settings_row=self.settings, tax_types=tax_types)

    @cached_property
    def preferences(self) -> dict[str, bool]:
        return {each["key"]: each["on"] for each in self._row.switches} if self._row else {}

    @cached_property
    def needs_you(self) -> int:
        """How many causes wait for a person."""
        return self._row.needs_you if self._row else 0

    @cached_property
    def day(self) -> Day | None:
        """Today's calls, or None while not connected."""
        return limits.remaining_today(xero_tenant_id=self.connection.xero_tenant_id) if self.connection else None

    @property
    def short_code(self) -> str:
        return self.chart.short_code if self.chart else ""

    @cached_property
    def _row(self) -> Any:
        """The settings with the switches, the tax mappings and the count for the badge: one query."""
        switches = FirmPreference.objects.filter(firm=OuterRef("firm")).values(each=JSONObject(key="key", on="on"))
        # As text: JSON's own numbers would come back as binary fractions.
        percent = Cast("tax_percent", CharField())
        rates = TaxMapping.objects.filter(firm=OuterRef("firm")).values(
            each=JSONObject(name="tax_name", percent=percent, tax_type="tax_type")
        )
        count = find_waiting_causes().filter(firm=OuterRef("firm")).order_by().values("firm").annotate(n=Count("pk"))
        settings = BillSyncSettings.objects.filter(firm=self.firm)
        return settings.annotate(
            switches=ArraySubquery(switches),
            rates=ArraySubquery(rates),
            needs_you=Coalesce(Subquery(count.values("n")), 0),
        ).first()


def find_waiting_causes() -> Any:
    """Open causes that wait for a person now: a document needs somebody, or the cause shows before a bill meets it."""
    now = timezone.now()
    needing = Exists(SyncJob.objects.filter(cause=OuterRef("pk"), state=State.NEEDS_YOU))
    foreseen = Q(watched=True) & ~Q(code__in=OF_THE_CONNECTION)
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    return Cause.objects.filter(awake, needing | foreseen, closed_at=None)
