"""Search Xero for a person who waits: its contacts, and the bill with a number. Each call is counted."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q

from firms.models import Firm
from firms.refusals import Refused
from identity import (
    find_telling_words,
    fold_email,
    fold_name,
    fold_name_as_xero,
    fold_number_as_xero,
)
from xero_sync import gateway, outbox
from xero_sync.domain import text
from xero_sync.domain.kinds import KindSpec
from xero_sync.kinds.contact.document import ContactDocument
from xero_sync.kinds.contact.in_xero import ContactInXero
from xero_sync.kinds.contact.linking import Candidate, candidates, terms
from xero_sync.kinds.contact.spec import CONTACT
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import ENDED, InvoiceInXero
from xero_sync.kinds.invoice.spec import INVOICE
from xero_sync.kinds.registry import find_kind
from xero_sync.kinds.rows import rows_of
from xero_sync.models import SyncJob, XeroDocument, XeroIndex, XeroRecord
from xero_sync.organisation import limits, upkeep
from xero_sync.organisation.connections import find_connection
from xero_sync.organisation.reader import take_call

# A person does not choose from an index of Xero that is older.
FRESH = timedelta(hours=24)
MOST = 50
# In bytes: Xero's own limit is 255 characters, and one question has to hold it.
LONGEST_NUMBER = 500


@dataclass(frozen=True, kw_only=True)
class ContactChoices:
    """The contacts in Xero that may be this client. `taken`: our name of each that is another client already."""

    found: tuple[Candidate, ...]
    taken: Mapping[str, str]
    read_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContactReading:
    """One contact read from Xero, and the other contacts in Xero that have our number or our name."""

    xero_side: ContactInXero | None
    has_number: ContactInXero | None
    has_name: ContactInXero | None


T = TypeVar("T")
Ask = Callable[[Callable[[gateway.Access], gateway.Reply]], list[dict[str, Any]]]


def read_contact_document(*, firm: Firm, job: SyncJob) -> ContactDocument:
    """The contact here, as it would be sent. Raises Refused if no organisation is connected or the row is gone."""
    contact: ContactDocument = _read_document(CONTACT, firm, job)
    return contact


def read_invoice_document(*, firm: Firm, job: SyncJob) -> InvoiceDocument:
    """The bill here, as it would be sent. Raises Refused if no organisation is connected or the row is gone."""
    bill: InvoiceDocument = _read_document(INVOICE, firm, job)
    return bill


def _read_document(kind: KindSpec, firm: Firm, job: SyncJob) -> Any:
    read = kind.rows.read_documents(jobs=[job], xero_tenant_id=read_tenant_id(firm=firm))
    if job.kind != kind.code or job.pk not in read:
        raise Refused({"": "This document is no longer here."})
    return read[job.pk]


def find_contact_choices(
    *, firm: Firm, job: SyncJob, contact: ContactDocument, term: str, now: datetime
) -> ContactChoices:
    """The contacts to choose from: likely the same client, or all that hold `term`. Raises upkeep.NotNow."""
    index = _find_index(firm, job, now)
    if index is not None and index.read_to is not None:
        found, read_at = _search_index(index, contact, term), index.read_to
    else:
        found, read_at = _search_xero(firm, [term] if term else terms(contact), now), now
    chosen = candidates(contact, found, all_of_them=bool(term))[:MOST]
    ids = [each.xero_side.xero_id for each in chosen]
    return ContactChoices(found=tuple(chosen), taken=find_owners(firm=firm, job=job, xero_ids=ids), read_at=read_at)


def _find_index(firm: Firm, job: SyncJob, now: datetime) -> XeroIndex | None:
    """The index, unless it is old, or older than the refusal: it would lack the contact that ours clashed with."""
    connection = find_connection(firm=firm)
    return XeroIndex.objects.filter(
        firm=firm,
        kind=CONTACT.code,
        xero_tenant_id=connection.xero_tenant_id if connection else "",
        read_to__gte=max(now - FRESH, job.changed_at),
    ).first()


def _search_index(index: XeroIndex, contact: ContactDocument, term: str) -> list[ContactInXero]:
    rows = XeroDocument.objects.filter(firm=index.firm_id, xero_tenant_id=index.xero_tenant_id, kind=CONTACT.code)
    if term:
        wanted = Q(name__icontains=term) | Q(number__icontains=term) | Q(email__icontains=term)
    else:
        numbers = {fold_number_as_xero(number) for number in (contact.client_number, contact.number_sent) if number}
        wanted = Q(name_key=fold_name(contact.name)) | Q(number_key__in=numbers)
        for email in contact.emails:
            wanted |= Q(email__iexact=fold_email(email))
        longest = max(find_telling_words(contact.name), key=len, default="")
        if longest:
            wanted |= Q(name__icontains=longest)
    return [
        ContactInXero(xero_id=row.xero_id, name=row.name, number=row.number, email=row.email, status=row.status)
        for row in rows.filter(wanted).order_by("name_key", "pk")[:500]
    ]


def _search_xero(firm: Firm, wanted: Collection[str], now: datetime) -> list[ContactInXero]:
    def question(ask: Ask) -> list[ContactInXero]:
        rows = [row for term in wanted for row in ask(lambda access, term=term: _search_contacts(access, term))]  # type: ignore[misc]
        return [ContactInXero.from_xero(row) for row in rows]

    return _ask_xero(firm, question, now)


def _search_contacts(access: gateway.Access, term: str) -> gateway.Reply:
    return gateway.search_contacts(access=access, term=term)


def _ask_xero(firm: Firm, question: Callable[[Ask], T], now: datetime) -> T:
    """Run a question of any number of calls, each counted against the organisation's limits. Raises NotNow."""
    connection = find_connection(firm=firm)

    def answered(access: gateway.Access) -> T:
        def ask(call: Callable[[gateway.Access], gateway.Reply]) -> list[dict[str, Any]]:
            assert connection is not None
            take_call(firm=firm, connection=connection, person=True)
            reply = call(access)
            limits.note_remaining_calls(xero_tenant_id=access.xero_tenant_id, headers=reply.headers)
            return [element.document for element in reply.elements]

        return question(ask)

    return upkeep.ask(firm=firm, question=answered, now=now)


