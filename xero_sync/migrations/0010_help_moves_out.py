"""HelpFeedback now belongs to the app help_center. Its table and rows stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('xero_sync', '0009_check_sync_states'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name='HelpFeedback')],
        ),
    ]
