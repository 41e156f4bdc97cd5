"""Values of the JSON of Xero's answers, and of the JSON in which we store documents. Pure.

Source: developer.xero.com, Accounting API, "Requests and responses", read November 2026: dates are
/Date(1518685950940+0000)/, in milliseconds since 1970, and some fields have an ISO twin.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_CENT = Decimal("0.01")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})")


def read_text(document: Mapping[str, Any], key: str) -> str:
    """The field's text; empty if there is none."""
    value = document.get(key)
    # Nearly each value is a text already, and this is called for each field of each answer.
    return value if type(value) is str else str(value or "")


def read_column_text(document: Mapping[str, Any], key: str, *, longest: int) -> str:
    """The field's text for a column of this length: cut, and without the NUL that PostgreSQL refuses."""
    return read_text(document, key).replace("\0", "")[:longest]


def read_amount(document: Mapping[str, Any], key: str) -> Decimal | None:
    """The field's number, exactly as it was written; None if there is none."""
    value = document.get(key)
    # The gateway reads numbers as Decimals; comparing one with "" takes longer than all the rest.
    if value is None or isinstance(value, Decimal):
        return value
    return Decimal(str(value)) if value != "" else None


def read_plain_number(document: Mapping[str, Any], key: str) -> Decimal:
    """The field's number without its trailing zeros, for comparing; 0 if there is none, NaN for another text."""
    try:
        return (read_amount(document, key) or Decimal(0)).normalize()
    except InvalidOperation:
        return Decimal("NaN")


def read_money(document: Mapping[str, Any], key: str) -> Decimal:
    """The field's amount, 2 places, in the document's currency; 0.00 if there is none."""
    return (read_amount(document, key) or Decimal(0)).quantize(_CENT)


def read_moment(value: object) -> datetime | None:
    """A moment of Xero's; None for another text. The offset does not move the moment."""
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    return _EPOCH + timedelta(milliseconds=int(found[1])) if found else None


def read_date(value: object) -> date | None:
    """A date of Xero's, an ISO text, or nothing."""
    moment = read_moment(value)
    if moment is not None:
        return moment.date()
    found = _ISO.match(value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def to_stored(document: Any) -> dict[str, Any]:
    """A frozen dataclass as JSON that a column takes: Decimals and times become text, and empty values are left out.

    Its fields are texts, Decimals, dates, times, or tuples of texts or of such dataclasses.
    """
    stored: dict[str, Any] = {}
    # Called for each line of each document that is sent.
    for name in document.__dataclass_fields__:
        value = getattr(document, name)
        if isinstance(value, Decimal):
            stored[name] = str(value)
        elif not value:
            continue
        elif isinstance(value, tuple):
            stored[name] = [each if isinstance(each, str) else to_stored(each) for each in value]
        elif isinstance(value, date):
            stored[name] = value.isoformat()
        else:
            stored[name] = str(value)
    return stored
