"""A firm of three people and a cause, as the decisions about mails are tested with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.recipients import CauseFacts, Member

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GRACE = timedelta(seconds=60)
ADMIN, ANN, BOB = 1, 2, 3
MEMBERS = (
    Member(user_id=ADMIN, is_admin=True),
    Member(user_id=ANN, is_admin=False),
    Member(user_id=BOB, is_admin=False),
)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def cause(pk: int = 7, **changes: Any) -> CauseFacts:
    usual: dict[str, Any] = {"code": "account-archived", "subject": "420", "opened_at": ago(90)}
    return CauseFacts(cause_id=pk, **{**usual, **changes})
