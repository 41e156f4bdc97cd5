"""One document of a history: what each side wrote into which field, and when. Knows nothing of the product's rules.

A field is named "due", or "<tag>.price" of a line; "<tag>" alone is the line's presence, "yes" or empty. The tag of a
line stands in its description, so that it is known again on either side. Every value that can be is written only once,
so that a value tells who wrote it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from billing.models import InvoiceLine

OURS, THEIRS = "ours", "theirs"
BILL, CLIENT = "INVOICE", "CONTACT"
YES = "yes"
TAG = re.compile(r"\[([^\]]+)\]")
DUE, DAY = date(2027, 1, 1), date(2024, 1, 1)
LINE_KEYS = {
    "text": "Description",
    "quantity": "Quantity",
    "price": "UnitAmount",
    "discount": "DiscountAmount",
    "account": "AccountCode",
    "tax": "TaxType",
}
HEAD_KEYS = {"number": "InvoiceNumber", "reference": "Reference", "day": "DateString", "due": "DueDateString"}
CLIENT_KEYS = {"name": "Name", "email": "EmailAddress", "first_name": "FirstName", "tax_number": "TaxNumber"}
PRODUCT_NAMES = {
    "description": "text",
    "unit_amount": "price",
    "discount_amount": "discount",
    "account_code": "account",
    "tax_type": "tax",
    "phone.MOBILE": "phone",
    "address.POBOX": "postal",
    "address.STREET": "street",
}
Fields = Mapping[str, str]


@dataclass(frozen=True)
class Edit:
    """One side wrote a value at a moment (a count of all events). `chosen`: the other side's value was shown by then."""

    at: int
    side: str
    field: str
    value: str
    chosen: bool = False


@dataclass
class Doc:
    """A bill or a client here, with its edits since it was made."""

    key: str
    kind: str
    row: Any
    lines: dict[str, InvoiceLine] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    # By the bookkeeper, at any time.
    renumbered: bool = False
    read_at: int = -1
    is_void: bool = False
    values: Iterator[int] = field(default_factory=lambda: count(1))

    def last(self, side: str, name: str) -> Edit | None:
        """The last edit of a field by a side."""
        return next((edit for edit in reversed(self.edits) if (edit.side, edit.field) == (side, name)), None)

    def fields_of(self, side: str) -> set[str]:
        return {edit.field for edit in self.edits if edit.side == side}

    def ours(self) -> dict[str, str]:
        """What this side names, by the rows as they were saved."""
        row = self.row
        if self.kind == CLIENT:
            [phone] = [each["number"] for each in row.phones] or [""]
            plain = {"name": row.name, "first_name": row.first_name, "tax_number": row.tax_number}
            return plain | {"email": row.emails[0], "phone": phone, "postal": row.city, "street": row.city}
        fields = {"number": row.number, "day": row.issue_date.isoformat(), "due": row.due_date.isoformat()}
        for tag, line in self.lines.items():
            texts = {"text": line.description, "account": "200", "tax": "OUTPUT"}
            numbers = {"quantity": line.quantity, "price": line.unit_price, "discount": line.discount}
            texts |= {name: number(value) for name, value in numbers.items()}
            fields |= {tag: YES} | {f"{tag}.{name}": value for name, value in texts.items()}
        return fields


def number(value: Any) -> str:
    """A number as text, the same for the same amount; none and 0 are empty."""
    exact = Decimal(str(value or 0))
    return f"{exact.normalize():f}" if exact else ""


def day_after(first: date, days: int) -> date:
    return first + timedelta(days=days)


def bill_fields(document: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a bill in Xero's JSON that it names. A line that is there twice has its tag with a mark."""
    fields = {name: str(document[key] or "") for name, key in HEAD_KEYS.items() if key in document}
    # A payload names the two days as Xero takes them.
    days = {name: str(document[key]) for name, key in (("day", "Date"), ("due", "DueDate")) if key in document}
    fields = days | fields
    fields |= {name: fields[name][:10] for name in ("day", "due") if name in fields}
    for row in document.get("LineItems", ()):
        tag = tag_of(row)
        while tag in fields:
            tag += "+"
        fields[tag] = YES
        for name, key in LINE_KEYS.items():
            value = row.get(key)
            fields[f"{tag}.{name}"] = number(value) if name in ("quantity", "price", "discount") else str(value or "")
        fields[f"{tag}.tracking"] = ",".join(sorted(str(each["Option"]) for each in row.get("Tracking", ())))
    return fields


def tag_of(row: Mapping[str, Any]) -> str:
    found = TAG.search(str(row.get("Description", "")))
    return found[1] if found else "?"


def client_fields(document: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a client in Xero's JSON that it names."""
    fields = {name: str(document[key] or "") for name, key in CLIENT_KEYS.items() if key in document}
    for phone in document.get("Phones", ()):
        if phone["PhoneType"] == "MOBILE":
            fields["phone"] = str(phone.get("PhoneNumber") or "")
    for address in document.get("Addresses", ()):
        fields["postal" if address["AddressType"] == "POBOX" else "street"] = str(address.get("City") or "")
    return fields


def fields_in(kind: str, document: Mapping[str, Any]) -> dict[str, str]:
    return bill_fields(document) if kind == BILL else client_fields(document)


def own_name(product_name: str, tags: Mapping[str, str]) -> str:
    """The history's name of a field that the product names; `tags` are those of lines by LineItemID."""
    if not product_name.startswith("line."):
        return PRODUCT_NAMES.get(product_name, product_name)
    _, line_id, *rest = product_name.split(".")
    return ".".join([tags.get(line_id, "?"), *(PRODUCT_NAMES.get(name, name) for name in rest)])
