"""Each worker records that it is alive, from its main process, so that a dead worker is noticed."""

import logging
import time
from typing import Any

from celery.signals import heartbeat_sent
from django.db import DatabaseError, connection
from django.utils import timezone

from xero_sync.models import WorkerHeartbeat

logger = logging.getLogger(__name__)

EVERY_SECONDS = 10
_last_written: dict[str, float] = {}


@heartbeat_sent.connect(dispatch_uid="xero_sync.say_alive")
def note_heartbeat(sender: Any, **_: Any) -> None:
    """Write a heartbeat every ten seconds; Celery's own comes every two."""
    name = str(getattr(sender.eventer, "hostname", "") or "worker")
    if time.monotonic() - _last_written.get(name, 0) < EVERY_SECONDS and name in _last_written:
        return
    _last_written[name] = time.monotonic()
    try:
        write_heartbeat(worker=name)
    except DatabaseError as fault:
        # A worker without its database cannot work either, and the missing heartbeat shows that.
        logger.warning("A heartbeat was not written", extra={"fault": type(fault).__name__})
        connection.close()


def write_heartbeat(*, worker: str) -> None:
    """Store when this worker was last alive."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(
        name=worker, defaults={"seen_at": now}, create_defaults={"seen_at": now, "started_at": now}
    )
