"""What a page may need to know of a firm's Xero, each read at most once a request."""

from functools import cached_property
from typing import Any

from firms.models import Firm
from xero_sync import chart, limits
from xero_sync.domain.chart import Chart
from xero_sync.domain.limits import Day
from xero_sync.domain.rules import Books
from xero_sync.domain.states import State
from xero_sync.models import BillSyncSettings, Cause, FirmPreference, XeroConnection
from xero_sync.sync.context import live_connection, read_books


class Sight:
    """One firm as seen by one request."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm

    @classmethod
    def of(cls, request: Any, firm: Firm) -> "Sight":
        """The one of this request; without a request (a mail, a test) a new one."""
        kept: dict[int, Sight] = request.__dict__.setdefault("_sights", {}) if request is not None else {}
        return kept.setdefault(firm.pk, cls(firm))

    @cached_property
    def connection(self) -> XeroConnection | None:
        return live_connection(firm=self.firm)

    @cached_property
    def settings(self) -> BillSyncSettings:
        return BillSyncSettings.objects.filter(firm=self.firm).first() or BillSyncSettings(firm=self.firm)

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
        return read_books(firm=self.firm, chart=self.chart, settings_row=self.settings)

    @cached_property
    def preferences(self) -> dict[str, bool]:
        return dict(FirmPreference.objects.filter(firm=self.firm).values_list("key", "on"))

    @cached_property
    def needs_you(self) -> int:
        """How many causes wait for a person."""
        open_causes = Cause.objects.filter(firm=self.firm, closed_at=None, jobs__state=State.NEEDS_YOU)
        return open_causes.distinct().count()

    @cached_property
    def day(self) -> Day | None:
        """Today's calls, or None while not connected."""
        return limits.remaining_today(xero_tenant_id=self.connection.xero_tenant_id) if self.connection else None

    @property
    def short_code(self) -> str:
        return self.chart.short_code if self.chart else ""
