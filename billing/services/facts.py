"""What the audit trail keeps of a contact or a bill."""

from collections.abc import Iterable
from typing import Any

from billing.models import Contact, Invoice, InvoiceLine

_CONTACT = (
    "kind",
    "client_number",
    "name",
    "first_name",
    "last_name",
    "emails",
    "phones",
    "address_line1",
    "address_line2",
    "city",
    "region",
    "postal_code",
    "country",
    "tax_number",
)
_INVOICE = (
    "number",
    "contact_id",
    "matter_id",
    "description",
    "issue_date",
    "due_date",
    "currency",
    "tax_mode",
    "state",
    "subtotal",
    "tax_total",
    "total",
)
_LINE = (
    "kind",
    "date",
    "description",
    "category_id",
    "timekeeper",
    "quantity",
    "unit_price",
    "discount",
    "tax_name",
    "tax_percent",
    "amount",
)


def contact_facts(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _CONTACT}


def invoice_facts(invoice: Invoice, lines: Iterable[InvoiceLine] = ()) -> dict[str, Any]:
    """The head's fields, and each line under "line 1", "line 2" ..."""
    facts = {name: getattr(invoice, name) for name in _INVOICE}
    return facts | {f"line {line.position}": _line_facts(line) for line in lines}


def _line_facts(line: InvoiceLine) -> dict[str, str]:
    values = {name: getattr(line, name) for name in _LINE}
    return {
        name: f"{value:f}" if hasattr(value, "normalize") else str(value)
        for name, value in values.items()
        if value not in (None, "")
    }
