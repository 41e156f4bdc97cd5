"""The one door into a firm: a slug and a signed-in user become `request.firm` inside a firm scope, or a 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

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


FirmView = Callable[..., HttpResponse]


def firm_view(view: FirmView) -> FirmView:
    """Let members of the firm in. Everybody else meets the 404 of a page that does not exist."""

    @login_required
    @wraps(view)
    def enter(request: Any, firm: str, **kwargs: Any) -> HttpResponse:
        membership = Membership.objects.select_related("firm").filter(firm__slug=firm, user=request.user).first()
        if membership is None:
            raise Http404
        request.firm, request.membership = membership.firm, membership
        with firm_scope(membership.firm):
            return view(request, **kwargs)

    return enter


def firm_admin_view(view: FirmView) -> FirmView:
    """Let the firm's admins in; its billing staff are told who can do it (403)."""

    @firm_view
    @wraps(view)
    def enter(request: FirmRequest, **kwargs: Any) -> HttpResponse:
        if not request.membership.is_admin:
            raise PermissionDenied("Only a firm admin can do this. Ask one of your firm's admins.")
        return view(request, **kwargs)

    return enter


def operator_view(view: FirmView) -> FirmView:
    """Let platform operators in, with all firms in view; for everybody else the page does not exist."""

    @login_required
    @wraps(view)
    def enter(request: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        with all_firms():
            return view(request, **kwargs)

    return enter
