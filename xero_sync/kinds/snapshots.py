"""Rows -> frozen documents, in a fixed number of queries whatever their number."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from billing.models import Contact, ContactKind, Invoice, InvoiceLine, LineKind
from xero_sync.domain.documents import ContactDocument, Document, InvoiceDocument, LineDocument
from xero_sync.domain.kinds import Kind
from xero_sync.models import SyncJob


def documents(*, kind: Kind, jobs: Sequence[SyncJob], xero_tenant_id: str) -> dict[int, Document]:
    """The documents of these jobs by job id; a row that is gone is absent. Xero ids only of this organisation."""
    read = {Kind.CONTACT: _contacts, Kind.INVOICE: _invoices}[kind]
    by_object = {job.object_id: job for job in jobs}
    return {by_object[pk].pk: document for pk, document in read(by_object, xero_tenant_id).items()}


def _contacts(jobs: Mapping[int, SyncJob], xero_tenant_id: str) -> dict[int, Document]:
    return {
        contact.pk: contact_document(contact=contact, job=jobs[contact.pk], xero_tenant_id=xero_tenant_id)
        for contact in Contact.objects.filter(pk__in=list(jobs))
    }


def contact_document(*, contact: Contact, job: SyncJob, xero_tenant_id: str) -> ContactDocument:
    """One contact, from its row and its job."""
    return ContactDocument(
        object_id=contact.pk,
        client_number=contact.client_number,
        name=contact.name,
        is_person=contact.kind == ContactKind.PERSON,
        first_name=contact.first_name,
        last_name=contact.last_name,
        emails=tuple(contact.emails),
        phones=tuple((phone["type"], phone["number"]) for phone in contact.phones),
        address_lines=(contact.address_line1, contact.address_line2),
        city=contact.city,
        region=contact.region,
        postal_code=contact.postal_code,
        country=contact.country,
        tax_number=contact.tax_number,
        xero_id=_id_in_xero(job, xero_tenant_id),
        xero_status=job.xero_status,
        number_sent=job.number_sent,
        # Renamed here since it was told apart: it goes by its new name, and is told apart anew if need be.
        name_there=job.link.get("name", "") if job.link.get("for") == contact.name else "",
        number_there=job.link.get("number", ""),
        without_number=bool(job.link.get("without_number")),
    )


def _invoices(jobs: Mapping[int, SyncJob], xero_tenant_id: str) -> dict[int, Document]:
    lines = defaultdict(list)
    for line in (
        InvoiceLine.objects.filter(invoice__in=list(jobs)).select_related("category").order_by("invoice", "position")
    ):
        lines[line.invoice_id].append(line)
    return {
        invoice.pk: invoice_document(
            invoice=invoice,
            lines=lines[invoice.pk],
            job=jobs[invoice.pk],
            contact_job=jobs[invoice.pk].contact_job,
            xero_tenant_id=xero_tenant_id,
        )
        for invoice in Invoice.objects.filter(pk__in=list(jobs)).select_related("matter")
    }


class CategoryRow(NamedTuple):
    """What a line says of its expense category."""

    pk: int
    name: str
    account_code: str


class LineRow(NamedTuple):
    """A line as it is read by the thousand: without a model instance for each, which takes most of the time."""

    invoice_id: int
    pk: int
    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    tax_name: str
    tax_percent: Decimal
    date: datetime.date | None
    timekeeper: str
    category: CategoryRow | None


def lines_of(*, invoices: Collection[int]) -> dict[int, list[LineRow]]:
    """The lines of these bills, in order. One query."""
    found: dict[int, list[LineRow]] = defaultdict(list)
    names = [*LineRow._fields[:-1], "category_id", "category__name", "category__account_code"]
    rows = InvoiceLine.objects.filter(invoice__in=invoices).order_by("invoice", "position")
    for values in rows.values_list(*names):
        category = None if values[-3] is None else CategoryRow._make(values[-3:])
        row = LineRow._make((*values[:-3], category))
        found[row.invoice_id].append(row)
    return found


def invoice_document(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine] | Sequence[LineRow],
    job: SyncJob,
    contact_job: SyncJob | None,
    xero_tenant_id: str,
) -> InvoiceDocument:
    """One bill, from its row with its matter, its lines with their categories, its job and its contact's."""
    return InvoiceDocument(
        object_id=invoice.pk,
        number=invoice.number,
        description=invoice.description,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        currency=invoice.currency,
        tax_mode=invoice.tax_mode,
        state=invoice.state,
        subtotal=invoice.subtotal,
        tax_total=invoice.tax_total,
        total=invoice.total,
        lines=tuple(line_document(line, job.line_ids) for line in lines),
        contact_xero_id=_id_in_xero(contact_job, xero_tenant_id) if contact_job else "",
        matter_number=invoice.matter.number if invoice.matter else "",
        xero_id=_id_in_xero(job, xero_tenant_id),
        xero_status=job.xero_status,
        reference_is_ours=any(note["code"] == "matter_as_reference" for note in job.applied),
    )


def line_document(line: InvoiceLine | LineRow, line_ids: Mapping[str, str]) -> LineDocument:
    """One line, with its category in hand; `line_ids` says what Xero calls our lines."""
    return LineDocument(
        line_id=line.pk,
        is_expense=line.kind == LineKind.EXPENSE,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        amount=line.amount,
        tax_name=line.tax_name,
        tax_percent=line.tax_percent,
        date=line.date,
        timekeeper=line.timekeeper,
        category=line.category.name if line.category else "",
        category_account=line.category.account_code if line.category else "",
        line_item_id=line_ids.get(str(line.pk), ""),
    )


def _id_in_xero(job: SyncJob, xero_tenant_id: str) -> str:
    return job.xero_id if job.xero_tenant_id == xero_tenant_id else ""
