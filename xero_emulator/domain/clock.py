"""The time Xero believes it is; tests and people can move it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(tz=UTC)


def stamp_after(last: datetime | None, *, now: datetime) -> datetime:
    """When a record changed: now, and at least a millisecond after its ``last`` change, so that the stamp moves."""
    return now if last is None else max(now, last + timedelta(milliseconds=1))


class Clock:
    """A source of time with an adjustable offset."""

    def __init__(self, *, source: Callable[[], datetime] = utc_now) -> None:
        self._source = source
        self._offset = timedelta()

    def now(self) -> datetime:
        """The current time, always aware and in UTC."""
        return self._source().astimezone(UTC) + self._offset

    def set_to(self, *, moment: datetime) -> None:
        """Make it ``moment`` now; time runs on from there."""
        self._offset = moment.astimezone(UTC) - self._source().astimezone(UTC)

    def advance(self, *, seconds: float) -> None:
        """Move on by ``seconds``."""
        self._offset += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Back to the source's own time."""
        self._offset = timedelta()
