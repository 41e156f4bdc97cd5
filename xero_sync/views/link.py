"""Link a contact or a bill to the one in Xero by hand, or say that it is handled there. Anyone of the firm may."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from firms.access import FirmRequest, firm_view
from firms.refusals import Refusal
from xero_sync.actions import decide_cause, link_documents
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain import text
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import place_in_line
from xero_sync.models import SyncJob
from xero_sync.pages import linking as pages


@firm_view
def find_page_to_link(request: FirmRequest, cause: int) -> HttpResponse:
    """Redirect to the page that links the cause's document, or the document's contact."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    job = row.jobs.select_related("waits_for").order_by(place_in_line(), "pk").first()
    if job is None:
        messages.info(request, "This holds nothing any more, so there is nothing to link.")
        return redirect("xero_sync:cause", request.firm.slug, row.pk)
    about = pages.find_job_to_link(cause=row, job=job)
    labels = find_kind(about.kind).labels
    if not labels.link_page:
        messages.info(request, f"A {labels.noun} cannot be linked by hand.")
        return redirect("xero_sync:cause", request.firm.slug, row.pk)
    return redirect(labels.link_page, request.firm.slug, about.object_id)


@firm_view
def link_contact(request: FirmRequest, pk: int) -> HttpResponse:
    """Choose a contact in Xero, compare both sides, link."""
    job = get_object_or_404(request.firm.sync_jobs.select_related("record"), kind=CONTACT.code, object_id=pk)
    chosen = (request.POST or request.GET).get("chosen", "")[:36]
    term = text.clean(request.GET.get("q", "")).strip()[:100]
    if request.method == "POST" and _try_action(request, _build_linking(request, job, chosen)):
        return redirect("billing:contact", request.firm.slug, pk)
    page = pages.read_link_contact_page(firm=request.firm, job=job, chosen=chosen, term=term, now=timezone.now())
    return render(request, "xero_sync/link_contact.html", {"nav_active": "contacts", "page": page})


@firm_view
def link_invoice(request: FirmRequest, pk: int) -> HttpResponse:
    """The bill here beside the one of its number in Xero; link them where they agree."""
    job = _find_bill_job(request, pk)
    if request.method == "POST":
        wanted = request.POST.get("chosen", "")[:36]
        done = _try_action(
            request,
            lambda: link_documents.link_invoice(
                firm=request.firm, actor=request.user, job=job, xero_id=wanted, now=timezone.now()
            ),
        )
        if done:
            return redirect("billing:invoice", request.firm.slug, pk)
    page = pages.read_link_bill_page(firm=request.firm, job=job, now=timezone.now())
    return render(request, "xero_sync/link_invoice.html", {"nav_active": "invoices", "page": page})


@firm_view
def keep_as_handled(request: FirmRequest, pk: int) -> HttpResponse:
    """Somebody entered the bill in Xero by hand: read the bill from Xero, then keep it as proof."""
    job = _find_bill_job(request, pk)
    if request.method == "POST":
        number, seen = request.POST.get("number", ""), request.POST.get("seen", "")
        done = _try_action(
            request,
            lambda: decide_cause.keep_as_handled(
                firm=request.firm, actor=request.user, job=job, number=number, seen=seen, now=timezone.now()
            ),
        )
        if done:
            return redirect("billing:invoice", request.firm.slug, pk)
    number = (request.POST or request.GET).get("number", "")[:255]
    page = pages.read_handled_page(firm=request.firm, job=job, number=number, now=timezone.now())
    return render(request, "xero_sync/link_handled.html", {"nav_active": "invoices", "page": page})


def _build_linking(request: FirmRequest, job: SyncJob, chosen: str) -> Callable[[], ActionOutcome]:
    restore = request.POST.get("restore") == "yes"
    return lambda: link_documents.link_contact(
        firm=request.firm, actor=request.user, job=job, xero_id=chosen, restore=restore, now=timezone.now()
    )


def _find_bill_job(request: FirmRequest, pk: int) -> SyncJob:
    jobs = request.firm.sync_jobs.select_related("record", "waits_for__record", "cause")
    found: SyncJob = get_object_or_404(jobs, kind=INVOICE.code, object_id=pk)
    return found


def _try_action(request: FirmRequest, action: Callable[[], ActionOutcome]) -> bool:
    try:
        messages.success(request, action().words)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    return True
