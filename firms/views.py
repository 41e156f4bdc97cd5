"""The way in: sign-in, sign-out and the firm chooser."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from firms.access import signed_in
from firms.forms import SignInForm
from firms.models import Membership


class SignIn(LoginView):
    """Sign in, and see when you last did."""

    form_class = SignInForm
    template_name = "firms/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where to afterwards; never to this page again, which Django answers with an error."""
        wanted: str = super().get_redirect_url()
        return "" if urlsplit(wanted).path == self.request.path else wanted

    def form_valid(self, form: Any) -> HttpResponse:
        # Read before signing in, which overwrites it.
        last = form.get_user().last_login
        response = super().form_valid(form)
        if last is not None:
            messages.info(self.request, f"Signed in. You last signed in on {last:%-d %B %Y at %H:%M} UTC.")
        return response


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


@signed_in
def home(request: Any) -> HttpResponse:
    """The firm chooser; somebody with one firm and nothing else goes straight to its invoices."""
    memberships = list(Membership.objects.select_related("firm").filter(user=request.user).order_by("firm__name"))
    if len(memberships) == 1 and not request.user.is_staff:
        return redirect("billing:invoice-list", memberships[0].firm.slug)
    if not memberships and request.user.is_staff:
        return redirect("ops:overview")
    return render(request, "firms/home.html", {"memberships": memberships})
