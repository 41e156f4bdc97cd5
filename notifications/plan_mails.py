"""Which mails are to be written now. Pure.

A person is notified when their last notice no longer holds: of a cause that needs them, or of one that is over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from notifications.recipients import CauseFacts, Identity, Member, When, find_recipients, is_news
from notifications.timing import A_MINUTE, HUSH, STALE

# More notices than this within a minute become one mail that lists them.
MOST_SINGLE: Final = 5


class Notice(StrEnum):
    """The line of a mail on a cause; the values of models.MailLine."""

    OPENED = "OPENED"
    OVER = "OVER"


@dataclass(frozen=True, kw_only=True)
class PastNotice:
    """One notification of a person, and whether the mail has left. `closed_at` is the cause's."""

    identity: Identity
    cause_id: int
    user_id: int
    what: Notice
    at: datetime
    sent: bool = True
    closed_at: datetime | None = None


LastNotices = dict[tuple[Identity, Notice], PastNotice]


@dataclass(frozen=True, kw_only=True)
class PlannedMail:
    """One mail to write: ids of the causes that need somebody, and of those that are over."""

    user_id: int
    opened: tuple[int, ...] = ()
    over: tuple[int, ...] = ()
    digest: bool = False


def plan_mails(
    *,
    causes: Sequence[CauseFacts],
    members: Sequence[Member],
    past: Sequence[PastNotice],
    now: datetime,
    grace: timedelta,
) -> list[PlannedMail]:
    """The mails to write now. `causes` are the open ones and those that closed lately."""
    news = [
        (cause, find_recipients(cause=cause, members=members))
        for cause in causes
        if is_news(cause=cause, now=now, grace=grace)
    ]
    ended, planned = _find_ended(causes), list[PlannedMail]()
    for member in members:
        mine = [notice for notice in past if notice.user_id == member.user_id]
        last = _find_last(mine)
        theirs = [cause for cause, people in news if member.user_id in people]
        opened = tuple(cause.cause_id for cause in theirs if _is_new(cause, last, now))
        over = tuple(_find_over(ended, last, now, grace))
        if member.when is When.AT_ONCE:
            planned += _plan_single_or_joint(member.user_id, opened, over, mine, now)
        elif member.when is When.DAILY and member.digest_due and (opened or over):
            planned.append(PlannedMail(user_id=member.user_id, opened=opened, over=over, digest=True))
    return planned


def _is_new(cause: CauseFacts, last: LastNotices, now: datetime) -> bool:
    notice = last.get((cause.identity, Notice.OPENED))
    if notice is None:
        return True
    return not _is_still_believed(notice, last, cause) and now - notice.at >= HUSH


def _is_still_believed(notice: PastNotice, last: LastNotices, cause: CauseFacts) -> bool:
    """They were notified that it is open, not that it was over, and it was never over for long."""
    over = last.get((cause.identity, Notice.OVER))
    if over is not None and over.at >= notice.at:
        return False
    return notice.closed_at is None or cause.opened_at - notice.closed_at <= HUSH


def _find_ended(causes: Sequence[CauseFacts]) -> dict[Identity, datetime]:
    """When each that is not open any more ended for the last time."""
    still_open = {cause.identity for cause in causes if cause.closed_at is None}
    ended: dict[Identity, datetime] = {}
    for cause in causes:
        if cause.closed_at is not None and cause.identity not in still_open:
            ended[cause.identity] = max(cause.closed_at, ended.get(cause.identity, cause.closed_at))
    return ended


def _find_over(ended: Mapping[Identity, datetime], last: LastNotices, now: datetime, grace: timedelta) -> Iterator[int]:
    """The causes that a person was notified of and that are over for good, also after closing and coming back."""
    for identity, at in ended.items():
        opened, over = last.get((identity, Notice.OPENED)), last.get((identity, Notice.OVER))
        if opened is None or not opened.sent or not at + grace <= now <= at + STALE:
            continue
        if over is None or over.at < opened.at:
            yield opened.cause_id


def _find_last(mine: Sequence[PastNotice]) -> LastNotices:
    """The last notice of each cause and kind: found once, for a firm may have ten thousand causes."""
    last: LastNotices = {}
    for notice in mine:
        before = last.get((notice.identity, notice.what))
        if before is None or notice.at > before.at:
            last[notice.identity, notice.what] = notice
    return last


def _plan_single_or_joint(
    user_id: int, opened: Sequence[int], over: Sequence[int], mine: Sequence[PastNotice], now: datetime
) -> Iterator[PlannedMail]:
    for what, ids in ((Notice.OPENED, opened), (Notice.OVER, over)):
        lately = sum(1 for notice in mine if notice.what is what and now - notice.at < A_MINUTE)
        groups = [tuple(ids)] if len(ids) + lately > MOST_SINGLE else [(pk,) for pk in ids]
        for group in groups:
            if group:
                is_opened = what is Notice.OPENED
                yield PlannedMail(user_id=user_id, opened=group if is_opened else (), over=() if is_opened else group)
