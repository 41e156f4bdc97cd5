"""The choices of a bill's editor while somebody types: clients, and one client's matters, as options."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.forms.clients import Option, find_clients, matters_of
from firms.access import FirmRequest, firm_view


@require_safe
@firm_view
def contact_choices(request: FirmRequest) -> HttpResponse:
    """The first clients by name that `?q=` finds."""
    return _options(request, find_clients(firm=request.firm, typed=request.GET.get("q", "")))


@require_safe
@firm_view
def contact_matters(request: FirmRequest, pk: int) -> HttpResponse:
    """One client's matters; none for a client who is not this firm's."""
    return _options(request, matters_of(firm=request.firm, contact_id=pk))


def _options(request: FirmRequest, options: Sequence[Option]) -> HttpResponse:
    return render(request, "billing/options.html", {"options": options})
