"""How long a document waits before it is tried again, in real figures."""

from datetime import UTC, datetime, timedelta

import pytest

from xero_sync.domain.backoff import look_up_at, next_due

NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
LADDER = [
    (1, timedelta(seconds=5)),
    (2, timedelta(seconds=30)),
    (3, timedelta(minutes=2)),
    (4, timedelta(minutes=10)),
    (5, timedelta(minutes=30)),
    (6, timedelta(hours=2)),
    (7, timedelta(hours=6)),
    (8, timedelta(hours=12)),
    (9, timedelta(hours=12)),
    (100, timedelta(hours=12)),
]


@pytest.mark.parametrize(("attempts", "step"), LADDER)
@pytest.mark.promise("P16")
def test_a_failed_document_waits_at_least_half_of_its_step(attempts: int, step: timedelta) -> None:
    assert next_due(attempts=attempts, now=NOW, jitter=0) == NOW + step / 2


@pytest.mark.parametrize(("attempts", "step"), LADDER)
@pytest.mark.promise("P16")
def test_a_failed_document_waits_at_most_its_whole_step(attempts: int, step: timedelta) -> None:
    latest = next_due(attempts=attempts, now=NOW, jitter=0.999999)
    assert NOW + step * 0.99999 < latest < NOW + step


def test_a_document_without_a_failed_attempt_waits_the_first_step() -> None:
    assert next_due(attempts=0, now=NOW, jitter=0) == NOW + timedelta(seconds=2.5)


def test_an_unanswered_document_is_looked_up_50_seconds_after_its_send() -> None:
    assert look_up_at(sent_at=NOW, deadline_s=20, after_s=30) == NOW + timedelta(seconds=50)