def find_owners(*, firm: Firm, job: SyncJob, xero_ids: Collection[str]) -> dict[str, str]:
    """Which of these are another client or bill of ours already, and its name here."""
    connection = find_connection(firm=firm)
    if connection is None or not xero_ids:
        return {}
    others = XeroRecord.objects.filter(
        firm=firm, xero_tenant_id=connection.xero_tenant_id, xero_id__in=xero_ids, job__kind=job.kind
    ).exclude(pk=job.pk)
    owners = dict(others.values_list("job__object_id", "xero_id"))
    ours = rows_of(firm=firm, kind=find_kind(job.kind))
    return {owners[row.pk]: str(row) for row in ours.filter(pk__in=owners)}


def read_contact(*, firm: Firm, contact: ContactDocument, xero_id: str, now: datetime) -> ContactReading:
    """Read one contact in Xero, and the other contacts that have our number or our name. Raises upkeep.NotNow."""
    try:
        wanted = str(UUID(xero_id))
    except ValueError:
        return ContactReading(xero_side=None, has_number=None, has_name=None)
    number = contact.number_sent or contact.client_number

    def question(ask: Ask) -> ContactReading:
        rows = ask(lambda access: gateway.read_contact(access=access, xero_id=wanted))
        xero_side = next((row for row in map(ContactInXero.from_xero, rows) if row.xero_id.lower() == wanted), None)
        if xero_side is None:
            return ContactReading(xero_side=None, has_number=None, has_name=None)
        named = ask(lambda access: _search_contacts(access, contact.name)) if xero_side.name != contact.name else []
        numbered = [] if xero_side.number else ask(lambda access: _search_contacts(access, number))
        others = [row for row in map(ContactInXero.from_xero, [*named, *numbered]) if row.xero_id != xero_side.xero_id]
        ours = fold_name_as_xero(text.clean_name(contact.name))
        same_name = [row for row in others if fold_name_as_xero(row.name) == ours and not row.is_archived]
        return ContactReading(
            xero_side=xero_side,
            has_number=next(
                (row for row in others if _is_same_number(row.number, number) and not xero_side.number), None
            ),
            has_name=next(iter(same_name), None),
        )

    return _ask_xero(firm, question, now)


def find_invoice_in_xero(*, firm: Firm, number: str, now: datetime) -> InvoiceInXero | None:
    """The bill with this number in Xero, one that is in force before one that is void. Raises upkeep.NotNow."""
    if len(number.encode()) > LONGEST_NUMBER:
        return None
    rows = _ask_xero(
        firm,
        lambda ask: ask(lambda access: gateway.find_numbered(access=access, calls=INVOICE.calls, numbers=[number])),
        now,
    )
    found = [xero_side for xero_side in map(InvoiceInXero.from_xero, rows) if _is_same_number(xero_side.number, number)]
    return min(found, key=lambda xero_side: xero_side.status in ENDED, default=None)


def _is_same_number(one: str, other: str) -> bool:
    return fold_number_as_xero(one) == fold_number_as_xero(other)


def find_other_bill(*, firm: Firm, job: SyncJob, xero_side: InvoiceInXero) -> str:
    """The number of another bill of ours that this one in Xero is, sent or handled by hand; or empty."""
    linked = find_owners(firm=firm, job=job, xero_ids=[xero_side.xero_id]).get(xero_side.xero_id, "")
    if linked:
        return linked
    handled = outbox.handled_as(firm=firm, xero_id=xero_side.xero_id, but=[job.pk])
    return next((str(bill) for bill in firm.invoices.filter(pk__in=handled[:1])), "")


def read_tenant_id(*, firm: Firm) -> str:
    """The organisation the firm is tied to now. Raises Refused if it is tied to none."""
    connection = find_connection(firm=firm)
    if connection is None:
        raise Refused({"": "This firm is not connected to Xero, so there is nothing to link to."})
    return connection.xero_tenant_id
