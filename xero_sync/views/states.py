"""`/<firm>/activity/states/`, which an open page asks every 1.5 s. One query; a 304 while nothing has changed."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_GET

from firms.access import FirmRequest, firm_view
from firms.models import Firm
from xero_sync.domain.kinds import KindSpec
from xero_sync.domain.states import State
from xero_sync.facts import status
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import DocumentState
from xero_sync.kinds.registry import KINDS, find_kind
from xero_sync.kinds.rows import rows_of
from xero_sync.pages import parts

# As many rows as the longest list page shows, and then some.
MOST = 250


@require_GET
@firm_view
def show_states(request: FirmRequest) -> HttpResponse:
    """Out-of-band fragments for `?invoices=ids&contacts=ids`, and for `?page=KIND-id` a document's whole page."""
    asked = [document for kind in KINDS for document in _parse_asked_documents(request, kind)]
    page = _parse_page_document(request.GET.get("page", ""))
    if page is not None:
        asked.append(page)
    shown = _read_states(request.firm, asked)
    name = f'"{status.build_etag(shown)}"'
    if request.headers.get("If-None-Match") == name:
        return HttpResponseNotModified(headers={"ETag": name})
    body = "".join(_render_fragments(request, shown, page)) if shown else ""
    return HttpResponse(body, headers={"ETag": name, "Cache-Control": "private, no-cache"})


def _render_fragments(request: FirmRequest, shown: list[DocumentState], page: tuple[str, int] | None) -> list[str]:
    firm = request.firm
    listed = shown[:-1] if page else shown
    found: list[str] = [parts.render_state_cell(state, oob=True) for state in listed]
    if page is not None:
        document = _find_document(firm, *page)
        found += [
            parts.render_state_badge(shown[-1], oob=True),
            parts.render_sync_card(document, request=request, oob=True),
            parts.render_time_line(document, oob=True),
        ]
    needs_you = RequestContext.of_request(request, firm).needs_you or ""
    found.append(f'<span hx-swap-oob="innerHTML:.nav-count-needs-you">{needs_you}</span>')
    found.append(_render_announcement(request, shown))
    found.append(parts.render_live_updates_of_states(firm=firm, states=shown, page=page is not None, oob=True))
    return found


def _render_announcement(request: FirmRequest, shown: list[DocumentState]) -> str:
    """For screen readers: how many more documents are in Xero since the page last asked."""
    before = request.GET.get("in_xero", "")
    if not (before.isascii() and before.isdigit() and len(before) < 6):
        return ""
    more = sum(state.state == State.IN_XERO for state in shown) - int(before)
    if more < 1:
        return ""
    words = "1 more is in Xero" if more == 1 else f"{more} more are in Xero"
    return f'<div id="announce" hx-swap-oob="innerHTML:#announcer">{words}</div>'


def _parse_asked_documents(request: FirmRequest, kind: KindSpec) -> list[tuple[str, int]]:
    ids = map(_parse_pk, request.GET.get(kind.labels.live, "").split(","))
    return [(kind.code, pk) for pk in ids if pk is not None][:MOST]


def _parse_page_document(text: str) -> tuple[str, int] | None:
    code, _, number = text.partition("-")
    pk = _parse_pk(number)
    return (code, pk) if code in {kind.code for kind in KINDS} and pk is not None else None


def _parse_pk(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _read_states(firm: Firm, asked: list[tuple[str, int]]) -> list[DocumentState]:
    """In the order asked for; one query for all kinds."""
    wanted: dict[str, list[int]] = {}
    for code, pk in asked:
        wanted.setdefault(code, []).append(pk)
    found = status.read_states_of_kinds(firm=firm, wanted=wanted)
    return [found[key] for key in asked]


def _find_document(firm: Firm, code: str, pk: int) -> Any:
    document = rows_of(firm=firm, kind=find_kind(code)).filter(pk=pk).first()
    if document is None:
        raise Http404
    return document
