"""The parts of a page that show sync state, as HTML, both for a page's first load and for its live updates."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from firms.models import Firm
from xero_sync.domain.gone import was_ended
from xero_sync.domain.notes import KEPT_IN_XERO
from xero_sync.domain.states import State
from xero_sync.facts import places, status
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.saved_under import compare_with_today
from xero_sync.facts.status import DocumentState
from xero_sync.kinds.registry import KINDS
from xero_sync.kinds.rows import kind_of_row
from xero_sync.pages import cards, decisions, gone_decisions, time_line
from xero_sync.pages.side_values import list_kept

Document = Any


def read_document_state(document: Document) -> DocumentState:
    """One document's state, read once for this instance, because several parts of its page show it."""
    kept: dict[str, DocumentState] = document.__dict__.setdefault("_shown", {})
    if not kept:
        found = status.read_states(firm=document.firm, kind=kind_of_row(document).code, ids=[document.pk])
        kept["now"] = found[document.pk]
    return kept["now"]


def render_state_cell(state: DocumentState, *, oob: bool = False) -> SafeString:
    """The cell of a list: the badge and the sentence under it."""
    return render_to_string("xero_sync/state_cell.html", {"shown": state, "oob": oob})


def render_state_badge(state: DocumentState, *, oob: bool = False) -> SafeString:
    """The badge beside a document's name."""
    return render_to_string("xero_sync/head.html", {"shown": state, "oob": oob})


def render_sync_card(document: Document, *, request: Any, template: str = "card", oob: bool = False) -> SafeString:
    """The card of a document: what to do, the figures of both sides, and the settings of its save."""
    firm = document.firm
    context, state = RequestContext.of_request(request, firm), read_document_state(document)
    job, kind = state.job, kind_of_row(document)
    kept = list_kept(job=job, context=context) if job and job.state == State.IN_XERO else ()
    notes = job.xero_record.notes if job and state.with_notes else []
    values = {
        "oob": oob,
        "shown": state,
        "document": document,
        "firm": firm,
        "faults": cards.list_remedies(job=job, context=context) if job else [],
        "versus": cards.compare_both_sides(document=document, kind=kind, job=job) if job else None,
        "notes": cards.list_notes(stored=notes, firm=firm, but=KEPT_IN_XERO if kept else ""),
        "kept": kept,
        "applied": cards.list_notes(stored=job.xero_record.applied, firm=firm) if job and job.xero_id else [],
        "under": compare_with_today(job=job, firm=firm, context=context) if job else None,
        "xero_url": places.build_xero_url(job=job, short_code=context.short_code) if job and context.connection else "",
        "settled": decisions.describe_decision(
            job=job, sentence=state.sentence, firm=firm, short_code=context.short_code
        ),
        "decisions": gone_decisions.offer_for_document(firm=firm, job=job),
        "was_ended": job is not None and was_ended(kind=kind, link=job.xero_record.link),
        "kind": kind,
        "noun": kind.labels.noun,
    }
    return render_to_string(f"xero_sync/{template}.html", values, request=request)


def render_time_line(document: Document, *, oob: bool = False) -> SafeString:
    """The events of a document, newest first, in the firm's time zone."""
    job = read_document_state(document).job
    events = time_line.list_events(firm=document.firm, job=job, target=document)
    zone = ZoneInfo(document.firm.timezone)
    today = timezone.now().astimezone(zone).date()
    local = [(event, event.at.astimezone(zone)) for event in events]
    values = {
        "oob": oob,
        "events": [(event, moment, moment.date() != today) for event, moment in local],
        "firm": document.firm,
        "job": job,
        "is_long": len(events) == time_line.LIMIT,
    }
    return render_to_string("xero_sync/story.html", values)


def render_live_updates(
    *, firm: Firm, states: Sequence[DocumentState], document: Document | None = None, oob: bool = False
) -> SafeString:
    """The element that asks every 1.5 s for changes; it carries the entity tag of what the page shows now."""
    everything = [*states, read_document_state(document)] if document is not None else list(states)
    return render_live_updates_of_states(firm=firm, states=everything, page=document is not None, oob=oob)


def render_live_updates_of_states(*, firm: Firm, states: Sequence[DocumentState], page: bool, oob: bool) -> SafeString:
    """The same element from states that were read; with `page` the last state is of the page's own document."""
    if not states:
        return SafeString("")
    values = {"url": _build_url(firm, states, page), "etag": status.build_etag(states), "oob": oob}
    return render_to_string("xero_sync/live.html", values)


def _build_url(firm: Firm, states: Sequence[DocumentState], page: bool) -> str:
    query = QueryDict(mutable=True)
    listed = states[:-1] if page else states
    for kind in KINDS:
        ids = [str(state.object_id) for state in listed if state.kind == kind.code]
        if ids:
            query[kind.labels.live] = ",".join(ids)
    if page:
        query["page"] = f"{states[-1].kind}-{states[-1].object_id}"
    query["in_xero"] = str(sum(state.state == State.IN_XERO for state in states))
    return f"{reverse('xero_sync:states', args=[firm.slug])}?{query.urlencode(safe=',')}"
