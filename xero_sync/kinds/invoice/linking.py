"""Whether a bill in Xero is the one here, and the differences that speak against it. Pure."""

from enum import StrEnum

from identity import fold_number_as_xero
from xero_sync.kinds.invoice.document import InvoiceDocument
from xero_sync.kinds.invoice.in_xero import ENDED, InvoiceInXero


class Difference(StrEnum):
    """A part that has to agree before a bill is linked."""

    NUMBER = "number"
    CONTACT = "contact"
    TOTAL = "total"
    CURRENCY = "currency"
    CLOSED = "status"


def differences(invoice: InvoiceDocument, xero_side: InvoiceInXero) -> tuple[Difference, ...]:
    """The differences between a bill in Xero and ours; empty if the two are the same."""
    apart = {
        Difference.NUMBER: fold_number_as_xero(xero_side.number) != fold_number_as_xero(invoice.number),
        Difference.CONTACT: xero_side.contact_id.lower() != invoice.contact_xero_id.lower() or not xero_side.contact_id,
        Difference.TOTAL: xero_side.total != invoice.total,
        Difference.CURRENCY: bool(xero_side.currency) and xero_side.currency != invoice.currency,
        Difference.CLOSED: xero_side.status in ENDED,
    }
    return tuple(each for each, differs in apart.items() if differs)
