"""The effect behind each automatic fix: what the sync does by itself when Xero refuses something it can mend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from firms.models import Firm
from xero_sync import gateway, outbox
from xero_sync.domain.documents import ContactDocument, Document, InvoiceDocument
from xero_sync.domain.errors import Fault, recognise
from xero_sync.domain.kinds import Kind
from xero_sync.domain.matching import CLIENT, Link, Rename, match_contact, match_invoice
from xero_sync.domain.preferences import Preferences
from xero_sync.models import SyncJob

CONTACT_CLASHES = frozenset(
    {"contact-name-taken", "contact-name-exists", "contact-rename-refused", "contact-number-taken"}
    | {"contact-number-in-use"}
)
NUMBER_TAKEN = "invoice-number-taken"
# Clashes with what stands in Xero: only a look there tells what may be made of them.
ASKS_XERO = CONTACT_CLASHES | {NUMBER_TAKEN}
CONTACT_ARCHIVED = "contact-archived"
CONTACT_GONE = "contact-gone"
STATUS_WITH_PAYMENT = "status-with-payment"
CLOSED = frozenset({"invoice-closed-in-xero", "document-closed-in-xero"})
ENDED = frozenset({"VOIDED", "DELETED"})
SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Refused:
    """One document Xero refused just now, as it was sent."""

    job: SyncJob
    document: Document
    content_hash: str
    codes: frozenset[str]


def refused(*, job: SyncJob, document: Document, content_hash: str, faults: Sequence[Fault]) -> Refused:
    """The refusal in the terms of this module."""
    return Refused(job, document, content_hash, frozenset(recognise(fault).code for fault in faults))


def apply_fixes(
    *, firm: Firm, access: gateway.Access, documents: Sequence[Refused], take_call: Callable[[], None]
) -> int:
    """Mend what the documents' stored preferences allow; returns how many were put back in line.

    Reads Xero's contacts once for any number of clashes, and its bills by number in groups. Raises what `take_call`
    raises when no call is left, and the gateway's faults; then nothing has changed.
    """
    now = timezone.now()
    mends = _contact_fixes([each for each in documents if each.codes & CONTACT_CLASHES], access, take_call)
    mends += _invoice_fixes([each for each in documents if NUMBER_TAKEN in each.codes], access, take_call)
    mends += _void_fixes([each for each in documents if _is_closed_void(each)], access, take_call)
    mends += [_without_status(each) for each in documents if STATUS_WITH_PAYMENT in each.codes]
    archived = [each.job for each in documents if CONTACT_ARCHIVED in each.codes and _may_restore(each.job)]
    gone = [each.job for each in documents if CONTACT_GONE in each.codes and isinstance(each.document, InvoiceDocument)]
    return (
        outbox.requeue_jobs(firm=firm, mends=mends, now=now)
        + outbox.restore_contacts_of(jobs=archived, now=now)
        + outbox.resend_contacts_of(jobs=gone, now=now)
    )


def _may_restore(job: SyncJob) -> bool:
    return _preferences(job).on("restore_archived_contacts")


def _contact_fixes(
    clashes: Sequence[Refused], access: gateway.Access, take_call: Callable[[], None]
) -> list[outbox.Requeue]:
    if not clashes:
        return []
    index = _all_contacts(access, take_call)
    by_id = {str(row.get("ContactID")): row for row in index}
    for xero_id, client in _linked_clients(access):
        if xero_id in by_id:
            by_id[xero_id][CLIENT] = client
    mends = []
    for each in clashes:
        if not isinstance(each.document, ContactDocument) or each.job.link.get("for") == each.document.name:
            # Mended once already under this name, and refused again: a person has to look.
            continue
        answer = match_contact(each.document, preferences=_preferences(each.job), index=index)
        # A number that a contact there keeps stays with it, whatever this one is called.
        kept = {"without_number": True} if each.document.without_number else {}
        if isinstance(answer, Link):
            link = {"note": answer.note, "code": answer.code, "number": answer.number, "restored": answer.restored}
            changes = _linked(access, answer) | {"link": {**kept, **link, "for": each.document.name}}
            mends.append(outbox.Requeue(each.job.pk, changes))
            by_id[answer.xero_id][CLIENT] = each.document.object_id
        elif isinstance(answer, Rename):
            link = {"note": answer.note, "code": "distinct_contact_names", "name": answer.name}
            link |= {"number": each.job.link.get("number", ""), "for": each.document.name}
            mends.append(outbox.Requeue(each.job.pk, {"link": {**kept, **link}}))
    return mends


def _linked_clients(access: gateway.Access) -> list[tuple[str, int]]:
    """Which contact in this organisation stands for which client of the firm in scope."""
    linked = SyncJob.objects.filter(kind=Kind.CONTACT, xero_tenant_id=access.xero_tenant_id).exclude(xero_id="")
    return list(linked.values_list("xero_id", "object_id"))


def _invoice_fixes(
    taken: Sequence[Refused], access: gateway.Access, take_call: Callable[[], None]
) -> list[outbox.Requeue]:
    adoptable = {
        each.document.number: each
        for each in taken
        if isinstance(each.document, InvoiceDocument) and _preferences(each.job).on("adopt_existing_invoices")
    }
    mends = []
    for group in gateway.split_numbers(list(adoptable)):
        take_call()
        for element in gateway.find_invoices(access=access, numbers=group).elements:
            each = adoptable.get(str(element.document.get("InvoiceNumber")))
            if each is not None and isinstance(each.document, InvoiceDocument):
                mends.append(_invoice_fix(each, each.document, element.document, access))
    return mends


def _invoice_fix(
    each: Refused, document: InvoiceDocument, found: dict[str, Any], access: gateway.Access
) -> outbox.Requeue:
    answer = match_invoice(document, found=found)
    if isinstance(answer, Fault):
        return outbox.Requeue(each.job.pk, {}, fault=answer)
    changes = _linked(access, answer)
    changes["link"] = {"note": answer.note, "code": answer.code}
    if found.get("AmountPaid") or found.get("AmountCredited"):
        # Paid or credited there: it is left alone, and counts as the same.
        changes |= {"confirmed_hash": each.content_hash, "xero_total": document.total}
        changes["link"]["closed"] = "settled-in-xero"
    return outbox.Requeue(each.job.pk, changes)


def _is_closed_void(each: Refused) -> bool:
    return bool(each.codes & CLOSED) and isinstance(each.document, InvoiceDocument) and each.document.state == "VOID"


def _void_fixes(
    closed: Sequence[Refused], access: gateway.Access, take_call: Callable[[], None]
) -> list[outbox.Requeue]:
    """Void here, and closed there: where Xero says it is void too, both sides agree and nothing is to be sent."""
    by_id = {each.job.xero_id.lower(): each for each in closed}
    numbers = [each.job.number_sent for each in closed if each.job.number_sent]
    mends = []
    for group in gateway.split_numbers(numbers):
        take_call()
        for element in gateway.find_invoices(access=access, numbers=group).elements:
            each = by_id.get(str(element.document.get("InvoiceID") or "").lower())
            status = str(element.document.get("Status") or "")
            if each is not None and status in ENDED:
                same = {"xero_status": status, "confirmed_hash": each.content_hash}
                mends.append(outbox.Requeue(each.job.pk, same))
    return mends


def _without_status(each: Refused) -> outbox.Requeue:
    """Approved there already, and a payment makes its status final: it goes again without one."""
    return outbox.Requeue(each.job.pk, {"xero_status": "AUTHORISED", "link": each.job.link})


def _linked(access: gateway.Access, link: Link) -> dict[str, Any]:
    return {"xero_id": link.xero_id, "xero_tenant_id": access.xero_tenant_id, "xero_status": link.status}


def _all_contacts(access: gateway.Access, take_call: Callable[[], None]) -> list[dict[str, Any]]:
    take_call()
    replies = [gateway.find_contacts(access=access, modified_since=SINCE_EVER)]
    while len(replies) < replies[0].page_count:
        take_call()
        replies.append(gateway.find_contacts(access=access, modified_since=SINCE_EVER, page=len(replies) + 1))
    return [element.document for reply in replies for element in reply.elements]


def _preferences(job: SyncJob) -> Preferences:
    return Preferences.from_stored(job.preferences)
