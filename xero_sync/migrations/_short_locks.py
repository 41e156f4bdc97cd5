"""Changes of the sync's tables while they are in use, by `firms.short_locks`: each gives way and tries again."""

from collections.abc import Callable
from typing import Any

from firms import short_locks
from firms.short_locks import CreateModelInUse, retry_until_locked

__all__ = ["CreateModelInUse", "run_in_steps", "run_in_use"]

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


def run_in_use(*statements: str, undoes: str = "") -> Callable[[Any, Any], None]:
    """A function for RunPython that runs these statements in one transaction; `undoes` is the migration taken back."""
    return short_locks.run_in_use(*statements, app="xero_sync", undoes=undoes)
