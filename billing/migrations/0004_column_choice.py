"""What a firm chose for the columns of its client files becomes a row; a table of its own, which no earlier code uses."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from firms.short_locks import CreateModelInUse


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("billing", "0003_imports")]

    operations: ClassVar = [
        CreateModelInUse(
            statements=[],
            undo=[],
            undoes="0004_column_choice",
            name="ColumnChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shape", models.CharField(max_length=64)),
                ("fields", models.JSONField()),
                ("chosen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_choices",
                        to="firms.firm",
                    ),
                ),
            ],
            options={
                "ordering": ["-chosen_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "shape"), name="one_column_choice_per_shape")
                ],
            },
        )
    ]
