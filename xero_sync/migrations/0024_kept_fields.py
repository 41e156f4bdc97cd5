"""What of a write was somebody else's in Xero, and which lines here it carried."""

from typing import ClassVar

from django.db import migrations, models

from xero_sync.migrations._short_locks import run_in_use


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("xero_sync", "0023_both_sides")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("syncattempt", "kept", models.JSONField(db_default=[], default=list)),
                migrations.AddField("syncattempt", "line_keys", models.JSONField(db_default=[], default=list)),
            ],
            database_operations=[
                migrations.RunPython(
                    run_in_use(
                        "ALTER TABLE xero_sync_syncattempt "
                        "ADD COLUMN IF NOT EXISTS kept jsonb NOT NULL DEFAULT '[]'::jsonb, "
                        "ADD COLUMN IF NOT EXISTS line_keys jsonb NOT NULL DEFAULT '[]'::jsonb"
                    ),
                    run_in_use("ALTER TABLE xero_sync_syncattempt DROP COLUMN IF EXISTS kept, DROP COLUMN IF EXISTS line_keys"),
                )
            ],
        )
    ]
