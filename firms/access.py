"""The one door into a firm: a slug and a signed-in user become `request.firm` inside a firm scope, or a 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from firms.models import Firm, Membership, User
from firms.scope import all_firms, firm_scope


class FirmRequest(HttpRequest):
    """A request that has been let into a firm."""

    firm: Firm
    membership: Membership
    user: User


class OperatorRequest(HttpRequest):
    """A request of a platform operator."""

    user: User


FirmView = Callable[..., HttpResponseBase]
SIGNED_OUT = "You had been signed out, so nothing was saved. Sign in, and do the last step again."


def signed_in(view: FirmView) -> FirmView:
    """Let people who are signed in in; their pages are kept by no cache but their own browser's."""

    @wraps(view)
    def enter(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        return response

    return enter


def _to_sign_in(request: Any) -> HttpResponse:
    if request.htmx:
        # A page that asks by itself stops asking.
        return HttpResponse(status=401)
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    # The address of a button has no page: lead back to the page the button stood on.
    messages.warning(request, SIGNED_OUT)
    return redirect_to_login(_page_before(request))


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        before, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return reverse("firms:home")
    parts = urlsplit(before)
    return urlunsplit(("", "", parts.path, parts.query, "")) or "/"


def firm_view(view: FirmView) -> FirmView:
    """Let members of the firm in. Everybody else meets the 404 of a page that does not exist."""

    @signed_in
    @wraps(view)
    def enter(request: Any, firm: str, **kwargs: Any) -> HttpResponseBase:
        membership = Membership.objects.select_related("firm").filter(firm__slug=firm, user=request.user).first()
        if membership is None:
            raise Http404
        request.firm, request.membership = membership.firm, membership
        with firm_scope(membership.firm):
            return view(request, **kwargs)

    return enter


def firm_admin_view(view: FirmView) -> FirmView:
    """Let the firm's admins in; billing staff get a page that says who can do this (403)."""

    @firm_view
    @wraps(view)
    def enter(request: FirmRequest, **kwargs: Any) -> HttpResponseBase:
        if not request.membership.is_admin:
            raise PermissionDenied("Only a firm admin can do this. Ask one of your firm's admins.")
        return view(request, **kwargs)

    return enter


def operator_view(view: FirmView) -> FirmView:
    """Let platform operators in, with all firms in view; for everybody else the page does not exist."""

    @signed_in
    @wraps(view)
    def enter(request: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_staff:
            raise Http404
        with all_firms():
            return view(request, **kwargs)

    return enter
