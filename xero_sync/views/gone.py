"""Decide about documents that are gone from Xero: show what it is about, then void here or send again. Anyone may."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from firms.access import FirmRequest, firm_view
from firms.refusals import Refused
from xero_sync.actions import decide_gone
from xero_sync.domain.gone import GoneDecision
from xero_sync.facts import places
from xero_sync.facts.chosen_documents import DocumentChoice, count_gone_documents
from xero_sync.pages import gone_decisions
from xero_sync.views.fix_cause import follow_release
from xero_sync.views.outcome import show_outcome

ACTIONS = {
    GoneDecision.VOID_HERE: decide_gone.void_here,
    GoneDecision.SEND_AS_NEW: decide_gone.send_as_new,
}


@firm_view
def decide_about_cause(request: FirmRequest, cause: int, decision: str) -> HttpResponse:
    """Decide about everything that a cause holds."""
    row = get_object_or_404(request.firm.causes, pk=cause)
    back = reverse("xero_sync:cause", args=[request.firm.slug, row.pk])
    return _ask_or_decide(request, DocumentChoice(cause=row), decision, back)


@firm_view
def decide_about_document(request: FirmRequest, job: int, decision: str) -> HttpResponse:
    """Decide about one document."""
    row = get_object_or_404(request.firm.sync_jobs, pk=job)
    back = places.build_document_url(firm=request.firm, kind=row.kind, object_id=row.object_id, job_id=row.pk)
    return _ask_or_decide(request, DocumentChoice(job=row), decision, back)


def _ask_or_decide(request: FirmRequest, choice: DocumentChoice, decision: str, back: str) -> HttpResponse:
    if decision not in ACTIONS:
        raise Http404
    wanted, faults = GoneDecision(decision), {}
    if request.method == "POST":
        try:
            outcome = ACTIONS[wanted](
                firm=request.firm,
                actor=request.user,
                choice=choice,
                seen=request.POST.get("seen", ""),
                now=timezone.now(),
            )
        except Refused as refusal:
            faults = refusal.faults
        else:
            if outcome.release is not None:
                return follow_release(request, outcome)
            show_outcome(request=request, outcome=outcome)
            return redirect(back)
    chosen = count_gone_documents(firm=request.firm, choice=choice)
    if not chosen.total:
        words = "Somebody has decided meanwhile, or it was saved. There is nothing to decide here any more."
        messages.info(request, words)
        return redirect(back)
    asked = gone_decisions.ask_about(decision=wanted, chosen=chosen)
    context = {"nav_active": "needs-you", "chosen": chosen, "asked": asked, "faults": faults, "back": back}
    return render(request, "xero_sync/gone_decide.html", context)
