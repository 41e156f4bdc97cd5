"""`/<firm>/needs-you/<cause>/`: one cause, and what a person does about it. Anyone of the firm may."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from firms.access import FirmRequest, firm_view
from firms.clock import firm_date
from firms.models import Firm
from firms.refusals import Refused
from xero_sync.actions import decide_cause
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.kinds import KindSpec
from xero_sync.facts import places
from xero_sync.facts.chosen_documents import DocumentChoice, count_chosen_documents
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import Cause, SyncJob
from xero_sync.pages import cause_page

NAV = {"nav_active": "needs-you"}


@firm_view
def show_cause(request: FirmRequest, cause: int) -> HttpResponse:
    """The page of one cause, open or closed."""
    row = cause_page.find_cause(firm=request.firm, pk=cause)
    if row is None:
        raise Http404
    page = cause_page.read_cause_page(
        context=RequestContext.of_request(request, request.firm),
        cause=row,
        is_admin=request.membership.is_admin,
        after=request.GET.get("after", "")[:60],
        before=request.GET.get("before", "")[:60],
    )
    today = firm_date(firm=request.firm, now=timezone.now())
    days = {"tomorrow": today + decide_cause.A_DAY, "latest": today + decide_cause.LONGEST_SNOOZE}
    return render(request, "xero_sync/cause_page.html", NAV | {"page": page, "entry": page.entry} | days)


@require_POST
@firm_view
def assign_cause(request: FirmRequest, cause: int) -> HttpResponse:
    """Assign the cause to somebody of the firm, or to nobody."""
    row = get_object_or_404(request.firm.causes.select_related("assigned_to"), pk=cause)
    to = _parse_number(request.POST.get("to", ""))
    return _answer_with_message(
        request, row, lambda: decide_cause.assign_cause(firm=request.firm, actor=request.user, cause=row, user_id=to)
    )


@require_POST
@firm_view
def snooze_cause(request: FirmRequest, cause: int) -> HttpResponse:
    """Snooze until a day: `days` from today, or the day `until`; neither of them ends the snooze."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    now = timezone.now()
    days = _parse_number(request.POST.get("days", ""))
    typed = request.POST.get("until", "")
    until = firm_date(firm=request.firm, now=now) + decide_cause.A_DAY * min(days, 1000) if days else None
    if typed and not days:
        until = _parse_day(typed)
    return _answer_with_message(
        request,
        row,
        lambda: decide_cause.snooze_cause(firm=request.firm, actor=request.user, cause=row, until=until, now=now),
    )


@firm_view
def leave_out_documents_of_cause(request: FirmRequest, cause: int) -> HttpResponse:
    """Leave out of Xero everything that a cause holds: show the count, ask for the reason, then leave out."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    return _ask_or_leave_out(
        request, DocumentChoice(cause=row), reverse("xero_sync:cause", args=[request.firm.slug, row.pk])
    )


@firm_view
def leave_out_invoice(request: FirmRequest, pk: int) -> HttpResponse:
    """Leave one bill out of Xero."""
    return _leave_out_document(request, INVOICE, pk)


@firm_view
def leave_out_contact(request: FirmRequest, pk: int) -> HttpResponse:
    """Leave one contact out of Xero, with the bills that wait for it."""
    return _leave_out_document(request, CONTACT, pk)


@require_POST
@firm_view
def send_after_all(request: FirmRequest, job: int) -> HttpResponse:
    """Undo that a document was left out, or handled in Xero."""
    row = get_object_or_404(request.firm.sync_jobs, pk=job)
    outcome = decide_cause.send_after_all(firm=request.firm, actor=request.user, job=row, now=timezone.now())
    messages.info(request, outcome.words)
    return redirect(_document_url(request.firm, row))


def _leave_out_document(request: FirmRequest, kind: KindSpec, pk: int) -> HttpResponse:
    job = get_object_or_404(request.firm.sync_jobs, kind=kind.code, object_id=pk)
    return _ask_or_leave_out(request, DocumentChoice(job=job), _document_url(request.firm, job))


def _document_url(firm: Firm, job: SyncJob) -> str:
    return places.build_document_url(firm=firm, kind=job.kind, object_id=job.object_id, job_id=job.pk)


def _ask_or_leave_out(request: FirmRequest, choice: DocumentChoice, back: str) -> HttpResponse:
    reason, faults = request.POST.get("reason", ""), {}
    if request.method == "POST":
        try:
            outcome = decide_cause.leave_out_documents(
                firm=request.firm,
                actor=request.user,
                choice=choice,
                seen=request.POST.get("seen", ""),
                reason=reason,
                now=timezone.now(),
            )
        except Refused as refusal:
            faults = refusal.faults
        else:
            messages.success(request, outcome.words)
            return redirect(back)
    chosen = count_chosen_documents(firm=request.firm, choice=choice)
    if not chosen.total:
        messages.info(request, "Nothing is held back here any more, so there is nothing to leave out.")
        return redirect(back)
    context = {"chosen": chosen, "reason": reason, "faults": faults, "back": back, "most": decide_cause.LONGEST_REASON}
    return render(request, "xero_sync/cause_leave_out.html", NAV | context)


def _answer_with_message(request: FirmRequest, row: Cause, action: Callable[[], ActionOutcome]) -> HttpResponse:
    try:
        messages.success(request, action().words)
    except Refused as refusal:
        messages.error(request, f"Nothing was changed. {refusal}")
    if request.POST.get("back") == "list":
        return redirect(f"{reverse('xero_sync:needs-you', args=[request.firm.slug])}#cause-{row.pk}")
    return redirect("xero_sync:cause", request.firm.slug, row.pk)


def _parse_day(typed: str) -> Any:
    """A typed day; text that is no day gives a day long past, which the action refuses in words."""
    try:
        return parse_date(typed) or decide_cause.NEVER
    except ValueError:
        return decide_cause.NEVER


def _parse_number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
