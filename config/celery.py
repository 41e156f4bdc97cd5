"""The Celery application. A message only says "look now"; what is due stands in the outbox."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Whoever started another kind of process has said so before this.
os.environ.setdefault("PROCESS_KIND", "worker")

# Kombu would put unfinished messages back when it loses the broker; a nudge is not worth it, the sweep finds the work.
Channel.do_restore = False

app = Celery("bill_syncing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Expires: after an outage of the broker one sweep is enough, not one for each missed second.
    "sweep": {"task": "xero_sync.sweep", "schedule": 1.0, "options": {"expires": 2}},
    "recover": {"task": "xero_sync.recover", "schedule": 5.0, "options": {"expires": 10}},
    # Written by one, sent by another: a mail server that is slow holds up neither what is written nor any bill.
    "write-mails": {"task": "xero_sync.tell", "schedule": 15.0, "options": {"expires": 15}},
    "send-mails": {"task": "xero_sync.send_mails", "schedule": 15.0, "options": {"expires": 15}},
    # The import's row is the work; the worker that hears of it takes whichever waits.
    "work-on-imports": {"task": "billing.work_on_imports", "schedule": 1.0, "options": {"expires": 2}},
    "drop-import-files": {"task": "billing.drop_import_files", "schedule": 600.0, "options": {"expires": 600}},
    "refresh-connections": {"task": "xero_sync.refresh_connections", "schedule": 300.0, "options": {"expires": 300}},
}


def freeze_loaded_objects(**_: Any) -> None:
    """Take what was loaded before the fork out of garbage collection: it lives as long as the process."""
    gc.freeze()


worker_process_init.connect(freeze_loaded_objects, dispatch_uid="config.freeze_loaded_objects")
