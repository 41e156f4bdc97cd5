"""How two bills are told to be the same where an answer was lost. Pure.

Compared with the frozen element of the attempt, never with today's rows. What may be made of a bill that somebody else
entered is in `matching`.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def identify(document: Mapping[str, Any]) -> str:
    """What a bill is looked up by: its number."""
    return str(document.get("InvoiceNumber") or "")


def is_ours(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """True if `found`, as Xero tells it, is what `sent` asked for. Adopting our own bill needs no preference."""
    return identify(sent) == identify(found) and _contact(sent) == _contact(found) and _lines(sent) == _lines(found)


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
