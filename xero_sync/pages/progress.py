"""How far a release is, and what was fixed lately. A fixed number of queries each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from firms.models import Firm
from xero_sync.domain.holds import FIRM_HOLDS, SENTENCES
from xero_sync.domain.states import State
from xero_sync.facts import places
from xero_sync.facts.remedy import describe_cause
from xero_sync.facts.status import format_moment
from xero_sync.models import Cause, Release, Resolution, SyncJob

LATELY = timedelta(days=7)
MOST = 20
OF_THE_FIRM = [hold.value for hold in FIRM_HOLDS]
ON_THE_WAY = (State.WAITING, State.SENDING, State.CHECKING, State.TRYING_AGAIN)


@dataclass(frozen=True, kw_only=True)
class CauseAgain:
    """A cause that holds some of the released documents again."""

    title: str
    url: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ReleaseProgress:
    """The released documents so far, by their state. `held` wait for a hold of the whole firm, as `held_words` say."""

    release: Release
    total: int
    in_xero: int
    on_the_way: int
    refused: int
    held: int
    left_out: int
    held_words: str
    again: tuple[CauseAgain, ...]
    ended_at: datetime | None

    @property
    def words(self) -> str:
        """ "31 of 37 in Xero, 4 on the way, 2 refused again"."""
        more = (
            (self.on_the_way, "on the way"),
            (self.refused, "refused again"),
            (self.held, "on hold"),
            (self.left_out, "not to be sent"),
        )
        parts = [f"{self.in_xero:,} of {self.total:,} in Xero", *(f"{n:,} {what}" for n, what in more if n)]
        return ", ".join(parts)

    @property
    def is_done(self) -> bool:
        """Whether nothing moves any more by itself."""
        return not self.on_the_way and not self.held

    @property
    def took(self) -> str:
        """How long the release took, once all documents are in Xero."""
        if self.in_xero < self.total or self.ended_at is None:
            return ""
        seconds = max(round((self.ended_at - self.release.at).total_seconds()), 1)
        if seconds < 120:
            return f"{seconds} second{'' if seconds == 1 else 's'}"
        return f"{round(seconds / 60)} minutes" if seconds < 7200 else f"{round(seconds / 3600)} hours"

    @property
    def version(self) -> str:
        """A text that differs whenever a page that shows the release must change."""
        shown_words = f"{self.words} {self.held_words} {[(each.url, each.count) for each in self.again]}"
        return hashlib.sha256(shown_words.encode()).hexdigest()[:20]


@dataclass(frozen=True, kw_only=True)
class ClosedCause:
    """A cause that closed, and how it closed."""

    title: str
    how: str
    at: str
    url: str


def read_progress(*, firm: Firm, release: Release) -> ReleaseProgress:
    """How far one release is: at most two queries, for any number of documents."""
    rows = list(_count_jobs(firm, release))
    counts = {name: sum(row["count"] for row in rows if _find_group(row) == name) for name in GROUPS}
    held = next((row["hold"] for row in rows if _find_group(row) == "held"), "")
    return ReleaseProgress(
        release=release,
        total=len(release.job_ids),
        held_words=_describe_hold(held),
        again=_list_causes_again(firm, rows),
        ended_at=max((row["latest"] for row in rows if row["latest"]), default=None),
        **counts,
    )


def list_recent_releases(*, firm: Firm, most: int = MOST) -> list[Release]:
    """The releases of the last seven days, newest first, each with `released_at`, its time as text."""
    since = timezone.now() - LATELY
    rows = Release.objects.filter(firm=firm, at__gte=since).select_related("by").order_by("-at", "-pk")[:most]
    return [add_release_time(row=row, firm=firm) for row in rows]


def add_release_time(*, row: Any, firm: Firm) -> Release:
    """The release with `released_at`, its time as text in the firm's time zone."""
    row.released_at = format_moment(row.at, firm=firm)
    same: Release = row
    return same


def list_closed_causes(*, firm: Firm) -> list[ClosedCause]:
    """Causes that closed in the last seven days, newest first, and how, where that is on record."""
    now = timezone.now()
    release = Release.objects.filter(cause=OuterRef("pk")).order_by("-at")
    by_hand = Resolution.objects.filter(cause=OuterRef("pk")).order_by("-at")
    causes = (
        Cause.objects.filter(firm=firm, closed_at__gte=now - LATELY)
        .annotate(
            fixed_by=Subquery(release.values("by__name")[:1]),
            fix=Subquery(release.values("fix")[:1]),
            was_released=Exists(release),
            settled_by=Subquery(by_hand.values("by_label")[:1]),
            settled_how=Subquery(by_hand.values("how")[:1]),
        )
        .order_by("-closed_at", "-pk")
    )
    return [_describe_closed_cause(cause, firm) for cause in causes[:MOST]]


GROUPS = ("in_xero", "on_the_way", "refused", "held", "left_out")


def _count_jobs(firm: Firm, release: Release) -> Any:
    jobs = SyncJob.objects.filter(firm=firm, pk__in=release.job_ids)
    groups = ("state", "hold", "cause")
    latest = Max("record__confirmed_at", filter=Q(state=State.IN_XERO))
    return jobs.values(*groups).annotate(count=Count("pk"), latest=latest).order_by(*groups)


def _find_group(row: dict[str, Any]) -> str:
    if row["state"] == State.IN_XERO:
        return "in_xero"
    if row["state"] in ON_THE_WAY:
        return "on_the_way"
    if row["state"] == State.ON_HOLD and row["hold"] in OF_THE_FIRM:
        return "held"
    return "refused" if row["state"] in (State.NEEDS_YOU, State.ON_HOLD) else "left_out"


def _describe_hold(hold: str) -> str:
    return SENTENCES[hold].format(by="", waited="") if hold else ""


def _list_causes_again(firm: Firm, rows: Sequence[dict[str, Any]]) -> tuple[CauseAgain, ...]:
    counts: dict[int, int] = {}
    for row in rows:
        if _find_group(row) == "refused" and row["cause"]:
            counts[row["cause"]] = counts.get(row["cause"], 0) + row["count"]
    causes = Cause.objects.filter(firm=firm, pk__in=counts) if counts else []
    found = [
        CauseAgain(
            title=describe_cause(cause).title,
            url=places.build_card_url(firm=firm, cause_id=cause.pk),
            count=counts[cause.pk],
        )
        for cause in causes
    ]
    return tuple(sorted(found, key=lambda each: -each.count))


def _describe_closed_cause(cause: Any, firm: Firm) -> ClosedCause:
    how = "It closed by itself: nothing was held back by it any more."
    if cause.settled_how:
        how = f"{Resolution.How(cause.settled_how).label} by {cause.settled_by}."
    elif cause.was_released:
        by = cause.fixed_by or "somebody"
        how = f"{cause.fix}, by {by}." if cause.fix else f"Sent again by {by}."
    return ClosedCause(
        title=describe_cause(cause).title,
        how=how,
        at=format_moment(cause.closed_at, firm=firm),
        url=reverse("xero_sync:cause", args=[firm.slug, cause.pk]),
    )
