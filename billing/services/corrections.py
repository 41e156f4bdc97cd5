"""Change one field of a saved bill or contact and leave the others as they are; a save like any other."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from billing.domain.money import TaxMode
from billing.models import Contact, ContactKind, Invoice, InvoiceLine, LineKind, PhoneType
from billing.services.contacts import save_contact
from billing.services.invoices import save_invoice
from billing.services.values import ContactValues, InvoiceValues, LineValues, Phone
from firms.models import Firm, User

_LINE = ("pk", "quantity", "unit_price", "description", "date", "category_id", "timekeeper", "discount", "tax_name")
_CONTACT = (
    "name",
    "client_number",
    "first_name",
    "last_name",
    "address_line1",
    "address_line2",
    "city",
    "region",
    "postal_code",
    "country",
    "tax_number",
)


def correct_invoice(
    *,
    firm: Firm,
    actor: User | None,
    invoice: Invoice,
    expected_version: int | None,
    number: str | None = None,
    issue_date: date | None = None,
    due_date: date | None = None,
    texts: Mapping[int, str] | None = None,
) -> Invoice:
    """Give a bill another number, date of issue or due date, or its lines other texts by their ids.

    Raises Refused, EditConflict. A due date that would fall before a new date of issue keeps its distance from it.
    """
    values = _invoice_values(invoice)
    if due_date is not None:
        values = replace(values, due_date=due_date)
    if number is not None:
        values = replace(values, number=number)
    if issue_date is not None:
        due = (
            invoice.due_date if invoice.due_date >= issue_date else issue_date + (invoice.due_date - invoice.issue_date)
        )
        values = replace(values, issue_date=issue_date, due_date=due)
    described = texts or {}
    lines = [
        replace(_line_values(line), description=described.get(line.pk, line.description))
        for line in invoice.lines.all()
    ]
    return save_invoice(
        firm=firm, actor=actor, values=values, lines=lines, invoice=invoice, expected_version=expected_version
    )


def correct_contact(
    *, firm: Firm, actor: User | None, contact: Contact, expected_version: int | None, changes: Mapping[str, Any]
) -> Contact:
    """Change these fields of a contact, named as in ContactValues. Raises Refused, EditConflict."""
    values = ContactValues(
        kind=ContactKind(contact.kind),
        emails=tuple(contact.emails),
        phones=tuple(Phone(type=PhoneType(phone["type"]), number=phone["number"]) for phone in contact.phones),
        **{name: getattr(contact, name) for name in _CONTACT},
    )
    return save_contact(
        firm=firm,
        actor=actor,
        values=replace(values, **changes),
        contact=contact,
        expected_version=expected_version,
    )


def _invoice_values(invoice: Invoice) -> InvoiceValues:
    return InvoiceValues(
        contact_id=invoice.contact_id,
        issue_date=invoice.issue_date,
        number=invoice.number,
        matter_id=invoice.matter_id,
        description=invoice.description,
        due_date=invoice.due_date,
        currency=invoice.currency,
        tax_mode=TaxMode(invoice.tax_mode),
    )


def _line_values(line: InvoiceLine) -> LineValues:
    return LineValues(kind=LineKind(line.kind), **{name: getattr(line, name) for name in _LINE})
