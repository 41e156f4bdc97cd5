"""The firm's connection to an organisation, and its mappings with the organisation's chart."""

from collections.abc import Mapping
from decimal import Decimal

from firms.models import Firm
from xero_sync.domain.books import Books
from xero_sync.domain.chart import Chart
from xero_sync.models import BillSyncSettings, ConnectionState, TaxMapping, XeroConnection


def find_connection(*, firm: Firm) -> XeroConnection | None:
    """The firm's connection, lost or not; None if it is not connected."""
    rows = XeroConnection.objects.filter(firm=firm).exclude(state=ConnectionState.DISCONNECTED)
    return rows.select_related("connected_by").first()


def read_books(*, firm: Firm, chart: Chart, settings_row: BillSyncSettings) -> Books:
    """The firm's mappings as they are now, with the chart of its organisation."""
    rates = TaxMapping.objects.filter(firm=firm)
    tax_types = {(rate.tax_name, rate.tax_percent.normalize()): rate.tax_type for rate in rates}
    return build_books(chart=chart, settings_row=settings_row, tax_types=tax_types)


def build_books(*, chart: Chart, settings_row: BillSyncSettings, tax_types: Mapping[tuple[str, Decimal], str]) -> Books:
    """The firm's books from rows in hand; rates by name and normalised percentage."""
    return Books(
        chart=chart,
        services_account=settings_row.services_account,
        expenses_account=settings_row.expenses_account,
        tax_types=tax_types,
    )
