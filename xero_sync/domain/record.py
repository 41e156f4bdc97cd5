"""Changes of a Xero record. Pure."""

from collections.abc import Mapping, Sequence
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
    known_differences: Mapping[str, Mapping[str, str]]
    open_differences: Sequence[Mapping[str, Any]]


class DocumentInXero(Protocol):
    """One document as Xero has it; each kind has its own fields. `stamp` is when Xero last changed it."""

    @property
    def xero_id(self) -> str: ...

    @property
    def stamp(self) -> datetime | None: ...

    def as_stored(self) -> dict[str, Any]:
        """The document as JSON for a record."""


# Nothing was read since.
UNSEEN: RecordChanges = {"seen": None, "seen_at": None, "seen_stamp": None}
# The columns that describe one document in Xero and are wrong for any other.
OTHER_DOCUMENT: RecordChanges = {
    **UNSEEN,
    "agreed": None,
    "known_differences": {},
    "open_differences": [],
    "line_ids": {},
    "reference_is_ours": False,
}
# Where Xero has no document under our id, these columns are emptied: a person decides whether it is sent as new, by
# PUT, which refuses what Xero has under the same number.
FORGOTTEN: RecordChanges = {**OTHER_DOCUMENT, "xero_id": "", "status": "", "confirmed_hash": ""}


def record_agreed(document: DocumentInXero) -> RecordChanges:
    """The changes once both sides agree: on Xero's answer to our write, or by a person's decision."""
    return {**UNSEEN, "agreed": document.as_stored()}


def record_seen(document: DocumentInXero, *, at: datetime | None) -> RecordChanges:
    """The changes once the document was read in Xero at this moment."""
    return {"seen": document.as_stored(), "seen_at": at, "seen_stamp": document.stamp}
