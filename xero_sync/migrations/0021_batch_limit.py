from django.db import migrations, models

from xero_sync.migrations import _short_locks

JOB = 'xero_sync_syncjob'


class Migration(migrations.Migration):
    """The most documents of a job's next batch, after a worker was lost; null for old code, which knows no limit."""

    atomic = False

    dependencies = [
        ('xero_sync', '0020_outdated_charts'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(
                    _short_locks.run_in_use(f'ALTER TABLE {JOB} ADD COLUMN IF NOT EXISTS batch_limit smallint'),
                    _short_locks.run_in_use(
                        f'ALTER TABLE {JOB} DROP COLUMN IF EXISTS batch_limit', undoes='0021_batch_limit'
                    ),
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='syncjob', name='batch_limit', field=models.SmallIntegerField(null=True)
                ),
            ],
        ),
    ]
