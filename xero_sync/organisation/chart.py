"""The cached chart of a connected organisation: one row, read back as a frozen `domain.chart.Chart`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from firms.models import Firm
from xero_sync.domain.chart import Chart, from_stored, storable
from xero_sync.models import XeroChart, XeroConnection
from xero_sync.organisation.renumbered_accounts import follow_renumbered_accounts

# Hourly if work was due, else daily.
BUSY_AGE = timedelta(hours=1)
IDLE_AGE = timedelta(hours=24)
JUST_READ = timedelta(seconds=5)
COLLECTIONS = ("Organisations", "Accounts", "TaxRates", "Currencies")


# Reads one of COLLECTIONS from Xero. The caller counts the call and holds the key.
Read = Callable[[str], Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class ChartChange:
    """The chart before a reading, if there was one, and after the reading."""

    old: Chart | None
    new: Chart


class ChartUnreadable(Exception):
    """Xero answered without an organisation; nothing was stored."""


def stored(*, firm: Firm, xero_tenant_id: str) -> Chart | None:
    """The chart as it was last read, or None; one query."""
    row = XeroChart.objects.filter(firm=firm, xero_tenant_id=xero_tenant_id).first()
    return None if row is None else _chart(row)


def is_stale(*, chart: Chart | None, now: datetime, busy: bool) -> bool:
    """Whether it is time to read the chart again."""
    return chart is None or chart.is_outdated or now - chart.refreshed_at >= (BUSY_AGE if busy else IDLE_AGE)


def mark_outdated(*, firm: Firm, now: datetime) -> None:
    """Have the chart read again before its next use, because a person changed Xero; not where it was just read."""
    XeroChart.objects.filter(firm=firm, refreshed_at__lt=now - JUST_READ).update(is_outdated=True)


def refresh(*, firm: Firm, connection: XeroConnection, read: Read, now: datetime) -> ChartChange:
    """Read all four collections and store them: four calls. Raises ChartUnreadable, and every exception of `read`.

    The firm's chosen codes follow renumbered accounts, in the transaction that stores the accounts.
    """
    organisations, accounts, tax_rates, currencies = (list(read(collection)) for collection in COLLECTIONS)
    if not organisations:
        raise ChartUnreadable
    found = {
        "organisation": storable(organisations[0]),
        "accounts": storable(accounts),
        "tax_rates": storable(tax_rates),
        "currencies": [str(each.get("Code"))[:3] for each in currencies if each.get("Code")],
        "refreshed_at": now,
        "is_outdated": False,
    }
    with transaction.atomic():
        of_this = XeroChart.objects.select_for_update(no_key=True).filter(
            firm=firm, xero_tenant_id=connection.xero_tenant_id
        )
        row = of_this.first()
        old = None if row is None else _chart(row)
        row, _ = XeroChart.objects.update_or_create(firm=firm, xero_tenant_id=connection.xero_tenant_id, defaults=found)
        change = ChartChange(old=old, new=_chart(row))
        if change.old is not None:
            follow_renumbered_accounts(firm=firm, old=change.old, new=change.new)
    return change


def _chart(row: XeroChart) -> Chart:
    return from_stored(
        xero_tenant_id=row.xero_tenant_id,
        organisation=row.organisation,
        accounts=row.accounts,
        tax_rates=row.tax_rates,
        currencies=row.currencies,
        refreshed_at=row.refreshed_at,
        is_outdated=row.is_outdated,
    )
