from django.db import migrations, models

from xero_sync.migrations import _short_locks

CONSENT = 'xero_sync_xeroconsent'


class Migration(migrations.Migration):
    """A consent keeps its own tokens until it is complete. Defaults in the database: old code writes consents too."""

    atomic = False

    dependencies = [
        ('xero_sync', '0015_kinds_by_code'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(
                    _short_locks.run_in_use(
                        f"ALTER TABLE {CONSENT} ADD COLUMN IF NOT EXISTS xero_user_id varchar(60) DEFAULT '' NOT NULL, "
                        "ADD COLUMN IF NOT EXISTS sealed_tokens text DEFAULT '' NOT NULL"
                    ),
                    _short_locks.run_in_use(
                        f'ALTER TABLE {CONSENT} DROP COLUMN IF EXISTS xero_user_id, DROP COLUMN IF EXISTS sealed_tokens',
                        undoes='0016_candidate_tokens',
                    ),
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='xeroconsent',
                    name='xero_user_id',
                    field=models.CharField(blank=True, db_default='', default='', max_length=60),
                ),
                migrations.AddField(
                    model_name='xeroconsent',
                    name='sealed_tokens',
                    field=models.TextField(blank=True, db_default='', default=''),
                ),
            ],
        ),
    ]
