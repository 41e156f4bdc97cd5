"""Each worker says that it is alive, from its main process, so that silence is noticed while its children are busy."""

import logging
import time
from typing import Any

from celery.signals import heartbeat_sent
from django.db import DatabaseError, connection
from django.utils import timezone

from xero_sync.models import WorkerHeartbeat

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10
_last_said: dict[str, float] = {}


@heartbeat_sent.connect(dispatch_uid="xero_sync.say_alive")
def say_alive(sender: Any, **_: Any) -> None:
    """Celery beats every two seconds; one row in ten seconds is enough."""
    name = str(getattr(sender.eventer, "hostname", "") or "worker")
    if time.monotonic() - _last_said.get(name, 0) < EVERY_SECONDS and name in _last_said:
        return
    _last_said[name] = time.monotonic()
    try:
        beat(worker=name)
    except DatabaseError as fault:
        # A worker without its database cannot work either; that shows by itself.
        logger.warning("A heartbeat was not written", extra={"fault": type(fault).__name__})
        connection.close()


def beat(*, worker: str) -> None:
    """Write one sign of life."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(
        name=worker, defaults={"seen_at": now}, create_defaults={"seen_at": now, "started_at": now}
    )
