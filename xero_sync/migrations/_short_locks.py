"""Changes of the sync's tables while they are in use, by `firms.short_locks`: each gives way and tries again."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

from firms import short_locks
from firms.short_locks import retry_until_locked

LEAST_ROWS = 20


def run_in_steps(connection: Any, statement: str, *, most_rows: int) -> None:
    """Run a statement over a table in committed steps, in the order of its keys.

    It takes the last key done and the most rows of a step, and returns the last key of its step, or null after the
    table's end. A step that met a lock or took too long is tried again with half as many rows.
    """
    last, rows = 0, most_rows

    def run_step() -> int | None:
        nonlocal rows
        taken, rows = rows, max(rows // 2, LEAST_ROWS)
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, taken])
            (reached,) = cursor.fetchone()
            # Now and not at the commit, so that a wait for a row is bounded like any other.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rows = min(taken * 2, most_rows)
        return reached

    while last is not None:
        last = retry_until_locked(connection, run_step)


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
            with connection.schema_editor() as editor:
                editor.create_model(model)
                for statement in self.statements:
                    editor.execute(statement, params=None)

        retry_until_locked(connection, create)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        connection, model = schema_editor.connection, from_state.apps.get_model(app_label, self.name)

        def delete() -> None:
            with connection.schema_editor() as editor:
                for statement in self.undo:
                    editor.execute(statement, params=None)
                editor.delete_model(model)
            MigrationRecorder(connection).record_unapplied(app_label, self.undoes)

        retry_until_locked(connection, delete)


def run_in_use(*statements: str, undoes: str = "") -> Callable[[Any, Any], None]:
    """A function for RunPython that runs these statements in one transaction; `undoes` is the migration taken back."""
    return short_locks.run_in_use(*statements, app="xero_sync", undoes=undoes)
