"""What other apps' pages show of Xero. A list asks once for all its rows (`sync_states`), a page once for its firm."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from billing.models import Invoice, InvoiceLine
from firms.models import Firm
from xero_sync import outbox
from xero_sync.domain.holds import BY_A_PERSON
from xero_sync.domain.states import State
from xero_sync.facts import status
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import DocumentState
from xero_sync.kinds.rows import kind_of_row
from xero_sync.pages import (
    accounts,
    light,
    parts,
    tabs,
)

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
        "components/connection_light.html", vars(light.connection_light(sight=_request_context(context, firm)))
    )


@register.simple_tag(takes_context=True)
def sync_tabs(context: template.Context) -> SafeString:
    """The nine states with their counts; the links keep the other filters of the address."""
    request = context["request"]
    shown = tabs.read_tabs(firm=request.firm, wanted=context["filter"], kept=_tallies(request))
    return _rendered("xero_sync/tabs.html", {"tabs": shown, "chip": tabs.cause_chip(request.firm, request.GET)})


@register.simple_tag(takes_context=True)
def sync_totals(context: template.Context) -> str:
    """How many of the bills that pass the filters are in Xero with the same total."""
    request = context["request"]
    return tabs.agreement(firm=request.firm, wanted=context["filter"], kept=_tallies(request))


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
    return parts.cell(states[document.pk])


@register.simple_tag(takes_context=True)
def sync_live(context: template.Context, states: States | str = "", document: Any = None) -> SafeString:
    """What asks every 1.5 s for the cells of a list that changed, and for the parts of a document's own page."""
    shown = list(states.values()) if isinstance(states, Mapping) else []
    return parts.live(firm=context["request"].firm, states=shown, document=document)


@register.simple_tag
def sync_state(document: Any) -> SafeString:
    """The badge beside a document's name."""
    return parts.head(parts.state_of(document))


@register.simple_tag
def decided_by_a_person(document: Any) -> str:
    """Who left it out of Xero or handled it there, as a sentence; empty for all others."""
    state = parts.state_of(document)
    job = state.job
    settled = job is not None and job.state == State.NOT_SENT and job.hold in BY_A_PERSON
    return state.sentence if settled else ""


@register.simple_tag(takes_context=True)
def sync_card(context: template.Context, document: Any) -> SafeString:
    """What is to do, both sides' figures, and the settings it was saved under."""
    return parts.card(document, request=context.get("request"))


@register.simple_tag(takes_context=True)
def fault_list(context: template.Context, document: Any) -> SafeString:
    """All faults of a document with their remedies."""
    return parts.card(document, request=context.get("request"), template="faults")


@register.simple_tag(takes_context=True)
def saved_under(context: template.Context, document: Any) -> SafeString:
    """Under which settings it was saved, where they are not today's."""
    return parts.card(document, request=context.get("request"), template="saved_under")


@register.simple_tag
def sync_story(document: Any) -> SafeString:
    """The time line of saves, attempts and people's acts."""
    return parts.time_line(document)


@register.simple_tag(takes_context=True)
def line_accounts(
    context: template.Context, invoice: Invoice, lines: Sequence[InvoiceLine]
) -> dict[int, accounts.LineAccount]:
    """Where each line of a bill goes in Xero, by line id."""
    job = parts.state_of(invoice).job
    return accounts.line_accounts(lines=lines, job=job, sight=_request_context(context, invoice.firm))


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
    groups = accounts.picker_groups(chart=chart, chosen=chosen)
    return _rendered("xero_sync/account_picker.html", {"field": field, "groups": groups, "chosen": chosen})


@register.simple_tag
def category_codes_unused(firm: Firm) -> bool:
    """Whether the firm's preference leaves its categories' accounts unused."""
    return not outbox.read_preferences(firm=firm).get("category_account_codes", False)


@register.simple_tag(takes_context=True)
def account_warning(context: template.Context, firm: Firm, code: str) -> SafeString:
    """The account's name, and what is wrong with it in Xero."""
    chart = _request_context(context, firm).chart
    told = {"name": accounts.name_of(chart=chart, code=code), "warning": accounts.warning(chart=chart, code=code)}
    return _rendered("xero_sync/account_warning.html", told)


def _tallies(request: Any) -> tabs.Kept:
    kept: tabs.Kept = request.__dict__.setdefault("_tallies", {})
    return kept


def _request_context(context: template.Context, firm: Firm) -> RequestContext:
    return RequestContext.of_request(context.get("request"), firm)


def _rendered(name: str, values: dict[str, Any]) -> SafeString:
    return render_to_string(name, values)
