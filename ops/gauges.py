"""The figures of the moment over all firms; read inside `all_firms`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db.models import Count, Min

from notifications.dead_addresses import find_dead_addresses
from notifications.send_mails import count_waiting_mails
from xero_sync.domain.states import State
from xero_sync.models import SYNC_WORKERS, SyncAttempt, SyncJob, WorkerHeartbeat

QUEUE = "celery"
ALIVE_SECONDS = 60
IN_LINE = (State.WAITING.value, State.SENDING.value, State.TRYING_AGAIN.value, State.CHECKING.value)


@dataclass(frozen=True, kw_only=True)
class Gauges:
    """One reading. `queue_length` is None while the broker does not answer."""

    jobs: Mapping[str, int]
    oldest_waiting_s: float
    attempts_last_hour: Mapping[str, int]
    workers_alive: int
    queue_length: int | None
    mails_waiting: int
    oldest_mail_s: float
    dead_addresses: int


def gauges(*, now: datetime) -> Gauges:
    """Read all of them."""
    mails = count_waiting_mails(now=now)
    attempts = SyncAttempt.objects.filter(opened_at__gte=now - timedelta(hours=1)).exclude(outcome="")
    return Gauges(
        jobs=dict(SyncJob.objects.values_list("state").annotate(Count("pk"))),
        oldest_waiting_s=oldest_waiting(now=now),
        attempts_last_hour=dict(attempts.values_list("outcome").annotate(Count("pk"))),
        workers_alive=WorkerHeartbeat.objects.filter(
            SYNC_WORKERS, seen_at__gte=now - timedelta(seconds=ALIVE_SECONDS)
        ).count(),
        queue_length=queue_length(),
        mails_waiting=mails.mails,
        oldest_mail_s=mails.seconds,
        dead_addresses=len(find_dead_addresses()),
    )


def oldest_waiting(*, now: datetime) -> float:
    """Seconds since the save that waits longest, among what is in line; 0 if nothing is."""
    since = SyncJob.objects.filter(state__in=IN_LINE).aggregate(since=Min("saved_at"))["since"]
    return max((now - since).total_seconds(), 0.0) if since else 0.0


def queue_length() -> int | None:
    """How many nudges lie in the broker; None if it does not answer within a second."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return int(client.llen(QUEUE))
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()
