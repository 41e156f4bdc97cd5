"""Filters of the invoice list that speak of Xero: `?sync=STATE` and `?cause=id`, registered at start-up."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing import filters
from billing.models import Invoice
from xero_sync.domain.kinds import Kind
from xero_sync.domain.states import State
from xero_sync.models import SyncJob
from xero_sync.pages.status import LABELS, WITH_NOTES


def by_state(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    """The bills in this state; what was never judged counts as not sent, and an unknown state shows nothing."""
    if value not in LABELS:
        return invoices.none()
    jobs = SyncJob.objects.filter(firm_id=OuterRef("firm_id"), kind=Kind.INVOICE, object_id=OuterRef("pk"))
    if value == State.NOT_SENT:
        return invoices.filter(Q(Exists(jobs.filter(state=State.NOT_SENT))) | ~Q(Exists(jobs)))
    if value == WITH_NOTES:
        return invoices.filter(Exists(jobs.filter(state=State.IN_XERO).exclude(notes=[])))
    return invoices.filter(Exists(jobs.filter(state=value)))


def by_cause(invoices: QuerySet[Invoice], value: str) -> QuerySet[Invoice]:
    """The bills that one cause holds back."""
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return invoices.none()
    held = SyncJob.objects.filter(
        firm_id=OuterRef("firm_id"), kind=Kind.INVOICE, object_id=OuterRef("pk"), cause_id=int(value)
    )
    return invoices.filter(Exists(held))


def register() -> None:
    """Let the invoice list answer to both."""
    filters.register("sync", by_state)
    filters.register("cause", by_cause)
