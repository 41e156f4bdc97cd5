"""Link by hand: a person says that a client or bill here is a certain one in Xero. Xero is read at that moment."""

from datetime import datetime
from typing import NoReturn

from django.db import transaction

from firms import audit
from firms.models import Firm, User
from firms.refusals import Refused
from xero_sync import outbox
from xero_sync.actions.outcome import ActionOutcome
from xero_sync.domain.link import Link
from xero_sync.domain.matches import LINKED_BY_HAND
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import RecordChanges, record_seen
from xero_sync.facts.link_refusals import describe_contact_refusal, keeps_number
from xero_sync.facts.request_context import RequestContext
from xero_sync.facts.status import format_day
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.linking import candidates
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import InvoiceInXero
from xero_sync.kinds.invoice.linking import differences
from xero_sync.kinds.invoice.mapping import map_invoice
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import find_row
from xero_sync.models import SyncJob
from xero_sync.organisation.search import (
    ContactReading,
    find_invoice_in_xero,
    find_other_bill,
    read_contact,
    read_contact_document,
    read_invoice_document,
    read_tenant_id,
)

CHANGED = "Something changed since you opened this page, so nothing was linked. Look at it again."


def link_contact(*, firm: Firm, actor: User, job: SyncJob, xero_id: str, restore: bool, now: datetime) -> ActionOutcome:
    """Link a client to the contact in Xero that a person chose, and release the bills that wait for the client.

    Xero is read once more and compared. Raises firms.refusals.Refused and upkeep.NotNow; then nothing has changed.
    """
    # Read once, at the start: a document read in one organisation is never linked under another.
    organisation = read_tenant_id(firm=firm)
    contact = read_contact_document(firm=firm, job=job)
    read = read_contact(firm=firm, contact=contact, xero_id=xero_id, now=now)
    xero_side = _refuse_contact(firm, job, read, restore)
    candidate = candidates(contact, [xero_side], all_of_them=True)[0]
    note = f"Linked by {actor} on {format_day(now, firm=firm)}: {_lower_first(candidate.words) or 'chosen by hand'}."
    link = Link(
        evidence=LINKED_BY_HAND,
        note=note,
        restored=xero_side.is_archived,
        # Where another contact in Xero has our client's name, the linked contact keeps its name.
        name=xero_side.name if read.has_name else "",
        stands_for=contact.name,
        number=xero_side.number,
        without_number=keeps_number(job=job, read=read),
    )
    record: RecordChanges = {"xero_id": xero_side.xero_id, "xero_tenant_id": organisation, "status": xero_side.status}
    _link_document(firm, actor, job, {**record, **record_seen(xero_side, at=now), "link": link}, now)
    words = f"{contact.name} is linked to {xero_side.name} in Xero. What waited for it goes now."
    return ActionOutcome(words=words)


def _refuse_contact(firm: Firm, job: SyncJob, read: ContactReading, restore: bool) -> ContactInXero:
    refused = describe_contact_refusal(firm=firm, job=job, read=read, restore=restore)
    if refused or read.xero_side is None:
        _refuse(refused)
    return read.xero_side


def link_invoice(*, firm: Firm, actor: User, job: SyncJob, xero_id: str, now: datetime) -> ActionOutcome:
    """Link a bill to the bill in Xero that a person chose, also where the preference for linking is off.

    Only where number, contact, total and currency agree. Raises Refused and upkeep.NotNow; then nothing has changed.
    """
    # Read once, at the start: a document read in one organisation is never linked under another.
    organisation = read_tenant_id(firm=firm)
    bill = read_invoice_document(firm=firm, job=job)
    if bill.is_void:
        _refuse("A void bill is not linked.")
    xero_side = find_invoice_in_xero(firm=firm, number=bill.number, now=now)
    if xero_side is None or xero_side.xero_id != xero_id or differences(bill, xero_side):
        _refuse(CHANGED)
    other = find_other_bill(firm=firm, job=job, xero_side=xero_side)
    if other:
        _refuse(f"That bill in Xero is already linked to bill {other} here. Nothing was linked.")
    note = f"Linked by {actor} on {format_day(now, firm=firm)}: same number, contact and total."
    record: RecordChanges = {"xero_id": xero_side.xero_id, "xero_tenant_id": organisation, "status": xero_side.status}
    record |= {"number": xero_side.number, "link": Link(evidence=LINKED_BY_HAND, note=note)}
    record |= record_seen(xero_side, at=now)
    if xero_side.settled:
        record |= _count_as_confirmed(firm, job, bill, xero_side)
        record["link"] = record["link"].close("settled-in-xero")
    _link_document(firm, actor, job, record, now)
    return ActionOutcome(words=f"Bill {bill.number} is linked to the one in Xero.")


def _count_as_confirmed(firm: Firm, job: SyncJob, bill: InvoiceDocument, xero_side: InvoiceInXero) -> RecordChanges:
    """The changes that count a bill as confirmed without sending: in Xero the bill was paid or credited."""
    books = RequestContext(firm).books
    if books is None:
        _refuse("The accounts have not been read from Xero yet. Try again in a minute.")
    mapped = map_invoice(bill, preferences=Preferences.from_stored(job.preferences), books=books)
    figures: RecordChanges = {"subtotal": xero_side.subtotal, "tax": xero_side.tax, "total": xero_side.total}
    return {**figures, "confirmed_hash": mapped.content_hash}


def _link_document(firm: Firm, actor: User, job: SyncJob, record: RecordChanges, now: datetime) -> None:
    target = find_row(firm=firm, job=job)
    if target is None:
        _refuse(CHANGED)
    try:
        with transaction.atomic():
            outbox.link(firm=firm, job=job, record=record, now=now)
            after = {"words": record["link"].note, "xero_id": record["xero_id"]}
            before = {"xero_id": job.xero_id}
            audit.record(
                firm=firm,
                actor=actor,
                action=f"{find_kind(job.kind).rows.audit}.linked",
                target=target,
                before=before,
                after=after,
            )
    except outbox.Changed:
        _refuse(CHANGED)


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def _refuse(sentence: str) -> NoReturn:
    raise Refused({"": sentence})
