from typing import Any

from django.db import migrations

from xero_sync.migrations import _record, _short_locks

MOST_ROWS = 2000


def carry_over(apps: Any, schema_editor: Any) -> None:
    """Make the record of every job of which something is known, in committed steps; a second run changes nothing."""
    _short_locks.run_in_steps(schema_editor.connection, _record.CARRY_STEP, most_rows=MOST_ROWS)


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
