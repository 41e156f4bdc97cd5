"""When to try again after a fault that heals by itself."""

from datetime import datetime, timedelta

# Seconds. Each step is the longest wait of that try; the last one repeats.
LADDER = (5, 30, 120, 600, 1800, 7200, 21600, 43200)


def next_due(*, attempts: int, now: datetime, jitter: float) -> datetime:
    """The time of try number `attempts` + 1; `jitter` in [0, 1) spreads it over the upper half of its step.

    A 429 never comes here: limits say themselves how long to wait, and cost no attempt.
    """
    step = LADDER[min(max(attempts, 1), len(LADDER)) - 1]
    return now + timedelta(seconds=step * (0.5 + jitter / 2))


def look_up_at(*, sent_at: datetime, deadline_s: float, after_s: float) -> datetime:
    """When an unconfirmed document may be looked up: a margin after the deadline of its send."""
    return sent_at + timedelta(seconds=deadline_s + after_s)
