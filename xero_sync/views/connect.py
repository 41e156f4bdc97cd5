"""To Xero's consent page and back, the choice of an organisation, and the way out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from firms.access import FirmRequest, firm_admin_view
from firms.models import User
from xero_sync.actions import connect_organisation
from xero_sync.organisation import consents
from xero_sync.organisation.connections import find_connection
from xero_sync.pages import settings_page

NAV = {"nav_active": "settings"}


@require_GET
@never_cache
@firm_admin_view
def begin_connection(request: FirmRequest) -> HttpResponse:
    """Redirect to Xero's consent page. By GET: form-action 'self' would stop the redirect after a POST."""
    try:
        url = connect_organisation.begin_connection(
            firm=request.firm, actor=request.user, session_key=request.session.session_key or "", now=timezone.now()
        )
    except consents.ConnectRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("xero_sync:settings", request.firm.slug)
    return redirect(url)


@require_GET
@never_cache
def finish_connection(request: HttpRequest) -> HttpResponse:
    """Take Xero's answer. It only ever redirects: an address that holds a code must not become a page."""
    if not isinstance(request.user, User):
        return _redirect_without_referrer("firms:sign-in")
    landing = connect_organisation.finish_connection(
        state=request.GET.get("state", ""),
        code=request.GET.get("code", ""),
        error=request.GET.get("error", ""),
        issuer=request.GET.get("iss", ""),
        session_key=request.session.session_key or "",
        actor=request.user,
        now=timezone.now(),
    )
    if landing.message:
        (messages.success if landing.success else messages.error)(request, landing.message)
    if landing.page == "home":
        return _redirect_without_referrer("firms:home")
    if landing.page == "organisations":
        return _redirect_without_referrer("xero_sync:organisations", landing.firm_slug, landing.consent_id)
    return _redirect_without_referrer("xero_sync:settings", landing.firm_slug)


@firm_admin_view
def choose_organisation(request: FirmRequest, consent: int) -> HttpResponse:
    """Choose one of the organisations that the consent covers."""
    now = timezone.now()
    try:
        if request.method == "POST":
            outcome = connect_organisation.choose_organisation(
                firm=request.firm,
                actor=request.user,
                consent_id=consent,
                tenant_id=request.POST.get("organisation", ""),
                now=now,
            )
            messages.success(request, outcome.words)
            return redirect("xero_sync:settings", request.firm.slug)
        options = consents.list_options(firm=request.firm, user=request.user, consent_id=consent, now=now)
    except consents.ConnectRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("xero_sync:settings", request.firm.slug)
    return render(request, "xero_sync/organisations.html", NAV | {"options": options})


@firm_admin_view
def disconnect_organisation(request: FirmRequest) -> HttpResponse:
    """Show what stops and what stays, then disconnect."""
    connection = find_connection(firm=request.firm)
    if request.method != "POST" and connection is not None:
        context = NAV | {
            "connection": connection,
            "work": settings_page.count_documents_at_disconnection(firm=request.firm),
        }
        return render(request, "xero_sync/disconnect.html", context)
    try:
        outcome = connect_organisation.disconnect_organisation(
            firm=request.firm, actor=request.user, now=timezone.now()
        )
    except consents.ConnectRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, outcome.words)
    return redirect("xero_sync:settings", request.firm.slug)


def _redirect_without_referrer(name: str, *arguments: object) -> HttpResponse:
    response = redirect(name, *arguments)
    response["Referrer-Policy"] = "no-referrer"
    return response
