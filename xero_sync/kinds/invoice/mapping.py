"""A bill, the preferences it was saved under and the firm's books -> JSON for Xero. Pure; Decimals until the JSON."""

from collections.abc import Mapping
from typing import Any

from firms.currencies import DECIMALS
from xero_sync.domain.books import Books
from xero_sync.domain.errors import Fault
from xero_sync.domain.payloads import Mapped, Payload, content_hash
from xero_sync.domain.preferences import Preferences
from xero_sync.domain.record import RecordChanges
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.lines import map_line
from xero_sync.kinds.invoice.rules import draft_note, lock_fault, paid_note, reference_for, status_for

VOID_HASH = content_hash({"Status": "VOID"})
LINE_AMOUNT_TYPES = {"EXCLUSIVE": "Exclusive", "INCLUSIVE": "Inclusive", "NO_TAX": "NoTax"}


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
        # An empty reference too: one that was removed here has to be removed in Xero.
        emptied = {} if reference is None else {"Reference": reference}
        payload = _as_update({**payload, **emptied}, invoice, mapped_lines)
    notes = [note for line in mapped_lines for note in line.notes]
    notes += [note for note in (referred, draft_note(invoice, preferences=preferences), paid_note(invoice)) if note]
    return Mapped(
        payload=payload,
        content_hash=digest,
        notes=tuple(dict.fromkeys(notes)),
        faults=tuple(dict.fromkeys(faults)),
        line_ids=tuple(line.line_id for line in invoice.lines),
    )


def changes_when_accepted(payload: Mapping[str, Any]) -> RecordChanges:
    """Whether the reference in Xero is ours once the payload is accepted; unchanged if the payload names none."""
    return {"reference_is_ours": bool(payload["Reference"])} if "Reference" in payload else {}


def _void(invoice: InvoiceDocument) -> Mapped:
    payload: Payload = {"InvoiceID": invoice.xero_id, "Status": status_for(invoice)}
    return Mapped(payload=payload, content_hash=VOID_HASH)


def _as_update(payload: Payload, invoice: InvoiceDocument, lines: list[Any]) -> Payload:
    if payload["Status"] == invoice.xero_status or invoice.xero_status in ("AUTHORISED", "PAID"):
        # Xero refuses an unchanged status once the bill has a payment; a paid bill has the status PAID in Xero. One
        # that was approved there never becomes a draft again.
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
    if DECIMALS.get(invoice.currency) == 3:
        faults.append(Fault("This currency has three decimals.", code="three-decimal-currency", source="preflight"))
    if books.chart.currencies and invoice.currency not in books.chart.currencies:
        message = f"Organisation is not subscribed to currency {invoice.currency}"
        faults.append(Fault(message, source="preflight"))
    return faults
