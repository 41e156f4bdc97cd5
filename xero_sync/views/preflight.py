"""Preflight: what would become of bills if they were sent now. Nothing here stops anybody from saving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from firms.access import FirmRequest, firm_view
from xero_sync.actions.check_connection import check_connection
from xero_sync.facts.request_context import RequestContext
from xero_sync.organisation import upkeep
from xero_sync.pages import forecast
from xero_sync.pages import preflight as page

NAV = {"nav_active": "invoices"}


@require_GET
@firm_view
def show_selection(request: FirmRequest) -> HttpResponse:
    """The forecast of the bills of a month, of the list's filters, or of ticked rows."""
    found = page.read_preflight_page(
        firm=request.firm, context=RequestContext.of_request(request, request.firm), query=request.GET
    )
    return render(request, "xero_sync/preflight.html", NAV | {"page": found})


@require_GET
@firm_view
def show_bill(request: FirmRequest, pk: int) -> HttpResponse:
    """One saved bill as if it were approved and saved now: a part of its page, or a page of its own."""
    row = get_object_or_404(request.firm.invoices.select_related("contact", "matter"), pk=pk)
    forecast_shown = forecast.forecast_bill(context=RequestContext.of_request(request, request.firm), bill=row)
    back = reverse("billing:invoice", args=[request.firm.slug, pk])
    return _render_forecast(request, forecast_shown, f"{row.number} {row.client_name}", back)


@require_GET
@firm_view
def show_contact(request: FirmRequest, pk: int) -> HttpResponse:
    """One saved contact as if it were saved again now."""
    row = get_object_or_404(request.firm.contacts, pk=pk)
    forecast_shown = forecast.forecast_contact(context=RequestContext.of_request(request, request.firm), contact=row)
    return _render_forecast(request, forecast_shown, row.name, reverse("billing:contact", args=[request.firm.slug, pk]))


@require_POST
@firm_view
def read_organisation_again(request: FirmRequest) -> HttpResponse:
    """Read the organisation from Xero, then show the forecast again."""
    try:
        check_connection(firm=request.firm, actor=request.user, now=timezone.now())
    except upkeep.NotNow as fault:
        messages.error(request, fault.words)
    else:
        messages.success(request, "Read from Xero just now.")
    wanted = request.POST.get("next", "")
    own = f"/{request.firm.slug}/"
    if wanted.startswith(own) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("xero_sync:preflight", request.firm.slug)


def _render_forecast(request: FirmRequest, forecast_shown: forecast.Forecast, title: str, back: str) -> HttpResponse:
    context = NAV | {"forecast": forecast_shown, "title": title, "back": back, "firm": request.firm, "next": back}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "xero_sync/preflight_card.html" if part else "xero_sync/preflight_one.html", context)
