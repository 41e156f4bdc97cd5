from django.db import migrations

MOVED = (
    "xero_tenant_id",
    "number_sent",
    "xero_status",
    "line_ids",
    "link",
    "confirmed_hash",
    "confirmed_version",
    "confirmed_at",
    "xero_subtotal",
    "xero_tax",
    "xero_total",
    "notes",
    "applied",
)


class Migration(migrations.Migration):
    """The code reads and writes records only. The job's old columns stay in the table for a release, for old code."""

    dependencies = [("xero_sync", "0016_candidate_tokens")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="syncjob", name=name) for name in MOVED],
        ),
    ]
