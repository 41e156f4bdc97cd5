"""Changes of tables that are in use: each waits a moment for its locks, gives way, and tries again.

Whoever saves meanwhile queues behind a change that waits or works, so each of its statements ends in time or not at
all: two statements are under a second.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import OperationalError, migrations, transaction
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


class CreateModelInUse(migrations.CreateModel):
    """A new table with keys to tables in use, and what must stand in the same transaction.

    An interrupted migration can be run again in either direction: a table that exists is complete, and the record of
    `undoes`, this migration, goes in the transaction that drops the table.
    """

    def __init__(
        self, *arguments: Any, statements: Sequence[str], undo: Sequence[str], undoes: str, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.statements, self.undo, self.undoes = statements, undo, undoes

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        connection, model = schema_editor.connection, to_state.apps.get_model(app_label, self.name)

        def create() -> None:
            if model._meta.db_table in connection.introspection.table_names():
                return
            # Not atomic itself, since we are: one that fails as it closes would leave its own transaction open.
            with connection.schema_editor(atomic=False) as editor:
                editor.create_model(model)
                for statement in self.statements:
                    editor.execute(statement, params=None)

        retry_until_locked(connection, create)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        connection, model = schema_editor.connection, from_state.apps.get_model(app_label, self.name)

        def delete() -> None:
            with connection.schema_editor(atomic=False) as editor:
                for statement in self.undo:
                    editor.execute(statement, params=None)
                editor.delete_model(model)
            MigrationRecorder(connection).record_unapplied(app_label, self.undoes)

        retry_until_locked(connection, delete)


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


def create_index_in_use(name: str, definition: str) -> Callable[[Any, Any], None]:
    """A function for RunPython that makes an index while the table is written; a half-made one is made anew.

    `definition` is what follows `CREATE INDEX CONCURRENTLY name ON`. It takes no lock that a save waits for, so it has
    no limit of time.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
            found = cursor.fetchone()
            if found and found[0]:
                cursor.execute(f'DROP INDEX CONCURRENTLY "{name}"')
            cursor.execute(f'CREATE INDEX CONCURRENTLY IF NOT EXISTS "{name}" ON {definition}')

    return run


def drop_index_in_use(name: str) -> Callable[[Any, Any], None]:
    """A function for RunPython that drops an index without a lock that a save waits for."""

    def run(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')

    return run
