"""`/<firm>/needs-you/`: what to change, one card a cause, and the way to the field that changes it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from firms.access import FirmRequest, firm_view
from xero_sync.pages import needs, places
from xero_sync.pages.faults import of_cause
from xero_sync.pages.sight import Sight


@firm_view
def needs_you(request: FirmRequest) -> HttpResponse:
    """Open causes, the one with the most bills first; below, what waits for a time or for somebody else."""
    sight = Sight.of(request, request.firm)
    page = needs.read(firm=request.firm, sight=sight, is_admin=request.membership.is_admin)
    return render(request, "xero_sync/needs_you.html", {"nav_active": "needs-you", "page": page})


@firm_view
def fix(request: FirmRequest, cause: int) -> HttpResponse:
    """To the field that puts this cause right: found now, since accounts move between categories."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    job = row.jobs.select_related("contact_job").order_by("pk").first()
    if job is None:
        return redirect("xero_sync:needs-you", request.firm.slug)
    links = places.links(known=of_cause(row), target=places.Target.of(job), firm=request.firm)
    return redirect(links[0].url if links else "xero_sync:needs-you", *([] if links else [request.firm.slug]))
