"""Faults that were fixed in Xero itself: refused documents that Xero would take by now are released."""

from collections import defaultdict
from datetime import datetime

from billing.models import Contact, Invoice
from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.releases import INDEX_READ
from xero_sync.domain.states import State
from xero_sync.engine.preflight import ARRIVES, check
from xero_sync.engine.preflight.check import MOST_BILLS, Ground, PreflightQuestion
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import BillSyncSettings, SyncJob
from xero_sync.organisation import chart, upkeep
from xero_sync.organisation.connections import find_connection, read_books


def refresh_connection(*, firm: Firm, now: datetime) -> bool:
    """Read one firm's connection, on a timer, and recheck its refusals; False if Xero could not be asked."""
    seen = upkeep.refresh_connection(firm=firm, now=now)
    if seen:
        recheck_refusals(firm=firm, now=now)
    return seen


def recheck_refusals(*, firm: Firm, now: datetime) -> int:
    """Ask preflight about documents that Xero refused, and release those that would arrive by now.

    Under the preferences of each document's save. Returns how many go. One query where nothing of the kind waits.
    """
    jobs = SyncJob.objects.filter(firm=firm, state=State.NEEDS_YOU, cause__code__in=INDEX_READ, cause__closed_at=None)
    waiting = list(jobs.order_by("pk").values_list("pk", "kind", "object_id")[:MOST_BILLS])
    if not waiting:
        return 0
    ground = _ground(firm)
    if ground is None:
        return 0
    ids: dict[str, list[int]] = defaultdict(list)
    for _, kind, object_id in waiting:
        ids[kind].append(object_id)
    asked = PreflightQuestion(
        bills=list(Invoice.objects.filter(firm=firm, pk__in=ids[INVOICE.code]).select_related("contact", "matter")),
        contacts=list(Contact.objects.filter(firm=firm, pk__in=ids[CONTACT.code])),
        stored=True,
        reopened=True,
    )
    checked = check.check(firm=firm, ground=ground, asked=asked)
    found = {pk: checked.find(kind=kind, object_id=object_id) for pk, kind, object_id in waiting}
    going = [pk for pk, judged in found.items() if judged is not None and judged.verdict in ARRIVES]
    return outbox.retry(firm=firm, job_ids=going, now=now) if going else 0


def _ground(firm: Firm) -> Ground | None:
    """The facts that preflight starts from; None before the organisation's chart was read."""
    connection = find_connection(firm=firm)
    known = chart.stored(firm=firm, xero_tenant_id=connection.xero_tenant_id) if connection else None
    if connection is None or known is None:
        return None
    settings = BillSyncSettings.objects.get(firm=firm)
    return Ground(
        xero_tenant_id=connection.xero_tenant_id,
        books=read_books(firm=firm, chart=known, settings_row=settings),
        start_date=settings.start_date,
        preferences=outbox.read_preferences(firm=firm),
    )
