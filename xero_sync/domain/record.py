"""What changes in what we know of a document in Xero. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from xero_sync.domain.link import Link


class RecordChanges(TypedDict, total=False):
    """The columns of a Xero record that change, by name (models/record.py); amounts in the document's currency."""

    xero_tenant_id: str
    xero_id: str
    number: str
    status: str
    line_ids: Mapping[str, str]
    link: Link
    confirmed_hash: str
    confirmed_version: int
    confirmed_at: datetime
    subtotal: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    notes: list[dict[str, Any]]
    applied: list[dict[str, Any]]
    reference_is_ours: bool
    agreed: Mapping[str, Any] | None
    seen: Mapping[str, Any] | None
    seen_at: datetime | None
    seen_stamp: datetime | None


# What was known of a document in Xero and is true of no other.
OTHER_DOCUMENT: RecordChanges = {"line_ids": {}, "reference_is_ours": False}
# Where Xero has no document under the id we hold, what we hold of it is forgotten, so that a Retry makes it anew. A new
# document is created by PUT, which refuses what is there under the same number.
FORGOTTEN: RecordChanges = {**OTHER_DOCUMENT, "xero_id": "", "status": "", "confirmed_hash": ""}
