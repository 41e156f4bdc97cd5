"""What is known of a document in Xero after a write, a reading, and once it is another one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xero_sync.domain.record import FORGOTTEN, OTHER_DOCUMENT, record_agreed, record_seen

AT = datetime(2026, 8, 3, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Document:
    stamp: datetime | None = AT

    def as_stored(self) -> dict[str, Any]:
        return {"total": "110.00"}


def test_after_a_write_nothing_was_seen_since() -> None:
    unseen = {"seen": None, "seen_at": None, "seen_stamp": None}
    assert record_agreed(Document()) == {"agreed": {"total": "110.00"}, **unseen}


def test_a_reading_moves_nothing_that_was_agreed_on() -> None:
    later = datetime(2026, 8, 3, 13, tzinfo=UTC)
    assert record_seen(Document(), at=later) == {"seen": {"total": "110.00"}, "seen_at": later, "seen_stamp": AT}


def test_of_another_document_neither_is_true() -> None:
    assert {key: OTHER_DOCUMENT[key] for key in ("agreed", "seen", "line_ids")} == {  # type: ignore[literal-required]
        "agreed": None,
        "seen": None,
        "line_ids": {},
    }
    assert FORGOTTEN == {**OTHER_DOCUMENT, "xero_id": "", "status": "", "confirmed_hash": ""}
