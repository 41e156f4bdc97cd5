"""Is that bill in Xero the one here, and what stands against it? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from xero_sync.domain.identity import fold_number_as_xero
from xero_sync.kinds.invoice.document import InvoiceDocument

# A bill that is void or deleted in Xero stays so.
CLOSED = frozenset({"VOIDED", "DELETED"})


@dataclass(frozen=True, kw_only=True)
class InvoiceInXero:
    """A bill as Xero tells it. `settled` is what was paid and credited."""

    xero_id: str
    number: str
    contact_id: str
    contact: str
    total: Decimal
    subtotal: Decimal
    tax: Decimal
    settled: Decimal
    currency: str
    status: str
    day: str

    @classmethod
    def from_xero(cls, document: Mapping[str, Any]) -> "InvoiceInXero":
        """Of Xero's JSON."""
        contact = document.get("Contact") or {}
        return cls(
            xero_id=str(document.get("InvoiceID") or ""),
            number=str(document.get("InvoiceNumber") or ""),
            contact_id=str(contact.get("ContactID") or ""),
            contact=str(contact.get("Name") or ""),
            total=_money(document.get("Total")),
            subtotal=_money(document.get("SubTotal")),
            tax=_money(document.get("TotalTax")),
            settled=_money(document.get("AmountPaid")) + _money(document.get("AmountCredited")),
            currency=str(document.get("CurrencyCode") or ""),
            status=str(document.get("Status") or ""),
            day=str(document.get("DateString") or "")[:10],
        )


class Difference(StrEnum):
    """What has to agree before a bill is linked."""

    NUMBER = "number"
    CONTACT = "contact"
    TOTAL = "total"
    CURRENCY = "currency"
    CLOSED = "status"


def differences(invoice: InvoiceDocument, there: InvoiceInXero) -> tuple[Difference, ...]:
    """What keeps a bill in Xero from being this one; nothing: they are the same."""
    apart = {
        Difference.NUMBER: fold_number_as_xero(there.number) != fold_number_as_xero(invoice.number),
        Difference.CONTACT: there.contact_id.lower() != invoice.contact_xero_id.lower() or not there.contact_id,
        Difference.TOTAL: there.total != invoice.total,
        Difference.CURRENCY: bool(there.currency) and there.currency != invoice.currency,
        Difference.CLOSED: there.status in CLOSED,
    }
    return tuple(each for each, differs in apart.items() if differs)


def _money(value: object) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))
