"""Is what stands in Xero what we sent? Compared with the frozen body of the attempt, never with today's rows."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from xero_sync.domain.kinds import Kind


def is_ours(*, kind: Kind, sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """True if `found`, as Xero tells it, is what `sent` asked for. Adopting our own document needs no preference."""
    if kind is Kind.CONTACT:
        return bool(sent.get("ContactNumber")) and sent.get("ContactNumber") == found.get("ContactNumber")
    return (
        sent.get("InvoiceNumber") == found.get("InvoiceNumber")
        and _contact(sent) == _contact(found)
        and _lines(sent) == _lines(found)
    )


def _contact(element: Mapping[str, Any]) -> str:
    return str((element.get("Contact") or {}).get("ContactID", "")).lower()


def _lines(element: Mapping[str, Any]) -> list[tuple[str, Decimal, Decimal, str]]:
    return [
        (
            str(line.get("Description") or "").strip(),
            _decimal(line.get("Quantity")),
            _decimal(line.get("UnitAmount")),
            str(line.get("AccountCode") or ""),
        )
        for line in element.get("LineItems") or []
    ]


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value if value is not None else 0)).normalize()
    except InvalidOperation:
        return Decimal("NaN")
