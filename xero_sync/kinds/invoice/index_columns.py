"""The columns of the index of Xero for a sales invoice. Pure."""

from collections.abc import Mapping
from typing import Any

from identity import fold_number_as_xero
from xero_sync.domain.xero_json import read_column_text, read_date, read_money


def index_columns(document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of one sales invoice in Xero's JSON; the index keeps no bill without an id."""
    number = read_column_text(document, "InvoiceNumber", longest=255)
    return {
        # A supplier's bill may have any number; the reading's filter leaves it out, and this makes sure.
        "xero_id": read_column_text(document, "InvoiceID", longest=36) if document.get("Type") == "ACCREC" else "",
        "number": number,
        "number_key": fold_number_as_xero(number)[:500],
        "contact_xero_id": read_column_text(document.get("Contact") or {}, "ContactID", longest=36),
        "status": read_column_text(document, "Status", longest=12),
        "issued": read_date(document.get("DateString") or document.get("Date")),
        "total": read_money(document, "Total"),
        "settled": read_money(document, "AmountPaid") + read_money(document, "AmountCredited"),
    }
