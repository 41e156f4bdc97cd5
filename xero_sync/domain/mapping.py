"""Documents and the preferences they were saved under -> JSON for Xero. Pure; Decimals until the JSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xero_sync.domain import text
from xero_sync.domain.documents import ContactDocument, InvoiceDocument
from xero_sync.domain.errors import Fault
from xero_sync.domain.lines import map_line
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.rules import Books, Note, draft_note, email_for, lock_fault, reference_for, status_for

Payload = dict[str, Any]

LINE_AMOUNT_TYPES = {"EXCLUSIVE": "Exclusive", "INCLUSIVE": "Inclusive", "NO_TAX": "NoTax"}
PHONE_TYPES = {"WORK": "DEFAULT", "DIRECT": "DDI", "MOBILE": "MOBILE", "FAX": "FAX"}
THREE_DECIMAL_CURRENCIES = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """One document ready to go, or the faults that stop it. `line_ids` are our lines in the order they are sent."""

    payload: Payload
    content_hash: str
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    line_ids: tuple[int, ...] = ()


def map_contact(contact: ContactDocument, *, preferences: Preferences) -> Mapped:
    """A contact as Xero takes it. Absent keys, never None: the SDK refuses nulls, and Xero keeps what is not named.

    ContactNumber is the client number as first sent and is never changed afterwards. Source of the lengths: Contact in
    Xero's OpenAPI description 16.1.0 (github.com/XeroAPI/Xero-OpenAPI), read November 2026.
    """
    email, note = email_for(contact, preferences=preferences)
    payload: Payload = {
        "Name": contact.name_there or text.fit(text.clean_name(contact.name), 255),
        # A number another integration gave the contact is never written over.
        "ContactNumber": contact.number_there or _number(contact),
        "EmailAddress": email,
        "FirstName": text.clean(contact.first_name),
        "LastName": text.clean(contact.last_name),
        "TaxNumber": text.fit(text.clean(contact.tax_number), 50),
    }
    phones = _phones(contact)
    if phones:
        payload["Phones"] = phones
    address = _address(contact)
    if address:
        # Clio's behaviour, which bookkeepers know: the billing address is both the postal and the street address.
        payload["Addresses"] = [{"AddressType": kind, **address} for kind in ("POBOX", "STREET")]
    # Of what is said, so that a contact created without its empty fields has the same digest.
    digest = content_hash({key: value for key, value in payload.items() if value})
    if contact.xero_id:
        # Empty ones too: an address that was taken away here has to go there as well.
        payload = {"ContactID": contact.xero_id, **payload}
        if contact.xero_status == "ARCHIVED":
            payload["ContactStatus"] = "ACTIVE"
    else:
        payload = {key: value for key, value in payload.items() if value}
    return Mapped(payload=payload, content_hash=digest, notes=(note,) if note else ())


def map_invoice(invoice: InvoiceDocument, *, preferences: Preferences, books: Books) -> Mapped:
    """An invoice as Xero takes it, with every fault that can be known before sending it."""
    if invoice.state == "VOID":
        return _void(invoice)
    mapped_lines = [map_line(line, invoice=invoice, books=books, preferences=preferences) for line in invoice.lines]
    faults = [*_invoice_faults(invoice, books), *(fault for line in mapped_lines for fault in line.faults)]
    payload: Payload = {
        "Type": "ACCREC",
        "InvoiceNumber": invoice.number,
        "Contact": {"ContactID": invoice.contact_xero_id},
        "Date": invoice.issue_date.isoformat(),
        "DueDate": invoice.due_date.isoformat(),
        "LineAmountTypes": LINE_AMOUNT_TYPES[invoice.tax_mode],
        "CurrencyCode": invoice.currency,
        "Status": status_for(invoice),
        "LineItems": [line.payload for line in mapped_lines],
    }
    reference, referred = reference_for(invoice, preferences=preferences)
    if reference:
        payload["Reference"] = reference
    digest = content_hash(payload)
    if invoice.xero_id:
        # An empty one too: what was taken away here has to go there as well.
        emptied = {} if reference is None else {"Reference": reference}
        payload = _as_update({**payload, **emptied}, invoice, mapped_lines)
    told = [note for line in mapped_lines for note in line.notes]
    told += [note for note in (referred, draft_note(invoice, preferences=preferences)) if note]
    return Mapped(
        payload=payload,
        content_hash=digest,
        notes=tuple(dict.fromkeys(told)),
        faults=tuple(dict.fromkeys(faults)),
        line_ids=tuple(line.line_id for line in invoice.lines),
    )


def content_hash(payload: Mapping[str, Any]) -> str:
    """A digest of what is said, so that a save which changed nothing sends nothing."""
    return hashlib.sha256(to_json(payload).encode()).hexdigest()


def to_json(value: Any) -> str:
    """The one way to JSON: Decimals become numbers, exactly (at most 4 places below 10^11), keys keep their order."""
    return json.dumps(value, default=_as_json_number, ensure_ascii=False, separators=(",", ":"))


def _as_json_number(value: object) -> float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in a payload")
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError("An amount does not survive as a JSON number")
    return number


def _void(invoice: InvoiceDocument) -> Mapped:
    payload: Payload = {"InvoiceID": invoice.xero_id, "Status": status_for(invoice)}
    return Mapped(payload=payload, content_hash=content_hash({"Status": "VOID"}))


def _as_update(payload: Payload, invoice: InvoiceDocument, lines: list[Any]) -> Payload:
    if payload["Status"] == invoice.xero_status or invoice.xero_status == "PAID":
        # Sending an unchanged status is refused once a payment is there; an approved bill that is paid says so there.
        payload = {key: value for key, value in payload.items() if key != "Status"}
    items = [
        {"LineItemID": line.line_item_id, **mapped.payload} if line.line_item_id else mapped.payload
        for line, mapped in zip(invoice.lines, lines, strict=True)
    ]
    return {"InvoiceID": invoice.xero_id, **payload, "LineItems": items}


def _invoice_faults(invoice: InvoiceDocument, books: Books) -> list[Fault]:
    faults = []
    lock = lock_fault(invoice, chart=books.chart)
    if lock:
        faults.append(lock)
    if not invoice.lines:
        faults.append(Fault("One or more line items must be specified", source="preflight"))
    if invoice.total < 0:
        faults.append(Fault("The total is below zero.", code="negative-total", source="preflight"))
    if invoice.currency in THREE_DECIMAL_CURRENCIES:
        faults.append(Fault("This currency has three decimals.", code="three-decimal-currency", source="preflight"))
    if books.chart.currencies and invoice.currency not in books.chart.currencies:
        message = f"Organisation is not subscribed to currency {invoice.currency}"
        faults.append(Fault(message, source="preflight"))
    return faults


def _number(contact: ContactDocument) -> str:
    return "" if contact.without_number else text.fit(contact.number_sent or contact.client_number, 50)


def _phones(contact: ContactDocument) -> list[Payload]:
    chosen: dict[str, str] = {}
    for kind, number in contact.phones:
        chosen.setdefault(PHONE_TYPES.get(kind, "DEFAULT"), text.fit(text.clean(number), 50))
    return [{"PhoneType": kind, "PhoneNumber": number} for kind, number in chosen.items() if number]


def _address(contact: ContactDocument) -> Payload:
    parts = {f"AddressLine{i}": text.fit(line, 500) for i, line in enumerate(contact.address_lines, 1) if line}
    parts |= {"City": contact.city, "Region": contact.region, "PostalCode": contact.postal_code}
    parts |= {"Country": contact.country}
    return {key: text.clean(value) for key, value in parts.items() if value}
