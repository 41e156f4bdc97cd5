"""The facts of a contact or a bill that the audit trail keeps."""

from collections.abc import Iterable
from decimal import Decimal
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
    "stated_tax",
)
# The tax is a fact of its own only where the file stated it: otherwise it follows from the others.
_AMOUNTS = ("quantity", "unit_price", "discount", "tax_percent", "amount", "stated_tax")


def contact_facts(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _CONTACT}


def invoice_facts(invoice: Invoice, lines: Iterable[InvoiceLine] = ()) -> dict[str, Any]:
    """The head's fields, and each line under "line 1", "line 2" ..."""
    facts = {name: getattr(invoice, name) for name in _INVOICE}
    return facts | {f"line {line.position}": _line_facts(line) for line in lines}


def has_same_values(before: object, after: object) -> bool:
    """Whether two records of a line say the same, of which one may say 3.000000 where the other says 3."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    return all(_value(name, before.get(name)) == _value(name, after.get(name)) for name in {**before, **after})


def _value(name: str, recorded: object) -> object:
    return Decimal(str(recorded)) if name in _AMOUNTS and recorded is not None else recorded


def _line_facts(line: InvoiceLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in _LINE}
    # As many decimals as an amount has, whether it comes from the database or a form.
    values |= {name: Decimal(values[name]).normalize() for name in _AMOUNTS if values[name] is not None}
    return {name: value for name, value in values.items() if value not in (None, "")}
