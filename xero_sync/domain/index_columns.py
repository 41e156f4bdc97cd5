"""Helpers of the kinds that turn Xero's JSON into columns of the index. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def read_text(document: Mapping[str, Any], key: str, *, longest: int) -> str:
    """The field's text, cut to the column's length; what PostgreSQL cannot keep is dropped."""
    return str(document.get(key) or "").replace("\0", "")[:longest]


def read_money(document: Mapping[str, Any], key: str) -> Decimal:
    """The field's amount, 2 places, in the document's currency; nothing is 0.00."""
    return Decimal(str(document.get(key) or 0)).quantize(Decimal("0.01"))
