"""Who is notified of a cause: those who can act on it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from xero_sync.domain.errors import BY_CODE, TABLE, Owner, Recheck

# Faults that end by themselves, at a time or by another try, need nobody's action.
CURES_ITSELF: Final = frozenset({Recheck.AT_TIME, Recheck.ON_LADDER, Recheck.ON_LOOK_UP})
CODES_BY_OWNER: Final = {
    owner: frozenset(known.code for known in TABLE if known.owner is owner and known.release not in CURES_ITSELF)
    for owner in (Owner.ADMIN, Owner.STAFF)
}
NOTIFIED_CODES: Final = frozenset[str]().union(*CODES_BY_OWNER.values())
Identity = tuple[str, str]


class When(StrEnum):
    """A person's choice; the values of models.MailChoice."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    NEVER = "NEVER"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of the firm. `digest_due`: today's digest has not been decided yet, and it is time."""

    user_id: int
    is_admin: bool
    when: When = When.AT_ONCE
    digest_due: bool = False


@dataclass(frozen=True, kw_only=True)
class CauseFacts:
    """One cause. `holds`: documents wait for it; `savers`: who saved those documents last."""

    cause_id: int
    code: str
    subject: str
    opened_at: datetime
    closed_at: datetime | None = None
    holds: bool = True
    watched: bool = False
    snoozed_until: datetime | None = None
    assigned_to: int | None = None
    savers: frozenset[int] = frozenset()

    @property
    def identity(self) -> Identity:
        """Code and subject, which stay the same when the cause closes and comes back."""
        return (self.code, self.subject)


def find_recipients(*, cause: CauseFacts, members: Sequence[Member]) -> frozenset[int]:
    """Ids of the people who can act: the one the cause is assigned to, else those of the known error's owner.

    Empty where the owner is neither the admins nor the staff.
    """
    everybody = frozenset(member.user_id for member in members)
    if cause.assigned_to in everybody:
        return frozenset({cause.assigned_to})
    if cause.code not in NOTIFIED_CODES:
        return frozenset()
    if BY_CODE[cause.code].owner is Owner.ADMIN:
        return frozenset(member.user_id for member in members if member.is_admin)
    return (cause.savers & everybody) or everybody


def is_news(*, cause: CauseFacts, now: datetime, grace: timedelta) -> bool:
    """Whether the cause waits for a person: open for a while, not snoozed, and something hangs on it or will."""
    snoozed = cause.snoozed_until is not None and cause.snoozed_until > now
    lasting = cause.closed_at is None and cause.opened_at + grace <= now
    return lasting and not snoozed and (cause.holds or cause.watched)
