"""The firms on one board, and the workers on another. Set-wise, read inside `all_firms`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from billing.lists.paging import BY_NAME, page_by_key
from firms.models import Firm
from ops.gauges import ALIVE_SECONDS, oldest_waiting, queue_length
from ops.words import age
from xero_sync.domain.quota import Calls, Day, day_of
from xero_sync.domain.states import State
from xero_sync.models import (
    BillSyncSettings,
    ConnectionState,
    OrganisationCalls,
    SyncJob,
    SyncLane,
    WorkerHeartbeat,
    XeroConnection,
)

FIRMS = 50
TONES = {"Connected": "green", "Connection lost": "red", "Not connected": "slate"}


@dataclass(frozen=True, kw_only=True)
class FirmRow:
    """One firm."""

    firm: Firm
    connection: str
    tone: str
    lost_code: str
    counts: dict[str, int]
    day: Day | None
    paused_by: str
    is_paused: bool
    is_off: bool

    @property
    def in_line(self) -> int:
        names = (State.WAITING, State.SENDING, State.TRYING_AGAIN, State.CHECKING)
        return sum(self.counts.get(name, 0) for name in names)


@dataclass(frozen=True, kw_only=True)
class FirmPage:
    """A page of firms by name."""

    rows: tuple[FirmRow, ...]
    before: str
    after: str


def firms(*, q: str, after: str, before: str, now: datetime) -> FirmPage:
    """Five queries for any number of firms."""
    found = Firm.objects.all()
    if q:
        found = found.filter(Q(name__icontains=q) | Q(slug__icontains=q))
    page = page_by_key(found, order=BY_NAME, size=FIRMS, after=after, before=before)
    ids = [firm.pk for firm in page.rows]
    live = XeroConnection.objects.filter(firm__in=ids).exclude(state=ConnectionState.DISCONNECTED)
    connections = {row.firm_id: row for row in live}
    chosen = {row.firm_id: row for row in BillSyncSettings.objects.filter(firm__in=ids)}
    calls = {row.xero_tenant_id: row for row in OrganisationCalls.objects.filter(firm__in=ids)}
    counts: dict[int, dict[str, int]] = {}
    jobs = SyncJob.objects.filter(firm__in=ids).values_list("firm", "state").annotate(Count("pk"))
    for firm_id, state, count in jobs:
        counts.setdefault(firm_id, {})[state] = count
    rows = [
        _firm(firm, connections.get(firm.pk), chosen.get(firm.pk), calls, counts.get(firm.pk, {}), now)
        for firm in page.rows
    ]
    return FirmPage(rows=tuple(rows), before=page.before, after=page.after)


def _firm(
    firm: Firm,
    connection: XeroConnection | None,
    chosen: BillSyncSettings | None,
    calls: dict[str, OrganisationCalls],
    counts: dict[str, int],
    now: datetime,
) -> FirmRow:
    words = "Not connected"
    if connection is not None:
        words = "Connection lost" if connection.state == ConnectionState.LOST else "Connected"
    return FirmRow(
        firm=firm,
        connection=words,
        tone=TONES[words],
        lost_code=connection.lost_code if connection else "",
        counts=counts,
        day=_day(calls.get(connection.xero_tenant_id), now) if connection else None,
        paused_by=chosen.paused_by if chosen else "",
        is_paused=bool(chosen and chosen.paused_at),
        is_off=bool(chosen and not chosen.enabled),
    )


def _day(row: OrganisationCalls | None, now: datetime) -> Day:
    if row is None:
        return Day(left=settings.XERO_DAILY_CALLS, allowance=settings.XERO_DAILY_CALLS)
    calls = Calls(
        recent=row.recent,
        day=row.day,
        day_used=row.day_used,
        day_remaining=row.day_remaining,
        paused_until=row.paused_until,
        paused_for=row.paused_for,
        allowance=settings.XERO_DAILY_CALLS,
    )
    return day_of(calls, now=now)


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """One worker process."""

    name: str
    is_alive: bool
    seen: str
    up: str


@dataclass(frozen=True, kw_only=True)
class LaneRow:
    """A firm's lane that is held, or that waits for a limit."""

    firm: Firm
    holder: str
    words: str
    is_held: bool


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Everything that works, and what it works on."""

    rows: tuple[WorkerRow, ...]
    lanes: tuple[LaneRow, ...]
    queue_length: int | None
    due: int
    sending: int
    checking: int
    oldest_words: str

    @property
    def alive(self) -> int:
        return sum(row.is_alive for row in self.rows)


def workers(*, now: datetime) -> Workers:
    """Four queries and one question to the broker."""
    counts = SyncJob.objects.aggregate(
        due=Count("pk", filter=Q(state__in=[State.WAITING, State.TRYING_AGAIN, State.CHECKING], due_at__lte=now)),
        sending=Count("pk", filter=Q(state=State.SENDING)),
        checking=Count("pk", filter=Q(state=State.CHECKING)),
    )
    busy = SyncLane.objects.filter(Q(lease_until__gt=now) | Q(not_before__gt=now)).select_related("firm")
    return Workers(
        rows=tuple(_worker(row, now) for row in WorkerHeartbeat.objects.all()),
        lanes=tuple(_lane(lane, now) for lane in busy.order_by("firm__name")[:200]),
        queue_length=queue_length(),
        oldest_words=age(oldest_waiting(now=now)),
        **counts,
    )


def _worker(row: WorkerHeartbeat, now: datetime) -> WorkerRow:
    return WorkerRow(
        name=row.name,
        is_alive=row.seen_at >= now - timedelta(seconds=ALIVE_SECONDS),
        seen=age(max((now - row.seen_at).total_seconds(), 0)),
        up=age(max((now - row.started_at).total_seconds(), 0)),
    )


def _lane(lane: Any, now: datetime) -> LaneRow:
    held = lane.lease_until is not None and lane.lease_until > now
    if held:
        words = f"at work, lease for {age((lane.lease_until - now).total_seconds())} more"
    else:
        words = f"waits {age((lane.not_before - now).total_seconds())} for {lane.waits_for or 'a limit'}"
    return LaneRow(firm=lane.firm, holder=lane.holder, words=words, is_held=held)
