"""Whether somebody else entered a bill in Xero already, and whether we may link to it. Pure."""

from collections.abc import Mapping
from typing import Any

from xero_sync.domain.errors import Fault
from xero_sync.domain.matches import Match
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import ENDED, InvoiceInXero
from xero_sync.kinds.invoice.linking import Difference, differences


def match_invoice(invoice: InvoiceDocument, *, found: Mapping[str, Any]) -> Match | Fault:
    """A bill in Xero under our number: the same if contact, total and currency agree, else a fault that names it."""
    in_xero = InvoiceInXero.from_xero(found)
    if in_xero.status in ENDED:
        # It keeps its number in Xero and takes no changes, so it cannot stand for a bill here.
        return Fault("", code="invoice-number-taken", source="preflight", parts={"number": invoice.number})
    apart = differences(invoice, in_xero)
    if not apart:
        note = f"Linked to the bill {invoice.number} that was in Xero already: same number, contact and total."
        return Match(in_xero.xero_id, in_xero.status, note, "adopt_existing_invoices")
    currency = f" {in_xero.currency}" if Difference.CURRENCY in apart else ""
    theirs_in_words = f"{in_xero.contact or 'another contact'}, {in_xero.total:,.2f}{currency}"
    return Fault(
        f"Xero has {invoice.number} for {theirs_in_words}; here its total is {invoice.total:,.2f}.",
        code="found-but-differs",
        source="preflight",
        parts={"number": invoice.number, "there": theirs_in_words},
    )
