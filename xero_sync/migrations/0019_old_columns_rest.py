from typing import Any

from django.db import migrations

from xero_sync.migrations import _record, _short_locks

MOST_ROWS = 2000


def carry_back(apps: Any, schema_editor: Any) -> None:
    """Make the jobs' old columns true again, in committed steps; a second run changes nothing."""
    _short_locks.run_in_steps(schema_editor.connection, _record.CARRY_BACK_STEP, most_rows=MOST_ROWS)


class Migration(migrations.Migration):
    """What new code writes no longer reaches the jobs' old columns, which cost each send a second update of its job.

    What old code still writes reaches the records. Backwards, both ways are open before the old columns are filled.
    """

    atomic = False

    dependencies = [("xero_sync", "0018_jobs_wait_for_any_kind")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, carry_back),
        migrations.RunPython(
            _short_locks.run_in_use(_record.JOB_UPDATED_BY_OLD_CODE, *_record.DROP_RECORD_TRIGGERS),
            _short_locks.run_in_use(_record.JOB_UPDATED, _record.RECORD_TO_JOB, *_record.RECORD_TRIGGERS),
        ),
    ]
