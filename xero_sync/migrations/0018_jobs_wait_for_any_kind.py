"""A job waits for a job of any kind. The database stays as it is: the column keeps its name, so the release before
this one goes on working."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("xero_sync", "0017_records_only")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name="syncjob", old_name="contact_job", new_name="waits_for"),
                migrations.AlterField(
                    model_name="syncjob",
                    name="waits_for",
                    field=models.ForeignKey(
                        db_column="contact_job_id",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting_jobs",
                        to="xero_sync.syncjob",
                    ),
                ),
                migrations.RemoveIndex(model_name="syncjob", name="jobs_by_contact"),
                migrations.AddIndex(
                    model_name="syncjob",
                    index=models.Index(fields=["waits_for", "state"], name="jobs_by_contact"),
                ),
            ]
        )
    ]
