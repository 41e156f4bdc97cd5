"""After commit, nudge Celery for one firm. A lost nudge is found by the sweep; none ever fails a request."""

import logging
import time
from dataclasses import dataclass

import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

TASK = "xero_sync.sync_firm"
ONE_NUDGE_SECONDS = 2
SILENCE_SECONDS = 5


@dataclass
class _Broker:
    """This process's short-tempered connection to the broker, and until when it is left alone."""

    client: "redis.Redis | None" = None
    silent_until: float = 0


_broker = _Broker()


def firm(*, firm_id: int) -> None:
    """When the transaction commits, ask a worker to look at this firm; at once outside one."""

    def nudge_firm() -> None:
        nudge(firm_id=firm_id)

    # robust: a failure is logged and never reaches the person who saved.
    transaction.on_commit(nudge_firm, robust=True)


def nudge(*, firm_id: int) -> bool:
    """Send the message now unless one is pending; True if it was sent. Never raises, never waits for the broker."""
    if time.monotonic() < _broker.silent_until:
        return False
    try:
        if not _client().set(_key(firm_id), "1", nx=True, ex=ONE_NUDGE_SECONDS):
            return False
        current_app.send_task(TASK, kwargs={"firm_id": firm_id}, retry=False, expires=60)
    except Exception as fault:  # noqa: BLE001  (the broker's client may raise any exception; the row is the truth)
        logger.warning("No nudge was sent; the sweep will find the work", extra={"fault": type(fault).__name__})
        _broker.silent_until = time.monotonic() + SILENCE_SECONDS
        return False
    return True


def heard(*, firm_id: int) -> None:
    """Note that the nudge arrived: the next save may send another."""
    try:
        _client().delete(_key(firm_id))
    except redis.RedisError:
        logger.info("The pending nudge could not be cleared; it clears itself")


def _key(firm_id: int) -> str:
    return f"nudge:firm:{firm_id}"


def _client() -> "redis.Redis":
    if _broker.client is None:
        _broker.client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=0.05,
            socket_timeout=0.2,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
    return _broker.client
