"""Whether two bills are the same where an answer was lost. Pure.

Compared with the frozen element of the attempt, never with today's rows. Bills that somebody else entered are decided
in `matching`.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xero_sync.domain.xero_json import read_date, read_plain_number, read_text
from xero_sync.kinds.invoice.xero_lines import TAX

# Text, quantity, unit price, account code.
Line = tuple[str, Decimal, Decimal, str]


def identify(document: Mapping[str, Any]) -> str:
    """The key that a bill is looked up by: its number."""
    return read_text(document, "InvoiceNumber")


def is_ours(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether `found`, in Xero's JSON, is the bill that was sent. Adopting our own bill needs no preference.

    Under our number and client the text of one of our lines is enough: a bookkeeper may have changed the rest of it,
    changed the others or added some before the bill was looked for. The differences are judged afterwards, field by
    field.
    """
    if identify(sent) != identify(found) or _contact(sent) != _contact(found):
        return False
    ours, theirs = _lines(sent), _lines(found)
    texts = {text for text, *_ in ours if text}
    return ours == theirs or any(text in texts for text, *_ in theirs)


def is_ours_renumbered(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether `found` is the bill that was sent under another number: same client, same date, same lines."""
    others = (identify, _contact, _day, _lines)
    same = [part(sent) == part(found) for part in others] == [False, True, True, True]
    return same and _has_stated_taxes(sent, found)


def _day(element: Mapping[str, Any]) -> date | None:
    return read_date(element.get("DateString") or element.get("Date"))


def _contact(element: Mapping[str, Any]) -> str:
    return str((element.get("Contact") or {}).get("ContactID", "")).lower()


def _has_stated_taxes(sent: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether each line that was sent with its tax has it; the two have the same lines in the same order."""
    pairs = zip(sent.get("LineItems") or [], found.get("LineItems") or [], strict=True)
    return all(
        read_plain_number(line, TAX) == read_plain_number(in_xero, TAX) for line, in_xero in pairs if TAX in line
    )


def _lines(element: Mapping[str, Any]) -> list[Line]:
    return [
        (
            read_text(line, "Description").strip(),
            read_plain_number(line, "Quantity"),
            read_plain_number(line, "UnitAmount"),
            read_text(line, "AccountCode"),
        )
        for line in element.get("LineItems") or []
    ]
