"""`/<firm>/needs-you/`: what to change, one card a cause, each with the field that changes it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from firms.access import FirmRequest, firm_view
from xero_sync.facts.request_context import RequestContext
from xero_sync.pages import needs, progress
from xero_sync.pages.direct import field_url
from xero_sync.pages.fixes import Typed

NAV = {"nav_active": "needs-you"}


@firm_view
def needs_you(request: FirmRequest) -> HttpResponse:
    """Open causes, the one with the most bills first; `?cause=` opens the page that has its card."""
    return show(request, number=_number(request, "page") or 1, cause_id=_number(request, "cause"))


@firm_view
def fixed(request: FirmRequest) -> HttpResponse:
    """What was let go lately, and the causes that closed."""
    context = {"releases": progress.lately(firm=request.firm), "closed": progress.closed_lately(firm=request.firm)}
    return render(request, "xero_sync/releases.html", NAV | context)


def to_field(request: FirmRequest, cause: int) -> HttpResponse:
    """To the page of the field that puts this cause right: found now, since accounts move between categories."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    url = field_url(cause=row, sight=RequestContext.of_request(request, request.firm))
    return redirect(url) if url else redirect("xero_sync:needs-you", request.firm.slug)


def show(
    request: FirmRequest, *, number: int = 1, cause_id: int | None = None, typed: Typed | None = None
) -> HttpResponse:
    """The page; `typed` is what came back refused, which its card shows again."""
    page = needs.read_needs_you_page(
        firm=request.firm,
        sight=RequestContext.of_request(request, request.firm),
        is_admin=request.membership.is_admin,
        number=number,
        cause_id=cause_id,
        typed=typed,
    )
    lately = progress.lately(firm=request.firm, most=3)
    return render(request, "xero_sync/needs_you.html", NAV | {"page": page, "releases": lately, "typed": typed})


def _number(request: FirmRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
