"""`/<firm>/needs-you/`: what to change, one card a cause, each with the field that changes it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from firms.access import FirmRequest, firm_view
from xero_sync.facts.request_context import RequestContext
from xero_sync.pages import needs_you as pages
from xero_sync.pages import progress
from xero_sync.pages.field_url import find_field_url
from xero_sync.pages.fix_panels import RefusedInput

NAV = {"nav_active": "needs-you"}


@firm_view
def show_needs_you(request: FirmRequest) -> HttpResponse:
    """Open causes, the one with the most bills first; `?cause=` opens the page that has its card."""
    return render_needs_you(
        request, number=_parse_number(request, "page") or 1, cause_id=_parse_number(request, "cause")
    )


@firm_view
def show_recent_releases(request: FirmRequest) -> HttpResponse:
    """The recent releases, and the causes that closed."""
    context = {
        "releases": progress.list_recent_releases(firm=request.firm),
        "closed": progress.list_closed_causes(firm=request.firm),
    }
    return render(request, "xero_sync/releases.html", NAV | context)


def redirect_to_field(request: FirmRequest, cause: int) -> HttpResponse:
    """Redirect to the page of the field that fixes this cause; found now, since accounts move between categories."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    url = find_field_url(cause=row, context=RequestContext.of_request(request, request.firm))
    return redirect(url) if url else redirect("xero_sync:needs-you", request.firm.slug)


def render_needs_you(
    request: FirmRequest, *, number: int = 1, cause_id: int | None = None, typed: RefusedInput | None = None
) -> HttpResponse:
    """Render the page; `typed` is the refused input, which its card shows again."""
    page = pages.read_needs_you_page(
        firm=request.firm,
        context=RequestContext.of_request(request, request.firm),
        is_admin=request.membership.is_admin,
        number=number,
        cause_id=cause_id,
        typed=typed,
    )
    lately = progress.list_recent_releases(firm=request.firm, most=3)
    return render(request, "xero_sync/needs_you.html", NAV | {"page": page, "releases": lately, "typed": typed})


def _parse_number(request: FirmRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
