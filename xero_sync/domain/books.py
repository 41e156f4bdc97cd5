"""The firm's mappings beside what is known of its organisation. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xero_sync.domain.chart import Chart


@dataclass(frozen=True, kw_only=True)
class Books:
    """The firm's mappings and its organisation's chart, read when a document is sent and never stored with it."""

    chart: Chart
    services_account: str
    expenses_account: str
    tax_types: Mapping[tuple[str, Decimal], str]
