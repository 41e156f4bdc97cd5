"""Whether one more call may leave now. Pure: the rows and the clock are the caller's.

Xero allows an organisation 60 calls a minute and 1,000 or 5,000 a day (developer.xero.com, "OAuth 2.0 API limits",
March 2026). We never make a 61st call in any 60 seconds, whether Xero's minute is fixed or slides; an idle organisation
may burst; after that calls are spaced so that the minute lasts, and a person's save takes the next free one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PER_MINUTE = 60
# Longer than a minute by what a call may be late on its way while a later one is quick.
WINDOW = timedelta(seconds=61.5)
BURST = 20
# A little under a sixtieth of the window: the window itself does the rest, and no slot is lost to rounding.
SPACING = timedelta(seconds=0.98)
RESERVE_SHARE = 10
UNTOLD_SECONDS = 60.0
CONCURRENT_SECONDS = 1.5
UNSAID = "unsaid"
LONGEST_UNSAID = 60.0


@dataclass(frozen=True)
class Calls:
    """One organisation's calls. `recent` is oldest first; `allowance` is the day's by our settings."""

    recent: Sequence[datetime]
    day: date
    day_used: int
    day_remaining: int | None
    paused_until: datetime | None
    paused_for: str
    allowance: int


@dataclass(frozen=True)
class Granted:
    """One call may leave now. `day_remaining` is what Xero should report after the call; None if it never did."""

    day_remaining: int | None = None


@dataclass(frozen=True)
class Wait:
    """Not yet. `reason` is minute, pace, day, reserve, or what Xero called the limit it refused under."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class Day:
    """The day's calls: how many are left, of how many."""

    left: int
    allowance: int


@dataclass(frozen=True)
class Pause:
    """No calls for so long. `label` is kept with it, so that the next refusal without a kind waits twice as long."""

    seconds: float
    label: str


def decide(*, calls: Calls, person: bool, now: datetime) -> Granted | Wait:
    """Whether a call may leave now, and if not, how long to wait and for what."""
    if calls.paused_until is not None and calls.paused_until > now:
        return _wait(calls.paused_until - now, calls.paused_for.split(":")[0] or UNSAID)
    today = day_of(calls, now=now)
    if today.left <= 0:
        return _wait(_until_tomorrow(now), "day")
    if not person and today.left <= today.allowance // RESERVE_SHARE:
        return _wait(_until_tomorrow(now), "reserve")
    recent = within_window(calls.recent, now=now)
    if len(recent) >= PER_MINUTE:
        return _wait(recent[-PER_MINUTE] + WINDOW - now, "minute")
    if not person and len(recent) >= BURST:
        wait = recent[-1] + _spacing(recent, now) - now
        if wait > timedelta(0):
            return _wait(wait, "pace")
    known = calls.day_remaining if calls.day == now.date() else None
    return Granted(day_remaining=None if known is None else known - 1)


def within_window(recent: Sequence[datetime], *, now: datetime) -> list[datetime]:
    """The calls that still count, oldest first."""
    return sorted(call for call in recent if call > now - WINDOW)


def day_of(calls: Calls, *, now: datetime) -> Day:
    """The calls left today; Xero's own figures outrank our settings."""
    if calls.day != now.date():
        return Day(left=calls.allowance, allowance=calls.allowance)
    if calls.day_remaining is None:
        return Day(left=max(calls.allowance - calls.day_used, 0), allowance=calls.allowance)
    return Day(left=max(calls.day_remaining, 0), allowance=calls.day_used + max(calls.day_remaining, 0))


def pause_for(*, kind: str, retry_after: float | None, last: str, jitter: float) -> Pause:
    """How long to make no calls after a 429. `last` is the label of a pause just over; `jitter` is between 0 and 1."""
    if retry_after is not None:
        return Pause(max(retry_after, 1.0), kind or UNSAID)
    if kind == "concurrent":
        return Pause(CONCURRENT_SECONDS - 0.5 + jitter, kind)
    if kind:
        return Pause(UNTOLD_SECONDS, kind)
    before = float(last.partition(":")[2] or 1) if last.startswith(UNSAID) else 1.0
    seconds = min(before * 2, LONGEST_UNSAID)
    return Pause(seconds, f"{UNSAID}:{seconds:g}")


def _spacing(recent: Sequence[datetime], now: datetime) -> timedelta:
    """The free calls spread over the time until the oldest one stops counting."""
    free = PER_MINUTE - len(recent)
    return max(SPACING, (recent[0] + WINDOW - now) / free)


def _until_tomorrow(now: datetime) -> timedelta:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now


def _wait(length: timedelta, reason: str) -> Wait:
    # Never zero: a caller that waits and asks again must find time has passed.
    return Wait(seconds=max(length.total_seconds(), 0.001), reason=reason)
