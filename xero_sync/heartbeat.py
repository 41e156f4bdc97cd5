"""Each worker records from its main process that it is alive, and which of its processes died in the middle of work."""

import logging
import time
from typing import Any

from celery.exceptions import WorkerLostError
from celery.signals import heartbeat_sent, task_failure
from django.db import DatabaseError, connection
from django.utils import timezone

from xero_sync import outbox
from xero_sync.models import WorkerHeartbeat
from xero_sync.outbox import nudge

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


@task_failure.connect(dispatch_uid="xero_sync.note_lost_process")
def note_lost_process(
    sender: Any, task_id: str, exception: BaseException, kwargs: dict[str, Any] | None = None, **_: Any
) -> None:
    """End the lease of a process that died in a firm's turn, so that its batch is found before the lease runs out."""
    if not isinstance(exception, WorkerLostError) or sender.name != nudge.TASK or not kwargs:
        return
    holder = outbox.name_holder(worker=sender.request.hostname, task_id=task_id)
    try:
        outbox.end_lost_lease(firm_id=kwargs["firm_id"], holder=holder)
    except DatabaseError as fault:
        # The lease runs out by itself.
        logger.warning("The lease of a lost process was not ended", extra={"fault": type(fault).__name__})
        connection.close()
