"""Fixing a cause from its card, and following the documents that are released by it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from firms.access import FirmRequest, firm_view
from firms.refusals import Refused
from xero_sync.actions import fix_cause
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.fixes import FOR_ADMINS
from xero_sync.facts import places
from xero_sync.models import Cause
from xero_sync.organisation import upkeep
from xero_sync.pages import progress
from xero_sync.pages.fix_panels import RefusedInput
from xero_sync.views.needs_you import NAV, redirect_to_field, render_needs_you
from xero_sync.views.outcome import show_outcome

LOOK = "look"


@firm_view
def open_or_fix_cause(request: FirmRequest, cause: int) -> HttpResponse:
    """By GET, go to the page of the field that fixes the cause; by POST from a card, fix the cause."""
    if request.method != "POST":
        return redirect_to_field(request, cause)
    row = get_object_or_404(request.firm.causes, pk=cause)
    return _read_organisation_again(request, row) if request.POST.get("fix") == LOOK else _fix_cause(request, row)


def follow_release(request: FirmRequest, outcome: ActionOutcome) -> HttpResponse:
    """To the page that shows how far the released documents are; without any, back to the causes."""
    show_outcome(request=request, outcome=outcome)
    if outcome.release is None:
        return redirect("xero_sync:needs-you", request.firm.slug)
    return redirect("xero_sync:release", request.firm.slug, outcome.release.pk)


@require_GET
@firm_view
def show_release(request: FirmRequest, release: int) -> HttpResponse:
    """How far the documents of one release are."""
    row = get_object_or_404(request.firm.releases.select_related("by"), pk=release)
    found = progress.read_progress(firm=request.firm, release=progress.add_release_time(row=row, firm=request.firm))
    return render(request, "xero_sync/release.html", NAV | _build_progress_values(found))


@require_GET
@firm_view
def show_release_states(request: FirmRequest, release: int) -> HttpResponse:
    """The answer to the page of a release, which asks every 1.5 s; a 304 while nothing has changed."""
    row = get_object_or_404(request.firm.releases, pk=release)
    found = progress.read_progress(firm=request.firm, release=row)
    name = f'"{found.version}"'
    if request.headers.get("If-None-Match") == name:
        return HttpResponseNotModified(headers={"ETag": name})
    body = render_to_string("xero_sync/release_states.html", _build_progress_values(found), request=request)
    return HttpResponse(body, headers={"ETag": name, "Cache-Control": "private, no-cache"})


def _build_progress_values(found: progress.ReleaseProgress) -> dict[str, object]:
    firm, pk = found.release.firm, found.release.pk
    live_url = reverse("xero_sync:release-states", args=[firm.slug, pk])
    return {"progress": found, "release": found.release, "etag": found.version, "live_url": live_url}


def _fix_cause(request: FirmRequest, cause: Cause) -> HttpResponse:
    values = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    typed = fix_cause.FixInput(
        kind=values.get("fix", ""),
        values=values,
        places=frozenset(map(str, request.POST.getlist("place"))),
        todays="todays" in request.POST,
    )
    if typed.kind in FOR_ADMINS and not request.membership.is_admin:
        raise PermissionDenied("Only a firm admin can do this. Ask one of your firm's admins.")
    try:
        outcome = fix_cause.fix_cause(
            firm=request.firm, actor=request.user, cause=cause, typed=typed, now=timezone.now()
        )
    except Refused as refusal:
        return _show_refused(request, cause, typed, refusal)
    return follow_release(request, outcome)


def _show_refused(request: FirmRequest, cause: Cause, typed: fix_cause.FixInput, refusal: Refused) -> HttpResponse:
    """The card once more, with what was typed and what is wrong with it."""
    if not Cause.objects.filter(pk=cause.pk, closed_at=None).exists():
        messages.info(request, fix_cause.ANOTHER)
        return redirect("xero_sync:needs-you", request.firm.slug)
    refused = RefusedInput(cause_id=cause.pk, values=typed.values, places=typed.places, faults=refusal.faults)
    return render_needs_you(request, cause_id=cause.pk, typed=refused)


def _read_organisation_again(request: FirmRequest, cause: Cause) -> HttpResponse:
    try:
        outcome = fix_cause.read_organisation_again(
            firm=request.firm, actor=request.user, cause=cause, now=timezone.now()
        )
    except upkeep.NotNow as fault:
        messages.error(request, fault.words)
        return redirect(places.build_card_url(firm=request.firm, cause_id=cause.pk))
    return follow_release(request, outcome)
