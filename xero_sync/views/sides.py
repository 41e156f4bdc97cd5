"""Decide about a document that was changed on both sides. Anyone may decide on dates and texts, an admin on money."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from firms.access import FirmRequest, firm_view
from firms.refusals import Refused
from xero_sync.actions import decide_sides
from xero_sync.actions.decide_cause import LONGEST_REASON
from xero_sync.actions.decide_sides import SideChoice
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.side_decisions import SideDecision
from xero_sync.facts import places
from xero_sync.facts.request_context import RequestContext
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.models import SyncJob
from xero_sync.pages import both_sides
from xero_sync.views.fix_cause import follow_release
from xero_sync.views.outcome import show_outcome

FIELD = "decision-"
NOTHING = "Nothing waits for a decision here any more: somebody has decided, or it was saved or read again meanwhile."


@firm_view
def decide_about_invoice(request: FirmRequest, pk: int) -> HttpResponse:
    """Both sides of one bill."""
    return _show_or_decide(request, INVOICE, pk)


@firm_view
def decide_about_contact(request: FirmRequest, pk: int) -> HttpResponse:
    """Both sides of one client."""
    return _show_or_decide(request, CONTACT, pk)


def _show_or_decide(request: FirmRequest, kind: KindSpec, pk: int) -> HttpResponse:
    jobs = request.firm.sync_jobs.select_related("record", "cause")
    job = get_object_or_404(jobs, kind=kind.code, object_id=pk)
    back = places.build_document_url(firm=request.firm, kind=kind.code, object_id=pk, job_id=job.pk)
    faults: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            outcome = _decide(request, job)
        except Refused as refusal:
            faults = refusal.faults
        else:
            if outcome.release is not None:
                return follow_release(request, outcome)
            show_outcome(request=request, outcome=outcome)
            return redirect(back)
    page = both_sides.read_both_sides(
        context=RequestContext.of_request(request, request.firm),
        kind=kind,
        job=job,
        is_admin=request.membership.is_admin,
        chosen=_read_choices(request),
    )
    if page is None:
        messages.info(request, NOTHING)
        return redirect(back)
    values = {"page": page, "faults": faults, "back": back, "most": LONGEST_REASON, "decisions": both_sides.DECISIONS}
    typed = {"reason": request.POST.get("reason", ""), "group": request.POST.get("group", "")}
    return render(request, "xero_sync/both_sides.html", {"nav_active": "needs-you", **values, **typed})


def _decide(request: FirmRequest, job: SyncJob) -> ActionOutcome:
    group, reason = request.POST.get("group", ""), request.POST.get("reason", "")
    seen, now, is_admin = request.POST.get("seen", ""), timezone.now(), request.membership.is_admin
    if group and job.cause is not None:
        decision = _parse_decision(request.POST.get("decision", ""))
        choice = SideChoice(by_field={group: decision} if decision else {}, group=group, reason=reason)
        return decide_sides.decide_for_all(
            firm=request.firm,
            actor=request.user,
            is_admin=is_admin,
            cause=job.cause,
            choice=choice,
            seen=seen,
            now=now,
        )
    made = {field: decision for field, text in _read_choices(request).items() if (decision := _parse_decision(text))}
    return decide_sides.decide_document(
        firm=request.firm,
        actor=request.user,
        is_admin=is_admin,
        job=job,
        choice=SideChoice(by_field=made, reason=reason),
        seen=seen,
        now=now,
    )


def _read_choices(request: FirmRequest) -> dict[str, str]:
    posted = request.POST.items()
    return {name.removeprefix(FIELD): str(value) for name, value in posted if name.startswith(FIELD)}


def _parse_decision(text: str) -> SideDecision | None:
    return SideDecision(text) if text in list(SideDecision) else None
