"""A chart's field is named for what it says: the chart is outdated. The database stays as it is: the column keeps its
name, so the release before this one goes on working."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("xero_sync", "0019_old_columns_rest")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name="xerochart", old_name="doubted", new_name="is_outdated"),
                migrations.AlterField(
                    model_name="xerochart",
                    name="is_outdated",
                    field=models.BooleanField(db_column="doubted", default=False),
                ),
            ]
        )
    ]
