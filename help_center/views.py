"""The help pages: open to anybody, without any firm's data; a firm in the address only leads back to it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from expense_categories.models import CategoryKind
from firms.models import Firm, Membership
from help_center import glossary as words
from help_center.articles import write_article
from help_center.feedback import FeedbackForm, TooManyAnswers, record_feedback
from help_center.improvements import list_always_on, list_switches
from help_center.messages import find_messages, group_messages
from help_center.pages import ARTICLE, PAGES
from xero_sync.domain.errors import BY_CODE, BY_NUMBER
from xero_sync.domain.preferences import CUTOVER


@require_safe
def show_questions(request: HttpRequest) -> HttpResponse:
    """The questions people ask about the improvements of July 2019."""
    context = {
        "cutover": CUTOVER,
        "switches": list_switches(),
        "always_on": list_always_on(),
        "improvements": len(list_switches()) + len(list_always_on()),
        "messages_known": len(BY_NUMBER),
    }
    return _render_with_feedback(request, "", "index", context)


@require_safe
def show_improvements(request: HttpRequest) -> HttpResponse:
    """The published list of improvements."""
    context = {"switches": list_switches(), "always_on": list_always_on(), "messages_known": len(BY_NUMBER)}
    return _render_with_feedback(request, "improvements", "improvements", context)


@require_safe
def show_settings_help(request: HttpRequest) -> HttpResponse:
    """How to configure bill syncing, setting by setting."""
    return _render_with_feedback(request, "configure", "configure", {"switches": list_switches(), "cutover": CUTOVER})


@require_safe
def show_account_codes(request: HttpRequest) -> HttpResponse:
    """Account codes by expense category, with an example."""
    return _render_with_feedback(request, "account-codes", "account_codes", {"kinds": CategoryKind})


@require_safe
def show_messages(request: HttpRequest) -> HttpResponse:
    """Every known message, or those that match `?q=`."""
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:500]
    context = {
        "wanted": wanted,
        "found": find_messages(wanted),
        "groups": group_messages(),
        "messages_known": len(BY_CODE),
    }
    return _render_with_feedback(request, "errors", "errors", context)


@require_safe
def show_article(request: HttpRequest, code: str) -> HttpResponse:
    """The help about one message."""
    if code not in BY_CODE:
        raise Http404
    return _render_with_feedback(request, f"{ARTICLE}{code}", "error", {"article": write_article(code)})


@require_safe
def show_glossary(request: HttpRequest) -> HttpResponse:
    """The meaning of the states and the words."""
    return _render_with_feedback(
        request, "glossary", "glossary", {"meanings": words.list_state_meanings(), "words": words.WORDS}
    )


@require_POST
def keep_feedback(request: HttpRequest) -> HttpResponse:
    """Store an answer, say thanks, and go back to the page that the answer is about."""
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _render_with_feedback(request, request.POST.get("page", "")[:80], "feedback_page", {"form": form})
    firm = _find_readers_firm(request)
    user = request.user if request.user.is_authenticated else None
    try:
        record_feedback(**form.cleaned_data, firm=firm, user=user, now=timezone.now())
    except TooManyAnswers:
        messages.warning(request, "Many answers came in this hour, so this one was not kept. Please try again later.")
    else:
        messages.success(request, "Thank you. Your answer helps us to make these pages better.")
    return redirect(_build_url(form.cleaned_data["page"]) + _build_firm_suffix(firm))


def _render_with_feedback(request: HttpRequest, key: str, template: str, context: Mapping[str, Any]) -> HttpResponse:
    firm = _find_readers_firm(request)
    shared = {
        "help_firm": firm,
        "tail": _build_firm_suffix(firm),
        "page_key": key,
        "tabs": _build_tabs(key, firm),
        "feedback_form": FeedbackForm(initial={"page": key, "helpful": "no"}),
    }
    return render(request, f"help_center/{template}.html", {**shared, **context})


def _build_tabs(key: str, firm: Firm | None) -> list[dict[str, Any]]:
    section = "errors" if key.startswith(ARTICLE) else key
    return [
        {"label": label, "url": _build_url(page) + _build_firm_suffix(firm), "current": page == section, "count": None}
        for page, label in PAGES.items()
    ]


def _find_readers_firm(request: HttpRequest) -> Firm | None:
    """The firm named in the address, if the reader is one of its people; nobody learns whether another exists."""
    slug = (request.POST if request.method == "POST" else request.GET).get("firm", "")
    if not slug or "\0" in slug or not request.user.is_authenticated:
        return None
    found = Membership.objects.select_related("firm").filter(firm__slug=slug, user=request.user).first()
    return found.firm if found else None


def _build_url(key: str) -> str:
    if key.startswith(ARTICLE):
        return reverse("help_center:error", args=[key.removeprefix(ARTICLE)])
    return reverse(f"help_center:{key or 'index'}")


def _build_firm_suffix(firm: Firm | None) -> str:
    return f"?{urlencode({'firm': firm.slug})}" if firm else ""
