"""Causes found before a bill meets them: dead accounts and tax types, and a connection that Xero ended.

The causes open and close by the facts of the moment, so a repeated call does no harm.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction

from expense_categories.models import ExpenseCategory
from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.chart import Chart
from xero_sync.domain.chart_check import (
    ACCESS,
    MAPPINGS,
    dead_mappings,
    lost_access,
)
from xero_sync.domain.errors import Recognised
from xero_sync.models import BillSyncSettings, Cause, ConnectionState, TaxMapping
from xero_sync.organisation import chart
from xero_sync.organisation.connections import find_connection

Look = Callable[[], Sequence[Recognised]]


def compare(*, firm: Firm, known: Chart, now: datetime) -> None:
    """Compare every saved account code and tax type with this chart, the one stored last. Four statements where
    nothing changed.
    """
    _watch(firm, MAPPINGS, lambda: _dead(firm, known), lambda: _dead(firm, _stored(firm)), now)


def compare_with_stored(*, firm: Firm, now: datetime) -> None:
    """Compare with the chart as it was last read, after a mapping was saved or the connection ended."""
    _watch(firm, MAPPINGS, lambda: _dead(firm, _stored(firm)), lambda: _dead(firm, _stored(firm)), now)


def look_at_access(*, firm: Firm, now: datetime) -> None:
    """Keep a lost connection as a cause until somebody reconnects or disconnects; two statements without a change."""
    _watch(firm, ACCESS, lambda: _lost(firm), lambda: _lost(firm), now)


def _dead(firm: Firm, known: Chart | None) -> Sequence[Recognised]:
    if known is None:
        return ()
    defaults = BillSyncSettings.objects.filter(firm=firm).values_list("services_account", "expenses_account").first()
    categories = ExpenseCategory.objects.filter(firm=firm).exclude(account_code="").order_by("pk")
    accounts = [*(defaults or ()), *categories.values_list("account_code", flat=True)]
    mapped = TaxMapping.objects.filter(firm=firm).order_by("pk").values_list("tax_name", "tax_percent", "tax_type")
    tax_types = {(name, percent): tax_type for name, percent, tax_type in mapped}
    return dead_mappings(chart=known, accounts=accounts, tax_types=tax_types)


def _lost(firm: Firm) -> Sequence[Recognised]:
    connection = find_connection(firm=firm)
    if connection is None or connection.state != ConnectionState.LOST:
        return ()
    return (lost_access(code=connection.lost_code),)


def _stored(firm: Firm) -> Chart | None:
    connection = find_connection(firm=firm)
    return chart.stored(firm=firm, xero_tenant_id=connection.xero_tenant_id) if connection else None


def _watch(firm: Firm, codes: Collection[str], seen: Look, look_again: Look, now: datetime) -> None:
    """Write the causes that hold under the firm's lock; those found before the lock are only a reason to look."""
    watched = Cause.objects.filter(firm=firm, closed_at=None, watched=True, code__in=codes)
    if set(watched.values_list("code", "subject")) == {(known.code, known.subject) for known in seen()}:
        return
    with transaction.atomic():
        outbox.lock_firm(firm_id=firm.pk)
        outbox.watch(firm_id=firm.pk, dead=look_again(), codes=codes, now=now)
