"""Whether somebody else entered a bill in Xero already, and whether we may link to it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.matches import Match
from xero_sync.domain.xero_json import read_amount, read_text
from xero_sync.kinds.invoice.document import InvoiceDocument

ENDED = frozenset({"VOIDED", "DELETED"})


def match_invoice(invoice: InvoiceDocument, *, found: Mapping[str, Any]) -> Match | Fault:
    """A bill in Xero under our number: the same if contact and total agree, else a fault with the difference."""
    if read_text(found, "Status") in ENDED:
        # It keeps its number in Xero and takes no changes, so it cannot stand for a bill here.
        return Fault("", code="invoice-number-taken", source="preflight", parts={"number": invoice.number})
    theirs = read_amount(found, "Total") or Decimal(0)
    contact = found.get("Contact") or {}
    if read_text(contact, "ContactID").lower() == invoice.contact_xero_id.lower() and theirs == invoice.total:
        note = f"Linked to the bill {invoice.number} that was in Xero already: same number, contact and total."
        return Match(str(found["InvoiceID"]), read_text(found, "Status"), note, "adopt_existing_invoices")
    theirs_in_words = f"{contact.get('Name') or 'another contact'}, {theirs:,.2f}"
    return Fault(
        f"Xero has {invoice.number} for {theirs_in_words}; here its total is {invoice.total:,.2f}.",
        code="found-but-differs",
        source="preflight",
        parts={"number": invoice.number, "there": theirs_in_words},
    )
