"""A kind of document that the product does not have, over rows it has: a matter that goes to Xero as a quote.

What stands here is what a new kind brings along (docs/contributing.md, the worked example): its spec and its endpoint at
the stand-in. It has neither pages nor totals, and an endpoint whose pages have a fixed size and are not counted.
"""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

import pytest
from werkzeug.wrappers import Response

from billing.models import Matter
from firms.models import Firm
from xero_emulator.domain import values, wire
from xero_emulator.domain.contacts import Refused
from xero_emulator.domain.invoices import Call
from xero_emulator.domain.organisation import Organisation, new_id
from xero_emulator.domain.shelf import Shelf
from xero_emulator.domain.values import Json
from xero_emulator.routes import ROUTES
from xero_emulator.web import reading
from xero_emulator.web.exchange import Exchange
from xero_emulator.web.route import Route
from xero_emulator.web.writing import Endpoint
from xero_sync.domain.documents import Document
from xero_sync.domain.kinds import Calls, KindSpec, Labels, SavedDocument
from xero_sync.domain.payloads import Mapped, Payload, content_hash
from xero_sync.domain.xero_json import read_moment, read_text, to_stored
from xero_sync.kinds import registry, rows
from xero_sync.models import SyncJob

PAGE = 100


@dataclass(frozen=True, kw_only=True)
class MatterDocument:
    """A matter as it stood when it was read."""

    object_id: int
    number: str
    name: str
    contact_xero_id: str
    xero_id: str = ""

    kind: ClassVar[str] = "MATTER"
    standing: ClassVar[None] = None
    is_void: ClassVar[bool] = False
    expected_amounts: ClassVar[None] = None
    line_keys: ClassVar[tuple[int, ...]] = ()


class MatterRows:
    """The rows of the kind (domain/kinds.py, Rows). Nothing is sent by itself when a matter is saved."""

    model = Matter
    manager = "matters"
    audit = "matter"
    standing: Mapping[str, str] = {}
    summary: Mapping[str, str] = {"name": "number", "code": "number", "beside": "contact__name"}

    def connect(self, listener: Callable[..., None], *, name: str) -> None:
        """Billing sends no signal for matters."""

    def read_saved(self, *, firm: Firm, object_ids: Collection[int]) -> list[SavedDocument]:
        """These matters, each waiting for its contact."""
        found = Matter.objects.filter(firm=firm, pk__in=object_ids).order_by("pk").values_list("pk", "contact_id")
        return [SavedDocument(object_id=pk, waits_for=contact_id) for pk, contact_id in found]

    def read_documents(self, *, jobs: Sequence[SyncJob], xero_tenant_id: str) -> dict[int, Document]:
        """The matters of these jobs by job id."""
        by_object = {job.object_id: job for job in jobs}
        found: dict[int, Document] = {}
        for matter in Matter.objects.filter(pk__in=list(by_object)):
            job = by_object[matter.pk]
            contact_record = job.waits_for.xero_record if job.waits_for else None
            found[job.pk] = MatterDocument(
                object_id=matter.pk,
                number=matter.number,
                name=matter.name,
                contact_xero_id=contact_record.id_in(xero_tenant_id) if contact_record else "",
                xero_id=job.xero_record.id_in(xero_tenant_id),
            )
        return found


@dataclass(frozen=True, kw_only=True)
class MatterInXero:
    """A matter as Xero tells it."""

    number: str
    name: str
    stamp: datetime | None = None

    @classmethod
    def from_xero(cls, document: Mapping[str, Any]) -> "MatterInXero":
        """Of Xero's JSON."""
        stamp = read_moment(document.get("UpdatedDateUTC"))
        return cls(number=read_text(document, "QuoteNumber"), name=read_text(document, "Summary"), stamp=stamp)

    def as_stored(self) -> dict[str, Any]:
        """As a record keeps it."""
        stored: dict[str, Any] = to_stored(self)
        return stored


