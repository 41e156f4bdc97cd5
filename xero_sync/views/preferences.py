"""Switching the preferences, one by one or all at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from firms.access import FirmRequest, firm_admin_view
from firms.refusals import Refused
from xero_sync.actions.switch_preferences import switch_all_preferences_on, switch_preferences
from xero_sync.views.outcome import show_outcome

# Shown beside the switches, where the page is opened again, instead of above the page.
PLACE = "switches"


@firm_admin_view
def save_switches(request: FirmRequest) -> HttpResponse:
    """Save the switches that differ from those the page showed."""
    if request.method != "POST":
        return _redirect_back(request)
    shown, ticked = set(request.POST.getlist("shown")), set(request.POST.getlist("on"))
    was_on = set(request.POST.getlist("was_on"))
    wanted = {key: key in ticked for key in shown if (key in ticked) != (key in was_on)}
    try:
        outcome = switch_preferences(firm=request.firm, actor=request.user, on=wanted, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal), extra_tags=PLACE)
    else:
        show_outcome(request=request, outcome=outcome, place=PLACE)
    return _redirect_back(request)


@require_POST
@firm_admin_view
def switch_all_preferences(request: FirmRequest) -> HttpResponse:
    """Switch on every preference that is off."""
    outcome = switch_all_preferences_on(firm=request.firm, actor=request.user, now=timezone.now())
    show_outcome(request=request, outcome=outcome, place=PLACE)
    return _redirect_back(request)


def _redirect_back(request: FirmRequest) -> HttpResponse:
    return redirect(f"{reverse('xero_sync:settings', args=[request.firm.slug])}#preferences")
