"""The parts of a page that show sync state, as HTML: the same for a page's first load and for its live updates."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from firms.models import Firm
from xero_sync.domain.states import State
from xero_sync.facts import places, status
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.saved_under import compare_with_today
from xero_sync.facts.status import DocumentState
from xero_sync.kinds.registry import KINDS
from xero_sync.kinds.rows import kind_of_row
from xero_sync.pages import cards, settled, story

Document = Any


def state_of(document: Document) -> DocumentState:
    """One document's state, read once for this instance: several parts of its page show it."""
    kept: dict[str, DocumentState] = document.__dict__.setdefault("_shown", {})
    if not kept:
        found = status.read_states(firm=document.firm, kind=kind_of_row(document).code, ids=[document.pk])
        kept["now"] = found[document.pk]
    return kept["now"]


def cell(state: DocumentState, *, oob: bool = False) -> SafeString:
    """A list's cell: the badge and the sentence under it."""
    return render_to_string("xero_sync/state_cell.html", {"shown": state, "oob": oob})


def head(state: DocumentState, *, oob: bool = False) -> SafeString:
    """The badge beside a document's name."""
    return render_to_string("xero_sync/head.html", {"shown": state, "oob": oob})


def card(document: Document, *, request: Any, template: str = "card", oob: bool = False) -> SafeString:
    """What is to do, both sides' figures, and the settings it was saved under."""
    firm = document.firm
    sight, state = RequestContext.of_request(request, firm), state_of(document)
    job, kind = state.job, kind_of_row(document)
    context = {
        "oob": oob,
        "shown": state,
        "document": document,
        "firm": firm,
        "faults": cards.list_remedies(job=job, sight=sight) if job else [],
        "versus": cards.versus(invoice=document, job=job) if job and kind.has_money else None,
        "notes": cards.notes_of(stored=job.xero_record.notes, firm=firm) if job and state.with_notes else [],
        "applied": cards.notes_of(stored=job.xero_record.applied, firm=firm) if job and job.xero_id else [],
        "under": compare_with_today(job=job, firm=firm, sight=sight) if job else None,
        "xero_url": places.in_xero(job=job, short_code=sight.short_code) if job and sight.connection else "",
        "settled": settled.describe_decision(job=job, sentence=state.sentence, firm=firm, short_code=sight.short_code),
        "kind": kind,
        "noun": kind.labels.noun,
    }
    return render_to_string(f"xero_sync/{template}.html", context, request=request)


def time_line(document: Document, *, oob: bool = False) -> SafeString:
    """What happened, newest first, in the firm's zone."""
    job = state_of(document).job
    events = story.happenings(firm=document.firm, job=job, target=document)
    zone = ZoneInfo(document.firm.timezone)
    today = timezone.now().astimezone(zone).date()
    local = [(event, event.at.astimezone(zone)) for event in events]
    context = {
        "oob": oob,
        "events": [(event, moment, moment.date() != today) for event, moment in local],
        "firm": document.firm,
        "job": job,
        "is_long": len(events) == story.LIMIT,
    }
    return render_to_string("xero_sync/story.html", context)


def live(
    *, firm: Firm, states: Sequence[DocumentState], document: Document | None = None, oob: bool = False
) -> SafeString:
    """What asks every 1.5 s for what changed; it carries the name of what the page shows now."""
    everything = [*states, state_of(document)] if document is not None else list(states)
    return live_for(firm=firm, states=everything, page=document is not None, oob=oob)


def live_for(*, firm: Firm, states: Sequence[DocumentState], page: bool, oob: bool) -> SafeString:
    """The same from states in hand; with `page` the last of them is the page's own document."""
    if not states:
        return SafeString("")
    context = {"url": _address(firm, states, page), "etag": status.etag(states), "oob": oob}
    return render_to_string("xero_sync/live.html", context)


def _address(firm: Firm, states: Sequence[DocumentState], page: bool) -> str:
    query = QueryDict(mutable=True)
    listed = states[:-1] if page else states
    for kind in KINDS:
        ids = [str(state.object_id) for state in listed if state.kind == kind.code]
        if ids:
            query[kind.labels.live] = ",".join(ids)
    if page:
        query["page"] = f"{states[-1].kind}-{states[-1].object_id}"
    query["there"] = str(sum(state.state == State.IN_XERO for state in states))
    return f"{reverse('xero_sync:states', args=[firm.slug])}?{query.urlencode(safe=',')}"
