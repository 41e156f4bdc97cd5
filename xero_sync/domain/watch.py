"""How long a write without an answer is watched: Xero may work on it minutes after we stopped waiting. Pure.

Source: docs/decisions.md, 2026-11-28, "What may still be on its way".
"""

from datetime import datetime, timedelta

WATCHED = timedelta(minutes=10)
FIRST_LOOK = timedelta(seconds=60)


def start_watch(*, now: datetime) -> datetime:
    """Until when a write that was not answered by now is watched."""
    return now + WATCHED


def next_look(*, watch_until: datetime | None, now: datetime) -> datetime | None:
    """When the document is looked at next: after a minute, then at doubling steps to the end; None once that is past.

    Ten minutes, first after one: five looks at most.
    """
    if watch_until is None or now >= watch_until:
        return None
    age = now - (watch_until - WATCHED)
    return min(now + max(FIRST_LOOK, age), watch_until)


def is_look_due(*, watch_until: datetime | None, again_at: datetime | None, now: datetime) -> bool:
    """Whether a watched document is to be looked at: its time has come, or it was taken for that (no `again_at`)."""
    return watch_until is not None and (again_at is None or again_at <= now)
