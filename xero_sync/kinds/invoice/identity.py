"""Whether two bills are the same where an answer was lost. Pure.

Compared with the frozen element of the attempt, never with today's rows. Bills that somebody else entered are decided
in `matching`.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def identify(document: Mapping[str, Any]) -> str:
    """The key that a bill is looked up by: its number."""
    return str(document.get("InvoiceNumber") or "")


def is_ours(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether `found`, in Xero's JSON, is the bill that was sent. Adopting our own bill needs no preference."""
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
