"""When mails go: the firm's hour of a daily digest, and the waits between tries. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# At most one mail to a person about a cause within this time, also when the cause closes and comes back.
HUSH: Final = timedelta(hours=1)
A_MINUTE: Final = timedelta(minutes=1)
# A cause that closed longer ago is news no more.
STALE: Final = timedelta(days=3)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)


def find_digest_day(*, zone: str, hour: int, now: datetime) -> date:
    """The day, in the firm's time zone, of the latest digest that is due: today, or yesterday before its hour.

    On a day whose clock skips this hour it comes when the clock has jumped; on one that has it twice, the first time.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    moment = datetime.combine(today, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return today if moment <= now.astimezone(UTC) else today - timedelta(days=1)


def find_next_try(*, tries: int, now: datetime) -> datetime:
    """When a mail that the mail server did not take is tried again: half a minute, then twice that, up to an hour."""
    return now + min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, 10)), LONGEST_WAIT)
