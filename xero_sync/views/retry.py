"""Retry one document, or everything that one cause holds. Anyone of the firm may."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from firms.access import FirmRequest, firm_view
from xero_sync.actions import retry_documents
from xero_sync.facts import places
from xero_sync.models import SyncJob
from xero_sync.views.fix_cause import follow_release


@require_POST
@firm_view
def retry_document(request: FirmRequest, job: int) -> HttpResponse:
    """Retry one document, under the settings of its save."""
    row = get_object_or_404(request.firm.sync_jobs, pk=job)
    done = retry_documents.retry_document(firm=request.firm, actor=request.user, job=row, now=timezone.now())
    (messages.success if done.changed else messages.info)(request, done.words)
    return _redirect_to_document(request, row)


@require_POST
@firm_view
def retry_documents_of_cause(request: FirmRequest, cause: int) -> HttpResponse:
    """Retry everything that one cause holds, under today's settings if the box was ticked."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    done = retry_documents.retry_cause(
        firm=request.firm, actor=request.user, cause=row, now=timezone.now(), todays="todays" in request.POST
    )
    if done.changed:
        return follow_release(request, done)
    messages.info(request, done.words)
    return redirect("xero_sync:needs-you", request.firm.slug)


def _redirect_to_document(request: FirmRequest, job: SyncJob) -> HttpResponse:
    url = places.build_document_url(firm=request.firm, kind=job.kind, object_id=job.object_id, job_id=job.pk)
    return redirect(url)
