"""Is what stands in Xero what we sent? Compared with the frozen body of the attempt, never with today's rows."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from xero_sync.domain.identity import fold_name_as_xero
from xero_sync.domain.kinds import KINDS, Kind


def is_ours(*, kind: Kind, sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """True if `found`, as Xero tells it, is what `sent` asked for. Adopting our own document needs no preference."""
    if kind is Kind.CONTACT:
        if sent.get("ContactNumber"):
            return bool(sent["ContactNumber"] == found.get("ContactNumber"))
        # Sent without a number it has none there either, and Xero takes each name once among the active ones.
        return found.get("ContactStatus") == "ACTIVE" and _same_mark(kind, sent, found)
    return (
        sent.get("InvoiceNumber") == found.get("InvoiceNumber")
        and _contact(sent) == _contact(found)
        and _lines(sent) == _lines(found)
    )


def _same_mark(kind: Kind, sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return mark(kind=kind, document=sent) == mark(kind=kind, document=found)


def mark(*, kind: Kind, document: Mapping[str, Any]) -> str:
    """What a document is looked up by: its number as it was sent; for a contact sent without one, its name."""
    number = str(document.get(KINDS[kind].number_key) or "")
    if number or kind is Kind.INVOICE:
        return number
    # No number holds a line end, so it is never taken for a name.
    return f"\n{fold_name_as_xero(str(document.get('Name') or ''))}"


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
