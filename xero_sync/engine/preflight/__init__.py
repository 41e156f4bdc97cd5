"""The outcome for documents if they were sent now: the sync's own rules, asked beforehand. Pure.

The mapping and the matching are those of a real sending; facts that only Xero knows come from the chart and from the
index of Xero. Documents are judged in the order they would be sent, so that each sees the earlier ones as in Xero.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xero_sync.domain.books import Books
from xero_sync.domain.errors import preflight
from xero_sync.domain.holds import not_sent
from xero_sync.domain.in_xero import Entry, KnownInXero
from xero_sync.domain.verdicts import (
    ARRIVES,
    STOPPED,
    DocumentGiven,
    Judged,
    Verdict,
    stopped,
)
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.preflight import Settled, judge_contacts, judge_restoring
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.preflight import ARCHIVED, judge_bill

__all__ = [
    "ARRIVES",
    "STOPPED",
    "DocumentGiven",
    "Entry",
    "Judged",
    "KnownInXero",
    "Verdict",
    "World",
    "judge",
]


@dataclass(frozen=True)
class Forecast:
    """The verdict on each contact and each bill, in the order given."""

    contacts: list[Judged]
    bills: list[Judged]


@dataclass(frozen=True, kw_only=True)
class World:
    """The firm's mappings and start date, and the documents in Xero. `books` is None before the first chart."""

    books: Books | None
    start_date: date | None
    contacts: KnownInXero = field(default_factory=KnownInXero)
    bills: KnownInXero = field(default_factory=KnownInXero)


def judge(
    *, contacts: Sequence[DocumentGiven[ContactDocument]], bills: Sequence[DocumentGiven[InvoiceDocument]], world: World
) -> Forecast:
    """The verdicts on contacts and bills that are sent in this order, contacts first."""
    return _Judge(contacts, world).all(bills)


class _Judge:
    """One run, with the verdict on each contact for its bills."""

    def __init__(self, contacts: Sequence[DocumentGiven[ContactDocument]], world: World) -> None:
        self.given = {each.document.object_id: each for each in contacts}
        self.world = world
        self.settled: dict[int, Settled] = {}

    def all(self, bills: Sequence[DocumentGiven[InvoiceDocument]]) -> Forecast:
        sent = [given for given in self.given.values() if given.left_out is None]
        self.settled = {pk: _left_out(given) for pk, given in self.given.items()} | judge_contacts(
            sent, self.world.contacts
        )
        for pk, given in self.given.items():
            settled = self.settled[pk]
            if given.standing_refusals and settled.judged.arrives:
                document = settled.document
                judged = stopped(document=document, faults=given.standing_refusals, xero_id=document.xero_id)
                self.settled[pk] = replace(settled, judged=judged)
        found = [self.bill(each) for each in bills]
        return Forecast([each.judged for each in self.settled.values()], found)

    def contact(self, given: DocumentGiven[InvoiceDocument]) -> Judged | None:
        settled = self.settled.get(given.contact_id)
        return settled.judged if settled else None

    def bill(self, given: DocumentGiven[InvoiceDocument]) -> Judged:
        document = given.document
        reason = given.left_out or not_sent(
            standing=document.standing,
            only_approved=given.preferences.on("only_approved"),
            in_xero=bool(document.xero_id),
            start_date=self.world.start_date,
        )
        if reason is not None:
            return Judged(kind=document.kind, object_id=document.object_id, verdict=Verdict.NOT_SENT, reason=reason)
        if given.at_rest:
            return Judged(kind=document.kind, object_id=document.object_id, verdict=Verdict.UNCHANGED)
        contact = self.contact(given)
        if contact is not None and not contact.xero_id:
            return _held_for_contact(document, contact)
        if self.world.books is None:
            return Judged(kind=document.kind, object_id=document.object_id, verdict=Verdict.GOES)
        if contact is not None:
            given = replace(given, document=replace(document, contact_xero_id=contact.xero_id))
        judged = self.sent(given, self.world.books)
        if given.standing_refusals and judged.arrives:
            return stopped(document=document, faults=given.standing_refusals)
        return judged

    def sent(self, given: DocumentGiven[InvoiceDocument], books: Books) -> Judged:
        judged = judge_bill(given, books=books, bills=self.world.bills, contacts=self.world.contacts)
        contact = self.contact(given)
        archived = any(fault.code == ARCHIVED for fault in judged.faults)
        if not (archived and contact and given.preferences.on("restore_archived_contacts")):
            return judged
        document = self.settled[given.contact_id].document
        if not contact.arrives:
            # Only a contact that we know to be archived is restored by its next sending.
            return _held_for_contact(given.document, contact) if document.is_archived else judged
        # The contact is restored first, and the bill goes again after it.
        restored = judge_restoring(self.given[given.contact_id], document, self.world.contacts)
        if not restored.arrives:
            return _held_for_contact(given.document, restored)
        return judge_bill(given, books=books, bills=self.world.bills, contacts=self.world.contacts)


def _left_out(given: DocumentGiven[ContactDocument]) -> Settled:
    """The verdict on a contact that a person left out of Xero."""
    document = given.document
    judged = Judged(
        kind=document.kind,
        object_id=document.object_id,
        verdict=Verdict.NOT_SENT,
        reason=given.left_out,
        xero_id=document.xero_id,
    )
    return Settled(judged, document)


def _held_for_contact(document: InvoiceDocument, contact: Judged) -> Judged:
    """A bill that waits for its contact, under the contact's cause."""
    return Judged(
        kind=document.kind,
        object_id=document.object_id,
        verdict=Verdict.HELD,
        faults=contact.faults or (preflight("contact-refused"),),
        # Why a contact that nothing refuses does not go.
        reason=contact.reason,
        waits_for=contact.subject,
    )
