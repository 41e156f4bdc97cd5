"""Filters of the invoice list that speak of Xero: by state, cause and settings, registered at start-up."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.lists import filters
from billing.models import Invoice
from xero_sync.domain.states import State
from xero_sync.facts.preferences import find_bills_saved_earlier
from xero_sync.facts.status import LABELS, WITH_NOTES
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob, XeroRecord

EARLIER = "earlier"


def filter_by_state(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    """The bills in this state; a bill without a job counts as not sent, and an unknown state shows nothing."""
    if value not in LABELS:
        return invoices.none()
    jobs = SyncJob.objects.filter(firm_id=OuterRef("firm_id"), kind=INVOICE.code, object_id=OuterRef("pk"))
    if value == State.NOT_SENT:
        return invoices.filter(Q(Exists(jobs.filter(state=State.NOT_SENT))) | ~Q(Exists(jobs)))
    if value == WITH_NOTES:
        noted = XeroRecord.objects.filter(job=OuterRef("pk")).exclude(notes=[])
        return invoices.filter(Exists(jobs.filter(Exists(noted), state=State.IN_XERO)))
    return invoices.filter(Exists(jobs.filter(state=value)))


def filter_by_cause(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    """The bills that one cause holds back."""
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return invoices.none()
    held = SyncJob.objects.filter(
        firm_id=OuterRef("firm_id"), kind=INVOICE.code, object_id=OuterRef("pk"), cause_id=int(value)
    )
    return invoices.filter(Exists(held))


def filter_by_settings(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    """The bills still to go that were saved under other switches than today's; another value shows nothing."""
    if value != EARLIER:
        return invoices.none()
    jobs = find_bills_saved_earlier().filter(firm_id=OuterRef("firm_id"), object_id=OuterRef("pk"))
    return invoices.filter(Exists(jobs))


def register_filters() -> None:
    """Register the filters with the invoice list."""
    filters.register("sync", filter_by_state)
    filters.register("cause", filter_by_cause)
    filters.register("settings", filter_by_settings)
