"""The columns of the index of Xero for a contact. Pure."""

from collections.abc import Mapping
from typing import Any

from identity import fold_name, fold_number_as_xero
from xero_sync.domain.xero_json import read_column_text


def index_columns(document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of one contact in Xero's JSON; the index keeps no contact without an id."""
    name, number = (
        read_column_text(document, "Name", longest=500),
        read_column_text(document, "ContactNumber", longest=255),
    )
    return {
        "xero_id": read_column_text(document, "ContactID", longest=36),
        "number": number,
        "number_key": fold_number_as_xero(number)[:500],
        "name": name,
        "name_key": fold_name(name)[:500],
        "email": read_column_text(document, "EmailAddress", longest=255),
        "status": read_column_text(document, "ContactStatus", longest=12),
    }
