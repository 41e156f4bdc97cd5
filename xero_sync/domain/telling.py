"""Who is told of a cause by mail, and when. Pure.

A person is told when what they were told last is not so any more: that something needs them, or that it is over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from xero_sync.domain.errors import BY_CODE, TABLE, Owner, Recheck

# What ends by itself, at a time or by another try, is nobody's to act on.
CURES_ITSELF: Final = frozenset({Recheck.AT_TIME, Recheck.ON_LADDER, Recheck.ON_LOOK_UP})
TOLD_CODES: Final = frozenset(
    known.code for known in TABLE if known.owner in (Owner.ADMIN, Owner.STAFF) and known.release not in CURES_ITSELF
)
# At most one mail for a cause, a person and this long, also when it closes and comes back.
HUSH: Final = timedelta(hours=1)
# More than so many within a minute become one mail that lists them.
MOST_SINGLE: Final = 5
A_MINUTE: Final = timedelta(minutes=1)
# What closed longer ago is news no more.
STALE: Final = timedelta(days=3)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)


class When(StrEnum):
    """A person's choice; the values of models.MailChoice."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    NEVER = "NEVER"


class Notice(StrEnum):
    """What a mail says of a cause; the values of models.MailLine."""

    OPENED = "OPENED"
    OVER = "OVER"


Identity = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of the firm. `digest_due`: today's digest has not been decided yet, and it is time."""

    user_id: int
    is_admin: bool
    when: When = When.AT_ONCE
    digest_due: bool = False


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One cause. `holds`: documents wait behind it; `savers`: who saved those last."""

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
        """What stays the same when it closes and comes back."""
        return (self.code, self.subject)


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one person was told of one cause, and whether the mail has left. `closed_at` is the cause's."""

    identity: Identity
    cause_id: int
    user_id: int
    what: Notice
    at: datetime
    sent: bool = True
    closed_at: datetime | None = None


Last = dict[tuple[Identity, Notice], Line]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to write: the causes it says need somebody, and those it says are over."""

    user_id: int
    opened: tuple[int, ...] = ()
    over: tuple[int, ...] = ()
    digest: bool = False


def whom(*, matter: Matter, members: Sequence[Member]) -> frozenset[int]:
    """Who can act: the one it is assigned to, else by the known error's owner. Nobody for what is ours or no one's."""
    everybody = frozenset(member.user_id for member in members)
    if matter.assigned_to in everybody:
        return frozenset({matter.assigned_to})
    if matter.code not in TOLD_CODES:
        return frozenset()
    if BY_CODE[matter.code].owner is Owner.ADMIN:
        return frozenset(member.user_id for member in members if member.is_admin)
    return (matter.savers & everybody) or everybody


def is_news(*, matter: Matter, now: datetime, grace: timedelta) -> bool:
    """Whether it waits for a person: open for a while, not put off, and something hangs on it or will."""
    snoozed = matter.snoozed_until is not None and matter.snoozed_until > now
    lasting = matter.closed_at is None and matter.opened_at + grace <= now
    return lasting and not snoozed and (matter.holds or matter.watched)


def letters(
    *, matters: Sequence[Matter], members: Sequence[Member], lines: Sequence[Line], now: datetime, grace: timedelta
) -> list[Letter]:
    """The mails to write now. `matters` are the open causes and those that closed lately."""
    news = [
        (matter, whom(matter=matter, members=members))
        for matter in matters
        if is_news(matter=matter, now=now, grace=grace)
    ]
    ended, found = _ended(matters), list[Letter]()
    for member in members:
        mine = [line for line in lines if line.user_id == member.user_id]
        last = _last(mine)
        theirs = [matter for matter, people in news if member.user_id in people]
        opened = tuple(matter.cause_id for matter in theirs if _is_new(matter, last, now))
        over = tuple(_over(ended, last, now, grace))
        if member.when is When.AT_ONCE:
            found += _single_or_joint(member.user_id, opened, over, mine, now)
        elif member.when is When.DAILY and member.digest_due and (opened or over):
            found.append(Letter(user_id=member.user_id, opened=opened, over=over, digest=True))
    return found


def digest_day(*, zone: str, hour: int, now: datetime) -> date:
    """The firm's own day of the latest digest whose hour has come: today, or yesterday before that hour.

    On a day whose clock skips this hour it comes when the clock has jumped; on one that has it twice, the first time.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    moment = datetime.combine(today, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return today if moment <= now.astimezone(UTC) else today - timedelta(days=1)


def next_try(*, tries: int, now: datetime) -> datetime:
    """When a mail that the mail server did not take is tried again: half a minute, then twice that, up to an hour."""
    return now + min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, 10)), LONGEST_WAIT)


def _is_new(matter: Matter, last: Last, now: datetime) -> bool:
    told = last.get((matter.identity, Notice.OPENED))
    if told is None:
        return True
    return not _still_believed(told, last, matter) and now - told.at >= HUSH


def _still_believed(told: Line, last: Last, matter: Matter) -> bool:
    """They were told that it is open, not that it was over, and it was never over for long."""
    over = last.get((matter.identity, Notice.OVER))
    if over is not None and over.at >= told.at:
        return False
    return told.closed_at is None or matter.opened_at - told.closed_at <= HUSH


def _ended(matters: Sequence[Matter]) -> dict[Identity, datetime]:
    """When each that is not open any more ended for the last time."""
    still_open = {matter.identity for matter in matters if matter.closed_at is None}
    ended: dict[Identity, datetime] = {}
    for matter in matters:
        if matter.closed_at is not None and matter.identity not in still_open:
            ended[matter.identity] = max(matter.closed_at, ended.get(matter.identity, matter.closed_at))
    return ended


def _over(ended: Mapping[Identity, datetime], last: Last, now: datetime, grace: timedelta) -> Iterator[int]:
    """The causes that they were told of and that are over for good, whatever came of them in between."""
    for identity, at in ended.items():
        told, over = last.get((identity, Notice.OPENED)), last.get((identity, Notice.OVER))
        if told is None or not told.sent or not at + grace <= now <= at + STALE:
            continue
        if over is None or over.at < told.at:
            yield told.cause_id


def _last(mine: Sequence[Line]) -> Last:
    """What was said last of each cause, and of each kind: read once, for a firm may have ten thousand causes."""
    last: Last = {}
    for line in mine:
        before = last.get((line.identity, line.what))
        if before is None or line.at > before.at:
            last[line.identity, line.what] = line
    return last


def _single_or_joint(
    user_id: int, opened: Sequence[int], over: Sequence[int], mine: Sequence[Line], now: datetime
) -> Iterator[Letter]:
    for what, ids in ((Notice.OPENED, opened), (Notice.OVER, over)):
        lately = sum(1 for line in mine if line.what is what and now - line.at < A_MINUTE)
        groups = [tuple(ids)] if len(ids) + lately > MOST_SINGLE else [(pk,) for pk in ids]
        for group in groups:
            if group:
                is_opened = what is Notice.OPENED
                yield Letter(user_id=user_id, opened=group if is_opened else (), over=() if is_opened else group)
