"""The calls that one organisation and the whole app may still make, shared by all processes, by the database's clock.

The rows are `models.OrganisationCalls`. A call is counted by comparing and swapping its organisation's row: two
statements and no transaction, so that no lock is held while a worker thinks.
"""

import random
from datetime import date, datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import connection

from firms.models import Firm
from xero_sync.domain.quota import (
    Calls,
    Day,
    Granted,
    Wait,
    day_of,
    decide,
    pause_for,
    within_window,
)

__all__ = [
    "Day",
    "Granted",
    "Wait",
    "note_refusal",
    "note_remaining_calls",
    "remaining_today",
    "take_call",
]

# A wait shorter than this may be held by the worker; a longer one belongs in the table.
# A pause of the whole app: its 10,000 a minute are shared, so nobody may call.
APP_MINUTE = "appminute"
APP_LOW = 200
APP_PAUSE_SECONDS = 10.0
LAST_PAUSE_COUNTS_SECONDS = 120

# The calls left that Xero should report, by organisation, in this process: as expected, the report needs no write.
_expected: dict[str, int] = {}


class LeftOver(Protocol):
    """The calls left by an answer's headers."""

    @property
    def day_remaining(self) -> int | None: ...
    @property
    def app_minute_remaining(self) -> int | None: ...


class _CallsRow:
    """One organisation's row as it was read, with the database's time and the version to swap against."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        recent, day, used, remaining, until, label, self.version, self.now = values
        self.calls = _calls(recent, day, used, remaining, until, label)


def take_call(*, firm: Firm, xero_tenant_id: str, person: bool) -> Granted | Wait:
    """Count one call to this organisation if it may leave now: two statements when it may, one when it may not."""
    while True:
        row = _read_row(xero_tenant_id)
        if row is None:
            _create(firm, xero_tenant_id)
            continue
        decision = decide(calls=row.calls, person=person, now=row.now)
        if isinstance(decision, Wait):
            return decision
        if _swap(row, decision, firm, xero_tenant_id):
            _expect(xero_tenant_id, decision.day_remaining)
            return decision


def note_remaining_calls(*, xero_tenant_id: str, headers: LeftOver) -> None:
    """Take over the calls left that Xero reports; writes only a figure that was not expected."""
    remaining = headers.day_remaining
    if remaining is not None and _expected.get(xero_tenant_id) != remaining:
        _expected[xero_tenant_id] = remaining
        _execute(
            "UPDATE xero_sync_organisationcalls SET day_remaining = %s WHERE xero_tenant_id = %s"
            " AND day_remaining IS DISTINCT FROM %s AND day = (clock_timestamp() AT TIME ZONE 'UTC')::date",
            [remaining, xero_tenant_id, remaining],
        )
    if headers.app_minute_remaining is not None and headers.app_minute_remaining < APP_LOW:
        _pause_everyone(APP_PAUSE_SECONDS)


def note_refusal(*, xero_tenant_id: str, kind: str, retry_after: float | None) -> float:
    """Make no calls after a 429, for as long as Xero asks; returns the seconds. `kind` is Xero's word for the limit."""
    last = _execute(
        "SELECT paused_for FROM xero_sync_organisationcalls WHERE xero_tenant_id = %s"
        " AND paused_until > clock_timestamp() - make_interval(secs => %s)",
        [xero_tenant_id, LAST_PAUSE_COUNTS_SECONDS],
    )
    pause = pause_for(
        kind=kind,
        retry_after=retry_after,
        last=last[0][0] if last else "",
        jitter=random.SystemRandom().random(),
    )
    if kind == APP_MINUTE:
        _pause_everyone(pause.seconds)
        return pause.seconds
    _expected.pop(xero_tenant_id, None)
    _execute(
        "UPDATE xero_sync_organisationcalls SET paused_for = %s,"
        " day_remaining = CASE WHEN %s THEN 0 ELSE day_remaining END,"
        " paused_until = GREATEST(paused_until, clock_timestamp() + make_interval(secs => %s))"
        " WHERE xero_tenant_id = %s",
        [pause.label[:20], kind == "day", pause.seconds, xero_tenant_id],
    )
    return pause.seconds


def remaining_today(*, xero_tenant_id: str) -> Day:
    """How many calls this organisation has left today, of how many."""
    row = _read_row(xero_tenant_id)
    if row is None:
        return Day(left=settings.XERO_DAILY_CALLS, allowance=settings.XERO_DAILY_CALLS)
    return day_of(row.calls, now=row.now)


def _read_row(xero_tenant_id: str) -> _CallsRow | None:
    rows = _execute(
        "SELECT recent, day, day_used, day_remaining, paused_until, paused_for, xmin::text, clock_timestamp()"
        " FROM xero_sync_organisationcalls WHERE xero_tenant_id = %s",
        [xero_tenant_id],
    )
    return _CallsRow(rows[0]) if rows else None


def _swap(row: _CallsRow, granted: Granted, firm: Firm, xero_tenant_id: str) -> bool:
    """Write the call, unless somebody wrote the row since it was read."""
    same_day = row.calls.day == row.now.date()
    changed = _execute(
        "UPDATE xero_sync_organisationcalls SET firm_id = %s, recent = %s, day = %s, day_used = %s, day_remaining = %s"
        " WHERE xero_tenant_id = %s AND xmin::text = %s RETURNING id",
        [
            firm.pk,
            [*within_window(row.calls.recent, now=row.now), row.now],
            row.now.date(),
            row.calls.day_used + 1 if same_day else 1,
            granted.day_remaining,
            xero_tenant_id,
            row.version,
        ],
    )
    return bool(changed)


def _expect(xero_tenant_id: str, remaining: int | None) -> None:
    if remaining is None:
        _expected.pop(xero_tenant_id, None)
    else:
        _expected[xero_tenant_id] = remaining


def _create(firm: Firm, xero_tenant_id: str) -> None:
    _execute(
        "INSERT INTO xero_sync_organisationcalls (firm_id, xero_tenant_id, recent, day, day_used, paused_for)"
        " VALUES (%s, %s, '{}', (clock_timestamp() AT TIME ZONE 'UTC')::date, 0, '')"
        " ON CONFLICT (xero_tenant_id) DO NOTHING",
        [firm.pk, xero_tenant_id],
    )


def _pause_everyone(seconds: float) -> None:
    _execute(
        "UPDATE xero_sync_organisationcalls SET paused_for = %s,"
        " paused_until = GREATEST(paused_until, clock_timestamp() + make_interval(secs => %s))",
        [APP_MINUTE, seconds],
    )


def _calls(
    recent: list[datetime], day: date, used: int, remaining: int | None, until: datetime | None, label: str
) -> Calls:
    return Calls(
        recent=recent,
        day=day,
        day_used=used,
        day_remaining=remaining,
        paused_until=until,
        paused_for=label,
        allowance=settings.XERO_DAILY_CALLS,
    )


def _execute(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []
