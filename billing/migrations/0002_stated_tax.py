"""Whether the tax of a line is the imported file's own; the previous code, which computes every tax, may go on."""

from typing import ClassVar

from django.db import migrations, models

from firms.short_locks import run_in_use

LINE = "billing_invoiceline"


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("billing", "0001_initial")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    "invoiceline", "tax_is_stated", models.BooleanField(db_default=False, default=False)
                ),
            ],
            database_operations=[
                migrations.RunPython(
                    # A constant default: no row is rewritten.
                    run_in_use(
                        f"ALTER TABLE {LINE} ADD COLUMN IF NOT EXISTS tax_is_stated boolean NOT NULL DEFAULT false",
                        app="billing",
                    ),
                    run_in_use(
                        f"ALTER TABLE {LINE} DROP COLUMN IF EXISTS tax_is_stated",
                        app="billing",
                        undoes="0002_stated_tax",
                    ),
                )
            ],
        )
    ]
