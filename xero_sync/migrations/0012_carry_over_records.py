from typing import Any

from django.db import migrations

from xero_sync.migrations import _record, _short_locks

MOST_ROWS, LEAST_ROWS = 2000, 20


def carry_over(apps: Any, schema_editor: Any) -> None:
    """Make the record of every job of which something is known, in committed steps; a second run changes nothing.

    A step that met a lock or took too long is tried again with half as many jobs.
    """
    connection = schema_editor.connection
    last, rows = 0, MOST_ROWS

    def carry_step() -> int | None:
        nonlocal rows
        taken, rows = rows, max(rows // 2, LEAST_ROWS)
        with connection.cursor() as cursor:
            cursor.execute(_record.CARRY_STEP, [last, taken])
            (reached,) = cursor.fetchone()
            # Now and not at the commit, so that a wait for a job's row is bounded like any other.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rows = min(taken * 2, MOST_ROWS)
        return reached

    while last is not None:
        last = _short_locks.retry_until_locked(connection, carry_step)


class Migration(migrations.Migration):
    """Every record of today's jobs; then what new code writes to a record reaches the job's old columns too."""

    atomic = False

    dependencies = [("xero_sync", "0011_xero_record")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunPython(
            _short_locks.run_in_use(_record.RECORD_TO_JOB, *_record.RECORD_TRIGGERS),
            _short_locks.run_in_use(*_record.DROP_RECORD_TRIGGERS, undoes="0012_carry_over_records"),
        ),
    ]
