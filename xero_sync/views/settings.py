"""Settings > Bill Syncing: everybody of the firm reads it, its admins change it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from firms.access import FirmRequest, firm_admin_view, firm_view
from firms.forms_support import show_faults
from firms.refusals import EditConflict, Refused
from xero_sync.actions import change_settings
from xero_sync.actions.check_connection import check_connection
from xero_sync.actions.confirm_first_send import confirm_first_send
from xero_sync.domain.scopes import SCOPES
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.registry import KINDS
from xero_sync.organisation import upkeep
from xero_sync.pages import settings_page
from xero_sync.views.forms import FirstSendForm, SettingsForm, build_initial_values, parse_start_date
from xero_sync.views.outcome import show_outcome

NAV = {"nav_active": "settings"}


@firm_view
def show_settings(request: FirmRequest) -> HttpResponse:
    """The page; `?start=` counts the first send with another start date."""
    if request.method == "POST":
        if not request.membership.is_admin:
            raise PermissionDenied("Only a firm admin can change these settings. Ask one of your firm's admins.")
        return _save_settings(request)
    page = settings_page.read_settings_page(
        context=RequestContext.of_request(request, request.firm), start=parse_start_date(request.GET.get("start", ""))
    )
    return _render_settings(request, page, build_settings_form(page))


@require_POST
@firm_admin_view
def confirm_start(request: FirmRequest) -> HttpResponse:
    """Count again with another start date, or confirm the first send."""
    form = FirstSendForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That start date cannot be read. Give a day, month and year.")
        return _redirect_back(request)
    start = form.cleaned_data["start_date"]
    if "count" in request.POST:
        return redirect(f"{_build_url(request)}?start={start.isoformat() if start else ''}#first-send")
    try:
        outcome = confirm_first_send(
            firm=request.firm,
            actor=request.user,
            start_date=start,
            expected_bills=form.cleaned_data["bills"],
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{_build_url(request)}?start={start.isoformat() if start else ''}#first-send")
    messages.success(request, outcome.words)
    return _redirect_back(request)


@require_POST
@firm_admin_view
def test_connection(request: FirmRequest) -> HttpResponse:
    """Test the connection and read the organisation again."""
    try:
        outcome = check_connection(firm=request.firm, actor=request.user, now=timezone.now())
    except upkeep.NotNow as fault:
        messages.error(request, fault.words)
    else:
        messages.success(request, outcome.words)
    return _redirect_back(request)


@require_POST
@firm_admin_view
def pause_syncing(request: FirmRequest) -> HttpResponse:
    """Pause bill syncing for the firm."""
    outcome = change_settings.pause_syncing(firm=request.firm, actor=request.user, now=timezone.now())
    show_outcome(request=request, outcome=outcome)
    return _redirect_back(request)


@require_POST
@firm_admin_view
def resume_syncing(request: FirmRequest) -> HttpResponse:
    """Resume bill syncing for the firm."""
    outcome = change_settings.resume_syncing(firm=request.firm, actor=request.user, now=timezone.now())
    show_outcome(request=request, outcome=outcome)
    return _redirect_back(request)


def _save_settings(request: FirmRequest) -> HttpResponse:
    page = settings_page.read_settings_page(context=RequestContext.of_request(request, request.firm))
    form = build_settings_form(page, request.POST)
    if form.is_valid():
        try:
            outcome = change_settings.save_settings(
                firm=request.firm,
                actor=request.user,
                expected_version=_parse_version(request),
                typed=form.input,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_faults(form=form, faults=refusal.faults)
        except EditConflict as conflict:
            who = conflict.changed_by or "Somebody else"
            form.add_error(None, f"{who} saved these settings since you opened them. Check them and save again.")
        else:
            messages.success(request, outcome.words)
            return _redirect_back(request)
    return _render_settings(request, page, form)


def build_settings_form(page: settings_page.SettingsPage, data: Mapping[str, Any] | None = None) -> SettingsForm:
    """The settings form, filled or posted."""
    initial = build_initial_values(settings=page.settings, rates=page.rates, mapped=page.tax_types)
    return SettingsForm(data, chart=page.chart, rates=page.rates, initial=initial)


def _build_first_send_form(page: settings_page.SettingsPage) -> FirstSendForm | None:
    if page.first_send is None:
        return None
    return FirstSendForm(
        initial={"start_date": page.first_send_start, "bills": page.first_send.bills}, auto_id="first_send_%s"
    )


def _render_settings(request: FirmRequest, page: settings_page.SettingsPage, form: SettingsForm) -> HttpResponse:
    context = NAV | {
        "page": page,
        "form": form,
        "first_send_form": _build_first_send_form(page),
        "may_edit": request.membership.is_admin,
        "scopes": SCOPES,
        "sent": [kind.labels.sent_words for kind in KINDS],
        "connection": page.connection,
    }
    return render(request, "xero_sync/settings.html", context)


def _parse_version(request: FirmRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _build_url(request: FirmRequest) -> str:
    return reverse("xero_sync:settings", args=[request.firm.slug])


def _redirect_back(request: FirmRequest) -> HttpResponse:
    return redirect("xero_sync:settings", request.firm.slug)
