"""What was found to differ on the two sides of a document, and how long an unanswered write is watched."""

from typing import ClassVar

from django.db import migrations, models

from xero_sync.migrations._short_locks import run_in_use


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("xero_sync", "0022_gone_documents")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("syncjob", "watch_until", models.DateTimeField(null=True)),
                migrations.AddField("xerorecord", "known_differences", models.JSONField(db_default={}, default=dict)),
                migrations.AddField("xerorecord", "open_differences", models.JSONField(db_default=[], default=list)),
            ],
            database_operations=[
                migrations.RunPython(
                    run_in_use(
                        "ALTER TABLE xero_sync_syncjob ADD COLUMN IF NOT EXISTS watch_until timestamptz NULL",
                        "ALTER TABLE xero_sync_xerorecord "
                        "ADD COLUMN IF NOT EXISTS known_differences jsonb NOT NULL DEFAULT '{}'::jsonb, "
                        "ADD COLUMN IF NOT EXISTS open_differences jsonb NOT NULL DEFAULT '[]'::jsonb",
                    ),
                    run_in_use(
                        "ALTER TABLE xero_sync_xerorecord DROP COLUMN IF EXISTS known_differences, "
                        "DROP COLUMN IF EXISTS open_differences",
                        "ALTER TABLE xero_sync_syncjob DROP COLUMN IF EXISTS watch_until",
                    ),
                )
            ],
        )
    ]