def map_matter(matter: MatterDocument) -> Mapped:
    """A matter as a quote."""
    payload: Payload = {
        "QuoteNumber": matter.number,
        "Contact": {"ContactID": matter.contact_xero_id},
        "Summary": matter.name,
    }
    digest = content_hash(payload)
    return Mapped(payload={"QuoteID": matter.xero_id, **payload} if matter.xero_id else payload, content_hash=digest)


MATTER = KindSpec(
    code=MatterDocument.kind,
    labels=Labels(noun="matter", plural="matters", title="Matter", named="Matter {}", listed="{}", live="matters"),
    calls=Calls(
        collection="Quotes",
        id_key="QuoteID",
        number_key="QuoteNumber",
        status_key="Status",
        create="create_quotes",
        update="update_or_create_quotes",
        read="get_quotes",
        page_size=PAGE,
        size_option="",
        summary_option="",
    ),
    rows=MatterRows(),
    waits_for="CONTACT",
    map_document=lambda document, _preferences, _books: map_matter(document),
    identify=lambda document: str(document.get("QuoteNumber") or ""),
    is_ours=lambda sent, found: sent.get("Summary") == found.get("Summary"),
    read_in_xero=MatterInXero.from_xero,
    index_columns=lambda document: {"xero_id": document["QuoteID"], "number": document["QuoteNumber"]},
)


@dataclass(frozen=True)
class Quote:
    """One quote at the stand-in."""

    quote_id: str
    number: str
    summary: str
    created: datetime
    updated: datetime


def quotes_of(organisation: Organisation) -> Shelf[Quote]:
    """All quotes of an organisation."""
    return organisation.shelf(
        "quotes", make=lambda: Shelf(id_of=lambda quote: quote.quote_id, keys={"number": lambda quote: quote.number})
    )


def _save(call: Call, raw: Json) -> Quote | Refused:
    quotes, number = quotes_of(call.organisation), values.text(raw, "QuoteNumber") or ""
    known = quotes.get(values.identifier(raw, "QuoteID"))
    if call.organisation.contacts.get(values.identifier(values.one_object(raw, "Contact") or {}, "ContactID")) is None:
        return Refused(messages=("A Contact must be specified for this type of transaction",))
    if known is None and quotes.find(key="number", value=number) is not None:
        return Refused(messages=("The quote number must be unique",))
    start = known or Quote(new_id(), number, "", call.now, call.now)
    quote = replace(start, summary=values.text(raw, "Summary") or "", updated=call.now)
    quotes.put(quote)
    return quote


def _show(quote: Quote) -> Json:
    shown = {"QuoteID": quote.quote_id, "QuoteNumber": quote.number, "Summary": quote.summary, "Status": "DRAFT"}
    return {**shown, "UpdatedDateUTC": wire.moment(quote.updated)}


def _read(exchange: Exchange, organisation: Organisation, wanted: str) -> Response:
    found = reading.list_changed(exchange, quotes_of(organisation), lambda quote: (quote.created, quote.updated))
    first = (int(exchange.request.args.get("page", "1")) - 1) * PAGE
    return reading.answer_with(exchange, "Quotes", [_show(quote) for quote in found[first : first + PAGE]])


QUOTES = Route(
    scope="accounting.invoices",
    read=_read,
    writes=Endpoint(
        plural="Quotes",
        id_key="QuoteID",
        fault_flag="HasErrors",
        number_key="QuoteNumber",
        save=_save,
        show=lambda _call, quote: _show(quote),
    ),
)


def register_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the registry and the emulator's routes had the new kind, for one test."""
    kinds = registry.KINDS
    for module in list(sys.modules.values()):
        if getattr(module, "KINDS", None) is kinds:
            monkeypatch.setattr(module, "KINDS", (*kinds, MATTER))
    monkeypatch.setitem(registry._BY_CODE, MATTER.code, MATTER)
    monkeypatch.setitem(rows._BY_MODEL, Matter, MATTER)
    monkeypatch.setitem(ROUTES, "quotes", QUOTES)
