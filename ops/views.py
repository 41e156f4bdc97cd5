"""`/ops/`: one page for how things are, one for what goes wrong, one for firms, attempts, workers. Times in UTC."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from firms.access import OperatorRequest, operator_view
from firms.models import Firm
from help_center.pages import find_page_title
from notifications.dead_addresses import find_dead_addresses
from notifications.send_mails import count_waiting_mails
from ops import attempts, board, failures, feedback, proposed, reading
from ops.words import number
from xero_sync.actions import operate_firms
from xero_sync.domain.errors import UNKNOWN
from xero_sync.pages.activity import OUTCOMES
from xero_sync.views.outcome import show_outcome


@operator_view
def overview(request: OperatorRequest) -> HttpResponse:
    """Are we well, since when, who is hurt."""
    now = timezone.now()
    context = {
        "nav_active": "overview",
        "now": now,
        "overview": reading.overview(now=now),
        "groups": failures.groups(now=now)[:5],
        "mails": count_waiting_mails(now=now),
        "dead_addresses": find_dead_addresses(),
        "workers": board.workers(now=now),
    }
    return render(request, "ops/overview.html", context)


@operator_view
def failure_groups(request: OperatorRequest) -> HttpResponse:
    """All failures by cause."""
    groups = failures.groups(now=timezone.now())
    context = {
        "nav_active": "failures",
        "groups": groups,
        "documents": sum(group.documents for group in groups),
        "is_unknown": any(group.code == UNKNOWN.code for group in groups),
    }
    return render(request, "ops/failures.html", context)


@operator_view
def failure(request: OperatorRequest, code: str) -> HttpResponse:
    """One cause by firm, and the documents behind it, at `?firm=` or at all."""
    firm = _firm(request.GET.get("firm", ""))
    rows = failures.at_firms(code=code)
    remedy = failures.describe_failure(code)
    context = {
        "nav_active": "failures",
        "code": code,
        "remedy": remedy,
        "title": remedy.title,
        "owner": failures.OWNERS[remedy.owner],
        "firms": rows,
        "chosen": firm,
        "documents": failures.documents(code=code, firm=firm),
        "count": sum(row.documents for row in rows if firm is None or row.firm == firm),
    }
    return render(request, "ops/failure.html", context)


@operator_view
def retry_group(request: OperatorRequest, code: str) -> HttpResponse:
    """Ask first, with the count; then retry the group at one firm or at all."""
    asked = request.POST if request.method == "POST" else request.GET
    firm = _firm(asked.get("firm", ""))
    rows = [row for row in failures.at_firms(code=code) if firm is None or row.firm == firm]
    if request.method == "POST":
        outcome = operate_firms.retry_group(code=code, firm=firm, actor=request.user, now=timezone.now())
        show_outcome(request=request, outcome=outcome)
        return redirect("ops:failure", code)
    context = {
        "nav_active": "failures",
        "code": code,
        "title": failures.describe_failure(code).title,
        "hidden": {"firm": firm.slug if firm else ""},
        "documents": number(sum(row.documents for row in rows), "document"),
        "firms": number(len(rows), "firm"),
    }
    return render(request, "ops/retry.html", context)


@operator_view
def proposed_entries(request: OperatorRequest) -> HttpResponse:
    """Xero's messages that the table does not know, each as an entry to copy."""
    return render(request, "ops/proposed.html", {"nav_active": "proposed", "found": proposed.read_proposed()})


@operator_view
def firms(request: OperatorRequest) -> HttpResponse:
    """Every firm: its connection, its states, its calls, and the pause."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = board.firms(
        q=q, after=request.GET.get("after", ""), before=request.GET.get("before", ""), now=timezone.now()
    )
    return render(request, "ops/firms.html", {"nav_active": "firms", "page": page, "q": q})


@require_POST
@operator_view
def pause(request: OperatorRequest, slug: str) -> HttpResponse:
    """Hold everything of one firm."""
    firm = get_object_or_404(Firm, slug=slug)
    outcome = operate_firms.pause_firm(firm=firm, actor=request.user, now=timezone.now())
    show_outcome(request=request, outcome=outcome)
    return redirect("ops:firms")


@require_POST
@operator_view
def release(request: OperatorRequest, slug: str) -> HttpResponse:
    """End the pause of one firm."""
    firm = get_object_or_404(Firm, slug=slug)
    outcome = operate_firms.resume_firm(firm=firm, actor=request.user, now=timezone.now())
    show_outcome(request=request, outcome=outcome)
    return redirect("ops:firms")


@operator_view
def attempt_list(request: OperatorRequest) -> HttpResponse:
    """Attempts of all firms, newest first."""
    page = attempts.read_attempts_page(wanted=attempts.AttemptFilter.from_query(request.GET))
    context = {"nav_active": "attempts", "page": page, "outcomes": OUTCOMES.items()}
    return render(request, "ops/attempts.html", context)


@operator_view
def workers(request: OperatorRequest) -> HttpResponse:
    """Workers, lanes and queues."""
    now = timezone.now()
    return render(request, "ops/workers.html", {"nav_active": "workers", "now": now, "workers": board.workers(now=now)})


@operator_view
def help_feedback(request: OperatorRequest) -> HttpResponse:
    """The comments of readers on the help pages; `?page=` narrows the comments to one."""
    pages = feedback.by_page()
    wanted = request.GET.get("page")
    chosen = next((page for page in pages if page.key == wanted), None)
    context = {
        "nav_active": "feedback",
        "pages": pages,
        "chosen": chosen,
        "comments": [
            (find_page_title(each.page), each) for each in feedback.comments(page=chosen.key if chosen else None)
        ],
    }
    return render(request, "ops/feedback.html", context)


def _firm(slug: str) -> Firm | None:
    return get_object_or_404(Firm, slug=slug) if slug else None
