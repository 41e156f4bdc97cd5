from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Reads all jobs while others read and write them."""

    dependencies = [
        ('xero_sync', '0008_cancelled_is_no_state'),
    ]

    operations = [
        ValidateConstraint(model_name='syncjob', name='known_sync_state'),
    ]
