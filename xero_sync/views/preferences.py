"""Switching the preferences, one by one or all at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from firms.access import FirmRequest, firm_admin_view
from firms.refusals import Refused
from xero_sync.actions import change_settings
from xero_sync.domain.preferences import BY_KEY

# Shown beside the switches, where the page is opened again, instead of above the page.
PLACE = "switches"


@firm_admin_view
def switch(request: FirmRequest) -> HttpResponse:
    """Save the switches that differ from those the page showed."""
    if request.method != "POST":
        return _back(request)
    shown, ticked = set(request.POST.getlist("shown")), set(request.POST.getlist("on"))
    was_on = set(request.POST.getlist("was_on"))
    wanted = {key: key in ticked for key in shown if (key in ticked) != (key in was_on)}
    try:
        moved = change_settings.switch(firm=request.firm, actor=request.user, on=wanted, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal), extra_tags=PLACE)
    else:
        _tell(request, moved)
    return _back(request)


@require_POST
@firm_admin_view
def switch_all_on(request: FirmRequest) -> HttpResponse:
    """Switch on what is off."""
    moved = change_settings.switch_all_on(firm=request.firm, actor=request.user, now=timezone.now())
    _tell(request, moved)
    return _back(request)


def _tell(request: FirmRequest, moved: list[str]) -> None:
    if not moved:
        messages.info(request, "Nothing was changed.", extra_tags=PLACE)
        return
    stands = change_settings.stored(firm=request.firm)
    names = "; ".join(f"“{BY_KEY[key].label}” is {'on' if stands[key] else 'off'}" for key in moved)
    messages.success(request, f"{names}. This holds for bills saved from now on.", extra_tags=PLACE)


def _back(request: FirmRequest) -> HttpResponse:
    return redirect(f"{reverse('xero_sync:settings', args=[request.firm.slug])}#preferences")
