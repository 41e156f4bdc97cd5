"""Loaded into a test's workers: the first to settle while the mark is there stops, with the firm's lock in hand."""

import importlib
import os
import signal
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, worker_init

MARK = "FREEZE_MARK"
settle = importlib.import_module("xero_sync.outbox.settle")
_lock_firm = settle.lock_firm


def frozen_pid(mark: Path) -> int:
    """The process that stopped, or 0."""
    note = mark.with_suffix(".pid")
    return int(note.read_text() or 0) if note.exists() else 0


def has_gone_on(mark: Path) -> bool:
    """Whether the process that stopped has ended its task."""
    return mark.with_suffix(".ended").exists()


def _lock_and_freeze(*, firm_id: int) -> None:
    _lock_firm(firm_id=firm_id)
    mark = Path(os.environ[MARK])
    if mark.exists():
        mark.unlink()
        mark.with_suffix(".pid").write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGSTOP)


@task_postrun.connect
def _note_end(**_: Any) -> None:
    mark = Path(os.environ.get(MARK, os.devnull))
    if frozen_pid(mark) == os.getpid():
        mark.with_suffix(".ended").touch()


@worker_init.connect
def _plant(**_: Any) -> None:
    # In workers only: the test reads the names above too.
    settle.lock_firm = _lock_and_freeze
