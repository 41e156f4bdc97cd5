"""Read an organisation's chart for a turn, counting its calls; and let go what its changes release."""

import time
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from firms.models import Firm
from xero_sync import chart, gateway, limits, outbox
from xero_sync.domain.chart import Chart
from xero_sync.domain.releases import CHART_READ
from xero_sync.models import XeroConnection

LONGEST_WAIT_SECONDS = 2


class NoCallLeft(Exception):
    """A limit is in the way for longer than it is worth waiting here; `seconds` says how long."""

    def __init__(self, *, seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.reason = reason


def read_chart(*, firm: Firm, connection: XeroConnection, token: str, person: bool = False) -> Chart:
    """Four calls: the organisation, its accounts, tax rates and currencies. What they changed is let go.

    Raises NoCallLeft, chart.ChartUnreadable and the gateway's faults.
    """
    access = gateway.Access(access_token=token, xero_tenant_id=connection.xero_tenant_id)
    calls = {
        "Organisations": gateway.read_organisation,
        "Accounts": gateway.read_accounts,
        "TaxRates": gateway.read_tax_rates,
        "Currencies": gateway.read_currencies,
    }

    def read(collection: str) -> Sequence[dict[str, Any]]:
        take_call(firm=firm, connection=connection, person=person)
        reply = calls[collection](access=access)
        limits.seen(xero_tenant_id=connection.xero_tenant_id, headers=reply.headers)
        return [element.document for element in reply.elements]

    now = timezone.now()
    change = chart.refresh(firm=firm, connection=connection, read=read, now=now)
    XeroConnection.objects.filter(pk=connection.pk).update(checked_at=now)
    if change.old is not None and not change.old.same_facts(change.new):
        outbox.release(firm=firm, codes=CHART_READ, now=now)
    return change.new


def take_call(*, firm: Firm, connection: XeroConnection, person: bool) -> None:
    """Count one call, waiting a moment for it if need be. Raises NoCallLeft."""
    while True:
        taken = limits.take(firm=firm, xero_tenant_id=connection.xero_tenant_id, person=person)
        if isinstance(taken, limits.Granted):
            return
        if taken.seconds >= LONGEST_WAIT_SECONDS:
            raise NoCallLeft(seconds=taken.seconds, reason=taken.reason)
        time.sleep(taken.seconds)
