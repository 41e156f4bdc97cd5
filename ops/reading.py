"""The facts of the overview: are we well, since when, who is hurt. Read inside `all_firms`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncHour

from ops.gauges import IN_LINE, oldest_waiting
from ops.words import age
from xero_sync.domain.states import Outcome, State
from xero_sync.models import SyncAttempt, SyncJob

GOAL = 99.0
WITHIN = timedelta(seconds=60)
PERIOD = timedelta(hours=24)
ALERT_SECONDS = 120
WENT_WRONG = (Outcome.FAILED.value, Outcome.UNKNOWN.value, Outcome.REFUSED.value)
CHART_WIDTH, CHART_HEIGHT = 1100, 120


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One hour of the chart: the whole bar, and the part of it that went wrong."""

    hour: datetime
    through: int
    wrong: int
    x: float
    width: float
    through_y: float
    through_height: float
    wrong_y: float
    wrong_height: float


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The page's figures. `share` is None when nothing was to be sent in the period."""

    share: float | None
    saved: int
    late: int
    oldest_s: float
    backlog: int
    backlog_firms: int
    needs_person: int
    needs_person_firms: int
    on_hold: int
    on_hold_firms: int
    wrong_last_hour: int
    attempts_last_hour: int
    bars: tuple[Bar, ...]

    @property
    def share_words(self) -> str:
        return "-" if self.share is None else f"{self.share:.1f}%"

    @property
    def oldest_words(self) -> str:
        return age(self.oldest_s) if self.backlog else "0 s"

    @property
    def is_late(self) -> bool:
        return self.share is not None and self.share < GOAL

    @property
    def is_stuck(self) -> bool:
        return self.oldest_s > ALERT_SECONDS

    @property
    def sentence(self) -> str:
        """How things stand, in one line."""
        if self.share is None:
            first = "Nothing was to be sent in the last 24 hours."
        else:
            first = f"{self.share_words} of {self.saved:,} saves were in Xero within 60 s over the last 24 hours."
        if self.is_stuck:
            return f"{first} The oldest in line has waited {self.oldest_words}."
        return f"{first} Nothing waits longer than it should." if self.share is not None else first

    @property
    def finding(self) -> str:
        """The chart in a sentence or two."""
        through, wrong = sum(bar.through for bar in self.bars), sum(bar.wrong for bar in self.bars)
        if not through + wrong:
            return "No attempt was made in the last 24 hours."
        worst = max(self.bars, key=lambda bar: bar.wrong)
        tail = f" Most went wrong in the hour of {worst.hour:%H:%M}: {worst.wrong:,}." if worst.wrong else ""
        return f"{through:,} documents got through, {wrong:,} did not.{tail}"


def overview(*, now: datetime) -> Overview:
    """The figures of all firms; five queries for any number of firms."""
    jobs = SyncJob.objects.aggregate(
        backlog=Count("pk", filter=Q(state__in=IN_LINE)),
        backlog_firms=Count("firm", filter=Q(state__in=IN_LINE), distinct=True),
        needs_person=Count("pk", filter=Q(state=State.NEEDS_YOU)),
        needs_person_firms=Count("firm", filter=Q(state=State.NEEDS_YOU), distinct=True),
        on_hold=Count("pk", filter=Q(state=State.ON_HOLD)),
        on_hold_firms=Count("firm", filter=Q(state=State.ON_HOLD), distinct=True),
    )
    last_hour = SyncAttempt.objects.filter(opened_at__gte=now - timedelta(hours=1)).aggregate(
        attempts_last_hour=Count("pk"), wrong_last_hour=Count("pk", filter=Q(outcome__in=WENT_WRONG))
    )
    saved, in_time = _within(now)
    return Overview(
        share=100 * in_time / saved if saved else None,
        saved=saved,
        late=saved - in_time,
        oldest_s=oldest_waiting(now=now),
        bars=tuple(_bars(_by_hour(now))),
        **jobs,
        **last_hour,
    )


def _within(now: datetime) -> tuple[int, int]:
    """Saves of the period that were to go, and those in Xero in time. What needs a person was answered in time too."""
    recent = SyncJob.objects.filter(saved_at__gte=now - PERIOD)
    # A save of the last minute still has time.
    counted = Q(state=State.IN_XERO) | Q(state__in=IN_LINE, saved_at__lt=now - WITHIN)
    found = recent.aggregate(
        saved=Count("pk", filter=counted),
        in_time=Count("pk", filter=Q(state=State.IN_XERO, record__confirmed_at__lte=F("saved_at") + WITHIN)),
    )
    return found["saved"], found["in_time"]


def _by_hour(now: datetime) -> list[dict[str, Any]]:
    first = (now - timedelta(hours=23)).replace(minute=0, second=0, microsecond=0)
    rows = (
        SyncAttempt.objects.filter(opened_at__gte=first)
        .annotate(hour=TruncHour("opened_at"))
        .values("hour")
        .annotate(
            through=Count("pk", filter=Q(outcome__in=[Outcome.ACCEPTED, Outcome.NOTES, Outcome.UNCHANGED])),
            wrong=Count("pk", filter=Q(outcome__in=WENT_WRONG)),
        )
    )
    by_hour = {row["hour"]: row for row in rows}
    empty = {"through": 0, "wrong": 0}
    hours = [first + timedelta(hours=step) for step in range(24)]
    return [{**empty, **by_hour.get(hour, {}), "hour": hour} for hour in hours]


def _bars(rows: Sequence[dict[str, Any]]) -> list[Bar]:
    most = max((row["through"] + row["wrong"] for row in rows), default=0) or 1
    step = CHART_WIDTH / max(len(rows), 1)
    bars = []
    for place, row in enumerate(rows):
        through, wrong = (CHART_HEIGHT * row[name] / most for name in ("through", "wrong"))
        bars.append(
            Bar(
                hour=row["hour"],
                through=row["through"],
                wrong=row["wrong"],
                x=round(place * step + 5, 1),
                width=round(step - 10, 1),
                through_y=round(CHART_HEIGHT - through, 1),
                through_height=round(through, 1),
                wrong_y=round(CHART_HEIGHT - through - wrong, 1),
                wrong_height=round(wrong, 1),
            )
        )
    return bars
