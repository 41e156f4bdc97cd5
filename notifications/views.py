"""The page where a person of the firm chooses which mails they get."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from firms.access import FirmRequest, firm_view
from notifications.choice_page import read_choice_page
from notifications.choose_mails import choose_mails, write_test_mail
from notifications.models import MailChoice


@firm_view
def show_choice(request: FirmRequest) -> HttpResponse:
    """Show or save this person's choice of mails."""
    posted = request.POST if request.method == "POST" else None
    page = read_choice_page(membership=request.membership, data=posted)
    if posted is not None and page.form.is_valid():
        chosen = page.form.cleaned_data
        choose_mails(
            firm=request.firm,
            user=request.user,
            when=MailChoice.When(chosen["when"]),
            hour=chosen["hour"],
            now=timezone.now(),
        )
        messages.success(request, "Saved. It holds from now on.")
        return redirect("notifications:choice", request.firm.slug)
    return render(request, "notifications/choice.html", {"nav_active": "mail", "page": page, "form": page.form})


@require_POST
@firm_view
def send_test_mail(request: FirmRequest) -> HttpResponse:
    """Write a test mail to this person."""
    if write_test_mail(firm=request.firm, user=request.user, now=timezone.now()):
        messages.success(request, f"A mail to {request.user.email} is on its way. It takes up to a minute.")
    else:
        messages.info(request, "One is on its way already. Wait a minute before you ask for another.")
    return redirect("notifications:choice", request.firm.slug)
