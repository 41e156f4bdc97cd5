"""`/<firm>/imports/<id>/void/`: void what an import sent, counted and listed first. For admins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from firms.access import FirmRequest, firm_admin_view
from firms.refusals import Refused
from xero_sync.actions.void_import import name_bills, void_import
from xero_sync.facts.sent_import import MOST_BILLS, read_sent_import

LISTED = 50


@firm_admin_view
def void_sent_bills(request: FirmRequest, pk: int) -> HttpResponse:
    """What would be voided and what not, with the reasons; a POST of what was shown voids."""
    source = get_object_or_404(request.firm.imports, pk=pk)
    if request.method == "POST":
        try:
            outcome = void_import(
                firm=request.firm, actor=request.user, source=source, seen=request.POST.get("seen", "")
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("xero_sync:void-import", request.firm.slug, pk)
        messages.success(request, outcome.words)
        return redirect("billing:import", request.firm.slug, pk)
    sent = read_sent_import(firm=request.firm, source=source)
    context = {
        "nav_active": "invoices",
        "source": source,
        "sent": sent,
        "seen": name_bills(sent),
        "sums": [f"{total:,.2f} {currency}" for currency, total in sent.money.items()],
        "kept": [(reason.value, bills[:LISTED], len(bills)) for reason, bills in sent.kept.items()],
        "most": MOST_BILLS,
    }
    return render(request, "xero_sync/void_import.html", context)
