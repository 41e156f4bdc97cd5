"""Read the chart and the index of an organisation, counting its calls; a changed chart releases documents."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from firms.models import Firm
from xero_sync import gateway, outbox
from xero_sync.domain.chart import Chart
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.releases import CHART_READ
from xero_sync.models import XeroConnection
from xero_sync.organisation import (
    chart,
    chart_check,
    index,
    limits,
)

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 2


class NoCallLeft(Exception):
    """A limit leaves no call for longer than a caller waits; `seconds` says how long."""

    def __init__(self, *, seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.reason = reason


def read_chart(*, firm: Firm, connection: XeroConnection, token: str, person: bool = False) -> Chart:
    """Read the chart, in four calls: the organisation, accounts, tax rates and currencies.

    A change releases the documents that waited for one, and dead mappings of the firm become causes.

    Raises NoCallLeft, chart.ChartUnreadable and the gateway's faults.
    """
    access = gateway.Access(access_token=token, xero_tenant_id=connection.xero_tenant_id)
    calls = {
        "Organisations": gateway.read_organisation,
        "Accounts": gateway.read_accounts,
        "TaxRates": gateway.read_tax_rates,
        "Currencies": gateway.read_currencies,
    }

    def read_collection(collection: str) -> Sequence[dict[str, Any]]:
        take_call(firm=firm, connection=connection, person=person)
        reply = calls[collection](access=access)
        limits.note_remaining_calls(xero_tenant_id=connection.xero_tenant_id, headers=reply.headers)
        return [element.document for element in reply.elements]

    now = timezone.now()
    change = chart.refresh(firm=firm, connection=connection, read=read_collection, now=now)
    XeroConnection.objects.filter(pk=connection.pk).update(checked_at=now)
    if change.old is not None and not change.old.same_facts(change.new):
        outbox.release(firm=firm, codes=CHART_READ, now=now)
    chart_check.compare(firm=firm, known=change.new, now=now)
    return change.new


def read_index(*, firm: Firm, connection: XeroConnection, token: str, person: bool = False) -> bool:
    """Read which contacts and bills changed in Xero: usually two calls, more for a large organisation's first time.

    A fault of Xero is not raised: an index that could not be read is only old. False if pages are left to read.
    """
    access = gateway.Access(access_token=token, xero_tenant_id=connection.xero_tenant_id)

    def read_page(kind: KindSpec, since: datetime | None, page: int) -> index.IndexPage:
        take_call(firm=firm, connection=connection, person=person)
        reply = gateway.read_changes(access=access, calls=kind.calls, since=since, page=page)
        limits.note_remaining_calls(xero_tenant_id=connection.xero_tenant_id, headers=reply.headers)
        documents = [element.document for element in reply.elements]
        return index.IndexPage(documents, reply.page_count, gateway.answered_at(reply.headers))

    most = index.MOST_PAGES_WAITED_FOR if person else index.MOST_PAGES
    try:
        return index.refresh(firm=firm, connection=connection, read=read_page, now=timezone.now(), most_pages=most)
    except gateway.RateLimited as fault:
        limits.note_refusal(xero_tenant_id=connection.xero_tenant_id, kind=fault.kind, retry_after=fault.retry_after)
        fault_name = type(fault).__name__
    except (NoCallLeft, gateway.XeroFault) as fault:
        fault_name = type(fault).__name__
    logger.info("The index of Xero was not read", extra={"firm": firm.slug, "fault": fault_name})
    return False


def take_call(*, firm: Firm, connection: XeroConnection, person: bool) -> None:
    """Count one call, waiting a moment for it if need be. Raises NoCallLeft."""
    while True:
        taken = limits.take_call(firm=firm, xero_tenant_id=connection.xero_tenant_id, person=person)
        if isinstance(taken, limits.Granted):
            return
        if taken.seconds >= LONGEST_WAIT_SECONDS:
            raise NoCallLeft(seconds=taken.seconds, reason=taken.reason)
        time.sleep(taken.seconds)
