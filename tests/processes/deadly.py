"""Loaded into a test's workers: a bill with this number ends the process that maps it, as a crash in C would."""

import os
import signal
from typing import Any

from celery.signals import worker_init

from xero_sync.kinds.invoice import spec

DEADLY_NUMBER = "DEADLY-1"
_map_invoice = spec.map_invoice


def _map_or_die(document: Any, **given: Any) -> Any:
    if document.number == DEADLY_NUMBER:
        os.kill(os.getpid(), signal.SIGKILL)
    return _map_invoice(document, **given)


@worker_init.connect
def _plant(**_: Any) -> None:
    # In workers only: the test reads the number above too.
    spec.map_invoice = _map_or_die
