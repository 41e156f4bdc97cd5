"""Changes of tables that are in use: each waits a moment for its locks, gives way, and tries again.

Whoever saves meanwhile queues behind a change that waits or works, so each of its statements ends in time or not at
all: two statements are under a second.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled

LOCK_TIMEOUT_MS = 300
STATEMENT_TIMEOUT_MS = 450
PAUSE_SECONDS = 0.5
MOST_TRIES = 300
GAVE_WAY = (DeadlockDetected, LockNotAvailable, QueryCanceled)

log = logging.getLogger(__name__)


def retry_until_locked(connection: Any, change: Callable[[], Any]) -> Any:
    """What `change` returns, run in a transaction of its own. Raises the last error once all tries are used up."""
    for tries_left in range(MOST_TRIES - 1, -1, -1):
        try:
            with transaction.atomic(using=connection.alias):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
                    cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}")
                return change()
        except OperationalError as error:
            if not tries_left or not isinstance(error.__cause__, GAVE_WAY):
                raise
            log.info("A change of the tables gave way to their users and is tried again: %s", error)
            time.sleep(PAUSE_SECONDS)
    return None


def run_in_use(*statements: str, app: str, undoes: str = "") -> Callable[[Any, Any], None]:
    """A function for RunPython that runs these statements in one transaction; they can be run a second time.

    `undoes` is the migration of `app` that they take back: its record goes with them, so that whoever migrates
    forwards after an interruption runs the migration again.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection

        def execute() -> None:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            if undoes:
                MigrationRecorder(connection).record_unapplied(app, undoes)

        retry_until_locked(connection, execute)

    return run
