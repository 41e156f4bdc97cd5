"""The invoice list and one invoice's page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from billing.lists.listing import InvoiceFilter, summary
from billing.lists.paging import NEWEST_FIRST, SIZES, page_by_key
from billing.models import InvoiceState
from billing.services import LEGAL_MOVES
from firms.access import FirmRequest, firm_view

NAV = {"nav_active": "invoices"}


@firm_view
def invoice_list(request: FirmRequest) -> HttpResponse:
    """Newest first, narrowed by the filters in the address."""
    wanted = InvoiceFilter.from_query(request.GET)
    found = wanted.invoices(firm=request.firm)
    page = page_by_key(
        found.select_related("contact", "matter"),
        order=NEWEST_FIRST,
        size=wanted.size,
        after=request.GET.get("older", ""),
        before=request.GET.get("newer", ""),
    )
    context = NAV | {
        "filter": wanted,
        "invoices": page.rows,
        "summary": summary(invoices=found),
        "newer_url": wanted.address(newer=page.before) if page.before else "",
        "older_url": wanted.address(older=page.after) if page.after else "",
        "states": InvoiceState.choices,
        "actions": [{"value": "check", "label": "Check before sending"}],
        "sizes": [(size, wanted.address(size=str(size))) for size in SIZES],
    }
    return render(request, "billing/invoice_list.html", context)


@firm_view
def invoice(request: FirmRequest, pk: int) -> HttpResponse:
    """One bill: its lines, here and in Xero, and what happened."""
    row = get_object_or_404(request.firm.invoices.select_related("contact", "matter", "firm"), pk=pk)
    lines = list(row.lines.select_related("category"))
    moves = LEGAL_MOVES[InvoiceState(row.state)]
    context = NAV | {"invoice": row, "lines": lines, "moves": moves, "discounted": any(line.discount for line in lines)}
    return render(request, "billing/invoice.html", context)
