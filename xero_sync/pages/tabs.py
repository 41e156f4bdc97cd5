"""Round the invoice list: the tabs by state, the cause's chip, and the sentence of agreement."""

from dataclasses import dataclass, replace

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import QueryDict

from billing.listing import InvoiceFilter
from billing.models import Invoice
from firms.models import Firm
from xero_sync.domain.kinds import Kind
from xero_sync.domain.states import State
from xero_sync.models import Cause, SyncJob
from xero_sync.pages.faults import of_cause
from xero_sync.pages.status import LABELS, WITH_NOTES


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab. `alert` colours a count above zero."""

    label: str
    url: str
    current: bool
    count: int
    alert: bool = False


def of(*, firm: Firm, wanted: InvoiceFilter) -> list[Tab]:
    """All, and the nine states, counted over what passes the other filters: two queries."""
    others = replace(wanted, added={name: value for name, value in wanted.added.items() if name != "sync"})
    counts, total = _counts(firm, others)
    chosen = wanted.added.get("sync", "")
    tabs = [Tab(label="All", url=others.address(), current=not chosen, count=total)]
    for state, label in LABELS.items():
        tabs.append(
            Tab(
                label=label,
                url=others.address(sync=state),
                current=chosen == state,
                count=counts[state],
                alert=state == State.NEEDS_YOU,
            )
        )
    return tabs


def cause_chip(firm: Firm, query: QueryDict) -> dict[str, str] | None:
    """The chip of the filter by cause, with the address that takes it away."""
    pk = query.get("cause", "")
    cause = Cause.objects.filter(firm=firm, pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if cause is None:
        return None
    rest = query.copy()
    for name in ("cause", "older", "newer"):
        rest.pop(name, None)
    return {"label": "Held back by", "value": of_cause(cause).title, "url": f"?{rest.urlencode()}"}


def agreement(*, firm: Firm, wanted: InvoiceFilter) -> str:
    """The part of the list's first sentence that is about Xero, over what passes the filters."""
    total_here = Invoice.objects.filter(pk=OuterRef("object_id")).values("total")[:1]
    jobs = SyncJob.objects.filter(firm=firm, kind=Kind.INVOICE, state=State.IN_XERO)
    if wanted.narrows:
        jobs = jobs.filter(object_id__in=wanted.invoices(firm=firm).order_by().values("pk"))
    there = jobs.annotate(here=Subquery(total_here)).aggregate(
        all=Count("pk"), same=Count("pk", filter=Q(xero_total=Subquery(total_here)))
    )
    if not there["all"]:
        return "" if wanted.narrows else "None is in Xero yet."
    apart = there["all"] - there["same"]
    is_are = "is" if there["same"] == 1 else "are"
    differs = f", {apart} with another" if apart else ""
    return f"{there['same']:,} {is_are} in Xero with the same total{differs}."


def _counts(firm: Firm, wanted: InvoiceFilter) -> tuple[dict[str, int], int]:
    invoices = wanted.invoices(firm=firm)
    total = invoices.count()
    jobs = SyncJob.objects.filter(firm=firm, kind=Kind.INVOICE)
    if wanted.narrows:
        jobs = jobs.filter(object_id__in=invoices.order_by().values("pk"))
    found = jobs.aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in State if state != State.CANCELLED},
        **{WITH_NOTES: Count("pk", filter=Q(state=State.IN_XERO) & ~Q(notes=[]))},
    )
    judged = sum(found[state.value] for state in State if state != State.CANCELLED)
    # What was never judged was never sent either.
    found[State.NOT_SENT.value] += max(total - judged, 0)
    return found, total
