"""How many calls Xero lets through: at once, a minute, a day for each organisation, and a minute for the app.

Every call that arrives counts, refused ones too. Refusal goes by the sliding minute; the fixed minute is counted
beside it, so that a client can be judged under both readings of Xero's limit.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTE = 60.0
DAY = 86400.0
# Shown as remaining where a limit is switched off.
PLENTY = 1_000_000


@dataclass
class LimitSettings:
    """The allowances; 0 switches one off."""

    minute: int = 60
    concurrent: int = 5
    day: int = 5000
    app_minute: int = 10_000


@dataclass
class Window:
    """Calls in the last sixty seconds and in the current fixed minute."""

    recent: deque[float] = field(default_factory=deque)
    fixed_start: float = 0.0
    fixed_count: int = 0

    def count(self, at: float) -> int:
        """Calls in the sixty seconds up to ``at``."""
        while self.recent and (self.recent[0] <= at - MINUTE or self.recent[0] > at):
            self.recent.popleft()
        return len(self.recent)

    def add(self, at: float) -> None:
        """Count a call."""
        start = at - at % MINUTE
        self.fixed_count = self.fixed_count + 1 if start == self.fixed_start else 1
        self.fixed_start = start
        self.recent.append(at)

    def free_after(self, at: float, limit: int) -> int:
        """Whole seconds until a call would be let through."""
        return max(1, math.ceil(self.recent[len(self.recent) - limit] + MINUTE - at))


@dataclass
class Usage:
    """What one organisation has used."""

    window: Window = field(default_factory=Window)
    in_flight: int = 0
    most_in_flight: int = 0
    day: int = -1
    day_count: int = 0


@dataclass(frozen=True)
class Admission:
    """Whether a call may go on: ``problem`` names the limit it ran into, ``sliding`` and ``fixed`` are its counts."""

    problem: str | None
    retry_after: int | None
    headers: dict[str, str]
    sliding: int
    fixed: int


class Limits:
    """Counts calls; not locked, the caller holds Xero's lock."""

    def __init__(self) -> None:
        self.settings = LimitSettings()
        self.violations: list[dict[str, object]] = []
        self._app = Window()
        self._usage: dict[str, Usage] = {}

    def usage(self, organisation_id: str) -> Usage:
        """What an organisation has used."""
        return self._usage.setdefault(organisation_id, Usage())

    def enter(self, *, organisation_id: str, now: datetime) -> Admission:
        """Count an arriving call; one that is let through must be followed by :meth:`leave`."""
        usage, at = self.usage(organisation_id), now.timestamp()
        if usage.day != int(at // DAY):
            usage.day, usage.day_count = int(at // DAY), 0
        problem = self._problem(usage, at)
        usage.window.add(at)
        self._app.add(at)
        usage.day_count += 1
        retry_after = self._retry_after(problem, usage, at)
        if problem is None:
            usage.in_flight += 1
            usage.most_in_flight = max(usage.most_in_flight, usage.in_flight)
        else:
            self.violations.append(
                {"organisation": organisation_id, "limit": problem, "time": now.isoformat(timespec="microseconds")}
            )
        return Admission(
            problem=problem,
            retry_after=retry_after,
            headers=self._headers(usage, at),
            sliding=len(usage.window.recent),
            fixed=usage.window.fixed_count,
        )

    def leave(self, *, organisation_id: str) -> None:
        """A call that was let through has ended."""
        self.usage(organisation_id).in_flight -= 1

    def app_headers(self, *, now: datetime) -> dict[str, str]:
        """The header of a call that belongs to no organisation."""
        return {"X-AppMinLimit-Remaining": _left(self.settings.app_minute, self._app.count(now.timestamp()))}

    def _problem(self, usage: Usage, at: float) -> str | None:
        used = {
            "concurrent": (self.settings.concurrent, usage.in_flight),
            "day": (self.settings.day, usage.day_count),
            "minute": (self.settings.minute, usage.window.count(at)),
            "appminute": (self.settings.app_minute, self._app.count(at)),
        }
        return next((name for name, (limit, count) in used.items() if limit and count >= limit), None)

    def _retry_after(self, problem: str | None, usage: Usage, at: float) -> int | None:
        if problem == "day":
            return math.ceil(DAY - at % DAY)
        if problem == "minute":
            return usage.window.free_after(at, self.settings.minute)
        if problem == "appminute":
            return self._app.free_after(at, self.settings.app_minute)
        return None

    def _headers(self, usage: Usage, at: float) -> dict[str, str]:
        return {
            "X-MinLimit-Remaining": _left(self.settings.minute, usage.window.count(at)),
            "X-DayLimit-Remaining": _left(self.settings.day, usage.day_count),
            "X-AppMinLimit-Remaining": _left(self.settings.app_minute, self._app.count(at)),
        }


def _left(limit: int, used: int) -> str:
    return str(max(0, limit - used) if limit else PLENTY)


def day_after(now: datetime) -> datetime:
    """When the day's allowance starts anew: midnight UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
