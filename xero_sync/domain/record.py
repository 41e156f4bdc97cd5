"""What changes in what we know of a document in Xero. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypedDict

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


class DocumentInXero(Protocol):
    """One document as Xero tells it; each kind has its own fields. `stamp` is when Xero last changed it."""

    @property
    def stamp(self) -> datetime | None: ...

    def as_stored(self) -> dict[str, Any]:
        """As a record keeps it."""


# Nothing was read since.
UNSEEN: RecordChanges = {"seen": None, "seen_at": None, "seen_stamp": None}
# What was known of a document in Xero and is true of no other.
OTHER_DOCUMENT: RecordChanges = {**UNSEEN, "agreed": None, "line_ids": {}, "reference_is_ours": False}
# Where Xero has no document under the id we hold, what we hold of it is forgotten, so that a Retry makes it anew. A new
# document is created by PUT, which refuses what is there under the same number.
FORGOTTEN: RecordChanges = {**OTHER_DOCUMENT, "xero_id": "", "status": "", "confirmed_hash": ""}


def record_agreed(document: DocumentInXero) -> RecordChanges:
    """Both sides agree on this: it is Xero's answer to our write, or a person has said so."""
    return {**UNSEEN, "agreed": document.as_stored()}


def record_seen(document: DocumentInXero, *, at: datetime | None) -> RecordChanges:
    """The document was read in Xero at this moment."""
    return {"seen": document.as_stored(), "seen_at": at, "seen_stamp": document.stamp}
