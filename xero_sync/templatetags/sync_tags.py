"""Sync state on other apps' pages. A list reads the states of all rows at once (`sync_states`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from billing.models import Import, ImportKind, Invoice, InvoiceLine
from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.holds import BY_A_PERSON
from xero_sync.domain.states import State
from xero_sync.facts import status
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import DocumentState
from xero_sync.kinds.rows import kind_of_row
from xero_sync.pages import accounts, parts, tabs
from xero_sync.pages.connection_light import describe_connection

register = template.Library()
States = Mapping[int, DocumentState]


@register.simple_tag(takes_context=True)
def needs_you_count(context: template.Context, firm: Firm) -> int:
    """How many causes wait for a person."""
    return _request_context(context, firm).needs_you


@register.simple_tag(takes_context=True)
def connection_light(context: template.Context, firm: Firm) -> SafeString:
    """The words at the top right: connected to whom and since when checked, or what is wrong."""
    return _rendered(
        "components/connection_light.html", vars(describe_connection(context=_request_context(context, firm)))
    )


@register.simple_tag(takes_context=True)
def sync_tabs(context: template.Context) -> SafeString:
    """The nine states with their counts; the links keep the other filters of the address."""
    request = context["request"]
    shown = tabs.read_tabs(firm=request.firm, wanted=context["filter"], kept=_tallies(request))
    return _rendered("xero_sync/tabs.html", {"tabs": shown, "chip": tabs.find_filter_chip(request.firm, request.GET)})


@register.simple_tag(takes_context=True)
def sync_totals(context: template.Context) -> str:
    """How many of the bills that pass the filters are in Xero with the same total."""
    request = context["request"]
    return tabs.describe_agreement(firm=request.firm, wanted=context["filter"], kept=_tallies(request))


@register.simple_tag
def sync_states(documents: Sequence[Any]) -> States:
    """The states of a list's rows, in one query."""
    if not documents:
        return {}
    first = documents[0]
    return status.read_states(firm=first.firm, kind=kind_of_row(first).code, ids=[each.pk for each in documents])


@register.simple_tag
def sync_badge(states: States, document: Any) -> SafeString:
    """One row's cell: the badge and the sentence under it."""
    return parts.render_state_cell(states[document.pk])


@register.simple_tag(takes_context=True)
def sync_live(context: template.Context, states: States | str = "", document: Any = None) -> SafeString:
    """The element that asks every 1.5 s for the changed cells of a list, and the parts of a document's own page."""
    shown = list(states.values()) if isinstance(states, Mapping) else []
    return parts.render_live_updates(firm=context["request"].firm, states=shown, document=document)


@register.simple_tag
def sync_state(document: Any) -> SafeString:
    """The badge beside a document's name."""
    return parts.render_state_badge(parts.read_document_state(document))


@register.simple_tag(takes_context=True)
def void_import_url(context: template.Context, source: Import) -> str:
    """The page on which an admin voids what an import sent; empty for others, and for what sent no bills."""
    request = context["request"]
    if source.kind != ImportKind.BILLS or not request.membership.is_admin:
        return ""
    return reverse("xero_sync:void-import", args=[request.firm.slug, source.pk])


@register.simple_tag
def import_forecast(source: Import) -> SafeString:
    """What would become in Xero of the bills of a file that is not imported yet, as it was when the file was read."""
    found: Any = source.report.get("forecast") or {}
    judged = found.get("judged", 0)
    more = source.total > judged
    return _rendered("xero_sync/import_forecast.html", {"forecast": found, "judged": judged, "more": more})


@register.simple_tag
def decided_by_a_person(document: Any) -> str:
    """Who left the document out of Xero or handled it in Xero, as a sentence; empty without such a decision."""
    state = parts.read_document_state(document)
    job = state.job
    settled = job is not None and job.state == State.NOT_SENT and job.hold in BY_A_PERSON
    return state.sentence if settled else ""


@register.simple_tag(takes_context=True)
def sync_card(context: template.Context, document: Any) -> SafeString:
    """The remedies, the figures of both sides, and the settings of the save."""
    return parts.render_sync_card(document, request=context.get("request"))


@register.simple_tag(takes_context=True)
def fault_list(context: template.Context, document: Any) -> SafeString:
    """All faults of a document with their remedies."""
    return parts.render_sync_card(document, request=context.get("request"), template="faults")


@register.simple_tag(takes_context=True)
def saved_under(context: template.Context, document: Any) -> SafeString:
    """The settings the document was saved under, where they are not today's."""
    return parts.render_sync_card(document, request=context.get("request"), template="saved_under")


@register.simple_tag
def sync_story(document: Any) -> SafeString:
    """The time line of saves, attempts and people's actions."""
    return parts.render_time_line(document)


@register.simple_tag(takes_context=True)
def line_accounts(
    context: template.Context, invoice: Invoice, lines: Sequence[InvoiceLine]
) -> dict[int, accounts.LineAccount]:
    """Where each line of a bill goes in Xero, by line id."""
    job = parts.read_document_state(invoice).job
    return accounts.find_line_accounts(lines=lines, job=job, context=_request_context(context, invoice.firm))


@register.simple_tag
def line_account(found: Mapping[int, accounts.LineAccount], line: Any) -> SafeString:
    """One line's account and why."""
    return _rendered("xero_sync/line_account.html", {"account": found.get(line.pk)})


@register.simple_tag(takes_context=True)
def account_picker(context: template.Context, firm: Firm, field: Any) -> SafeString:
    """A select of the accounts bills may use; a plain text field while no chart was read."""
    chart = _request_context(context, firm).chart
    if chart is None:
        return SafeString(field.as_widget())
    chosen = str(field.value() or "")
    groups = accounts.build_picker_groups(chart=chart, chosen=chosen)
    return _rendered("xero_sync/account_picker.html", {"field": field, "groups": groups, "chosen": chosen})


@register.simple_tag
def category_codes_unused(firm: Firm) -> bool:
    """Whether the firm's preference leaves its categories' accounts unused."""
    return not outbox.read_preferences(firm=firm).get("category_account_codes", False)


@register.simple_tag(takes_context=True)
def account_warning(context: template.Context, firm: Firm, code: str) -> SafeString:
    """The account's name, and a warning where the account takes no bills in Xero."""
    chart = _request_context(context, firm).chart
    values = {
        "name": accounts.find_account_name(chart=chart, code=code),
        "warning": accounts.find_account_warning(chart=chart, code=code),
    }
    return _rendered("xero_sync/account_warning.html", values)


def _tallies(request: Any) -> tabs.KeptTallies:
    kept: tabs.KeptTallies = request.__dict__.setdefault("_tallies", {})
    return kept


def _request_context(context: template.Context, firm: Firm) -> RequestContext:
    return RequestContext.of_request(context.get("request"), firm)


def _rendered(name: str, values: dict[str, Any]) -> SafeString:
    return render_to_string(name, values)
