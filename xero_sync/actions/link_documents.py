"""Link by hand: a person says that a contact or bill here is that one in Xero. Xero is read at that moment."""

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
from xero_sync.domain.record import RecordChanges, record_agreed, record_seen
from xero_sync.facts.link_refusals import keeps_number, refuse_contact
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
    Contacts,
    find_invoice_in_xero,
    other_bill,
    read_contact,
    read_contact_document,
    read_invoice_document,
    tenant,
)

CHANGED = "Something changed since you opened this page, so nothing was linked. Look at it again."


def link_contact(*, firm: Firm, actor: User, job: SyncJob, xero_id: str, restore: bool, now: datetime) -> ActionOutcome:
    """This client is that contact in Xero; what waits for it goes.

    Xero is read once more and compared. Raises firms.refusals.Refused and upkeep.NotNow; then nothing has changed.
    """
    # As it is at the start: what is read there is never linked under another one.
    organisation = tenant(firm=firm)
    contact = read_contact_document(firm=firm, job=job)
    read = read_contact(firm=firm, contact=contact, xero_id=xero_id, now=now)
    there = _may_be_linked(firm, job, read, restore)
    candidate = candidates(contact, [there], all_of_them=True)[0]
    note = f"Linked by {actor} on {format_day(now, firm=firm)}: {_first_small(candidate.words) or 'chosen by hand'}."
    link = Link(
        evidence=LINKED_BY_HAND,
        note=note,
        restored=there.is_archived,
        # Where another contact has our name, this one keeps the name it has in Xero.
        name=there.name if read.has_name else "",
        stands_for=contact.name,
        number=there.number,
        without_number=keeps_number(job=job, read=read),
    )
    record: RecordChanges = {"xero_id": there.xero_id, "xero_tenant_id": organisation, "status": there.status}
    _link(firm, actor, job, {**record, **record_agreed(there), **record_seen(there, at=now), "link": link}, now)
    words = f"{contact.name} is linked to {there.name} in Xero. What waited behind it goes now."
    return ActionOutcome(words=words)


def _may_be_linked(firm: Firm, job: SyncJob, read: Contacts, restore: bool) -> ContactInXero:
    refused = refuse_contact(firm=firm, job=job, read=read, restore=restore)
    if refused or read.there is None:
        _refuse(refused)
    return read.there


def link_invoice(*, firm: Firm, actor: User, job: SyncJob, xero_id: str, now: datetime) -> ActionOutcome:
    """This bill is that one in Xero, whatever the preference says: a person chose.

    Only where number, contact, total and currency agree. Raises Refused and upkeep.NotNow; then nothing has changed.
    """
    # As it is at the start: what is read there is never linked under another one.
    organisation = tenant(firm=firm)
    bill = read_invoice_document(firm=firm, job=job)
    if bill.is_void:
        _refuse("A void bill is not linked.")
    there = find_invoice_in_xero(firm=firm, number=bill.number, now=now)
    if there is None or there.xero_id != xero_id or differences(bill, there):
        _refuse(CHANGED)
    other = other_bill(firm=firm, job=job, there=there)
    if other:
        _refuse(f"That bill in Xero is already linked to bill {other} here. Nothing was linked.")
    note = f"Linked by {actor} on {format_day(now, firm=firm)}: same number, contact and total."
    record: RecordChanges = {"xero_id": there.xero_id, "xero_tenant_id": organisation, "status": there.status}
    record |= {"number": there.number, "link": Link(evidence=LINKED_BY_HAND, note=note)}
    record |= {**record_agreed(there), **record_seen(there, at=now)}
    if there.settled:
        record |= _leave_alone(firm, job, bill, there)
        record["link"] = record["link"].close("settled-in-xero")
    _link(firm, actor, job, record, now)
    return ActionOutcome(words=f"Bill {bill.number} is linked to the one in Xero.")


def _leave_alone(firm: Firm, job: SyncJob, bill: InvoiceDocument, there: InvoiceInXero) -> RecordChanges:
    """Paid or credited there: it counts as the same, and nothing is sent."""
    books = RequestContext(firm).books
    if books is None:
        _refuse("The accounts have not been read from Xero yet. Try again in a minute.")
    mapped = map_invoice(bill, preferences=Preferences.from_stored(job.preferences), books=books)
    figures: RecordChanges = {"subtotal": there.subtotal, "tax": there.tax, "total": there.total}
    return {**figures, "confirmed_hash": mapped.content_hash}


def _link(firm: Firm, actor: User, job: SyncJob, record: RecordChanges, now: datetime) -> None:
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


def _first_small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _refuse(sentence: str) -> NoReturn:
    raise Refused({"": sentence})
